"""Figures of plain references and predictions, without rows, files or ids: what harnesses bring.

The counts and the metrics are those of `marsad score`, so the figures are the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from marsad import label, metric, rooms, score, task
from marsad.counts import Counts, count
from marsad.dataset import outermost
from marsad.fault import UsageError
from marsad.metric import METRICS, Floats
from marsad.task import Task

CITATION = """@misc{marsad,
  title = {Marsad: Arabic news about international affairs, annotated for structure, topic, stance
           and named entities},
  author = {{The Marsad authors}},
  year = {2026},
}"""

_NAMES = {
    "label": ("micro_f1",),
    "topics": ("micro_f1", "precision", "recall"),
    "entities": ("precision", "recall", "flat_f1"),
}


def names(asked: Task) -> tuple[str, ...]:
    """The figures of a task, the main one first."""
    return asked.metric, *_NAMES[asked.answer]


def figures(
    name: str,
    references: Sequence[Any],
    predictions: Sequence[Any],
    *,
    articles: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
) -> dict[str, Any]:
    """The figures of a task's answers: a label, several topics, or (start, end, label) spans each.

    `articles` names the article of each answer, and adds 95 % intervals from a bootstrap over
    them. `labels` are those that may stand in an answer, by default Marsad's. Raises UsageError on
    another label, or where the lists are not of one length.
    """
    home = rooms.find()
    asked = task.read_task(home, name)
    known = tuple(labels or label.read_layer(home, asked.layer).names)
    for what, part in (("predictions", predictions), ("articles", articles or references)):
        if len(part) != len(references):
            raise UsageError(f"{len(references)} references and {len(part)} {what}; give as many")
    places = articles or [""] * len(references)
    order = list(dict.fromkeys(places))
    gold, given = list(units(references, places)), list(units(predictions, places))
    for _, one, _ in (*gold, *given):
        if one not in known:
            raise UsageError(f"unknown label {one!r}; the labels are {', '.join(known)}")
    whole = count(gold, given, known, order)
    counts = dict.fromkeys(names(asked), whole)
    if "flat_f1" in counts:
        outer, given_outer = (
            [outermost(list(answer)) for answer in part] for part in (references, predictions)
        )
        flat = units(outer, places), units(given_outer, places)
        counts["flat_f1"] = count(*flat, known, order)
    found: dict[str, Any] = {of: METRICS[of].value(part) for of, part in counts.items()}
    found["by_label"] = by_label(whole)
    if articles is not None:
        wanted = [(METRICS[of], part) for of, part in counts.items()]
        bounds = metric.bounds(metric.resampled(wanted, _drawn(whole)))
        found["intervals"] = dict(zip(counts, bounds, strict=True))
    return found


def units(answers: Sequence[Any], articles: Sequence[str]) -> Iterator[tuple[str, str, Any]]:
    """The units of answers as `counts.count` takes them, each known by the place of its answer."""
    for at, (article, answer) in enumerate(zip(articles, answers, strict=True)):
        for part in [answer] if isinstance(answer, str) else answer:
            if isinstance(part, str):
                yield article, part, at
            else:
                start, end, name = part
                yield article, name, (at, start, end)


def interval(name: str, counts: Counts) -> list[float]:
    """The 95 % interval of a figure over resamples of articles, drawn as `marsad score` does."""
    return metric.interval(METRICS[name], counts, _drawn(counts))


def _drawn(counts: Counts) -> Floats:
    return metric.weights(len(counts.articles), score.RESAMPLES, score.SEED)


def by_label(counts: Counts) -> dict[str, dict[str, Any]]:
    """Precision, recall and F1 of each label, with how often it is in gold."""
    sums = (part.tolist() for part in counts.sums())
    return {
        name: metric.of_label(*numbers) for name, *numbers in zip(counts.labels, *sums, strict=True)
    }
