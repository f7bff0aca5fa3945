"""What a careless or dishonest hand could do, and what then says no."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import baseline, record, rooms, task
from marsad.answer import read_predictions
from marsad.cli import main
from marsad.dataset import outermost
from marsad.fault import DataError
from marsad.rooms import Rooms

FIRST = "000_c7913647ea205634"


def marsad(there: Rooms, *arguments: object) -> int:
    return main(["--root", str(there.root), *map(str, arguments)])


def test_an_export_never_writes_over_a_file(copy: Callable[[], Rooms]) -> None:
    there = copy()
    raw = there.articles / "collected" / f"{FIRST}.txt"
    before = raw.read_bytes()
    assert marsad(there, "annotate", "export", FIRST, "--out", raw.parent) == 2
    assert raw.read_bytes() == before


@pytest.mark.parametrize("name", ["../evil", "", "a/b", "blank", "A"])
def test_an_annotator_has_a_plain_name(
    copy: Callable[[], Rooms], tmp_path: Path, name: str
) -> None:
    there = copy()
    assert marsad(there, "annotate", "export", FIRST, "--out", tmp_path, "--annotator", "gold") == 0
    before = sorted(there.root.rglob("*"))
    assert marsad(there, "annotate", "import", tmp_path, "--annotator", name) == 2
    assert sorted(there.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("= headline", "= boilerplate", "annotations in boilerplate"),
        ("favor | ", "favor |0 ", "occurrence 0 is asked"),
    ],
)
def test_nothing_that_an_annotator_wrote_is_dropped(
    copy: Callable[[], Rooms],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    says: str,
) -> None:
    there = copy()
    marsad(there, "annotate", "export", FIRST, "--out", tmp_path, "--annotator", "gold")
    form = tmp_path / f"{FIRST}.txt"
    form.write_text(form.read_text().replace(old, new, 1))
    capsys.readouterr()
    assert marsad(there, "annotate", "import", form, "--annotator", "reader_a") == 1
    assert says in capsys.readouterr().err


def test_an_import_is_written_whole_or_not_at_all(
    copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    marsad(there, "annotate", "export", FIRST, "--out", tmp_path, "--annotator", "reader_b")
    broken = there.annotations / "ner/judgements/reader_a.jsonl"
    broken.write_text(broken.read_text() + "garbage\n")
    before = {p: p.read_bytes() for p in there.annotations.rglob("*.jsonl")}
    assert marsad(there, "annotate", "import", tmp_path, "--annotator", "reader_a") == 1
    assert {p: p.read_bytes() for p in there.annotations.rglob("*.jsonl")} == before


def test_a_third_judge_is_welcome(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()
    marsad(there, "annotate", "export", FIRST, "--out", tmp_path, "--annotator", "reader_b")
    people = there.annotations / "annotators.toml"
    people.write_text(
        people.read_text() + '\n[[annotator]]\nname = "sara"\nkind = "person"\nrole = "judge"\n'
    )
    assert marsad(there, "annotate", "import", tmp_path, "--annotator", "sara") == 0
    assert marsad(there, "check") == 0


def test_rows_are_made_of_proven_sources_only(
    copy: Callable[[], Rooms], capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    raw = there.articles / "collected" / f"{FIRST}.txt"
    raw.write_bytes(raw.read_bytes().replace("أشاد".encode(), "اشاد".encode()))
    before = {p: p.read_bytes() for p in there.root.rglob("*") if p.is_file()}
    assert marsad(there, "build") == 1
    assert "raw bytes never change" in capsys.readouterr().err
    assert {p: p.read_bytes() for p in there.root.rglob("*") if p.is_file()} == before


def test_a_forged_figure_is_found(
    copy: Callable[[], Rooms], capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    path = record.score_path(there, "stance_tfidf")
    recorded = json.loads(path.read_text())
    path.write_text(json.dumps(recorded | {"macro_f1": 0.999}))
    assert marsad(there, "table", "--write") == 0
    assert marsad(there, "table", "--check") == 1
    assert "macro_f1 is not what the predictions give" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"text", "tokens"]', '"text", "entities"]', "'entities' among key or inputs"),
        ('"text", "tokens"]', '"text", "tokenz"]', "'tokenz' among key or inputs"),
        ('key = ["passage_id"]', 'key = "passage_id"', "key is 'passage_id'"),
        ('key = ["passage_id"]', "key = []", "no key"),
        ('metric = "nested_f1"', 'metric = "foo_f1"', "metric is 'foo_f1'; write one of"),
        ('answer = "entities"', 'answer = "spans"', "answer is 'spans'; write one of"),
        ("version = 1", 'version = "one"', "version is 'one'"),
    ],
)
def test_a_task_cannot_show_gold_or_name_what_is_not_there(
    copy: Callable[[], Rooms], old: str, new: str, says: str
) -> None:
    there = copy()
    path = there.tasks / "ner" / "task.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError) as caught:
        task.read_task(there, "ner")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"passage_id": [1], "entities": []}', "passage_id are texts"),
        ('{"passage_id": "x", "entities": [], "entities": []}', "a key stands twice"),
        ('{"passage_id": ' + "9" * 5000 + ', "entities": []}', "cannot be read"),
        ('{"passage_id": "x\\ny\\u001b[31m", "entities": []}', "unknown row x\\ny\\x1b[31m"),
        ("[" * 100_000, "p:1: "),
    ],
)
def test_odd_json_is_told_in_one_line(home: Rooms, tmp_path: Path, line: str, says: str) -> None:
    (tmp_path / "p").write_text(line + "\n")
    with pytest.raises(DataError) as caught:
        read_predictions(tmp_path / "p", task.read_data(home, "ner"), "test")
    assert says in str(caught.value)
    assert str(caught.value).count("\n") == 0


def test_two_labels_on_one_span_have_one_flat_view() -> None:
    spans = [(0, 4, "QUANTITY"), (0, 4, "MONEY"), (0, 2, "CARDINAL")]
    assert outermost(spans) == outermost(spans[::-1]) == [(0, 4, "MONEY")]


@pytest.mark.parametrize(
    "name", ["stance_majority", "topic_majority", "structure_linear", "ner_gazetteer"]
)
def test_baselines_take_the_rows_of_load_dataset(name: str, tmp_path: Path) -> None:
    import datasets

    fitted = baseline.load(name)
    config = fitted.task.config
    loaded = datasets.load_dataset(str(ROOT), config, cache_dir=str(tmp_path))
    fitted.fit(loaded["train"])
    recorded = record.predictions_path(rooms.find(ROOT), name)
    wanted: list[Any] = [json.loads(line) for line in recorded.read_text().splitlines()]
    assert fitted.predict(loaded["test"]) == wanted


def test_the_card_gives_datasets_nothing_to_complain_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import datasets

    datasets.load_dataset(str(ROOT), "topic", cache_dir=str(tmp_path))
    assert "malformed" not in caplog.text
