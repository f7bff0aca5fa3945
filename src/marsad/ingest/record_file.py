"""JSON Lines, compressed or not: a page for each line that is not blank.

A key that stands twice leaves open which is meant, so its line is refused; `NaN`, which Python
writes, is let pass where it is not the text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from marsad.ingest import place
from marsad.ingest.expansion import broken, expanded
from marsad.ingest.intake import Intake, Limits
from marsad.ingest.listing import Item, is_gzip
from marsad.ingest.loose_file import CHANGED
from marsad.ingest.pages import Page, faulty, iso_date, or_empty, said, sha256, too_large
from marsad.ingest.plan import Shard

BOM = b"\xef\xbb\xbf"


def read(shard: Shard, intake: Intake) -> Iterator[Page]:
    """The pages of JSONL files, numbered by the lines of each file from 1. A line that is no JSON
    object with a text has a page with a fault; a file that breaks off has one for the rest."""
    places = place.Places()
    for item in shard.items:
        yield from or_empty(_file(item, shard, places, intake), stand_in(item, shard.before))


def _file(item: Item, shard: Shard, places: place.Places, intake: Intake) -> Iterator[Page]:
    number = shard.before
    try:
        if places.version(item.address) != item.version:
            yield faulty(stand_in(item, shard.before), CHANGED)
            return
        with places.open(item.address) as raw:
            file = expanded(raw, intake.limits) if is_gzip(item.address) else raw
            for number, line in _lines(file, shard, intake.limits):
                page_id = f"{item.address}#{number}"
                if isinstance(line, bytes):
                    yield _page(page_id, line, intake)
                else:
                    yield faulty(page_id, too_large(intake.limits), sha256=line.hexdigest())
        return
    except Exception as error:  # of a disk, a protocol, an archive
        fault = broken(error)
    yield faulty(stand_in(item, number), fault)


def stand_in(item: Item, before: int) -> str:
    """The id of the page that stands for what was not to be had of a container, after `before`
    lines, rows or records."""
    return f"{item.address}#{before + 1}" if before else item.address


def _lines(
    file: BinaryIO, shard: Shard, limits: Limits
) -> Iterator[tuple[int, bytes | hashlib._Hash]]:
    """The lines of the shard's part of a file that are not blank, with their numbers; in place of
    one that is too long to be held, what is hashed of it."""
    number, at = shard.before, shard.first or 0
    if at:
        file.seek(at)
    while shard.last is None or at < shard.last:
        line = file.readline(limits.line_bytes)
        if not line:
            break
        number += 1
        at += len(line)
        if len(line) == limits.line_bytes and not line.endswith(b"\n"):
            digest = hashlib.sha256(line)
            while line and not line.endswith(b"\n"):
                line = file.readline(limits.line_bytes)
                at += len(line)
                digest.update(line)
            yield number, digest
            continue
        if number == 1:
            line = line.removeprefix(BOM)
        if not line.isspace() and line:
            yield number, line


class _TwiceError(ValueError):
    """A key stands twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(next(key for key in keys if keys.count(key) > 1))
    return record


_JSON = json.JSONDecoder(object_pairs_hook=_object)


def _page(page_id: str, line: bytes, intake: Intake) -> Page:
    try:
        record = _JSON.decode(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _refused(page_id, line, f"encoding: not UTF-8 at byte {error.start} of the line")
    except _TwiceError as error:
        return _refused(page_id, line, f"unreadable: key {str(error)[:40]!r} stands twice")
    except json.JSONDecodeError as error:
        fault = f"unreadable: not JSON: {error.msg} at column {error.colno}"
        return _refused(page_id, line, fault)
    except (ValueError, RecursionError) as error:
        return _refused(page_id, line, f"unreadable: not JSON: {place.reason(error)[:80]}")
    if not isinstance(record, dict):
        kind = type(record).__name__
        return _refused(page_id, line, f"unreadable: a JSON {kind}, not an object")
    fields = intake.fields
    there = [name for name in fields.text if name in record]
    if not there:
        return _refused(page_id, line, f"no_text: no field {' or '.join(fields.text)}")
    name = next((name for name in there if record[name] not in (None, "")), there[0])
    media = "html" if name in fields.markup else "text"
    text = record[name]
    if text is None or text == "":
        return faulty(page_id, f"empty: {name} is {json.dumps(text)}", media, sha256(line))
    if not isinstance(text, str):
        fault = f"unreadable: {name} is a JSON {type(text).__name__}, not a string"
        return _refused(page_id, line, fault)
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        return _refused(page_id, line, f"encoding: half a character at {error.start} of {name}")
    if len(content) > intake.limits.page_bytes:
        return faulty(page_id, too_large(intake.limits), media, sha256(content))
    return Page(
        page_id,
        content,
        sha256(content),
        media,
        url=said(_first(record, fields.url)),
        outlet=said(_first(record, fields.outlet)),
        published=iso_date(_first(record, fields.published)),
        headline=said(_first(record, fields.headline)),
    )


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """What a record has under the first of the names that it has with a value."""
    for name in names:
        if (value := record.get(name)) is not None:
            return value
    return None


def _refused(page_id: str, line: bytes, fault: str) -> Page:
    """A line that is no page: its own bytes are what was received."""
    line = line.rstrip(b"\r\n")
    return Page(page_id, line, sha256(line), "text", fault=fault)
