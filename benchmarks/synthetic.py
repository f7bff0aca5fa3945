"""Raw pages made for measuring: any number of them, with planted copies and hard negatives.

A page has the layout of one of the dataset's own articles: its boilerplate stays, its headline and
paragraphs are words drawn one after the other, each by what follows the last one in the dataset, as
many in a line, which ends with the mark it had. So words, runs and lines are like news, and no two
pages say the same by more than chance.

- 10 % are copies: 5 % of the words changed, left out or put in; hamza, alef maqsura and ta marbuta
  written otherwise; other boilerplate around;
- 3 % are hard negatives: four of ten paragraphs are another page's, the rest is new;
- the rest is new.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from marsad import article, corpus
from marsad.rooms import Rooms

COPIES, NEGATIVES = 0.10, 0.03
EDITS = 0.05
SHARED = 0.4
_OTHERWISE = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه"})


@dataclass(frozen=True)
class Made:
    """A page. `lines` are its lines that are not boilerplate; `copy_of` is the number of the page
    that it says again, None where it says none again."""

    number: int
    text: str
    lines: tuple[str, ...]
    copy_of: int | None = None


class Line(NamedTuple):
    """A line of an article: how many words it has, and the mark it ends with, or none."""

    words: int
    end: str


class Maker:
    """Makes pages, the same for the same seed, with no more of them in memory than `kept`, the
    last ones that copies are made of."""

    def __init__(self, home: Rooms, seed: int = 7, kept: int = 2000) -> None:
        self.random = random.Random(seed)
        self.draw = np.random.default_rng(seed)
        self.kept = kept
        articles = article.read_here(home)
        gold = corpus.read_annotations(home, tuple(articles))
        self.layouts: list[list[str | Line]] = []
        follows: dict[str, list[str]] = {}
        for known in articles:
            layout: list[str | Line] = []
            for span in gold[known.article_id].structure:
                line = known.raw[span.start : span.end]
                if span.label == "boilerplate":
                    layout.append(line)
                    continue
                words = line.split()
                end = words[-1][-1]
                layout.append(Line(len(words), "" if end.isalnum() else end))
                for word, after in pairwise(words):
                    follows.setdefault(word, []).append(after)
            self.layouts.append(layout)
        every = sorted({*follows, *(word for after in follows.values() for word in after)})
        number = {word: at for at, word in enumerate(every)}
        self.words = np.array(every, dtype=object)
        begins = [number[word] for word in follows]
        after = [[number[w] for w in follows.get(word, ())] or begins for word in every]
        self.counts = np.array(list(map(len, after)))
        self.first = np.cumsum(self.counts) - self.counts
        self.after = np.concatenate([np.array(each) for each in after])
        self.pool: list[str] = []

    def pages(self, count: int) -> Iterator[Made]:
        """So many pages, numbered from 0."""
        last: list[Made] = []
        for number in range(count):
            kind = self.random.random()
            if last and kind < COPIES:
                page = self._copy(number, self.random.choice(last))
            elif last and kind < COPIES + NEGATIVES:
                page = self._negative(number, self.random.choice(last))
            else:
                page = self._page(number, {})
            yield page
            if page.copy_of is None:
                last.append(page)
                del last[: -self.kept]

    def _page(self, number: int, given: dict[int, str]) -> Made:
        """A new page; `given` has lines that it is to have, by their place among its own."""
        layout = self.random.choice(self.layouts)
        own = [part for part in layout if isinstance(part, Line)]
        lines = [given.get(at) or self._line(line) for at, line in enumerate(own)]
        return self._laid_out(number, layout, lines)

    def _copy(self, number: int, of: Made) -> Made:
        fits = [s for s in self.layouts if sum(isinstance(p, Line) for p in s) == len(of.lines)]
        lines = [self._edited(line) for line in of.lines]
        made = self._laid_out(number, self.random.choice(fits), lines)
        return Made(number, made.text, made.lines, of.number)

    def _negative(self, number: int, of: Made) -> Made:
        paragraphs = of.lines[1:]
        taken = self.random.sample(range(len(paragraphs)), int(SHARED * len(paragraphs)))
        return self._page(number, {at + 1: paragraphs[at] for at in taken})

    def _laid_out(self, number: int, layout: list[str | Line], lines: list[str]) -> Made:
        said = iter(lines)
        page = [next(said) if isinstance(part, Line) else part for part in layout]
        return Made(number, "\n".join(page), tuple(lines))

    def _edited(self, line: str) -> str:
        """A line of a copy."""
        words = []
        for word in line.split():
            chance = self.random.random()
            if chance < EDITS / 3:
                continue
            words.append(self._say(1) if chance < 2 * EDITS / 3 else word)
            if chance > 1 - EDITS / 3:
                words.append(self._say(1))
        return " ".join(words).translate(_OTHERWISE) or line

    def _line(self, line: Line) -> str:
        return self._say(line.words).rstrip(".،؛:؟!…") + line.end

    def _say(self, length: int) -> str:
        """So many words, cut from a long text that is made a great deal at a time."""
        if len(self.pool) < length:
            self.pool = self._talk(400, 1000)
        said = self.pool[-length:]
        del self.pool[-length:]
        return " ".join(said)

    def _talk(self, voices: int, length: int) -> list[str]:
        now = self.draw.integers(len(self.words), size=voices)
        said = np.empty((voices, length), dtype=np.int64)
        for at in range(length):
            chosen = (self.draw.random(voices) * self.counts[now]).astype(np.int64)
            now = self.after[self.first[now] + chosen]
            said[:, at] = now
        found: list[str] = self.words[said.ravel()].tolist()
        return found
