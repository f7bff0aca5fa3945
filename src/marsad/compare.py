"""`marsad compare`: are two systems really apart? A paired bootstrap over articles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from marsad import jsonl, metric, recipe, record, score, task
from marsad.answer import read_predictions
from marsad.counts import Counts
from marsad.fault import DataError, Fault, UsageError
from marsad.metric import METRICS, Metric
from marsad.rooms import Rooms
from marsad.task import Task

RESAMPLES = 10_000


@dataclass(frozen=True)
class Scored:
    """One system's counts on one split, under the signature of its score."""

    name: str
    task: str
    split: str
    signature: str
    metric: str
    counts: Counts


@dataclass(frozen=True)
class Comparison:
    """Two systems' figures, `difference` = the first less the second, its 95 % interval over
    resamples of articles, the two-sided p-value of no difference, and that after Holm's
    correction for all pairs that were compared at once."""

    a: str
    b: str
    metric: str
    a_value: float
    b_value: float
    difference: float
    interval: Sequence[float]
    p_value: float
    p_holm: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def read(home: Rooms, name: str, split: str = "test") -> Scored:
    """A system by name: a baseline's id, a score file (.json), or a file of predictions. Raises
    UsageError where there is none, DataError where it is not whole."""
    if name in recipe.names(home):
        return _from_score(record.read_score(home, name), name, split, name)
    path = Path(name)
    if path.suffix == ".json":
        try:
            found = json.loads(jsonl.read_bytes(path, name))
        except ValueError as error:
            raise DataError(Fault(name, 0, f"not JSON: {error}", "name a score file")) from None
        return _from_score(found, name, split, name)
    if not path.exists():
        mend = "name a baseline, a score file (.json) or predictions (.jsonl)"
        raise UsageError(f"{name}: no such baseline or file; {mend}")
    data = task.read_data(home, _task_of(home, path).name)
    scored = score.score(data, read_predictions(path, data, split), split)
    return Scored(name, scored.task, split, scored.signature, scored.metric, scored.counts)


def compare(
    systems: Sequence[Scored], figure: str | None = None, resamples: int = RESAMPLES
) -> list[Comparison]:
    """Every two of the systems, in their order, on the task's main figure or another that the same
    counts give. Raises UsageError where they share no signature, split or articles."""
    if len(systems) < 2:
        raise UsageError("one system; name two or more to compare")
    first = systems[0]
    for other in systems[1:]:
        for part in ("signature", "split"):
            mine, theirs = getattr(first, part), getattr(other, part)
            if mine != theirs:
                found = f"{first.name} has {part} {mine}, {other.name} {theirs}"
                raise UsageError(f"{found}; score both on the same data and split")
        if set(first.counts.articles) != set(other.counts.articles):
            found = f"{first.name} and {other.name} cover other articles"
            raise UsageError(f"{found}; score both on the same split")
    kind = _metric(first.metric, figure)
    counts = [_in_order(system.counts, first.counts.articles) for system in systems]
    drawn = metric.weights(len(first.counts.articles), resamples, score.SEED)
    values = metric.resampled([(kind, one) for one in counts], drawn)
    found_pairs = []
    for a, b in combinations(range(len(systems)), 2):
        apart = values[a] - values[b]
        at_most, at_least = ((apart <= 0).sum(), (apart >= 0).sum())
        p = min(1.0, 2 * (min(int(at_most), int(at_least)) + 1) / (resamples + 1))
        found_pairs.append((a, b, apart, p))
    corrected = holm([p for *_, p in found_pairs])
    full = [kind.value(one) for one in counts]
    return [
        Comparison(
            systems[a].name,
            systems[b].name,
            kind.name,
            full[a],
            full[b],
            full[a] - full[b],
            metric.bounds(apart[None])[0],
            p,
            p_holm,
        )
        for (a, b, apart, p), p_holm in zip(found_pairs, corrected, strict=True)
    ]


def text(found: Sequence[Comparison], of: Scored) -> str:
    """The comparisons as lines to read."""
    width = max(len(f"{one.a} - {one.b}") for one in found)
    head = f"{'':{width}}  {found[0].metric:>16}  difference  95 % interval           p    p (Holm)"
    lines = [head]
    for one in found:
        pair, values = f"{one.a} - {one.b}", f"{one.a_value:.3f}, {one.b_value:.3f}"
        low, high = one.interval
        lines.append(
            f"{pair:{width}}  {values:>16}  {one.difference:+10.3f}  {low:+.3f} – {high:+.3f}"
            f"  {one.p_value:6.4f}  {one.p_holm:10.4f}"
        )
    lines.append(f"{len(of.counts.articles)} articles, split {of.split}, {of.signature}")
    return "\n".join(lines) + "\n"


def holm(p_values: Sequence[float]) -> list[float]:
    """The p-values after Holm's step-down correction (Holm 1979), in their order."""
    order = np.argsort(p_values)
    adjusted = np.empty(len(p_values))
    most = 0.0
    for rank, at in enumerate(order):
        most = max(most, min(1.0, p_values[at] * (len(p_values) - rank)))
        adjusted[at] = most
    return [float(p) for p in adjusted]


def _from_score(found: Any, shown: str, split: str, name: str) -> Scored:
    mend = "name a file that marsad score --json or marsad evaluate --write wrote"
    if isinstance(found, Mapping) and found.get("split") != split and "validation" in found:
        found = found.get(split, found)
    try:
        counts = Counts.from_json(found["counts"])
        kind = METRICS[found["metric"]]
        head = {key: str(found[key]) for key in ("task", "split", "signature")}
        same = abs(kind.value(counts) - found[kind.name]) < 1e-9
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DataError(Fault(shown, 0, "not a score file", mend)) from None
    if not same:
        wrong = f"{kind.name} is {found[kind.name]}, its counts give {kind.value(counts)}"
        raise DataError(Fault(shown, 0, wrong, "score the predictions again"))
    return Scored(name, head["task"], head["split"], head["signature"], kind.name, counts)


def _task_of(home: Rooms, path: Path) -> Task:
    """The task that a prediction file answers, by the keys of its first row."""
    tasks = [task.read_task(home, name) for name in task.names(home)]
    for _, row in jsonl.read(path, str(path)):
        for one in tasks:
            if {*one.key, one.answer} <= set(row):
                return one
        break
    mend = "name a prediction file of a task, as marsad score reads it"
    raise DataError(Fault(str(path), 1, "no answer of any task", mend))


def _metric(main: str, figure: str | None) -> Metric:
    if figure is None:
        return METRICS[main]
    known = [name for name in METRICS if name not in ("flat_f1", "nested_f1") or name == main]
    if figure not in known:
        raise UsageError(f"no figure {figure!r}; the figures are {', '.join(known)}")
    return METRICS[figure]


def _in_order(counts: Counts, articles: Sequence[str]) -> Counts:
    """The counts with these articles in this order, and the labels that occur in theirs, so that
    the same system gives the same figure to the last digit, wherever it was read from."""
    rows = [counts.articles.index(article) for article in articles]
    occurs = counts.predicted.sum(0) + counts.gold.sum(0)
    columns = [at for at in np.argsort(counts.labels) if occurs[at]]
    tables = (part[rows][:, columns] for part in (counts.tp, counts.predicted, counts.gold))
    return Counts(tuple(articles), tuple(counts.labels[at] for at in columns), *tables)
