"""What duplicates are found by: the word shingles of a text, and their MinHash in bands.

The texts of a batch are worked on at once. The same text has the same signature in every batch, on
every machine and by every engine, so that one set of pairs comes out wherever it is computed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marsad.letters import Hashes, Places, Words, mixed

Numbers = NDArray[np.uint32]
BLOCK = 1 << 15  # shingles that are permuted at a time, few enough to stay in the cache
_STEP = np.uint64(0x9E3779B97F4A7C15)


class Shingles(NamedTuple):
    """The runs of so many words of each text, as numbers: those of text i are
    `values[starts[i]:starts[i + 1]]`. A shorter text is one run; a text without words has none."""

    values: Numbers
    starts: Places


@dataclass(frozen=True)
class Banding:
    """How alike texts have to be to be compared: in all `rows` numbers of one of `bands`. Texts
    that share the share `s` of their shingles are, with probability `1 - (1 - s**rows)**bands`."""

    bands: int = 32
    rows: int = 4

    @property
    def permutations(self) -> int:
        return self.bands * self.rows


def shingles(words: Words, size: int) -> Shingles:
    """The shingles of texts: runs of `size` words, as 32-bit numbers."""
    hashes, bounds = words.hashes, words.bounds
    lengths = np.diff(bounds)
    counts = np.where(lengths > 0, np.maximum(lengths - size + 1, 1), 0)
    starts = np.zeros(len(bounds), np.int64)
    np.cumsum(counts, out=starts[1:])
    values = _runs(hashes, size)
    # Where each text's runs stand among those of all words, which cross from text to text too.
    at = np.arange(starts[-1]) + np.repeat(bounds[:-1] - starts[:-1], counts)
    short = np.flatnonzero((lengths > 0) & (lengths < size))
    at[starts[short]] = 0
    found = values[at] if len(values) else np.zeros(len(at), np.uint64)
    for text in short.tolist():
        found[starts[text]] = _runs(hashes[bounds[text] : bounds[text + 1]], int(lengths[text]))[0]
    return Shingles((mixed(found) >> np.uint64(32)).astype(np.uint32), starts)


def _runs(hashes: Hashes, size: int) -> Hashes:
    """A number for each run of so many hashes."""
    count = max(0, len(hashes) - size + 1)
    total = hashes[:count].copy()
    for step in range(1, size):
        total *= _STEP
        total += hashes[step : step + count]
    return total


def bands(found: Shingles, banding: Banding) -> Hashes:
    """The MinHash of texts, in bands: shape (texts, bands). What two texts have in common in a
    band they have, all but for chance, in all its rows. A text without shingles has nothing to be
    compared by: what stands there for it means nothing."""
    texts = len(found.starts) - 1
    lowest = np.zeros((texts, banding.permutations), np.uint32)
    some = np.flatnonzero(np.diff(found.starts))
    for begin, end in _blocks(found.starts[some], found.starts[-1]):
        part = some[begin:end]
        first, last = found.starts[part[0]], found.starts[part[-1] + 1]
        values = found.values[first:last]
        starts = found.starts[part] - first
        changed = np.empty_like(values)
        for at, factor in enumerate(_factors(banding.permutations)):
            np.multiply(values, factor, out=changed)
            lowest[part, at] = np.minimum.reduceat(changed, starts)
    grouped = lowest.reshape(texts, banding.bands, banding.rows).astype(np.uint64)
    total = np.zeros((texts, banding.bands), np.uint64)
    for row in range(banding.rows):
        total = mixed(total * _STEP + grouped[:, :, row] + np.uint64(1))
    return total


def _blocks(starts: Places, end: int) -> list[tuple[int, int]]:
    """Texts, as ranges of their numbers, of about BLOCK shingles together."""
    if not len(starts):
        return []
    cuts = np.searchsorted(starts, np.arange(BLOCK, end, BLOCK))
    edges = np.unique(np.concatenate([[0], cuts, [len(starts)]])).tolist()
    return list(itertools.pairwise(edges))


@cache
def _factors(count: int) -> Numbers:
    """So many odd numbers: times each of them, modulo 2**32, is a permutation."""
    seeds = mixed(np.arange(1, count + 1, dtype=np.uint64) * _STEP)
    return (seeds >> np.uint64(32)).astype(np.uint32) | np.uint32(1)
