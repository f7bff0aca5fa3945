"""Keys of words that a model knows, numbered: many are looked up at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.models.raw_lines import Ints, Keys

ROOM = 8  # places in the table for each key: nearly all are where they are looked for first
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Vocabulary:
    """Keys, ascending, each once; the number of a key is its place. Raises ValueError on others."""

    keys: Keys
    _table: NDArray[np.int32] = field(init=False, repr=False)
    _shift: np.uint64 = field(init=False, repr=False)

    def __post_init__(self) -> None:
        keys = self.keys
        if keys.dtype != np.uint64 or keys.ndim != 1 or not (keys[1:] > keys[:-1]).all():
            raise ValueError("keys of words that are not ascending")
        bits = max(4, (ROOM * len(keys)).bit_length())
        object.__setattr__(self, "_shift", np.uint64(64 - bits))
        table = np.full(1 << bits, len(keys), np.int32)
        left, places = np.arange(len(keys)), self._places(keys)
        while len(left):  # of those that want one free place the first gets it, the others go on
            free = table[places] == len(keys)
            wanted, first = np.unique(places[free], return_index=True)
            table[wanted] = left[free][first]
            waiting = table[places] != left
            left, places = left[waiting], (places[waiting] + 1) % len(table)
        object.__setattr__(self, "_table", table)

    @staticmethod
    def of(keys: Keys, lines: Ints, min_count: int) -> Vocabulary:
        """The keys that at least so many lines have; `lines` has the line of each."""
        order = np.lexsort((lines, keys))
        keys, lines = keys[order], lines[order]
        again = np.append(False, (keys[1:] == keys[:-1]) & (lines[1:] == lines[:-1]))
        known, counts = np.unique(keys[~again[: len(keys)]], return_counts=True)
        return Vocabulary(known[counts >= min_count])

    def __len__(self) -> int:
        return len(self.keys)

    def numbers(self, keys: Keys) -> Ints:
        """The number of each key, len(self) of one that is not known."""
        padded: Any = np.append(self.keys, np.uint64(0))
        places = self._places(keys)
        found = self._table[places].astype(np.int64)
        left = np.flatnonzero((padded[found] != keys) & (found < len(self)))
        while len(left):
            places[left] = (places[left] + 1) % len(self._table)
            found[left] = self._table[places[left]]
            wrong = (padded[found[left]] != keys[left]) & (found[left] < len(self))
            left = left[wrong]
        return found

    def _places(self, keys: Keys) -> Ints:
        return ((keys * _ODD) >> self._shift).astype(np.int64)
