"""How `marsad ingest` reads: sources become shards (`plan`), a shard's pages come in batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from marsad.ingest import pages
from marsad.ingest.intake import Intake, read_intake
from marsad.ingest.plan import Key, Shard, plan, shards

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Intake", "Key", "Shard", "plan", "read", "read_intake", "shards"]


def read(shard: Shard, intake: Intake) -> Iterator[pa.RecordBatch]:
    """The pages of a shard in their order, with the columns of `page.received`, in batches of at
    most `batch_pages` and `batch_bytes`. A file that cannot be read, or only in part, gives a page
    with a fault in its place, one with no page in it too, and the rest goes on."""
    yield from pages.batches(_pages(shard, intake), intake.limits)


def _pages(shard: Shard, intake: Intake) -> Iterator[pages.Page]:
    if shard.kind == "files":
        from marsad.ingest.loose_file import read as read_files

        return read_files(shard, intake)
    if shard.kind == "jsonl":
        from marsad.ingest.record_file import read as read_records

        return read_records(shard, intake)
    if shard.kind == "parquet":
        from marsad.ingest.row_file import read as read_rows

        return read_rows(shard, intake)
    from marsad.ingest.web_archive import read as read_archives

    return read_archives(shard, intake)
