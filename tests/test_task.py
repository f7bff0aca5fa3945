"""What a system sees, and what it may answer: nothing is scored partially."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marsad import score, task
from marsad.answer import CHECKS, answer_row, gold_answer, read_predictions
from marsad.dataset import Row
from marsad.fault import DataError, UsageError
from marsad.rooms import LAYERS, Rooms
from marsad.task import TaskData, read_data

DATA: dict[str, TaskData] = {}


@pytest.fixture(params=LAYERS)
def data(request: pytest.FixtureRequest, home: Rooms) -> TaskData:
    return DATA.setdefault(request.param, read_data(home, request.param))


def perfect(data: TaskData, split: str = "test") -> list[Row]:
    return [answer_row(data.task, row, gold_answer(data, row), {}) for row in data.rows[split]]


def write(path: Path, answers: list[Any]) -> Path:
    path.write_text("".join(json.dumps(a, ensure_ascii=False) + "\n" for a in answers))
    return path


def test_a_perfect_prediction_scores_one_in_any_order(
    home: Rooms, data: TaskData, tmp_path: Path
) -> None:
    answers = perfect(data)
    scores = [
        score.score(data, read_predictions(write(tmp_path / "p", order), data, "test"))
        for order in (answers, answers[::-1])
    ]
    assert scores[0] == scores[1]
    assert set(scores[0].figures.values()) == {1.0}
    assert all(bounds == [1.0, 1.0] for bounds in scores[0].intervals.values())
    assert all(
        of[data.task.metric] == (None if of["small"] else 1.0)
        for values in scores[0].by_slice.values()
        for of in values.values()
    )


def test_a_system_sees_no_gold(data: TaskData) -> None:
    gold = {"label", "topics", "entities", "ner_tags", "evidence"}
    for row in data.inputs("test"):
        assert set(row) == set(data.task.inputs)
        assert not gold & set(row)


def test_the_signature_names_every_version(home: Rooms, data: TaskData) -> None:
    signed = data.signature
    name, version = data.task.name, data.task.version
    assert signed.startswith(f"{name}:{version}|data:")
    assert signed.endswith(f"|{data.task.metric}:1")
    assert signed != task.signature(home, data.task, "0" * 64)
    assert task.signature(home, data.task, "0" * 64).startswith(f"{name}:{version}|data:")


def drop(answers: list[Row]) -> list[Any]:
    return answers[:-1]


def double(answers: list[Row]) -> list[Any]:
    return [*answers, answers[0]]


def extra(answers: list[Row]) -> list[Any]:
    key = "line_id" if "line_id" in answers[0] else "passage_id"
    return [*answers, {**answers[0], key: "nowhere:001.01"}]


def unknown_key(answers: list[Row]) -> list[Any]:
    return [{**answers[0], "confidence": 1}, *answers[1:]]


def missing_key(answers: list[Row]) -> list[Any]:
    return [{k: v for k, v in answers[0].items() if k.endswith("_id")}, *answers[1:]]


def no_object(answers: list[Row]) -> list[Any]:
    return [*answers[:2], [1, 2], *answers[2:]]


FOR_EVERY_TASK: list[tuple[Callable[[list[Row]], list[Any]], str]] = [
    (drop, r"p:\d+: no answer for .+; 1 of \d+ rows of split test are missing"),
    (double, r"p:\d+: row .+ is answered twice; line 1 answers it too"),
    (extra, r"p:\d+: unknown row .*nowhere:001\.01"),
    (unknown_key, r"p:1: keys .+'confidence'; an answer has "),
    (missing_key, r"p:1: keys .+; an answer has "),
    (no_object, r"p:3: a JSON list, not an object"),
]


@pytest.mark.parametrize(("spoil", "says"), FOR_EVERY_TASK)
def test_a_file_that_is_not_whole_is_refused_with_its_line(
    data: TaskData, tmp_path: Path, spoil: Callable[[list[Row]], list[Any]], says: str
) -> None:
    path = write(tmp_path / "p", spoil(perfect(data)))
    with pytest.raises(DataError, match=says):
        read_predictions(path, data, "test")


FOR_ONE_TASK: list[tuple[str, str, Any, str]] = [
    ("structure", "label", "footer", "unknown label 'footer'; the labels are headline, body"),
    ("structure", "label", "Body", "unknown label 'Body'"),
    ("stance", "label", None, "unknown label None; the labels are favor, against, neutral"),
    ("topic", "topics", ["energy", "gas"], "unknown label 'gas'"),
    ("topic", "topics", "energy", "topics is 'energy'; write a list"),
    ("topic", "topics", ["energy", "energy"], "has one twice"),
    ("ner", "entities", {}, "entities is {}; write a list"),
    ("ner", "entities", [{"start": 0}], "an entity has start, end, label"),
    ("ner", "entities", [{"start": 0, "end": 99999, "label": "GPE"}], "offsets lie in 0:"),
    ("ner", "entities", [{"start": 0.5, "end": 2, "label": "GPE"}], "offsets lie in 0:"),
    ("ner", "entities", [{"start": 0, "end": 1, "label": "gpe"}], "unknown label 'gpe'"),
    ("ner", "entities", "off by one", "cuts a token; move it to its edge"),
    ("ner", "entities", "twice", "a span stands twice"),
    ("ner", "entities", "crossing", "crosses another; spans may nest, never cross"),
]


@pytest.mark.parametrize(("name", "field", "value", "says"), FOR_ONE_TASK)
def test_an_illegal_answer_is_refused_with_its_line(
    home: Rooms, tmp_path: Path, name: str, field: str, value: Any, says: str
) -> None:
    data = DATA.setdefault(name, read_data(home, name))
    answers = perfect(data)
    at = next(n for n, row in enumerate(data.rows["test"]) if len(row["text"].split()) > 5)
    if isinstance(value, str) and name == "ner":
        words = data.rows["test"][at]["text"].split(" ")
        first, second, third = (len(" ".join(words[:n])) for n in (1, 2, 3))
        span = {"start": 0, "end": second, "label": "ORG"}
        value = {
            "off by one": [{**span, "start": 1}],
            "twice": [span, span],
            "crossing": [span, {"start": first + 1, "end": third, "label": "ORG"}],
        }[value]
    answers[at] = {**answers[at], field: value}
    with pytest.raises(DataError, match=rf"p:{at + 1}: row .+: .*") as caught:
        read_predictions(write(tmp_path / "p", answers), data, "test")
    assert says in str(caught.value)


def test_files_that_are_no_predictions(home: Rooms, tmp_path: Path) -> None:
    data = DATA.setdefault("topic", read_data(home, "topic"))
    (tmp_path / "latin").write_bytes('{"a": "é"}\n'.encode("latin-1"))
    (tmp_path / "broken").write_text('{"passage_id": \n')
    (tmp_path / "empty").write_text("")
    for name, says in (
        ("absent", "absent: no such file"),
        ("latin", "latin:1: not UTF-8"),
        ("broken", "broken:1: not JSON"),
        ("empty", "no answer for"),
        (".", "cannot be read: Is a directory"),
    ):
        with pytest.raises(DataError, match=says):
            read_predictions(tmp_path / name, data, "test")


def test_an_unknown_task_is_wrong_use(home: Rooms) -> None:
    with pytest.raises(UsageError, match="no task 'sentiment'; the tasks are structure, topic"):
        read_data(home, "sentiment")


def test_a_task_file_with_an_unknown_key_is_refused(copy: Callable[[], Rooms]) -> None:
    there = copy()
    path = there.tasks / "ner" / "task.toml"
    path.write_text(path.read_text() + 'metrics = "f1"\n')
    with pytest.raises(DataError, match=r"tasks/ner/task.toml: unknown key 'metrics'; task knows"):
        task.read_task(there, "ner")


def test_every_kind_of_answer_has_its_check() -> None:
    assert set(CHECKS) == set(task.ANSWERS)
