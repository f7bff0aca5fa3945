"""The metrics: counts by article and label, and the F1 figures made of them, with intervals.

Everything that is scored comes down to three whole numbers for each article and label: how many
the system got right (`tp`), how many it gave (`predicted`), how many there are (`gold`). A figure
on any resample of articles is then a sum of rows, and a bootstrap one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Units = Iterable[tuple[str, str, Hashable]]  # article, label, what makes the unit one of its own
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counts:
    """Counts of shape (articles, labels), one array for each of tp, predicted, gold."""

    articles: tuple[str, ...]
    labels: tuple[str, ...]
    tp: NDArray[np.int64]
    predicted: NDArray[np.int64]
    gold: NDArray[np.int64]

    def sums(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The counts of each label over all articles."""
        return self.tp.sum(0), self.predicted.sum(0), self.gold.sum(0)

    def resampled(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """The counts of each label, shape (resamples, labels), with each article counted as often
        as `weights`, of shape (resamples, articles), says."""
        return weights @ self.tp, weights @ self.predicted, weights @ self.gold


def count(gold: Units, predicted: Units, labels: Sequence[str], articles: Sequence[str]) -> Counts:
    """The counts of two sets of units. A unit is right where gold has the same one."""
    rows = {article: at for at, article in enumerate(articles)}
    columns = {label: at for at, label in enumerate(labels)}
    gold_units, predicted_units = set(gold), set(predicted)
    arrays = []
    for units in (gold_units & predicted_units, predicted_units, gold_units):
        array = np.zeros((len(rows), len(columns)), dtype=np.int64)
        places = [(rows[article], columns[label]) for article, label, _ in units]
        if places:
            np.add.at(array, tuple(np.array(places).T), 1)
        arrays.append(array)
    return Counts(tuple(articles), tuple(labels), *arrays)


def f1(tp: int, predicted: int, gold: int) -> float:
    """F1 of plain counts; 0 where there is nothing to find and nothing was given."""
    return 2 * tp / (predicted + gold) if predicted + gold else 0.0


def f1_array(tp: Floats, predicted: Floats, gold: Floats) -> Floats:
    """F1 element by element, 0 where undefined, as scikit-learn with `zero_division=0`."""
    return _divide(2 * tp, predicted + gold)


def macro(tp: Floats, predicted: Floats, gold: Floats) -> Floats:
    """Mean F1 over the labels that gold has, along the last axis; 0 where gold has none."""
    support = np.asarray(gold) > 0
    sums = np.where(support, f1_array(tp, predicted, gold), 0.0).sum(-1)
    return _divide(sums, support.sum(-1))


def micro(tp: Floats, predicted: Floats, gold: Floats) -> Floats:
    """F1 of the counts of all labels together, along the last axis."""
    return f1_array(tp.sum(-1), predicted.sum(-1), gold.sum(-1))


def precision(tp: Floats, predicted: Floats, gold: Floats) -> Floats:
    """The share of what was given that is right, all labels together."""
    return _divide(tp.sum(-1), predicted.sum(-1))


def recall(tp: Floats, predicted: Floats, gold: Floats) -> Floats:
    """The share of what there is that was found, all labels together."""
    return _divide(tp.sum(-1), gold.sum(-1))


@dataclass(frozen=True)
class Metric:
    """A figure of merit, from 0 to 1, higher is better; its version is part of every signature."""

    name: str
    version: int
    of: Callable[[Floats, Floats, Floats], Floats]

    def value(self, counts: Counts) -> float:
        return float(self.of(*(part.astype(np.float64) for part in counts.sums())))


METRICS = {
    metric.name: metric
    for metric in (
        Metric("macro_f1", 1, macro),
        Metric("micro_f1", 1, micro),
        Metric("nested_f1", 1, micro),
        Metric("flat_f1", 1, micro),
        Metric("precision", 1, precision),
        Metric("recall", 1, recall),
    )
}


def weights(articles: int, resamples: int, seed: int) -> Floats:
    """How often each article stands in each bootstrap resample; shape (resamples, articles)."""
    rng = np.random.default_rng(seed)
    shares = np.full(articles, 1 / articles)
    return rng.multinomial(articles, shares, size=resamples).astype(np.float64)


def interval(metric: Metric, counts: Counts, drawn: Floats, level: float = 0.95) -> list[float]:
    """The percentile interval of a metric over bootstrap resamples of articles."""
    values = metric.of(*counts.resampled(drawn))
    tail = (1 - level) / 2
    return [float(bound) for bound in np.quantile(values, [tail, 1 - tail])]


def _divide(part: Floats, whole: Floats) -> Floats:
    below = np.asarray(whole, dtype=np.float64)
    found: Floats = np.divide(part, below, out=np.zeros_like(below), where=below > 0)
    return found
