"""The metrics: F1 figures of counts, with intervals.

Everything that is scored comes down to three whole numbers for each article and label: how many
the system got right (`tp`), how many it gave (`predicted`), how many there are (`gold`). A figure
on any resample of articles is then a sum of rows, and a bootstrap one matrix product.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.counts import Counts, Ints, pack

Floats = NDArray[np.floating[Any]]
EXACT = 2**24  # below it, float32 holds every whole number


def f1(tp: int, predicted: int, gold: int) -> float:
    """F1 of plain counts; 0 where there is nothing to find and nothing was given."""
    return 2 * tp / (predicted + gold) if predicted + gold else 0.0


def span_f1(gold: Ints, predicted: Ints) -> float:
    """Strict micro F1 of two arrays of shape (spans, 4): sentence, start, end, label, whole
    numbers from 0, no span twice in one array. Nested spans count each for itself."""
    columns = list(zip(gold.T, predicted.T, strict=True))
    sizes = [int(max(g.max(initial=0), p.max(initial=0))) + 1 for g, p in columns]
    keys = np.concatenate([pack(tuple(part.T), sizes) for part in (gold, predicted)])
    keys.sort(kind="stable")
    return f1(int((keys[1:] == keys[:-1]).sum()), len(predicted), len(gold))


def of_label(tp: int, predicted: int, gold: int) -> dict[str, Any]:
    """The figures of one label's counts; a share of nothing is 0."""
    return {
        "f1": f1(tp, predicted, gold),
        "precision": tp / predicted if predicted else 0.0,
        "recall": tp / gold if gold else 0.0,
        "support": gold,
    }


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
    """A figure of merit, from 0 to 1, higher is better; its version is part of every signature.
    One that is `pooled` needs no more than the counts of all labels together."""

    name: str
    version: int
    of: Callable[[Floats, Floats, Floats], Floats]
    pooled: bool = True

    def value(self, counts: Counts) -> float:
        return float(self.of(*(part.astype(np.float64) for part in counts.sums())))

    def tables(self, counts: Counts) -> tuple[Ints, Ints, Ints]:
        """What the metric needs of the counts: (articles, labels), or (articles, 1)."""
        parts = (counts.tp, counts.predicted, counts.gold)
        if not self.pooled or len(counts.labels) == 1:
            return parts
        tp, predicted, gold = (np.einsum("ij->i", part)[:, None] for part in parts)
        return tp, predicted, gold


METRICS = {
    metric.name: metric
    for metric in (
        Metric("macro_f1", 1, macro, pooled=False),
        Metric("micro_f1", 1, micro),
        Metric("nested_f1", 1, micro),
        Metric("flat_f1", 1, micro),
        Metric("precision", 1, precision),
        Metric("recall", 1, recall),
    )
}


def weights(articles: int, resamples: int, seed: int) -> NDArray[np.float32]:
    """How often each article stands in each bootstrap resample; shape (resamples, articles)."""
    drawn = np.random.default_rng(seed).integers(0, articles, (resamples, articles))
    found = np.empty((resamples, articles), dtype=np.float32)
    for row, places in zip(found, drawn, strict=True):
        row[:] = np.bincount(places, minlength=articles)
    return found


def resampled(wanted: Sequence[tuple[Metric, Counts]], drawn: Floats) -> Floats:
    """Each metric of its counts on every resample: shape (metrics, resamples). One matrix product,
    in float32 where no sum can grow past what that holds exactly."""
    tables = [table for metric, counts in wanted for table in metric.tables(counts)]
    largest = max(int(table.sum(0).max(initial=0)) for table in tables)
    exact = int(drawn.max(initial=0)) * largest < EXACT
    kind: type[np.floating[Any]] = np.float32 if exact else np.float64
    stacked: Floats = np.concatenate(tables, axis=1, dtype=kind, casting="unsafe")
    sums = (drawn.astype(kind, copy=False) @ stacked).astype(np.float64)
    edges = np.cumsum([table.shape[1] for table in tables])[:-1]
    parts = np.split(sums, edges, axis=1)
    return np.array(
        [metric.of(*parts[3 * at : 3 * at + 3]) for at, (metric, _) in enumerate(wanted)]
    )


def bounds(values: Floats, level: float = 0.95) -> list[list[float]]:
    """The percentile interval of each row of values over resamples."""
    tail = (1 - level) / 2
    return [[float(low), float(high)] for low, high in np.quantile(values, [tail, 1 - tail], 1).T]


def interval(metric: Metric, counts: Counts, drawn: Floats, level: float = 0.95) -> list[float]:
    """The percentile interval of a metric over bootstrap resamples of articles."""
    return bounds(resampled([(metric, counts)], drawn), level)[0]


def _divide(part: Floats, whole: Floats) -> Floats:
    below = np.asarray(whole, dtype=np.float64)
    found: Floats = np.divide(part, below, out=np.zeros_like(below), where=below > 0)
    return found
