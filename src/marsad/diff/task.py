"""What changed of the splits, the tasks and the record of the baselines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from marsad.diff.article import splits
from marsad.diff.folder import Both, Folder, InOut, Record, Was, in_out, values

TABLE, RULE, SCORES = "tasks/splits.csv", "tasks/splits.toml", "baselines/scores"
MOVED = 0.0005  # a smaller move of a score is the machine's, and no digit of a table shows it
_SIGNATURE = re.compile(r"`((\w+):\d+\|data:[^`]+)`")


@dataclass(frozen=True)
class Splits:
    """`moved` are articles of both states that are in another split, `regrouped` those in another
    group of the same split; `kept` is how many are in both."""

    kept: int
    moved: Mapping[str, Was]
    regrouped: Mapping[str, Was]
    held_out: InOut[str]
    rule: Mapping[str, Was]


@dataclass(frozen=True)
class Figure:
    """A baseline's main figure on test in both states, the mean over its seeds."""

    baseline: str
    task: str
    metric: Was
    test: Was


@dataclass(frozen=True)
class Tasks:
    """Tasks in and out, the changed keys of their task.toml, the signatures that scores bear, and
    the baselines: in, out, and those whose figure moved by more than 0.0005."""

    tasks: InOut[str]
    values: Mapping[str, Mapping[str, Was]]
    signatures: Mapping[str, Was]
    baselines: InOut[str]
    moved: tuple[Figure, ...]


def compare_splits(both: Both) -> Splits:
    rule, held_out = {}, InOut[str]()
    if both.comparable(RULE, "the rule of the splits"):
        old, new = both.old.toml(RULE), both.new.toml(RULE)
        for of, folder in ((old, both.old), (new, both.new)):
            if not isinstance(of.setdefault("held_out_targets", []), list):
                raise folder.fault(RULE, 0, "held_out_targets is no list")
        held_out = in_out(*(map(str, of.pop("held_out_targets")) for of in (old, new)))
        rule = values(old, new)
    if not both.comparable(TABLE, "splits"):
        return Splits(0, {}, {}, held_out, rule)
    before, after = splits(both.old), splits(both.new)
    groups = [of.table(TABLE, "article_id") for of in (both.old, both.new)]
    stayed = [name for name in before if name in after]
    moved = {n: Was(before[n], after[n]) for n in stayed if before[n] != after[n]}
    regrouped = {}
    for name in stayed:
        pair = [of[name].get("group") for of in groups]
        if name not in moved and pair[0] != pair[1]:
            regrouped[name] = Was(*pair)
    return Splits(len(stayed), moved, regrouped, held_out, rule)


def compare(both: Both) -> Tasks:
    if not both.comparable("tasks", "tasks"):
        return Tasks(InOut(), {}, {}, InOut(), ())
    old, new = _tasks(both.old), _tasks(both.new)
    changed = {name: values(old[name], new[name]) for name in old if name in new}
    baselines, moved = InOut[str](), []
    scores = [_scores(both, of) for of in (both.old, both.new)]
    signed = [
        _signatures(of, found) for of, found in zip((both.old, both.new), scores, strict=True)
    ]
    signatures = {
        name: Was(signed[0].get(name), signed[1].get(name))
        for name in sorted(signed[0].keys() | signed[1].keys())
        if signed[0].get(name) != signed[1].get(name)
    }
    if both.comparable(SCORES, "baselines"):
        baselines = in_out(*scores)
        for name in scores[0]:
            figure = name in scores[1] and _figure(both, name, scores[0][name], scores[1][name])
            if figure:
                moved.append(figure)
    return Tasks(
        in_out(old, new),
        {name: found for name, found in changed.items() if found},
        signatures if all(signed) else {},
        baselines,
        tuple(sorted(moved, key=lambda figure: (figure.task, figure.baseline))),
    )


def _tasks(folder: Folder) -> dict[str, Record]:
    files = folder.files("tasks/*/task.toml")
    return {PurePosixPath(file).parent.name: folder.toml(file) for file in files}


def _scores(both: Both, folder: Folder) -> dict[str, Record]:
    """The score files by baseline; what is none is noted."""
    found = {}
    for file in folder.files(f"{SCORES}/*.json"):
        try:
            record = json.loads(folder.content(file) or b"")
        except ValueError:
            record = None
        if isinstance(record, dict):
            found[PurePosixPath(file).stem] = record
        else:
            both.notes.append(f"`{folder.name}`: {file} is no score file")
    return found


def _signatures(folder: Folder, scores: Mapping[str, Record]) -> dict[str, str]:
    """The signature that the scores of each task bear; without score files, as the card has it."""
    found = {
        str(one["task"]): str(one["signature"])
        for one in scores.values()
        if "task" in one and "signature" in one
    }
    card = folder.text("README.md") or ""
    return found or {name: signature for signature, name in _SIGNATURE.findall(card)}


def _figure(both: Both, name: str, old: Record, new: Record) -> Figure | None:
    """The figures of a baseline in both states, where they are apart."""
    pair = [_value(old), _value(new)]
    if None in pair:
        unread = [
            of.name for of, value in zip((both.old, both.new), pair, strict=True) if value is None
        ]
        both.notes.append(f"`{'`, `'.join(unread)}`: no figure of `{name}` on test")
        return None
    metric = Was(old.get("metric"), new.get("metric"))
    if metric.old == metric.new and abs(pair[1] - pair[0]) <= MOVED:  # type: ignore[operator]
        return None
    return Figure(name, str(new.get("task")), metric, Was(*pair))


def _value(scored: Record) -> float | None:
    """A score file's main figure on test, of whatever version of its form; None where there is
    none."""
    try:
        seeds: Any = scored.get("over_seeds")
        of = scored if scored.get("split", "test") == "test" else scored["test"]
        return float(seeds["test"]["mean"] if seeds else of[scored["metric"]])
    except (KeyError, TypeError, ValueError):
        return None
