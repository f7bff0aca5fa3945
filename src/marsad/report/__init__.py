"""`marsad report`: a page of error analysis for each task, in Arabic, right to left.

A page needs nothing but itself: no network, no script, no font. It says the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from marsad import error, jsonl, recipe, record, rescore, task
from marsad.answer import Answers, read_predictions
from marsad.error import Analysis
from marsad.fault import UsageError
from marsad.progress import progress
from marsad.report import example, page, section, wording
from marsad.report.example import Shelf
from marsad.report.trail import Records
from marsad.rooms import Rooms
from marsad.task import TaskData


@dataclass(frozen=True)
class Subject:
    """Answers to report on: a baseline's recorded ones, or those of a file of predictions."""

    name: str
    title: str
    data: TaskData
    answers: Answers
    predictions: Path
    score_file: Path | None
    analysis: Analysis


def write(home: Rooms, names: Sequence[str] | None, out: Path, split: str = "test") -> list[Path]:
    """Writes a page for each name and an index of them; returns their paths, the index first. A
    name is a baseline's id, or `task=file` for a file of predictions; by default the best baseline
    of each task. Nothing is fitted: what is on record is read."""
    found = subjects(home, names, split)
    shelf = Shelf(home, out)
    paths = [out / "index.html"]
    jsonl.write_bytes(paths[0], _index(found, not names).encode("utf-8"))
    for subject in found:
        paths.append(out / f"{subject.name}.html")
        html = _page(home, subject, found, shelf)
        jsonl.write_bytes(paths[-1], html.encode("utf-8"))
    return paths


def subjects(home: Rooms, names: Sequence[str] | None, split: str = "test") -> list[Subject]:
    """What the names stand for, read and analysed. Raises UsageError on a name that is none, or
    where no baseline has a score on record; DataError on predictions that cannot be scored."""
    found: list[Subject] = []
    data: dict[str, TaskData] = {}
    for name in progress(list(dict.fromkeys(names or chosen(home))), "reports"):
        asked, given, file = name.partition("=")
        known = None if given else recipe.read_recipe(home, name)
        asked = known.task if known else asked
        if asked not in data:
            data[asked] = task.read_data(home, asked)
        if known:
            path = record.predictions_path(home, name, split)
            answers = rescore.answers(home, path, data[asked], split)
        else:
            path = Path(file)
            answers = read_predictions(path, data[asked], split)
        found.append(
            Subject(
                known.id if known else f"{asked}_{path.stem}",
                known.title if known else path.name,
                data[asked],
                answers,
                path,
                record.score_path(home, name) if known else None,
                error.analyse(data[asked], answers, split),
            )
        )
    pages = [one.name for one in found]
    if twice := sorted({name for name in pages if pages.count(name) > 1}):
        raise UsageError(f"two pages would be called {twice[0]}.html; give the files other names")
    return found


def chosen(home: Rooms) -> list[str]:
    """The best baseline of each task, by validation."""
    found = list(record.best(home).values())
    if not found:
        raise UsageError("no baseline has a score on record; run marsad evaluate --write")
    return found


def as_json(found: Iterable[Subject]) -> list[dict[str, Any]]:
    return [{"name": one.name, "title": one.title, **one.analysis.to_json()} for one in found]


def _page(home: Rooms, subject: Subject, among: Sequence[Subject], shelf: Shelf) -> str:
    data, analysis = subject.data, subject.analysis
    score = analysis.score
    name = data.task.name
    keys = [one.key for one in analysis.examples]
    records = Records(home, data, score.split, subject.predictions)
    sections = [
        *section.all_of(data, analysis),
        example.examples(
            data,
            analysis,
            records.trails(keys),
            shelf,
            subject.score_file,
            subject.answers.probabilities,
        ),
    ]
    question = wording.TASKS[name][1] if name in wording.TASKS else data.task.title
    html = (
        "<header>\n"
        f'<p class="over">مرصد · تحليل الأخطاء</p>\n<h1>{page.text(wording.task(name))}</h1>\n'
        f"<p>{page.text(question)}</p>\n"
        f"<p>النظام: {page.english(subject.title)} ({page.code(subject.name)})، "
        f"{page.text(wording.SPLITS[score.split])}: صفوف {page.number(score.rows)}، "
        f"مقالات {page.number(score.articles)}.</p>\n"
        f"{_navigation(subject, among, sections)}</header>\n<main>\n{''.join(sections)}</main>\n"
        f"{_footer(subject)}"
    )
    return page.document(f"تحليل الأخطاء: {wording.task(name)}", html)


def _navigation(subject: Subject, among: Sequence[Subject], sections: Sequence[str]) -> str:
    tasks = [one.data.task.name for one in among]
    pages = '<li><a href="index.html">الفهرس</a></li>'
    for one, name in zip(among, tasks, strict=True):
        shown = page.text(wording.task(name))
        if tasks.count(name) > 1:
            shown += f" {page.code(one.name)}"
        if one is not subject:
            pages += f'<li><a href="{quote(one.name)}.html">{shown}</a></li>'
    whole = "".join(sections)
    inside = "".join(
        f'<li><a href="#{name}">{title}</a></li>'
        for name, title in _HEADINGS
        if f'<section id="{name}"' in whole
    )
    return (
        f'<nav aria-label="الصفحات"><ul>{pages}</ul></nav>\n'
        f'<nav aria-label="أقسام الصفحة"><ul>{inside}</ul></nav>\n'
    )


_HEADINGS = (
    ("figures", "الأرقام"),
    ("confusion", "الالتباس"),
    ("boundaries", "الحدود"),
    ("slices", "الشرائح"),
    ("reliability", "الاحتمالات"),
    ("examples", "الأمثلة"),
)


def _footer(subject: Subject) -> str:
    signature = subject.analysis.score.signature
    return f"<footer><p>توقيع النتيجة: {page.code(signature)}</p></footer>\n"


def _index(found: Sequence[Subject], best_ones: bool) -> str:
    how = (
        "<p>اختير لكل مهمة أعلى الأنظمة على نصوص التحقق، من غير المسابير.</p>\n"
        if best_ones
        else ""
    )
    rows = list(_lines(found))
    head = ("المهمة", "النظام", "المقياس", "القيمة", "المجال", "صفوف فيها خطأ", "أكثر خطأ")
    html = (
        '<header>\n<p class="over">مرصد</p>\n<h1>تحليل الأخطاء</h1>\n'
        "<p>لكل مهمة صفحة: ما يلتبس بماذا، والنتائج بحسب الشرائح، وأمثلة لم يخترها أحد.</p>\n"
        f"{how}</header>\n<main>\n{page.table('الأنظمة', head, rows, 'index')}</main>\n<footer>"
        + "".join(
            f"<p>{page.code(one)}</p>"
            for one in dict.fromkeys(s.analysis.score.signature for s in found)
        )
        + "</footer>\n"
    )
    return page.document("مرصد: تحليل الأخطاء", html)


def _lines(found: Sequence[Subject]) -> Iterator[Sequence[str]]:
    for one in found:
        score, layer = one.analysis.score, one.data.layer
        link = f'<a href="{quote(one.name)}.html">{page.text(wording.task(score.task))}</a>'
        most = "لا أخطاء"
        if one.analysis.confusions:
            kind, gold, answer, count = one.analysis.confusions[0]
            names = dict.fromkeys(name for name in (gold, answer) if name)
            shown = " ← ".join(page.label(layer, name) for name in names)
            most = f"{page.text(wording.KINDS[kind])}: {shown} ({page.number(count)})"
        yield (
            link,
            page.english(one.title),
            page.code(score.metric),
            page.number(score.value),
            page.interval(score.intervals[score.metric]),
            f"{page.number(one.analysis.wrong)} من {page.number(score.rows)}",
            most,
        )
