"""Counts: how many of each label an article has in gold, in the answers, and in both.

Units (a span, a topic of a passage, a row's label) become arrays of whole numbers, so that counting
is a sort and a few sums.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """What is scored, as arrays of one length: the place of each unit's article and of its label,
    and a key that gold and answer share where they mean the same unit."""

    article: Ints
    label: Ints
    key: Ints

    def part(self, keep: NDArray[np.bool_]) -> Units:
        return Units(self.article[keep], self.label[keep], self.key[keep])


@dataclass(frozen=True)
class Counts:
    """Counts of shape (articles, labels), one array for each of tp, predicted, gold."""

    articles: tuple[str, ...]
    labels: tuple[str, ...]
    tp: Ints
    predicted: Ints
    gold: Ints

    def sums(self) -> tuple[Ints, Ints, Ints]:
        """The counts of each label over all articles."""
        return self.tp.sum(0), self.predicted.sum(0), self.gold.sum(0)

    def label(self, at: int) -> Counts:
        """The counts of one label alone."""
        tp, predicted, gold = (
            part[:, at : at + 1] for part in (self.tp, self.predicted, self.gold)
        )
        return Counts(self.articles, self.labels[at : at + 1], tp, predicted, gold)

    def to_json(self) -> dict[str, dict[str, list[int]]]:
        """By article and label: [tp, predicted, gold], without what is all 0."""
        table = np.stack([self.tp, self.predicted, self.gold], axis=2)
        return {
            article: {
                label: numbers
                for label, numbers in zip(self.labels, row.tolist(), strict=True)
                if any(numbers)
            }
            for article, row in zip(self.articles, table, strict=True)
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Mapping[str, Sequence[int]]]) -> Counts:
        """What `to_json` wrote, labels in alphabetical order. Raises ValueError, TypeError or
        AttributeError on anything else."""
        articles = tuple(record)
        labels = tuple(sorted({label for row in record.values() for label in row}))
        table = np.zeros((len(articles), len(labels), 3), dtype=np.int64)
        for at, row in enumerate(record.values()):
            for label, numbers in row.items():
                table[at, labels.index(label)] = numbers
        if (table < 0).any() or (table[:, :, 0] > table[:, :, 1:].min(2)).any():
            raise ValueError("more right than given or gold")
        return cls(articles, labels, *table.transpose(2, 0, 1))


def pack(arrays: Sequence[Ints], sizes: Sequence[int]) -> Ints:
    """One whole number for each row of columns of whole numbers from 0, equal where the rows are;
    every value of a column is below its size. Raises ValueError where that needs over 63 bits."""
    room = 1
    for size in sizes:
        room *= size
    if room >= 2**63:
        raise ValueError(f"{sizes} values do not fit in one key")
    key = arrays[0]
    for array, size in zip(arrays[1:], sizes[1:], strict=True):
        key = key * size + array
    return key


def matched(predicted: Ints, gold: Ints) -> NDArray[np.bool_]:
    """Which of the predicted keys gold has; neither has a key twice."""
    if not len(gold) or not len(predicted):
        return np.zeros(len(predicted), dtype=bool)
    ordered = np.sort(gold, kind="stable")  # quick where it is nearly sorted, as spans mostly are
    at = np.searchsorted(ordered, predicted)
    at[at == len(ordered)] = 0
    found: NDArray[np.bool_] = ordered[at] == predicted
    return found


def tally(gold: Units, predicted: Units, labels: Sequence[str], articles: Sequence[str]) -> Counts:
    """The counts of two sets of units. A unit is right where gold has the same key."""
    right = predicted.part(matched(predicted.key, gold.key))
    shape = (len(articles), len(labels))
    tables = [_table(units, shape) for units in (right, predicted, gold)]
    return Counts(tuple(articles), tuple(labels), *tables)


def _table(units: Units, shape: tuple[int, int]) -> Ints:
    places = units.article * shape[1] + units.label
    counted: Ints = np.bincount(places, minlength=shape[0] * shape[1]).reshape(shape)
    return counted


def count(
    gold: Iterable[tuple[str, str, Hashable]],
    predicted: Iterable[tuple[str, str, Hashable]],
    labels: Sequence[str],
    articles: Sequence[str],
) -> Counts:
    """The counts of two sets of (article, label, what makes the unit one of its own)."""
    rows = {article: at for at, article in enumerate(articles)}
    columns = {label: at for at, label in enumerate(labels)}
    numbers: dict[tuple[str, str, Hashable], int] = {}

    def units(given: Iterable[tuple[str, str, Hashable]]) -> Units:
        ordered = [(u, numbers.setdefault(u, len(numbers))) for u in dict.fromkeys(given)]
        table = np.array(
            [(rows[u[0]], columns[u[1]], number) for u, number in ordered], dtype=np.int64
        ).reshape(-1, 3)
        return Units(*table.T)

    return tally(units(gold), units(predicted), labels, articles)
