"""The figures against scikit-learn and seqeval on random cases, and by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import f1_score as seqeval_f1
from seqeval.metrics import precision_score as seqeval_precision
from seqeval.scheme import IOB2
from sklearn.metrics import f1_score

from marsad.counts import count
from marsad.dataset import flat_tags, outermost
from marsad.metric import METRICS, interval, weights
from marsad.passage import tokens

LABELS = ("favor", "against", "neutral")
TYPES = ("PERS", "ORG", "GPE")


def value(name: str, gold: list[tuple[str, str, int]], given_: list[tuple[str, str, int]]) -> float:
    labels = sorted({label for _, label, _ in gold + given_} | {"other"})
    articles = sorted({article for article, *_ in gold + given_})
    return METRICS[name].value(count(gold, given_, labels, articles))


def single(labels: list[str]) -> list[tuple[str, str, int]]:
    return [(f"article{at % 3}", label, at) for at, label in enumerate(labels)]


# (gold, predicted, macro F1, micro F1), worked out by hand
HAND = [
    (["favor"], ["favor"], 1.0, 1.0),
    (["favor", "against"], ["favor", "favor"], (2 / 3 + 0) / 2, 0.5),
    (["favor", "favor", "neutral"], ["against", "favor", "neutral"], (2 / 3 + 1) / 2, 2 / 3),
    (["favor", "against", "neutral"], ["against", "neutral", "favor"], 0.0, 0.0),
]


@pytest.mark.parametrize(("gold", "predicted", "macro", "micro"), HAND)
def test_f1_by_hand(gold: list[str], predicted: list[str], macro: float, micro: float) -> None:
    assert value("macro_f1", single(gold), single(predicted)) == pytest.approx(macro)
    assert value("micro_f1", single(gold), single(predicted)) == pytest.approx(micro)


@given(st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1))
def test_one_label_f1_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    gold, predicted = (list(part) for part in zip(*pairs, strict=True))
    supported = sorted(set(gold))
    macro = f1_score(gold, predicted, average="macro", labels=supported, zero_division=0)
    micro = f1_score(gold, predicted, average="micro", zero_division=0)
    assert value("macro_f1", single(gold), single(predicted)) == pytest.approx(macro)
    assert value("micro_f1", single(gold), single(predicted)) == pytest.approx(micro)


SETS = st.sets(st.sampled_from(LABELS))


@given(st.lists(st.tuples(SETS, SETS), min_size=1))
def test_many_label_f1_is_that_of_scikit_learn(pairs: list[tuple[set[str], set[str]]]) -> None:
    def matrix(side: int) -> np.ndarray:
        return np.array([[label in pair[side] for label in LABELS] for pair in pairs], dtype=int)

    def units(side: int) -> list[tuple[str, str, int]]:
        return [("a", label, at) for at, pair in enumerate(pairs) for label in pair[side]]

    gold, predicted = matrix(0), matrix(1)
    supported = [at for at in range(len(LABELS)) if gold[:, at].any()]
    counts = count(units(0), units(1), LABELS, ["a"])
    micro = f1_score(gold, predicted, average="micro", zero_division=0)
    assert METRICS["micro_f1"].value(counts) == pytest.approx(micro)
    if supported:
        macro = f1_score(gold, predicted, average="macro", labels=supported, zero_division=0)
        assert METRICS["macro_f1"].value(counts) == pytest.approx(macro)
    else:
        assert METRICS["macro_f1"].value(counts) == 0


def random_spans(rng: random.Random, text: str) -> set[tuple[int, int, str]]:
    """Nested spans of random types at token boundaries."""
    places = tokens(text)
    found: set[tuple[int, int, str]] = set()
    for _ in range(rng.randint(0, 8)):
        first = rng.randrange(len(places))
        last = min(len(places) - 1, first + rng.randint(0, 4))
        start, end = places[first].start, places[last].end
        if not any(s < start < e < end or start < s < end < e for s, e, _ in found):
            found.add((start, end, rng.choice(TYPES)))
    return found


@pytest.mark.parametrize("seed", range(100))
def test_flat_span_f1_is_that_of_seqeval_in_strict_mode(seed: int) -> None:
    rng = random.Random(seed)
    texts = [" ".join("كلمة" for _ in range(rng.randint(1, 25))) for _ in range(rng.randint(1, 6))]
    gold = [outermost(list(random_spans(rng, text))) for text in texts]
    predicted = [
        spans if rng.random() < 0.3 else outermost(list(random_spans(rng, text)))
        for text, spans in zip(texts, gold, strict=True)
    ]

    def units(spans: list[list[tuple[int, int, str]]]) -> list[tuple[str, str, object]]:
        return [(str(n), label, (n, s, e)) for n, of in enumerate(spans) for s, e, label in of]

    counts = count(units(gold), units(predicted), TYPES, [str(n) for n in range(len(texts))])
    tags = [
        [flat_tags(text, spans) for text, spans in zip(texts, side, strict=True)]
        for side in (gold, predicted)
    ]
    strict = {"mode": "strict", "scheme": IOB2, "zero_division": 0}
    assert METRICS["flat_f1"].value(counts) == pytest.approx(seqeval_f1(*tags, **strict))
    assert METRICS["precision"].value(counts) == pytest.approx(seqeval_precision(*tags, **strict))


def test_nested_spans_count_each_for_itself() -> None:
    gold = [("a", "ORG", (0, 20)), ("a", "NORP", (14, 20)), ("a", "NORP", (30, 35))]
    predicted = [("a", "ORG", (0, 20)), ("a", "NORP", (14, 19)), ("a", "GPE", (30, 35))]
    counts = count(gold, predicted, ["ORG", "NORP", "GPE"], ["a"])
    assert METRICS["nested_f1"].value(counts) == pytest.approx(2 * 1 / 6)
    assert METRICS["recall"].value(counts) == pytest.approx(1 / 3)


def test_the_interval_is_over_articles() -> None:
    labels = ["favor", "against"] * 10
    everywhere_half = single(labels)
    wrong = [
        (article, "favor" if at % 2 else label, at) for (article, label, at) in everywhere_half
    ]
    counts = count(everywhere_half, wrong, LABELS, [f"article{n}" for n in range(3)])
    low, high = interval(METRICS["macro_f1"], counts, weights(3, 500, 1))
    assert low <= METRICS["macro_f1"].value(counts) <= high
    one_article = count(everywhere_half, wrong, LABELS, [f"article{n}" for n in range(3)])
    assert interval(METRICS["macro_f1"], one_article, np.ones((10, 3))) == pytest.approx(
        [METRICS["macro_f1"].value(counts)] * 2
    )


def test_weights_are_whole_resamples_and_repeat_with_their_seed() -> None:
    drawn = weights(7, 50, 3)
    assert drawn.shape == (50, 7)
    assert (drawn.sum(1) == 7).all()
    assert (drawn == weights(7, 50, 3)).all()
    assert (drawn != weights(7, 50, 4)).any()
