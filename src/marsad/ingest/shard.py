"""One shard of pages, from reading to its named files.

A shard is done when its file in `pages/` is there: that takes its name at the very end, so a shard
that was killed is simply done again, and one that is done is left alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from itertools import chain
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad.fault import UsageError
from marsad.ingest import page, reading
from marsad.ingest.folder import LABEL_NAMES, Folder
from marsad.ingest.reading import Shard
from marsad.ingest.signed import columns
from marsad.models import page_roles
from marsad.rooms import Rooms

if TYPE_CHECKING:
    import pyarrow as pa

    from marsad.ingest.stage import Stages

Task = dict[str, Any]
DEADLY = "unreadable: ends the process that reads it"
PLAIN = ("page_id", "received", "sha256", "text", "url", "fault")  # columns that seldom repeat


@dataclass(frozen=True)
class Place:
    """Where shards are worked on: the root of the rooms that labels, data and catalogue are read
    from, and the ingest folder. It goes to other processes and machines as it is."""

    root: Path
    into: Path

    @staticmethod
    def of(task: Task) -> Place:
        return Place(Path(task["root"]), Path(task["into"]))

    @property
    def folder(self) -> Folder:
        return Folder(self.into)

    def task(self, shard: str) -> Task:
        return {"root": str(self.root), "into": str(self.into), "shard": shard}


def work(task: Task) -> Task:
    """Makes the files of a shard, if they are not there. `task` is what `Place.task` gives;
    returned are the shard's name and how many pages it has."""
    place, name = Place.of(task), task["shard"]
    if not place.folder.pages(name).is_file():
        loaded = stages(place)
        found = reading.read(shard_of(place.folder, name), loaded.intake)
        _write(place, name, map(loaded.run, found))
    return {"shard": name, "pages": count(place.folder, name)}


def rescue(task: Task) -> Task:
    """As `work`, for a shard that ended the process that worked on it, twice. Its pages go through
    the stages in a process apart, and the page that ends that is found by halves and given a
    fault."""
    place, name = Place.of(task), task["shard"]
    with _Apart(place) as apart:
        found = reading.read(shard_of(place.folder, name), stages(place).intake)
        _write(place, name, (part for batch in found for part in apart.run(batch)))
    return {"shard": name, "pages": count(place.folder, name)}


@cache
def stages(place: Place) -> Stages:
    """The stages with their models, loaded once in a process."""
    from marsad.ingest.stage import Stages

    return Stages.load(Rooms(place.root), place.folder)


def shard_of(folder: Folder, name: str) -> Shard:
    """A shard as it was planned."""
    return Shard.from_json(folder.plan(name).read_text(encoding="utf-8"))


def count(folder: Folder, name: str) -> int:
    """How many pages a shard that is done has."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(folder.pages(name)) as file:
        return int(file.metadata.num_rows)


def _write(place: Place, name: str, batches: Iterable[pa.RecordBatch]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder, beside = place.folder, columns(stages(place).settings.duplicates.bands)
    with new(folder.pages(name)) as pages, new(folder.signatures(name)) as signatures:
        every = iter(batches)
        first = next(every, None)
        if first is None:  # nothing came: files without rows
            first = stages(place).run(pa.RecordBatch.from_pylist([], page.received()))
        own = [name for name in first.schema.names if name not in beside]
        names = " ".join(page_roles.LABELS).encode("utf-8")
        schema = first.select(own).schema.with_metadata({LABEL_NAMES: names})
        written = pq.ParquetWriter(
            pages,
            schema,
            compression="lz4",
            use_dictionary=[column for column in own if column not in PLAIN],
            write_statistics=False,
        )
        signed = pa.ipc.new_file(signatures, first.select(beside).schema)
        with written, signed:
            for batch in chain([first], every):
                written.write_batch(_lean(batch.select(own)))
                signed.write_batch(batch.select(beside))


def _lean(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch without the texts that are, in UTF-8, the very bytes received."""
    import pyarrow.compute as pc

    same = pc.and_(
        pc.equal(batch.column("encoding"), "utf-8"), pc.is_null(batch.column("extractor"))
    )
    at = batch.schema.get_field_index("text")
    text = batch.column("text")
    lean = pc.if_else(pc.fill_null(same, False), None, text)
    return batch.set_column(at, batch.schema.field(at), lean)


@contextmanager
def new(path: Path) -> Iterator[Path]:
    """A file to write that takes its name when it is whole. Raises UsageError where the disk is
    full, or will not have it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    except OSError as error:
        mend = "free some room, or name another folder, and run it again"
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}; {mend}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


class _Apart:
    """A process that pages go through the stages in, made anew when they end it."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.pool = self._started()

    def _started(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def __enter__(self) -> _Apart:
        return self

    def __exit__(self, *_: object) -> None:
        self.pool.shutdown(cancel_futures=True)

    def run(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        """The batch with what the stages say of it, in parts."""
        try:
            yield self.pool.submit(_staged, self.place, batch).result()
            return
        except BrokenProcessPool:
            self.pool = self._started()
        if batch.num_rows > 1:
            half = batch.num_rows // 2
            yield from self.run(batch.slice(0, half))
            yield from self.run(batch.slice(half))
        else:
            yield self.pool.submit(_staged, self.place, _refused(batch)).result()


def _staged(place: Place, batch: pa.RecordBatch) -> pa.RecordBatch:
    return stages(place).run(batch)


def _refused(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa

    at = batch.schema.get_field_index("fault")
    return batch.set_column(at, batch.schema.field(at), pa.array([DEADLY], pa.string()))
