"""The sections of a report that show figures: scores, confusions, wrong edges, slices,
probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from marsad.error import GIVEN, Analysis
from marsad.label import Layer
from marsad.report import page, wording
from marsad.report.page import number
from marsad.score import SMALL
from marsad.task import TaskData

FEW = 12  # lines of a table that stand open
CONFUSIONS = 15
FEW_LABELS = 4  # of a matrix with room for names and shares


def figures(analysis: Analysis) -> str:
    score = analysis.score
    rows = []
    for name, figure in score.figures.items():
        shown = f"{page.text(wording.FIGURES.get(name, ''))} {page.code(name)}"
        main = "main" if name == score.metric else ""
        bounds = score.intervals.get(name)
        cells = (shown, number(figure), page.interval(bounds))
        rows.append([f'<span class="{main}">{html}</span>' for html in cells])
    kinds = "، ".join(
        f"{page.text(wording.KINDS[kind])}: {number(n)}" for kind, n in analysis.kinds.items()
    )
    wrong = f"صفوف فيها خطأ: {number(analysis.wrong)} من {number(score.rows)}."
    counted = f"أخطاء بحسب النوع: {kinds}." if kinds else "لا أخطاء."
    note = "المجال من إعادة المعاينة بالمقالات (bootstrap) بثقة 95%."
    return page.section(
        "figures",
        "الأرقام",
        f"<p>{wrong} {counted}</p>\n"
        + page.table(note, ("المقياس", "القيمة", "المجال"), rows, "figures"),
    )


def confusion(data: TaskData, analysis: Analysis) -> str:
    """Where what is given for what; a table by label; the whole matrix."""
    html = ""
    if not analysis.confusions:
        html += "<p>لا أخطاء: كل جواب يطابق المرجع.</p>\n"
    html += _tallies(data, analysis)
    matrix = _matrix(data.layer, analysis)
    if data.task.answer == "label":
        return page.section("confusion", "ما يلتبس بماذا", matrix + html)
    if analysis.confusions:
        html += _confusions(data.layer, analysis)
        html += page.details("مصفوفة الالتباس كاملة", matrix)
    return page.section("confusion", "ما يلتبس بماذا", html)


def _tallies(data: TaskData, analysis: Analysis) -> str:
    spans = data.task.answer == "entities"
    columns = {"gold": "في المرجع", "right": "أصاب"}
    if spans:
        columns |= {"instead": "بنوع آخر", "boundary": "بحدود أخرى"}
    columns |= {"missed": "فات", "added": "زاد"}
    if spans:
        columns[GIVEN] = "وضعه مكان غيره"
    rows = []
    for name, of in analysis.tallies.items():
        if of["gold"] or of["answered"]:
            by = analysis.score.by_label[name]
            counts = [number(of[column]) for column in columns]
            rates = [number(by[key]) for key in ("precision", "recall", "f1")]
            rows.append([page.label(data.layer, name), *counts, *rates])
    caption = "كل تصنيف: كم ورد في المرجع، وكم أصاب النظام منه، وكم فاته، وكم زاد."
    return page.table(
        caption, ("التصنيف", *columns.values(), "الدقة", "الاستدعاء", "F1"), rows, "tally"
    )


def _confusions(layer: Layer, analysis: Analysis) -> str:
    rows = [
        (page.label(layer, gold), page.label(layer, answer), number(count))
        for kind, gold, answer, count in analysis.confusions
        if kind == "instead"
    ]
    if not rows:
        return ""
    caption = "أكثر ما خلط النظام بينه"
    return page.table(caption, ("في المرجع", "في الجواب", "العدد"), rows[:CONFUSIONS])


def _matrix(layer: Layer, analysis: Analysis) -> str:
    """Gold down, answers across; a cell is shaded by its share of its row."""
    cells = analysis.matrix
    used = [name for name in (*layer.names, None) if any(name in cell for cell in cells)]
    rows = []
    for gold in used:
        whole = sum(n for (g, _), n in cells.items() if g == gold)
        row = [page.label(layer, gold)]
        for answer in used:
            count = cells.get((gold, answer), 0)
            share = count / whole if whole else 0.0
            shown = number(count) if count else "·"
            if count and len(used) <= FEW_LABELS:
                shown += f" <small>{page.percent(share)}</small>"
            row.append(page.shaded(shown, share, gold == answer))
        rows.append(row)
    caption = "الصفوف ما في المرجع، والأعمدة ما في جواب النظام؛ اللون بحسب النسبة من الصف."
    if "boundary" in analysis.kinds:
        caption += " وما أخطأت حدوده وحدها معدود على القطر."
    short = len(used) > FEW_LABELS
    heads = [page.code(name) if short and name else page.label(layer, name) for name in used]
    head = ["المرجع \\ الجواب", *heads]
    return page.table(caption, head, rows, "matrix")


def boundaries(data: TaskData, analysis: Analysis) -> str:
    """The wrong edges of spans whose type is right; nothing where the task has no spans."""
    if data.task.answer != "entities":
        return ""
    rows = []
    for of in analysis.boundaries:
        labels = "، ".join(f"{page.code(name)} {number(n)}" for name, n in of["labels"].items())
        shown = "".join(f"<li>{_edge(one)}</li>" for one in of["examples"])
        what = f"{wording.EDGES[of['at'], of['extra']]}: {wording.FORMS[of['form']]}"
        rows.append((page.text(what), number(of["count"]), labels, f"<ul>{shown}</ul>"))
    head = ("الخطأ", "العدد", "الأنواع", "أمثلة: المرجع ← الجواب")
    note = (
        "كيانات نوعها صحيح وتتقاطع مع المرجع، وأولها أو آخرها في غير موضعه. "
        "الكلمة المقصودة هي أقرب الكلمات الزائدة أو الناقصة إلى ما اتفقا عليه."
    )
    html = f"<p>{note}</p>\n"
    caption = "الأطراف الخاطئة من الأكثر إلى الأقل"
    html += (
        page.table(caption, head, rows[:FEW], "edges") if rows else "<p>لا أخطاء في الحدود.</p>\n"
    )
    if rows[FEW:]:
        html += page.details("البقية", page.table(caption, head, rows[FEW:], "edges"))
    return page.section("boundaries", "أخطاء الحدود", html)


def _edge(one: Mapping[str, Any]) -> str:
    gold, answer = page.text(one["gold"]), page.text(one["answer"])
    return f"<bdi>{gold}</bdi> ← <bdi>{answer}</bdi>"


def slices(data: TaskData, analysis: Analysis) -> str:
    """The main figure by slice, from the lowest; a small slice shows its size and no rank."""
    html = "".join(_slice(data, analysis, name) for name in analysis.score.by_slice)
    note = (
        "المقياس الرئيس على كل شريحة، من الأدنى إلى الأعلى. "
        f"شريحة فيها أقل من {SMALL} وحدة يذكر حجمها ولا ترتب."
    )
    return page.section("slices", "النتائج بحسب الشرائح", f"<p>{note}</p>\n{html}")


def _slice(data: TaskData, analysis: Analysis, name: str) -> str:
    metric = analysis.score.metric
    groups = analysis.score.by_slice[name]
    ranked = sorted(
        (value for value, of in groups.items() if not of["small"] and of[metric] is not None),
        key=lambda value: (groups[value][metric], value),
    )
    small = [value for value in groups if value not in ranked]
    rows = []
    for value in (*ranked, *small):
        of = groups[value]
        arabic = wording.value(value, data.layer)
        shown = f"{page.text(arabic)} {page.code(value)}" if arabic else page.code(value)
        figure = (
            f"{number(of[metric])} {page.bar(of[metric])}"
            if value in ranked
            else f"أقل من {number(SMALL)}"
        )
        bounds = [page.interval(of["interval"])] if "interval" in of else []
        rows.append((shown, figure, *bounds, number(of["units"]), number(of["articles"])))
    title = wording.SLICES.get(name, name)
    interval = ["المجال"] if any("interval" in of for of in groups.values()) else []
    head = ("الشريحة", page.code(metric), *interval, "الوحدات", "المقالات")
    html = page.table(title, head, rows, "slices")
    return page.details(f"{title} ({len(rows)})", html) if len(rows) > FEW else html


def reliability(analysis: Analysis) -> str:
    """Whether probabilities hold; nothing where the answers have none."""
    if not analysis.reliability:
        return ""
    rows = [
        (
            f'<bdi dir="ltr" class="n">{of["low"]:.1f} – {of["high"]:.1f}</bdi>',
            number(of["probability"]),
            f"{number(of['right'])} {page.bar(of['right'])}",
            number(int(of["units"])),
        )
        for of in analysis.reliability
    ]
    caption = "لو صدقت الاحتمالات لتساوى العمودان: متوسط الاحتمال، ونسبة ما صح."
    head = ("مجال الاحتمال", "متوسط الاحتمال", "نسبة ما صح", "العدد")
    html = page.table(caption, head, rows, "reliability")
    return page.section("reliability", "صدق الاحتمالات", html)


def all_of(data: TaskData, analysis: Analysis) -> Iterator[str]:
    """The sections in their order."""
    yield figures(analysis)
    yield confusion(data, analysis)
    yield boundaries(data, analysis)
    yield slices(data, analysis)
    yield reliability(analysis)
