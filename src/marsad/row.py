"""Rows as people bring them: ours, those of `load_dataset`, or any with the columns of a config,
turned into the one form that methods read.

What a row lacks is filled in where something else in it says it: `text` from `tokens`, `tokens`
from `text`, `entities` from `ner_tags`, an id from its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from marsad import iob2, jsonl, passage
from marsad.dataset import Row, outermost
from marsad.fault import DataError, Fault, UsageError
from marsad.feature import ClassLabel
from marsad.task import Task


def asked(rows: Iterable[Mapping[str, Any]], task: Task) -> list[Row]:
    """What a system sees of the rows: the inputs of the task and nothing else. Raises UsageError
    where a row has not what the task needs."""
    return [_inputs(row, at, task) for at, row in enumerate(rows)]


def taught(rows: Iterable[Mapping[str, Any]], task: Task, columns: Mapping[str, Any]) -> list[Row]:
    """The inputs of the rows with the gold answer, labels as names, and the `evidence` of it where
    a row has that. A number stands for the name that the rows' own features give it, where they
    are a `Dataset`, else for that of `columns`. Raises UsageError where a row has no gold or none
    that can be read."""
    names = _names(rows, columns)
    found = []
    for at, row in enumerate(rows):
        named = {
            column: _named(row[column], names[column], at) for column in names if column in row
        }
        inputs = _inputs(row, at, task)
        gold = {task.answer: _gold({**row, **named}, inputs, at, task.answer)}
        if "evidence" in columns and row.get("evidence") is not None:
            gold["evidence"] = row["evidence"]
        found.append({**inputs, **gold})
    return found


def read(path: Path) -> list[Row]:
    """The rows of a .jsonl or .parquet file. Raises DataError where it is not one."""
    if path.suffix != ".parquet":
        return [record for _, record in jsonl.read(path, str(path))]
    import pyarrow.parquet as pq
    from pyarrow import ArrowInvalid

    try:
        rows: list[Row] = pq.ParquetFile(path).read().to_pylist()
    except (OSError, ArrowInvalid) as error:
        found = f"not Parquet: {str(error).splitlines()[0]}"
        raise DataError(Fault(str(path), 0, found, "name a .jsonl or .parquet file")) from None
    return rows


def places(row: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Where each of a row's tokens stands in its text: (start, end), end exclusive. Raises
    UsageError where a token is not there."""
    found = []
    at = 0
    for token in row["tokens"]:
        start = row["text"].find(token, at)
        if start < 0:
            raise UsageError(f"token {token!r} is not in its text after {at}; give tokens in order")
        at = start + len(token)
        found.append((start, at))
    return found


def flat_tags(row: Mapping[str, Any], spans: Iterable[tuple[int, int, str]]) -> list[str]:
    """The IOB2 tags of a row's tokens for the outermost of these character spans."""
    at = places(row)
    starts = {start: n for n, (start, _) in enumerate(at)}
    ends = {end: n + 1 for n, (_, end) in enumerate(at)}
    flat = [(starts[s], ends[e], label) for s, e, label in outermost(list(spans))]
    return iob2.tags(len(at), flat)


def _inputs(row: Mapping[str, Any], at: int, task: Task) -> Row:
    found: Row = {}
    for column in task.inputs:
        value = row.get(column)
        if value is None:
            value = _fallback(row, column, at)
        if value is None:
            raise UsageError(f"row {at + 1} has no {column!r}; {task.name} needs {_needs(task)}")
        found[column] = value
    return found


def _fallback(row: Mapping[str, Any], column: str, at: int) -> Any:
    if column in ("passage_id", "line_id"):
        return str(at + 1)
    if column == "article_id":
        return row.get("passage_id", "")
    if column == "context":
        return ""
    if column == "text" and row.get("tokens") is not None:
        return " ".join(row["tokens"])
    if column == "tokens" and row.get("text") is not None:
        return [row["text"][token.start : token.end] for token in passage.tokens(row["text"])]
    if column in ("holder_ar", "target_ar"):
        return row.get(column.removesuffix("_ar"))
    return None


def _needs(task: Task) -> str:
    own = [name for name in ("text", "holder", "target") if name in task.inputs]
    return " and ".join(own) + (" or tokens" if "tokens" in task.inputs else "")


def _names(rows: Any, columns: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The names that numbers stand for, by column that has labels."""
    given = getattr(rows, "features", None) or {}
    found = {}
    for column, part in columns.items():
        own = part[0] if isinstance(part, list) else part
        if isinstance(own, ClassLabel):
            theirs = given.get(column)
            theirs = getattr(theirs, "feature", theirs)
            found[column] = tuple(getattr(theirs, "names", None) or own.names)
    return found


def _named(value: Any, names: tuple[str, ...], at: int) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        if not 0 <= value < len(names):
            found = f"row {at + 1} has label {value}, and {len(names)} names are known"
            raise UsageError(f"{found}; give labels as names")
        return names[value]
    return [_named(one, names, at) for one in value]


def _gold(row: Mapping[str, Any], inputs: Row, at: int, answer: str) -> Any:
    if answer == "entities":
        if row.get("entities") is None and row.get("ner_tags") is not None:
            return _from_tags(row["ner_tags"], inputs, at)
        if row.get("entities") is not None:
            _on_edges(row["entities"], inputs, at)
    if row.get(answer) is None:
        raise UsageError(f"row {at + 1} has no {answer!r}; give rows with gold to learn from")
    return row[answer]


def _from_tags(tags: Any, inputs: Row, at: int) -> list[Row]:
    where = places(inputs)
    if len(tags) != len(where):
        found = f"row {at + 1} has {len(where)} tokens and {len(tags)} ner_tags"
        raise UsageError(f"{found}; give one tag a token")
    for tag in tags:
        if tag != "O" and tag[:2] not in ("B-", "I-"):
            raise UsageError(f"row {at + 1} has tag {tag!r}; tags are O, B-… and I-… (IOB2)")
    return [
        {"start": where[first][0], "end": where[last - 1][1], "label": label}
        for first, last, label in iob2.spans(tags)
    ]


def _on_edges(entities: Any, inputs: Row, at: int) -> None:
    where = places(inputs)
    starts, ends = {start for start, _ in where}, {end for _, end in where}
    for entity in entities:
        if entity["start"] not in starts or entity["end"] not in ends:
            span = f"{entity['start']}:{entity['end']}"
            raise UsageError(f"row {at + 1}: span {span} cuts a token; move it to its edge")
