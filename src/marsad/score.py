"""A score: the figures of one set of answers on one split, each with its interval, signed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from marsad import calibration, metric
from marsad.answer import Answers, gold_answer
from marsad.counts import Counts
from marsad.fault import DataError, Fault
from marsad.metric import METRICS, Floats, Metric
from marsad.passage import CLEAN_LABELS
from marsad.task import TaskData
from marsad.unit import Pairs, Sides

RESAMPLES = 1000
SEED = 20261122
SMALL = 30  # a slice of fewer units ranks nothing
_LEAF = re.compile(r"\{[^{}]*\}|\[[^][{}]*\]")  # an object or list that holds no other object


@dataclass(frozen=True)
class Score:
    """What `marsad score --json` prints. `figures` and `intervals` (95 %, bootstrap over
    articles) have the same names; `metric` names the one that ranks, and `counts` are what it is
    made of. A slice of fewer than 30 units shows its size, and None for its figure."""

    task: str
    split: str
    signature: str
    metric: str
    rows: int
    articles: int
    figures: Mapping[str, float]
    intervals: Mapping[str, Sequence[float]]
    by_label: Mapping[str, Mapping[str, Any]]
    by_slice: Mapping[str, Mapping[str, Mapping[str, Any]]]
    worst_group: Mapping[str, Mapping[str, Any]]
    calibration: Mapping[str, Any] | None
    counts: Counts = field(compare=False)

    @property
    def value(self) -> float:
        return self.figures[self.metric]

    def to_json(self) -> dict[str, Any]:
        """One flat object: the figures stand beside the keys that say what they are of. `counts`
        has tp, predicted and gold of each label by article, where they are not all 0."""
        record = {f.name: getattr(self, f.name) for f in fields(self)}
        figures = record.pop("figures")
        head = {key: record.pop(key) for key in ("task", "split", "signature", "metric")}
        return {**head, **figures, **record, "counts": self.counts.to_json()}


def score(data: TaskData, answers: Answers, split: str = "test") -> Score:
    """The score of checked answers. A row that they leave out counts as answered by nothing."""
    rows = data.rows[split]
    if not rows:
        found = f"split {split} of {data.task.config} has no rows"
        raise DataError(Fault("data", 0, found, "score another split"))
    pairs = [(row, gold_answer(data, row), answers.values.get(data.key(row))) for row in rows]
    articles = list(dict.fromkeys(row["article_id"] for row in rows))
    main = METRICS[data.task.metric]
    sides = Sides(data, pairs, articles)
    whole = sides.counts()
    wanted: list[tuple[str, Metric, Counts]] = [(main.name, main, whole)]
    if data.task.answer == "entities":
        wanted += [(name, METRICS[name], whole) for name in ("precision", "recall", "macro_f1")]
        wanted.append(("flat_f1", METRICS["flat_f1"], sides.flat().counts()))
        wanted.append(("coarse_f1", METRICS["micro_f1"], sides.coarse().counts()))
    else:
        wanted.append(("micro_f1", METRICS["micro_f1"], whole))
    groups = sides.groups(split)
    large = [(*at, one) for at, one in groups.items() if one.gold.sum() >= SMALL]
    labels = [whole.label(at) for at in range(len(whole.labels))]
    drawn = metric.weights(len(articles), RESAMPLES, SEED)
    # every figure's resamples at once: the whole, the labels, the slices
    bounds = metric.bounds(
        metric.resampled(
            [
                *((kind, counts) for _, kind, counts in wanted),
                *((METRICS["micro_f1"], counts) for counts in labels),
                *((main, counts) for *_, counts in large),
            ],
            drawn,
        )
    )
    figures = {name: kind.value(counts) for name, kind, counts in wanted}
    intervals = dict(zip(figures, bounds, strict=False))
    if data.task.layer == "structure":
        exact = exact_clean_text(pairs, articles)
        figures["exact_clean_text"] = float(exact.mean())
        intervals["exact_clean_text"] = metric.bounds((drawn @ exact / len(articles))[None])[0]
    after = bounds[len(wanted) + len(labels) :]
    by_slice = _by_slice(main, groups, {at[:2]: b for at, b in zip(large, after, strict=True)})
    return Score(
        data.task.name,
        split,
        data.signature,
        main.name,
        len(rows),
        len(articles),
        figures,
        intervals,
        _by_label(labels, bounds[len(wanted) :]),
        by_slice,
        _worst(main.name, by_slice),
        _calibration(data, pairs, answers),
        whole,
    )


def exact_clean_text(pairs: Pairs, articles: Sequence[str]) -> Floats:
    """For each article 1 where the answers keep exactly the lines of its clean text, else 0."""
    wrong = {
        row["article_id"]
        for row, gold, answer in pairs
        if (gold in CLEAN_LABELS) != (answer in CLEAN_LABELS)
    }
    return np.array([float(article not in wrong) for article in articles])


def dumps(record: Mapping[str, Any]) -> str:
    """A score as JSON for the eye: a line for each key, label, group and article."""
    text = json.dumps(record, ensure_ascii=False, indent=1)
    return _LEAF.sub(lambda leaf: " ".join(leaf.group().split()), text) + "\n"


def _by_label(labels: Sequence[Counts], bounds: Sequence[list[float]]) -> dict[str, dict[str, Any]]:
    figures = {}
    for counts, interval in zip(labels, bounds, strict=False):
        tp, predicted, gold = (int(part[0]) for part in counts.sums())
        figures[counts.labels[0]] = {
            **metric.of_label(tp, predicted, gold),
            "interval": interval,
            "predicted": predicted,
        }
    return figures


def _by_slice(
    main: Metric,
    groups: Mapping[tuple[str, str], Counts],
    bounds: Mapping[tuple[str, str], list[float]],
) -> dict[str, dict[str, dict[str, Any]]]:
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for at, counts in groups.items():
        found.setdefault(at[0], {})[at[1]] = {
            main.name: main.value(counts) if at in bounds else None,
            "interval": bounds.get(at),
            "units": int(counts.gold.sum()),
            "articles": int((counts.gold.sum(1) > 0).sum()),
            "small": at not in bounds,
        }
    return found


def _worst(
    name: str, by_slice: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> dict[str, dict[str, Any]]:
    """The lowest figure of each slice among the groups that are not small."""
    found = {}
    for slice_name, groups in by_slice.items():
        large = {group: of[name] for group, of in groups.items() if not of["small"]}
        if large:
            worst = min(large, key=lambda group: (large[group], group))
            found[slice_name] = {"group": worst, name: large[worst]}
    return found


def _calibration(data: TaskData, pairs: Pairs, answers: Answers) -> dict[str, Any] | None:
    if not answers.probabilities:
        return None
    names = data.layer.names
    given = [answers.probabilities[data.key(row)] for row, *_ in pairs]
    chances = np.array([[one.get(name, 0.0) for name in names] for one in given])
    one_label = data.task.answer == "label"
    right = np.array(
        [[name == gold if one_label else name in gold for name in names] for _, gold, _ in pairs]
    )
    return calibration.calibration(chances, right, one_label=one_label)
