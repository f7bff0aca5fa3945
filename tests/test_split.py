"""Splits: an event stays in one, and growing the dataset moves nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from marsad.corpus import Corpus
from marsad.split import SplitRule, extend

RULE = SplitRule(1, "salt", 60, 15, 25, "test", (), "2017-03-01", "2017-04-01")


def test_shares_come_out_over_many_events() -> None:
    counts = Counter(RULE.of_event(f"event_{n}") for n in range(4000))
    assert abs(counts["train"] / 4000 - 0.60) < 0.03
    assert abs(counts["validation"] / 4000 - 0.15) < 0.03
    assert abs(counts["test"] / 4000 - 0.25) < 0.03


def test_every_split_stands_as_the_rule_gives_it(corpus: Corpus) -> None:
    ruled = corpus.rule.of_articles(corpus.articles)
    for article in corpus.articles:
        place = corpus.splits[article.article_id]
        assert place.split == ruled[article.article_id]
        assert place.group == article.event
        assert article.tier != "collected" or place.split == "test"


def test_a_referenced_event_goes_by_its_first_day(corpus: Corpus) -> None:
    model = next(a for a in corpus.articles if a.tier == "authored")
    days = {"a": "2017-02-28", "b": "2017-05-01", "c": "2017-03-01", "d": "2017-04-01"}
    events = {"a": "one", "b": "one", "c": "two", "d": "three"}
    referenced = [
        replace(model, article_id=i, tier="referenced", event=events[i], published=day)
        for i, day in days.items()
    ]
    ruled = RULE.of_articles(referenced)
    assert ruled == {"a": "train", "b": "train", "c": "validation", "d": "test"}
    shared = replace(model, article_id="e", event="three")
    ruled = RULE.of_articles([*referenced, shared])
    assert ruled["d"] == ruled["e"] == RULE.of_event("three")


@given(st.lists(st.sampled_from([f"event_{n}" for n in range(9)]), max_size=20))
def test_growing_moves_nothing(events: list[str]) -> None:
    from conftest import ROOT
    from marsad import rooms
    from marsad.article import read_manifest

    model = read_manifest(rooms.find(ROOT))[-1]
    articles = [replace(model, article_id=str(n), event=e) for n, e in enumerate(events)]
    places = extend(RULE, {}, articles)
    grown = extend(RULE, places, [*articles, replace(model, article_id="new", event="event_3")])
    assert {key: grown[key] for key in places} == places
    by_event: dict[str, set[str]] = {}
    for place in grown.values():
        by_event.setdefault(place.group, set()).add(place.split)
    assert all(len(found) == 1 for found in by_event.values())


def test_held_out_targets_are_rows_of_test_alone(corpus: Corpus) -> None:
    from marsad.dataset import build_rows

    rows = build_rows(corpus)["stance"]
    held_out = set(corpus.rule.held_out_targets)
    assert held_out == {"financial_independence", "politicised_sport"}
    assert not held_out & {row["target"] for n in ("train", "validation") for row in rows[n]}
    assert held_out <= {row["target"] for row in rows["test"]}
    annotated = {
        span.target
        for article in corpus.articles
        if corpus.splits[article.article_id].split == "train"
        for span in corpus.gold[article.article_id].stance
    }
    assert "financial_independence" in annotated  # left out of the rows, not of the record
