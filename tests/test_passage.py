"""Views: raw -> lines, tokens, passages, clean text, and back, for any text at all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import RAW
from marsad import passage
from marsad.passage import MAX_PASSAGE_TOKENS, Span, clean, cut, lines, passages, tokens, view

LABELS = st.sampled_from(["headline", "body", "boilerplate"])


def label_all(raw: str, label: str) -> dict[int, str]:
    return {line.number: label for line in lines(raw)}


@given(RAW)
def test_tokens_cover_every_character_that_is_no_space(raw: str) -> None:
    covered = [at for span in tokens(raw) for at in range(span.start, span.end)]
    assert covered == [at for at, char in enumerate(raw) if not char.isspace()]


@given(RAW)
def test_a_token_is_a_run_of_word_characters_or_one_other(raw: str) -> None:
    def in_word(char: str) -> bool:
        return char.isalnum() or char in "_\u0640" or unicodedata.category(char)[0] == "M"

    for span in tokens(raw):
        text = raw[span.start : span.end]
        assert all(map(in_word, text)) or len(text) == 1
        if in_word(text[0]):  # maximal
            assert span.start == 0 or not in_word(raw[span.start - 1])
            assert span.end == len(raw) or not in_word(raw[span.end])


@given(RAW)
def test_lines_are_what_stands_between_line_ends(raw: str) -> None:
    plain = raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    wanted = {number: text for number, text in enumerate(plain, 1) if text.strip()}
    assert {line.number: raw[line.start : line.end] for line in lines(raw)} == wanted
    for line in lines(raw):
        assert raw[line.inner.start : line.inner.end] == raw[line.start : line.end].strip()


@given(RAW, st.data())
def test_every_offset_of_the_clean_text_leads_to_raw_and_back(
    raw: str, data: st.DataObject
) -> None:
    labels = {line.number: data.draw(LABELS) for line in lines(raw)}
    shown = clean(raw, labels)
    if not shown.pieces:
        assert shown.text == ""
        with pytest.raises(IndexError):
            shown.to_raw(0)
        return
    for offset in range(len(shown.text) + 1):
        there = shown.to_raw(offset)
        assert shown.to_view(there) == offset
        if offset < len(shown.text) and shown.text[offset] != "\n":
            assert raw[there] == shown.text[offset]
    for offset in range(len(raw) + 1):
        there = shown.to_view(offset)
        assert (there is None) == (not any(p.start <= offset <= p.end for p in shown.pieces))
        assert there is None or shown.to_raw(there) == offset


@given(RAW, LABELS)
def test_passages_hold_every_token_of_the_kept_lines_once(raw: str, label: str) -> None:
    found = passages(raw, label_all(raw, label))
    inside = [at for p in found for t in tokens(raw[p.start : p.end]) for at in [p.start + t.start]]
    kept = [] if label == "boilerplate" else [t.start for t in tokens(raw)]
    assert inside == kept
    for piece in found:
        text = raw[piece.start : piece.end]
        assert text == text.strip() != ""


@given(st.lists(st.tuples(st.integers(1, 60), st.sampled_from(".؟!…")), max_size=12))
def test_a_long_line_is_cut_between_sentences_and_joined_up_to_80_tokens(
    sentences: list[tuple[int, str]],
) -> None:
    text = " ".join(" ".join(["كلمة"] * n) + end for n, end in sentences)
    sizes = [len(tokens(text[s.start : s.end])) for s in cut(text)]
    assert sum(sizes) == len(tokens(text))
    assert all(size <= MAX_PASSAGE_TOKENS for size in sizes)
    if len(sizes) > 1:  # no two neighbours could have been joined greedily
        first = [n + 1 for n, _ in sentences]
        joined, at = [], 0
        for size in first:
            if at and at + size > MAX_PASSAGE_TOKENS:
                joined.append(at)
                at = 0
            at += size
        assert sizes == [*joined, at]


CASES = [
    ("مُعَلَّم", ["مُعَلَّم"]),  # combining marks stay in their word
    ("كتـــاب", ["كتـــاب"]),  # tatweel
    ("ﻻ ﷲ", ["ﻻ", "ﷲ"]),  # presentation forms
    ("می\u200cخواهم", ["می", "\u200c", "خواهم"]),  # a zero-width non-joiner is a token of its own
    ("\u202bعربي\u202c", ["\u202b", "عربي", "\u202c"]),  # bidi controls
    ("\ufeffعنوان", ["\ufeff", "عنوان"]),  # a byte order mark
    ("في\u00a0بكين", ["في", "بكين"]),  # a no-break space is white space
    ("عام ٢٠٢٤ و2024م", ["عام", "٢٠٢٤", "و2024م"]),  # digits of both kinds
    ("25%٪", ["25", "%", "٪"]),
    ("😀🇸🇦", ["😀", "🇸", "🇦"]),
    ("د.العيسى", ["د", ".", "العيسى"]),
    ("", []),
]


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_tokens_by_hand(text: str, wanted: list[str]) -> None:
    assert [text[t.start : t.end] for t in tokens(text)] == wanted


def test_line_ends_of_all_kinds_and_blank_lines_are_counted() -> None:
    raw = "\ufeffأ\r\n\r\nب\rج\n \u00a0\nد\u2028ه\x0cو"
    assert [(n.number, raw[n.start : n.end]) for n in lines(raw)] == [
        (1, "\ufeffأ"),
        (3, "ب"),
        (4, "ج"),
        (6, "د\u2028ه\x0cو"),
    ]


@pytest.mark.parametrize("raw", ["", "\n\n", " \r\n\t"])
def test_an_empty_file_has_nothing(raw: str) -> None:
    assert lines(raw) == ()
    assert passages(raw, {}) == []
    assert clean(raw, {}).text == ""


def test_an_article_of_boilerplate_only_has_lines_and_no_text() -> None:
    raw = "اترك رد\n0\n"
    labels = label_all(raw, "boilerplate")
    assert len(lines(raw)) == 2
    assert passages(raw, labels) == []
    assert clean(raw, labels).text == ""


def test_the_end_mark_takes_its_closing_quote_and_a_decimal_point_ends_nothing() -> None:
    first = " ".join(["كلمة"] * 50) + ' 2.5 مليار."'
    text = f"{first} {' '.join(['أخرى'] * 40)}"
    spans = cut(text)
    assert text[spans[0].start : spans[0].end] == first
    assert len(spans) == 2


def test_a_long_headline_is_one_passage() -> None:
    raw = "كلمة. " * 100
    assert len(passages(raw, {1: "headline"})) == 1
    assert len(passages(raw, {1: "body"})) > 1


def test_a_view_of_any_pieces_maps_both_ways() -> None:
    shown = view("abcdefgh", [Span(1, 3), Span(5, 8)])
    assert shown.text == "bc\nfgh"
    assert [shown.to_raw(at) for at in range(7)] == [1, 2, 3, 5, 6, 7, 8]
    assert [shown.to_view(at) for at in range(9)] == [None, 0, 1, 2, None, 3, 4, 5, 6]
    assert passage.View("", (), ()).to_view(0) is None
