"""The `evaluate` modules: the figures of `marsad score`, to the last bit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import figure, row, task
from marsad.fault import UsageError
from marsad.rooms import Rooms

evaluate = pytest.importorskip("evaluate")
NAMES = ("structure", "topic", "stance", "ner")


def load(name: str, tmp_path: Path, *config: str) -> Any:
    folder = str(ROOT / "metrics" / f"marsad_{name}")
    return evaluate.load(folder, *config, cache_dir=str(tmp_path))


def recorded(home: Rooms, name: str) -> tuple[task.TaskData, list[Any], dict[str, Any]]:
    """A task, the best recorded answers in the order of its test rows, and their score file."""
    data = task.read_data(home, name)
    scores = [json.loads(p.read_text()) for p in sorted(home.baselines.glob("scores/*.json"))]
    best = max((s for s in scores if s["task"] == name), key=lambda s: float(s[data.task.metric]))
    path = home.baselines / "predictions" / f"{best['baseline']}.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    given = {data.key(line): line[data.task.answer] for line in lines}
    return data, [given[data.key(row)] for row in data.rows["test"]], best


@pytest.mark.parametrize("name", NAMES)
def test_the_figures_are_those_of_the_score_file(home: Rooms, tmp_path: Path, name: str) -> None:
    data, predictions, best = recorded(home, name)
    rows = data.rows["test"]
    references = [row[data.task.answer] for row in rows]
    module = load(name, tmp_path)
    articles = [row["article_id"] for row in rows]
    found = module.compute(references=references, predictions=predictions, articles=articles)
    shown = figure.names(data.task)
    assert data.task.metric == shown[0]
    for of in shown:
        if of in best:
            assert found[of] == best[of], of
            assert found["intervals"][of] == best["intervals"][of], of
    for label, of_label in found["by_label"].items():
        assert of_label.items() <= best["by_label"][label].items()
    plain = module.compute(references=references, predictions=predictions)
    assert plain == {key: value for key, value in found.items() if key != "intervals"}
    perfect = module.compute(references=references, predictions=references)
    assert {perfect[of] for of in shown} == {1.0}


def test_tags_give_the_flat_figure(home: Rooms, tmp_path: Path) -> None:
    data, predictions, best = recorded(home, "ner")
    rows = data.rows["test"]
    spans = [[(e["start"], e["end"], e["label"]) for e in answer] for answer in predictions]
    tags = [row.flat_tags(of, given) for of, given in zip(rows, spans, strict=True)]
    gold = [of["ner_tags"] for of in rows]
    found = load("ner", tmp_path, "tags").compute(references=gold, predictions=tags)
    assert found["flat_f1"] == found["nested_f1"] == best["flat_f1"]
    with pytest.raises(ValueError, match="2 and 1 tags; give one tag a token"):
        load("ner", tmp_path, "tags").compute(references=[["O", "O"]], predictions=[["O"]])


def test_another_label_set_is_named(tmp_path: Path) -> None:
    module = load("stance", tmp_path)
    asked: dict[str, Any] = {"references": ["pro", "con"], "predictions": ["pro", "pro"]}
    with pytest.raises(UsageError, match="unknown label 'pro'; the labels are favor, against"):
        module.compute(**asked)
    found = module.compute(**asked, labels=["pro", "con"])
    assert found["micro_f1"] == 0.5
    assert found["macro_f1"] == pytest.approx((2 / 3 + 0) / 2)
    with pytest.raises(UsageError, match="2 references and 1 articles; give as many"):
        module.compute(**asked, labels=["pro", "con"], articles=["a"])


def test_a_module_says_what_it_is(tmp_path: Path) -> None:
    title = json.dumps(
        next(
            line
            for line in (ROOT / "CITATION.cff").read_text().splitlines()
            if line.startswith("title")
        )
    )
    assert " ".join(figure.CITATION.split("{")[2].split("}")[0].split()) in title
    listed = sorted(path.stem for path in (ROOT / "metrics").glob("*/*.py"))
    assert listed == sorted(f"marsad_{name}" for name in NAMES)
    for name in NAMES:
        module = load(name, tmp_path)
        assert f"marsad score {name}" in module.description
        assert "@misc{marsad" in module.citation
