"""The explorer's article page in a browser: links to places, readings, hostile texts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from browser import PHONE, Visitor, drawn, go, injected, shown, violations
from marsad.annotation import Annotation
from marsad.corpus import Corpus, read_annotations, read_corpus
from marsad.dataset import look
from marsad.passage import lines
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ("explorer_sites",)

ARTICLE = "beijing_victory_parade_2025_brief"
PAGE = "The page as received, with its annotations"
# A line's own text: without the types and the numbers that stand in it, and the sign of a cut.
TEXTS = """
(lines) => lines.map((line) => {
  const copy = line.querySelector("p").cloneNode(true);
  for (const one of copy.querySelectorAll("a, [aria-hidden=true]")) one.remove();
  return copy.textContent;
})
"""


def raw_lines(page: Page) -> list[str]:
    """The text of every line, in order."""
    return items(page).evaluate_all(TEXTS)


def items(page: Page) -> Locator:
    """The raw lines, with what is said of them."""
    return page.get_by_role("region", name=PAGE).locator("li[value]")


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Chosen")


def rows(page: Page) -> list[dict[str, object]]:
    """The annotations, as they are downloaded."""
    with page.expect_download() as waited:
        page.get_by_role("button", name="JSONL").click()
    return [json.loads(line) for line in waited.value.path().read_text("utf-8").splitlines()]


def test_an_article_shows_its_raw_lines_with_their_labels(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, f"en/article/{ARTICLE}")
    one = next(one for one in corpus.articles if one.article_id == ARTICLE)
    known = lines(one.raw)
    assert raw_lines(page) == [shown(one.raw[line.start : line.end]) for line in known]
    assert [int(n) for n in items(page).evaluate_all("a => a.map((e) => e.value)")] == [
        line.number for line in known
    ]
    labels = {span.start: span.label for span in corpus.gold[ARTICLE].structure}
    for item, line in zip(items(page).all(), known, strict=True):
        assert labels[line.start] in item.inner_text()


def test_the_downloaded_annotations_are_gold(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, f"en/article/{ARTICLE}")
    gold = corpus.gold[ARTICLE]
    found = rows(page)

    def of(layer: str, *names: str) -> set[tuple[object, ...]]:
        return {tuple(row[name] for name in names) for row in found if row["layer"] == layer}

    bounds = ("start", "end", "label")
    assert of("structure", *bounds) == {(s.start, s.end, s.label) for s in gold.structure}
    assert of("topic", *bounds) == {(s.start, s.end, t) for s in gold.topic for t in s.topics}
    assert of("ner", *bounds, "entity_id") == {
        (s.start, s.end, s.label, s.entity_id) for s in gold.ner
    }
    assert of("stance", *bounds, "holder", "target") == {
        (s.start, s.end, s.label, s.holder, s.target) for s in gold.stance
    }
    raw = next(one.raw for one in corpus.articles if one.article_id == ARTICLE)
    for row in found:
        assert row["text"] == raw[row["start"] : row["end"]]  # type: ignore[misc]


def test_links_to_a_passage_a_span_and_a_stance_open_at_them(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    one = next(one for one in corpus.articles if one.article_id == ARTICLE)
    gold = corpus.gold[ARTICLE]
    view = look(one, gold)
    stance = gold.stance[-1]
    passage = next(p for p in view.passages if p.start == stance.passage_start)
    place = view.passage_id(passage).partition(":")[2]
    mention = gold.ner[-1]
    for at, text, also in (
        (place, one.raw[passage.start : passage.end], f"{ARTICLE}:{place}"),
        (
            f"{place}|{stance.holder}|{stance.target}",
            one.raw[stance.start : stance.end],
            stance.target.replace("_", " "),
        ),
        (
            f"{mention.start}-{mention.end}",
            one.raw[mention.start : mention.end],
            f"{mention.start}:{mention.end}",
        ),
    ):
        page = visit(whole_site, f"en/article/{ARTICLE}?at={at}")
        said = panel(page)
        assert said.locator("blockquote").inner_text() == shown(text), at
        assert also in said.inner_text(), at
        assert "Gold" in said.inner_text(), at
        line = next(n for n in lines(one.raw) if n.start <= mention.start < n.end)
        if at[-1].isdigit() and "-" in at:
            assert page.locator(f"li[value='{line.number}']").evaluate(
                "e => e.getBoundingClientRect().top < innerHeight"
            )


def test_a_link_to_a_place_that_is_not_there_opens_the_article(
    visit: Visitor, whole_site: Path
) -> None:
    for at in ("999999-1000000", "5-2", "999.99", "000.01|nobody|nothing", "%", "x"):
        page = visit(whole_site, f"en/article/{ARTICLE}?at={at}")
        assert items(page).count() > 5, at
    page = visit(whole_site, f"en/article/{ARTICLE}?reading=nobody&compare=nothing&without=x")
    assert items(page).count() > 5


def test_a_span_is_chosen_by_keyboard_and_its_card_leads_on(
    visit: Visitor, whole_site: Path
) -> None:
    page = visit(whole_site, f"en/article/{ARTICLE}")
    tag = items(page).get_by_role("link", name=re.compile("^GPE: ")).first
    tag.focus()
    page.keyboard.press("Enter")
    said = panel(page)
    assert said.is_visible()
    assert page.evaluate("document.activeElement.closest('section')?.ariaLabel") == "Chosen"
    assert said.get_by_role("heading").count() == 1
    assert "at=" in page.url
    assert violations(page) == ""
    page.keyboard.press("Escape")
    assert not said.is_visible()
    assert page.evaluate("document.activeElement.ariaLabel || ''").startswith("GPE: ")
    page.keyboard.press("Enter")
    said.get_by_role("link", name="Everything about it").click()
    drawn(page)
    assert "/entity/" in page.url


def differences(one: Annotation, other: Annotation) -> int:
    """In how many labelled things two readings differ, over all layers."""
    found = sum(a.label != b.label for a, b in zip(one.structure, other.structure, strict=True))
    topics = [{(s.start, s.end, t) for s in read.topic for t in s.topics} for read in (one, other)]
    found += len(topics[0] ^ topics[1])
    held = [
        {(s.passage_start, s.holder, s.target): s.label for s in read.stance}
        for read in (one, other)
    ]
    found += sum(held[0].get(key) != held[1].get(key) for key in held[0].keys() | held[1].keys())
    named = [{(s.start, s.end, s.label): s.entity_id for s in read.ner} for read in (one, other)]
    found += len(named[0].keys() ^ named[1].keys())
    return found + sum(named[0][key] != named[1][key] for key in named[0].keys() & named[1].keys())


def test_the_switch_between_readings_shows_what_differs(
    visit: Visitor, whole_site: Path, home: Rooms, corpus: Corpus
) -> None:
    judged = {
        name: read_annotations(home, corpus.articles, name) for name in ("reader_a", "reader_b")
    }
    article_id = next(
        one
        for one in sorted(corpus.gold)
        if differences(judged["reader_a"][one], corpus.gold[one]) > 3
    )
    page = visit(whole_site, f"en/article/{article_id}")
    assert page.get_by_role("radio", name="Gold").is_checked()
    assert page.get_by_text("Differences:").count() == 0
    page.get_by_role("radio", name="Judgement A").check()
    expected = differences(judged["reader_a"][article_id], corpus.gold[article_id])
    status = page.get_by_role("status").filter(has_text="Differences")
    assert int(status.locator("strong").inner_text()) == expected
    assert {row["reading"] for row in rows(page)} == {"reader_a"}
    page.get_by_label("Compared with").select_option(label="Judgement B")
    expected = differences(judged["reader_a"][article_id], judged["reader_b"][article_id])
    assert int(status.locator("strong").inner_text()) == expected
    assert "reading=reader_a" in page.url
    page.get_by_role("button", name="Next difference").click()
    assert violations(page) == ""
    for article_id in ("vostok_2022_exercise_column", "power_of_siberia_launch_2019_wire"):
        go(page, f"en/article/{article_id}?reading=reader_b&compare=gold")
        expected = differences(judged["reader_b"][article_id], corpus.gold[article_id])
        assert int(status.locator("strong").inner_text()) == expected, article_id


def test_layers_can_be_left_out(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, f"en/article/{ARTICLE}")
    before = raw_lines(page)
    for name in ("Entities", "Topics", "Stances", "Structure"):
        page.get_by_role("checkbox", name=name).uncheck()
    assert items(page).get_by_role("link").count() == 0
    assert raw_lines(page) == before
    page.reload()
    drawn(page)
    assert not page.get_by_role("checkbox", name="Entities").is_checked()


def test_a_baseline_is_laid_over_gold(visit: Visitor, whole_site: Path, corpus: Corpus) -> None:
    tested = next(a for a, place in sorted(corpus.splits.items()) if place.split == "test")
    page = visit(whole_site, f"en/article/{tested}")
    page.get_by_label("Baseline").select_option(value="ner_none")
    drawn(page)
    status = page.get_by_role("status").filter(has_text="Differences")
    assert int(status.locator("strong").inner_text()) == len(
        {(s.start, s.end, s.label) for s in corpus.gold[tested].ner}
    )


def test_a_citation_is_copied_and_leads_to_the_letter(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    mention = corpus.gold[ARTICLE].ner[-1]
    one = next(one for one in corpus.articles if one.article_id == ARTICLE)
    route = f"en/article/{ARTICLE}?at={mention.start}-{mention.end}"
    page = visit(whole_site, route, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy citation").first.click()
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in (
        "Marsad",
        ARTICLE,
        one.sha256,
        f"[{mention.start}:{mention.end}]",
        f"«{one.raw[mention.start : mention.end]}»",
        f"#/{route}",
    ):
        assert part in copied, part
    assert "file:" not in copied, "a path of this machine"
    assert "\n" not in copied


def test_hostile_pages_show_their_text_and_nothing_else(
    visit: Visitor, hostile_site: Path, hostile_folder: Path
) -> None:
    """No dialog, no element, no request comes of a text; every letter of it is there."""
    page = visit(hostile_site, "en/overview")
    known = read_corpus(Rooms(hostile_folder))
    for one in known.articles:
        for language in ("en", "ar"):
            go(page, f"{language}/article/{one.article_id}")
            page.locator("main details").evaluate_all("all => all.forEach((e) => (e.open = true))")
            assert page.locator("html").get_attribute("dir") == {"en": "ltr", "ar": "rtl"}[language]
            assert injected(page) == 0, one.article_id
        texts = page.locator("li[value]").evaluate_all(TEXTS)
        expected = [shown(one.raw[line.start : line.end]) for line in lines(one.raw)]
        assert texts == expected, one.article_id
        assert "hacked" not in page.title()
        assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068") & set(
            page.locator("main").evaluate("e => e.textContent")
        ), one.article_id


def test_hostile_pages_keep_to_their_window_and_are_accessible(
    visit: Visitor, hostile_site: Path
) -> None:
    page = visit(hostile_site, "en/articles", PHONE)
    wide = []
    for name in ("articles", *(f"article/{name}_page" for name in HOSTILE)):
        go(page, f"en/{name}")
        scroll, client = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if scroll > client:
            wide.append(name)
    assert wide == []
    go(page, "en/article/deep_nesting_page")
    assert violations(page) == ""


HOSTILE = ("long_words", "combining_pile", "bidi_unclosed", "deep_nesting", "html_in_everything")


def test_nested_spans_each_have_a_link(visit: Visitor, hostile_site: Path) -> None:
    page = visit(hostile_site, "en/article/deep_nesting_page")
    line = items(page).nth(1)
    tags = line.get_by_role("link", name=re.compile("^(OCC|ORG|LOC|GPE): "))
    assert tags.count() == 5
    names = [tag.get_attribute("aria-label") or "" for tag in tags.all()]
    assert sorted(len(name) for name in names) == sorted({len(name) for name in names})
    tags.first.click()
    assert panel(page).get_by_role("row").count() == 3  # gold and both judges


def test_offsets_after_astral_letters_are_code_points(
    visit: Visitor, hostile_site: Path, hostile_folder: Path
) -> None:
    known = read_corpus(Rooms(hostile_folder))
    one = next(one for one in known.articles if one.article_id == "astral_and_emoji_page")
    for span in known.gold[one.article_id].ner:
        page = visit(hostile_site, f"en/article/{one.article_id}?at={span.start}-{span.end}")
        quoted = panel(page).locator("blockquote").inner_text()
        assert quoted == shown(one.raw[span.start : span.end])
        assert f"{len(one.raw[: span.start].encode())}:" in panel(page).inner_text()
