"""A corpus of pages that try to break the explorer, made for that; never part of the dataset.

Each page is written as lines, `(label, text, mentions)`, a mention being `(text, label, entity id)`
and found at its first place in the line, or inside the one before it where it lies there. The
second judge leaves out what is nested and turns every stance round, so that there are differences.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from made_corpus import GOLD, Made, record_of, write
from marsad import rooms
from marsad.annotation import Annotation, Entity, LineLabel, PassageTopics, Stance
from marsad.catalogue import CatalogueEntity
from marsad.passage import lines, passages
from marsad.rooms import Rooms

Mention = tuple[str, str, str | None]
Written = tuple[str, str, tuple[Mention, ...]]

# Names that would do harm as markup; the last one is turned round by an override that never ends.
ENTITIES = (
    CatalogueEntity(
        "bold_ministry", "ORG", "<b>Ministry</b> & Sons", "وزارة <i>مائلة</i> & أبناؤها"
    ),
    CatalogueEntity(
        "image_onerror", "PERS", '<img src=x onerror="alert(1)">', "<script>alert(2)</script>"
    ),
    CatalogueEntity("overridden", "GPE", "Land\u202eedisni", "بلاد\u202eمقلوبة\u2066"),
    CatalogueEntity("quoted", "ORG", "\"'`${alert(3)}`'\"", "«\"'`»</title>"),
)
SCRIPT = "<script>alert('x')</script>"
LONG_WORD = "سسسسسسسسسس" * 60
PILE = "ه" + "\u064b\u064c\u0651\u0670\u0653\u0301\u0302\u0303\u0304\u0305" * 12


def line(text: str, *mentions: Mention, label: str = "body") -> Written:
    return label, text, mentions


def title(text: str, *mentions: Mention) -> Written:
    return line(text, *mentions, label="headline")


PAGES: dict[str, tuple[Written, ...]] = {
    "astral_and_emoji": (
        title("😀🇸🇦 قمة الرياض 👨‍👩‍👧‍👦 𝕏 𐤀 𞸀", ("الرياض", "GPE", "riyadh")),
        line("بعد 😀 الوجه تأتي موسكو 🚀 ثم الصين 𠀀𠀁 وبعدها", ("موسكو", "GPE", "moscow")),
        line(
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿 علم ثم وزارة الخارجية الروسية 😀",
            ("وزارة الخارجية الروسية", "ORG", "bold_ministry"),
        ),
    ),
    "bidi_unclosed": (
        title("عنوان \u202eمقلوب لا يُغلق", ("عنوان", "OCC", None)),
        line(
            "نص \u2066معزول \u202bمضمّن \u202d متروك مفتوحا وموسكو هنا", ("وموسكو", "GPE", "moscow")
        ),
        line(
            "English \u202egnippilf text (1, 2) 50% [x] «y» then موسكو.", ("موسكو", "GPE", "moscow")
        ),
        line(
            "\u2069\u2069\u202c\u202c إغلاق بلا فتح \u061c\u200e\u200f", ("إغلاق", "CARDINAL", None)
        ),
        line("بعد ذلك كله يبقى الاتجاه سليما في السطر التالي", ("ذلك", "CARDINAL", None)),
    ),
    "broken_markup": (
        title("<h1 class='x'>عنوان</h2 <b>&lt;غير مغلق", ("عنوان", "OCC", None)),
        line("</div></main></body></html><!-- تعليق لا ينتهي", ("تعليق", "CARDINAL", None)),
        line("]]> <![CDATA[ &amp;amp; &#x202E; &nbsp; &nothing; %3Cscript%3E \\u003cscript\\u003e"),
        line("<style>*{display:none}</style><base href='//x'><meta http-equiv=refresh content=0>"),
        line("<svg/onload=alert(1)><iframe src=javascript:alert(1)><a href=javascript:alert(1)>"),
    ),
    "combining_pile": (
        title(f"كومة {PILE} علامات"),
        line(f"{PILE} {PILE}{PILE} ثم موسكو", ("موسكو", "GPE", "moscow")),
        line("مُحَمَّدٌ وَٱلْقَمَرُ وَمُوسْكُو وَالْعَــــرَبِيَّة", ("وَمُوسْكُو", "GPE", "moscow")),
    ),
    "deep_nesting": (
        title("خمسة مستويات من الكيانات", ("خمسة", "CARDINAL", None)),
        line(
            "قال رئيس لجنة مجلس مدينة موسكو الروسية اليوم",
            ("رئيس لجنة مجلس مدينة موسكو الروسية", "OCC", None),
            ("لجنة مجلس مدينة موسكو الروسية", "ORG", "bold_ministry"),
            ("مجلس مدينة موسكو الروسية", "ORG", "quoted"),
            ("مدينة موسكو الروسية", "LOC", "overridden_place"),
            ("موسكو", "GPE", "moscow"),
        ),
        line(
            "قمة الرياض الرياض الأولى",
            ("قمة الرياض", "LAW", None),
            ("قمة", "CARDINAL", None),
            ("الرياض", "GPE", "riyadh"),
        ),
    ),
    "html_in_everything": (
        title(SCRIPT, ("script", "ORG", "image_holder")),
        line("<img src=x onerror=alert(1)> وزارة", ("وزارة", "ORG", "bold_ministry")),
        line(
            '</script><script>document.title="hacked"</script>', ("hacked", "PERS", "image_onerror")
        ),
        line('"></span><b onmouseover="alert(1)">غليظ</b>', ("غليظ", "ORG", "quoted")),
        line("بلاد\u202eمقلوبة ثم نص", ("بلاد\u202eمقلوبة", "GPE", "overridden")),
        line("<script>while(1);</script>", label="boilerplate"),
    ),
    "line_separators": (
        title("فاصل\u2028أسطر\u2029وفقرات"),
        line("قبل\u2028بعد موسكو\u2029ثم\x0bعمودي\x0cصفحة\x85نهاية", ("موسكو", "GPE", "moscow")),
        line("جدولة\tهنا وأخرى\t\tهناك وموسكو", ("وموسكو", "GPE", "moscow")),
    ),
    "long_page": (
        title("صفحة من خمسمئة سطر", ("خمسمئة", "CARDINAL", None)),
        *(
            line(f"السطر {n} من الصفحة الطويلة يذكر موسكو مرة.", ("موسكو", "GPE", "moscow"))
            for n in range(1, 500)
        ),
    ),
    "long_words": (
        title(f"كلمة {LONG_WORD}"),
        line(f"{LONG_WORD}، ثم https://example.org/{'a' * 300}?q={'%D9%85' * 60}"),
        line("x" * 800),
    ),
    "one_line": (title("سطر واحد لا غير"),),
    "prototype_names": (
        title("__proto__ constructor toString", ("constructor", "PERS", "image_onerror")),
        line("hasOwnProperty __proto__ undefined null NaN", ("null", "CARDINAL", None)),
    ),
    "zero_width": (
        title("مو\u200bسكو وال\u200cصين وال\u200dرياض"),
        line(
            "\ufeffبداية بعلامة ترتيب\u2060 وكلمة\u00ad مقطوعة وموسكو\u200b",
            ("مقطوعة", "CARDINAL", None),
        ),
    ),
}
UNDATED = {"one_line", "zero_width", "long_words"}
HOSTILE_OUTLET = "<script>alert('outlet')</script>\u202e"


def make(home: Rooms, root: Path) -> Rooms:
    """Writes the folder, for `marsad explore --root`."""
    made = [_made(f"{name}_page", written) for name, written in PAGES.items()]
    return write(home, root, made, (*ENTITIES, *_BENIGN))


_BENIGN = (
    CatalogueEntity("overridden_place", "LOC", "A place", "مكان"),
    CatalogueEntity("image_holder", "ORG", "onerror=alert(4)", "حامل"),
)


def _made(article_id: str, written: Iterable[Written]) -> Made:
    raw = ""
    labels: list[str] = []
    ner: list[Entity] = []
    for label, text, mentions in written:
        last = (0, len(text))
        for surface, kind, entity_id in mentions:
            inside = text.find(surface, last[0], last[1])
            at = inside if inside >= 0 else text.index(surface)
            last = (at, at + len(surface))
            ner.append(Entity(len(raw) + at, len(raw) + at + len(surface), kind, entity_id))
        labels.append(label)
        raw += text + "\n"
    known = lines(raw)
    structure = tuple(
        LineLabel(one.start, one.end, label) for one, label in zip(known, labels, strict=True)
    )
    numbered = {one.number: label for one, label in zip(known, labels, strict=True)}
    topic, stance = [], []
    for at, passage in enumerate(passages(raw, numbered)):
        topics = (("diplomacy",), ("diplomacy", "history"), ("sovereignty",))[at % 3]
        topic.append(PassageTopics(passage.start, passage.end, topics))
        held = [one for one in ner if passage.start <= one.start and one.end <= passage.end]
        for one in held[:1] if at < 20 else ():
            holder = one.entity_id or "author"
            label = ("favor", "against", "neutral")[at % 3]
            place = (passage.start, passage.end, holder, "western_policy", label)
            stance.append(Stance(*place, one.start, one.end))
    gold = Annotation(article_id, "", structure, tuple(topic), tuple(stance), tuple(ner))
    other = {"favor": "against", "against": "neutral", "neutral": "favor"}
    outer = [
        one
        for one in ner
        if not any(o is not one and o.start <= one.start and one.end <= o.end for o in ner)
    ]
    second = replace(
        gold,
        stance=tuple(replace(one, label=other[one.label]) for one in stance),
        ner=tuple(outer),
        topic=tuple(replace(one, topics=("conflict",)) for one in topic),
    )
    name = article_id.removesuffix("_page")
    about: dict[str, Any] = {
        "outlet": None if name in UNDATED else HOSTILE_OUTLET,
        "published": None if name in UNDATED else "2026-11-22",
        "published_basis": "<b>basis</b>",
        "author": SCRIPT,
        "rights": "<u>rights</u> & more",
        "sources": [{"title": SCRIPT, "publisher": "\u202epublisher", "date": "<i>date</i>"}],
    }
    record = record_of(article_id, f"{name}_event", **about)
    return Made(record, raw, {GOLD: gold, "reader_a": gold, "reader_b": second})


if __name__ == "__main__":
    print(make(rooms.find(), Path(sys.argv[1])).root)
