"""Agreement figures against another implementation (NLTK) and by hand."""

from __future__ import annotations

import math
import random

import pytest
from nltk.metrics import AnnotationTask, masi_distance

from marsad.agreement import agreement, alpha, by_label, masi, nominal, span_f1
from marsad.annotation import Annotation, Entity, LineLabel, PassageTopics, Stance


@pytest.mark.parametrize("seed", range(20))
def test_alpha_is_that_of_nltk(seed: int) -> None:
    rng = random.Random(seed)
    pairs = [(rng.choice("abc"), rng.choice("abcc")) for _ in range(rng.randint(2, 60))]
    rows = [(who, str(at), pair[i]) for at, pair in enumerate(pairs) for i, who in enumerate("xy")]
    assert alpha(pairs) == pytest.approx(AnnotationTask(rows).alpha(), abs=1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_alpha_with_masi_is_near_that_of_nltk_which_rounds_two_thirds(seed: int) -> None:
    rng = random.Random(seed)
    sets = [frozenset(rng.sample("abcd", rng.randint(1, 3))) for _ in range(80)]
    pairs = list(zip(sets[::2], sets[1::2], strict=True))
    rows = [(who, str(at), pair[i]) for at, pair in enumerate(pairs) for i, who in enumerate("xy")]
    other = AnnotationTask(rows, distance=masi_distance).alpha()
    assert alpha(pairs, masi) == pytest.approx(other, abs=0.01)


def test_masi_by_hand() -> None:
    a, ab, bc = frozenset("a"), frozenset("ab"), frozenset("bc")
    assert masi(a, a) == 0
    assert masi(a, ab) == pytest.approx(1 - 1 / 2 * 2 / 3)
    assert masi(ab, bc) == pytest.approx(1 - 1 / 3 * 1 / 3)
    assert masi(a, bc) == 1
    assert masi(frozenset(), a) == 1


def test_alpha_by_hand() -> None:
    assert alpha([("a", "a"), ("b", "b")]) == 1
    # observed 1/2; among the values a a b a: 6 ordered pairs of 12 differ
    assert alpha([("a", "a"), ("b", "a")]) == pytest.approx(1 - 0.5 / (6 / 12))
    assert alpha([("a", "a")]) == 1
    assert math.isnan(alpha([]))
    assert nominal("a", "b") == 1


def judgement(
    label: str, topics: tuple[str, ...], stance: str, target: str, end: int
) -> Annotation:
    return Annotation(
        "x",
        "0",
        (LineLabel(0, 10, label),),
        (PassageTopics(0, 10, topics),),
        (Stance(0, 10, "author", target, stance, 0, 3), Stance(0, 10, "nato", "a", "favor", 0, 3)),
        (Entity(0, 3, "GPE", "russia"), Entity(4, end, "NORP")),
    )


def test_nothing_is_filtered() -> None:
    one = judgement("body", ("energy",), "favor", "b", 8)
    other = judgement("body", ("energy", "economy"), "against", "c", 10)
    found = agreement({"x": one}, {"x": other}, ["x", "unjudged"])
    assert found["articles"] == 1
    assert found["structure"] == {"alpha": 1, "accuracy": 1, "lines": 1}
    assert found["topic"]["exact"] == 0
    assert found["stance"]["pairs"] == 3  # one shared, one of each judge's own
    assert found["stance"]["pair_f1"] == 0.5
    assert found["stance"]["shared_accuracy"] == 1
    assert found["ner"]["f1"] == 0.5
    assert found["ner"]["by_label"] == {
        "GPE": {"f1": 1, "mentions": 1},
        "NORP": {"f1": 0, "mentions": 2},
    }
    assert found["ner"]["linking"] == 1


def test_f1_does_not_ask_who_is_gold() -> None:
    assert span_f1({1, 2, 3}, {3, 4}) == span_f1({3, 4}, {1, 2, 3}) == 0.4


def test_f1_by_label_by_hand() -> None:
    one = judgement("body", ("energy", "history"), "favor", "b", 8)
    other = judgement("body", ("energy", "economy"), "against", "b", 10)
    found = by_label({"x": one, "y": one}, {"x": other}, ["x", "y"])  # y was judged once
    assert found == {
        "structure": {"body": {"f1": 1, "first": 1, "second": 1}},
        "topic": {
            "economy": {"f1": 0, "first": 0, "second": 1},
            "energy": {"f1": 1, "first": 1, "second": 1},
            "history": {"f1": 0, "first": 1, "second": 0},
        },
        # both have author and b, with another label; both have nato and a, in favor
        "stance": {
            "against": {"f1": 0, "first": 0, "second": 1},
            "favor": {"f1": pytest.approx(2 / 3), "first": 2, "second": 1},
        },
        "ner": {
            "GPE": {"f1": 1, "first": 1, "second": 1},
            "NORP": {"f1": 0, "first": 1, "second": 1},
        },
    }
