"""Signatures of many pages as they lie on the disk, and the duplicates among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from marsad.ingest import duplicate
from marsad.ingest.duplicate import Copies
from marsad.ingest.settings import Duplicates
from marsad.ingest.signature import Shingles
from marsad.letters import Hashes, Places

if TYPE_CHECKING:
    import pyarrow as pa

DIGEST = 16  # bytes of what tells that two texts say the same words


@dataclass(frozen=True)
class Signed:
    """The signatures of those pages of a shard that can be articles: `rows` are their numbers in
    it. The table is mapped from the disk, and read where it is looked at."""

    table: pa.Table
    rows: Places

    @staticmethod
    def read(path: Path) -> Signed:
        import pyarrow as pa

        return Signed.of(pa.ipc.open_file(pa.memory_map(str(path))).read_all())

    @staticmethod
    def of(table: pa.Table) -> Signed:
        return Signed(table, np.flatnonzero(table["digest"].is_valid().to_numpy()))

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def digests(self) -> NDArray[np.void]:
        taken = self.table["digest"].take(self.rows).combine_chunks()
        held = taken.buffers()[1] if len(taken) else b""
        return np.frombuffer(held, f"V{DIGEST}", len(taken), DIGEST * taken.offset)

    def band(self, at: int) -> Hashes:
        found: Hashes = self.table[band_name(at)].to_numpy()[self.rows]
        return found

    def shingles(self, places: Places) -> Shingles:
        """Those of some of the pages, by their places among `rows`."""
        taken = self.table["shingles"].take(self.rows[places]).combine_chunks()
        return Shingles(taken.flatten().to_numpy(), taken.offsets.to_numpy().astype(np.int64))


def band_name(at: int) -> str:
    return f"band_{at:02d}"


def columns(bands: int) -> tuple[str, ...]:
    """The columns of a file of signatures."""
    return ("digest", "shingles", *map(band_name, range(bands)))


def find(signed: Sequence[Signed], settled: NDArray[np.bool_], asked: Duplicates) -> Copies:
    """The duplicates among all that is signed, counted in its order. What comes first is `settled`:
    a copy where that is true, none where it is false; it is only compared with, and its answers
    here mean nothing. Others are copies of what is kept, or of settled copies."""
    digests = np.concatenate([one.digests for one in signed])
    of = duplicate.same(digests)
    similarity = np.ones(len(of), np.float32)
    first = len(settled)
    compared = of < 0
    compared[:first] = ~settled
    numbers = np.flatnonzero(compared)
    earlier, later = duplicate.joined(
        duplicate.pairs_of_band(np.concatenate([one.band(at) for one in signed])[numbers], numbers)
        for at in range(asked.bands)
    )
    new = later >= first
    earlier, later = earlier[new], later[new]
    bounds = np.cumsum([0, *map(len, signed)])

    def take(texts: Places) -> Shingles:
        edges = np.searchsorted(texts, bounds)
        parts = [
            one.shingles(texts[begin:end] - base)
            for one, base, begin, end in zip(signed, bounds, edges, edges[1:], strict=False)
            if end > begin
        ]
        sizes = np.concatenate([np.diff(part.starts) for part in parts])
        values = np.concatenate([part.values for part in parts])
        return Shingles(values, np.concatenate([[0], np.cumsum(sizes)]))

    much = duplicate.similarities(earlier, later, take)
    near = duplicate.copies(len(of), earlier, later, much, asked.threshold)
    copied = near.of >= 0
    of[copied], similarity[copied] = near.of[copied], near.similarity[copied]
    return Copies(of, similarity)
