"""The examples of a report: a row with an error, its text marked, and the trail to the raw file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from marsad.dataset import Row, row_id
from marsad.error import EXAMPLES, Analysis, Error, Example
from marsad.report import page, wording
from marsad.report.page import Mark
from marsad.report.trail import Judged, Place, Trail
from marsad.rooms import Rooms
from marsad.task import Key, TaskData

RULE = (
    "لم يخترها أحد: تتناوب أنواع الخطأ، وفي كل نوع تتناوب التصنيفات، ويبدأ الدور بالأكثر؛ "
    "وأخطاء التصنيف الواحد مرتبة بقيمة SHA-256 لمعرفاتها، فهي كالقرعة، وهي نفسها عند كل من يعيدها. "
    "ولا يؤخذ مثالان من فقرة واحدة."
)

LEGEND = "الأخضر: في المرجع والجواب. الأصفر المتقطع: في المرجع وحده. الأحمر المتقطع: ليس في المرجع."
LEGENDS = {
    "structure": "السطر المقصود بجانبه خط، وقبله وبعده جاراه.",
    "stance": "ما تحته خط هو الشاهد في المرجع، ولا يراه النظام.",
}


class Shelf:
    """Where a page links to: files of the checkout, by a relative path where the page lies in it,
    otherwise by name alone, so that a page says the same wherever it is written."""

    def __init__(self, home: Rooms, out: Path) -> None:
        self.home, self.out = home, out.resolve()
        self.within = self.out.is_relative_to(home.root.resolve())

    def link(self, path: Path, called: str | None = None) -> str:
        name = page.code(called or self.home.name(path))
        inside = self.within and path.resolve().is_relative_to(self.home.root.resolve())
        if not inside or not path.is_file():
            return name
        relative = Path(os.path.relpath(path.resolve(), self.out)).as_posix()
        return f'<a href="{quote(relative)}">{name}</a>'

    def place(self, place: Place) -> str:
        html = self.link(place.path, place.name)
        if place.line is not None:
            html += f"، السطر {page.number(place.line)}"
        if place.row is not None:
            html += f"، الصف {page.number(place.row)} (العد من 0)"
        if place.bytes is not None:
            start, end = place.bytes
            html += f"، البايتات {page.code(f'{start}:{end}')}"
        return html


def examples(
    data: TaskData,
    analysis: Analysis,
    trails: Mapping[Key, Trail],
    shelf: Shelf,
    recorded: Path | None,
    probabilities: Mapping[Key, Mapping[str, float]],
) -> str:
    """The section of examples. `recorded` is the score file, where there is one."""
    if not analysis.examples:
        return page.section("examples", "أمثلة", "<p>لا أخطاء، فلا أمثلة.</p>\n")
    rows = {data.key(row): row for row in data.rows[analysis.score.split]}
    legend = " ".join(filter(None, (LEGEND, LEGENDS.get(data.task.layer))))
    html = f'<p class="note">{page.text(RULE)}</p>\n<p class="note">{page.text(legend)}</p>\n'
    for at, one in enumerate(analysis.examples, 1):
        row, trail = rows[one.key], trails[one.key]
        title = _title(data, row, one.error)
        html += (
            f'<article class="example" id="example-{at}" aria-labelledby="example-{at}-h">\n'
            f'<h3 id="example-{at}-h">{page.number(at)}. {title}</h3>\n'
            f'<p class="where">{page.code(row_id(data.task.config, row))}</p>\n'
            f"{_BODIES[data.task.answer](data, one, row, trail)}"
            f"{_chances(data, one, probabilities)}"
            f"{_trail(shelf, trail, recorded)}"
            "</article>\n"
        )
    title = "عشرة أمثلة" if len(analysis.examples) == EXAMPLES else "أمثلة"
    return page.section("examples", title, html)


def _title(data: TaskData, row: Row, error: Error) -> str:
    spans = {"المرجع": error.gold_span, "الجواب": error.answer_span}
    labels = {"المرجع": error.gold, "الجواب": error.answer}
    parts = []
    for side, label in labels.items():
        if label:
            span = spans[side]
            words = f"«<bdi>{page.text(row['text'][span[0] : span[1]])}</bdi>» " if span else ""
            parts.append(f"{side} {words}{page.label(data.layer, label)}")
    return f"{page.text(wording.KINDS[error.kind])}: {'، '.join(parts)}"


def _label(data: TaskData, one: Example, row: Row, trail: Trail) -> str:
    """Structure and stance: one label a row."""
    if "evidence" in row:
        evidence = row["evidence"]
        mark = Mark(evidence["start"], evidence["end"], "", "", "evidence")
        html = (
            f"<dl><dt>صاحب الموقف</dt><dd>{page.text(row['holder_ar'])} {page.code(row['holder'])}"
            f"</dd><dt>القضية</dt><dd>{page.text(row['target_ar'])} {page.code(row['target'])}"
            "</dd></dl>\n"
            f'<p class="text">{page.marked(row["text"], [mark])}</p>\n'
            f"{_context(row)}"
        )
    else:
        html = "".join(
            f'<p class="text {"here" if near is row else "dim"}">{page.text(near["text"])}</p>\n'
            for near in _neighbours(data, row)
        )
    answers = [(name, [says]) for name, says in _answers(one, trail)]
    return html + _chips(data, answers, {one.gold}, {one.answer})


def _neighbours(data: TaskData, row: Row) -> Iterator[Row]:
    """A line with the one before and the one after, of the same article."""
    for rows in data.rows.values():
        for at, other in enumerate(rows):
            if other is row:
                near = rows[max(at - 1, 0) : at + 2]
                yield from (one for one in near if one["article_id"] == row["article_id"])


def _topics(data: TaskData, one: Example, row: Row, trail: Trail) -> str:
    html = f'<p class="text">{page.text(row["text"])}</p>\n{_context(row)}'
    listed: list[tuple[str, list[str | None]]] = []
    for name, says in _answers(one, trail):
        topics: list[str | None] = [topic for topic in data.layer.names if topic in (says or ())]
        listed.append((name, topics or [None]))
    return html + _chips(data, listed, one.gold, one.answer)


def _entities(data: TaskData, one: Example, row: Row, trail: Trail) -> str:
    meanings = {label.name: label.name_ar for label in data.layer.label}
    sides = ""
    for title, own, other, state in (
        ("المرجع", one.gold, one.answer, "missed"),
        ("جواب النظام", one.answer, one.gold, "off"),
    ):
        marks = [
            Mark(s, e, label, meanings[label], "same" if (s, e, label) in other else state)
            for s, e, label in own
        ]
        sides += (
            f'<div><h4>{title}</h4><p class="text">{page.marked(row["text"], marks)}</p></div>\n'
        )
    places = sorted({(s, e) for s, e, _ in one.gold ^ one.answer})
    given = _answers(one, trail)
    rows = [
        [f"<bdi>{page.text(row['text'][s:e])}</bdi>", *(_types(says, s, e) for _, says in given)]
        for s, e in places
    ]
    caption = "ما اختلف فيه المرجع والجواب، وما قاله المحكمون قبل الفصل"
    table = page.table(caption, ("النص", *(name for name, _ in given)), rows)
    return f'<div class="sides">{sides}</div>\n{table}'


def _types(says: Any, start: int, end: int) -> str:
    found = sorted(label for s, e, label in says or () if (s, e) == (start, end))
    return " ".join(map(page.code, found)) or '<span class="none">–</span>'


def _answers(one: Example, trail: Trail) -> list[tuple[str, Any]]:
    """Gold, answer and what each judge said, each with the HTML of its name."""
    judged: Sequence[Judged] = trail.judged
    return [
        ("المرجع", one.gold),
        ("جواب النظام", one.answer),
        *((f"المحكم {page.code(of.annotator)}", of.says) for of in judged),
    ]


def _chips(
    data: TaskData, listed: Sequence[tuple[str, Sequence[Any]]], gold: Any, answer: Any
) -> str:
    html = ""
    for at, (name, labels) in enumerate(listed):
        other, state = (answer, "missed") if at == 0 else (gold, "off")
        states = ["same" if label in other else state for label in labels]
        chips = (page.label(data.layer, n, s) for n, s in zip(labels, states, strict=True))
        html += f'<dt>{name}</dt><dd class="chip">{" ".join(chips)}</dd>'
    return f"<dl>{html}</dl>\n"


def _context(row: Row) -> str:
    if not row["context"]:
        return ""
    context = f'<p class="text dim">{page.text(row["context"])}</p>\n'
    return page.details("السياق: العنوان والفقرة السابقة", context)


def _chances(data: TaskData, one: Example, probabilities: Mapping[Key, Mapping[str, float]]) -> str:
    given = probabilities.get(one.key)
    if not given:
        return ""
    ordered = sorted(given, key=lambda name: (-given[name], name))[:4]
    shown = "، ".join(f"{page.label(data.layer, n)} {page.number(given[n])}" for n in ordered)
    return f'<p class="note">احتمالات النظام: {shown}</p>\n'


def _trail(shelf: Shelf, trail: Trail, recorded: Path | None) -> str:
    steps = [("النتيجة", shelf.link(recorded))] if recorded else []
    steps += [
        ("الجواب", shelf.place(trail.answer)),
        ("الصف", shelf.place(trail.row)),
        ("الوسم المرجعي", shelf.place(trail.gold)),
        *((f"المحكم {page.code(of.annotator)}", shelf.place(of.place)) for of in trail.judged),
        ("دليل الوسم", shelf.link(shelf.home.annotations / "GUIDELINES.md")),
        ("النص الخام", shelf.place(trail.raw)),
    ]
    listed = "".join(f"<li>{name}: {html}</li>" for name, html in steps)
    return page.details("من الرقم إلى بايتات النص الخام", f"<ol>{listed}</ol>\n", "trail")


_BODIES = {"label": _label, "topics": _topics, "entities": _entities}
