"""A task: which rows of the dataset it asks about, what a system sees, what it answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad import jsonl
from marsad.article import digest as sha256
from marsad.dataset import Row, canon
from marsad.fault import DataError, Fault, UsageError
from marsad.feature import features
from marsad.label import Layer, from_table, read_layers, read_toml
from marsad.metric import METRICS
from marsad.parquet import parquet_path, read_parquet
from marsad.release import read_release
from marsad.rooms import LAYERS, Rooms
from marsad.split import SPLITS, csv_path, read_rule

ANSWERS = ("label", "topics", "entities")  # the columns that a task may ask for
# What says the answer, or is made of it: no system sees these columns.
GOLD = frozenset({"label", "topics", "entities", "ner_tags", "evidence", "stances"})


@dataclass(frozen=True)
class Task:
    """`tasks/<name>/task.toml`.

    `layer` is the one whose labels it asks for, `config` the rows it asks about, `key` the columns
    that name a row, `inputs` those that a system may see, `answer` the one that it gives, `metric`
    the figure that ranks systems. `lengths` are the edges, in tokens, of the slice by length;
    `negations` the words that put a piece of evidence into the slice of negated ones.
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
    lengths: tuple[int, ...]
    negations: tuple[str, ...] = ()


@dataclass(frozen=True)
class TaskData:
    """A task with its rows by split, the labels that it may answer with, what the articles config
    says of each article, the stance targets that are held out, and the signature of its scores."""

    task: Task
    layer: Layer
    rows: Mapping[str, Sequence[Row]]
    articles: Mapping[str, Row]
    held_out: frozenset[str]
    signature: str

    def key(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        return tuple(row[name] for name in self.task.key)

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
        ("answer", task.answer, ANSWERS),
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
    signed = signature(rooms, task, canon(rows).digest)
    held_out = frozenset(read_rule(rooms).held_out_targets)
    return TaskData(task, layers[task.layer], rows, articles, held_out, signed)


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


Key = tuple[str, ...]
