"""Pages as readers make them, gathered into Arrow batches of bounded size."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from email.utils import parsedate
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from marsad.ingest import page
from marsad.ingest.intake import Limits

if TYPE_CHECKING:
    import pyarrow as pa

BLOCK = 1 << 20
_DATE = re.compile(r"\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)")
NOTHING = hashlib.sha256().hexdigest()


class Page(NamedTuple):
    """A page as received, in the columns of `page.received`."""

    page_id: str
    received: bytes
    sha256: str
    media: str
    url: str | None = None
    outlet: str | None = None
    published: str | None = None
    headline: str | None = None
    charset: str | None = None
    fault: str | None = None


def faulty(page_id: str, fault: str, media: str = "text", sha256: str = NOTHING) -> Page:
    """A page whose bytes were not to be had, or not to be held."""
    return Page(page_id, b"", sha256, media, fault=fault)


def or_empty(pages: Iterator[Page], page_id: str) -> Iterator[Page]:
    """The pages of a container, or the one that says that there is none in it."""
    first = next(pages, None)
    if first is None:
        yield faulty(page_id, "empty: no page in the file")
    else:
        yield first
        yield from pages


def batches(pages: Iterable[Page], limits: Limits) -> Iterator[pa.RecordBatch]:
    """The pages in their order, in batches of bounded count and bytes."""
    held: list[Page] = []
    size = 0
    for one in pages:
        length = len(one.received)
        if held and (len(held) == limits.batch_pages or size + length > limits.batch_bytes):
            yield _batch(held)
            held, size = [], 0
        held.append(one)
        size += length
    if held:
        yield _batch(held)


def _batch(pages: list[Page]) -> pa.RecordBatch:
    import pyarrow as pa

    schema = page.received()
    columns = zip(*pages, strict=True)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def streamed_sha256(file: Readable, begun: bytes = b"") -> str:
    """The sha256 of `begun` and all that is left of a file, one megabyte at a time."""
    digest = hashlib.sha256(begun)
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def too_large(limits: Limits) -> str:
    return f"too_large: more than {limits.page_bytes} bytes"


def iso_date(value: Any) -> str | None:
    """The day that a container's field names, as `YYYY-MM-DD`: of a date, of a text that begins
    with year, month and day, or of an e-mail date; None where it names none for sure."""
    if value is None:
        return None
    said = str(value)
    if match := _DATE.match(said):
        parts = tuple(int(part) for part in match.groups())
    elif isinstance(value, str) and (parsed := parsedate(said)):
        parts = parsed[:3]
    else:
        return None
    try:
        return date(*parts).isoformat()
    except ValueError:
        return None


def said(value: Any) -> str | None:
    """A container's field as text, None where it is none or blank."""
    if not isinstance(value, str) or not (text := " ".join(value.split())):
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # half a character, which JSON can spell
        return text.encode("utf-8", "replace").decode("utf-8")
    return text
