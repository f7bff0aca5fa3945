"""`check` finds nothing in the dataset as it is, and names each kind of planted damage."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from marsad.check import check
from marsad.rooms import Rooms

FIRST = "000_c7913647ea205634"
Damage = Callable[[Rooms], None]


def edit_jsonl(path: Path, change: Callable[[dict[str, Any]], Any], line: int = 0) -> None:
    """Changes one record of a JSONL file; a change that returns a list stands for the record."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    new = change(rows[line])
    rows[line : line + 1] = new if isinstance(new, list) else [rows[line]]
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def gold(layer: str, change: Callable[[dict[str, Any]], Any]) -> Damage:
    return lambda home: edit_jsonl(home.gold(layer), change)


def span(layer: str, change: Callable[[list[dict[str, Any]]], Any]) -> Damage:
    return gold(layer, lambda record: change(record["spans"]) and None)


def manifest(change: Callable[[dict[str, Any]], Any], line: int = 0) -> Damage:
    return lambda home: edit_jsonl(home.articles / "manifest.jsonl", change, line)


def replace(path: str, old: str, new: str) -> Damage:
    def damage(home: Rooms) -> None:
        file = home.root / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")

    return damage


def raw_bytes(change: Callable[[bytes], bytes]) -> Damage:
    def damage(home: Rooms) -> None:
        path = home.articles / "collected" / f"{FIRST}.txt"
        path.write_bytes(change(path.read_bytes()))

    return damage


def remove(path: str) -> Damage:
    return lambda home: (home.root / path).unlink()


def write(path: str, content: bytes) -> Damage:
    return lambda home: (home.root / path).write_bytes(content) and None


def shift(spans: list[dict[str, Any]]) -> bool:
    spans[0]["start"] += 1
    return True


def cross(spans: list[dict[str, Any]]) -> bool:
    at = next(n for n, s in enumerate(spans) if s["label"] == "OCC")
    spans.append({**spans[at], "start": spans[at + 1]["start"], "end": spans[at + 2]["end"]})
    return True


def copy_across_splits(home: Rooms) -> None:
    """An authored train article whose text is all but that of a test article."""
    rows = [json.loads(r) for r in (home.articles / "manifest.jsonl").open(encoding="utf-8")]
    split = dict(row.split(",")[:2] for row in (home.tasks / "splits.csv").read_text().split())
    train = next(r for r in rows if split[r["article_id"]] == "train")
    there = home.articles / "authored" / f"{train['article_id']}.txt"
    there.write_bytes((home.articles / "collected" / f"{FIRST}.txt").read_bytes() + b"\n0\n")


def event_in_two_splits(home: Rooms) -> None:
    path = home.tasks / "splits.csv"
    lines = path.read_text().split("\n")
    at = next(n for n, row in enumerate(lines) if ",train," in row)
    lines[at] = lines[at].replace(",train,", ",test,")
    path.write_text("\n".join(lines))


def swap_rows(home: Rooms) -> None:
    train, test = (home.data / "ner" / f"{name}.parquet" for name in ("train", "test"))
    content = train.read_bytes()
    train.write_bytes(test.read_bytes())
    test.write_bytes(content)


def set_in(**new: Any) -> Callable[[dict[str, Any]], None]:
    return lambda record: record.update(new)


DAMAGE: dict[str, tuple[Damage, str]] = {
    "a shifted offset": (
        span("ner", shift),
        r"annotations/ner/gold.jsonl:1: 000_\w+: '.+' at 1:8 on raw line 1 cuts a token; begin and",
    ),
    "an offset past the end": (
        span("ner", lambda spans: spans[0].update(end=10**6) is None),
        r"annotations/ner/gold.jsonl:1: 000_\w+: span 0:1000000 is outside the text",
    ),
    "crossing spans": (
        span("ner", cross),
        r"annotations/ner/gold.jsonl:1: 000_\w+: '.+' at .+ crosses '.+'.+; spans may nest",
    ),
    "a doubled span": (
        span("ner", lambda spans: spans.append(spans[0]) is None),
        r"annotations/ner/gold.jsonl:1: 000_\w+: ORG '.+' at 0:8 stands twice",
    ),
    "an unknown entity type": (
        span("ner", lambda spans: spans[0].update(label="PLACE") is None),
        r"annotations/ner/gold.jsonl:1: .+unknown label 'PLACE' .+; the labels are PERS, NORP",
    ),
    "an entity id that is not in the catalogue": (
        span("ner", lambda spans: spans[0].update(entity_id="kremlim") is None),
        r"annotations/ner/gold.jsonl:1: .+'kremlim' is not in the catalogue; add it to",
    ),
    "a linked type without an id": (
        span("ner", lambda spans: spans[0].update(entity_id=None) is None),
        r"annotations/ner/gold.jsonl:1: .+ORG '.+' at 0:8 has no entity id",
    ),
    "a mention of another type than its entity": (
        span("ner", lambda spans: spans[0].update(entity_id="china") is None),
        r"annotations/ner/gold.jsonl:1: .+ is ORG, china is GPE",
    ),
    "an entity in boilerplate": (
        span("ner", lambda spans: spans.append({**spans[-1], "start": 292, "end": 299}) is None),
        r"annotations/ner/gold.jsonl:1: .+ lies in no passage; boilerplate has no entities",
    ),
    "an unknown structure label": (
        span("structure", lambda spans: spans[0].update(label="title") is None),
        r"annotations/structure/gold.jsonl:1: .+unknown label 'title'",
    ),
    "a line without a label": (
        span("structure", lambda spans: spans.pop()),
        r"annotations/structure/gold.jsonl:1: .+raw line 25 has no label",
    ),
    "two headlines": (
        span("structure", lambda spans: spans[1].update(label="headline") is None),
        r"annotations/structure/gold.jsonl:1: .+2 headlines; an article has one",
    ),
    "a passage without topics": (
        span("topic", lambda spans: spans.pop()),
        r"annotations/topic/gold.jsonl:1: .+ has no topics; give it one or more",
    ),
    "topics out of order": (
        span("topic", lambda spans: spans[0].update(topics=["history", "diplomacy"]) is None),
        r"annotations/topic/gold.jsonl:1: .+topics history, diplomacy of",
    ),
    "a holder that is not in the catalogue": (
        span("stance", lambda spans: spans[0].update(holder="vladimir") is None),
        r"annotations/stance/gold.jsonl:1: .+holder of .+'vladimir' is not in the catalogue",
    ),
    "an unknown target": (
        span("stance", lambda spans: spans[0].update(target="peace") is None),
        r"annotations/stance/gold.jsonl:1: .+unknown target 'peace'",
    ),
    "an unknown stance": (
        span("stance", lambda spans: spans[0].update(label="favour") is None),
        r"annotations/stance/gold.jsonl:1: .+unknown label 'favour'",
    ),
    "evidence outside its passage": (
        span(
            "stance",
            lambda spans: (
                spans[0].update(spans[-1] | {"passage_start": 0, "passage_end": 84}) is None
            ),
        ),
        r"annotations/stance/gold.jsonl:1: .+evidence .+ is outside its passage",
    ),
    "two stances for one pair": (
        span("stance", lambda spans: spans.append({**spans[0], "label": "neutral"}) is None),
        r"annotations/stance/gold.jsonl:1: .+two stances of \w+ toward \w+ in one passage",
    ),
    "a field that is not the layer's": (
        span("stance", lambda spans: spans[0].update(confidence=1) is None),
        r"annotations/stance/gold.jsonl:1: .+span 0: fields .+; a stance span has passage_start",
    ),
    "an edited raw byte": (
        raw_bytes(lambda content: content.replace("أشاد".encode(), "اشاد".encode())),
        r"articles/collected/000_\w+.txt: sha256 \w+…, the manifest has c?\w+…; restore the raw",
    ),
    "a raw file that is not UTF-8": (
        raw_bytes(lambda content: content.decode("utf-8").encode("windows-1256")),
        r"articles/collected/000_\w+.txt: not UTF-8: byte 0x\w\w at offset \d+",
    ),
    "a raw file that is missing": (
        remove(f"articles/collected/{FIRST}.txt"),
        r"articles/collected/000_\w+.txt: no such file",
    ),
    "a raw file that the manifest does not know": (
        write("articles/authored/stray.txt", b"0"),
        r"articles/authored/stray.txt: not in the manifest",
    ),
    "a doubled article id": (
        manifest(lambda record: [record, record]),
        r"articles/manifest.jsonl:\d: 000_\w+: the id is doubled; line \d has the id too",
    ),
    "a date that is none": (
        manifest(set_in(published="8 July 2020"), 1),
        r"articles/manifest.jsonl:2: .+published is '8 July 2020'; write an ISO date",
    ),
    "an unknown tier": (
        manifest(set_in(tier="found")),
        r"articles/manifest.jsonl:1: .+tier 'found'; the tiers are collected, authored",
    ),
    "an unknown key in the manifest": (
        manifest(set_in(url="x")),
        r"articles/manifest.jsonl:1: .+key 'url' is unknown",
    ),
    "an authored article without sources": (
        manifest(set_in(sources=[]), 5),
        r"articles/manifest.jsonl:6: .+an authored article without author or sources",
    ),
    "a manifest line that is no JSON": (
        replace("articles/manifest.jsonl", '{"article_id": "001', '"article_id": "001'),
        r"articles/manifest.jsonl:2: not JSON",
    ),
    "an event in two splits": (
        event_in_two_splits,
        r"tasks/splits.csv:\d+: event \w+ is in \w+ \(line \d+\) and in \w+; keep an event in one",
    ),
    "a collected article outside test": (
        replace("tasks/splits.csv", f"{FIRST},test", f"{FIRST},train"),
        r"tasks/splits.csv:2: 000_\w+ is in train, the rule of splits.toml gives test",
    ),
    "an article without a split": (
        replace("tasks/splits.csv", f"{FIRST},test,putin_xi_call_2020_12\n", ""),
        r"tasks/splits.csv: 000_\w+ has no row; run marsad build",
    ),
    "an article in two rows of the splits": (
        replace(
            "tasks/splits.csv",
            f"{FIRST},test,putin_xi_call_2020_12\n",
            f"{FIRST},test,putin_xi_call_2020_12\n" * 2,
        ),
        r"tasks/splits.csv:3: 000_\w+ stands twice",
    ),
    "a near-duplicate across splits": (
        copy_across_splits,
        r"tasks/splits.csv:\d+: 000_\w+ and \w+ share \d+% of their word 5-grams across splits",
    ),
    "a missing judgement": (
        lambda home: edit_jsonl(
            home.annotations / "ner/judgements/reader_a.jsonl", lambda record: []
        ),
        r"annotations/ner/judgements: 000_\w+: 1 judgements of layer ner; judge it twice",
    ),
    "a judgement made on other bytes": (
        lambda home: edit_jsonl(
            home.annotations / "topic/judgements/reader_b.jsonl", set_in(sha256="0" * 64)
        ),
        r"annotations/topic/judgements/reader_b.jsonl:1: 000_\w+: made on 000000000000…",
    ),
    "an annotator nobody knows": (
        replace("annotations/annotators.toml", 'name = "reader_b"', 'name = "reader_c"'),
        r"annotations/\*/judgements/reader_b.jsonl: an unknown annotator",
    ),
    "gold without a record": (
        gold("stance", lambda record: []),
        r"annotations/stance/gold.jsonl: 000_\w+ has no record",
    ),
    "a doubled record": (
        gold("topic", lambda record: [record, record]),
        r"annotations/topic/gold.jsonl:2: 000_\w+: stands twice; see line 1",
    ),
    "a catalogue id that stands twice": (
        lambda home: edit_jsonl(home.annotations / "entities.jsonl", lambda r: [r, r]),
        r"annotations/entities.jsonl:2: id '\w+' is doubled",
    ),
    "an alias that no mention attests": (
        lambda home: edit_jsonl(
            home.annotations / "entities.jsonl", lambda r: r["aliases"].append("لا أحد")
        ),
        r"annotations/entities.jsonl:1: \w+: aliases differ from the mentions by \['لا أحد'\]",
    ),
    "one entity under two ids": (
        lambda home: edit_jsonl(
            home.annotations / "entities.jsonl",
            lambda r: [r, {**r, "entity_id": r["entity_id"] + "_2"}],
        ),
        r"annotations/entities.jsonl:2: \w+_2 is named nowhere",
    ),
    "an unknown key in the labels": (
        replace("annotations/ner/labels.toml", "linked = true", "link = true"),
        r"annotations/ner/labels.toml: unknown key 'link'; label knows name, name_ar",
    ),
    "stale data": (
        swap_rows,
        r"data/ner/train.parquet: rows differ from the sources; run marsad build",
    ),
    "a data file that is no Parquet": (
        write("data/topic/test.parquet", b"PAR1"),
        r"data/topic/test.parquet: not Parquet; run marsad build",
    ),
    "a data file that is missing": (
        remove("data/stance/validation.parquet"),
        r"data/stance/validation.parquet: no such file; run marsad build",
    ),
    "a stray file in data": (
        write("data/ner/extra.parquet", b"x"),
        r"data/ner/extra.parquet: no file of the dataset; remove it",
    ),
    "a stale card": (
        replace("README.md", "num_examples: ", "num_examples: 1"),
        r"README.md: dataset_info of the front matter is stale; run marsad build",
    ),
    "a figure typed into the score table": (
        replace("README.md", "| nested_f1 | 0.", "| nested_f1 | 0.9"),
        r"README.md: the part 'scores' is stale; run marsad table --write",
    ),
    "a card that is no YAML": (
        replace("README.md", "pretty_name: Marsad", "pretty_name: [Marsad"),
        r"README.md:1: front matter is no YAML",
    ),
    "a card that is missing": (remove("README.md"), r"README.md: no such file"),
    "a score file without figures": (
        write("baselines/scores/ner_crf.json", b"{}"),
        r"baselines/scores/ner_crf.json: not a score file; run marsad evaluate",
    ),
    "a catalogue value that is no text": (
        lambda home: edit_jsonl(home.annotations / "entities.jsonl", set_in(name_ar=5)),
        r"annotations/entities.jsonl:1: \w+: a value is no text",
    ),
    "splits that are not UTF-8": (
        write("tasks/splits.csv", b"article_id,split,group\n\xc7\xe1,test,x\n"),
        r"tasks/splits.csv: not UTF-8 at byte 23; save the file as UTF-8",
    ),
    "an event that is no slug": (
        manifest(set_in(event="a,b")),
        r"articles/manifest.jsonl:1: .+event is 'a,b'; write letters, digits",
    ),
    "sources that are no list": (
        manifest(set_in(sources=5)),
        r"articles/manifest.jsonl:1: .+sources is 5; write a list",
    ),
    "a share that is no number": (
        replace("tasks/splits.toml", "train = 60", 'train = "60"'),
        r"tasks/splits.toml: train is '60'; splitrule wants",
    ),
    "edited predictions": (
        replace(
            "baselines/predictions/stance_tfidf.jsonl", '"label": "favor"', '"label": "against"'
        ),
        r"baselines/scores/stance_tfidf.json: predictions_sha256 is \w+, not \w+; run marsad",
    ),
    "an edited recipe": (
        replace("baselines/ner_crf.toml", "c1 = 0.1", "c1 = 0.2"),
        r"baselines/scores/ner_crf.json: recipe_sha256 is \w+, not \w+",
    ),
    "a score without a recipe": (
        remove("baselines/topic_majority.toml"),
        r"baselines/scores/topic_majority.json: no recipe of this name",
    ),
    "a score of another data version": (
        replace("dataset.toml", 'version = "', 'version = "9.'),
        r"baselines/scores/ner_crf.json: signature is ner:1\|data:\d.+, not ner:1\|data:9\.",
    ),
}


def test_the_dataset_holds(home: Rooms) -> None:
    assert check(home) == []


def test_at_least_25_kinds_of_damage_are_tried() -> None:
    assert len(DAMAGE) >= 25


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_named_with_its_place_and_mend(name: str, copy: Callable[[], Rooms]) -> None:
    damage, says = DAMAGE[name]
    there = copy()
    damage(there)
    faults = [str(fault) for fault in check(there)]
    assert any(re.match(says, fault) for fault in faults), faults[:10]
    assert all("\n" not in fault and "; " in fault for fault in faults)
