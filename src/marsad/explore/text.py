"""The raw pages, for the full-text search, in files of some 250 kB."""

from __future__ import annotations

from typing import Any

from marsad.explore.content import Content

SIZE = 250_000  # bytes of UTF-8


def parts(known: Content) -> list[dict[str, Any]]:
    """`text/N`, in order; each ends with the article that fills it."""
    found: list[dict[str, Any]] = []
    room = 0
    for at, view in enumerate(known.views):
        if room <= 0:
            found.append({"first": at, "raw": []})
            room = SIZE
        found[-1]["raw"].append(view.raw)
        room -= len(view.raw.encode("utf-8"))
    return found
