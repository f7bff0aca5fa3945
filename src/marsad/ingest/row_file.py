"""Parquet: a page for each row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from marsad.ingest import place
from marsad.ingest.intake import Intake
from marsad.ingest.listing import Item
from marsad.ingest.loose_file import CHANGED, GONE
from marsad.ingest.pages import Page, faulty, iso_date, or_empty, said, sha256, too_large
from marsad.ingest.plan import Shard
from marsad.ingest.record_file import stand_in

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 256  # read at once: a row may hold a page of several megabytes
TOLD = ("url", "outlet", "published", "headline")


def read(shard: Shard, intake: Intake) -> Iterator[Page]:
    """The pages of Parquet files, numbered by the rows of each file from 1. A row group that is
    damaged has one page with a fault, and the next one goes on."""
    places = place.Places()
    for item in shard.items:
        yield from or_empty(_file(item, shard, places, intake), stand_in(item, shard.before))


def _file(item: Item, shard: Shard, places: place.Places, intake: Intake) -> Iterator[Page]:
    page_id = stand_in(item, shard.before)
    try:
        if places.version(item.address) != item.version:
            yield faulty(page_id, CHANGED)
            return
        with places.open(item.address) as file:
            yield from _groups(file, item, shard, intake)
    except FileNotFoundError:
        yield faulty(page_id, GONE)
    except Exception as error:  # of Arrow, a protocol's or an archive's library
        yield faulty(page_id, f"unreadable: {place.reason(error)}")


def _groups(file: BinaryIO, item: Item, shard: Shard, intake: Intake) -> Iterator[Page]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows = pq.ParquetFile(file)
        schema = rows.schema_arrow
    except pa.ArrowException as error:
        size = file.seek(0, 2)
        begins = file.seek(0) == 0 and file.read(4) == b"PAR1"
        fault = f"truncated: {size} bytes and no Parquet footer" if begins else None
        yield faulty(stand_in(item, shard.before), fault or f"unreadable: {place.reason(error)}")
        return
    texts = [name for name in intake.fields.text if name in schema.names]
    if not texts:
        has = ", ".join(schema.names)[:80]
        wanted = " or ".join(intake.fields.text)
        yield faulty(stand_in(item, shard.before), f"no_text: no column {wanted}; it has {has}")
        return
    kept = [name for name in texts if _is_text(schema.field(name).type)]
    if not kept:
        kind = schema.field(texts[0]).type
        fault = f"unreadable: column {texts[0]} is {kind}, not text"
        yield faulty(stand_in(item, shard.before), fault)
        return
    number, count = shard.before, rows.metadata.num_row_groups
    for group in range(shard.first or 0, count if shard.last is None else shard.last):
        end = number + rows.metadata.row_group(group).num_rows
        told = {name: _there(schema, getattr(intake.fields, name)) for name in TOLD}
        columns = list(dict.fromkeys([*kept, *(name for part in told.values() for name in part)]))
        try:
            for batch in rows.iter_batches(ROWS, [group], columns, use_threads=False):
                for one in _pages(batch, kept, told, intake):
                    number += 1
                    yield one._replace(page_id=f"{item.address}#{number}")
        except (pa.ArrowException, OSError) as error:
            fault = f"unreadable: rows {number + 1} to {end}: {place.reason(error)}"
            yield faulty(f"{item.address}#{number + 1}", fault)
        number = end


def _there(schema: pa.Schema, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in schema.names]


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    held = kind.value_type if pa.types.is_dictionary(kind) else kind
    of = pa.types
    return bool(
        of.is_string(held)
        or of.is_large_string(held)
        or of.is_string_view(held)
        or of.is_binary(held)
        or of.is_large_binary(held)
        or of.is_binary_view(held)
        or of.is_null(held)
    )


def _bytes(column: pa.Array) -> list[bytes | None]:
    """The values of a text column as they are stored, whichever of Arrow's types it has."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    found: list[bytes | None] = column.cast(pa.large_binary()).to_pylist()
    return found


def _pages(
    batch: pa.RecordBatch, texts: list[str], told: dict[str, list[str]], intake: Intake
) -> Iterator[Page]:
    """The pages of some rows, still without ids."""
    columns = [(name, _bytes(batch.column(name))) for name in texts]
    about = {part: _told(batch, names) for part, names in told.items()}
    for row in range(batch.num_rows):
        name, content = next(
            ((name, values[row]) for name, values in columns if values[row]),
            (columns[0][0], columns[0][1][row]),
        )
        media = "html" if name in intake.fields.markup else "text"
        if not content:
            yield faulty("", f"empty: {name} is {'null' if content is None else 'empty'}", media)
        elif len(content) > intake.limits.page_bytes:
            yield faulty("", too_large(intake.limits), media, sha256(content))
        else:
            yield Page(
                "",
                content,
                sha256(content),
                media,
                url=said(about["url"][row]),
                outlet=said(about["outlet"][row]),
                published=iso_date(about["published"][row]),
                headline=said(about["headline"][row]),
            )


def _told(batch: pa.RecordBatch, names: list[str]) -> list[Any]:
    """What the first of some columns says of each row, where it says something."""
    found: list[Any] = [None] * batch.num_rows
    for name in reversed(names):
        values = batch.column(name).to_pylist()
        found = [old if new is None else new for old, new in zip(found, values, strict=True)]
    return found
