"""A task: which rows of the dataset it asks about, what a system sees, what it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import jsonl
from marsad.dataset import Row, canon
from marsad.fault import DataError, Fault, UsageError
from marsad.feature import ClassLabel, features
from marsad.label import Layer, from_table, read_layers, read_toml
from marsad.metric import METRICS
from marsad.parquet import parquet_path, read_parquet
from marsad.passage import tokens
from marsad.rooms import LAYERS, Rooms
from marsad.split import SPLITS

# What says the answer, or is made of it: no system sees these columns.
GOLD = frozenset({"label", "topics", "entities", "ner_tags", "evidence", "stances"})


@dataclass(frozen=True)
class Task:
    """`tasks/<name>/task.toml`.

    `layer` is the one whose labels it asks for, `config` the rows it asks about, `key` the columns
    that name a row, `inputs` those that a system may see, `answer` the one that it gives, `metric`
    the figure that ranks systems.
    """

    name: str
    version: int
    title: str
    layer: str
    config: str
    key: tuple[str, ...]
    inputs: tuple[str, ...]
    answer: str
    metric: str


@dataclass(frozen=True)
class TaskData:
    """A task with its rows by split, the labels that it may answer with, and what the articles
    config says of each article."""

    task: Task
    layer: Layer
    rows: Mapping[str, Sequence[Row]]
    articles: Mapping[str, Row]
    columns: Mapping[str, Any]
    digest: str

    def key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(row[name] for name in self.task.key)

    def named(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """A row with its labels as names, also where `load_dataset` gave them as numbers."""
        decoded = dict(row)
        for name, part in self.columns.items():
            inner = part[0] if isinstance(part, list) else part
            if name in row and isinstance(inner, ClassLabel):
                values = row[name] if isinstance(part, list) else [row[name]]
                names = [inner.names[v] if isinstance(v, int) else v for v in values]
                decoded[name] = names if isinstance(part, list) else names[0]
        return decoded

    def inputs(self, split: str) -> list[Row]:
        """The rows of a split as a system sees them: no gold, nothing made of it."""
        return [{name: row[name] for name in self.task.inputs} for row in self.rows[split]]


def names(rooms: Rooms) -> list[str]:
    """The names of the tasks: those of the four layers in their order, then any others."""
    found = [path.parent.name for path in rooms.tasks.glob("*/task.toml")]
    order = {name: at for at, name in enumerate(LAYERS)}
    return sorted(found, key=lambda name: (order.get(name, len(order)), name))


def read_task(rooms: Rooms, name: str) -> Task:
    """A task by name. Raises UsageError where there is none of that name."""
    if name not in (known := names(rooms)):
        raise UsageError(f"no task {name!r}; the tasks are {', '.join(known)}")
    path = rooms.tasks / name / "task.toml"
    task = from_table(Task, read_toml(path, rooms.name(path)), rooms.name(path))
    for wrong, mend in _wrong(task):
        raise DataError(Fault(rooms.name(path), 0, wrong, mend))
    return task


def _wrong(task: Task) -> Iterator[tuple[str, str]]:
    """What a task file says that cannot be: names that are not there, gold among the inputs."""
    columns = features({name: Layer(name, 0, ()) for name in LAYERS})  # names need no labels
    for key, value, known in (
        ("layer", task.layer, LAYERS),
        ("config", task.config, tuple(columns)),
        ("answer", task.answer, tuple(_CHECKS)),
        ("metric", task.metric, tuple(METRICS)),
    ):
        if value not in known:
            yield f"{key} is {value!r}", f"write one of {', '.join(known)}"
    allowed = [name for name in columns.get(task.config, ()) if name not in GOLD]
    if not task.key:
        yield "no key", "name the columns that name a row"
    for name in (*task.key, *task.inputs):
        if name not in allowed:
            yield (
                f"{name!r} among key or inputs",
                f"name columns without gold: {', '.join(allowed)}",
            )


def read_data(rooms: Rooms, name: str) -> TaskData:
    """A task with its rows, read from data/."""
    task = read_task(rooms, name)
    layers = read_layers(rooms)
    columns = features(layers)

    def by_split(config: str) -> dict[str, list[Row]]:
        paths = {split: parquet_path(rooms.data, config, split) for split in SPLITS}
        return {split: read_parquet(path, columns[config]) for split, path in paths.items()}

    rows = by_split(task.config)
    articles = {row["article_id"]: row for part in by_split("articles").values() for row in part}
    return TaskData(
        task, layers[task.layer], rows, articles, columns[task.config], canon(rows).digest
    )


Answers = dict[tuple[str, ...], Any]


def read_predictions(path: Path, data: TaskData, split: str) -> Answers:
    """The answers of a prediction file by row key, one for each row of the split. Raises
    DataError, naming the line, on a row that is missing, doubled, unknown or illegal."""
    name = str(path)
    return check_answers(jsonl.read(path, name), data, split, name)


def check_answers(
    answers: Iterable[tuple[int, Mapping[str, Any]]], data: TaskData, split: str, name: str
) -> Answers:
    """The answers by row key, with their line numbers. See `read_predictions`."""
    task = data.task
    rows = {data.key(row): row for row in data.rows[split]}
    fields = {*task.key, task.answer}
    check = _CHECKS[task.answer]
    found: Answers = {}
    lines: dict[tuple[str, ...], int] = {}
    for line, answer in answers:
        if set(answer) != fields:
            mend = f"an answer has {', '.join([*task.key, task.answer])}"
            raise DataError(Fault(name, line, f"keys {', '.join(map(repr, answer))}", mend))
        if not all(isinstance(answer[part], str) for part in task.key):
            found_key = f"key {[answer[part] for part in task.key]!r}"
            raise DataError(Fault(name, line, found_key, f"{', '.join(task.key)} are texts"))
        key = data.key(answer)
        shown = " ".join(map(str, key))
        if key not in rows:
            mend = f"answer the rows of {task.config}, split {split}, and no others"
            raise DataError(Fault(name, line, f"unknown row {shown}", mend))
        if key in found:
            mend = f"line {lines[key]} answers it too; keep one"
            raise DataError(Fault(name, line, f"row {shown} is answered twice", mend))
        try:
            found[key] = check(answer[task.answer], rows[key], data.layer.names)
        except ValueError as error:
            wrong, _, mend = str(error).partition("; ")
            raise DataError(Fault(name, line, f"row {shown}: {wrong}", mend)) from None
        lines[key] = line
    for key in rows:
        if key not in found:
            missing = len(rows) - len(found)
            what = f"no answer for {' '.join(key)}"
            mend = f"{missing} of {len(rows)} rows of split {split} are missing; answer every row"
            raise DataError(Fault(name, max(lines.values(), default=0), what, mend))
    return found


def gold_answer(data: TaskData, row: Row) -> Any:
    """A row's gold in the form of an answer."""
    if data.task.answer == "entities":
        return frozenset((e["start"], e["end"], e["label"]) for e in row["entities"])
    if data.task.answer == "topics":
        return frozenset(row["topics"])
    return row["label"]


def answer_row(data: TaskData, row: Mapping[str, Any], answer: Any) -> Row:
    """A row's answer as a prediction file has it."""
    task = data.task
    if task.answer == "entities":
        answer = [{"start": s, "end": e, "label": n} for s, e, n in sorted(answer)]
    elif task.answer == "topics":
        answer = [name for name in data.layer.names if name in answer]
    return {**{name: row[name] for name in task.key}, task.answer: answer}


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


_CHECKS: Mapping[str, Callable[[Any, Row, Sequence[str]], Any]] = {
    "label": _check_label,
    "topics": _check_topics,
    "entities": _check_entities,
}
