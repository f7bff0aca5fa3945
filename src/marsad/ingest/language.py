"""Which language of the Arabic script a text is in, by its letters and its function words."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from marsad.ingest.kind import KINDS, kinds
from marsad.ingest.settings import Known, Language
from marsad.letters import Letters, Words
from marsad.spelling import fold

LONGEST = 4  # letters of a prefix

_MASK = 0xFFFF
_NEVER = 255


@dataclass(frozen=True)
class Tongues:
    """The languages of the settings, ready to be looked up.

    Letters that the same languages have, or words, are of one class; `letter_of` and `word_of` say
    which classes are of which language: shapes (classes, languages). `letters` gives the class of
    each code point, `kind_of` of what kind its characters are.
    """

    known: tuple[Known, ...]
    letters: NDArray[np.uint8]
    kind_of: NDArray[np.int64]
    letter_of: NDArray[np.bool_]
    hashes: NDArray[np.uint64]
    classes: NDArray[np.uint8]
    word_of: NDArray[np.bool_]
    likely: NDArray[np.bool_]

    @staticmethod
    def of(settings: Language) -> Tongues:
        known = settings.known
        letters, kind_of, letter_of = _letters(known)
        spelt = [{form for word in one.words.split() for form in forms(word, one)} for one in known]
        words = sorted(set[str]().union(*spelt))
        has = [tuple(word in one for one in spelt) for word in words]
        kinds = sorted(set(has))
        hashes = Letters.of(words).words.hashes
        order = np.argsort(hashes)
        likely = np.zeros(_MASK + 1, np.bool_)
        likely[hashes & np.uint64(_MASK)] = True
        return Tongues(
            known,
            letters,
            kind_of,
            letter_of,
            hashes[order],
            np.array([kinds.index(one) + 1 for one in has], np.uint8)[order],
            np.array([(False,) * len(known), *kinds], np.bool_),
            likely,
        )

    def scores(
        self, found: NDArray[np.int64], letters: NDArray[np.int64], words: Words
    ) -> NDArray[np.float64]:
        """How much each text is of each language: the share of its `letters` that are proper to it
        and of its words that are function words or stand with its article. `found` counts the
        characters by class. Shape (texts, languages)."""
        texts = len(words.letters)
        classes = self._classes(words.hashes)
        hits = np.flatnonzero(classes)
        size = len(self.word_of)
        table = np.bincount(words.owners[hits] * size + classes[hits], minlength=texts * size)
        spoken = table.reshape(texts, size) @ self.word_of.astype(np.float64)
        for number, one in enumerate(self.known):
            begun = begin(words, [fold(prefix) for prefix in one.article])
            begun = begun[~self.word_of[classes[begun], number]]
            spoken[:, number] += np.bincount(words.owners[begun], minlength=texts)
        written = found @ self.letter_of.astype(np.float64)
        total = np.maximum(np.diff(words.bounds), 1)[:, None]
        return np.asarray(spoken / total + written / np.maximum(letters, 1)[:, None])

    def _classes(self, hashes: NDArray[np.uint64]) -> NDArray[np.uint8]:
        """The class of each word, 0 where it is no function word of any language."""
        found = np.zeros(len(hashes), np.uint8)
        places = np.flatnonzero(self.likely.take((hashes & np.uint64(_MASK)).view(np.int64)))
        at = np.searchsorted(self.hashes, hashes[places])
        at[at == len(self.hashes)] = 0
        same = self.hashes[at] == hashes[places]
        found[places[same]] = self.classes[at[same]]
        return found


def begin(words: Words, prefixes: Sequence[str]) -> NDArray[np.int64]:
    """Which words begin with one of some prefixes, of at most LONGEST letters, and have at least
    two letters more."""
    if not prefixes:
        return np.zeros(0, np.int64)
    codes = words.letters.codes
    number, needed = _heads(tuple(prefixes))
    size = int(number.max()) + 1
    lengths = words.ends - words.starts
    found = np.flatnonzero(lengths > min(map(len, prefixes)) + 1)
    head = np.zeros(len(found), np.int64)
    for place in range(LONGEST):
        at = words.starts.take(found) + place
        head = head * size + number.take(codes.take(at, mode="clip"))
        # Most words go at the first letter or the second.
        may = needed.reshape(size ** (place + 1), -1).min(axis=1) < _NEVER
        open_ = np.flatnonzero(may.take(head))
        found, head = found.take(open_), head.take(open_)
    return found[lengths.take(found) >= needed.take(head)]


@cache
def _heads(prefixes: tuple[str, ...]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A number for each letter that prefixes have, 0 for any other; and how long a word must be of
    which the first letters' numbers, as digits, make the number it is looked up by."""
    letters = sorted(set("".join(prefixes)))
    number = np.zeros(sys.maxunicode + 1, np.uint8)
    number[[ord(letter) for letter in letters]] = np.arange(1, len(letters) + 1)
    size = len(letters) + 1
    needed = np.full(size**LONGEST, _NEVER, np.uint8)
    for head in range(len(needed)):
        digits = [head // size**place % size for place in reversed(range(LONGEST))]
        text = "".join(letters[digit - 1] if digit else " " for digit in digits)
        sizes = [len(prefix) + 2 for prefix in prefixes if text.startswith(prefix)]
        needed[head] = min(sizes, default=_NEVER)
    return number, needed


def _letters(
    known: Sequence[Known],
) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.bool_]]:
    """The class of each code point, the kind of each class, and which are of which language: a
    class is a kind of character with the languages it is proper to."""
    table = kinds().copy()
    kind_of = list(range(KINDS))
    letter_of = [(False,) * len(known)] * KINDS
    for letter in sorted({letter for one in known for letter in one.letters}):
        kind, of = int(kinds()[ord(letter)]), tuple(letter in one.letters for one in known)
        same = [at for at in range(len(kind_of)) if (kind_of[at], letter_of[at]) == (kind, of)]
        if not same:
            kind_of.append(kind)
            letter_of.append(of)
        table[ord(letter)] = same[0] if same else len(kind_of) - 1
    return table, np.array(kind_of), np.array(letter_of, np.bool_)


def forms(word: str, known: Known) -> set[str]:
    """A folded word as it may be typed."""
    choices = [[x, *(pair[1] for pair in known.typed if pair[0] == x)] for x in word]
    return {fold("".join(chosen)) for chosen in product(*choices)}
