"""IOB2 tags and the token spans they say."""

from __future__ import annotations

from collections.abc import Sequence

TokenSpan = tuple[int, int, str]  # first token, the one after the last, label


def spans(tags: Sequence[str]) -> list[TokenSpan]:
    """The spans of a sequence of tags; an I that continues nothing begins a span."""
    found: list[TokenSpan] = []
    start, label = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        if label and tag != f"I-{label}":
            found.append((start, at, label))
            label = ""
        if tag != "O" and not label:
            start, label = at, tag[2:]
    return found


def tags(length: int, flat: Sequence[TokenSpan]) -> list[str]:
    """The tags of so many tokens; spans must not overlap."""
    found = ["O"] * length
    for first, last, label in flat:
        found[first:last] = [f"B-{label}", *[f"I-{label}"] * (last - first - 1)]
    return found
