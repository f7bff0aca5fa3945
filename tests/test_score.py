"""Scores: slices, calibration, counts, and what stands in a score file."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss

from marsad import chart, record, score, table
from marsad.answer import Answers, answer_row, check_answers, gold_answer, read_predictions
from marsad.calibration import calibration
from marsad.cli import main
from marsad.counts import Counts
from marsad.fault import DataError, UsageError
from marsad.metric import METRICS, resampled, span_f1, weights
from marsad.rooms import Rooms
from marsad.task import read_data


def test_calibration_by_hand() -> None:
    chances = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
    gold = np.array([[True, False], [False, True], [False, True]])
    found = calibration(chances, gold, one_label=True)
    # bins 0.8-0.9 (right), 0.6-0.7 (wrong), 0.9-1.0 (right), one row each
    assert found["ece"] == pytest.approx((0.1 + 0.6 + 0.2) / 3)
    assert found["brier"] == pytest.approx((0.02 + 0.72 + 0.08) / 3)
    assert [one["units"] for one in found["bins"]] == [1, 1, 1]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_the_brier_score_of_decisions_is_that_of_scikit_learn(
    pairs: list[tuple[float, bool]],
) -> None:
    chances, gold = (np.array(part)[:, None] for part in zip(*pairs, strict=True))
    found = calibration(chances, gold.astype(bool), one_label=False)
    assert found["brier"] == pytest.approx(brier_score_loss(gold.ravel(), chances.ravel()))
    assert 0 <= found["ece"] <= 1


def test_sure_and_right_is_perfectly_calibrated(home: Rooms) -> None:
    data = read_data(home, "stance")
    values = {data.key(row): row["label"] for row in data.rows["test"]}
    sure = {key: {label: 1.0} for key, label in values.items()}
    found = score.score(data, Answers(values, sure)).calibration
    assert found is not None
    assert (found["ece"], found["brier"]) == (0, 0)
    assert score.score(data, Answers(values, {})).calibration is None


def test_slices_of_stance(home: Rooms) -> None:
    data = read_data(home, "stance")
    gold = {data.key(row): row["label"] for row in data.rows["test"]}
    found = score.score(data, Answers(gold, {})).by_slice
    rows = data.rows["test"]
    assert set(found) == {
        "tier",
        "genre",
        "event",
        "length",
        "target",
        "targets",
        "passage",
        "evidence",
    }
    for name, groups in found.items():
        assert sum(of["units"] for of in groups.values()) == len(rows), name
    held = sum(row["target"] in data.held_out for row in rows)
    assert found["targets"]["held_out"]["units"] == held > 0
    assert found["evidence"]["negated"]["units"] >= score.SMALL


@pytest.mark.parametrize(
    ("evidence", "group"),
    [("رفضت موسكو العقوبات", "plain"), ("ولا تقبل موسكو", "negated"), ("لن تقبل", "negated")],
)
def test_negated_evidence(home: Rooms, evidence: str, group: str) -> None:
    data = read_data(home, "stance")
    text = f"{evidence}، ولن يدوم هذا"
    own = {"text": text, "evidence": {"start": 0, "end": len(evidence)}}
    rows = [{**row, **own} for row in data.rows["test"][:40]]
    data = replace(data, rows={**data.rows, "test": rows})
    gold = {data.key(row): row["label"] for row in rows}
    assert list(score.score(data, Answers(gold, {})).by_slice["evidence"]) == [group]


def test_a_small_slice_shows_its_size_and_no_figure(home: Rooms) -> None:
    data = read_data(home, "topic")
    gold = {data.key(row): gold_answer(data, row) for row in data.rows["test"]}
    found = score.score(data, Answers(gold, {}))
    small = [of for groups in found.by_slice.values() for of in groups.values() if of["small"]]
    assert small
    for of in small:
        assert of["units"] < score.SMALL
        assert of["macro_f1"] is of["interval"] is None
    for name, worst in found.worst_group.items():
        assert not found.by_slice[name][worst["group"]]["small"]


def test_a_row_without_an_answer_counts_as_unanswered(home: Rooms) -> None:
    data = read_data(home, "stance")
    some = {data.key(row): row["label"] for row in data.rows["test"][::2]}
    found = score.score(data, Answers(some, {}))
    assert found.figures["micro_f1"] < 1
    assert sum(of["predicted"] for of in found.by_label.values()) == len(some)
    assert all(of["precision"] == 1 for of in found.by_label.values())


def test_counts_give_the_figure_again(home: Rooms) -> None:
    for name in ("ner_crf", "topic_tfidf", "stance_tfidf", "structure_linear"):
        recorded = record.read_score(home, name)
        counts = Counts.from_json(recorded["counts"])
        metric = METRICS[recorded["metric"]]
        assert metric.value(counts) == pytest.approx(recorded[metric.name], abs=1e-12)
        assert {article: row for article, row in counts.to_json().items() if row} == {
            article: {label: row[label] for label in sorted(row)}
            for article, row in recorded["counts"].items()
            if row
        }


def test_a_score_as_text_is_the_same_json(home: Rooms) -> None:
    recorded = record.read_score(home, "ner_crf")
    assert json.loads(score.dumps(recorded)) == recorded
    assert max(map(len, score.dumps(recorded).splitlines())) < 1000


def test_one_product_or_many_are_the_same() -> None:
    rng = np.random.default_rng(1)
    names, labels = tuple(map(str, range(30))), ("a", "b", "c")
    several = []
    for _ in range(4):
        gold = rng.integers(0, 5, (30, 3))
        tp = rng.integers(0, gold + 1)
        several.append(Counts(names, labels, tp, tp + rng.integers(0, 2, (30, 3)), gold))
    drawn = weights(30, 50, 1)
    wanted = [(METRICS[n], c) for n in ("macro_f1", "nested_f1", "recall") for c in several]
    at_once = resampled(wanted, drawn)
    for values, (metric, counts) in zip(at_once, wanted, strict=True):
        for resample, value in zip(drawn.astype(int), values, strict=True):
            parts = [
                part.repeat(resample, axis=0) for part in (counts.tp, counts.predicted, counts.gold)
            ]
            again = Counts(tuple(map(str, range(len(parts[0])))), labels, *parts)
            assert metric.value(again) == pytest.approx(value, abs=1e-12)


SPAN = st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(6, 9), st.integers(0, 2))


@given(st.sets(SPAN), st.sets(SPAN))
def test_span_f1_is_that_of_sets(gold: set[Any], predicted: set[Any]) -> None:
    arrays = [np.array(sorted(s), dtype=np.int64).reshape(-1, 4) for s in (gold, predicted)]
    both = len(gold) + len(predicted)
    assert span_f1(*arrays) == (2 * len(gold & predicted) / both if both else 0)


BAD = [
    ("stance", {"favor": float("nan"), "against": 0.5, "neutral": 0.5}, "is nan; give a number"),
    ("stance", {"favor": 0.5, "against": 0.1, "neutral": 0.1}, "probabilities sum to 0.700"),
    ("stance", {"Favor": 1.0}, "unknown label 'Favor'"),
    ("stance", [0.1, 0.9], "give a number of each label"),
    ("topic", {"energy": 1.5}, "probability of energy is 1.5"),
    ("ner", {"GPE": 0.5}, "probabilities of spans are not scored"),
]


@pytest.mark.parametrize(("name", "chances", "says"), BAD)
def test_bad_probabilities_are_refused_with_their_line(
    home: Rooms,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    chances: Any,
    says: str,
) -> None:
    data = read_data(home, name)
    rows = [answer_row(data.task, row, gold_answer(data, row), {}) for row in data.rows["test"]]
    rows[2]["probabilities"] = chances
    path = tmp_path / "p.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["score", name, str(path)]) == 1
    out = capsys.readouterr()
    assert says in out.err
    assert ":3: " in out.err
    assert not out.out
    assert len(out.err.splitlines()) == 1


def test_probabilities_of_some_rows_and_other_signatures_are_refused(
    home: Rooms, tmp_path: Path
) -> None:
    data = read_data(home, "stance")
    rows = [answer_row(data.task, row, row["label"], {}) for row in data.rows["test"]]
    cases: list[tuple[dict[str, Any], str]] = [
        ({"probabilities": {"favor": 1.0}}, "has no probabilities, others have"),
        ({"signature": "stance:1|data:0.1.0@000000"}, "predict the rows of stance:1"),
    ]
    for extra, says in cases:
        path = tmp_path / "p.jsonl"
        path.write_text(
            "".join(
                json.dumps(row | extra if at == 5 else row) + "\n" for at, row in enumerate(rows)
            )
        )
        with pytest.raises(DataError, match=says):
            read_predictions(path, data, "test")
    signed = [{**row, "signature": data.signature} for row in rows]
    assert check_answers(enumerate(signed, 1), data, "test", "p").values


def test_the_table_in_every_format(home: Rooms) -> None:
    scores = table.read_scores(home)
    assert [one["task"] for one in scores] == sorted(
        (one["task"] for one in scores), key=("structure", "topic", "stance", "ner").index
    )
    markdown, latex, csv = (table.FORMATS[name](scores) for name in ("markdown", "latex", "csv"))
    assert json.loads(table.as_json(scores)) == scores
    assert len(csv.splitlines()) == len(scores) + 1
    assert latex.count(r"\\") == len(scores) + 1
    assert "_" not in latex.split("\\midrule", 1)[1].replace("\\_", "")
    for one in scores:
        assert one["title"] in markdown
    assert [one["role"] for one in scores].count("ceiling") == 4


def test_the_ceiling_is_above_every_baseline(home: Rooms) -> None:
    scores = table.read_scores(home)
    for name in ("structure", "topic", "stance", "ner"):
        own = [one for one in scores if one["task"] == name]
        assert own[-1]["role"] == "ceiling"
        assert record.value(own[-1]) == max(map(record.value, own))


def test_a_chart_says_which_scores_it_shows(
    copy: Callable[[], Rooms], home: Rooms, tmp_path: Path
) -> None:
    there = copy()
    assert not list(chart.faults(there))
    for theirs, ours in zip(chart.paths(there), chart.paths(home), strict=True):
        theirs.write_bytes(ours.read_bytes())
    assert [fault.found for fault in chart.faults(there)] == ["shows other scores"] * 2
    pytest.importorskip("matplotlib")
    chart.write(there)
    assert not list(chart.faults(there))
    first = [path.read_bytes() for path in chart.paths(there)]
    chart.write(there)
    assert first == [path.read_bytes() for path in chart.paths(there)]
    with pytest.raises(UsageError, match=r"a chart is \.svg or \.png"):
        chart.draw(table.read_scores(home), tmp_path / "scores.pdf")
    assert b"<svg" in first[0]
    assert first[1].startswith(b"\x89PNG")


def test_mentions_that_are_nowhere_count_against_precision(home: Rooms) -> None:
    data = read_data(home, "ner")
    rows = [answer_row(data.task, row, gold_answer(data, row), {}) for row in data.rows["test"]]
    found = sum(len(row["entities"]) for row in rows)
    rows[0]["unplaced"] = ["PERS", "PERS", "GPE"]
    scored = score.score(data, check_answers(enumerate(rows, 1), data, "test", "p"))
    assert scored.figures["precision"] == pytest.approx(found / (found + 3))
    assert scored.figures["recall"] == 1
    assert scored.by_label["PERS"]["predicted"] - scored.by_label["PERS"]["support"] == 2
    assert scored.figures["flat_f1"] < 1
    assert scored.figures["coarse_f1"] < 1
    rows[0]["unplaced"] = ["Person"]
    with pytest.raises(DataError, match="unknown label 'Person'"):
        check_answers(enumerate(rows, 1), data, "test", "p")
