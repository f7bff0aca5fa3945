"""The corpora that the explorer is tried on: labels true to their texts, the same every time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import hostile_corpus
import large_corpus
from conftest import same_files
from marsad import corpus, passage, rule
from marsad.rooms import Rooms

COUNT = 60


@pytest.fixture(scope="module")
def large(home: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return large_corpus.make(home, tmp_path_factory.mktemp("large") / "one", COUNT)


def breaches(there: Rooms) -> Iterator[object]:
    known = corpus.read_corpus(there)
    for name in (None, *corpus.annotators(there)):
        read = corpus.read_annotations(there, known.articles, name)
        assert len(read) == len(known.articles)
        catalogue = None if name else known.catalogue
        for one in known.articles:
            one.prove()
            yield from rule.breaches(read[one.article_id], one.raw, known.layers, catalogue)


def test_every_made_label_holds_to_the_rules(large: Rooms) -> None:
    assert list(breaches(large)) == []


def test_made_articles_differ_and_are_many(large: Rooms) -> None:
    known = corpus.read_corpus(large)
    assert len(known.articles) == COUNT
    titles = {
        one.raw[span.start : span.end]
        for one in known.articles
        for span in known.gold[one.article_id].structure
        if span.label == "headline"
    }
    assert len(titles) == COUNT
    assert {one.tier for one in known.articles} == {"authored", "ingested"}
    assert len({place.split for place in known.splits.values()}) == 3
    assert len({one.outlet for one in known.articles}) > 5


def test_a_headline_drawn_again_has_a_number_and_keeps_its_labels(home: Rooms) -> None:
    made = large_corpus.articles(home, 300)
    again = [one for one in made if "(2)" in one.raw]
    assert again
    for one in again:
        gold = one.readings["gold"]
        head = next(span for span in gold.structure if span.label == "headline")
        assert one.raw[head.start : head.end].rstrip().endswith("(2)")
        assert any((span.start, span.end) == (head.start, head.end) for span in gold.topic)


def test_mentions_say_what_they_said(home: Rooms, large: Rooms) -> None:
    """A linked mention of a made article is one of the names that the checkout has for it."""
    forms = {one.entity_id: set(one.aliases) for one in corpus.read_corpus(home).catalogue.values()}
    known = corpus.read_corpus(large)
    seen = 0
    for one in known.articles:
        for span in known.gold[one.article_id].ner:
            if span.entity_id:
                assert one.raw[span.start : span.end] in forms[span.entity_id]
                seen += 1
    assert seen > COUNT


def test_the_same_corpus_is_made_again(home: Rooms, large: Rooms, tmp_path: Path) -> None:
    same_files(large.root, large_corpus.make(home, tmp_path / "again", COUNT).root)


def test_the_hostile_pages_hold_to_the_rules_too(home: Rooms, tmp_path: Path) -> None:
    there = hostile_corpus.make(home, tmp_path / "hostile")
    assert list(breaches(there)) == []
    known = {one.article_id: one for one in corpus.read_corpus(there).articles}
    assert len(passage.lines(known["long_page_page"].raw)) == 500
    assert len(passage.lines(known["one_line_page"].raw)) == 1
    assert known["one_line_page"].outlet is None
    assert known["one_line_page"].published is None
