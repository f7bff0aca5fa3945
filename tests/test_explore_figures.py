"""The explorer's pages of entities, stances, scores and agreement: their figures are the files'."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from browser import PHONE, Visitor, drawn, go, injected
from marsad import agreement_report, record
from marsad.corpus import Corpus
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytest_plugins = ("explorer_sites",)

ENTITY, TARGET = "vladimir_putin", "western_policy"
SCORES = {"ner_crf": "f1", "stance_random": "macro_f1"}


def rows(page: Page, at: int = 0) -> list[dict[str, Any]]:
    """The rows that the page's button of that number saves."""
    with page.expect_download() as waited:
        page.get_by_role("button", name="JSONL").nth(at).click()
    return [json.loads(line) for line in waited.value.path().read_text("utf-8").splitlines()]


def text(page: Page) -> str:
    return page.get_by_role("main").inner_text().replace(",", "")


def test_a_link_to_an_entity_opens_all_that_is_known_of_it(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, f"en/entity/{ENTITY}")
    known = corpus.catalogue[ENTITY]
    assert known.name_en in page.get_by_role("heading", level=1).inner_text()
    assert known.name_ar in text(page)
    mentions = Counter(
        article
        for article, gold in corpus.gold.items()
        for span in gold.ner
        if span.entity_id == ENTITY
    )
    facts = page.get_by_role("main").locator("dl").first.inner_text().replace(",", "")
    assert re.search(rf"Mentions\s+{mentions.total()}\b", facts)
    assert re.search(rf"Articles\s+{len(mentions)}\b", facts)
    held = [span for gold in corpus.gold.values() for span in gold.stance if span.holder == ENTITY]
    assert re.search(rf"Stances\s+{len(held)}\b", facts)
    assert Counter((row["target"], row["label"]) for row in rows(page)) == Counter(
        (span.target, span.label) for span in held
    )
    go(page, f"ar/entity/{ENTITY}")
    assert known.name_ar in page.get_by_role("heading", level=1).inner_text()


def test_entities_are_found_however_they_are_spelled(visit: Visitor, whole_site: Path) -> None:
    page = visit(whole_site, "en/entities")
    for query in ("أوكرانيا", "اوكرانيا", "ukraine", "أُوكرانيا"):
        page.get_by_role("main").get_by_role("searchbox").first.fill(query)
        page.get_by_role("link", name="Ukraine").first.wait_for()
    page.get_by_role("link", name="Ukraine", exact=False).first.click()
    drawn(page)
    assert "/entity/" in page.url


def test_the_stance_map_counts_what_gold_has(
    visit: Visitor, whole_site: Path, corpus: Corpus
) -> None:
    page = visit(whole_site, "en/stances")
    every = [span for gold in corpus.gold.values() for span in gold.stance]
    status = page.get_by_role("status").filter(has_text="Stances:").inner_text().replace(",", "")
    assert f"Stances: {len(every)}" in " ".join(status.split())
    for query, fits in (
        (f"holder={ENTITY}", lambda span: span.holder == ENTITY),
        (f"target={TARGET}", lambda span: span.target == TARGET),
        (
            f"holder={ENTITY}&target={TARGET}",
            lambda span: (span.holder, span.target) == (ENTITY, TARGET),
        ),
    ):
        go(page, f"en/stances?{query}")
        found = Counter((row["holder"], row["target"], row["label"]) for row in rows(page))
        assert found == Counter((s.holder, s.target, s.label) for s in every if fits(s)), query
    fresh = visit(whole_site, f"ar/stances?holder={ENTITY}&target={TARGET}", PHONE)
    assert corpus.catalogue[ENTITY].name_ar in text(fresh)


def test_the_scores_are_those_of_the_score_files(
    visit: Visitor, whole_site: Path, home: Rooms
) -> None:
    page = visit(whole_site, "en/scores")
    shown = {row["baseline"]: row for row in rows(page) if row["baseline"]}
    files = {path.stem for path in (home.baselines / "scores").glob("*.json")}
    assert set(shown) == files
    for name, row in shown.items():
        scored = record.read_score(home, name)
        assert abs(row["value"] - record.value(scored)) < 1e-9, name
        assert f"{record.value(scored):.3f}" in text(page), name
        assert row["signature"] == scored["signature"], name


def test_a_link_to_a_score_opens_it_with_its_interval_and_its_answers(
    visit: Visitor, whole_site: Path, home: Rooms, corpus: Corpus
) -> None:
    for name in SCORES:
        scored = record.read_score(home, name)
        page = visit(whole_site, f"en/score/{name}")
        assert page.get_by_role("heading", level=1).inner_text().strip() == scored["title"]
        said = text(page)
        assert f"{record.value(scored):.3f}" in said
        low, high = scored["intervals"][scored["metric"]]
        if "over_seeds" not in scored:
            assert f"{low:.3f}" in said
            assert f"{high:.3f}" in said
        assert scored["signature"] in said
        for label, row in scored["by_label"].items():
            assert f"{row['f1']:.3f}" in said, label
    page = visit(whole_site, "en/score/ner_crf?label=ORG&answers=open")
    link = page.get_by_role("main").locator("a[href*='/article/'][href*='ner_crf']").first
    link.wait_for()
    link.click()
    drawn(page)
    assert "reading=ner_crf" in page.url
    assert page.get_by_role("status").filter(has_text="Differences").count() == 1


def test_the_agreement_is_what_the_command_prints(
    visit: Visitor, whole_site: Path, home: Rooms
) -> None:
    page = visit(whole_site, "en/agreement")
    found = agreement_report.report(home)
    said = text(page)
    for layer, figure in (("topic", "alpha"), ("stance", "pair_f1"), ("ner", "f1")):
        assert f"{found[layer][figure]:.3f}" in said, layer


def test_names_that_would_be_markup_stand_as_names(visit: Visitor, hostile_site: Path) -> None:
    page = visit(hostile_site, "en/entities")
    assert page.get_by_text("<b>Ministry</b> & Sons").count() >= 1
    for route in (
        "entities",
        "entity/bold_ministry",
        "entity/image_onerror",
        "entity/overridden",
        "entity/quoted",
        "stances",
        "stances?holder=image_onerror",
        "scores",
        "agreement",
        "overview",
    ):
        for language in ("en", "ar"):
            go(page, f"{language}/{route}")
            assert injected(page) == 0, route
            assert "\u202e" not in page.locator("main").evaluate("e => e.textContent"), route
