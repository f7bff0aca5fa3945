"""Rows: every value of every row leads back to the raw file it came from."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from marsad import dataset, feature
from marsad.build import build
from marsad.corpus import Corpus
from marsad.dataset import CONFIGS, Row, Rows, flat_tags, outermost
from marsad.label import read_layers
from marsad.passage import tokens
from marsad.rooms import Rooms

COLUMNS = {
    "articles": "article_id tier outlet published event genre rights headline text raw topics "
    "entities stances",
    "structure": "article_id line_id text label",
    "topic": "passage_id article_id tier event text context topics",
    "stance": "passage_id article_id tier event text context holder holder_ar target target_ar "
    "label evidence",
    "ner": "passage_id article_id tier event text tokens ner_tags entities",
}


def all_rows(rows: Rows, config: str) -> list[Row]:
    return [row for part in rows[config].values() for row in part]


@pytest.mark.parametrize("config", CONFIGS)
def test_columns_are_those_of_the_contract(rows: Rows, home: Rooms, config: str) -> None:
    assert list(feature.features(read_layers(home))[config]) == COLUMNS[config].split()
    for row in all_rows(rows, config):
        assert list(row) == COLUMNS[config].split()


@pytest.mark.parametrize("config", CONFIGS)
def test_ids_are_unique_and_rows_sorted_in_every_split(rows: Rows, config: str) -> None:
    ids = [dataset.row_id(config, row) for row in all_rows(rows, config)]
    assert len(set(ids)) == len(ids)
    for part in rows[config].values():
        found = [dataset.row_id(config, row) for row in part]
        assert found == sorted(found)
        assert found


def test_articles_lead_to_their_raw_file(rows: Rows, corpus: Corpus) -> None:
    articles = {a.article_id: a for a in corpus.articles}
    for row in all_rows(rows, "articles"):
        raw = articles[row["article_id"]].path.read_bytes().decode("utf-8")
        assert row["raw"] == raw
        assert row["headline"] in row["text"]
        assert set(row["text"].split()) <= set(raw.split())
        for entity in row["entities"]:
            form = raw[entity["start"] : entity["end"]]
            if entity["entity_id"]:
                assert form in corpus.catalogue[entity["entity_id"]].aliases
        for stance in row["stances"]:
            assert raw[stance["start"] : stance["end"]].strip()


def test_passages_hold_their_spans_to_the_letter(rows: Rows) -> None:
    raws = {row["article_id"]: row["raw"] for row in all_rows(rows, "articles")}
    for row in all_rows(rows, "ner"):
        assert row["text"] in raws[row["article_id"]]
        assert row["tokens"] == [row["text"][t.start : t.end] for t in tokens(row["text"])]
        assert len(row["ner_tags"]) == len(row["tokens"])
        starts = {t.start for t in tokens(row["text"])}
        ends = {t.end for t in tokens(row["text"])}
        assert all(e["start"] in starts and e["end"] in ends for e in row["entities"])
        flat = {(e["start"], e["end"], e["label"]) for e in row["entities"]}
        begun = [tag for tag in row["ner_tags"] if tag.startswith("B-")]
        assert len(begun) == len(outermost(list(flat)))
    for row in all_rows(rows, "stance"):
        evidence = row["text"][row["evidence"]["start"] : row["evidence"]["end"]]
        assert evidence == evidence.strip() != ""


def test_context_is_the_headline_and_the_passage_before(rows: Rows) -> None:
    for part in rows["topic"].values():
        before: dict[str, str] = {}
        headlines: dict[str, str] = {}
        articles = {row["article_id"]: row["headline"] for row in all_rows(rows, "articles")}
        for row in part:
            own = row["article_id"]
            headlines.setdefault(own, articles[own])
            if row["text"] == headlines[own]:
                assert row["context"] == ""
            else:
                assert row["context"].split("\n")[0] == headlines[own]
                assert row["context"].split("\n")[-1] == before.get(own, headlines[own])
            before[own] = row["text"]


def test_flat_tags_keep_the_outermost_span() -> None:
    text = "قال الرئيس الروسي بوتين"
    spans = [(4, 17, "OCC"), (11, 17, "NORP"), (18, 23, "PERS")]
    assert flat_tags(text, spans) == ["O", "B-OCC", "I-OCC", "B-PERS"]
    assert flat_tags(text, []) == ["O"] * 4


def test_a_build_elsewhere_gives_the_same_bytes_twice(home: Rooms, tmp_path: Path) -> None:
    for name in ("one", "two"):
        list(build(home, tmp_path / name))
    files = sorted(p.relative_to(tmp_path / "one") for p in (tmp_path / "one").rglob("*.*"))
    assert len(files) == 3 * len(CONFIGS) + 1
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_build_in_place_changes_nothing(copy: Callable[[], Rooms]) -> None:
    there = copy()
    before = {p: p.read_bytes() for p in there.root.rglob("*") if p.is_file()}
    list(build(there))
    after = {p: p.read_bytes() for p in there.root.rglob("*") if p.is_file()}
    changed = [p.name for p in before if before[p] != after[p] and p.suffix != ".parquet"]
    assert changed == []
    assert set(before) == set(after)


def test_parquet_carries_no_schema_of_one_library(home: Rooms) -> None:
    import pyarrow.parquet as pq

    for path in home.data.rglob("*.parquet"):
        assert not pq.read_schema(path).metadata


def test_every_file_of_data_is_one_of_a_config(home: Rooms) -> None:
    wanted = {
        f"{config}/{name}.parquet" for config in CONFIGS for name in ("train", "validation", "test")
    }
    assert {p.relative_to(home.data).as_posix() for p in home.data.rglob("*.*")} == wanted


def test_values_survive_encoding(rows: Rows, home: Rooms) -> None:
    for config, columns in feature.features(read_layers(home)).items():
        for row in rows[config]["validation"]:
            assert feature.decoder(columns)(feature.encoder(columns)(row)) == row


def test_digests_follow_the_rows(rows: Rows) -> None:
    first = dataset.canon(rows["topic"]).digest
    assert re.fullmatch("[0-9a-f]{64}", first)
    changed = json.loads(json.dumps(rows["topic"]))
    changed["test"][0]["text"] += " "
    assert dataset.canon(changed).digest != first
