"""Rows as people bring them: what is filled in, what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import RAW
from marsad import baseline, iob2, passage, row
from marsad.cli import main
from marsad.fault import DataError, UsageError

CONLL = [
    {
        "tokens": ["زار", "أنطونيو", "غوتيريش", "مقر", "U.N.", "في", "جنيف"],
        "ner_tags": ["O", "B-per", "I-per", "O", "B-org", "O", "B-loc"],
    },
    {"tokens": ["وصل", "غوتيريش", "إلى", "جنيف"], "ner_tags": ["O", "B-per", "O", "B-loc"]},
]
NER = baseline.load("ner_gazetteer")


@given(RAW)
def test_places_are_those_of_our_tokens(text: str) -> None:
    spans = [(token.start, token.end) for token in passage.tokens(text)]
    tokens = [text[start:end] for start, end in spans]
    assert row.places({"text": text, "tokens": tokens}) == spans


@given(st.lists(st.sampled_from(["O", "B-PERS", "I-PERS", "B-LOC", "I-LOC"])))
def test_tags_and_spans_are_one_another(tags: list[str]) -> None:
    spans = iob2.spans(tags)
    again = iob2.tags(len(tags), spans)
    assert iob2.spans(again) == spans
    assert [tag[2:] for tag in again] == [tag[2:] for tag in tags]


def test_tokens_and_tags_in_any_label_set_are_enough() -> None:
    taught = row.taught(CONLL, NER.task, NER.columns)
    assert taught[0]["text"] == "زار أنطونيو غوتيريش مقر U.N. في جنيف"
    found = [(taught[0]["text"][e["start"] : e["end"]], e["label"]) for e in taught[0]["entities"]]
    assert found == [("أنطونيو غوتيريش", "per"), ("U.N.", "org"), ("جنيف", "loc")]


@pytest.mark.parametrize("name", ["ner_gazetteer", "ner_crf"])
def test_a_baseline_learns_from_tokens_and_tags(name: str) -> None:
    fitted = baseline.load(name).fit(CONLL * 20)
    answers = fitted.predict([{"tokens": one["tokens"]} for one in CONLL])
    assert [answer["ner_tags"] for answer in answers] == [one["ner_tags"] for one in CONLL]
    assert [answer["passage_id"] for answer in answers] == ["1", "2"]


def test_a_dataset_says_what_its_numbers_mean() -> None:
    datasets = pytest.importorskip("datasets")
    names = ["O", "B-per", "I-per", "B-org", "B-loc"]
    features = datasets.Features(
        {
            "tokens": datasets.List(datasets.Value("string")),
            "ner_tags": datasets.List(datasets.ClassLabel(names=names)),
        }
    )
    numbered = datasets.Dataset.from_list(CONLL, features=features)
    assert isinstance(numbered[0]["ner_tags"][0], int)
    taught = row.taught(numbered, NER.task, NER.columns)
    assert taught == row.taught(CONLL, NER.task, NER.columns)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("ner_gazetteer", {}, "row 1 has no 'text'; ner needs text or tokens"),
    ("ner_gazetteer", {"text": "أ"}, "row 1 has no 'entities'; give rows with gold"),
    ("ner_gazetteer", {"tokens": ["أ"], "ner_tags": []}, "1 tokens and 0 ner_tags"),
    ("ner_gazetteer", {"tokens": ["أ"], "ner_tags": ["PER"]}, "tag 'PER'; tags are O, B-"),
    ("ner_gazetteer", {"tokens": ["أ"], "ner_tags": [99]}, "label 99, and 43 names are known"),
    (
        "ner_gazetteer",
        {"text": "أبجد", "entities": [{"start": 0, "end": 2, "label": "GPE"}]},
        "span 0:2 cuts a token",
    ),
    (
        "ner_gazetteer",
        {"text": "أ", "tokens": ["ب"], "entities": []},
        "token 'ب' is not in its",
    ),
    ("stance_majority", {"text": "أ"}, "row 1 has no 'holder'; stance needs text and holder"),
    ("topic_majority", {"text": "أ"}, "row 1 has no 'topics'"),
]


@pytest.mark.parametrize(("name", "given_", "says"), BAD)
def test_rows_that_cannot_be_learnt_from(name: str, given_: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        baseline.load(name).fit([given_])


def test_no_rows_at_all() -> None:
    with pytest.raises(UsageError, match="no rows to fit ner_crf on; give at least one"):
        baseline.load("ner_crf").fit([])
    assert baseline.load("stance_majority").fit([STANCE]).predict([]) == []


STANCE = {"text": "رحبت موسكو", "holder": "موسكو", "target": "الاتفاق", "label": "favor"}


def test_stance_rows_of_other_holders_and_targets() -> None:
    rows = [STANCE, {**STANCE, "text": "رفضت موسكو", "label": "against"}] * 3
    answers = baseline.load("stance_tfidf").fit(rows).predict(rows)
    assert [answer["label"] for answer in answers] == [one["label"] for one in rows]


def test_fit_and_predict_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, model, out = tmp_path / "rows.jsonl", tmp_path / "model", tmp_path / "out.jsonl"
    rows.write_text("".join(json.dumps(one) + "\n" for one in CONLL * 5))
    assert main(["fit", "ner_gazetteer", "--rows", str(rows), "--out", str(model)]) == 0
    assert main(["predict", str(model), "--rows", str(rows), "--out", str(out)]) == 0
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert [answer["ner_tags"] for answer in answers] == [one["ner_tags"] for one in CONLL * 5]
    assert "10 rows answered" in capsys.readouterr().out


def test_our_parquet_is_read_too(tmp_path: Path) -> None:
    data = Path(__file__).parents[1] / "data" / "ner"
    assert len(row.read(data / "validation.parquet")) == 260
    (tmp_path / "bad.parquet").write_bytes(b"PAR0")
    with pytest.raises(DataError, match="not Parquet"):
        row.read(tmp_path / "bad.parquet")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (None, "not a saved baseline: no baseline.json"),
        ("[]", "not a saved baseline"),
        ('{"format": 99}', "not a saved baseline: format 99, not 1"),
        ("nothing", "not a saved baseline"),
    ],
)
def test_a_folder_that_is_no_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], head: str | None, says: str
) -> None:
    if head:
        (tmp_path / "baseline.json").write_text(head)
    out = tmp_path / "out.jsonl"
    assert main(["predict", str(tmp_path), "--split", "test", "--out", str(out)]) == 1
    error = capsys.readouterr().err
    assert says in error
    assert len(error.splitlines()) == 1
    assert not out.exists()


def test_saved_and_restored_answers_the_same(tmp_path: Path) -> None:
    fitted = baseline.load("stance_majority").fit([STANCE])
    fitted.save(tmp_path / "model")
    again = baseline.restore(tmp_path / "model")
    assert again.recipe.id == "stance_majority"
    assert again.predict([STANCE]) == fitted.predict([STANCE])
