"""The site's data: every file read back and held against the corpus, the rows and the records."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from tests.test_check import edit_jsonl
from tests.test_referenced import home as referred  # noqa: F401

from conftest import RAW, ROOT, same_files
from marsad import agreement_report, ceiling, explore, record, table, withheld
from marsad.annotation import FIELDS
from marsad.article import read_manifest
from marsad.cli import main
from marsad.corpus import annotators, read_annotations, read_corpus
from marsad.dataset import build_rows
from marsad.explore import folder, score, script
from marsad.fault import DataError, UsageError
from marsad.rooms import LAYERS, Rooms
from marsad.source import read_articles
from marsad.split import SPLITS
from marsad.withheld import Withheld

HOSTILE = (
    "</script><script>alert(1)</script> <!-- ]]> &amp; \u2028\u2029 \u202eقلب\u202c \u2066x "
    "\"'`${x} \\ \\u0041 \\n <\\/ \ufeff\u200f\u0000\u007f 😀🇸🇦 ﷺ ١٢٣"
)


class Site:
    """A site on disk, its data files read as the pages' scripts are."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._read: dict[str, Any] = {}

    def names(self) -> set[str]:
        data = self.out / "data"
        return {p.relative_to(data).as_posix()[:-3] for p in data.rglob("*") if p.is_file()}

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            self._read[name] = self._value(name)
        return self._read[name]

    def _value(self, name: str) -> Any:
        text = (self.out / "data" / f"{name}.js").read_bytes().decode("utf-8")
        head, tail = f'marsad("{name}", ', ");\n"
        assert text.startswith(head)
        assert text.endswith(tail)
        return json.loads(text[len(head) : -len(tail)])

    def articles(self) -> list[Any]:
        return [self[f"article/{one}"] for one in self["articles"]["id"]]


@pytest.fixture(scope="module", autouse=True)
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Pages as small as can be, in place of the built ones."""
    there = tmp_path_factory.mktemp("app")
    (there / "app" / "fonts").mkdir(parents=True)
    (there / "index.html").write_text('<script src="data/site.js"></script>')
    (there / "app" / "fonts" / "font.woff2").write_bytes(b"\x00\xff")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder, "APP", there)
        yield there


@pytest.fixture(scope="module")
def site(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Site:
    out = tmp_path_factory.mktemp("site") / "explore"
    explore.write(whole, out)
    return Site(out)


@pytest.fixture(scope="module")
def corpus(whole: Rooms) -> Any:
    return read_corpus(whole)


@pytest.fixture(scope="module")
def rows(corpus: Any) -> Any:
    return build_rows(corpus)


def every(rows: Any, config: str) -> list[Any]:
    return [row for name in SPLITS for row in rows[config][name]]


def label(site: Site, layer: str, at: int) -> str:
    name: str = site["site"]["layers"][layer][at]["name"]
    return name


def target(site: Site, at: int) -> str:
    name: str = site["site"]["targets"][at]["name"]
    return name


# ---------------------------------------------------------------- the files and the lists


def test_a_site_has_these_files_and_the_pages(site: Site, corpus: Any, app: Path) -> None:
    ids = [article.article_id for article in corpus.articles]
    answered = [one for one in ids if corpus.splits[one].split != "train"]
    assert site.names() == {
        *("site", "articles", "entities", "stances", "scores", "agreement", "text/0"),
        *(f"article/{one}" for one in ids),
        *(f"predictions/{one}" for one in answered),
    }
    for path in app.rglob("*"):
        if path.is_file():
            assert (site.out / path.relative_to(app)).read_bytes() == path.read_bytes()


def test_what_every_page_needs(site: Site, corpus: Any, rows: Any, whole: Rooms) -> None:
    head = site["site"]
    signature = table.read_scores(whole)[0]["signature"]
    assert f"|data:{head['version']}@" in signature
    assert f"|splits:{head['splits']}|" in signature
    assert head["license"] == "CC-BY-4.0"
    assert head["citation"].startswith("The Marsad authors (2026). Marsad: Arabic news")
    assert "author = {{The Marsad authors}}" in head["bibtex"]
    for layer, known in corpus.layers.items():
        listed = [tuple(one.values()) for one in head["layers"][layer]]
        assert listed == [(x.name, x.name_ar, x.meaning, x.meaning_ar) for x in known.label]
    held_out = [one["name"] for one in head["targets"] if one["held_out"]]
    assert held_out == list(corpus.rule.held_out_targets)
    assert [one["name"] for one in head["annotators"]] == annotators(whole)
    assert {one["kind"] for one in head["annotators"]} == {"model"}
    assert head["counts"] == {
        "articles": len(every(rows, "articles")),
        "events": len({row["event"] for row in every(rows, "articles")}),
        "passages": len(every(rows, "topic")),
        "mentions": sum(len(row["entities"]) for row in every(rows, "articles")),
        "stances": sum(len(row["stances"]) for row in every(rows, "articles")),
        "entities": len(site["entities"]["id"]),
    }
    assert head["without_text"] == {}
    example = site[f"article/{head['example']['article']}"]
    shown = example["raw"][head["example"]["start"] : head["example"]["end"]]
    assert shown in [row["text"] for row in every(rows, "stance")]
    assert all(site_label["name_ar"] for site_label in head["layers"]["topic"])


def test_the_columns_of_the_articles_are_the_rows(site: Site, rows: Any, corpus: Any) -> None:
    columns = dict(site["articles"])
    values = columns.pop("values")
    listed = {row["article_id"]: row for row in every(rows, "articles")}
    assert columns["id"] == sorted(listed)
    for at, one in enumerate(columns["id"]):
        row = listed[one]
        for name in ("headline", "published"):
            assert columns[name][at] == row[name]
        for name in ("tier", "outlet", "genre", "event"):
            place = columns[name][at]
            assert (None if place == -1 else values[name][place]) == row[name]
        assert values["split"][columns["split"][at]] == corpus.splits[one].split
        assert [label(site, "topic", topic) for topic in columns["topics"][at]] == row["topics"]
        assert {
            (target(site, number // 3), label(site, "stance", number % 3))
            for number in columns["stances"][at]
        } == {(stance["target"], stance["label"]) for stance in row["stances"]}
        assert columns["characters"][at] == len(row["raw"])
    assert {len(column) for column in columns.values()} == {len(listed)}
    assert -1 in columns["outlet"] or all(row["outlet"] for row in listed.values())


def test_mentions_give_their_forms_and_are_all_that_are_linked(
    site: Site, corpus: Any, rows: Any
) -> None:
    ids, columns = site["articles"]["id"], site["entities"]
    raws = {row["article_id"]: row["raw"] for row in every(rows, "articles")}
    found = []
    for at, entity in enumerate(columns["id"]):
        known = corpus.catalogue[entity]
        assert label(site, "ner", columns["type"][at]) == known.type
        assert (columns["name_en"][at], columns["name_ar"][at]) == (known.name_en, known.name_ar)
        forms, flat = columns["forms"][at], columns["mentions"][at]
        quads = list(zip(*(flat[k::4] for k in range(4)), strict=True))
        for article, start, end, form in quads:
            assert raws[ids[article]][start:end] == forms[form]
            found.append((ids[article], start, end, entity))
        counts = [sum(quad[3] == form for quad in quads) for form in range(len(forms))]
        assert counts == sorted(counts, reverse=True)
        assert 0 not in counts
        assert quads == sorted(quads, key=lambda quad: (quad[0], quad[1], -quad[2]))
    assert sorted(found) == sorted(
        (row["article_id"], entity["start"], entity["end"], entity["entity_id"])
        for row in every(rows, "articles")
        for entity in row["entities"]
        if entity["entity_id"]
    )
    holders = {one["id"] for one in site["stances"]["holders"]} & set(corpus.catalogue)
    assert set(columns["id"]) == holders | {entity for *_, entity in found}


def test_every_stance_is_listed_with_its_evidence(site: Site, rows: Any) -> None:
    ids, columns = site["articles"]["id"], dict(site["stances"])
    holders = columns.pop("holders")
    bounds = zip(columns.pop("passage_start"), columns.pop("passage_end"), strict=True)
    texts = {row["passage_id"]: row["text"] for row in every(rows, "topic")}
    raws = {row["article_id"]: row["raw"] for row in every(rows, "articles")}
    found = []
    for article, passage, holder, of, given_label, start, end, evidence in zip(
        *columns.values(), strict=True
    ):
        first, last = next(bounds)
        assert first <= start
        assert end <= last
        assert raws[ids[article]][first:last] == texts[f"{ids[article]}:{passage}"]
        assert raws[ids[article]][start:end] == evidence
        assert evidence
        found.append(
            {
                "passage_id": f"{ids[article]}:{passage}",
                "holder": holders[holder]["id"],
                "target": target(site, of),
                "label": label(site, "stance", given_label),
                "start": start,
                "end": end,
            }
        )
    whole = [row for row in every(rows, "articles") for row in row["stances"]]

    def order(row: Any) -> Any:
        return row["passage_id"], row["holder"], row["target"]

    assert sorted(found, key=order) == sorted(whole, key=order)
    assert columns["article"] == sorted(columns["article"])
    arabic = {row["holder"]: row["holder_ar"] for row in every(rows, "stance")}
    named = {one["id"]: one["name_ar"] for one in holders}
    assert {one: named[one] for one in arabic} == arabic


def test_the_search_has_every_raw_page_once(site: Site, rows: Any) -> None:
    raws = {row["article_id"]: row["raw"] for row in every(rows, "articles")}
    found = [site[f"text/{at}"] for at in range(site["site"]["text_files"])]
    assert [part["first"] for part in found] == [0]
    assert [raw for part in found for raw in part["raw"]] == [raws[one] for one in sorted(raws)]


def test_the_search_is_cut_into_files(
    whole: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(explore.text, "SIZE", 9000)
    explore.write(whole, tmp_path)
    there = Site(tmp_path)
    parts = [there[f"text/{at}"] for at in range(there["site"]["text_files"])]
    assert len(parts) > 1
    sizes = [len(part["raw"]) for part in parts]
    assert [part["first"] for part in parts] == [sum(sizes[:at]) for at in range(len(sizes))]
    assert sum(sizes) == there["site"]["counts"]["articles"]
    for part in parts:
        assert sum(len(raw.encode()) for raw in part["raw"][:-1]) < 9000
    assert f"text/{len(parts)}" not in there.names()


# ---------------------------------------------------------------- an article


def test_an_article_says_what_the_manifest_says(site: Site, whole: Rooms, corpus: Any) -> None:
    for shown, article in zip(site.articles(), read_manifest(whole), strict=True):
        assert shown["raw"] == article.raw
        assert (whole.root / shown["file"]).read_bytes() == article.content
        assert shown["split"] == corpus.splits[article.article_id].split
        assert tuple(shown["sources"]) == article.sources
        assert shown["id"] == article.article_id
        for name in (
            *("sha256", "tier", "outlet", "published", "published_basis", "event", "genre"),
            *("author", "rights"),
        ):
            assert shown[name] == getattr(article, name), name


def test_lines_and_passages_are_those_of_the_rows(site: Site, rows: Any) -> None:
    lines = {row["line_id"]: row for row in every(rows, "structure")}
    passages = {row["passage_id"]: row for row in every(rows, "topic")}
    for shown in site.articles():
        one, raw, gold = shown["id"], shown["raw"], shown["readings"]["gold"]
        for (number, start, end), given_label in zip(
            shown["lines"], gold["structure"], strict=True
        ):
            row = lines.pop(f"{one}:{number:03d}")
            assert raw[start:end] == row["text"]
            assert label(site, "structure", given_label) == row["label"]
        topics = {(start, end): named for start, end, named in gold["topic"]}
        for start, end, place in shown["passages"]:
            row = passages.pop(f"{one}:{place}")
            assert raw[start:end] == row["text"]
            assert [label(site, "topic", at) for at in topics.pop((start, end))] == row["topics"]
        assert topics == {}
    assert (lines, passages) == ({}, {})


def spans(site: Site, reading: Any, layer: str) -> list[dict[str, Any]]:
    """A layer of a reading, as the standoff files have it."""
    fields = FIELDS[layer]
    if layer == "topic":
        return [
            dict(zip(fields, (s, e, [label(site, layer, t) for t in of]), strict=True))
            for s, e, of in reading[layer]
        ]
    if layer == "stance":
        return [
            dict(
                zip(
                    fields,
                    (*span[:3], target(site, span[3]), label(site, layer, span[4]), *span[5:]),
                    strict=True,
                )
            )
            for span in reading[layer]
        ]
    return [
        dict(zip(fields, (s, e, label(site, layer, of), entity), strict=True))
        for s, e, of, entity in reading[layer]
    ]


def test_each_reading_is_the_standoff_file_to_the_letter(site: Site, whole: Rooms) -> None:
    ids = site["articles"]["id"]
    shown = {one["id"]: one for one in site.articles()}
    for name in (None, *annotators(whole)):
        for layer in ("topic", "stance", "ner"):
            file = (
                whole.annotations / layer / "judgements" / f"{name}.jsonl"
                if name
                else whole.gold(layer)
            )
            for text in file.read_text("utf-8").splitlines():
                known = json.loads(text)
                assert known["article_id"] in ids
                reading = shown[known["article_id"]]["readings"][name or "gold"]
                assert spans(site, reading, layer) == known["spans"]


def test_the_judges_lines_are_theirs(site: Site, whole: Rooms) -> None:
    articles = tuple(read_manifest(whole))
    for name in annotators(whole):
        judged = read_annotations(whole, articles, name)
        for shown in site.articles():
            lined = {(s.start, s.end): s.label for s in judged[shown["id"]].structure}
            given_labels = shown["readings"][name]["structure"]
            for (_, start, end), at in zip(shown["lines"], given_labels, strict=True):
                assert label(site, "structure", at) == lined[start, end]


def test_an_article_names_all_whom_a_reading_names(site: Site, corpus: Any) -> None:
    for shown in site.articles():
        met = {span[2] for of in shown["readings"].values() for span in of["stance"]}
        met |= {span[3] for of in shown["readings"].values() for span in of["ner"]} - {None}
        assert set(shown["names"]) == met
        for one, (english, arabic, kind) in shown["names"].items():
            if known := corpus.catalogue.get(one):
                assert (english, arabic) == (known.name_en, known.name_ar)
                assert label(site, "ner", kind) == known.type
            else:
                assert kind == -1
                assert english
                assert arabic


# ---------------------------------------------------------------- predictions, scores, agreement


def test_every_recorded_answer_lies_on_its_text(site: Site, whole: Rooms, rows: Any) -> None:
    shown = {one["id"]: one for one in site.articles()}
    texts = {row["passage_id"]: row["text"] for row in every(rows, "ner")}
    told: Counter[str] = Counter()
    for scored in score.listed(whole):
        name, layer = scored["baseline"], scored["task"]
        for split in ("test", "validation"):
            path = record.predictions_path(whole, name, split)
            for answer in map(json.loads, path.read_text("utf-8").splitlines()):
                article_id = next(iter(answer.values())).split(":")[0]
                page = shown[article_id]
                given_spans = site[f"predictions/{article_id}"][name][layer]
                assert name in page["predicted"]
                places = {f"{article_id}:{place}": (s, e) for s, e, place in page["passages"]}
                told[name] += 1
                if layer == "structure":
                    numbers = [f"{article_id}:{number:03d}" for number, *_ in page["lines"]]
                    at = given_spans[numbers.index(answer["line_id"])]
                    assert label(site, layer, at) == answer["label"]
                    continue
                start, end = places[answer["passage_id"]]
                assert page["raw"][start:end] == texts[answer["passage_id"]]
                mine = [span for span in given_spans if start <= span[0] and span[1] <= end]
                if layer == "topic":
                    assert [[label(site, layer, t) for t in of] for _, _, of in mine] == [
                        sorted(answer["topics"], key=list_of(site, layer).index)
                    ]
                elif layer == "stance":
                    key = (answer["holder"], answer["target"])
                    said = [s for s in mine if (s[2], target(site, s[3])) == key]
                    assert [label(site, layer, span[4]) for span in said] == [answer["label"]]
                    assert said[0][5:] == [-1, -1]
                else:
                    assert sorted(
                        (s - start, e - start, label(site, layer, of)) for s, e, of, _ in mine
                    ) == [(e["start"], e["end"], e["label"]) for e in answer["entities"]]
                    assert mine == sorted(mine, key=lambda span: (span[0], -span[1]))
    assert set(told) == {one["id"] for one in site["site"]["baselines"]}


def list_of(site: Site, layer: str) -> list[str]:
    return [one["name"] for one in site["site"]["layers"][layer]]


def test_the_scores_are_those_of_the_score_files(site: Site, whole: Rooms) -> None:
    found = site["scores"]
    small = 0
    ranked = [one["baseline"] for one in table.read_scores(whole) if one["role"] != "ceiling"]
    assert [one["id"] for one in found["baselines"]] == ranked
    assert [one["id"] for one in site["site"]["baselines"]] == ranked
    for one in found["baselines"]:
        recorded = record.read_score(whole, one["id"])
        assert (one["task"], one["role"]) == (recorded["task"], recorded["role"])
        assert (whole.root / one["recipe"]).is_file()
        for split, result in one["results"].items():
            of = recorded if split == "test" else recorded[split]
            small += held(result, of)
            main = next(iter(result["figures"].values()))
            assert main[0] == record.value(recorded, split)
            if split == "test":
                assert main[1:] == record.interval(recorded)
            assert result["predictions_sha256"] == of["predictions_sha256"]
            path = record.predictions_path(whole, one["id"], split)
            assert whole.root / result["predictions"] == path
            assert whole.root / result["score"] == record.score_path(whole, one["id"])
    for of_task in found["tasks"]:
        recorded = ceiling.read(whole, of_task["name"])
        assert list(of_task["ceilings"]) == ["test", "validation"]
        for split, result in of_task["ceilings"].items():
            small += held(result, recorded if split == "test" else recorded[split])
            assert (whole.root / result["score"]).is_file()
            assert (whole.root / result["predictions"]).is_dir()
            assert of_task["metric"] == next(iter(result["figures"]))
    assert [of_task["name"] for of_task in found["tasks"]] == list(LAYERS)
    assert small  # so that slices without a figure were among them


def held(result: Any, recorded: Any) -> int:
    """Holds a result against that part of a score file, and counts the slices without a figure."""
    metric = recorded["metric"]
    for name in ("signature", "metric", "rows", "articles"):
        assert result[name] == recorded[name]
    assert set(result["figures"]) == set(recorded["intervals"])
    for name, figure in list(result["figures"].items())[1:]:
        assert figure == [recorded[name], *recorded["intervals"][name]]
    for name, row in recorded["by_label"].items():
        shown = result["labels"][name]
        assert shown["f1"] == [row["f1"], *row["interval"]]
        assert {k: shown[k] for k in ("precision", "recall", "support", "predicted")} == {
            k: row[k] for k in ("precision", "recall", "support", "predicted")
        }
    small = 0
    for kind, groups in recorded["by_slice"].items():
        assert set(result["slices"][kind]) == set(groups)
        for group, row in groups.items():
            shown = result["slices"][kind][group]
            figure = None if row["small"] else [row[metric], *row["interval"]]
            assert shown == {
                "figure": figure,
                **{name: row[name] for name in ("units", "articles", "small")},
            }
            small += row["small"]
    worst = {kind: of["group"] for kind, of in recorded["worst_group"].items()}
    assert (result["worst"] or {}) == worst
    return small


def test_agreement_is_that_of_the_report(site: Site, whole: Rooms) -> None:
    found = site["agreement"]
    assert found["judges"] == annotators(whole)
    assert list(found["parts"]) == ["all", *SPLITS]
    for name, part in found["parts"].items():
        report = agreement_report.report(whole, name)
        assert part["articles"] == report["articles"]
        shown = [f"{value:.3f}" for of in part["figures"].values() for value in of.values()]
        assert shown == list(agreement_report.headline_figures(report).values())
        for type_, row in part["labels"]["ner"].items():
            known = report["ner"]["by_label"].get(type_, {"f1": 0})
            assert row["f1"] == pytest.approx(known["f1"])
        for layer in LAYERS:
            assert list(part["labels"][layer]) == list_of(site, layer)
        both = [
            sum(row[who] for row in part["labels"]["structure"].values())
            for who in ("first", "second")
        ]
        assert both == [report["structure"]["lines"]] * 2


def test_balance_counts_the_rows(site: Site, rows: Any) -> None:
    found = site["agreement"]["balance"]
    assert found["splits"] == list(SPLITS)
    for at, split in enumerate(SPLITS):
        articles = rows["articles"][split]
        counted = {
            "structure": Counter(row["label"] for row in rows["structure"][split]),
            "topic": Counter(t for row in rows["topic"][split] for t in row["topics"]),
            "stance": Counter(s["label"] for row in articles for s in row["stances"]),
            "ner": Counter(e["label"] for row in articles for e in row["entities"]),
        }
        for layer, counts in counted.items():
            shown = {name: numbers[at] for name, numbers in found["layers"][layer].items()}
            assert shown == {name: counts[name] for name in list_of(site, layer)}
        for kind in ("tier", "genre"):
            shown = {name: of[at] for name, of in found[f"{kind}s"].items() if of[at]}
            assert shown == Counter(row[kind] for row in articles)
    pairs = [stance for row in every(rows, "articles") for stance in row["stances"]]
    for name, numbers in found["targets"].items():
        of_target = Counter(s["label"] for s in pairs if s["target"] == name)
        assert numbers == [of_target[one] for one in list_of(site, "stance")]


# ---------------------------------------------------------------- hostile text


@settings(max_examples=60)
@given(RAW)
def test_any_text_comes_back_to_the_character(raw: str) -> None:
    content = script.encode("a", {"raw": raw, raw: HOSTILE})
    assert json.loads(content.decode()[len('marsad("a", ') : -3]) == {"raw": raw, raw: HOSTILE}
    assert content.count(b"\n") == 1
    for never in ("</", "\u2028", "\u2029"):
        assert never.encode() not in content


def test_half_a_pair_becomes_the_sign_for_it_and_nan_is_refused() -> None:
    assert script.encode("a", "x\ud800y\udfffz😀") == 'marsad("a", "x\ufffdy\ufffdz😀");\n'.encode()
    with pytest.raises(ValueError, match="JSON"):
        script.encode("a", float("nan"))


def test_a_hostile_article_shows_as_it_is(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()
    one = next(article for article in read_manifest(there) if article.tier == "collected")
    line = HOSTILE
    start = len(one.raw) + 1
    one.path.write_bytes(one.content + f"\n{line}".encode())
    manifest = there.articles / "manifest.jsonl"
    at = [json.loads(text)["article_id"] for text in manifest.read_text("utf-8").splitlines()]
    edit_jsonl(manifest, lambda row: row.update(outlet=HOSTILE), at.index(one.article_id))
    gold = there.gold("structure")
    ids = [json.loads(text)["article_id"] for text in gold.read_text("utf-8").splitlines()]
    span = {"start": start, "end": start + len(line), "label": "boilerplate"}
    edit_jsonl(gold, lambda row: row["spans"].append(span), ids.index(one.article_id))
    entities = there.annotations / "entities.jsonl"
    edit_jsonl(entities, lambda row: row.update(name_ar=HOSTILE, name_en="half a pair"), 0)
    entities.write_text(entities.read_text("utf-8").replace("half a pair", "\\ud800"), "utf-8")
    explore.write(there, tmp_path / "out")
    site = Site(tmp_path / "out")
    shown = site[f"article/{one.article_id}"]
    assert shown["raw"] == f"{one.raw}\n{line}"
    assert shown["outlet"] == HOSTILE
    assert shown["raw"][slice(*shown["lines"][-1][1:])] == line
    assert shown["readings"]["gold"]["structure"][-1] == list_of(site, "structure").index(
        "boilerplate"
    )
    assert shown["readings"]["reader_a"]["structure"][-1] == -1  # nobody judged it
    assert HOSTILE in site["articles"]["values"]["outlet"]
    assert HOSTILE in site["entities"]["name_ar"]
    assert "\ufffd" in site["entities"]["name_en"]
    assert any(f"\n{line}" in raw for raw in site["text/0"]["raw"])
    for name in site.names():
        assert b"</" not in (site.out / "data" / f"{name}.js").read_bytes()
    assert site["site"]["citation"] == f"Marsad. Version {site['site']['version']}."  # no .cff
    assert "author" not in site["site"]["bibtex"]


# ---------------------------------------------------------------- the folder


def test_the_same_checkout_gives_the_same_bytes(
    site: Site, whole: Rooms, app: Path, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from marsad import cli; "
        f"from marsad.explore import folder; folder.APP = Path({str(app)!r}); "
        "sys.exit(cli.main(sys.argv[1:]))"
    )
    arguments = ["--root", str(whole.root), "explore", "--out", str(tmp_path / "out")]
    ran = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    same_files(tmp_path / "out", site.out)


def withhold(there: Rooms) -> list[str]:
    """Takes the collected texts out of a copy, as an edition does."""
    left_out = [one for one in read_manifest(there) if one.tier == "collected"]
    withheld.write(
        there,
        [Withheld(a.article_id, a.sha256, len(a.content), len(a.raw)) for a in left_out],
    )
    for one in left_out:
        one.path.unlink()
    return [one.article_id for one in left_out]


def test_an_edition_without_texts_renews_a_site_and_nothing_of_others_goes(
    copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there, out = copy(), tmp_path / "out"
    first = explore.write(there, out)
    before = Site(out).names()
    own = {
        out / "notes.txt": "mine",
        out / "data" / "article" / "mine.js": "alert(1)",
        out / "data" / "article" / "mine.txt": "",
        out / "data" / "site2.js": 'marsad("site2", 1);\n',
        out / "app" / "old.css": "",
    }
    for path, text in own.items():
        path.write_text(text)
    gone = withhold(there)
    second = explore.write(there, out)
    site = Site(out)
    answered = [one for one in gone if f"predictions/{one}" in before]
    dead = {*(f"article/{one}" for one in gone), *(f"predictions/{one}" for one in answered)}
    assert before - site.names() == dead
    assert answered
    assert (first.removed, second.removed) == (0, len(dead))
    assert second.files == first.files - len(dead)
    for path, text in own.items():
        assert path.read_text() == text
    assert site["site"]["without_text"] == {"collected": len(gone)}
    assert site["site"]["counts"]["articles"] == second.articles == first.articles - len(gone)
    assert not set(gone) & set(site["articles"]["id"])
    assert site["agreement"]["parts"]["all"]["articles"] == first.articles  # known without texts
    assert site["agreement"]["balance"]["tiers"].keys() == {"authored"}
    assert not list(out.rglob(".*"))


def test_without_any_text_there_is_a_site(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()
    withhold(there)
    listed = read_manifest(there)
    withheld.write(
        there,
        [
            one.withheld or Withheld(one.article_id, one.sha256, len(one.content), len(one.raw))
            for one in listed
        ],
    )
    written = explore.write(there, tmp_path / "out")
    site = Site(tmp_path / "out")
    assert written.articles == 0
    assert site.names() == {"site", "articles", "entities", "stances", "scores", "agreement"}
    head = site["site"]
    assert (head["example"], head["text_files"], set(head["counts"].values())) == (None, 0, {0})
    assert head["without_text"] == Counter(one.tier for one in listed)
    assert head["baselines"]


def test_a_dataset_without_scores_and_judgements(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()
    for path in (
        *there.baselines.glob("scores/*"),
        *there.baselines.glob("predictions/*"),
        *there.tasks.glob("*/ceiling.json"),
        *there.annotations.glob("*/judgements/*.jsonl"),
    ):
        path.unlink()
    explore.write(there, tmp_path / "out")
    site = Site(tmp_path / "out")
    assert site["scores"]["baselines"] == site["site"]["baselines"] == []
    assert [of_task["ceilings"] for of_task in site["scores"]["tasks"]] == [{}] * 4
    assert not any(name.startswith("predictions/") for name in site.names())
    assert site["site"]["annotators"] == site["agreement"]["judges"] == []
    assert site["agreement"]["parts"] == {}
    for shown in site.articles():
        assert (set(shown["readings"]), shown["predicted"]) == ({"gold"}, [])


def test_a_split_without_articles_has_no_figures(copy: Callable[[], Rooms], tmp_path: Path) -> None:
    there = copy()
    splits = there.tasks / "splits.csv"
    splits.write_text(splits.read_text().replace(",validation,", ",test,"))
    explore.write(there, tmp_path / "out")
    part = Site(tmp_path / "out")["agreement"]["parts"]["validation"]
    assert part["articles"] == 0
    assert part["figures"]["structure"] == {}
    assert part["labels"]["structure"]["body"] == {"f1": 0, "first": 0, "second": 0}


def test_answers_to_rows_that_are_no_more_are_left_out(
    copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    path = there.gold("stance")
    splits = read_corpus(there).splits
    ids = [json.loads(text)["article_id"] for text in path.read_text("utf-8").splitlines()]
    one = next(name for name in ids if splits[name].split == "test")
    edit_jsonl(path, lambda row: row["spans"].pop(), ids.index(one))
    explore.write(there, tmp_path / "out")
    site = Site(tmp_path / "out")
    gold = {tuple(span[2:4]) for span in site[f"article/{one}"]["readings"]["gold"]["stance"]}
    answers = site[f"predictions/{one}"]["stance_tfidf"]["stance"]
    assert {tuple(span[2:4]) for span in answers} == gold
    recorded = record.predictions_path(there, "stance_tfidf").read_text("utf-8")
    assert recorded.count(f'"{one}:') == len(answers) + 1


@pytest.mark.parametrize("present", [0, 1, 2])
def test_referenced_articles_come_when_asked_for_and_fetched(
    present: int,
    referred: Rooms,  # noqa: F811
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    away = read_articles(referred)
    for article in away[present:]:
        article.path.unlink()
    out = tmp_path / "out"
    arguments = ["--root", str(referred.root), "explore", "--out", str(out)]
    assert main(arguments) == 0
    assert Site(out)["site"]["without_text"] == {"referenced": 2}
    assert capsys.readouterr().err == ""
    digest = Site(out)["site"]["data"]
    assert main([*arguments, "--referenced"]) == 0
    told = (
        ""
        if present == 2
        else f"{2 - present} of 2 referenced texts are not here; run marsad fetch some\n"
    )
    assert capsys.readouterr().err == told
    site = Site(out)
    assert site["site"]["without_text"] == ({} if present == 2 else {"referenced": 2 - present})
    assert site["site"]["data"] == digest
    for article in away[:present]:
        shown = site[f"article/{article.article_id}"]
        assert (shown["raw"], shown["file"]) == (article.raw, article.name)
        assert shown["tier"] == "referenced"
        assert set(shown["readings"]) == {"gold", "reader_a", "reader_b"}
        assert shown["predicted"] == []
    assert site["agreement"]["parts"]["referenced"]["articles"] == 2
    assert main(arguments) == 0  # and they go again
    assert not any(f"article/{article.article_id}" in Site(out).names() for article in away)


# ---------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    status = main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_says_what_it_wrote_and_opens_it(
    whole: Rooms,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or len(opened) == 1)
    monkeypatch.chdir(tmp_path)
    status, out, err = run(capsys, "--root", whole.root, "explore", "--open")
    index = Path("explore") / "index.html"
    assert (status, err) == (0, "")
    assert out.startswith(f"{index}: 9 articles, ")
    assert opened == [(tmp_path / index).as_uri()]
    status, out, err = run(capsys, "--root", whole.root, "explore", "--json", "--open")
    found = json.loads(out)
    files = [path for path in Path("explore").rglob("*") if path.is_file()]
    assert (found["index"], found["articles"], found["removed"]) == (str(index), 9, 0)
    assert (found["files"], found["bytes"]) == (
        len(files),
        sum(path.stat().st_size for path in files),
    )
    assert found["seconds"] > 0
    assert (status, err) == (0, f"marsad: no browser to open; open {index} yourself\n")


def stray(out: Path) -> None:
    (out / "sub").mkdir(parents=True)
    (out / "sub" / "thesis.odt").write_text("years of work")


def other_page(out: Path) -> None:
    (out / "data").mkdir(parents=True)
    (out / "index.html").write_text("<h1>my page</h1>")
    (out / "data" / "site.js").write_text('marsad("site", {});\n')


def other_data(out: Path) -> None:
    (out / "data").mkdir(parents=True)
    (out / "index.html").write_text('<script src="data/site.js"></script>')
    (out / "data" / "site.js").write_text("const site = 1")


@pytest.mark.parametrize("put", [stray, other_page, other_data])
def test_a_folder_with_something_else_in_it_is_refused(
    put: Callable[[Path], None], whole: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    put(out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    status, said, err = run(capsys, "--root", whole.root, "explore", "--out", out)
    mend = "name an empty folder, or one that marsad explore wrote"
    assert (status, said, err) == (2, "", f"marsad: {out} has other files in it; {mend}\n")
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_a_file_is_no_folder_and_empty_folders_are(whole: Rooms, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match="is not a folder"):
        explore.write(whole, file)
    (tmp_path / "out" / "data" / "article").mkdir(parents=True)  # as a failure leaves them
    folder.require_own(tmp_path / "out")


def test_a_failure_leaves_the_old_site(
    whole: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "data").write_text("in the way")
    monkeypatch.setattr(folder, "require_own", lambda _: None)
    with pytest.raises(UsageError, match="cannot be written"):
        explore.write(whole, out)
    assert [path for path in out.rglob("*") if path.is_file()] == [out / "data"]
    assert (out / "data").read_text() == "in the way"


def test_pages_that_are_not_built_are_told_in_a_line(
    whole: Rooms,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(folder, "APP", tmp_path / "app")
    status, out, err = run(capsys, "--root", whole.root, "explore", "--out", tmp_path / "out")
    assert (status, out) == (2, "")
    assert err.endswith("pages are not built; run npm ci && npm run build in explorer/\n")
    assert not (tmp_path / "out").exists()


def drop_topics(there: Rooms) -> str:
    edit_jsonl(there.gold("topic"), lambda row: row["spans"].pop(), 0)
    return "annotations: the layers of gold do not fit each other"


def halve_a_pair(there: Rooms) -> str:
    path = there.articles / "manifest.jsonl"
    edit_jsonl(path, lambda row: row.update(outlet="half a pair"), 0)
    path.write_text(path.read_text("utf-8").replace("half a pair", "\\ud800"), "utf-8")
    return "articles/manifest.jsonl: a text has half of a surrogate pair"


def drop_an_article(there: Rooms) -> str:
    path = there.gold("ner")
    path.write_text("".join(path.read_text("utf-8").splitlines(keepends=True)[1:]), "utf-8")
    return "annotations/ner/gold.jsonl: 000_c7913647ea205634 has no record"


def move_a_stance(there: Rooms) -> str:
    edit_jsonl(there.gold("stance"), lambda row: row["spans"][0].update(passage_start=1), 0)
    return "annotations/stance/gold.jsonl: 000_c7913647ea205634: no passage at 1"


def answer_wrongly(there: Rooms) -> str:
    path = record.predictions_path(there, "ner_crf")
    edit_jsonl(path, lambda row: row["entities"][0].update(start=0, end=9999), 0)
    return "baselines/predictions/ner_crf.jsonl:1: row 000_c7913647ea205634:001.01: span 0:9999"


def lose_predictions(there: Rooms) -> str:
    record.predictions_path(there, "ner_crf").unlink()
    return "baselines/predictions/ner_crf.jsonl: no such file"


def break_a_score(there: Rooms) -> str:
    record.score_path(there, "topic_tfidf").write_text("{}")
    return "baselines/scores/topic_tfidf.json: not a score file"


def empty_a_score(there: Rooms) -> str:
    path = record.score_path(there, "topic_tfidf")
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "by_slice": None}))
    return "baselines/scores/topic_tfidf.json: not a score file"


def empty_a_ceiling(there: Rooms) -> str:
    path = there.tasks / "ner" / "ceiling.json"
    found = json.loads(path.read_text("utf-8"))
    del found["by_label"]
    path.write_text(json.dumps(found))
    return "tasks/ner/ceiling.json: not a score file"


def lose_a_split(there: Rooms) -> str:
    path = there.tasks / "splits.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("000_c79")))
    return "tasks/splits.csv: 000_c7913647ea205634 has no row"


def forget_a_judge(there: Rooms) -> str:
    path = there.annotations / "annotators.toml"
    path.write_text(path.read_text("utf-8").replace('"reader_b"', '"reader_c"'), "utf-8")
    return "annotations/annotators.toml: reader_b is not listed"


DAMAGES = (
    *(drop_topics, halve_a_pair, drop_an_article, move_a_stance, answer_wrongly, lose_predictions),
    *(break_a_score, empty_a_score, empty_a_ceiling, lose_a_split, forget_a_judge),
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_in_a_line_and_nothing_is_written(
    damage: Callable[[Rooms], str],
    copy: Callable[[], Rooms],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there = copy()
    says = damage(there)
    out = tmp_path / "out"
    status, said, err = run(capsys, "--root", there.root, "explore", "--out", out)
    assert (status, said) == (1, "")
    assert err.startswith(f"marsad: {says}")
    assert err.count("\n") == 1
    assert "; " in err
    assert not out.exists()


def test_faults_come_out_of_another_process_whole() -> None:
    import pickle

    from marsad.fault import Fault

    error = DataError(Fault("a", 1, "x", "y"), Fault("b", 0, "x", "y"))
    assert pickle.loads(pickle.dumps(error)).faults == error.faults


def test_the_package_and_the_pages_agree_on_the_shapes(site: Site) -> None:
    """The keys of every file are those that explorer/src/data.ts declares."""
    import re

    declared = (ROOT / "explorer" / "src" / "data.ts").read_text("utf-8")
    declared = re.sub(r"/\*\*.*?\*/", "", declared, flags=re.DOTALL)
    one = site["articles"]["id"][0]
    for kind, value in (
        ("Site", site["site"]),
        ("Articles", site["articles"]),
        ("Entities", site["entities"]),
        ("Stances", site["stances"]),
        ("Text", site["text/0"]),
        ("Article", site[f"article/{one}"]),
        ("Scores", site["scores"]),
        ("Agreement", site["agreement"]),
        ("Result", site["scores"]["tasks"][0]["ceilings"]["test"]),
        ("Label", site["site"]["layers"]["ner"][0]),
        ("Target", site["site"]["targets"][0]),
    ):
        body = re.search(
            rf"^export interface {kind} \{{\n(.*?)^\}}", declared, re.DOTALL | re.MULTILINE
        )
        assert body
        assert set(re.findall(r"^  (\w+)\??:", body[1], re.MULTILINE)) == set(value), kind
