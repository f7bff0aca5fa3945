"""The raw lines of many texts at once, and their words, as arrays: what `passage.lines` and
`stem.stems` say of one text after the other.

A letter is one byte here. 1 to 63 are what words are made of: Arabic letters with the spelling made
one, Latin ones without case, NUMBER for every digit, OTHER for the letters of other scripts. From
MARK on come the kinds of other signs. Marks on letters, tatweel and invisible signs, as those of
direction, are none: words and edges of lines do not know them.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.letters import Letters
from marsad.spelling import FOLDS
from marsad.stem import PREFIXES, SUFFIXES

Ints = NDArray[np.int64]
Signs = NDArray[np.uint8]
Keys = NDArray[np.uint64]

ARABIC = "ءؤئابتثجحخدذرزسشصضطظعغفقكلمنهويپچڤگ"
LATIN = len(ARABIC) + 1  # where a to z begin
NUMBER, OTHER, MARK = 62, 63, 64
MARKS = (
    *(".", "؟?", "!", "…", ",،", "؛;", ":", "\"“”'’‘", "«", "»", "(", ")", "[", "]", "-–—"),
    *("|¦", "›>", "‹<", "*•·", "/\\", "@", "©", "#", "_", "%٪", "+=", "×", "←→"),
)
KINDS = len(MARKS) + 2  # and other punctuation, other signs
NONE, SPACE, BREAK = 253, 254, 255
STEM = 5  # letters of a stem that count
FORM = 8  # letters of a word that count


@dataclass(frozen=True)
class RawLines:
    """The lines of texts that are not blank, all in one row: those of text i are
    `bounds[i]:bounds[i + 1]`.

    `starts` and `ends` of a line, and `inner_starts` and `inner_ends` of what is in it between
    white space, are places in the letters of the batch. `first` and `last` are where that begins
    and ends in `signs`, which leaves out what is no letter.
    """

    bounds: Ints
    starts: Ints
    ends: Ints
    inner_starts: Ints
    inner_ends: Ints
    signs: Signs
    first: Ints
    last: Ints

    @staticmethod
    def of(letters: Letters) -> RawLines:
        """The lines of texts; a line ends with LF, CRLF or CR and with nothing else."""
        signs = alphabet().take(letters.codes)
        breaks = np.flatnonzero(signs == BREAK)
        first, last = runs(signs < SPACE)
        starts = np.concatenate([np.zeros(1, np.int64), breaks + 1])
        inside = np.searchsorted(first, starts)
        starts, before, after = starts[:-1], inside[:-1], inside[1:]
        kept = after > before
        starts, ends = starts[kept], breaks[kept]
        inner_starts, inner_ends = first[before[kept]], last[after[kept] - 1]
        none = np.flatnonzero(signs == NONE)
        return RawLines(
            np.searchsorted(starts, letters.starts),
            starts,
            ends,
            inner_starts,
            inner_ends,
            np.delete(signs, none) if len(none) else signs,
            inner_starts - np.searchsorted(none, inner_starts),
            inner_ends - np.searchsorted(none, inner_ends),
        )

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def owners(self) -> Ints:
        """The text that each line is of."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    @cached_property
    def words(self) -> LineWords:
        starts, ends = runs(self.signs < MARK)
        bounds = np.append(np.searchsorted(starts, self.first), len(starts))
        return LineWords(self.signs, starts, ends, bounds)


@dataclass(frozen=True)
class LineWords:
    """The words of lines, which are `signs[starts[i]:ends[i]]`; those of line i are
    `bounds[i]:bounds[i + 1]`."""

    signs: Signs
    starts: Ints
    ends: Ints
    bounds: Ints

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def counts(self) -> Ints:
        """How many words each line has."""
        return np.diff(self.bounds)

    @cached_property
    def lines(self) -> Ints:
        """The line that each word is of."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def forms(self, at: Ints) -> Keys:
        """A key of each of these words: its first letters."""
        return self._letters[at] & _mask(self.ends[at] - self.starts[at], FORM)

    @cached_property
    def initials(self) -> Signs:
        """The first sign of each word."""
        return self.signs[self.starts]

    @cached_property
    def stems(self) -> tuple[Keys, Signs]:
        """A key of the stem of each word, the first letters of it, and how long the stem is, 255
        where it is longer."""
        size = np.minimum(self.ends - self.starts, 255).astype(np.uint8)
        letters = self._letters.astype(np.uint32)
        cut = np.zeros(len(size), np.uint8)
        for length, keys in _keys(PREFIXES):  # the shortest first: a longer one takes its place
            there = _among(letters & np.uint32((1 << 8 * length) - 1), keys) & (size > length + 2)
            np.maximum(cut, there.view(np.uint8) * np.uint8(length), out=cut)
        size -= cut
        # Of a word of one letter, which has no ending, the second last is what stands before it.
        tails = np.append(np.zeros(1, np.uint8), self.signs)[self.ends - 1].astype(np.uint32)
        tails |= self.signs[self.ends - 1].astype(np.uint32) << np.uint32(8)
        ending = np.zeros(len(size), np.uint8)
        for length, keys in _keys(SUFFIXES):
            there = _among(tails >> np.uint32(8 * (2 - length)), keys) & (size > length + 2)
            np.maximum(ending, there.view(np.uint8) * np.uint8(length), out=ending)
        size -= ending
        return (self._letters >> (cut << np.uint8(3)).astype(np.uint64)) & _mask(size, STEM), size

    @cached_property
    def _letters(self) -> Keys:
        """The eight signs from where each word begins, the first one lowest."""
        padded = np.concatenate([self.signs, np.zeros(8, np.uint8)])
        every = np.ndarray((len(padded) - 7,), "<u8", padded, strides=(1,))
        found: Keys = every[self.starts]
        return found


def runs(inside: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Where the stretches that are inside begin and end; what comes last is not inside."""
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    if len(inside) and inside[0]:
        edges = np.concatenate([np.zeros(1, np.int64), edges])
    return edges[::2], edges[1::2]


def _mask(sizes: Any, most: int) -> Keys:
    """What keeps so many signs of eight, at most `most`."""
    table = np.array([(1 << 8 * min(size, most)) - 1 for size in range(most + 1)], np.uint64)
    found: Keys = table[np.minimum(sizes, most)]
    return found


def _among(keys: Any, wanted: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which of the keys are among a few wanted ones."""
    found: NDArray[np.bool_] = keys == wanted[0]
    for key in wanted[1:]:
        found |= keys == key
    return found


@cache
def _keys(parts: tuple[str, ...]) -> list[tuple[int, NDArray[np.uint32]]]:
    """The signs of parts of words as keys, by how many there are, the fewest first."""
    signs = alphabet()
    found: dict[int, list[int]] = {}
    for part in sorted(parts, key=len):
        key = sum(int(signs[ord(letter)]) << 8 * at for at, letter in enumerate(part))
        found.setdefault(len(part), []).append(key)
    return [(length, np.array(keys, np.uint32)) for length, keys in found.items()]


@cache
def alphabet() -> Signs:
    """The sign of each code point."""
    signs = np.full(sys.maxunicode + 1, MARK + KINDS - 1, np.uint8)
    signs[: 1 << 16] = [_sign(chr(code)) for code in range(1 << 16)]
    _put(signs, ARABIC, 1)
    _put(signs, map(chr, range(ord("a"), ord("z") + 1)), LATIN)
    _put(signs, map(chr, range(ord("A"), ord("Z") + 1)), LATIN)
    for marks, letter in FOLDS:
        for mark in marks:
            signs[ord(mark)] = signs[ord(letter)] if letter else NONE
    for kind, every in enumerate(MARKS):
        for mark in every:
            signs[ord(mark)] = MARK + kind
    signs[[ord("\n"), ord("\r")]] = BREAK
    return signs


def _sign(character: str) -> int:
    """The sign of a character that is not listed."""
    if character.isspace():
        return SPACE
    kind = unicodedata.category(character)
    if kind == "Nd":
        return NUMBER
    other = {"L": OTHER, "N": OTHER, "M": NONE, "C": NONE, "P": MARK + KINDS - 2}
    return other.get(kind[0], MARK + KINDS - 1)


def _put(signs: Signs, letters: Iterable[str], first: int) -> None:
    for sign, letter in enumerate(letters, first):
        signs[ord(letter)] = sign
