"""Baselines: the record re-scores exactly, all retrain to the same letter, none can cheat."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import baseline, rooms, score, table
from marsad.article import digest
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms
from marsad.task import TaskData, gold_answer, read_data, read_predictions

HOME = rooms.find(ROOT)
NAMES = baseline.names(HOME)
FLOORS = {
    "structure": "structure_majority",
    "topic": "topic_majority",
    "stance": "stance_majority",
    "ner": "ner_none",
}


@pytest.mark.parametrize("name", NAMES)
def test_recorded_predictions_score_exactly_what_is_recorded(name: str) -> None:
    recorded = baseline.read_score(HOME, name)
    data = read_data(HOME, recorded["task"])
    path = baseline.predictions_path(HOME, name)
    assert digest(path.read_bytes()) == recorded["predictions_sha256"]
    scored = score.score(HOME, data, read_predictions(path, data, "test"))
    again = json.loads(json.dumps(scored.to_json()))
    assert {key: recorded[key] for key in again} == again


@pytest.mark.parametrize("name", NAMES)
def test_a_baseline_retrains_to_the_recorded_answers(name: str) -> None:
    recipe = baseline.read_recipe(HOME, name)
    run = baseline.run(HOME, recipe, read_data(HOME, recipe.task))
    recorded = baseline.predictions_path(HOME, name).read_text(encoding="utf-8")
    assert list(run.answers) == [json.loads(line) for line in recorded.splitlines()]
    assert run.score.value == baseline.read_score(HOME, name)[run.score.metric]


@pytest.mark.parametrize("task", FLOORS)
def test_the_honest_method_beats_the_floor(task: str) -> None:
    scores = [baseline.read_score(HOME, name) for name in NAMES if name.startswith(task)]
    floor = next(s for s in scores if s["baseline"] == FLOORS[task])
    best = max(s[s["metric"]] for s in scores)
    assert best > floor[floor["metric"]]


class Cheat:
    """A method that answers with any gold it can find in what it is given to predict."""

    def fit(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.empty: Any = frozenset() if "entities" in rows[0] else frozenset({"energy"})
        if "label" in rows[0]:
            self.empty = rows[0]["label"]

    def predict(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        gold = ("label", "topics", "entities", "ner_tags")
        return [next((row[k] for k in gold if k in row), self.empty) for row in rows]


@pytest.mark.parametrize("task", FLOORS)
def test_a_cheat_finds_nothing_to_cheat_with(task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data: TaskData = read_data(HOME, task)
    monkeypatch.setattr(baseline, "method", lambda name: Cheat)
    recipe = baseline.Recipe(task, "cheat", "Cheat", "cheat", {}, ROOT)
    run = baseline.run(HOME, recipe, data)
    perfect = [gold_answer(data, row) for row in data.rows["test"]]
    assert run.score.value < 0.5
    assert len(run.answers) == len(perfect)


def test_from_python_as_the_readme_says() -> None:
    import marsad.baseline

    b = marsad.baseline.load("ner_gazetteer")
    data = read_data(HOME, "ner")
    b.fit(data.rows["train"])
    answers = b.predict(data.inputs("validation"))
    assert [set(answer) for answer in answers] == [{"passage_id", "entities"}] * len(answers)
    assert any(answer["entities"] for answer in answers)


def test_gold_passed_through_predict_changes_nothing() -> None:
    b = baseline.load("stance_tfidf")
    data = read_data(HOME, "stance")
    b.fit(data.rows["train"])
    assert b.predict(data.rows["validation"]) == b.predict(data.inputs("validation"))


BAD = [
    ('method = "crf"', 'method = "tfidf_topic"', "method 'tfidf_topic' is none of task 'ner'"),
    ("c1 = 0.1", "c3 = 0.1", "unknown parameter 'c3'; crf knows levels, c1, c2"),
    ('name = "crf"', 'name = "crf"\nlr = 1', "unknown key 'lr'; recipe knows task, name"),
    ('title = "', "title = ", "not TOML"),
    ('title = "CRF, one chain a nesting level"', "", "missing 1 required"),
]


@pytest.mark.parametrize(("old", "new", "says"), BAD)
def test_a_recipe_that_says_something_else_is_refused(
    copy: Callable[[], Rooms], old: str, new: str, says: str
) -> None:
    there = copy()
    path = there.baselines / "ner_crf.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DataError, match=r"^baselines/ner_crf.toml: ") as caught:
        baseline.read_recipe(there, "ner_crf")
    assert says in str(caught.value)


def test_an_unknown_baseline_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no baseline 'ner_bert'; the baselines are structure_"):
        baseline.load("ner_bert")


def test_scores_of_two_signatures_share_no_table(copy: Callable[[], Rooms]) -> None:
    there = copy()
    path = baseline.score_path(there, "topic_tfidf")
    path.write_text(path.read_text().replace("topic:1|", "topic:2|"))
    with pytest.raises(DataError, match="different signatures share no table"):
        table.read_scores(there)


def test_every_recorded_file_is_read_by_a_test() -> None:
    for folder in ("predictions", "scores"):
        stems = {path.stem for path in (HOME.baselines / folder).iterdir()}
        assert stems == set(NAMES)
    assert Path(HOME.baselines / "scores").is_dir()
