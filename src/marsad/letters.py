"""The letters of many texts at once: one array of code points, the words on it, and the spelling
made one with a map back to every offset.

Everything here is one pass over an array, whatever the number of texts: what a loop over
characters does in a second takes some hundredths.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.spelling import FOLDS

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]
Hashes = NDArray[np.uint64]

END = ord("\n")  # stands after each text, so that no word reaches into the next
DROPPED = np.uint32(sys.maxunicode + 1)  # what a letter that folding leaves out becomes
_RADIX = np.uint64(0x9E3779B97F4A7C15)  # odd, so that it has an inverse modulo 2**64
_INVERSE = np.uint64(pow(int(_RADIX), -1, 1 << 64))


@dataclass(frozen=True)
class Letters:
    """Texts one after the other, a line feed after each. `codes` are their code points;
    `starts[i]` is where text i begins, `starts[i + 1] - 1` where it ends: shape (texts + 1,).

    Of folded letters, `origin` has for each code its place in the letters that were folded.
    """

    codes: Codes
    starts: Places
    origin: Places | None = None

    @staticmethod
    def of(texts: Iterable[str]) -> Letters:
        """The letters of texts; a lone surrogate is a code point like any other."""
        listed = list(texts)
        lengths = np.fromiter(map(len, listed), np.int64, len(listed))
        starts = np.zeros(len(listed) + 1, np.int64)
        np.cumsum(lengths + 1, out=starts[1:])
        joined = "\n".join([*listed, ""]).encode("utf-32-le", "surrogatepass")
        return Letters(np.frombuffer(joined, "<u4"), starts)

    def __len__(self) -> int:
        """How many texts there are."""
        return len(self.starts) - 1

    @cached_property
    def folded(self) -> Letters:
        """The same texts with the spelling made one, as `spelling.fold` makes it; `origin` leads
        every letter back to where it stood."""
        codes = _folding().take(self.codes)
        kept = codes != DROPPED
        origin = np.flatnonzero(kept)
        starts = np.zeros_like(self.starts)
        # How many letters are kept before each start.
        starts[1:] = np.searchsorted(origin, self.starts[1:])
        return Letters(codes.take(origin), starts, origin)

    @cached_property
    def words(self) -> Words:
        """The words of all texts: the longest runs of letters, digits and underscores."""
        inside = is_word().take(self.codes)
        edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
        if len(inside) and inside[0]:
            edges = np.concatenate([[0], edges])
        starts, ends = edges[::2], edges[1::2]
        return Words(self, starts, ends)

    def part(self, first: int, last: int) -> Letters:
        """The texts `first` to `last`, exclusive."""
        begin, end = self.starts[first], self.starts[last]
        return Letters(self.codes[begin:end], self.starts[first : last + 1] - begin)

    def cut(self, owners: Places, starts: Places, ends: Places) -> Letters:
        """As many texts, each made of pieces of its own, one a line: piece i is
        `codes[starts[i]:ends[i]]` of text `owners[i]`, in order. A text without pieces is empty."""
        pieces = np.bincount(owners, minlength=len(self))
        # A text without pieces has one that is empty, so that a line feed stands for it.
        none = np.flatnonzero(pieces == 0)
        at = np.searchsorted(owners, none)
        starts, ends = np.insert(starts, at, 0), np.insert(ends, at, 0)
        sizes = ends - starts + 1
        bounds = np.zeros(len(sizes) + 1, np.int64)
        np.cumsum(sizes, out=bounds[1:])
        places = np.arange(bounds[-1]) + np.repeat(starts - bounds[:-1], sizes)
        codes = self.codes.take(places, mode="clip")
        codes[bounds[1:] - 1] = END
        first = np.zeros(len(self) + 1, np.int64)
        np.cumsum(np.maximum(pieces, 1), out=first[1:])
        return Letters(codes, bounds[first])

    def text(self, at: int) -> str:
        """One of the texts."""
        part = self.codes[self.starts[at] : self.starts[at + 1] - 1]
        return part.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True)
class Words:
    """Words of texts, in order: word i is `letters.codes[starts[i]:ends[i]]`."""

    letters: Letters
    starts: Places
    ends: Places

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def hashes(self) -> Hashes:
        """A hash of each word, the same wherever it stands and on every machine."""
        return hashes(self.letters.codes, self.starts, self.ends)

    @cached_property
    def bounds(self) -> Places:
        """Where the words of each text begin, counted in words: shape (texts + 1,)."""
        return np.searchsorted(self.starts, self.letters.starts).astype(np.int64)

    @cached_property
    def owners(self) -> Places:
        """The text that each word is of."""
        return np.repeat(np.arange(len(self.letters)), np.diff(self.bounds))


def hashes(codes: Codes, starts: Places, ends: Places) -> Hashes:
    """A 64-bit hash of each stretch `codes[starts[i]:ends[i]]`: a polynomial of its code points,
    its bits mixed."""
    if not len(starts):
        return np.zeros(0, np.uint64)
    powers, inverses = _powers(1 << max(16, len(codes).bit_length()))
    sums = np.zeros(len(codes) + 1, np.uint64)
    np.cumsum((codes + np.uint32(1)) * powers[: len(codes)], out=sums[1:])
    return mixed((sums.take(ends) - sums.take(starts)) * inverses.take(starts))


def mixed(values: Hashes) -> Hashes:
    """Numbers whose every bit depends on every bit of these: the finaliser of MurmurHash3."""
    found = values ^ (values >> np.uint64(33))
    found *= np.uint64(0xFF51AFD7ED558CCD)
    found ^= found >> np.uint64(33)
    found *= np.uint64(0xC4CEB9FE1A85EC53)
    found ^= found >> np.uint64(33)
    return found


def fold_with_offsets(text: str) -> tuple[str, Places]:
    """A text with its spelling made one, as `spelling.fold` makes it, and the offset in `text` of
    every offset of the result, its end included: shape (len(result) + 1,).

    A span of the result, `start:end`, is `text[offsets[start]:offsets[end - 1] + 1]`.
    """
    folded = Letters.of([text]).folded
    assert folded.origin is not None
    return folded.text(0), folded.origin


@cache
def is_word() -> NDArray[np.bool_]:
    """Of each code point, whether it is part of words: what `\\w` is."""
    found = np.zeros(sys.maxunicode + 2, np.bool_)
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    for run in re.finditer(r"\w+", every):
        found[run.start() : run.end()] = True
    return found


@cache
def _folding() -> Codes:
    """What each code point becomes, DROPPED where it is left out."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for marks, letter in FOLDS:
        for mark in marks:
            table[ord(mark)] = ord(letter) if letter else DROPPED
    return table


@cache
def _powers(size: int) -> tuple[Any, Any]:
    """So many powers of the radix, and of its inverse."""
    found = []
    for factor in (_RADIX, _INVERSE):
        powers = np.full(size, factor, np.uint64)
        powers[0] = 1
        found.append(np.multiply.accumulate(powers))
    return found[0], found[1]
