"""The entities of a row as runs of its tokens, nested as they are, and back to characters."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from marsad import row as rows
from marsad.iob2 import TokenSpan
from marsad.models import Spans


def token_spans(row: Mapping[str, Any]) -> list[TokenSpan]:
    """A row's entities as spans of tokens, in no order."""
    places = rows.places(row)
    starts = {start: at for at, (start, _) in enumerate(places)}
    ends = {end: at + 1 for at, (_, end) in enumerate(places)}
    return [(starts[e["start"]], ends[e["end"]], e["label"]) for e in row["entities"]]


def characters(row: Mapping[str, Any], spans: Collection[TokenSpan]) -> Spans:
    """Spans of a row's tokens as spans of its text."""
    if not spans:
        return frozenset()
    places = rows.places(row)
    return frozenset((places[first][0], places[last - 1][1], label) for first, last, label in spans)


def nest(spans: Iterable[TokenSpan]) -> list[tuple[TokenSpan, list[TokenSpan], int]]:
    """Each span with those directly inside it and its depth, 0 for an outermost one; in the order
    of the text, the outer first. A span that crosses an earlier one is left out."""
    found: list[tuple[TokenSpan, list[TokenSpan], int]] = []
    around: list[tuple[TokenSpan, list[TokenSpan], int]] = []
    for span in sorted(spans, key=lambda s: (s[0], -s[1], s[2])):
        while around and around[-1][0][1] <= span[0]:
            around.pop()
        if around and span[1] > around[-1][0][1]:
            continue
        if around:
            around[-1][1].append(span)
        around.append((span, [], len(around)))
        found.append(around[-1])
    return found


def crosses(span: TokenSpan, other: TokenSpan) -> bool:
    """Whether two spans overlap and neither lies in the other."""
    a, b = sorted((span[:2], other[:2]))
    return a[0] < b[0] < a[1] < b[1]
