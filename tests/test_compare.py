"""Comparisons: by hand, the same from predictions and score files, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from marsad import compare, record, score, task
from marsad.answer import read_predictions
from marsad.cli import main
from marsad.compare import Scored
from marsad.counts import Counts
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms


def scored(name: str, right: list[int], **other: str) -> Scored:
    """A system that gets so many of ten units right in each of some articles."""
    articles = tuple(f"article{at}" for at in range(len(right)))
    ten = np.full((len(right), 1), 10)
    counts = Counts(articles, ("GPE",), np.array(right)[:, None], ten, ten)
    head = {"task": "ner", "split": "test", "signature": "s", "metric": "nested_f1"} | other
    return Scored(name, **head, counts=counts)


def test_a_system_is_never_apart_from_itself() -> None:
    one = scored("a", [3, 9, 5, 7])
    (found,) = compare.compare([one, scored("b", [3, 9, 5, 7])])
    assert found.difference == 0
    assert found.interval == [0, 0]
    assert found.p_value == found.p_holm == 1


def test_a_system_that_is_better_in_every_article_is_apart() -> None:
    (found,) = compare.compare([scored("a", [9, 8, 9, 7, 9]), scored("b", [5, 3, 4, 5, 2])])
    assert (found.a_value, found.b_value) == (42 / 50, 19 / 50)
    assert found.difference == pytest.approx(23 / 50)
    assert found.interval[0] > 0
    assert found.p_value == pytest.approx(2 / 10_001)


def test_the_interval_excludes_0_where_p_is_below_5_percent() -> None:
    rng = np.random.default_rng(0)
    below = 0
    for _ in range(40):
        a, b = rng.integers(0, 11, (2, 12))
        (found,) = compare.compare([scored("a", a.tolist()), scored("b", b.tolist())], None, 999)
        low, high = found.interval
        below += found.p_value < 0.05
        if abs(found.p_value - 0.05) > 0.01:
            assert (low > 0 or high < 0) == (found.p_value < 0.05)
    assert 0 < below < 40


def test_holm_by_hand() -> None:
    assert compare.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert compare.holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert compare.holm([0.02]) == [0.02]


def test_all_pairs_are_compared_and_corrected() -> None:
    systems = [scored("a", [9, 9, 8]), scored("b", [5, 5, 5]), scored("c", [1, 2, 1])]
    found = compare.compare(systems)
    assert [(one.a, one.b) for one in found] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(one.p_holm >= one.p_value for one in found)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"signature": "ner:2"}, "a has signature s, b ner:2; score both on the same data"),
        ({"split": "validation"}, "a has split test, b validation"),
    ],
)
def test_what_cannot_be_compared_is_refused(other: dict[str, str], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        compare.compare([scored("a", [1, 2]), scored("b", [1, 2], **other)])


def test_other_articles_one_system_and_unknown_figures_are_refused() -> None:
    with pytest.raises(UsageError, match="cover other articles"):
        compare.compare([scored("a", [1, 2]), scored("b", [1, 2, 3])])
    with pytest.raises(UsageError, match="one system; name two or more"):
        compare.compare([scored("a", [1, 2])])
    with pytest.raises(UsageError, match="no figure 'accuracy'; the figures are macro_f1"):
        compare.compare([scored("a", [1, 2]), scored("b", [1, 2])], "accuracy")


def test_predictions_score_files_and_ids_say_the_same(home: Rooms, tmp_path: Path) -> None:
    names = ("topic_majority", "topic_tfidf")
    by_id = [compare.read(home, name) for name in names]
    by_file = [compare.read(home, str(record.predictions_path(home, name))) for name in names]
    data = task.read_data(home, "topic")
    by_score = []
    for name in names:
        answers = read_predictions(record.predictions_path(home, name), data, "test")
        (tmp_path / f"{name}.json").write_text(score.dumps(score.score(data, answers).to_json()))
        by_score.append(compare.read(home, str(tmp_path / f"{name}.json")))
    values = [
        [one.to_json() | {"a": "", "b": ""} for one in compare.compare(systems)]
        for systems in (by_id, by_file, by_score)
    ]
    assert values[0] == values[1] == values[2]
    assert values[0][0]["difference"] < 0


def test_validation_is_compared_on_validation(home: Rooms) -> None:
    systems = [compare.read(home, name, "validation") for name in ("ner_none", "ner_gazetteer")]
    (found,) = compare.compare(systems)
    recorded = record.read_score(home, "ner_gazetteer")["validation"]["nested_f1"]
    assert found.b_value == recorded
    assert len(systems[0].counts.articles) == 40


def test_a_score_file_that_is_none_is_refused(home: Rooms, tmp_path: Path) -> None:
    whole = json.loads(record.score_path(home, "ner_none").read_text())
    bad = {
        "empty": "{}",
        "list": "[]",
        "text": "not json",
        "forged": json.dumps({**whole, "nested_f1": 0.9}),
        "counts": json.dumps({**whole, "counts": {"a": {"GPE": [5, 1, 1]}}}),
    }
    for name, text in bad.items():
        path = tmp_path / f"{name}.json"
        path.write_text(text)
        with pytest.raises(DataError, match=name) as caught:
            compare.read(home, str(path))
        assert len(str(caught.value).splitlines()) == 1


def test_the_command(home: Rooms, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["compare", "stance_tfidf", "stance_text_blind", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["metric"] == "macro_f1"
    assert found["difference"] == found["a_value"] - found["b_value"]
    assert main(["compare", "stance_tfidf", "topic_tfidf"]) == 2
    assert "has signature" in capsys.readouterr().err
    assert main(["compare", "stance_tfidf", str(tmp_path / "none.jsonl")]) == 2
    assert "no such baseline or file" in capsys.readouterr().err
    (tmp_path / "other.jsonl").write_text('{"id": 1}\n')
    assert main(["compare", "stance_tfidf", str(tmp_path / "other.jsonl")]) == 1
    assert "no answer of any task" in capsys.readouterr().err
    arguments = ["compare", "ner_crf", "ner_gazetteer", "--figure", "recall", "--resamples", "200"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert "ner_crf - ner_gazetteer" in shown
    assert "77 articles, split test, ner:1|" in shown
