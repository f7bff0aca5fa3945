"""The text of a web page's article; pages made to harm end in seconds with a fault."""

from __future__ import annotations

import subprocess
import sys
import time
from threading import Thread

import pytest

from marsad.fault import UsageError
from marsad.ingest import deadline, web_page
from marsad.ingest.intake import Intake, Markup, read_intake
from marsad.rooms import Rooms

pytest.importorskip("trafilatura")

HEADLINE = "قمة بكين & موسكو"
PARAGRAPH = (
    "قال وزير الخارجية الصيني إن بلاده تعمل مع روسيا على تعزيز التعاون في مجالات الطاقة والتجارة، "
    "وأضاف أن القمة المقبلة ستبحث ذلك مع عدد من قادة الدول."
)
PAGE = f"""<html dir="rtl"><head><meta charset="utf-8"><title>قمة بكين &amp; موسكو - المرصد</title>
<meta property="og:site_name" content="المرصد">
<meta property="article:published_time" content="2025-09-03T10:00:00Z"></head>
<body><nav><a href="/">الرئيسية</a> <a href="/b">أخبار</a></nav>
<article><h1>قمة بكين &amp; موسكو</h1>
<p>{PARAGRAPH}</p><p>{PARAGRAPH[::-1]}</p>
<p>قال &quot;الوزير&quot; &lt;هنا&gt; مـــرحبا &#1605;&#x627; أهلاً وسهلاً بالجميع هنا.</p>
</article><div class="comments"><p>تعليق القراء هنا وهو طويل بما يكفي</p></div>
</body></html>"""


@pytest.fixture(scope="module")
def limits(home: Rooms) -> Markup:
    return read_intake(home.root / "ingestion").markup


def test_article(limits: Markup) -> None:
    found = web_page.extract(PAGE, "https://marsad.example/a", limits)
    assert found.fault is None
    assert found.text is not None
    lines = found.text.split("\n")
    assert lines[0] == found.headline == HEADLINE
    assert lines.count(HEADLINE) == 1
    assert lines[1] == PARAGRAPH
    assert 'قال "الوزير" <هنا> مـــرحبا ما أهلاً' in found.text  # entities; tatweel and marks stay
    assert "تعليق" not in found.text
    assert "الرئيسية" not in found.text
    assert (found.outlet, found.published) == ("المرصد", "2025-09-03")
    assert found.url == "https://marsad.example/a"
    assert found.extractor is not None
    assert found.extractor.startswith("trafilatura 2.")


def test_headline_without_heading(limits: Markup) -> None:
    markup = PAGE.replace("<h1>قمة بكين &amp; موسكو</h1>", "")
    found = web_page.extract(markup, None, limits)
    assert found.text is not None
    assert found.text.split("\n")[:2] == [found.headline, PARAGRAPH]


def test_the_same_each_time(limits: Markup) -> None:
    one = web_page.extract(PAGE, None, limits)
    for _ in range(3):
        web_page.extract(PAGE.replace("بكين", "دلهي"), None, limits)
    assert web_page.extract(PAGE, None, limits) == one


def entities(depth: int) -> str:
    """A billion laughs."""
    named = "".join(
        f"<!ENTITY a{i} '" + (f"&a{i - 1};" * 10 if i else "lol") + "'>" for i in range(depth)
    )
    return f"<!DOCTYPE x [{named}]><html><body><p>&a{depth - 1};</p></body></html>"


# Page, and what its fault begins with.
HARMFUL = {
    "nested 100,000 deep": ("<html><body>" + "<div>" * 100_000 + "نص", "markup"),
    "nested and closed": ("<div>" * 5_000 + "نص" + "</div>" * 5_000, "markup"),
    "nested formatting": ("<b><i>" * 1_000 + "نص", "markup"),
    "ten megabytes of one element": ("<html><body>" + "<p>نص" * 2_000_000, "markup"),
    "line breaks": ("<html><body><p>" + "نص<br>" * 200_000, "markup"),
    "attributes": (
        "<html><body><p " + " ".join(f"a{i}=1" for i in range(60_000)) + ">x</p>",
        "markup",
    ),
    "attributes without values": (
        "<html><body><p " + " ".join(f"a{i}" for i in range(60_000)) + ">x</p>",
        "markup",
    ),
    "open brackets": ("<html><body>" + "<a" * 1_000_000, "no_text"),
    "entities within entities": (entities(12), "no_text"),
    "many entities": (
        "<html><body><script>" + "&lt;" * 500_000 + "</script></body></html>",
        "no_text",
    ),
    "only a script": ("<html><body><script>x = 1;</script></body></html>", "no_text"),
    "unclosed script": ("<html><body><script>" + "x = 1; " * 100_000, "no_text"),
    "unclosed comments": ("<html><body>" + "<!-- " * 200_000, "no_text"),
    "a frameset": (
        '<html><frameset cols="1,1"><frame src="a"><frame src="b"></frameset></html>',
        "no_text",
    ),
    "nothing": ("<html></html>", "no_text"),
    "no markup": ("x", "no_text"),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_page(name: str, limits: Markup) -> None:
    markup, reason = HARMFUL[name]
    began = time.process_time()
    found = web_page.extract(markup, None, limits)
    assert found.text is None
    assert found.fault is not None
    assert found.fault.split(":")[0] == reason
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#xD800;", "&#x110000;", "&#99999999999;", "&nosuch;", "\x00", "\x0b"]
)
def test_odd_characters(reference: str, limits: Markup) -> None:
    found = web_page.extract(PAGE.replace("الوزير", f"الوزير{reference}"), None, limits)
    assert found.text is not None
    assert found.text.encode("utf-8")
    assert "\x00" not in found.text


def test_slow_page(limits: Markup, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def slow(*_: object, **__: object) -> None:
        while True:
            try:
                time.sleep(0.01)
            except Exception:  # what a library that catches all does
                continue

    monkeypatch.setattr(trafilatura, "bare_extraction", slow)
    short = Markup(limits.depth, limits.elements, limits.attributes, seconds=0.05)
    found: list[web_page.WebPage] = []
    work = Thread(target=lambda: found.append(web_page.extract(PAGE, None, short)))
    work.start()
    work.join(10)
    assert [one.fault for one in found] == ["markup: takes more than 0.05 s"]
    assert web_page.extract(PAGE, None, short).fault == "markup: takes more than 0.05 s"


def test_extractor_that_fails(limits: Markup, monkeypatch: pytest.MonkeyPatch) -> None:
    import trafilatura

    def fails(*_: object, **__: object) -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr(trafilatura, "bare_extraction", fails)
    assert web_page.extract(PAGE, None, limits).fault == "markup: KeyError in trafilatura"


def test_work_in_time() -> None:
    assert deadline.within(5, lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        deadline.within(5, lambda: 1 // 0)


def test_without_the_extra(limits: Markup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "trafilatura", None)
    web_page._extractor.cache_clear()
    with pytest.raises(UsageError, match=r"pip install \"marsad\[ingest\]\""):
        web_page.extract(PAGE, None, limits)


def test_plain_text_imports_nothing_heavy(home: Rooms, intake_check: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", intake_check], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.fixture
def intake_check(home: Rooms) -> str:
    """A program that reads and decodes a text, and prints what it should not have imported."""
    heavy = ("trafilatura", "lxml", "warcio", "fsspec", "charset_normalizer", "datasets", "sklearn")
    return f"""
import sys
from marsad.ingest import decoding, reading
from marsad.rooms import find
home = find({str(home.root)!r})
intake = reading.read_intake(home.root / "ingestion")
[shard] = reading.plan([str(home.root / "articles" / "collected")], (), intake)
[batch] = [decoding.decode(part, intake) for part in reading.read(shard, intake)]
assert batch.column("text").null_count == 0
print(*(name for name in {heavy!r} if name in sys.modules))
"""


def test_settings_hold(home: Rooms) -> None:
    intake = read_intake(home.root / "ingestion")
    assert isinstance(intake, Intake)
    named = intake.with_text_field("page", markup=True)
    assert (named.fields.text, named.fields.markup) == (("page",), ("page",))
    assert intake.with_text_field("story").fields.markup == ()
