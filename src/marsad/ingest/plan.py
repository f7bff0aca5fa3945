"""Shards of sources: which files, or which part of a large one, are read together.

Loose files are packed by their order until a shard is full, and so are small files of records. A
large JSONL file is cut at line ends, a large Parquet file between row groups; what is compressed as
a whole is read as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import BinaryIO

from marsad.ingest import listing, place
from marsad.ingest.intake import Intake
from marsad.ingest.listing import Item

KINDS = ("files", "jsonl", "parquet", "warc")
PARTED = ("jsonl", "parquet")
BLOCK = 1 << 22

# An address, its version, and the part of it: two bounds, or None twice for the whole.
Key = tuple[str, str, int | None, int | None]


@dataclass(frozen=True)
class Shard:
    """What one worker reads in one go. `first:last` are bytes of a JSONL file or row groups of a
    Parquet file, `before` the lines or rows of it that come earlier. The ledger gives the name."""

    kind: str
    items: tuple[Item, ...]
    first: int | None = None
    last: int | None = None
    before: int = 0
    name: str = ""

    @property
    def keys(self) -> list[Key]:
        """What this shard has planned, as `plan` wants it in `known`."""
        return [(item.address, item.version, self.first, self.last) for item in self.items]

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Shard:
        record = json.loads(text)
        return cls(**{**record, "items": tuple(Item(**item) for item in record["items"])})


def plan(
    sources: Sequence[str], known: Collection[Key], intake: Intake, leave: Collection[str] = ()
) -> list[Shard]:
    """The shards of the sources (folders, files, fsspec addresses) without what is `known`, in one
    order however the sources' folders are stored. `leave` names local folders that are none of it,
    as the ingest folder itself. Raises UsageError where a source is not there."""
    return list(shards(sources, known, intake, leave))


def shards(
    sources: Sequence[str], known: Collection[Key], intake: Intake, leave: Collection[str] = ()
) -> Iterator[Shard]:
    """`plan`, one after the other. All sources are looked at before the first shard."""
    known = known if isinstance(known, set | frozenset) else set(known)
    lengths: dict[tuple[str, str], int] = {}
    for address, version, first, last in known:
        if first is not None and last is not None:
            lengths[address, version] = lengths.get((address, version), 0) + last - first
    heaps: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    sizes = dict.fromkeys(KINDS, 0)
    limits = intake.limits
    for item in listing.items(sources, intake, leave):
        kind = listing.shard_kind(item, intake)
        if (item.address, item.version, None, None) in known:
            continue
        if item.size > limits.shard_bytes and kind in PARTED and not listing.is_gzip(item.address):
            planned = lengths.get((item.address, item.version), 0)
            yield from _parts(item, kind, known, planned, limits.shard_bytes)
            continue
        size = min(item.size, limits.page_bytes) if kind == "files" else item.size
        full = sizes[kind] + size > limits.shard_bytes or len(heaps[kind]) == limits.shard_files
        if heaps[kind] and full:
            yield Shard(kind, tuple(heaps[kind]))
            heaps[kind], sizes[kind] = [], 0
        heaps[kind].append(item)
        sizes[kind] += size
    for kind, heap in heaps.items():
        if heap:
            yield Shard(kind, tuple(heap))


def _parts(
    item: Item, kind: str, known: Collection[Key], planned: int, step: int
) -> Iterator[Shard]:
    """The parts of one large file that are not known; `planned` is how much of it is."""
    if kind == "jsonl" and planned == item.size:
        return
    try:
        with place.opened(item.address) as file:
            cut = line_cuts(file, step) if kind == "jsonl" else group_cuts(file, step)
            for first, last, before in cut:
                if (item.address, item.version, first, last) not in known:
                    yield Shard(kind, (item,), first, last, before)
    except OSError:  # not to be opened: the reader says so
        yield Shard(kind, (item,))


def line_cuts(file: BinaryIO, step: int) -> Iterator[tuple[int, int, int]]:
    """(first byte, last byte, lines before) of parts of at least `step` bytes that end at a line's
    end. Reads the file once, four megabytes at a time."""
    start = at = before = count = 0
    for block in iter(partial(file.read, BLOCK), b""):
        done = 0
        while start + step - at < len(block):
            end = block.find(b"\n", max(start + step - at, done)) + 1
            if not end:
                break
            count += block.count(b"\n", done, end)
            yield start, at + end, before
            start, before, done = at + end, count, end
        count += block.count(b"\n", done)
        at += len(block)
    if at > start:
        yield start, at, before


def group_cuts(file: BinaryIO, step: int) -> list[tuple[int, int, int]]:
    """(first row group, last, rows before) of parts of some `step` bytes, `last` exclusive. Raises
    OSError where the file is no Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.ParquetFile(file).metadata
    except pa.ArrowException as error:
        raise OSError(str(error)) from None
    cuts = []
    first = rows = before = size = 0
    for number in range(metadata.num_row_groups):
        group = metadata.row_group(number)
        size += group.total_byte_size
        rows += group.num_rows
        if size >= step or number + 1 == metadata.num_row_groups:
            cuts.append((first, number + 1, before))
            first, before, size = number + 1, rows, 0
    return cuts
