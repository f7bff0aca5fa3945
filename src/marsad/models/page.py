"""Rows read as one long line of tokens, and the features that the CRF sees at each position."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain as joined
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from marsad.iob2 import TokenSpan
from marsad.models.chain import BLOCK, Chain, Floats, Ints
from marsad.models.name_lexicon import Lexicon, bare

Looks = list[str]  # what a symbol says where it stands

# How many of a symbol's looks are seen from so many steps away.
WORD_STEPS = {-2: 1, -1: 4, 0: 99, 1: 4, 2: 1}
MARK_STEPS = {-1: 1, 0: 1, 1: 1}
NO_KINDS: Mapping[str, Looks] = MappingProxyType({})
GAP = [None, None]  # the blanks before, between and after rows


class Stretch(NamedTuple):
    """Positions that are tagged as one sequence: a row, or what is inside a span of it; `label`
    is that span's, empty for a row."""

    start: int
    end: int
    label: str = ""

    def inside(self, spans: Iterable[TokenSpan]) -> list[Stretch]:
        """Those of the spans, counted from its start, that others can lie in."""
        return [
            Stretch(self.start + first, self.start + last, label)
            for first, last, label in spans
            if last > first + 1
        ]


Place = tuple[str, int, int]  # label of the span around, tokens before in it, tokens after


class Column:
    """A symbol at each position, None at the blanks, and what each distinct one says to positions
    so many steps away."""

    def __init__(
        self, symbols: Sequence[Any], look: Callable[[Any], Looks], steps: Mapping[int, int]
    ) -> None:
        distinct = list(dict.fromkeys(symbols))
        number = {symbol: at for at, symbol in enumerate(distinct)}
        self.numbers = np.fromiter(map(number.__getitem__, symbols), np.intp, len(symbols))
        self.looks = list(map(look, distinct))
        self.steps = steps
        self._named: dict[tuple[int, int], Looks] = {}

    def features(self, start: int, end: int) -> list[Looks]:
        """The features of the positions from one to another, named with their step."""
        found: list[Looks] = [[] for _ in range(start, end)]
        for step, count in self.steps.items():
            sign = f"{step:+}" if step else ""
            around = self.numbers[start + step : end + step].tolist()
            for own, number in zip(found, around, strict=True):
                named = self._named.get((step, number))
                if named is None:
                    named = [sign + look for look in self.looks[number][:count]]
                    self._named[step, number] = named
                own += named
        return found

    def add(self, scores: Floats, chain: Chain, at: Ints) -> None:
        """Adds to the scores of positions what the symbols around them weigh; each distinct one
        is looked up once."""
        seen = np.zeros(len(self.looks), dtype=np.bool_)
        for step in self.steps:
            seen[self.numbers[at + step]] = True
        symbols = [self.looks[number] for number in np.flatnonzero(seen).tolist()]
        numbers = (np.cumsum(seen) - 1)[self.numbers]
        looks = chain.looks(list(joined.from_iterable(symbols)))
        owners = np.repeat(np.arange(len(symbols)), list(map(len, symbols)))
        for step in self.steps:
            table = chain.table(looks, owners, len(symbols), step)
            for first in range(0, len(at), BLOCK):
                scores[first : first + BLOCK] += table[numbers[at[first : first + BLOCK] + step]]


class Page:
    """The words of rows as one line, and on it the marks of the names that a lexicon knows.
    `kinds` has for each word what else it says, as many looks for each."""

    def __init__(
        self,
        lexicon: Lexicon,
        rows: Iterable[Sequence[str]],
        kinds: Mapping[str, Looks] = NO_KINDS,
    ) -> None:
        words: list[str | None] = [*GAP]
        marks: list[str | None] = [*GAP]
        self.rows: list[Stretch] = []
        for row in rows:
            self.rows.append(Stretch(len(words), len(words) + len(row)))
            words += [*row, *GAP]
            marks += [*lexicon.marks(row), *GAP]
        more = max(map(len, kinds.values()), default=0)
        steps = {step: count + more * (count > 1) for step, count in WORD_STEPS.items()}
        self.columns = (
            Column(words, lambda word: _look(word, lexicon, kinds), steps),
            Column(marks, lambda mark: [f"n={mark}"] if mark else [], MARK_STEPS),
        )

    def features(self, part: Stretch) -> list[Looks]:
        """The features of each position of a stretch."""
        size = part.end - part.start
        where = _where([part]).features(0, size)
        around = [column.features(part.start, part.end) for column in self.columns]
        return [list(joined.from_iterable(own)) for own in zip(where, *around, strict=True)]

    def decode(self, chain: Chain, parts: Sequence[Stretch]) -> list[list[str]]:
        """The tags that a chain gives each stretch, by the same features."""
        return chain.decode(*self.scores(chain, parts))

    def scores(self, chain: Chain, parts: Sequence[Stretch]) -> tuple[Floats, Ints, Ints]:
        """What a chain gives each tag at each position of some stretches; and from which row to
        which each stretch goes."""
        sizes = np.array([part.end - part.start for part in parts])
        ends = np.cumsum(sizes)
        at = np.arange(ends[-1]) + np.repeat([part.start for part in parts] - ends + sizes, sizes)
        scores = np.zeros((len(at), len(chain.tags)), dtype=np.float32)
        _where(parts).add(scores, chain, np.arange(len(at)))
        for column in self.columns:
            column.add(scores, chain, at)
        return scores, ends - sizes, ends


def _where(parts: Sequence[Stretch]) -> Column:
    """For each position of some stretches where in a span it is."""
    places: list[Place | None] = []
    for start, end, label in parts:
        size = end - start
        if label:
            places += [(label, min(at, 3), min(size - 1 - at, 3)) for at in range(size)]
        else:
            places += [None] * size
    return Column(places, _place, {0: 4})


def _place(place: Place | None) -> Looks:
    if place is None:
        return ["bias"]
    name = f"in={place[0]}"
    return ["bias", name, f"{name}>{place[1]}", f"{name}<{place[2]}"]


def _look(word: str | None, lexicon: Lexicon, kinds: Mapping[str, Looks]) -> Looks:
    """A word, its bare form, what train says of it, its kinds, its shape and its affixes."""
    if word is None:
        return ["edge"]
    looks = [f"w={word}", f"b={bare(word)}", *lexicon.known(word), *kinds.get(word, ())]
    looks.append(f"shape={_shape(word)}")
    size = len(word)
    if size > 4:  # most words
        looks += [f"p1={word[0]}", f"p2={word[:2]}", f"p3={word[:3]}", f"s1={word[-1]}"]
        looks += [f"s2={word[-2:]}", f"s3={word[-3:]}", f"s4={word[-4:]}"]
    else:
        looks += [f"p{n}={word[:n]}" for n in (1, 2, 3) if size > n]
        looks += [f"s{n}={word[-n:]}" for n in (1, 2, 3) if size > n]
    return looks


def _shape(word: str) -> str:
    """The first four characters as what they are: a letter, a digit or themselves."""
    if word.isalpha():
        return "aaaa"[: len(word)]
    return "".join("d" if c.isdigit() else "a" if c.isalpha() else c for c in word[:4])
