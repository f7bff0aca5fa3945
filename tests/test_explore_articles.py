"""The explorer's list of articles in a browser: it finds what Python finds in the sources."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser import Visitor, drawn, go, injected, quiet, until
from marsad import corpus
from marsad.article import Article
from marsad.corpus import Corpus
from marsad.rooms import Rooms
from marsad.spelling import fold

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ("explorer_sites",)

SEARCH = "Search the texts"
# Queries, and what they are for.
QUERIES = {
    "أوكرانيا": "hamza on alef",
    "اوكرانيا": "no hamza",
    "الامم المتحده": "ha for ta marbuta, two words",
    "سوريه": "ha for ta marbuta",
    "مُوسْكُو": "diacritics",
    "الغـــاز": "tatweel",
    "علي": "ya for alef maqsura",
    "«الحزام والطريق»": "a phrase",
    "pdf": "Latin in another case",
    "2022": "digits",
    "zzzz": "nothing",
}


def count(page: Page) -> int:
    """How many articles the page says it has found."""
    said = page.get_by_role("status").filter(has_text="Articles found").inner_text()
    return int(said.replace(",", "").split()[2])


def taken(page: Page, kind: str = "JSONL") -> str:
    """The file of the shown rows."""
    with page.expect_download() as waited:
        page.get_by_role("button", name=kind).click()
    return waited.value.path().read_text("utf-8")


def listed(page: Page) -> list[str]:
    """The ids of the shown rows, as they are downloaded."""
    return [json.loads(line)["article_id"] for line in taken(page).splitlines()]


def search(page: Page, query: str) -> None:
    before = page.evaluate("performance.getEntriesByName('search').length")
    page.get_by_role("searchbox", name=SEARCH).fill(query)
    until(page, "n => performance.getEntriesByName('search').length > n", before)
    drawn(page)


def values(page: Page, title: str) -> dict[str, int]:
    """The values of a filter with their counts, as shown."""
    said = group(page, title).get_by_role("listitem").all_inner_texts()
    found = {}
    for text in said:
        name, number = re.fullmatch(r"(.*?)\s*([\d,]+)", text.strip(), re.DOTALL).groups()
        found[name] = int(number.replace(",", ""))
    return found


def group(page: Page, title: str) -> Locator:
    """A filter's values; the filter is opened where it is not."""
    found = page.get_by_role("group", name=title, exact=True)
    if not found.is_visible():
        page.locator("summary").filter(has_text=re.compile(f"^{title}")).click()
    return found


def choose(page: Page, title: str, value: str) -> None:
    group(page, title).get_by_role("checkbox", name=re.compile(f"^{value}")).check()


def holds(query: str, raw: str) -> bool:
    """Whether a page has every word of a query, or the phrase, spelled in any way."""
    phrase = query.startswith("«")
    words = [query.strip("«»")] if phrase else query.split()
    folded = fold(raw).lower()
    return all(fold(word).lower() in folded for word in words)


def test_the_search_finds_what_python_finds(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, "en/articles")
    for query, why in QUERIES.items():
        search(page, query)
        expected = {one.article_id for one in corpus.articles if holds(query, one.raw)}
        assert bool(expected) == (why != "nothing"), why
        assert (count(page), set(listed(page))) == (len(expected), expected), why
        if expected:
            rows = page.get_by_role("region", name="Articles")
            marked = rows.get_by_role("mark").first.inner_text()
            assert fold(marked).lower() in fold(query).lower(), why


def test_the_search_over_two_thousand_articles_finds_them_all(
    visit: Visitor, large_site: Path, large_corpus_folder: Path
) -> None:
    known = corpus.read_corpus(Rooms(large_corpus_folder))
    page = visit(large_site, "en/articles")
    assert count(page) == len(known.articles) == 2_000
    for query in ("الأمم المتحدة", "روسيا والصين"):
        search(page, query)
        assert count(page) == sum(holds(query, one.raw) for one in known.articles)


Test = Callable[[Corpus, Article], bool]


def topics(known: Corpus, one: Article) -> set[str]:
    return {topic for span in known.gold[one.article_id].topic for topic in span.topics}


def stances(known: Corpus, one: Article) -> set[tuple[str, str]]:
    return {(span.target, span.label) for span in known.gold[one.article_id].stance}


def entities(known: Corpus, one: Article) -> set[str | None]:
    return {span.entity_id for span in known.gold[one.article_id].ner}


# The address's query, and which articles it is to leave.
FILTERS: dict[str, Test] = {
    "genre=opinion": lambda known, one: one.genre == "opinion",
    "genre=opinion&genre=analysis": lambda known, one: one.genre in {"opinion", "analysis"},
    "genre=news&topic=sanctions": lambda known, one: (
        one.genre == "news" and "sanctions" in topics(known, one)
    ),
    "tier=collected": lambda known, one: one.tier == "collected",
    "split=test&outlet=manner:wire": lambda known, one: (
        one.outlet == "manner:wire" and known.splits[one.article_id].split == "test"
    ),
    "outlet=-": lambda known, one: one.outlet is None,
    "target=western_policy": lambda known, one: (
        "western_policy" in {target for target, _ in stances(known, one)}
    ),
    "target=western_policy&stance=favor": lambda known, one: (
        ("western_policy", "favor") in stances(known, one)
    ),
    "entity=moscow&genre=feature": lambda known, one: (
        one.genre == "feature" and "moscow" in entities(known, one)
    ),
    "event=vostok_2022_exercise": lambda known, one: one.event == "vostok_2022_exercise",
    "q=الغاز&topic=energy": lambda known, one: (
        holds("الغاز", one.raw) and "energy" in topics(known, one)
    ),
}


def test_an_address_with_filters_leaves_what_python_leaves(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, "en/overview")
    for query, fits in FILTERS.items():
        go(page, f"en/articles?{query}")
        expected = {one.article_id for one in corpus.articles if fits(corpus, one)}
        assert expected, query
        assert (count(page), set(listed(page))) == (len(expected), expected), query


def test_an_address_with_filters_opens_with_them_chosen(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/articles?q=الغاز&topic=energy&genre=news")
    assert page.get_by_role("searchbox", name=SEARCH).input_value() == "الغاز"
    for title, value in (("Topic", "energy"), ("Genre", "news")):
        chosen = group(page, title).get_by_role("checkbox", checked=True)
        assert chosen.count() == 1
        assert group(page, title).get_by_role("checkbox", name=re.compile(value)).is_checked()


def test_counts_follow_the_filters(visit: Visitor, whole_site: Path, corpus: Corpus) -> None:
    def expected(title: str, among: list[Article]) -> dict[str, int]:
        of: dict[str, Callable[[Article], Any]] = {
            "Genre": lambda one: {one.genre},
            "Split": lambda one: {corpus.splits[one.article_id].split},
            "Topic": lambda one: {name.replace("_", " ") for name in topics(corpus, one)},
            "Stance target": lambda one: {
                target.replace("_", " ") for target, _ in stances(corpus, one)
            },
        }
        names = {name for one in among for name in of[title](one)}
        return {name: sum(name in of[title](one) for one in among) for name in names}

    page = visit(whole_site, "en/articles")
    everything = list(corpus.articles)
    assert values(page, "Genre") == expected("Genre", everything)
    choose(page, "Genre", "opinion")
    opinion = [one for one in everything if one.genre == "opinion"]
    assert count(page) == len(opinion)
    assert "genre=opinion" in page.url
    assert values(page, "Genre") == expected("Genre", everything)  # what choosing it would add
    for title in ("Split", "Stance target"):
        assert values(page, title) == expected(title, opinion)
    frequent = values(page, "Topic")
    assert frequent
    assert frequent.items() <= expected("Topic", opinion).items()
    choose(page, "Split", "test")
    both = [one for one in opinion if corpus.splits[one.article_id].split == "test"]
    assert count(page) == len(both)
    page.get_by_role("button", name=re.compile("Remove filter.*opinion", re.DOTALL)).click()
    test = [one for one in everything if corpus.splits[one.article_id].split == "test"]
    assert count(page) == len(test)
    page.get_by_role("button", name="Clear all filters").click()
    assert count(page) == len(everything)


def test_the_downloaded_rows_are_the_shown_ones(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, "en/articles?genre=feature&sort=oldest")
    rows = [json.loads(line) for line in taken(page).splitlines()]
    known = {one.article_id: one for one in corpus.articles}
    assert [row["published"] or "9999" for row in rows] == sorted(
        row["published"] or "9999" for row in rows
    )
    for row in rows:
        one = known[row["article_id"]]
        assert (row["tier"], row["outlet"], row["event"]) == (one.tier, one.outlet, one.event)
        assert row["genre"] == "feature"
        assert row["characters"] == len(one.raw)
        assert set(row["topics"]) == topics(corpus, one)
        assert {tuple(pair.split(":")) for pair in row["stances"]} == stances(corpus, one)
    text = taken(page, "CSV")
    table = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["article_id"] for row in table] == [row["article_id"] for row in rows]
    assert [row["headline"] for row in table] == [row["headline"] for row in rows]
    titles = page.get_by_role("region", name="Articles").get_by_role("heading", level=2)
    headlines = [quiet(row["headline"]) for row in rows]
    assert titles.all_text_contents() == headlines[: titles.count()]


def test_a_row_leads_to_its_article_and_back(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/articles?genre=feature")
    before = count(page)
    link = page.get_by_role("region", name="Articles").get_by_role("link").first
    title = link.inner_text()
    link.click()
    drawn(page)
    assert page.get_by_role("heading", level=1).inner_text() == title
    page.go_back()
    drawn(page)
    assert count(page) == before


def test_an_outlet_that_would_be_markup_is_a_filter_like_others(
    visit: Visitor, hostile_site: Path
) -> None:
    page = visit(hostile_site, "en/articles")
    assert count(page) == 12
    group(page, "Outlet").get_by_role("checkbox").first.check()
    assert count(page) in {3, 9}
    search(page, "script")
    assert count(page) >= 1
    assert injected(page) == 0
