"""The ner methods: any rows, nested spans, no mention that knows itself, decoding as CRFsuite's."""

from __future__ import annotations

import json
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marsad import baseline, iob2
from marsad.baseline import Baseline
from marsad.fault import DataError
from marsad.models import chain as chains
from marsad.models.chain import Chain
from marsad.models.crf import Crf
from marsad.models.gazetteer import Gazetteer
from marsad.models.mention import characters, crosses, nest, token_spans
from marsad.models.name_lexicon import Tally, bare, lexicon, stem
from marsad.models.page import Page

BOTH = ("ner_crf", "ner_gazetteer")
NAMES = ("موسكو", "بكين", "القاهرة", "الرياض", "باريس", "لندن")


def nested_rows() -> list[dict[str, Any]]:
    """Of each name one article: `قال وزير خارجية X في X أمس`, the office with the place in it."""
    rows = []
    for at, name in enumerate(NAMES):
        tokens = ["قال", "وزير", "خارجية", name, "في", name, "أمس", "."]
        text = " ".join(tokens)
        office, last = text.index("وزير"), text.rindex(name)
        inside = text.index(name)
        rows.append(
            {
                "passage_id": f"a{at}:1",
                "article_id": f"a{at}",
                "text": text,
                "tokens": tokens,
                "entities": [
                    {"start": office, "end": inside + len(name), "label": "OCC"},
                    {"start": inside, "end": inside + len(name), "label": "GPE"},
                    {"start": last, "end": last + len(name), "label": "GPE"},
                ],
            }
        )
    return rows


CONLL = [
    {"tokens": ["Mr.", "U.N.-envoy", "meets", "Kofi", "Annan", "in", "New", "York"] * 2,
     "ner_tags": ["O", "B-org", "O", "B-per", "I-per", "O", "B-geo-loc", "I-geo-loc"] * 2},
    {"tokens": ["Kofi", "Annan", ",", "U.N.-envoy", "left", "New", "York"],
     "ner_tags": ["B-per", "I-per", "O", "B-org", "O", "B-geo-loc", "I-geo-loc"]},
]  # fmt: skip


def spans(answer: dict[str, Any]) -> set[tuple[int, int, str]]:
    return {(e["start"], e["end"], e["label"]) for e in answer["entities"]}


def loaded(name: str) -> Baseline:
    known = baseline.load(name)
    if name == "ner_crf":
        known.method = Crf(max_iterations=30, c1=0.01, blocks=3)
    return known


@pytest.mark.parametrize("name", BOTH)
def test_what_is_learned_is_nested(name: str) -> None:
    rows = nested_rows()
    answers = loaded(name).fit(rows).predict(rows)
    for row, answer in zip(rows, answers, strict=True):
        assert spans(answer) == spans(row)


def test_the_crf_finds_a_name_it_has_not_seen_inside_a_span() -> None:
    rows = nested_rows()
    fitted = loaded("ner_crf").fit(rows)
    text = "قال وزير خارجية طوكيو في طوكيو أمس ."
    [answer] = fitted.predict([{"text": text}])
    assert {text[e["start"] : e["end"]] for e in answer["entities"]} == {
        "وزير خارجية طوكيو",
        "طوكيو",
    }
    assert len(answer["entities"]) == 3


@pytest.mark.parametrize(("levels", "inner"), [(1, 0), (2, 6)])
def test_levels_are_as_many_as_asked(levels: int, inner: int) -> None:
    rows = nested_rows()
    method = Crf(levels=levels, max_iterations=30, c1=0.01, blocks=3)
    method.fit(rows)
    found = method.predict(rows)
    assert sum(len(answer) for answer in found) == 2 * len(rows) + inner


@pytest.mark.parametrize("name", BOTH)
def test_rows_of_tokens_and_tags_in_a_foreign_label_set(name: str) -> None:
    fitted = loaded(name).fit(CONLL)
    answers = fitted.predict([{"tokens": row["tokens"]} for row in CONLL])
    assert [answer["ner_tags"] for answer in answers] == [row["ner_tags"] for row in CONLL]
    assert {e["label"] for e in answers[0]["entities"]} == {"org", "per", "geo-loc"}
    text = " ".join(CONLL[0]["tokens"])
    assert "U.N.-envoy" in {text[e["start"] : e["end"]] for e in answers[0]["entities"]}


@pytest.mark.parametrize("name", BOTH)
def test_tokens_may_hold_anything(name: str) -> None:
    odd = ["a\nb", "c --> d: 1.0", "\x00", "e\x00f", "(0)", "=", "+1w=x", "B-X"]
    rows = [{"tokens": odd, "ner_tags": ["B-x\ny", *["O"] * 6, "B-z: 1"]}] * 3
    assert loaded(name).fit(rows).predict(rows)[0]["ner_tags"] == rows[0]["ner_tags"]


@pytest.mark.parametrize("name", BOTH)
@pytest.mark.parametrize(
    "train",
    [
        [{"tokens": [], "ner_tags": []}],
        [{"tokens": ["لا", "شيء"], "ner_tags": ["O", "O"]}],
        [{"tokens": [], "ner_tags": []}, *CONLL],
    ],
)
def test_rows_with_nothing_to_learn_do_no_harm(name: str, train: list[dict[str, Any]]) -> None:
    fitted = loaded(name).fit(train)
    asked = [{"tokens": []}, {"tokens": ["غير", "معروف"]}, {"tokens": []}]
    first, second, third = (answer["entities"] for answer in fitted.predict(asked))
    assert first == third == []
    assert second == [] or train[-1] in CONLL
    assert fitted.predict([]) == []


@pytest.mark.parametrize("name", BOTH)
def test_restored_answers_are_the_same(name: str, tmp_path: Path) -> None:
    rows = nested_rows()
    fitted = loaded(name).fit(rows[:4])
    fitted.save(tmp_path)
    again = baseline.restore(tmp_path)
    assert again.predict(rows) == fitted.predict(rows)
    assert any(answer["entities"] for answer in again.predict(rows))


def test_a_fit_twice_saves_the_same_bytes(tmp_path: Path) -> None:
    written = []
    for turn in ("a", "b"):
        (tmp_path / turn).mkdir()
        loaded("ner_crf").fit([*nested_rows(), *nested_rows()]).save(tmp_path / turn)
        written.append((tmp_path / turn / "crf.json").read_bytes())
    assert written[0] == written[1]


BAD_CHAINS = [
    b'{"tags": ["O"], "transitions": [[0]]}',
    b'{"tags": ["O"], "transitions": [0], "weights": {}}',
    b'{"tags": ["I-X"], "transitions": [[0]], "weights": {}}',
    b'{"tags": ["O"], "transitions": [[NaN]], "weights": {}}',
    b'{"tags": ["O"], "transitions": [[0]], "weights": {"w=x": {"B-X": 1}}}',
    b'{"tags": ["O"], "transitions": [[0]], "weights": {"": {"O": 1}}}',
]
BAD_MODELS = [
    b"",
    b"[]",
    b'{"names": [], "words": {}}',
    *(b'{"names": [], "words": {}, "chains": [' + chain + b"]}" for chain in BAD_CHAINS),
]


@pytest.mark.parametrize("content", BAD_MODELS)
def test_a_model_file_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    loaded("ner_crf").fit(nested_rows()).save(tmp_path)
    (tmp_path / "crf.json").write_bytes(content)
    with pytest.raises(DataError, match="not a saved baseline"):
        baseline.restore(tmp_path)


@pytest.mark.parametrize("content", [b"\xff", b"{}", b'[["a"]]', b'[["a", 1]]'])
def test_a_list_of_names_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    loaded("ner_gazetteer").fit(nested_rows()).save(tmp_path)
    (tmp_path / "gazetteer.json").write_bytes(content)
    with pytest.raises(DataError, match="not a saved baseline"):
        baseline.restore(tmp_path)


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"levels": 0}, "levels is 0; give 1 or more"),
        ({"blocks": 1}, "blocks is 1; give 2 or more"),
        ({"c1": -0.1}, "c1 is -0.1; give 0 or more"),
        ({"c2": float("nan")}, "c2 is nan; give 0 or more"),
    ],
)
def test_parameters_of_the_crf_that_cannot_be(parameters: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Crf(**parameters)


def test_parameters_of_the_gazetteer_that_cannot_be() -> None:
    with pytest.raises(ValueError, match=r"min_share is 1\.5; give a share from 0 to 1"):
        Gazetteer(min_share=1.5)


def test_no_mention_is_known_by_itself() -> None:
    """In train a name that only its own article has is new, as it will be in a new text."""
    rows = nested_rows()
    crf = Crf(blocks=len(rows))
    for features, _ in crf.sequences(rows, Tally().add(rows), inner=False):
        name = features[3]  # of the token in the office
        assert {"kb=new", "ks=new"} <= set(name)
        assert not any(one.startswith("n=") for one in name)
        assert "kb=I-OCC=" in features[2]  # خارجية is in the other articles too
    assert (
        "n=B-GPE1"
        in Page(lexicon(Tally().add(rows)), [["في", "بكين"]]).features(
            Page(lexicon(Tally().add(rows)), [["في", "بكين"]]).rows[0]
        )[1]
    )


def test_rows_that_name_no_article_know_each_other() -> None:
    rows = [{**row, "article_id": ""} for row in nested_rows()]
    known = [items for items, _ in Crf(blocks=3).sequences(rows, Tally().add(rows), inner=False)]
    assert all("kb=I-OCC=3" in items[2] for items in known)


def test_a_lexicon_without_rows_is_that_of_the_others() -> None:
    rows = nested_rows()
    whole = Tally().add(rows)
    for at in range(len(rows)):
        others = lexicon(Tally().add([*rows[:at], *rows[at + 1 :]]))
        assert lexicon(whole, Tally().add([rows[at]])) == others


def test_marks_are_those_of_the_longest_known_name() -> None:
    row = {"tokens": ["الأمم", "المتحدة", "في", "جنيف"], "text": "الأمم المتحدة في جنيف",
           "entities": [{"start": 0, "end": 13, "label": "ORG"},
                        {"start": 17, "end": 21, "label": "GPE"}]}  # fmt: skip
    known = lexicon(Tally().add([row]))
    marks = known.marks(["والأمم", "المتحدة", "المتحدة", "الأمم", "وجنيف"])
    assert marks == ["B-ORG", "I-ORG", "", "", "B-GPE1"]


@pytest.mark.parametrize(
    ("word", "is_bare", "is_stem"),
    [
        ("الروسية", "روسيه", "روس"),
        ("وللروسي", "روسي", "روس"),
        ("روسيا", "روسيا", "روسيا"),
        ("ولد", "ولد", "ولد"),
        ("", "", ""),
    ],
)
def test_bare_words_and_stems(word: str, is_bare: str, is_stem: str) -> None:
    assert (bare(word), stem(word)) == (is_bare, is_stem)


def test_nesting_and_back_to_characters() -> None:
    [row] = nested_rows()[:1]
    found = nest(token_spans(row))
    office, place, last = (1, 4, "OCC"), (3, 4, "GPE"), (5, 6, "GPE")
    assert found == [(office, [place], 0), (place, [], 1), (last, [], 0)]
    gold = {(e["start"], e["end"], e["label"]) for e in row["entities"]}
    assert characters(row, token_spans(row)) == gold
    assert [span for span, _, _ in nest([(0, 3, "A"), (2, 4, "B"), (0, 3, "C")])] == [
        (0, 3, "A"),
        (0, 3, "C"),
    ]
    assert crosses((0, 3, "A"), (2, 4, "B"))
    assert not crosses((0, 3, "A"), (0, 2, "B"))
    assert not crosses((0, 3, "A"), (3, 4, "B"))


TAGS = ("O", "B-A", "I-A", "B-B", "I-B")


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 6), min_size=1, max_size=8))
def test_decoding_finds_the_best_of_all_paths(seed: int, sizes: list[int]) -> None:
    """Against every legal path of short sequences, scored one by one."""
    drawn = np.random.default_rng(seed)
    steps = drawn.normal(size=(5, 5)).astype(np.float32)
    learned = Chain(TAGS, {}, np.zeros((0, 5), np.float32), steps)
    sizes = [min(size, 4) for size in sizes]
    scores = drawn.normal(size=(sum(sizes), 5)).astype(np.float32)
    ends = np.cumsum(sizes)
    found = learned.decode(scores, ends - sizes, ends)
    for tags, size, end in zip(found, sizes, ends, strict=True):
        own = scores[end - size : end]
        assert len(tags) == size

        def value(path: tuple[int, ...], own: Any = own) -> float:
            inner = sum(steps[a, b] for a, b in pairwise(path))
            return float(sum(own[at, tag] for at, tag in enumerate(path)) + inner)

        legal = [
            path
            for path in product(range(5), repeat=size)
            if all(
                not TAGS[b].startswith("I-") or (at and TAGS[path[at - 1]][1:] == TAGS[b][1:])
                for at, b in enumerate(path)
            )
        ]
        best = max(map(value, legal))
        assert value(tuple(map(TAGS.index, tags))) == pytest.approx(best, abs=1e-4)


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.lists(st.integers(0, 4), min_size=1, max_size=6))
def test_how_likely_a_span_is_counts_all_paths(seed: int, sizes: list[int]) -> None:
    """Against the weight of every legal path of short sequences, summed one by one."""
    drawn = np.random.default_rng(seed)
    learned = Chain(TAGS, {}, np.zeros((0, 5), np.float32), drawn.normal(size=(5, 5)).astype("f4"))
    scores = 2 * drawn.normal(size=(sum(sizes), 5)).astype(np.float32)
    ends = np.cumsum(sizes)
    spans = [iob2.spans(tags) for tags in learned.decode(scores, ends - sizes, ends)]
    found = iter(learned.chances(scores, ends - sizes, ends, spans))
    for own, size, end in zip(spans, sizes, ends, strict=True):
        weights: dict[Any, float] = dict.fromkeys(own, 0.0)
        total = 0.0
        for path in product(range(5), repeat=size):
            tags = [TAGS[at] for at in path]
            before = ["O", *tags]
            if any(b[0] == "I" and a[1:] != b[1:] for a, b in zip(before, tags, strict=False)):
                continue
            steps = sum(learned.transitions[a, b] for a, b in pairwise(path))
            own_scores = sum(scores[end - size + at, tag] for at, tag in enumerate(path))
            weight = float(np.exp(steps + own_scores))
            total += weight
            for span in set(iob2.spans(tags)) & set(own):
                weights[span] += weight
        for span in own:
            assert next(found) == pytest.approx(weights[span] / total, abs=1e-4)
    assert next(found, None) is None


def test_spans_with_chances_are_those_of_predict() -> None:
    crf = loaded("ner_crf").fit(nested_rows())
    rows = [{"tokens": row["tokens"], "text": row["text"]} for row in nested_rows()]
    rows.append({"tokens": [], "text": ""})
    likely = crf.method.likely(rows)
    assert [frozenset(one) for one in likely] == crf.method.predict(rows)
    assert any(one for one in likely)
    assert all(0 <= chance <= 1 for one in likely for chance in one.values())


def test_tags_are_those_of_crfsuite(tmp_path: Path) -> None:
    """The same features in CRFsuite itself: the same model, the same tags."""
    import pycrfsuite

    rows = nested_rows()
    crf = Crf(blocks=3)
    sequences = list(crf.sequences(rows, Tally().add(rows), inner=False))
    parameters = {"c1": 0.01, "c2": 0.01, "max_iterations": 30}
    learned = chains.train(sequences, parameters)
    trainer = pycrfsuite.Trainer(verbose=False)
    for features, tags in sequences:
        trainer.append(features, tags)
    trainer.set_params({"feature.possible_transitions": True, **parameters})
    trainer.train(str(tmp_path / "model"))
    tagger = pycrfsuite.Tagger()
    tagger.open(str(tmp_path / "model"))
    known = lexicon(Tally().add(rows))
    page = Page(known, [["قال", "وزير", "خارجية", "إيران", "أمس"], *(r["tokens"] for r in rows)])
    theirs = [tagger.tag(page.features(part)) for part in page.rows]
    assert page.decode(learned, page.rows) == theirs
    assert any(iob2.spans(tags) for tags in theirs)


def test_a_saved_chain_is_plain_json(tmp_path: Path) -> None:
    loaded("ner_crf").fit(nested_rows()).save(tmp_path)
    content = json.loads((tmp_path / "crf.json").read_text(encoding="utf-8"))
    assert set(content) == {"names", "words", "chains"}
    assert [one["tags"][0] for one in content["chains"]] == ["O", "O"]
