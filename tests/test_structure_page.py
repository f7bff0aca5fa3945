"""The line model of whole batches: its lines are those of `passage.lines`, its words those of
`stem.stems`, its two entries agree, and no page knows of another."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from conftest import RAW, ROOT
from marsad import baseline, corpus, rooms
from marsad.fault import DataError
from marsad.label import read_layer
from marsad.letters import Letters
from marsad.models import page_line, page_roles
from marsad.models.line_look import LONG, Page
from marsad.models.page_line import PageLabels, PageLine
from marsad.models.page_roles import LABELS, ROLES, believe, roles, settle
from marsad.models.raw_lines import STEM, RawLines, alphabet
from marsad.models.stored import NAMES, NUMBERS
from marsad.models.structure import echoes, pages
from marsad.models.vocabulary import Vocabulary
from marsad.passage import lines
from marsad.stem import stems
from marsad.task import TaskData, read_data

HOME = rooms.find(ROOT)


@pytest.fixture(scope="module")
def data() -> TaskData:
    return read_data(HOME, "structure")


@pytest.fixture(scope="module")
def raws() -> list[str]:
    return [article.raw for article in corpus.read_corpus(HOME).articles]


@pytest.fixture(scope="module")
def model(data: TaskData) -> PageLine:
    """Learned from forty pages, some of them wrongly ordered."""
    rows = [row for page in pages(data.rows["train"])[:40] for row in page]
    learned = PageLine(max_iterations=30)
    learned.fit(rows)
    return learned


def check_lines(texts: list[str], found: Any, begin: Any) -> None:
    """That the lines found are those of each text; places are counted from `begin` of a line."""
    for at, text in enumerate(texts):
        part = slice(found.bounds[at], found.bounds[at + 1])
        every = (found.starts, found.ends, found.inner_starts, found.inner_ends)
        places = [(each[part] - begin[part]).tolist() for each in every]
        wanted = [(n.start, n.end, *n.inner) for n in lines(text)]
        assert list(zip(*places, strict=True)) == wanted


ODD = st.lists(
    RAW | st.text(alphabet=" \n\r\u2028\x0c\x1e\x85\u200fـَ\ud800ب1.", max_size=30), max_size=5
)


@given(ODD)
@example([])
@example(["", "\r\n", " \u200f \n\u0640\n\ufeff"])
@settings(max_examples=50)
def test_lines_are_those_of_passage(texts: list[str]) -> None:
    letters = Letters.of(texts)
    found = RawLines.of(letters)
    check_lines(texts, found, letters.starts[found.owners])


def test_lines_of_every_article(model: PageLine, raws: list[str]) -> None:
    found = model.label(Letters.of(raws))
    check_lines(raws, found, np.zeros(len(found.starts), int))


def test_stems_are_those_of_every_line(raws: list[str]) -> None:
    found = RawLines.of(Letters.of(raws)).words
    keys, sizes = (part.tolist() for part in found.stems)
    assert max(sizes) > STEM
    every = [line for raw in raws for line in lines(raw)]
    assert len(every) == len(found.counts)
    texts = (raw[line.inner.start : line.inner.end] for raw in raws for line in lines(raw))
    for at, text in enumerate(texts):
        if re.search(r"[_\u200b-\u200f\ufeff]|[^\x00-\x7f\u0600-\u06ff\u2010-\u2027«»©]", text):
            continue  # words that are not the same words
        own = slice(found.bounds[at], found.bounds[at + 1])
        wanted = [(key_of(stem), len(stem)) for stem in stems(text)]
        assert list(zip(keys[own], sizes[own], strict=True)) == wanted, text


def key_of(stem: str) -> int:
    signs = alphabet()[[ord(letter) for letter in stem[:STEM]]].tolist()
    return sum(sign << 8 * at for at, sign in enumerate(signs))


def test_an_echo_is_what_the_line_features_of_the_other_baselines_hear(data: TaskData) -> None:
    every = pages(data.rows["validation"])
    texts = ["\n".join(row["text"] for row in page) for page in every]
    found = Page(RawLines.of(Letters.of(texts)))
    heard = [one for page in every for one in echoes(page)]
    rows = [row for page in every for row in page]
    kept = [len(row["text"].split()) < LONG and not re.search(r"\d|_", row["text"]) for row in rows]
    same = [
        (echo, share) == pytest.approx(wanted)
        for echo, share, wanted, same in zip(
            found.echo.tolist(), found.share.tolist(), heard, kept, strict=True
        )
        if same
    ]
    assert np.mean(same) > 0.98


def test_both_entries_agree(model: PageLine, data: TaskData) -> None:
    rows = data.inputs("validation")
    answers = model.predict(rows)
    texts = ["\n".join(row["text"] for row in page) for page in pages(rows)]
    for found in (
        model.label(Letters.of(texts)),
        joined([model.label(Letters.of([text])) for text in texts]),
    ):
        assert [LABELS[number] for number in found.labels] == [one.answer for one in answers]
        likely = [one.probabilities[one.answer] for one in answers]
        assert found.likely.tolist() == pytest.approx(likely, abs=1e-6)


def test_what_is_labelled_in_several_blocks_is_the_same(
    model: PageLine, raws: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = model.label(Letters.of(raws[:30]))
    monkeypatch.setattr(page_line, "BLOCK", len(raws[0]) + len(raws[1]))
    found = model.label(Letters.of(raws[:30]))
    for name in ("bounds", "starts", "inner_ends", "labels"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))
    assert found.likely == pytest.approx(wanted.likely, abs=1e-6)


def joined(parts: list[PageLabels]) -> PageLabels:
    fields = ("starts", "ends", "inner_starts", "inner_ends", "labels", "likely")
    every = {name: np.concatenate([getattr(part, name) for part in parts]) for name in fields}
    return PageLabels(np.cumsum([0, *(part.bounds[-1] for part in parts)]), **every)


def test_blank_lines_and_line_ends_change_nothing(model: PageLine, raws: list[str]) -> None:
    plain = model.label(Letters.of(raws[:20]))
    for end in ("\r", "\r\n", "\n \n\n"):
        other = model.label(Letters.of([re.sub(r"\r\n|\r|\n", end, raw) for raw in raws[:20]]))
        assert np.array_equal(other.labels, plain.labels)
        assert np.array_equal(other.bounds, plain.bounds)


def test_a_page_has_one_headline_and_its_article_begins_there(
    model: PageLine, raws: list[str]
) -> None:
    shuffled = [
        "\n".join(random.Random(7).sample(raw.split("\n"), raw.count("\n"))) for raw in raws
    ]
    found = model.label(Letters.of(shuffled))
    assert found.likely.min() > 0
    assert found.likely.max() <= 1
    for first, last in pairwise(found.bounds):
        assert (found.labels[first:last] == 0).sum() == 1


def test_no_text_no_lines(model: PageLine) -> None:
    for texts in ([], [""], ["\n \r\n", "\t"]):
        found = model.label(Letters.of(texts))
        assert found.bounds.tolist() == [0] * (len(texts) + 1)
        assert len(found.labels) == len(found.likely) == 0
    assert model.predict([]) == []


def test_rows_of_any_text_have_an_answer_each(model: PageLine) -> None:
    texts = ["", " ", "سطر\nوآخر\r", "\u2028", "عنوان"]
    rows = [{"article_id": "a", "line_id": str(at), "text": text} for at, text in enumerate(texts)]
    answers = model.predict(rows)
    assert len(answers) == len(rows)
    assert sum(one.answer == "headline" for one in answers) == 1


def test_of_a_very_long_page_the_first_lines_are_looked_at(
    model: PageLine, raws: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "\n".join(raws[:3])
    sizes = [len(lines(raw)) for raw in raws[:3]]
    plain = model.label(Letters.of(raws))
    monkeypatch.setattr(page_line, "MOST_LINES", sizes[0])
    few = [raw for raw in raws if len(lines(raw)) <= sizes[0]]
    found = model.label(Letters.of([raws[0], long, "", *few]))
    assert found.labels[: sizes[0]].tolist() == plain.labels[: sizes[0]].tolist()
    own = slice(found.bounds[1], found.bounds[2])
    assert found.labels[own].tolist()[: sizes[0]] == plain.labels[: sizes[0]].tolist()
    assert set(found.labels[own].tolist()[sizes[0] :]) == {2}
    assert found.likely[own][sizes[0] :] == pytest.approx(1 / 3)
    check_lines([raws[0], long, "", *few], found, np.zeros(len(found.starts), int))


def test_labels_are_those_of_the_layer() -> None:
    assert tuple(read_layer(HOME, "structure").names) == LABELS


def test_pages_out_of_order_teach_nothing(data: TaskData) -> None:
    page = pages(data.rows["train"])[0]
    body = {**page[0], "label": "body"}
    heads = [{**row, "label": "headline"} for row in page]
    for rows in ([], heads, [body, *page]):
        learned = PageLine()
        learned.fit(rows)
        assert not learned.weights.any()
        assert len(learned.predict(page)) == len(page)


def test_chances_are_those_of_all_ways() -> None:
    """Against the sum over every way through a page, written out."""
    drawn = np.random.default_rng(5)
    bounds = np.array([0, 4, 4, 5, 8])
    scores, weights = drawn.normal(size=(8, ROLES)), drawn.normal(size=(ROLES, ROLES))
    found = believe(scores, weights, bounds)
    total, steps = 0.0, np.zeros((ROLES, ROLES))
    for first, last in pairwise(bounds):
        if first == last:
            continue
        ways = [[role] for role in page_roles.FIRST]
        for _ in range(first + 1, last):
            ways = [[*way, after] for way in ways for after in page_roles.AFTER[way[-1]]]
        ways = [way for way in ways if way[-1] in page_roles.LAST]
        taken = [(way[:-1], way[1:]) for way in ways]
        value = np.array(
            [
                scores[np.arange(first, last), way].sum() + weights[steps_of].sum()
                for way, steps_of in zip(ways, taken, strict=True)
            ]
        )
        chance = np.exp(value - np.logaddexp.reduce(value))
        total += np.logaddexp.reduce(value)
        for at in range(first, last):
            here = [way[at - first] for way in ways]
            wanted = np.bincount(here, weights=chance, minlength=ROLES)
            assert found.chances[at] == pytest.approx(wanted)
        for share, steps_of in zip(chance, taken, strict=True):
            np.add.at(steps, steps_of, share)
    assert found.total == pytest.approx(total)
    assert found.steps == pytest.approx(steps)


def test_extreme_scores_leave_chances_whole() -> None:
    scores = np.full((60, ROLES), -1e4)
    scores[:, page_roles.ABOVE] = 1e4
    found = believe(scores, np.zeros((ROLES, ROLES)), np.array([0, 1, 60]))
    assert found.chances.sum(axis=1) == pytest.approx(np.ones(60))
    answers, _ = settle(found.chances, np.array([0, 1, 60]))
    assert answers[0] == 0
    assert (answers == 0).sum() == 2


ORDERS = [
    ([2, 0, 1, 2, 1, 2, 2], [0, 1, 2, 3, 2, 4, 4]),
    ([0], [1]),
    ([0, 2], [1, 4]),
    ([2, 2], None),
    ([0, 1, 0], None),
    ([1, 0, 1], None),
]


@pytest.mark.parametrize(("labels", "wanted"), ORDERS)
def test_roles_follow_from_labels(labels: list[int], wanted: list[int] | None) -> None:
    found = roles(np.array(labels))
    assert (found if found is None else found.tolist()) == wanted


KEYS = st.integers(0, 2**64 - 1)


@given(st.sets(KEYS, max_size=60), st.lists(KEYS, max_size=9))
@example({0}, [0, 1])
@example(set(range(0, 1 << 40, 1 << 31)), [1])
@settings(max_examples=40)
def test_a_vocabulary_numbers_its_keys_and_knows_no_other(
    known: set[int], asked: list[int]
) -> None:
    keys = np.array(sorted(known), np.uint64)
    vocabulary = Vocabulary(keys)
    every = [*sorted(known), *asked]
    number = {key: at for at, key in enumerate(sorted(known))}
    found = vocabulary.numbers(np.array(every, np.uint64))
    assert found.tolist() == [number.get(key, len(known)) for key in every]


def test_a_vocabulary_learns_what_enough_lines_have() -> None:
    keys, own = np.array([7, 7, 7, 9, 3, 3], np.uint64), np.array([0, 0, 1, 1, 2, 2])
    assert Vocabulary.of(keys, own, 1).keys.tolist() == [3, 7, 9]
    assert Vocabulary.of(keys, own, 2).keys.tolist() == [7]
    with pytest.raises(ValueError, match="not ascending"):
        Vocabulary(keys)


def _one_weight_less(arrays: dict[str, Any]) -> None:
    arrays["weights"] = arrays["weights"][1:]


def _no_words(arrays: dict[str, Any]) -> None:
    del arrays["words_0"]


def _words_in_disorder(arrays: dict[str, Any]) -> None:
    arrays["words_0"] = arrays["words_0"][::-1]


def _one_step_less(arrays: dict[str, Any]) -> None:
    arrays["steps"] = arrays["steps"][:4]


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (_one_weight_less, "do not fit the features"),
        (_no_words, "words_0"),
        (_words_in_disorder, "not ascending"),
        (_one_step_less, "do not fit the features"),
    ],
)
def test_a_tampered_model_is_refused(
    tamper: Callable[[dict[str, Any]], None], says: str, model: PageLine, tmp_path: Path
) -> None:
    from marsad.models import stored

    fitted = baseline.load("structure_page")
    fitted.method = model
    fitted.save(tmp_path)
    names, arrays = stored.read(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} >= {NAMES, NUMBERS}
    tamper(arrays)
    stored.write(tmp_path, names, arrays)
    with pytest.raises(DataError, match=says):
        baseline.restore(tmp_path)
