"""The pieces of an HTML page in Arabic. What takes a `str` named `html` wants HTML, all else plain
text, which is escaped here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from html import escape
from importlib import resources
from typing import NamedTuple

from marsad.label import Layer

JOINERS = "\u200c\u200d"  # they belong to Arabic spelling


def text(value: str) -> str:
    """Plain text as HTML. A character that nobody sees but that moves what is around it (controls,
    bidi marks, a byte order mark) is shown by its code point."""
    return "".join(_odd(c) if _is_odd(c) else c for c in escape(value))


def _is_odd(c: str) -> bool:
    if c in JOINERS or c in "\n\t":
        return False
    kind = unicodedata.category(c)
    return kind in ("Cc", "Cf", "Cs", "Zl", "Zp") or ord(c) & 0xFFFE == 0xFFFE


def _odd(c: str) -> str:
    return f'<small class="odd" dir="ltr">U+{ord(c):04X}</small>'


def code(value: object) -> str:
    """An id or a name of the data, left to right."""
    return f'<code dir="ltr">{text(str(value))}</code>'


def english(value: str) -> str:
    return f'<bdi lang="en" dir="ltr">{text(value)}</bdi>'


def number(value: float | None, digits: int = 3) -> str:
    """A figure; a dash where there is none. Whole numbers stay whole."""
    if value is None:
        return "–"
    shown = f"{value:,}" if isinstance(value, int) else f"{value:.{digits}f}"
    return f'<bdi dir="ltr" class="n">{shown}</bdi>'


def interval(bounds: Sequence[float] | None) -> str:
    if bounds is None:
        return "–"
    return f'<bdi dir="ltr" class="n">{bounds[0]:.3f} – {bounds[1]:.3f}</bdi>'


def percent(part: float) -> str:
    return f'<bdi dir="ltr" class="n">{100 * part:.1f}&#8239;%</bdi>'


def bar(share: float) -> str:
    """A bar beside a figure that says the same."""
    width = f"inline-size:{100 * share:.1f}%"
    return f'<span class="bar" aria-hidden="true"><i style="{width}"></i></span>'


def label(layer: Layer, name: str | None, state: str = "") -> str:
    """A label by its Arabic name and its name in the data; `state` colours it."""
    if name is None:
        return '<span class="label none">لا شيء</span>'
    arabic = {one.name: one.name_ar for one in layer.label}.get(name, "")
    return f'<span class="label {state}">{text(arabic)} {code(name)}</span>'


def table(
    caption: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    kind: str = "",
) -> str:
    """A table of HTML cells, the first of each row its header. It scrolls where it is too wide."""
    top = "".join(f'<th scope="col">{html}</th>' for html in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(_cell(html) for html in row[1:])}</tr>\n'
        for row in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(caption)}">'
        f'<table class="{kind}"><caption><span>{text(caption)}</span></caption>\n'
        f"<thead><tr>{top}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )


def _cell(html: str) -> str:
    return html if html.startswith("<td") else f"<td>{html}</td>"


def shaded(html: str, share: float, good: bool) -> str:
    """A table cell whose ground says how large a share is."""
    kind = "right" if good else "wrong"
    return f'<td class="{kind}" style="--share:{100 * share:.0f}%">{html}</td>'


def details(summary: str, html: str, kind: str = "") -> str:
    return f'<details class="{kind}"><summary>{text(summary)}</summary>\n{html}</details>\n'


def section(name: str, title: str, html: str) -> str:
    heading = f'<h2 id="{name}-h">{text(title)}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-h">{heading}\n{html}</section>\n'


class Mark(NamedTuple):
    """A stretch of a text to be marked: its tag (none: no tag), what the tag means, its class."""

    start: int
    end: int
    tag: str
    meaning: str
    kind: str


def marked(value: str, marks: Iterable[Mark]) -> str:
    """A text with marks, which may nest and never cross. A mark that holds others is drawn lower,
    `h0` being the lowest class."""
    ordered = sorted(marks, key=lambda mark: (mark.start, -mark.end, mark.tag))
    return _marked(value, 0, len(value), ordered)[0]


def _marked(value: str, start: int, end: int, marks: Sequence[Mark]) -> tuple[str, int]:
    """The HTML of a stretch and how many levels of marks are in it."""
    html, at, height = "", start, 0
    rest = list(marks)
    while rest:
        mark = rest.pop(0)
        inside = [one for one in rest if one.start < mark.end]
        rest = rest[len(inside) :]
        inner, levels = _marked(value, mark.start, mark.end, inside)
        tag = (
            f'<b dir="ltr" title="{escape(mark.meaning)}">{text(mark.tag)}</b>' if mark.tag else ""
        )
        html += text(value[at : mark.start])
        html += f'<span class="mark {mark.kind} h{min(levels, 3)}">{inner}{tag}</span>'
        at, height = mark.end, max(height, levels + 1)
    return html + text(value[at:end]), height


def document(title: str, html: str) -> str:
    """A whole page: nothing in it comes from elsewhere."""
    css = (resources.files("marsad.report") / "page.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="ar" dir="rtl">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{text(title)}</title>\n<style>\n{css}</style>\n</head>\n<body>\n{html}</body>\n</html>\n"
    )
