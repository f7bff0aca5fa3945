"""What becomes of each page: accepted, a duplicate of what was there first, or quarantined; and of
an accepted one, its event and with it its split.

A verdict once given stays. The verdicts of a run take their names together: they are written to
one folder first, and moved when it is whole; a run that was killed in between is finished by the
next.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marsad.ingest import event, signed
from marsad.ingest.entity import Names
from marsad.ingest.folder import (
    ACCEPTED,
    DUPLICATE,
    NAMES,
    QUARANTINED,
    Folder,
    article_id_of,
    read_table,
)
from marsad.ingest.known import Known, read_known
from marsad.ingest.settings import Settings
from marsad.ingest.shard import new
from marsad.ingest.signed import Signed
from marsad.letters import Places
from marsad.rooms import Rooms

if TYPE_CHECKING:
    import pyarrow as pa

Row = dict[str, Any]
ASKED = ("page_id", "sha256", "fault", "published", "entities", "stems")
WAITING, WHOLE = "waiting", "whole"  # the folder of a run's verdicts, and what says it has all


@dataclass(frozen=True)
class Part:
    """The pages of a shard, its signatures, and the verdicts on it where it has them."""

    shard: str
    pages: pa.Table
    signed: Signed
    verdicts: pa.Table | None

    @staticmethod
    def read(folder: Folder, shard: str) -> Part:
        path = folder.verdicts(shard)
        return Part(
            shard,
            read_table(folder.pages(shard), ASKED),
            Signed.read(folder.signatures(shard)),
            read_table(path) if path.is_file() else None,
        )

    @cached_property
    def ids(self) -> pa.Array:
        """The article ids of all pages."""
        import pyarrow as pa

        return pa.array(map(article_id_of, self.pages["sha256"].to_pylist()), pa.string())

    def of_signed(self, column: str) -> pa.Array:
        """What the verdicts say of the pages that are signed."""
        assert self.verdicts is not None
        return self.verdicts[column].take(self.signed.rows).combine_chunks()


@dataclass(frozen=True)
class Texts:
    """All texts that are signed, those of the dataset first, then the shards' in their order.

    `of` is the number of the accepted text that a text says again, -1 where it is accepted itself;
    `bounds` is where each part's begin.
    """

    ids: pa.Array
    of: Places
    similarity: NDArray[np.float32]
    bounds: list[int]


def judge(home: Rooms, folder: Folder, settings: Settings) -> None:
    """Gives its verdict to every page of the shards that are done and have none."""
    finish(folder)
    shards = folder.shards()
    done = [shard for shard in shards if folder.verdicts(shard).is_file()]
    if len(done) == len(shards):
        return
    # In the order in which they came: the dataset, the shards of earlier runs, those of this one.
    parts = [Part.read(folder, one) for one in (*done, *sorted(set(shards) - set(done)))]
    names = Names.restore(folder.models / NAMES)
    # An article that came by this folder and was promoted since is no other text than its page.
    own = {name for part in parts for name in part.ids.to_pylist()}
    known = read_known(home, settings, names, leave=own)
    texts = _texts(known, parts, len(done), settings)
    events = _events(known, parts, texts, settings)
    _write(
        folder,
        (
            (part, _verdicts(part, at, texts, events, known))
            for at, part in enumerate(parts)
            if part.verdicts is None
        ),
    )
    finish(folder)


def _texts(known: Known, parts: list[Part], done: int, settings: Settings) -> Texts:
    """Which texts say again what others do. What the earlier parts' verdicts say stands."""
    import pyarrow as pa
    import pyarrow.compute as pc

    every = [known.signed, *(part.signed for part in parts)]
    bounds = np.cumsum([0, *map(len, every)]).tolist()
    ids = pa.concat_arrays(
        [pa.array(known.ids, pa.string()), *(part.ids.take(part.signed.rows) for part in parts)]
    )
    settled = np.full(bounds[done + 1], -1, np.int64)
    for number, part in enumerate(parts[:done], 1):
        place = slice(bounds[number], bounds[number + 1])
        copied = pc.equal(part.of_signed("status"), DUPLICATE).to_numpy(zero_copy_only=False)
        first = pc.index_in(part.of_signed("cluster"), ids).to_numpy(zero_copy_only=False)
        settled[place] = np.where(copied, first, -1)
    found = signed.find(every, settled >= 0, settings.duplicates)
    of, similarity = found.of, found.similarity
    of[: len(settled)] = settled
    # Of one that has the words of a copy: what that is a copy of.
    first = of[of]
    again = (of >= 0) & (first >= 0)
    of[again], similarity[again] = first[again], similarity[of[again]]
    return Texts(ids, of, similarity, bounds)


def _events(known: Known, parts: list[Part], texts: Texts, settings: Settings) -> pa.Array:
    """The event of each text: of an accepted one that has none yet, as they are grouped; of a copy
    that of what it says again."""
    import pyarrow as pa

    tables = [known.articles]
    accepted = np.flatnonzero(texts.of < 0)
    for at, part in enumerate(parts, 1):
        begin, end = texts.bounds[at], texts.bounds[at + 1]
        kept = np.flatnonzero(texts.of[begin:end] < 0)
        pages = part.pages.take(part.signed.rows[kept])
        given = part.of_signed("event").take(kept) if part.verdicts else None
        columns = {
            "article_id": texts.ids.take(begin + kept),
            **{name: pages[name] for name in ("published", "entities", "stems")},
            "leader": pa.nulls(len(kept), pa.string()),
            "event": given or pa.nulls(len(kept), pa.string()),
        }
        tables.append(pa.table(columns, schema=event.records()))
    grouped = pa.array(event.group_by_parts(pa.concat_tables(tables), settings.events), pa.string())
    place = np.zeros(len(texts.of), np.int64)
    place[accepted] = np.arange(len(accepted))
    return grouped.take(place[np.where(texts.of < 0, np.arange(len(place)), texts.of)])


def _verdicts(part: Part, at: int, texts: Texts, events: pa.Array, known: Known) -> pa.Table:
    """The verdicts on the pages of a part, in their order."""
    import pyarrow as pa

    own = slice(texts.bounds[at + 1], texts.bounds[at + 2])
    of, count = texts.of[own], part.pages.num_rows
    rows, copied = part.signed.rows, of >= 0
    status = np.full(count, QUARANTINED, object)
    status[rows] = np.where(copied, DUPLICATE, ACCEPTED)
    reasons = np.array(part.pages["fault"].to_pylist(), object)
    similarity = np.full(count, np.nan, np.float32)
    similarity[rows[copied]] = texts.similarity[own][copied]
    reasons[rows] = None
    for row in rows[copied].tolist():
        reasons[row] = f"duplicate: {_alike(float(similarity[row]))}"
    first = np.full(count, -1, np.int64)
    first[rows] = np.where(copied, of, np.arange(own.start, own.stop))
    signed_at = np.full(count, -1, np.int64)
    signed_at[rows] = np.arange(own.start, own.stop)
    copies = np.full(count, -1, np.int64)
    copies[rows[copied]] = of[copied]
    named = _taken(events, signed_at).dictionary_encode()
    splits = pa.array(map(known.split_of, named.dictionary.to_pylist()), pa.string())
    columns = {
        "page_id": part.pages["page_id"],
        "article_id": part.ids,
        "status": pa.array(status, pa.string()),
        "reason": pa.array(reasons, pa.string()),
        "duplicate_of": _taken(texts.ids, copies),
        "similarity": pa.array(similarity, pa.float32(), mask=np.isnan(similarity)),
        "cluster": _taken(texts.ids, first),
        "event": named.cast(pa.string()),
        "split": splits.take(named.indices),
    }
    return pa.table(columns, schema=schema())


def _taken(values: pa.Array, places: Places) -> pa.Array:
    """The values at these places, null where one is below 0."""
    import pyarrow as pa

    return values.take(pa.array(places, mask=places < 0))


def _alike(similarity: float) -> str:
    return "the same words" if similarity == 1 else f"{similarity:.2f} of the word runs the same"


def schema() -> pa.Schema:
    """A verdict: `reason` says why a page is quarantined or a duplicate, `duplicate_of` the kept
    article it says again, `similarity` how much of it (0 to 1), `cluster` the article that stands
    for it, itself where it is accepted."""
    import pyarrow as pa

    texts = ("page_id", "article_id", "status", "reason", "duplicate_of")
    return pa.schema(
        [
            *(pa.field(name, pa.string()) for name in texts),
            pa.field("similarity", pa.float32()),
            *(pa.field(name, pa.string()) for name in ("cluster", "event", "split")),
        ]
    )


def _write(folder: Folder, tables: Iterable[tuple[Part, pa.Table]]) -> None:
    import pyarrow.parquet as pq

    waiting = folder.root / WAITING
    for part, table in tables:
        with new(waiting / f"{part.shard}.parquet") as path:
            pq.write_table(table, path, compression="zstd")
    with new(waiting / WHOLE) as path:
        path.touch()


def finish(folder: Folder) -> None:
    """Moves the verdicts of a run that was killed while it did so; clears away half a set."""
    waiting = folder.root / WAITING
    if (waiting / WHOLE).is_file():
        for path in sorted(waiting.glob("*.parquet")):
            place = folder.verdicts(path.stem)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
    shutil.rmtree(waiting, ignore_errors=True)


def read(folder: Folder) -> Iterator[Row]:
    """All verdicts, in the order of the shards."""
    for shard in folder.shards():
        yield from read_table(folder.verdicts(shard)).to_pylist()


def said(folder: Folder) -> Iterator[tuple[list[str], list[str]]]:
    """Of each shard the status of every page, and why those that are quarantined are."""
    for shard in folder.shards():
        table = read_table(folder.verdicts(shard), ("status", "reason"))
        statuses, reasons = table["status"].to_pylist(), table["reason"].to_pylist()
        out = zip(statuses, reasons, strict=True)
        yield statuses, [reason for status, reason in out if status == QUARANTINED]
