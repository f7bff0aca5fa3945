"""The report: figures by hand on small texts, and what holds of the dataset itself."""

from __future__ import annotations

import json

import pytest

from marsad.corpus import Corpus
from marsad.stats import markdown, shared_runs, stats, text, type_token_ratio


def test_a_shared_run_is_found_through_spelling_and_punctuation() -> None:
    one = "قال الرئيس إن العلاقات، بين البلدين، أقوى من أي وقت مضى"
    two = "وفي بكين قال الرئيس ان العلاقات بين البلدين أقوى من اى وقت مضي أيضا"
    assert shared_runs({"a": one, "b": two, "c": "غير ذلك"}, 11) == [
        {"articles": ["a", "b"], "run": "قال الرئيس ان العلاقات بين البلدين اقوي من اي وقت مضي"}
    ]
    assert shared_runs({"a": one, "b": two}, 12) == []


def test_type_token_ratio_by_hand() -> None:
    assert type_token_ratio(["أ ب", "أ ج"]) == 3 / 4
    assert type_token_ratio(["كلمة " * 2000, "كلمة أخرى " * 1000]) == pytest.approx(
        (1 / 2000 + 2 / 2000) / 2
    )


def test_the_parts_add_up(corpus: Corpus) -> None:
    found = stats(corpus)
    size, stance = found["size"], found["stance"]
    assert sum(size["by_tier"].values()) == sum(size["by_split"].values()) == size["articles"]
    assert sum(size["tokens_by_split"].values()) == size["tokens"]
    assert sum(stance["label_shares"].values()) == pytest.approx(1)
    assert sum(of["all"] for of in stance["by_target"].values()) == stance["annotated"]
    assert sum(stance["rows"].values()) <= stance["annotated"]
    assert sum(found["ner"]["by_type"].values()) == found["ner"]["mentions"]
    for of in found["topic"].values():
        assert of["all"] == of["train"] + of["validation"] + of["test"]
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
    assert f"{size['articles']}; {size['events']}" in markdown(found)
    assert "label shares" in text(found)


def test_authored_articles_repeat_neither_each_other_nor_their_openings(corpus: Corpus) -> None:
    found = stats(corpus)["variety"]
    assert found["shared_runs_of_12_words"] == []
    assert found["pairs_above_half_of_5_grams"] == 0
    assert found["commonest_opening_share"] <= 0.04
    assert found["type_token_ratio"]["authored"] >= found["type_token_ratio"]["collected"]
