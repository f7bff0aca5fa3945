"""A file that Label Studio exported: the finished annotations in it, and what was left out.

Its full JSON is read, a list of tasks with all their annotations. JSON_MIN is refused: it has no
relations, and no ids of regions, without which two entities upon one span cannot be told apart.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import jsonl
from marsad.fault import DataError, Fault, UsageError

SKIPPED, DRAFT, PREDICTED, UNTOUCHED = "skipped", "draft", "prediction", "untouched"
_EXPORT = "export the project from Label Studio as JSON"


@dataclass(frozen=True)
class Finished:
    """A submitted annotation of a task. `task` names it in faults, `by` are the names of who
    submitted it: the number that Label Studio gives a user, and the address where the file has
    it."""

    task: str
    data: Mapping[str, Any]
    by: tuple[str, ...]
    result: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ExportFile:
    """The finished annotations of a file; `left_out` counts tasks and annotations that are none:
    `skipped` ones, tasks with but a `draft` or a `prediction`, and `untouched` ones."""

    name: str
    finished: tuple[Finished, ...]
    left_out: Mapping[str, int]


def read(path: Path) -> ExportFile:
    """Raises DataError where it is no JSON, or something else than a list of tasks; with every
    task of another form."""
    name = str(path)
    tasks = _tasks(path, name)
    finished: list[Finished] = []
    left_out: Counter[str] = Counter()
    faults: list[Fault] = []
    for at, task in enumerate(tasks, 1):
        try:
            finished += _finished(task, at, left_out)
        except ValueError as error:
            found, mend = error.args
            faults.append(Fault(name, 0, found, mend))
    if faults:
        raise DataError(*faults)
    return ExportFile(name, tuple(finished), dict(left_out))


def by_one(file: ExportFile, completed_by: str | None) -> list[Finished]:
    """The annotations of one annotator, in the order of the file. Raises UsageError where it is
    not said whose and there are several, and DataError where there are none."""
    names = {one.by[0]: one.by for one in file.finished}
    listed = ", ".join(" = ".join(by) for by in names.values())
    if completed_by is not None and not any(completed_by in by for by in names.values()):
        mend = f"the file has {listed or 'nobody'}"
        raise UsageError(f"{file.name}: nothing by {completed_by!r}; {mend}")
    if not file.finished:
        left = ", ".join(f"{count} {what}" for what, count in sorted(file.left_out.items()))
        found = f"no submitted annotation ({left or 'no task'})"
        raise DataError(Fault(file.name, 0, found, "submit the tasks in Label Studio, then export"))
    if completed_by is None:
        if len(names) > 1:
            mend = "say whose with --completed-by"
            raise UsageError(f"{file.name}: annotations by {listed}; {mend}")
        return list(file.finished)
    return [one for one in file.finished if completed_by in one.by]


def _tasks(path: Path, name: str) -> list[Any]:
    text = jsonl.read_text(path, name).removeprefix("\ufeff")
    try:
        tasks = json.loads(text)
    except json.JSONDecodeError as error:
        found = f"not JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise DataError(Fault(name, error.lineno, found, f"{_EXPORT} again")) from None
    except (ValueError, RecursionError) as error:
        found = f"cannot be read: {str(error)[:80]}"
        raise DataError(Fault(name, 0, found, f"{_EXPORT} again")) from None
    if not isinstance(tasks, list):
        found = f"a JSON {type(tasks).__name__}, not a list of tasks"
        raise DataError(Fault(name, 0, found, _EXPORT))
    return tasks


def _finished(task: Any, at: int, left_out: Counter[str]) -> Iterator[Finished]:
    if not isinstance(task, dict):
        raise ValueError(f"item {at} is {str(task)[:40]!r}, no task", _EXPORT)
    if "data" not in task and "text" in task:
        raise ValueError(f"item {at} is of JSON_MIN, which has no relations", _EXPORT)
    data = task.get("data")
    given = task.get("annotations", [])
    if not isinstance(data, dict) or not isinstance(given, list):
        raise ValueError(f"item {at} has no data and annotations", _EXPORT)
    name = f"task {task.get('id', at)} ({data.get('article_id')})"
    for annotation in given:
        if not isinstance(annotation, dict):
            raise ValueError(f"{name}: an annotation that is none", _EXPORT)
        if annotation.get("was_cancelled"):
            left_out[SKIPPED] += 1
            continue
        result = annotation.get("result") or []
        if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
            raise ValueError(f"{name}: a result that is no list of regions", _EXPORT)
        yield Finished(name, data, _names(annotation.get("completed_by")), result)
    if not given:
        held = DRAFT if task.get("drafts") else PREDICTED if task.get("predictions") else UNTOUCHED
        left_out[held] += 1


def _names(who: Any) -> tuple[str, ...]:
    if isinstance(who, dict):
        return tuple(str(who[key]) for key in ("id", "email") if who.get(key)) or ("unknown",)
    return ("unknown",) if who is None else (str(who),)
