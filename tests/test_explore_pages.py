"""The explorer's pages in a browser, from disk: all of them, both languages, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from browser import LAPTOP, PHONE, SCREEN, Visitor, go, violations
from marsad.corpus import Corpus

pytest_plugins = ("explorer_sites",)

ARTICLE = "beijing_victory_parade_2025_brief"
# One of each kind of page, and the article page at a place.
ROUTES = (
    "overview",
    "articles",
    "articles?q=موسكو&genre=opinion",
    f"article/{ARTICLE}",
    f"article/{ARTICLE}?at=017.01&compare=reader_b",
    "entities",
    "entity/moscow",
    "stances",
    "scores",
    "score/ner_crf",
    "agreement",
)
LANGUAGES = {"en": "ltr", "ar": "rtl"}
ENDS = {"en": "· Marsad", "ar": "· مرصد"}
FOCUSED = """
() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  return {
    name: (one.getAttribute("aria-label") || one.innerText || one.placeholder || one.type || "")
      .trim().split("\\n")[0],
    tag: one.tagName,
    visible: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 ||
      style.boxShadow !== "none",
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}
"""
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("route", ROUTES)
def test_a_page_is_named_and_accessible_in_light_and_dark(
    visit: Visitor, whole_site: Path, route: str, language: str
) -> None:
    page = visit(whole_site, f"{language}/{route}")
    root = page.locator("html")
    assert root.get_attribute("lang") == language
    assert root.get_attribute("dir") == LANGUAGES[language]
    headings = page.get_by_role("heading", level=1)
    assert headings.count() == 1
    assert headings.inner_text().strip()
    assert page.title().endswith(ENDS[language])
    assert page.title() != ENDS[language]
    assert page.get_by_role("main").count() == 1
    assert violations(page) == ""
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [PHONE, LAPTOP, SCREEN], ids=lambda size: str(size[0]))
def test_no_page_is_wider_than_its_window(
    visit: Visitor, whole_site: Path, language: str, size: tuple[int, int]
) -> None:
    page = visit(whole_site, f"{language}/overview", size)
    wide = {}
    for route in ROUTES:
        go(page, f"{language}/{route}")
        scroll, client = page.evaluate(WIDTHS)
        if scroll > client:
            wide[route] = scroll
    assert wide == {}


@pytest.mark.parametrize("site", ["whole_site", "large_site"])
@pytest.mark.parametrize("route", ["overview", "articles"])
def test_a_first_view_is_less_than_a_megabyte(
    visit: Visitor, request: pytest.FixtureRequest, site: str, route: str
) -> None:
    page = visit(request.getfixturevalue(site), f"ar/{route}")
    page.evaluate("document.fonts.ready.then(() => true)")
    sizes = {path.name: path.stat().st_size for path in visit.loaded}
    assert {"index.html", "explore.js", "site.js", "articles.js"} <= set(sizes)
    assert sum(sizes.values()) < 1_000_000, sizes


def test_the_keyboard_reaches_pages_filters_and_rows_and_shows_where_it_is(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, "en/articles")
    seen = []
    for _ in range(120):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
        if seen[-1]["tag"] == "BODY":
            break
    assert seen[0]["name"] == "Skip to content"
    names = [one["name"] for one in seen]
    order = ["Skip to content", "Overview", "Search the texts", "Genre", "JSONL"]
    assert [names.index(name) for name in order] == sorted(names.index(name) for name in order)
    headlines = {view["name"] for view in seen if view["tag"] == "A"}
    first = page.get_by_role("region", name="Articles").get_by_role("link").first.text_content()
    assert (first or "").strip() in headlines
    assert [one for one in seen[:-1] if not one["visible"]] == []
    assert [one for one in seen[:-1] if not one["inside"]] == []


def test_the_skip_link_leads_to_the_heading(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/articles")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "H1"


def test_another_language_keeps_the_page_and_its_filters(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/articles?genre=opinion&q=موسكو")
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "#/ar/articles?" in page.url
    assert "genre=opinion" in page.url
    assert page.get_by_role("searchbox", name="ابحث في النصوص").input_value() == "موسكو"
    page.get_by_role("link", name="English").click()
    assert page.locator("html").get_attribute("lang") == "en"


def test_light_and_dark_can_be_chosen_and_are_kept(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/overview")
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(colour)
    page.get_by_role("button", name="Light or dark").click()
    dark = page.evaluate(colour)
    assert dark != light
    page.reload()
    assert page.evaluate(colour) == dark
    assert visit(whole_site, "en/overview", dark=True).evaluate(colour) == dark


@pytest.mark.parametrize("route", ["nothing", "article/none", "entity/none", "score/none", ""])
def test_an_address_that_leads_nowhere_says_so(
    visit: Visitor, whole_site: Path, route: str
) -> None:
    page = visit(whole_site, f"en/{route}", missing=True)
    assert page.get_by_role("heading", level=1).count() == 1
    if "none" in route:
        assert page.get_by_text("There is no such page").is_visible()


@pytest.mark.parametrize("route", ["articles", f"article/{ARTICLE}", "scores"])
def test_a_printed_page_is_its_content(visit: Visitor, whole_site: Path, route: str) -> None:
    page = visit(whole_site, f"ar/{route}")
    page.emulate_media(media="print")
    assert page.get_by_role("heading", level=1).is_visible()
    assert not page.get_by_role("navigation", name="الصفحات").is_visible()
    ink = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ink in {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}
    assert page.pdf(format="A4", print_background=False)[:5] == b"%PDF-"
