"""A score: the figures of one set of answers on one split, each with its interval, signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from marsad import jsonl, metric
from marsad.article import digest as sha256
from marsad.dataset import Row, outermost
from marsad.fault import DataError, Fault
from marsad.metric import METRICS, Counts, Floats
from marsad.passage import CLEAN_LABELS
from marsad.release import read_release
from marsad.rooms import Rooms
from marsad.split import csv_path, read_rule
from marsad.task import Answers, Task, TaskData, gold_answer

RESAMPLES = 1000
SEED = 20261122
SMALL = 30  # a slice of fewer units ranks nothing

Unit = tuple[str, str, Any]  # article, label, what makes it one of its own
Keep = Callable[[Row, Unit], bool]


@dataclass(frozen=True)
class Score:
    """What `marsad score --json` prints. `figures` and `intervals` (95 %, bootstrap over
    articles) have the same names; `metric` names the one that ranks."""

    task: str
    split: str
    signature: str
    metric: str
    rows: int
    articles: int
    figures: Mapping[str, float]
    intervals: Mapping[str, Sequence[float]]
    by_label: Mapping[str, Mapping[str, float]]
    by_slice: Mapping[str, Mapping[str, Mapping[str, Any]]]
    worst_group: Mapping[str, Mapping[str, Any]]

    @property
    def value(self) -> float:
        return self.figures[self.metric]

    def to_json(self) -> dict[str, Any]:
        """One flat object: the figures stand beside the keys that say what they are of."""
        record = asdict(self)
        figures = record.pop("figures")
        head = {key: record.pop(key) for key in ("task", "split", "signature", "metric")}
        return {**head, **figures, **record}


def signature(rooms: Rooms, task: Task, rows_digest: str) -> str:
    """What a figure depends on, such as `stance:1|data:0.2.0@3f9c21|splits:8ab0e4|macro_f1:1`:
    the task, the data and its rows, the splits, the metric, each with its version or digest."""
    version = read_release(rooms).version
    path = csv_path(rooms)
    splits = sha256(jsonl.read_bytes(path, rooms.name(path)))
    ranked = METRICS[task.metric]
    return (
        f"{task.name}:{task.version}|data:{version}@{rows_digest[:6]}"
        f"|splits:{splits[:6]}|{ranked.name}:{ranked.version}"
    )


def score(rooms: Rooms, data: TaskData, answers: Answers, split: str = "test") -> Score:
    """The score of checked answers, one for each row of the split."""
    rows = data.rows[split]
    pairs = [(row, gold_answer(data, row), answers[data.key(row)]) for row in rows]
    if not rows:
        found = f"split {split} of {data.task.config} has no rows"
        raise DataError(Fault("data", 0, found, "score another split"))
    articles = list(dict.fromkeys(row["article_id"] for row in rows))
    drawn = metric.weights(len(articles), RESAMPLES, SEED)
    counter = _Counter(data, pairs, articles)
    whole = counter.counts()
    figures: dict[str, float] = {}
    intervals: dict[str, list[float]] = {}

    def add(name: str, of: str, counts: Counts) -> None:
        figures[name] = METRICS[of].value(counts)
        intervals[name] = metric.interval(METRICS[of], counts, drawn)

    add(data.task.metric, data.task.metric, whole)
    if data.task.answer == "entities":
        add("precision", "precision", whole)
        add("recall", "recall", whole)
        add("flat_f1", "flat_f1", counter.flat())
        add("coarse_f1", "micro_f1", counter.coarse())
    else:
        add("micro_f1", "micro_f1", whole)
    if data.task.layer == "structure":
        exact = exact_clean_text(pairs, articles)
        figures["exact_clean_text"] = float(exact.mean())
        drawn_means = drawn @ exact / len(articles)
        intervals["exact_clean_text"] = [float(q) for q in np.quantile(drawn_means, [0.025, 0.975])]
    by_slice = _by_slice(rooms, data, counter, split)
    return Score(
        data.task.name,
        split,
        signature(rooms, data.task, data.digest),
        data.task.metric,
        len(rows),
        len(articles),
        figures,
        intervals,
        _by_label(whole),
        by_slice,
        _worst(data.task.metric, by_slice),
    )


class _Counter:
    """Counts of the same pairs of gold and answer, whole or by slice."""

    def __init__(
        self,
        data: TaskData,
        pairs: Sequence[tuple[Row, Any, Any]],
        articles: Sequence[str],
    ) -> None:
        self.data, self.pairs, self.articles = data, pairs, articles
        self.labels = data.layer.names

    def counts(self, keep: Keep | None = None) -> Counts:
        """The counts of the units that `keep` keeps, by default of all."""
        gold, given = (
            [
                unit
                for pair in self.pairs
                for unit in self.units(pair[0], pair[side])
                if keep is None or keep(pair[0], unit)
            ]
            for side in (1, 2)
        )
        return metric.count(gold, given, self.labels, self.articles)

    def units(self, row: Row, answer: Any) -> Iterator[Unit]:
        key, article = self.data.key(row), row["article_id"]
        if self.data.task.answer == "entities":
            for start, end, label in answer:
                yield article, label, (key, start, end)
        elif self.data.task.answer == "topics":
            for label in answer:
                yield article, label, key
        else:
            yield article, answer, key

    def flat(self) -> Counts:
        """Outermost spans against outermost spans."""
        return self._spans(self.labels, lambda answer: outermost(list(answer)))

    def coarse(self) -> Counts:
        """The four-type view (PERS LOC ORG MISC), nested; types outside it are left out."""
        kinds = {label.name: label.coarse for label in self.data.layer.label}
        names = sorted({kind for kind in kinds.values() if kind})

        def view(answer: Any) -> set[tuple[int, int, str]]:
            return {(s, e, kind) for s, e, label in answer if (kind := kinds[label])}

        return self._spans(names, view)

    def _spans(self, names: Sequence[str], view: Callable[[Any], Iterable[Any]]) -> Counts:
        gold, given = (
            [unit for pair in self.pairs for unit in self.units(pair[0], view(pair[side]))]
            for side in (1, 2)
        )
        return metric.count(gold, given, names, self.articles)


def exact_clean_text(pairs: Sequence[tuple[Row, Any, Any]], articles: Sequence[str]) -> Floats:
    """For each article 1 where the answers keep exactly the lines of its clean text, else 0."""
    wrong = {
        row["article_id"]
        for row, gold, answer in pairs
        if (gold in CLEAN_LABELS) != (answer in CLEAN_LABELS)
    }
    return np.array([float(article not in wrong) for article in articles])


def _by_label(counts: Counts) -> dict[str, dict[str, float]]:
    figures = {}
    for name, tp, predicted, gold in zip(counts.labels, *counts.sums(), strict=True):
        figures[name] = {
            "f1": metric.f1(int(tp), int(predicted), int(gold)),
            "precision": float(tp / predicted) if predicted else 0.0,
            "recall": float(tp / gold) if gold else 0.0,
            "support": int(gold),
            "predicted": int(predicted),
        }
    return figures


def _by_slice(
    rooms: Rooms, data: TaskData, counter: _Counter, split: str
) -> dict[str, dict[str, dict[str, Any]]]:
    ranked = METRICS[data.task.metric]
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name, slice_of in _slices(rooms, data, split).items():
        values = {
            slice_of(row, unit)
            for row, gold, _ in counter.pairs
            for unit in counter.units(row, gold)
        }
        found[name] = {}
        for value in sorted(values):
            counts = counter.counts(_keep(slice_of, value))
            units = int(counts.gold.sum())
            found[name][value] = {
                data.task.metric: ranked.value(counts),
                "units": units,
                "articles": int((counts.gold.sum(1) > 0).sum()),
                "small": units < SMALL,
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


def _keep(slice_of: Callable[[Row, Unit], str], value: str) -> Keep:
    return lambda row, unit: slice_of(row, unit) == value


def _slices(rooms: Rooms, data: TaskData, split: str) -> dict[str, Callable[[Row, Unit], str]]:
    """The slices of a task: for each a function from a row and one of its units to a value."""
    articles = data.articles
    slices: dict[str, Callable[[Row, Unit], str]] = {
        "tier": lambda row, unit: str(articles[row["article_id"]]["tier"]),
        "genre": lambda row, unit: str(articles[row["article_id"]]["genre"]),
        "event": lambda row, unit: str(articles[row["article_id"]]["event"]),
    }
    if data.task.layer == "stance":
        held_out = read_rule(rooms).held_out_targets
        labels = defaultdict(set)
        for row in data.rows[split]:
            labels[row["passage_id"]].add(row["label"])
        slices["target"] = lambda row, unit: str(row["target"])
        slices["targets"] = lambda row, unit: "held_out" if row["target"] in held_out else "trained"
        slices["passage"] = lambda row, unit: (
            "mixed" if len(labels[row["passage_id"]]) > 1 else "one_label"
        )
    if data.task.answer == "entities":
        seen = {
            row["text"][e["start"] : e["end"]]
            for row in data.rows["train"]
            for e in row["entities"]
        }
        slices["mention"] = lambda row, unit: (
            "seen" if row["text"][unit[2][1] : unit[2][2]] in seen else "unseen"
        )
    return slices
