"""The explorer's entities and stance map in a browser: search, filters, downloads, links."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import PHONE, Visitor, drawn, until

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytest_plugins = ("explorer_sites",)


def data(site: Path, name: str) -> Any:
    """A data file's value."""
    script = (site / "data" / f"{name}.js").read_text(encoding="utf-8")
    return json.loads(script[script.index(",") + 1 : script.rindex(")")])


def taken(page: Page, within: Locator | None = None) -> list[dict[str, Any]]:
    """The shown rows, as the page gives them to be saved."""
    with page.expect_download() as download:
        (within or page).get_by_role("button", name="JSONL").first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def stances(site: Path) -> Iterator[tuple[str, str, str, str]]:
    """Passage, holder, target and label of every stance, by their names."""
    head, listed, found = data(site, "site"), data(site, "articles"), data(site, "stances")
    for at, article in enumerate(found["article"]):
        yield (
            f"{listed['id'][article]}:{found['passage'][at]}",
            found["holders"][found["holder"][at]]["id"],
            head["targets"][found["target"][at]]["name"],
            head["layers"]["stance"][found["label"][at]]["name"],
        )


@pytest.mark.parametrize(
    "typed", ["الأمم المتحدة", "الامم المتحده", "united_nations", "United NATIONS"]
)
def test_an_entity_is_found_in_any_spelling(visit: Visitor, whole_site: Path, typed: str) -> None:
    page = visit(whole_site, "en/entities")
    page.get_by_role("searchbox", name="Find a name").fill(typed)
    page.get_by_role("link", name="United Nations", exact=True).wait_for()
    assert page.get_by_role("row").nth(1).get_by_role("rowheader").inner_text().startswith("United")
    assert "q=" in page.evaluate("location.hash")


def test_entities_are_narrowed_by_type_and_sorted_and_what_is_shown_is_saved(
    visit: Visitor, whole_site: Path
) -> None:
    columns, types = data(whole_site, "entities"), data(whole_site, "site")["layers"]["ner"]
    page = visit(whole_site, "en/entities")
    page.get_by_role("radio", name="named event").check(force=True)
    page.get_by_role("radio", name="by name").check(force=True)
    wanted = {
        one
        for one, type_ in zip(columns["id"], columns["type"], strict=True)
        if types[type_]["name"] == "EVENT"
    }
    assert f"{len(wanted):,} of {len(columns['id']):,}" in page.get_by_role("main").inner_text()
    rows = taken(page)
    assert {row["entity_id"] for row in rows} == wanted
    names = [row["name_en"].casefold() for row in rows]
    assert names[0] < names[-1]
    # The address alone says the same.
    again = visit(whole_site, page.evaluate("location.hash").removeprefix("#/"))
    assert taken(again) == rows


def test_an_entity_leads_to_each_place_where_it_is_named(visit: Visitor, whole_site: Path) -> None:
    columns = data(whole_site, "entities")
    at = columns["id"].index("nato")
    flat = columns["mentions"][at]
    page = visit(whole_site, "en/entity/nato")
    forms = page.get_by_role("table", name="Mentions of each form, by outlet")
    counts = Counter(columns["forms"][at][form] for form in flat[3::4])
    first = forms.get_by_role("row").nth(1)
    assert first.get_by_role("rowheader").inner_text() == columns["forms"][at][0]
    assert first.get_by_role("cell").first.inner_text() == str(max(counts.values()))
    occurrences = page.locator("section").filter(
        has=page.get_by_role("heading", name=re.compile("^Where it is named"))
    )
    rows = taken(page, occurrences)
    assert Counter(row["text"] for row in rows) == counts
    until(page, "() => document.querySelector('.context mark') !== null")
    context = occurrences.get_by_role("listitem").first.locator("mark").inner_text()
    assert context == rows[0]["text"]
    occurrences.get_by_role("heading", level=3).first.get_by_role("link").click()
    until(page, "() => location.hash.includes('/article/')")
    drawn(page)
    assert page.evaluate("location.hash") == (
        f"#/en/article/{rows[0]['article_id']}?at={rows[0]['start']}-{rows[0]['end']}"
    )


def test_an_entitys_own_stances_stand_apart_from_those_beside_it(
    visit: Visitor, whole_site: Path
) -> None:
    page = visit(whole_site, "en/entity/china?held=western_alliances")
    own = [one for one in stances(whole_site) if one[1:3] == ("china", "western_alliances")]
    held = page.locator("section").filter(has=page.get_by_role("heading", name="Its own stances"))
    rows = taken(page, held)
    assert sorted((row["passage_id"], row["label"]) for row in rows) == sorted(
        (passage, label) for passage, _, _, label in own
    )
    near = page.locator("section").filter(has=page.get_by_role("heading", name="Others' stances"))
    beside = taken(page, near)
    columns, listed = data(whole_site, "entities"), data(whole_site, "articles")["id"]
    flat = columns["mentions"][columns["id"].index("china")]
    named = {listed[article] for article in flat[::4]}
    assert beside
    assert all(row["holder"] != "china" and row["article_id"] in named for row in beside)


def test_a_cell_of_the_map_opens_its_stances(visit: Visitor, whole_site: Path) -> None:
    own = [one for one in stances(whole_site) if one[1:3] == ("china", "western_alliances")]
    labels = Counter(label for *_, label in own)
    page = visit(whole_site, "en/stances")
    cell = page.get_by_role("link", name="China, western alliances:")
    for label, times in labels.items():
        assert f"{label} {times}" in " ".join(cell.inner_text().split())
    cell.click()
    heading = page.get_by_role("heading", level=2)
    until(page, "() => document.activeElement?.tagName === 'H2'")
    assert heading.inner_text().split() == [
        "China",
        "toward",
        "western",
        "alliances",
        str(len(own)),
    ]
    rows = taken(page)
    assert {(row["passage_id"], row["label"]) for row in rows} == {(p, x) for p, *_, x in own}
    assert list(rows[0])[:3] == ["passage_id", "article_id", "tier"]
    link = page.get_by_role("list").filter(has=page.get_by_label("Evidence")).get_by_role("link")
    link.first.click()
    until(page, "() => location.hash.includes('/article/')")
    drawn(page)
    assert "%7Cchina%7Cwestern_alliances" in page.evaluate("location.hash")


def test_the_map_is_filtered_and_the_filter_is_in_the_address(
    visit: Visitor, whole_site: Path
) -> None:
    against = sum(label == "against" for *_, label in stances(whole_site))
    page = visit(whole_site, "en/stances")
    page.get_by_role("combobox", name="Stance", exact=True).select_option("against")
    assert f"Stances: {against:,} of" in page.get_by_role("main").inner_text()
    assert "stance=against" in page.evaluate("location.hash")
    page.get_by_label("From").fill("2022-03")
    page.get_by_label("From").dispatch_event("change")
    until(page, "() => location.hash.includes('from=2022-03')")
    rows = taken(page)
    assert rows
    assert all(row["label"] == "against" and row["published"] >= "2022-03" for row in rows)
    page.get_by_role("link", name="Clear all filters").click()
    until(page, "() => !location.hash.includes('stance=')")
    assert len(taken(page)) == len(data(whole_site, "stances")["article"])


def test_a_phone_shows_one_line_of_the_map(visit: Visitor, whole_site: Path) -> None:
    head = data(whole_site, "site")
    page = visit(whole_site, "ar/stances", PHONE)
    assert page.get_by_role("table").count() == 0
    target = next(one for one in head["targets"] if one["name"] == "western_alliances")
    page.get_by_label("القضية").select_option(target["name"])
    assert page.get_by_role("heading", name=target["name_ar"]).first.is_visible()
    page.get_by_role("link", name="الصين").first.click()
    until(page, "() => document.activeElement?.tagName === 'H2'")
    assert {(row["holder"], row["target"]) for row in taken(page)} == {("china", target["name"])}


def test_time_is_told_as_a_table_too(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/stances?holder=china&per=quarter")
    page.get_by_text("As a table").click()
    table = page.get_by_role("table", name="Over time")
    years = [one.inner_text() for one in table.get_by_role("rowheader").all()]
    assert years == sorted(years)
    assert all("-Q" in year for year in years)
    told = sum(int(one.inner_text()) for one in table.get_by_role("cell").all())
    dated = [row for row in taken(page) if row["published"]]
    assert told == len(dated)
