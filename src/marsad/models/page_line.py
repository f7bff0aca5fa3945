"""The lines of many pages labelled at once: the line model that `marsad ingest` uses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marsad.letters import Letters
from marsad.models import Likely, Rows, page_roles, stored
from marsad.models.line_look import Looks, looks
from marsad.models.linear import above_zero, at_least
from marsad.models.page_roles import LABELS, ROLES, Floats
from marsad.models.page_training import train
from marsad.models.raw_lines import Ints, RawLines
from marsad.models.structure import pages
from marsad.models.vocabulary import Vocabulary

if TYPE_CHECKING:
    pass

BLOCK = 1_000_000  # characters looked at together: what an array of them needs stays in the cache
MOST_LINES = 2_000  # of a page; what follows them is called boilerplate, which is a guess
EMPTY = "\u200f"  # a line of which nothing is seen
_BREAK = re.compile(r"[\r\n]")


@dataclass(frozen=True)
class PageLabels:
    """The lines of texts that are not blank, as `passage.lines` has them, all in one row: those of
    text i are `bounds[i]:bounds[i + 1]`. Of each line where it starts and ends in its text, in code
    points, the same of what is in it between white space, the number of its label in LABELS and
    that label's probability."""

    bounds: Ints
    starts: Ints
    ends: Ints
    inner_starts: Ints
    inner_ends: Ints
    labels: NDArray[np.int8]
    likely: NDArray[np.float32]


@dataclass
class PageLine:
    """A chain of the roles that the lines of a page have, exactly one of them the headline, over a
    linear model of what each line looks like. `l2` is the strength of regularisation, `min_count`
    how many lines must have a word for it to be learned."""

    l2: float = 1.0
    min_count: int = 2
    max_iterations: int = 100
    words: list[Vocabulary] = field(init=False, default_factory=list, repr=False)
    weights: NDArray[np.float32] = field(
        init=False, repr=False, default_factory=lambda: np.zeros((0, ROLES), np.float32)
    )
    steps: Floats = field(init=False, repr=False, default_factory=lambda: np.zeros((ROLES, ROLES)))

    def __post_init__(self) -> None:
        above_zero("l2", self.l2)
        at_least("min_count", self.min_count, 1)
        at_least("max_iterations", self.max_iterations, 1)

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        """Learns from the pages that have one headline, and all of their body below it."""
        from scipy.sparse import csr_matrix

        every = [(page, page_roles.roles(_labels(page))) for page in pages(rows)]
        kept = [(page, roles) for page, roles in every if roles is not None]
        look = looks(RawLines.of(Letters.of(_text(page) for page, _ in kept)))
        self.words = [Vocabulary.of(keys, lines, self.min_count) for keys, lines in look.words]
        size = look.count + sum(map(len, self.words))
        every_line = np.arange(len(look.lines))
        pairs = [(column, every_line) for column in look.columns] + [self._listed(look)]
        numbers, lines = (np.concatenate(part) for part in zip(*pairs, strict=True))
        shape = (len(every_line), size)
        features = csr_matrix((np.ones(len(lines)), (lines, numbers)), shape)
        roles = np.concatenate([np.zeros(0, np.int64), *(roles for _, roles in kept)])
        bounds = look.lines.bounds
        self.weights, self.steps = train(features, roles, bounds, self.l2, self.max_iterations)

    def predict(self, rows: Rows) -> list[Likely]:
        found: list[Likely] = []
        for block in _blocks(Letters.of(map(_text, pages(rows)))):
            _, answers, chances = self._settled(block)
            found += [
                Likely(LABELS[answer], dict(zip(LABELS, each, strict=True)))
                for answer, each in zip(answers.tolist(), chances.tolist(), strict=True)
            ]
        return found

    def label(self, letters: Letters) -> PageLabels:
        """The labels of the lines of raw texts, as `predict` gives them for their rows."""
        parts = [self._labels(block) for block in _blocks(letters)]
        sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(part.bounds) for part in parts)])
        every = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in list(PageLabels.__dataclass_fields__)[1:]
        }
        return PageLabels(np.cumsum(sizes), **every)

    def save(self, folder: Path) -> None:
        words = {f"words_{at}": known.keys for at, known in enumerate(self.words)}
        arrays: dict[str, Any] = {"weights": self.weights, "steps": self.steps, **words}
        stored.write(folder, {"labels": list(LABELS)}, arrays)

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        empty = looks(RawLines.of(Letters.of([])))
        known = [Vocabulary(arrays[f"words_{at}"]) for at in range(len(empty.words))]
        size = empty.count + sum(map(len, known))
        weights, steps = arrays["weights"], arrays["steps"]
        fit = weights.shape == (size, ROLES) and steps.shape == (ROLES, ROLES)
        if tuple(names["labels"]) != LABELS or not fit:
            raise ValueError("weights that do not fit the features of lines")
        self.words, self.weights, self.steps = known, weights.astype(np.float32), steps

    def _labels(self, letters: Letters) -> PageLabels:
        lines, answers, chances = self._settled(letters)
        begin = letters.starts[lines.owners]
        return PageLabels(
            lines.bounds,
            lines.starts - begin,
            lines.ends - begin,
            lines.inner_starts - begin,
            lines.inner_ends - begin,
            answers.astype(np.int8),
            chances[np.arange(len(answers)), answers].astype(np.float32),
        )

    def _settled(self, letters: Letters) -> tuple[RawLines, Ints, Floats]:
        """The lines of texts, the number of the label of each, and the chances of all labels."""
        lines = RawLines.of(letters)
        if np.diff(lines.bounds).max(initial=0) <= MOST_LINES:
            return lines, *self._judged(lines)
        kept = np.arange(len(lines)) - lines.bounds[lines.owners] < MOST_LINES
        ends = letters.starts[:-1].copy()
        ends[lines.owners[kept]] = lines.ends[kept]  # of its last line that is looked at
        shown = letters.cut(np.arange(len(letters)), letters.starts[:-1], ends)
        answers = np.full(len(lines), LABELS.index("boilerplate"))
        chances = np.full((len(lines), len(LABELS)), 1 / len(LABELS))
        answers[kept], chances[kept] = self._judged(RawLines.of(shown))
        return lines, answers, chances

    def _judged(self, lines: RawLines) -> tuple[Ints, Floats]:
        look = looks(lines)
        scores = np.zeros((len(lines), ROLES))
        for column in look.columns:
            scores += self.weights.take(column, axis=0)
        numbers, line = self._listed(look)
        of_roles = self.weights.T.copy()
        for role in range(ROLES):
            listed = of_roles[role].take(numbers)
            scores[:, role] += np.bincount(line, weights=listed, minlength=len(lines))
        belief = page_roles.believe(scores, self.steps, lines.bounds)
        return page_roles.settle(belief.chances, lines.bounds)

    def _listed(self, look: Looks) -> tuple[Ints, Ints]:
        """The features that not every line has, signs and known words, and their lines."""
        first = look.count
        found = list(look.signs)
        for (keys, lines), known in zip(look.words, self.words, strict=True):
            numbers = known.numbers(keys)
            there = np.flatnonzero(numbers < len(known))
            found.append((numbers[there] + first, lines[there]))
            first += len(known)
        numbers, lines = (np.concatenate(part) for part in zip(*found, strict=True))
        return numbers, lines


def _blocks(letters: Letters) -> Iterator[Letters]:
    """The texts in order, so many at once as are looked at together; one block at least."""
    first = 0
    for at, end in enumerate(letters.starts[1:].tolist()):
        if end - letters.starts[first] > BLOCK and at > first:
            yield letters.part(first, at)
            first = at
    yield letters.part(first, len(letters))


def _labels(page: Rows) -> Ints:
    return np.array([LABELS.index(row["label"]) for row in page], np.int64)


def _text(page: Rows) -> str:
    """The text of a page's rows, each of them a line of it whatever it holds."""
    lines = (_BREAK.sub(" ", row["text"]) for row in page)
    return "\n".join(line if line.strip() else EMPTY for line in lines)
