"""How a difference is worded: list items, counts, lists cut short, values before and after."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from marsad.diff.folder import InOut, Was

LISTED = 6  # names of a list that are written out
WIDTH = 105


def printable(text: str) -> str:
    """The text without characters that could steer a terminal: names come from elsewhere."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def bullet(text: str) -> str:
    """A list item, wrapped as the changelog is; no name is broken."""
    return (
        textwrap.fill(
            text,
            WIDTH,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        + "\n"
    )


def number(items: Iterable[object], noun: str) -> str:
    """How many there are of what."""
    many = len(list(items))
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{many} {noun if many == 1 else plural}"


def named(names: Iterable[str]) -> str:
    """Names as code, cut where they are many."""
    return cut(f"`{name}`" for name in names)


def cut(parts: Iterable[str]) -> str:
    """The first of a list, and how many more there are."""
    listed = list(parts)
    more = len(listed) - LISTED
    if more < 2:
        return ", ".join(listed)
    return f"{', '.join(listed[:LISTED])} and {more} more"


def moves(found: InOut[str]) -> str:
    """What came in and what went out."""
    parts = [
        f"{len(names)} {way} ({named(names)})"
        for names, way in ((found.added, "in"), (found.removed, "out"))
        if names
    ]
    return ", ".join(parts)


def arrow(was: Was) -> str:
    """A value before and after."""
    return f"{_value(was.old)} → {_value(was.new)}"


def _value(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, list):
        return cut(map(str, value)) or "none"
    return str(value)


def by_label(labels: Mapping[str, int]) -> str:
    """Counts by label, the most frequent first."""
    most = sorted(labels.items(), key=lambda item: (-item[1], item[0]))
    return cut(f"{count} {label}" for label, count in most)
