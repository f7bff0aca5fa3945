"""The raw files: as received, whatever is in them; and the five that the project began from."""

from __future__ import annotations

import hashlib

import pytest

from marsad.article import decode
from marsad.corpus import Corpus
from marsad.fault import DataError

# sha256 of the five collected files as they were received
RECEIVED = {
    "000_c7913647ea205634": "5a0919aa40d1a3ac2fa20d8f11abcb682db8b025a6445314293c4fbf47ca65d9",
    "001_3e3dfc9315ae9b46": "22c6897c49a9455c8121d8baac9af6dfc1f7e75616aa37c47c0ed5c1a3fd0e43",
    "002_716e8ccbd9555d23": "7c5192405caef9c4ccdfa4c045553c65efa8430a30845a1eeadb2b177369c7d7",
    "003_fbe9fbb8113c635b": "e57330a4200ab7324299abe92c34c71820f7692bc954cfe6622157cdd0e49eba",
    "004_2a3d9ced42edd8a0": "43320665b1c80b93806490e240e2145bfff9c1ab9a044807051d86eef4062c02",
}


def test_the_collected_articles_are_there_byte_for_byte(corpus: Corpus) -> None:
    found = {
        a.article_id: hashlib.sha256(a.path.read_bytes()).hexdigest()
        for a in corpus.articles
        if a.tier == "collected"
    }
    assert found == RECEIVED


def test_the_first_batch_of_authored_articles(corpus: Corpus) -> None:
    authored = [a for a in corpus.articles if a.tier == "authored"]
    events: dict[str, set[str]] = {}
    for article in authored:
        events.setdefault(article.event, set()).add(str(article.outlet))
        assert article.author
        assert "language model" in article.author
        assert article.sources
        assert article.published
    assert len(authored) >= 24
    assert len(events) >= 6
    assert all(len(manners) >= 4 for manners in events.values())


def test_a_third_of_authored_passages_set_two_stances_side_by_side(corpus: Corpus) -> None:
    mixed = passages = 0
    for article in corpus.articles:
        if article.tier == "authored":
            gold = corpus.gold[article.article_id]
            labels: dict[int, set[str]] = {p.start: set() for p in gold.topic}
            for span in gold.stance:
                labels[span.passage_start].add(span.label)
            mixed += sum(len(found) > 1 for found in labels.values())
            passages += len(labels)
    assert mixed / passages >= 1 / 3


def test_nothing_is_taken_from_a_text_when_it_is_decoded() -> None:
    text = "\ufeffعنوان\r\n\u200fنص\u00a0\r\n"
    assert decode(text.encode("utf-8"), "x") == text
    with pytest.raises(DataError, match=r"x: not UTF-8: byte 0xc7 at offset 2; restore the file"):
        decode(b"ab\xc7\xe1", "x")
