"""Where answered spans and gold ones part: which belong together, and how their edges differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

Span = tuple[int, int, str]  # start, end, label

RIGHT, INSTEAD, BOUNDARY, MISSED, ADDED = "right", "instead", "boundary", "missed", "added"
ENTITY, MARK, NUMBER, AND, DEFINITE, WORD = "entity", "mark", "number", "and", "definite", "word"
FORMS = (ENTITY, MARK, NUMBER, AND, DEFINITE, WORD)


class Pair(NamedTuple):
    """A gold span and the answered one that stands for it: `right` where they are equal, `instead`
    where only the type differs, `boundary` where only the edges do; a gold span that no answer
    stands for is `missed`, an answered one that stands for none `added`."""

    kind: str
    gold: Span | None
    answer: Span | None


def pairs(gold: Iterable[Span], answer: Iterable[Span]) -> list[Pair]:
    """Every span of both sides in one pair, in the order of the text. Equal spans are paired
    first, then those with the same edges, then overlapping ones of one type, the longest overlap
    first."""
    given, wanted = set(answer), set(gold)
    found = [Pair(RIGHT, span, span) for span in given & wanted]
    left, right = sorted(wanted - given), sorted(given - wanted)
    same_edges = [(g, a) for g in left for a in right if g[:2] == a[:2]]
    overlapping = [(g, a) for g in left for a in right if g[2] == a[2] and overlap(g, a) > 0]
    overlapping.sort(key=lambda pair: (-overlap(*pair), pair))
    for kind, possible in ((INSTEAD, same_edges), (BOUNDARY, overlapping)):
        for g, a in possible:
            if g in left and a in right:
                found.append(Pair(kind, g, a))
                left.remove(g)
                right.remove(a)
    found += [Pair(MISSED, span, None) for span in left]
    found += [Pair(ADDED, None, span) for span in right]
    return sorted(found, key=lambda pair: (pair.gold or pair.answer, pair.kind))


def overlap(one: Span, other: Span) -> int:
    """How many characters two spans share; not positive where they share none."""
    return min(one[1], other[1]) - max(one[0], other[0])


@dataclass(frozen=True)
class Edge:
    """One edge of a `boundary` pair that is wrong. `at` is `start` or `end`; `extra` says that the
    answer has too much there, otherwise it lacks something; `text` is what, and `form` its form:

    `entity` a part of another gold entity, whose label is `label`; `mark` punctuation alone;
    `number` with a digit; `and` a word that begins with waw; `definite` one that begins with the
    article, as adjectives after a definite noun do; `word` any other. It is the form of the word
    next to the shorter of the two spans.
    """

    at: str
    extra: bool
    form: str
    label: str | None
    text: str


def edges(text: str, gold: Span, answer: Span, entities: Iterable[Span]) -> Iterator[Edge]:
    """The wrong edges of a pair, `entities` being all gold spans of the text."""
    others = [span for span in entities if span != gold and not _holds(span, gold)]
    for at, one, other in (("start", gold[0], answer[0]), ("end", gold[1], answer[1])):
        low, high = min(one, other), max(one, other)
        if low == high:
            continue
        extra = (other < one) == (at == "start")
        part = text[low:high].strip()
        form, label = _form(part, (low, high, ""), others, last=at == "start")
        yield Edge(at, extra, form, label, part)


def _holds(outer: Span, inner: Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _form(part: str, place: Span, others: list[Span], last: bool) -> tuple[str, str | None]:
    near = max(others, key=lambda span: (overlap(span, place), span), default=None)
    if near and overlap(near, place) > 0:
        return ENTITY, near[2]
    words = part.split() or [""]
    word = words[-1 if last else 0]
    if not any(c.isalnum() for c in part):
        return MARK, None
    if any(c.isdigit() for c in word):
        return NUMBER, None
    if word.startswith("و"):
        return AND, None
    return (DEFINITE if word.startswith(("ال", "لل", "بال")) else WORD), None
