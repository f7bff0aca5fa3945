"""WARC, compressed or not: a page for each web page a crawler was answered with.

The records are told apart here and not by warcio, which gives up the rest of a file after one
wrong length; what is in them, HTTP's headers and chunks, warcio reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from marsad.ingest import place
from marsad.ingest.expansion import broken, expanded
from marsad.ingest.http_answer import AnswerError, page
from marsad.ingest.intake import Intake
from marsad.ingest.listing import Item
from marsad.ingest.loose_file import CHANGED
from marsad.ingest.pages import BLOCK, Page, faulty, or_empty, streamed_sha256, too_large
from marsad.ingest.plan import Shard
from marsad.ingest.record_file import stand_in

BEGINS = b"WARC/"
LINE = 1 << 16  # bytes of a header line
LINES = 1_000  # of a record's header
ENVELOPE = 1 << 18  # bytes that HTTP's headers and chunks may add to a page


_LENGTH = re.compile(r"\d{1,15}")


class _CutError(Exception):
    """A record is not as it should be: the fault of its page."""


def read(shard: Shard, intake: Intake) -> Iterator[Page]:
    """The pages of WARC files, numbered by the records of each file from 1. Only a record of type
    `response` is a page; requests, revisits, metadata and the like are none and counted nowhere. An
    answer other than 200, or of another type than HTML or plain text, is a page with a fault.
    `received` is the answer's body, without HTTP's chunks and compression. Whole records before
    the place where a file breaks off are read, and the place has a page with a fault."""
    places = place.Places()
    for item in shard.items:
        yield from or_empty(_file(item, places, intake), stand_in(item, 0))


def _file(item: Item, places: place.Places, intake: Intake) -> Iterator[Page]:
    number = 0
    try:
        if places.version(item.address) != item.version:
            yield faulty(item.address, CHANGED)
            return
        with places.open(item.address) as raw:
            begins = raw.read(2)
            raw.seek(0)
            file = expanded(raw, intake.limits) if begins == b"\x1f\x8b" else raw
            for number, one in _records(file, intake):
                if one is not None:
                    yield one._replace(page_id=f"{item.address}#{number}")
        return
    except _CutError as error:
        fault = str(error)
    except Exception as error:  # of a disk, a protocol, an archive
        fault = broken(error)
    yield faulty(stand_in(item, number), fault)


def _records(file: BinaryIO, intake: Intake) -> Iterator[tuple[int, Page | None]]:
    """Number and page of each record, None where it is no page. What stands between records and
    is none has a page with a fault, and the next line that begins a record is looked for."""
    number = 0
    line = _begin(file)
    while line:
        number += 1
        if not line.startswith(BEGINS):
            yield number, faulty("", "unreadable: no WARC record where one should begin")
            line = _next(file)
            continue
        headers = _headers(file)
        if not _LENGTH.fullmatch(headers.get("content-length", "")):
            yield number, faulty("", "unreadable: a record without a Content-Length")
            line = _next(file)
            continue
        found = _record(file, headers, intake)
        line = file.readline(LINE)
        if line.strip():
            fault = "truncated: the record goes on after its Content-Length"
            found = faulty("", fault) if headers.get("warc-type") == "response" else None
            line = line if line.startswith(BEGINS) else _next(file)
        yield number, found
        if not line.startswith(BEGINS):
            line = _begin(file)


def _begin(file: BinaryIO) -> bytes:
    """The next line that is not blank; no bytes at the end."""
    while (line := file.readline(LINE)) and not line.strip():
        pass
    return line


def _next(file: BinaryIO) -> bytes:
    """The next line that begins a record; no bytes at the end."""
    while (line := file.readline(LINE)) and not line.startswith(BEGINS):
        pass
    return line


def _headers(file: BinaryIO) -> dict[str, str]:
    """A record's headers by name in lower case. Raises _CutError where the file ends in them."""
    headers: dict[str, str] = {}
    for _ in range(LINES):
        line = file.readline(LINE)
        if not line.endswith(b"\n"):
            raise _CutError("truncated: the file ends in a record's headers")
        if not line.strip():
            return headers
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers[name.strip().lower()] = value.strip()
    raise _CutError(f"unreadable: a record of more than {LINES} header lines")


def _record(file: BinaryIO, headers: dict[str, str], intake: Intake) -> Page | None:
    """The page of one record, whose block is read to its end."""
    limits = intake.limits
    size = int(headers["content-length"])
    if size > limits.record_bytes:
        raise _CutError(f"too_large: a record of {size} bytes")
    if headers.get("warc-type") != "response":
        _pass(file, size)
        return None
    block = file.read(min(size, limits.page_bytes + ENVELOPE))
    if len(block) < size:
        if len(block) < limits.page_bytes + ENVELOPE:
            raise _CutError(f"truncated: {len(block)} of a record's {size} bytes")
        rest = _Part(file, size - len(block))
        return faulty("", too_large(limits), "html", streamed_sha256(rest, block))
    url = headers.get("warc-target-uri", "").strip("<>") or None
    try:
        return page(block, url, limits)
    except AnswerError as error:
        return Page("", block, hashlib.sha256(block).hexdigest(), "html", url, fault=str(error))


class _Part:
    """The next bytes of a file, as a file of its own. Raises _CutError where there are fewer."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int) -> bytes:
        content = self._file.read(min(size, self._left))
        self._left -= len(content)
        if not content and self._left:
            raise _CutError(f"truncated: {self._left} bytes of a record are not there")
        return content


def _pass(file: BinaryIO, size: int) -> None:
    part = _Part(file, size)
    while part.read(BLOCK):
        pass
