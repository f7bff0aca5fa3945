"""Answers: what a system says of the rows of a task, checked before anything is scored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import jsonl
from marsad.dataset import Row
from marsad.fault import DataError, Fault
from marsad.passage import tokens
from marsad.task import Key, Task, TaskData

# What an answer row may have besides.
OPTIONAL = frozenset({"probabilities", "signature", "unplaced"})


@dataclass(frozen=True)
class Answers:
    """Checked answers by row key, one for each row of a split, and the probabilities that stand
    with them: for all rows, or for none."""

    values: Mapping[Key, Any]
    probabilities: Mapping[Key, Mapping[str, float]]


def read_predictions(path: Path, data: TaskData, split: str) -> Answers:
    """The answers of a prediction file, one for each row of the split. Raises DataError, naming
    the line, on a row that is missing, doubled, unknown or illegal."""
    name = str(path)
    return check_answers(jsonl.read(path, name), data, split, name)


def check_answers(
    answers: Iterable[tuple[int, Mapping[str, Any]]], data: TaskData, split: str, name: str
) -> Answers:
    """The answers with their line numbers, checked. See `read_predictions`."""
    task = data.task
    rows = {data.key(row): row for row in data.rows[split]}
    fields = {*task.key, task.answer}
    check = CHECKS[task.answer]
    values: dict[Key, Any] = {}
    chances: dict[Key, Mapping[str, float]] = {}
    lines: dict[Key, int] = {}
    for line, answer in answers:
        if not fields <= set(answer) <= fields | OPTIONAL:
            mend = f"an answer has {', '.join([*task.key, task.answer])}"
            raise DataError(Fault(name, line, f"keys {', '.join(map(repr, answer))}", mend))
        if not all(isinstance(answer[part], str) for part in task.key):
            found_key = f"key {[answer[part] for part in task.key]!r}"
            raise DataError(Fault(name, line, found_key, f"{', '.join(task.key)} are texts"))
        if answer.get("signature", data.signature) != data.signature:
            mend = f"predict the rows of {data.signature}"
            raise DataError(Fault(name, line, f"signature {answer['signature']!r}", mend))
        key = data.key(answer)
        shown = " ".join(map(str, key))
        if key not in rows:
            mend = f"answer the rows of {task.config}, split {split}, and no others"
            raise DataError(Fault(name, line, f"unknown row {shown}", mend))
        if key in values:
            mend = f"line {lines[key]} answers it too; keep one"
            raise DataError(Fault(name, line, f"row {shown} is answered twice", mend))
        try:
            values[key] = check(answer[task.answer], rows[key], data.layer.names)
            if "unplaced" in answer:
                values[key] |= _unplaced(answer["unplaced"], rows[key], data)
            if "probabilities" in answer:
                chances[key] = _check_probabilities(answer["probabilities"], data)
        except ValueError as error:
            wrong, _, mend = str(error).partition("; ")
            raise DataError(Fault(name, line, f"row {shown}: {wrong}", mend)) from None
        lines[key] = line
    last = max(lines.values(), default=0)
    for key in rows:
        if key not in values:
            missing = len(rows) - len(values)
            what = f"no answer for {' '.join(key)}"
            mend = f"{missing} of {len(rows)} rows of split {split} are missing; answer every row"
            raise DataError(Fault(name, last, what, mend))
    if chances and (lacking := [key for key in values if key not in chances]):
        what = f"row {' '.join(lacking[0])} has no probabilities, others have"
        raise DataError(Fault(name, lines[lacking[0]], what, "give them for every row or none"))
    return Answers(values, chances)


def gold_answer(data: TaskData, row: Row) -> Any:
    """A row's gold in the form of an answer."""
    if data.task.answer == "entities":
        return frozenset((e["start"], e["end"], e["label"]) for e in row["entities"])
    if data.task.answer == "topics":
        return frozenset(row["topics"])
    return row["label"]


def answer_row(
    task: Task, row: Mapping[str, Any], answer: Any, probabilities: Mapping[str, float]
) -> Row:
    """A row's answer as a prediction file has it."""
    if task.answer == "entities":
        answer = [{"start": s, "end": e, "label": n} for s, e, n in sorted(answer)]
    elif task.answer == "topics":
        answer = sorted(answer)
    record = {**{name: row[name] for name in task.key}, task.answer: answer}
    if probabilities:
        record["probabilities"] = {n: round(float(p), 4) for n, p in probabilities.items()}
    return record


def _check_label(value: Any, row: Row, labels: Sequence[str]) -> str:
    if not isinstance(value, str) or value not in labels:
        raise ValueError(f"unknown label {value!r}; the labels are {', '.join(labels)}")
    return value


def _check_topics(value: Any, row: Row, labels: Sequence[str]) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError(f"topics is {value!r}; write a list of labels")
    for label in value:
        _check_label(label, row, labels)
    if len(set(value)) != len(value):
        raise ValueError(f"topics {value!r} has one twice; give each once")
    return frozenset(value)


def _check_entities(value: Any, row: Row, labels: Sequence[str]) -> frozenset[tuple[int, int, str]]:
    if not isinstance(value, list):
        raise ValueError(f"entities is {value!r}; write a list of start, end, label")
    text = row["text"]
    spans = tokens(text)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    found: list[tuple[int, int, str]] = []
    for entity in value:
        if not isinstance(entity, dict) or set(entity) - {"entity_id"} != {"start", "end", "label"}:
            raise ValueError(f"entity {entity!r}; an entity has start, end, label")
        start, end = entity["start"], entity["end"]
        _check_label(entity["label"], row, labels)
        if type(start) is not int or type(end) is not int or not 0 <= start < end <= len(text):
            raise ValueError(f"span {start}:{end}; offsets lie in 0:{len(text)} of the text")
        if start not in starts or end not in ends:
            shown = text[start:end]
            raise ValueError(f"span {start}:{end} {shown!r} cuts a token; move it to its edge")
        found.append((start, end, entity["label"]))
    if len(set(found)) != len(found):
        raise ValueError("a span stands twice; give each once")
    open_ends: list[int] = []
    for start, end, _ in sorted(found, key=lambda s: (s[0], -s[1])):
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and end > open_ends[-1]:
            raise ValueError(f"span {start}:{end} crosses another; spans may nest, never cross")
        open_ends.append(end)
    return frozenset(found)


def _unplaced(value: Any, row: Row, data: TaskData) -> frozenset[tuple[int, int, str]]:
    """Mentions that a system gave and that are not in the text, by label: each counts as a span
    that is nowhere in gold, after the end of the text."""
    if data.task.answer != "entities" or not isinstance(value, list):
        raise ValueError(f"unplaced is {value!r}; it lists labels of mentions, in entities alone")
    after = len(row["text"]) + 1
    return frozenset(
        (after + at, after + at + 1, _check_label(label, row, data.layer.names))
        for at, label in enumerate(value)
    )


def _check_probabilities(value: Any, data: TaskData) -> Mapping[str, float]:
    """Of each label a number from 0 to 1, 0 where it is left out; where a row has one label they
    sum to 1."""
    if data.task.answer == "entities":
        raise ValueError("probabilities of spans are not scored; leave them out")
    if not isinstance(value, dict):
        raise ValueError(f"probabilities are {value!r}; give a number of each label")
    for label in value:
        _check_label(label, {}, data.layer.names)
    for label, chance in value.items():
        if type(chance) not in (int, float) or not 0 <= chance <= 1:  # NaN is not in between
            raise ValueError(f"probability of {label} is {chance!r}; give a number from 0 to 1")
    if data.task.answer == "label" and abs(sum(value.values()) - 1) > 0.01:
        raise ValueError(f"probabilities sum to {sum(value.values()):.3f}; they sum to 1")
    return value


CHECKS: Mapping[str, Callable[[Any, Row, Sequence[str]], Any]] = {
    "label": _check_label,
    "topics": _check_topics,
    "entities": _check_entities,
}
