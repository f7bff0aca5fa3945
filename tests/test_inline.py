"""The inline form: text and standoff convert without loss; a changed letter is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import RAW
from marsad import inline
from marsad.annotation import Annotation, Entity, LineLabel, PassageTopics, Stance, span_order
from marsad.corpus import Corpus, read_annotations
from marsad.fault import DataError
from marsad.passage import lines, passages, tokens

SHA = "0" * 64
TYPES = st.sampled_from([("PERS", "vladimir_putin"), ("NORP", None), ("GPE", "x9"), ("DATE", None)])


@st.composite
def annotated(draw: st.DrawFn) -> tuple[str, Annotation]:
    """Any text with any legal annotation of it."""
    raw = draw(RAW)
    labels = {
        line.number: draw(st.sampled_from(["headline", "body", "boilerplate"]))
        for line in lines(raw)
    }
    structure = [LineLabel(n.start, n.end, labels[n.number]) for n in lines(raw)]
    found = passages(raw, labels)
    topics = [PassageTopics(p.start, p.end, ("diplomacy",)) for p in found]
    stances, entities = [], set()
    for place in found:
        spans = [
            (place.start + t.start, place.start + t.end)
            for t in tokens(raw[place.start : place.end])
        ]
        for _ in range(draw(st.integers(0, 3))):
            first = draw(st.integers(0, len(spans) - 1))
            last = draw(st.integers(first, min(first + 3, len(spans) - 1)))
            start, end = spans[first][0], spans[last][1]
            crosses = any(s < start < e < end or start < s < end < e for s, e, *_ in entities)
            if not crosses and not any((start, end) == (s, e) for s, e, *_ in entities):
                entities.add((start, end, *draw(TYPES)))
            target = draw(st.sampled_from(["western_policy", "multilateralism"]))
            if not any(s.passage_start == place.start and s.target == target for s in stances):
                stances.append(
                    Stance(place.start, place.end, "author", target, "favor", start, end)
                )
    return raw, Annotation(
        "a",
        SHA,
        tuple(structure),
        tuple(topics),
        tuple(sorted(stances, key=span_order)),
        tuple(sorted((Entity(*e) for e in entities), key=span_order)),
    )


@given(annotated())
def test_any_annotation_of_any_text_survives_the_way_there_and_back(
    case: tuple[str, Annotation],
) -> None:
    raw, annotation = case
    text = inline.write(raw, annotation)
    assert inline.read(text, raw, "a", SHA, "form") == annotation
    assert inline.write(raw, inline.read(text, raw, "a", SHA, "form")) == text


@pytest.mark.parametrize("annotator", [None, "reader_a", "reader_b"])
def test_the_whole_record_survives_the_way_there_and_back(
    corpus: Corpus, annotator: str | None
) -> None:
    for one in read_annotations(corpus.rooms, corpus.articles, annotator).values():
        raw = next(a.raw for a in corpus.articles if a.article_id == one.article_id)
        text = inline.write(raw, one)
        assert inline.read(text, raw, one.article_id, one.sha256, "form") == one


RAW_TEXT = "بوتين في بكين\nقال إن [العلاقات] ممتازة 25% ممتازة\n"
FORM = f"""@ a {SHA}
= headline
[بوتين]PERS=vladimir_putin في [بكين]GPE=beijing
# diplomacy
= body
قال إن \\[العلاقات\\] ممتازة 25% ممتازة
# diplomacy economy
! vladimir_putin bilateral_partnership favor |2 ممتازة
! author trade_energy_ties neutral | 25%
"""


def read(text: str) -> Annotation:
    return inline.read(text, RAW_TEXT, "a", SHA, "form")


def test_a_form_by_hand() -> None:
    found = read(FORM)
    assert found.structure == (LineLabel(0, 13, "headline"), LineLabel(14, 49, "body"))
    assert found.ner == (Entity(0, 5, "PERS", "vladimir_putin"), Entity(9, 13, "GPE", "beijing"))
    assert [RAW_TEXT[s.start : s.end] for s in found.stance] == ["25%", "ممتازة"]
    assert found.stance[1].start == RAW_TEXT.rindex("ممتازة")
    assert inline.write(RAW_TEXT, found) == FORM.replace(
        "! vladimir_putin bilateral_partnership favor |2 ممتازة\n"
        "! author trade_energy_ties neutral | 25%\n",
        "! author trade_energy_ties neutral | 25%\n"
        "! vladimir_putin bilateral_partnership favor |2 ممتازة\n",
    )


BAD = [
    ("في [بكين]", "فى [بكين]", "form:3: column 29: 'ى' (U+0649", "the raw file has 'ي' (U+064A"),
    ("ممتازة 25%", "ممتازة  25%", "form:6: column 28", "U+0020 SPACE"),
    ("[بوتين]PERS", "[بوتيـن]PERS", "form:3: column 6", "U+0640 ARABIC TATWEEL"),
    ("]GPE=beijing", "]GPE=beijing.", "form:3: column", "past the end of the raw text"),
    (" ممتازة\n# dip", "\n# dip", "form:6: column", "the raw text goes on with"),
    ("[بكين]GPE=beijing", "[بكين", "form:3: column", "a '[' is not closed"),
    ("[بكين]GPE=beijing", "بكين]GPE", "form:3: column", "']' without a span"),
    ("[بكين]GPE=beijing", "[بكين]", "form:3: column", "']' without a span or type"),
    (f"@ a {SHA}", f"@ b {SHA}", "form:1: ", "header names b"),
    (f"@ a {SHA}\n", "", "form:1: no header", "begin with"),
    ("| 25%", "| 26%", "form:9: evidence '26%' occurs 0 times", "copy it"),
    ("|2 ممتازة", "|3 ممتازة", "form:8: ", "occurs 2 times"),
    ("# diplomacy economy", "diplomacy economy", "form:7: cannot be read", "a line is"),
    (FORM[FORM.index("= body") :], "", "1 lines of text, the raw file has 2", "add raw line 2"),
    ("= body\n", "= body\nسطر\n= body\n", "form:6: column 1", "the raw file has 'ق'"),
]


@pytest.mark.parametrize(("old", "new", "place", "says"), BAD)
def test_what_is_wrong_is_refused_with_its_place(old: str, new: str, place: str, says: str) -> None:
    assert old in FORM
    with pytest.raises(DataError) as caught:
        read(FORM.replace(old, new, 1))
    assert place in str(caught.value)
    assert says in str(caught.value)


def test_a_long_line_stands_in_parts_that_bear_one_label() -> None:
    raw = " ".join(["كلمة " * 50 + "." for _ in range(3)]) + "\n"
    form = inline.write(raw, Annotation("a", SHA))
    assert form.count("= ?\n") == 1
    assert form.count("= ?+\n") == 2
    filled = form.replace("= ?", "= body")
    assert len(inline.read(filled, raw, "a", SHA, "form").topic) == 3
    boilerplate = form.replace("= ?", "= boilerplate")
    assert inline.read(boilerplate, raw, "a", SHA, "form").topic == ()
    with pytest.raises(DataError, match="two labels"):
        inline.read(filled.replace("= body+", "= boilerplate+"), raw, "a", SHA, "form")
    with pytest.raises(DataError, match="as headline it has 1"):
        inline.read(form.replace("= ?", "= headline"), raw, "a", SHA, "form")


def test_a_note_is_to_be_decided_before_the_form_is_read() -> None:
    annotation = read(FORM)
    noted = inline.write(RAW_TEXT, annotation, [(0, "reader_b: diplomacy"), (14, "reader_b: –")])
    assert noted == inline.write(RAW_TEXT, annotation).replace(
        "= body\n", "? reader_b: diplomacy\n= body\n"
    ) + ("? reader_b: –\n")
    with pytest.raises(DataError, match=r"form:5: undecided: 'reader_b: diplomacy'; write what"):
        read(noted)
    assert read("".join(n for n in noted.splitlines(True) if n[:2] != "? ")) == annotation
