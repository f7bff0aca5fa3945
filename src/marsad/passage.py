"""The views of a raw article: lines, tokens, passages and the clean text, with exact offsets.

Every offset is a count of Unicode code points into the raw text, `end` exclusive. A view is
computed, never stored, and each of its offsets leads back to exactly one raw offset.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

MAX_PASSAGE_TOKENS = 80
CLEAN_LABELS = ("headline", "body")

_LINE = re.compile(r"[^\r\n]+")
_SENTENCE_END = re.compile(r"[.؟!…]+[\"'”’»›″)\]}]*(?=\s|$)")


class Span(NamedTuple):
    """A stretch of text: `text[start:end]`, in code points."""

    start: int
    end: int


@dataclass(frozen=True)
class Line:
    """A raw line that is not blank. `number` counts all raw lines from 1, blank ones included.

    `start:end` is the whole line without its line end; `inner` is the same without the white
    space around it.
    """

    number: int
    start: int
    end: int
    inner: Span


@dataclass(frozen=True)
class Passage:
    """The unit of the topic, stance and ner tasks: a headline, or a body line or part of one.

    `piece` counts the passages of its line from 1.
    """

    line: int
    piece: int
    start: int
    end: int
    label: str


@cache
def _token_pattern() -> re.Pattern[str]:
    """`[\\w\\u0640\\p{M}]+|\\S`; `re` has no `\\p{M}`, so marks are listed from unicodedata."""
    planes = (range(0x300, 0x20000), range(0xE0100, 0xE01F0))
    marks = [c for plane in planes for c in plane if unicodedata.category(chr(c))[0] == "M"]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    listed = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return re.compile(rf"[\w\u0640{listed}]+|\S")


# An article's views are asked for by each of its annotators, the rows and the rules in turn.
_remembered = lru_cache(maxsize=4096)


@_remembered
def tokens(text: str) -> tuple[Span, ...]:
    """The tokens of a text: maximal runs of letters, digits, combining marks and tatweel, or
    single other characters that are no white space."""
    return tuple(Span(*match.span()) for match in _token_pattern().finditer(text))


@_remembered
def edges(text: str) -> tuple[frozenset[int], frozenset[int]]:
    """The offsets at which a token of a text begins, and those at which one ends."""
    spans = tokens(text)
    return frozenset(s.start for s in spans), frozenset(s.end for s in spans)


@_remembered
def lines(raw: str) -> tuple[Line, ...]:
    """The lines of a raw text that are not blank. A line ends with LF, CRLF or CR, and with
    nothing else: U+2028 or a form feed stand inside a line."""
    found = []
    number, last = 1, 0
    for match in _LINE.finditer(raw):
        number += len(re.findall(r"\r\n|\r|\n", raw[last : match.start()]))
        last = match.end()
        text = match.group()
        if stripped := text.strip():
            start = match.start() + text.index(stripped)
            inner = Span(start, start + len(stripped))
            found.append(Line(number, match.start(), match.end(), inner))
    return tuple(found)


@_remembered
def cut(text: str) -> tuple[Span, ...]:
    """A body line's text as passages: whole where it has at most 80 tokens, otherwise sentences
    joined again while the result has at most 80. White space between passages is in none."""
    starts = [span.start for span in tokens(text)]
    if not starts:
        return ()
    if len(starts) <= MAX_PASSAGE_TOKENS:
        return (_inner(text, 0, len(text)),)
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    if not ends or text[ends[-1] :].strip():
        ends.append(len(text))
    passages: list[Span] = []
    begin = previous = 0
    for end in ends:
        if previous > begin and _count(starts, begin, end) > MAX_PASSAGE_TOKENS:
            passages.append(_inner(text, begin, previous))
            begin = previous
        previous = end
    passages.append(_inner(text, begin, previous))
    return tuple(passages)


def passages(raw: str, labels: Mapping[int, str]) -> list[Passage]:
    """The passages of an article, in order. `labels` gives each line number its structure label."""
    found = []
    for line in lines(raw):
        label = labels.get(line.number)
        if label not in CLEAN_LABELS:
            continue
        inner = line.inner
        spans: tuple[Span, ...] = (Span(0, inner.end - inner.start),)
        if label == "body":
            spans = cut(raw[inner.start : inner.end])
        for piece, span in enumerate(spans, 1):
            start, end = inner.start + span.start, inner.start + span.end
            found.append(Passage(line.number, piece, start, end, label))
    return found


def contexts(raw: str, passages: Iterable[Passage]) -> list[str]:
    """The context of each of an article's passages: the headline and the passage before, one a
    line, nothing twice; empty for the headline."""
    listed = list(passages)
    texts = [raw[passage.start : passage.end] for passage in listed]
    pairs = list(zip(listed, texts, strict=True))
    headline = "".join(text for passage, text in pairs if passage.label == "headline")
    found = []
    for at, passage in enumerate(listed):
        parts = (headline, texts[at - 1] if at else "")
        shown = "\n".join(dict.fromkeys(part for part in parts if part))
        found.append("" if passage.label == "headline" else shown)
    return found


@dataclass(frozen=True)
class View:
    """A text joined from pieces of another, with exact offset maps both ways.

    `pieces` are spans of the source in order; in `text` they stand joined by one newline. Every
    offset of the view, from 0 to `len(text)`, is inside or at the edge of exactly one piece.
    """

    text: str
    pieces: tuple[Span, ...]
    starts: tuple[int, ...]

    def to_raw(self, offset: int) -> int:
        """The source offset of a view offset. Raises IndexError outside the view."""
        if not self.pieces or not 0 <= offset <= len(self.text):
            raise IndexError(f"offset {offset} is outside the view of {len(self.text)} characters")
        index = bisect_right(self.starts, offset) - 1
        return self.pieces[index].start + offset - self.starts[index]

    def to_view(self, offset: int) -> int | None:
        """The view offset of a source offset, None where the view left that part out."""
        index = bisect_right([piece.start for piece in self.pieces], offset) - 1
        if index < 0 or offset > self.pieces[index].end:
            return None
        return self.starts[index] + offset - self.pieces[index].start


def view(raw: str, pieces: Iterable[Span]) -> View:
    """The view that shows these pieces of a text, one a line."""
    kept = tuple(pieces)
    starts, at = [], 0
    for piece in kept:
        starts.append(at)
        at += piece.end - piece.start + 1
    text = "\n".join(raw[piece.start : piece.end] for piece in kept)
    return View(text, kept, tuple(starts))


def clean(raw: str, labels: Mapping[int, str]) -> View:
    """The clean text of an article: its headline and body lines, one a line."""
    return view(raw, (n.inner for n in lines(raw) if labels.get(n.number) in CLEAN_LABELS))


def _inner(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    left = len(part) - len(part.lstrip())
    return Span(start + left, start + len(part.rstrip()))


def _count(starts: list[int], begin: int, end: int) -> int:
    return sum(begin <= start < end for start in starts)
