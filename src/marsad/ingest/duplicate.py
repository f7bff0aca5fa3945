"""Which texts say again what an earlier one says: the same words, or nearly all of them.

A text is compared with those before it that it shares a band with, and found alike by the Jaccard
similarity of their shingles, exactly. It is a duplicate of the one kept text that it is most like;
so what is kept never changes when more texts come, and no chain of small steps joins what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from marsad.ingest.signature import Shingles
from marsad.letters import Hashes, Places

FIRST = 16  # how many of the earliest texts of a band's bucket the others are compared with
BLOCK = 1 << 12  # pairs that are compared at a time
_HALF = np.uint64(32)


class Copies(NamedTuple):
    """Of each text, the kept text that it is a duplicate of, -1 where it is kept itself, and the
    similarity, 0 to 1, that was found."""

    of: Places
    similarity: NDArray[np.float32]


Take = Callable[[Places], Shingles]  # the shingles of the texts of these numbers


def same(digests: NDArray[Any]) -> Places:
    """Of each text, the earliest that has the same digest, -1 where it is that itself. Digests are
    fixed bytes, shape (texts,)."""
    _, first, number = np.unique(digests, return_index=True, return_inverse=True)
    earliest: Places = first[number]
    earliest[earliest == np.arange(len(digests))] = -1
    return earliest


def pairs_of_band(values: Hashes, numbers: Places) -> Hashes:
    """The pairs of texts to compare by one band: `earlier << 32 | later`. `values` are the texts'
    numbers in the band, `numbers` the texts' own, ascending, below 2**32. A text is compared with
    the first few of its bucket alone, so that a bucket of n makes no n * n pairs."""
    order = np.argsort(values, kind="stable")
    ordered, numbers = values[order], numbers[order]
    begins = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    sizes = np.diff(np.append(begins, len(ordered)))
    begins, sizes = begins[sizes > 1], sizes[sizes > 1]
    found = []
    for first in range(FIRST):
        # The first-th of each bucket with all that come after it there.
        longer = sizes > first + 1
        begins, sizes = begins[longer], sizes[longer]
        if not len(begins):
            break
        after = sizes - first - 1
        starts = np.cumsum(after) - after
        later = np.arange(after.sum()) + np.repeat(begins + first + 1 - starts, after)
        earlier = np.repeat(begins + first, after)
        left, right = numbers[earlier].astype(np.uint64), numbers[later].astype(np.uint64)
        found.append(left << _HALF | right)
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def joined(of_bands: Iterable[Hashes]) -> tuple[Places, Places]:
    """The pairs of all bands, each once, sorted by the later text."""
    every = np.unique(np.concatenate([np.zeros(0, np.uint64), *of_bands]))
    earlier = (every >> _HALF).astype(np.int64)
    later = (every & np.uint64(0xFFFFFFFF)).astype(np.int64)
    order = np.lexsort((earlier, later))
    return earlier[order], later[order]


def similarities(earlier: Places, later: Places, take: Take) -> NDArray[np.float32]:
    """The Jaccard similarity of the shingles of each pair, 0 to 1, exactly."""
    found = np.zeros(len(earlier), np.float32)
    for begin in range(0, len(earlier), BLOCK):
        part = slice(begin, begin + BLOCK)
        texts = np.unique(np.concatenate([earlier[part], later[part]]))
        held = take(texts)
        values, starts = held.values.tolist(), held.starts.tolist()
        sets = {
            text: frozenset(values[first:last])
            for text, (first, last) in zip(texts.tolist(), pairwise(starts), strict=True)
        }
        pairs = zip(earlier[part].tolist(), later[part].tolist(), strict=True)
        found[part] = [_jaccard(sets[first], sets[second]) for first, second in pairs]
    return found


def copies(
    texts: int, earlier: Places, later: Places, similarity: NDArray[np.float32], threshold: float
) -> Copies:
    """Which of so many texts are duplicates, from pairs sorted by the later text."""
    of = np.full(texts, -1, np.int64)
    best = np.zeros(texts, np.float32)
    alike = np.flatnonzero(similarity >= threshold)
    rows = zip(
        earlier[alike].tolist(), later[alike].tolist(), similarity[alike].tolist(), strict=True
    )
    # Sorted by the later text: what is said of an earlier one is settled when it is asked.
    for first, second, much in rows:
        if of[first] < 0 and much > best[second]:
            of[second], best[second] = first, much
    return Copies(of, best)


def find(bands: Sequence[Hashes], shingles: Shingles, threshold: float) -> Copies:
    """The duplicates among texts whose signatures are all in memory: `bands` has the numbers of
    each band, shape (texts,) each."""
    numbers = np.flatnonzero(np.diff(shingles.starts))
    pairs = (pairs_of_band(values[numbers], numbers) for values in bands)
    earlier, later = joined(pairs)
    much = similarities(earlier, later, lambda texts: taken(shingles, texts))
    return copies(len(shingles.starts) - 1, earlier, later, much, threshold)


def taken(found: Shingles, texts: Places) -> Shingles:
    """The shingles of some of the texts."""
    counts = np.diff(found.starts)[texts]
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    at = np.arange(starts[-1]) + np.repeat(found.starts[texts] - starts[:-1], counts)
    return Shingles(found.values[at], starts)


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / max(1, len(one) + len(other) - shared)
