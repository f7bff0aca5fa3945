"""Silver labels: exact offsets in any text, how sure each is, resumed after a kill, never gold."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import ROOT
from marsad import article, catalogue, corpus, jsonl, label, rooms, rule
from marsad.annotation import Entity, read_layer_file
from marsad.catalogue import CatalogueEntity
from marsad.cli import main
from marsad.fault import DataError, UsageError
from marsad.ingest.folder import LABEL_NAMES, Folder, read_candidates
from marsad.models.evidence import Clause, likeliest
from marsad.passage import lines
from marsad.rooms import LAYERS, Rooms
from marsad.silver import Silver, from_record, learning, read_silver, recipes, shards, to_record
from marsad.silver import labeller as labelling
from marsad.silver.linking import Linker
from marsad.silver.pairs import Proposal
from marsad.silver.scale import Scale
from marsad.silver.shards import annotate
from marsad.silver.tuning import best_threshold

NAMES = ("headline", "body", "boilerplate")
HEADLINE = "بوتين يزور بكين"
BODY = "قال الرئيس الروسي فلاديمير بوتين في موسكو إن روسيا ترفض العقوبات الأمريكية وتدعم الصين."
TEXTS = {
    "crlf": f"{HEADLINE}\r\n\r\n{BODY}\r\n{BODY} 😀🇸🇦\r\n",
    "zero_width": f"\ufeff{HEADLINE}\n\u200b{BODY}\u200c\u202b، وقال شي\u0651 جين بينغ\u200f.\n",
    "no_body": "الرئيسية\nاتصل بنا",
    "only_headline": HEADLINE,
}


def labels_of(name: str, text: str) -> list[int]:
    """The first line the headline, the others body; nothing but boilerplate where so named."""
    count = len(lines(text))
    return [2] * count if name == "no_body" else [0, *[1] * (count - 1)]


def ingested(root: Path, by_shard: Sequence[Mapping[str, str]]) -> Path:
    """An ingest folder with these texts by shard, all accepted."""
    folder = Folder(root)
    for path in (folder.plan("x"), folder.pages("x"), folder.verdicts("x")):
        path.parent.mkdir(parents=True)
    folder.settings.mkdir()
    for number, texts in enumerate(by_shard, 1):
        shard = f"{number:05d}"
        folder.plan(shard).write_text("{}")
        pages = []
        verdicts = []
        for name, text in texts.items():
            sha256 = article.digest(text.encode())
            labels = labels_of(name, text)
            empty = dict.fromkeys(("extractor", "url", "outlet", "published", "headline"))
            received = {"received": text.encode(), "sha256": sha256, "media": "text"}
            structure = {"labels": labels, "likely": [0.9] * len(labels)}
            page = {"page_id": name, "text": text, "encoding": "utf-8"}
            pages.append(page | received | structure | empty)
            where = {"event": "e", "split": "train"}
            verdicts.append({"page_id": name, "article_id": name, "status": "accepted"} | where)
        table = pa.Table.from_pylist(pages).replace_schema_metadata({LABEL_NAMES: " ".join(NAMES)})
        pq.write_table(table, folder.pages(shard))
        pq.write_table(pa.Table.from_pylist(verdicts), folder.verdicts(shard))
    return root


@pytest.fixture(scope="module")
def there(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    """The small dataset with the choice of baselines, the CRF of a few iterations."""
    root = Path(shutil.copytree(small, tmp_path_factory.mktemp("silver") / "marsad"))
    shutil.copytree(ROOT / "ingestion", root / "ingestion", dirs_exist_ok=True)
    path = root / "baselines" / "ner_crf.toml"
    path.write_text(path.read_text().replace("max_iterations = 60", "max_iterations = 8"))
    return rooms.find(root)


@pytest.fixture(scope="module")
def labelled(there: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ingest folder of two shards with silver labels."""
    names = list(TEXTS)
    parts = [{name: TEXTS[name] for name in part} for part in (names[:2], names[2:])]
    root = ingested(tmp_path_factory.mktemp("ingested") / "in", parts)
    done = annotate(there, root, jobs=1)
    assert (done.shards, done.skipped, done.articles) == (2, 0, len(TEXTS))
    return root


@pytest.fixture(scope="module")
def silver(labelled: Path) -> dict[str, Silver]:
    return {one.annotation.article_id: one for one in read_silver(labelled)}


@pytest.mark.parametrize("name", TEXTS)
def test_offsets_hold_in_any_text(name: str, silver: dict[str, Silver], there: Rooms) -> None:
    """Every rule of an annotation but that a mention be linked."""
    one = silver[name].annotation
    path = catalogue.path_of(there.annotations)
    entities = catalogue.read_catalogue(path, "entities.jsonl")
    layers = label.read_layers(there)
    text = TEXTS[name]
    assert one.sha256 == article.digest(text.encode())
    found = [what for _, (what, _) in rule.breaches(one, text, layers, entities)]
    assert [what for what in found if "has no entity id" not in what] == []
    assert len(one.structure) == len(lines(text))


def test_labels_are_found_and_each_has_its_confidence(silver: dict[str, Silver]) -> None:
    assert list(silver) == list(TEXTS)
    for one in silver.values():
        assert set(one.baselines) == set(LAYERS)
        for layer in LAYERS:
            assert len(one.confidence[layer]) == len(one.annotation.layer(layer))
            assert all(0 <= sure <= 1 for sure in one.confidence[layer])
    names = {TEXTS["crlf"][one.start : one.end] for one in silver["crlf"].annotation.ner}
    assert any("بوتين" in name for name in names)
    assert len(set(silver["crlf"].confidence["ner"])) > 1
    none = silver["no_body"].annotation
    assert (none.topic, none.stance, none.ner) == ((), (), ())
    assert silver["no_body"].least == pytest.approx(0.9)
    assert silver["crlf"].baselines["ner"].startswith("ner_crf ner:1|data:")


def test_a_silver_record_reads_back(silver: dict[str, Silver]) -> None:
    for one in silver.values():
        record = json.loads(json.dumps(to_record(one)))
        assert record["silver"] is True
        assert from_record(record, "f", 1) == one


@pytest.mark.parametrize(
    "change",
    [
        {"silver": False},
        {"more": 1},
        {"topic": [{"start": 0, "end": 4, "topics": ["sport"], "confidence": 1.2}]},
        {"ner": [{"start": 0, "end": 4, "label": "PERS", "entity_id": None}]},
        {"ner": [{"start": "0", "end": 4, "label": "PERS", "entity_id": None, "confidence": 1}]},
        {"structure": 3},
        {"baselines": None},
    ],
)
def test_another_record_is_refused(change: dict[str, Any], silver: dict[str, Silver]) -> None:
    with pytest.raises(DataError, match="f:7: no silver record"):
        from_record(to_record(silver["crlf"]) | change, "f", 7)


def test_least_is_the_share_of_labels_expected_right(silver: dict[str, Silver]) -> None:
    one = silver["crlf"]
    given = {"structure": (1.0, 0.5), "topic": (), "ner": (0.3,)}
    assert Silver(one.annotation, given, {}).least == pytest.approx(0.6)
    assert Silver(one.annotation, {}, {}).least == 0


def test_what_a_kill_left_is_kept_and_the_rest_is_made(
    there: Rooms, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(labelled, tmp_path / "in"))
    whole = {path.name: path.read_bytes() for path in (root / "silver").iterdir()}
    shutil.rmtree(root / "silver")
    write = jsonl.write_bytes

    def killed(path: Path, content: bytes) -> None:
        if path.stem == "00002":
            raise KeyboardInterrupt
        write(path, content)

    monkeypatch.setattr(jsonl, "write_bytes", killed)
    with pytest.raises(KeyboardInterrupt):
        annotate(there, root, jobs=1)
    monkeypatch.undo()
    assert [path.name for path in (root / "silver").iterdir()] == ["00001.jsonl"]
    with pytest.raises(UsageError, match="00002 has no silver labels; run marsad annotate silver"):
        list(read_silver(root))
    done = annotate(there, root, jobs=1)
    assert (done.shards, done.skipped) == (1, 1)
    assert {path.name: path.read_bytes() for path in (root / "silver").iterdir()} == whole
    assert annotate(there, root).shards == 0


def test_two_processes_write_what_one_does(there: Rooms, labelled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(labelled, tmp_path / "in"))
    whole = {path.name: path.read_bytes() for path in (root / "silver").iterdir()}
    shutil.rmtree(root / "silver")
    assert annotate(there, root, jobs=2).shards == 2
    assert {path.name: path.read_bytes() for path in (root / "silver").iterdir()} == whole


def test_other_layers_are_made_anew(there: Rooms, labelled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(labelled, tmp_path / "in"))
    assert annotate(there, root, ["topic"]).shards == 0
    shutil.rmtree(root / "silver")
    done = annotate(there, root, ["topic"], jobs=1)
    assert set(done.labels) == {"topic"}
    one = next(read_silver(root, ["crlf"]))
    assert set(one.baselines) == {"topic"}
    assert one.annotation.topic
    assert not one.annotation.ner
    assert annotate(there, root, ["topic", "structure"], jobs=1).shards == 2
    with pytest.raises(UsageError, match="no layer 'tone'"):
        annotate(there, root, ["tone"])


def test_an_article_is_labelled_alike_in_any_batch(there: Rooms, labelled: Path) -> None:
    labeller = learning.restore(there, Folder(labelled), LAYERS)
    candidates = list(read_candidates(labelled))
    alone = [labelling.label(labelling.batch_of([one]), labeller) for one in candidates]
    records = {row["article_id"]: row["record"] for one in alone for row in one.to_pylist()}
    together = labelling.label(labelling.batch_of(candidates[::-1]), labeller).to_pylist()
    assert {row["article_id"]: row["record"] for row in together} == records
    assert labelling.label(labelling.batch_of([]), labeller).num_rows == 0


def test_an_article_of_five_thousand_lines(there: Rooms, labelled: Path) -> None:
    labeller = learning.restore(there, Folder(labelled), LAYERS)
    listed = [HEADLINE, *[f"{BODY[:30]} {n}" for n in range(4999)]]
    given = ["headline", *["body"] * 4999]
    page = labelling.Page.of("long", "0" * 64, "\r\n".join(listed), given, [1.0] * 5000)
    assert page.contexts[4999].split("\n") == [HEADLINE, listed[4998]]
    one = labeller.label([page])[0].annotation
    assert [page.text[span.start : span.end] for span in one.topic] == listed
    assert "بوتين" in {page.text[span.start : span.end].split()[-1] for span in one.ner}


def test_silver_is_never_gold(labelled: Path, there: Rooms, tmp_path: Path) -> None:
    file = labelled / "silver" / "00001.jsonl"
    for layer in LAYERS:
        with pytest.raises(DataError, match="is marked silver"):
            read_layer_file(file, layer, "gold.jsonl")
    root = rooms.find(shutil.copytree(there.root, tmp_path / "copy"))
    for path in (root.gold("ner"), root.annotations / "topic" / "judgements" / "silver.jsonl"):
        kept = path.read_bytes() if path.exists() else None
        shutil.copy(file, path)
        with pytest.raises(DataError):
            corpus.read_records(root, path.parts[-2 if kept else -3], None if kept else "silver")
        assert main(["--root", str(root.root), "check"]) == 1
        path.unlink()
        if kept:
            path.write_bytes(kept)
    shutil.copy(file, root.gold("ner"))
    assert main(["--root", str(root.root), "build"]) == 1
    form = tmp_path / "000_c7913647ea205634.txt"
    shutil.copy(file, form)
    command = ["--root", str(root.root), "annotate", "import", str(form), "--annotator", "reader_c"]
    assert main(command) == 1
    assert not (root.annotations / "ner" / "judgements" / "reader_c.jsonl").exists()


def test_the_command(
    there: Rooms, labelled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--root", str(there.root), "annotate", "silver"]
    assert main([*command, str(labelled), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["shards"], told["skipped"]) == (0, 2)
    assert main([*command, str(tmp_path)]) == 2
    assert "fill it with marsad ingest" in capsys.readouterr().err
    (labelled / "silver" / "00001.jsonl").rename(tmp_path / "aside")
    assert main([*command, str(labelled), "--runner", "abacus"]) == 2
    assert "abacus" in capsys.readouterr().err
    (tmp_path / "aside").rename(labelled / "silver" / "00001.jsonl")


def test_damaged_models_are_told(there: Rooms, labelled: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(labelled, tmp_path / "in"))
    path = root / "models" / learning.PAIRS / "learned.json"
    path.write_text(path.read_text().replace('"sha256": "', '"sha256": "0'))
    with pytest.raises(DataError, match="remove it and run marsad annotate silver again"):
        learning.restore(there, Folder(root), LAYERS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("ner_crf", "ner_gazetteer", "ner_gazetteer does not say how likely each span is"),
        ("stance_evidence", "stance_tfidf", "stance_tfidf does not say where the evidence is"),
        ('ner = "ner_crf"', 'ner = "topic_tfidf"', "topic_tfidf is no baseline of ner"),
        ('ner = "ner_crf"', "", "baselines of stance, topic"),
    ],
)
def test_a_choice_that_cannot_be_is_told(
    old: str, new: str, says: str, there: Rooms, tmp_path: Path
) -> None:
    root = rooms.find(shutil.copytree(there.root, tmp_path / "copy"))
    path = recipes.path_of(root)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError, match=says):
        recipes.read(root)


ENTITIES = [
    CatalogueEntity("egypt", "GPE", "Egypt", "مصر"),
    CatalogueEntity("sisi", "PERS", "Sisi", "عبد الفتاح السيسي", ("السيسى",)),
    CatalogueEntity("a_wang", "PERS", "Wang A", "وانغ يي", ("وانغ",)),
    CatalogueEntity("b_wang", "PERS", "Wang B", "وانغ ون", ("وانغ",)),
    CatalogueEntity("li", "PERS", "Li", "لي كه تشيانغ"),
    CatalogueEntity("al_ahram", "ORG", "Al-Ahram", "الأهرام"),
]


def mentions(text: str, *names: tuple[str, str]) -> list[Entity]:
    found, at = [], 0
    for name, kind in names:
        at = text.index(name, at)
        found.append(Entity(at, at + len(name), kind))
    return found


@pytest.mark.parametrize(
    ("name", "kind", "wanted"),
    [
        ("مصر", "GPE", "egypt"),
        ("ومصر", "GPE", "egypt"),
        ("مِصْر", "GPE", "egypt"),
        ("مصر", "ORG", None),
        ("السيسي", "PERS", "sisi"),
        ("عبد الفتاح السيسى", "PERS", "sisi"),
        ("الاهرام", "ORG", "al_ahram"),
        ("وانغ", "PERS", None),  # two of that name
        ("تشيانغ", "PERS", None),
        ("😀", "PERS", None),
    ],
)
def test_a_name_is_linked_where_it_is_one_entity(name: str, kind: str, wanted: str | None) -> None:
    text = f"زار {name} أمس"
    assert Linker.of(ENTITIES).link(text, mentions(text, (name, kind)))[0].entity_id == wanted


def test_the_article_tells_whose_last_name_it_is() -> None:
    text = "زار لي كه تشيانغ القاهرة وقال تشيانغ"
    found = Linker.of(ENTITIES).link(
        text, mentions(text, ("لي كه تشيانغ", "PERS"), ("تشيانغ", "PERS"))[:1]
    )
    late = text.rindex("تشيانغ")
    both = Linker.of(ENTITIES).link(text, [*found, Entity(late, len(text), "PERS")])
    assert [one.entity_id for one in both] == ["li", "li"]


def test_an_entity_is_not_in_itself() -> None:
    text = "مصر العربية"
    linker = Linker.of([CatalogueEntity("egypt", "GPE", "Egypt", text, ("مصر",))])
    found = linker.link(text, [Entity(0, len(text), "GPE"), Entity(0, 3, "GPE")])
    assert [one.entity_id for one in found] == ["egypt", None]


def test_the_likeliest_evidence_is_worked_out() -> None:
    """Clauses of 10, 10 and 20 letters: the first two cover 10 of 9 + 5 + 2 expected letters."""
    ranked = [(Clause(0, 10, ()), 0.9), (Clause(10, 20, ()), 0.5), (Clause(20, 40, ()), 0.1)]
    # alone 9 / (10 + 16 - 9) = 0.529; with the second 14 / (20 + 16 - 14) = 0.636; all 16 / 40
    assert likeliest(ranked) == (0, 20)
    assert likeliest([(Clause(3, 9, ()), 0.0)]) == (3, 9)


def test_the_threshold_of_the_best_f1() -> None:
    proposed = [[Proposal("a", "t", 0.6), Proposal("b", "t", 0.3)], [Proposal("a", "t", 0.5)]]
    gold = [{("a", "t"): "favor"}, {("a", "t"): "against"}]
    assert 0.3 < best_threshold(proposed, gold) <= 0.5


def test_a_scale_learns_how_often_a_chance_is_right() -> None:
    drawn = np.random.default_rng(5)
    chances = drawn.uniform(0.05, 0.95, 4000)
    right = drawn.uniform(size=4000) < chances / 2
    low, high = Scale.of(chances.tolist(), right.tolist())([0.2, 0.8])
    assert low == pytest.approx(0.1, abs=0.04)
    assert high == pytest.approx(0.4, abs=0.06)
    assert Scale.of([], []) == Scale()
    assert Scale.of([0.1, 0.9], [True, False]) == Scale()
    assert Scale()([0.25]) == pytest.approx([0.25])


def test_a_first_line_says_whether_a_shard_is_done(tmp_path: Path) -> None:
    path = tmp_path / "00001.jsonl"
    assert not shards._is_done(path, {"ner": "a"})
    path.write_text("")
    assert shards._is_done(path, {"ner": "a"})
    path.write_text('{"baselines": {"ner": "a", "topic": "b"}}\n')
    assert shards._is_done(path, {"ner": "a"})
    assert not shards._is_done(path, {"ner": "c"})
