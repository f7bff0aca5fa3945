"""Tuning: the search takes the best on validation, and its record is held against the recipe."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conftest import ROOT
from marsad import recipe, rooms, tune
from marsad.cli import main
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms
from marsad.task import read_data

HOME = rooms.find(ROOT)
SEARCHED = [name for name in recipe.names(HOME) if recipe.read_recipe(HOME, name).search]


def test_every_recorded_search_holds() -> None:
    tasks = {recipe.read_recipe(HOME, name).task for name in SEARCHED}
    signatures = {name: read_data(HOME, name).signature for name in tasks}
    assert tune.faults(HOME, signatures) == []


@pytest.fixture
def searched(copy: Callable[[], Rooms]) -> Rooms:
    """A small dataset with one search on record."""
    there = copy()
    for path in (there.baselines / "searches").glob("*"):
        path.unlink()
    for name in recipe.names(there):
        path = there.baselines / f"{name}.toml"
        path.write_text(path.read_text().partition("\n[search]")[0])
    path = there.baselines / "topic_lexicon.toml"
    path.write_text(
        path.read_text().replace("size = 25", "size = 3") + "\n[search]\nsize = [1, 3]\n"
    )
    tune.write(there, tune.tune(there, "topic_lexicon"))
    path.write_text(path.read_text().replace("size = 3\n", f"size = {_chosen(there)}\n"))
    return there


def _chosen(there: Rooms) -> int:
    recorded = json.loads(tune.search_path(there, "topic_lexicon").read_text())
    found: int = recorded["chosen"]["size"]
    return found


def _faults(there: Rooms) -> list[str]:
    return list(map(str, tune.faults(there, {"topic": read_data(there, "topic").signature})))


def test_a_search_tries_every_value_and_takes_the_best(searched: Rooms) -> None:
    found = tune.tune(searched, "topic_lexicon")
    figures = [one["macro_f1"] for one in found.tried]
    assert [one["parameters"] for one in found.tried] == [{"size": 1}, {"size": 3}]
    assert found.chosen == found.tried[figures.index(max(figures))]["parameters"]
    assert (found.split, found.fixed) == ("validation", {"min_count": 3})
    assert _faults(searched) == []


def test_of_equals_the_first_is_best() -> None:
    tried = [{"parameters": {"C": c}, "f1": f1} for c, f1 in ((1, 0.5), (2, 0.7), (3, 0.7))]
    assert tune.best(tried, "f1") == {"C": 2}


def test_the_last_parameter_changes_first() -> None:
    found = tune.combinations({"a": [1, 2], "b": [3, 4]})
    assert found == [{"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4}]


DAMAGED = [
    ('"signature": "topic:1', '"signature": "topic:0', "signature is topic:0"),
    ('"method": "lexicon_topic"', '"method": "tfidf_topic"', "method is tfidf_topic, not"),
    ('"min_count": 3', '"min_count": 4', "fixed is {'min_count': 4}, not {'min_count': 3}"),
    ('"split": "validation"', '"split": "test"', "split is test, not validation"),
    ('"tried"', '"tired"', "not a recorded search"),
    ("{", "[", "not a recorded search"),
]


@pytest.mark.parametrize(("old", "new", "says"), DAMAGED)
def test_a_record_that_does_not_hold_is_a_fault(
    searched: Rooms, old: str, new: str, says: str
) -> None:
    path = tune.search_path(searched, "topic_lexicon")
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    (fault,) = _faults(searched)
    assert fault.startswith("baselines/searches/topic_lexicon.json: ")
    assert says in fault
    assert "run marsad tune topic_lexicon --write" in fault


def test_a_choice_that_is_not_the_best_is_a_fault(searched: Rooms) -> None:
    path = tune.search_path(searched, "topic_lexicon")
    record = json.loads(path.read_text())
    record["chosen"] = {"size": 4 - record["chosen"]["size"]}
    path.write_text(json.dumps(record))
    assert "the best is" in _faults(searched)[0]


def test_a_recipe_that_does_not_follow_its_search_is_a_fault(searched: Rooms) -> None:
    path = searched.baselines / "topic_lexicon.toml"
    chosen = _chosen(searched)
    path.write_text(path.read_text().replace(f"size = {chosen}\n", "size = 7\n"))
    says = f"baselines/topic_lexicon.toml: size is 7, the search chose {chosen}"
    assert _faults(searched)[0].startswith(says)


def test_another_grid_is_a_fault(searched: Rooms) -> None:
    path = searched.baselines / "topic_lexicon.toml"
    path.write_text(path.read_text().replace("[1, 3]", "[1, 3, 5]"))
    assert "grid is {'size': [1, 3]}, not {'size': [1, 3, 5]}" in _faults(searched)[0]


def test_a_search_that_is_missing_or_of_no_recipe_is_a_fault(searched: Rooms) -> None:
    path = tune.search_path(searched, "topic_lexicon")
    path.rename(path.with_name("topic_other.json"))
    first, second = _faults(searched)
    assert first.startswith("baselines/searches/topic_lexicon.json: the search is not on record")
    assert second.startswith("baselines/searches/topic_other.json: no recipe searches this")


BAD_GRIDS = [
    ("size = 3", "search: size is 3; write the list of values to try"),
    ("size = []", "search: size is []"),
    ("size = [0]", "size is 0; give 1 or more"),
    ('size = ["many"]', "size is 'many'"),
    ("sizes = [1]", "unknown parameter 'sizes'"),
]


@pytest.mark.parametrize(("line", "says"), BAD_GRIDS)
def test_a_grid_that_cannot_be_is_refused(searched: Rooms, line: str, says: str) -> None:
    path = searched.baselines / "topic_lexicon.toml"
    path.write_text(path.read_text().replace("size = [1, 3]", line))
    with pytest.raises(DataError) as caught:
        tune.tune(searched, "topic_lexicon")
    assert str(caught.value).startswith("baselines/topic_lexicon.toml: ")
    assert says in str(caught.value)


def test_a_recipe_without_search_is_wrong_use(searched: Rooms) -> None:
    with pytest.raises(UsageError, match=r"topic_majority has nothing to search; give its recipe"):
        tune.tune(searched, "topic_majority")


def test_the_command_prints_every_figure(
    searched: Rooms, capsys: pytest.CaptureFixture[str]
) -> None:
    before = tune.search_path(searched, "topic_lexicon").read_bytes()
    assert main(["--root", str(searched.root), "tune", "topic_lexicon"]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.endswith(f"{{'size': {n}}}") for line, n in zip(printed, (1, 3), strict=False)]
    assert sum(line.startswith("* ") for line in printed) == 1
    assert printed[-1].startswith("topic:1|")
    assert tune.search_path(searched, "topic_lexicon").read_bytes() == before
