"""Baselines: the record re-scores exactly, all retrain to the same letter, none can cheat."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import baseline, recipe, record, reproduce, rescore, rooms, table
from marsad.answer import gold_answer
from marsad.article import digest
from marsad.cli import main
from marsad.fault import DataError, UsageError
from marsad.models import METHODS
from marsad.models.majority import MajorityLabel
from marsad.rooms import Rooms
from marsad.run import run
from marsad.task import TaskData, read_data

HOME = rooms.find(ROOT)
NAMES = recipe.names(HOME)
# The others cost a minute and more each: marsad reproduce makes them again.
CHEAP = [
    name
    for name in NAMES
    if not METHODS[recipe.read_recipe(HOME, name).method].extra
    and record.read_score(HOME, name)["fit_seconds"] < 10
]
FLOORS = {
    "structure": "structure_majority",
    "topic": "topic_majority",
    "stance": "stance_majority",
    "ner": "ner_none",
}


@pytest.mark.parametrize("name", CHEAP)
def test_a_baseline_retrains_to_the_recorded_answers(name: str) -> None:
    known = recipe.read_recipe(HOME, name)
    again = run(HOME, known, read_data(HOME, known.task))
    found = list(reproduce.differences(HOME, again))
    assert len(found) == 2 * max(1, len(known.seeds))
    # Another processor rounds otherwise: a chance at its threshold may fall to the other side.
    for one in found:
        assert one.other_answers <= one.answers // 200, reproduce.text(found)
        assert one.again == pytest.approx(one.recorded, abs=0.005)


@pytest.mark.parametrize("task", FLOORS)
def test_the_honest_method_beats_the_floor(task: str) -> None:
    scores = [record.read_score(HOME, name) for name in NAMES if name.startswith(task)]
    floor = next(s for s in scores if s["baseline"] == FLOORS[task])
    best = max(s[s["metric"]] for s in scores)
    assert best > floor[floor["metric"]]


METHOD = {
    "structure": "majority_label",
    "topic": "majority_topic",
    "stance": "majority_label",
    "ner": "no_entity",
}


class Cheat:
    """A method that answers with any gold it can find in what it is given to predict."""

    def fit(self, rows: Sequence[Mapping[str, Any]], validation: object = ()) -> None:
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
    known = recipe.Recipe(task, "cheat", "Cheat", METHOD[task], {}, ROOT)
    (trial,) = run(HOME, known, data).trials
    for split, answers in trial.answers.items():
        perfect = [gold_answer(data, row) for row in data.rows[split]]
        assert trial.scores[split].value < 0.5
        assert len(answers) == len(perfect)


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
    ("c2 = 0.1", 'c2 = "small"', "c2 is 'small'; crf wants float"),
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
        recipe.read_recipe(there, "ner_crf")
    assert says in str(caught.value)


def test_an_unknown_baseline_is_wrong_use() -> None:
    with pytest.raises(UsageError, match="no baseline 'ner_bert'; the baselines are structure_"):
        baseline.load("ner_bert")


def test_scores_of_two_signatures_share_no_table(copy: Callable[[], Rooms]) -> None:
    there = copy()
    path = record.score_path(there, "topic_tfidf")
    path.write_text(path.read_text().replace("topic:1|", "topic:2|"))
    with pytest.raises(DataError, match="different signatures share no table"):
        table.read_scores(there)


def test_every_recorded_file_is_read_by_a_test() -> None:
    signed = {
        path for name in NAMES for path, *_ in record.files(HOME, record.read_score(HOME, name))
    }
    assert signed == set((HOME.baselines / "predictions").iterdir())
    assert {record.score_path(HOME, n) for n in NAMES} == set((HOME.baselines / "scores").iterdir())


def test_a_score_file_names_what_it_was_made_with() -> None:
    recorded = record.read_score(HOME, "ner_crf")
    assert {"python", "machine", "cpus", "numpy", "python-crfsuite"} <= set(recorded["environment"])
    assert recorded["recipe_sha256"] == digest((HOME.baselines / "ner_crf.toml").read_bytes())
    assert recorded["bootstrap"] == {"resamples": 1000, "seed": 20261122, "unit": "article"}
    assert recorded["peak_memory_mb"] > 50
    assert recorded["validation"]["split"] == "validation"


def test_reproduce_tells_a_difference(
    copy: Callable[[], Rooms], capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    arguments = ["--root", str(there.root), "reproduce", "--baseline", "stance_majority"]
    assert main(arguments) == 0
    assert "2 scores made again, 0 of them other than recorded" in capsys.readouterr().out
    path = record.predictions_path(there, "stance_majority")
    first, *others = path.read_text().splitlines(keepends=True)
    row = json.loads(first)
    row["label"] = next(n for n in ("favor", "against") if n != row["label"])
    path.write_text(json.dumps(row) + "\n" + "".join(others))
    assert main([*arguments, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert [one["other_answers"] for one in found if one["split"] == "test"] == [1]


def test_a_recipe_outside_is_run_and_not_recorded(
    copy: Callable[[], Rooms], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    path = tmp_path / "stance_mine.toml"
    text = (there.baselines / "stance_majority.toml").read_text()
    path.write_text(text.replace('name = "majority"', 'name = "mine"'))
    arguments = ["--root", str(there.root), "evaluate", "--baseline", str(path)]
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["baseline"] == "stance_mine"
    assert main([*arguments, "--write"]) == 2
    assert "is no recipe of baselines/; move it there" in capsys.readouterr().err


def test_seeds_are_summed_up(copy: Callable[[], Rooms], monkeypatch: pytest.MonkeyPatch) -> None:
    there = copy()
    path = there.baselines / "stance_majority.toml"
    path.write_text(path.read_text() + "seeds = [1, 2, 3]\n")

    class Drawn(MajorityLabel):
        def __init__(self, seed: int) -> None:
            self.answer = ("favor", "against", "neutral")[seed - 1]

        def predict(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
            return [self.answer] * len(rows)

    monkeypatch.setattr(baseline, "method", lambda name: Drawn)
    known = recipe.read_recipe(there, "stance_majority")
    again = run(there, known, read_data(there, "stance"))
    record.record(there, again)
    recorded = record.read_score(there, "stance_majority")
    values = [recorded["by_seed"][seed]["test"]["macro_f1"] for seed in "123"]
    assert len(set(values)) == 3
    assert recorded["macro_f1"] == values[0]
    assert recorded["over_seeds"]["test"]["mean"] == pytest.approx(sum(values) / 3)
    assert len(list(record.files(there, recorded))) == 6
    assert not rescore.rescored(there, recorded, read_data(there, "stance"))
    assert "±" in table.cells(recorded)[4]
    signatures = {name: read_data(there, name).signature for name in FLOORS}
    assert not record.faults(there, signatures)
