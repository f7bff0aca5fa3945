"""Review of an ingest folder: what goes out to annotators comes back the same, and what was moved,
mistyped or made for another version is refused, all of it or nothing."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

import review_folder
from marsad import inline
from marsad.annotation import Annotation, Entity, LineLabel, PassageTopics, Stance
from marsad.cli import main
from marsad.corpus import Corpus
from marsad.fault import DataError, UsageError
from marsad.review import disagreement, export_file, judgement, reading, region, task, writing
from marsad.rooms import Rooms
from test_inline import annotated

# Line ends of two kinds, an emoji beyond the 16-bit plane, a line separator inside a line.
TEXT = "قمة 😀 بكين\r\nقال بوتين إن\u2028الصين 😀😀 شريك.\rانتهى\n"


def at(part: str, start: int = 0) -> tuple[int, int]:
    begin = TEXT.index(part, start)
    return begin, begin + len(part)


HEAD, BODY, LAST = at("قمة 😀 بكين"), at(TEXT.split("\n")[1].split("\r")[0]), at("انتهى")
FIRST = review_folder.moved(
    Annotation(
        "",
        "",
        (LineLabel(*HEAD, "headline"), LineLabel(*BODY, "body"), LineLabel(*LAST, "boilerplate")),
        (PassageTopics(*HEAD, ("diplomacy",)), PassageTopics(*BODY, ("diplomacy", "economy"))),
        (Stance(*BODY, "vladimir_putin", "bilateral_partnership", "favor", *at("😀😀 شريك")),),
        (
            Entity(*at("بكين"), "GPE", "beijing"),
            Entity(*at("بوتين"), "PERS", "vladimir_putin"),
            Entity(*at("الصين"), "GPE", "china"),
            Entity(*at("الصين"), "ORG", "a_new_company"),
        ),
    ),
    TEXT,
)
SECOND = replace(
    FIRST,
    topic=(FIRST.topic[0], PassageTopics(*BODY, ("diplomacy",))),
    stance=(replace(FIRST.stance[0], label="neutral"),),
    ner=FIRST.ner[:3],
)


@pytest.fixture(scope="module")
def made(home: Rooms, corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the text above and ten articles of the dataset, their gold as silver."""
    texts = {TEXT: FIRST}
    for article in corpus.articles[:10]:
        texts[article.raw] = review_folder.moved(corpus.gold[article.article_id], article.raw)
    sure = {text: 0.9 - number / 100 for number, text in enumerate(texts)}
    return review_folder.make(tmp_path_factory.mktemp("ingest") / "batch", texts, sure)


@pytest.fixture
def batch(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "batch"))


def submitted(annotation: Annotation, by: int = 1, number: int = 7) -> dict[str, Any]:
    """A task as Label Studio exports it when somebody has submitted this annotation of TEXT."""
    done = {"id": 5, "completed_by": by, "was_cancelled": False}
    result = task.result(TEXT, annotation, {})
    return {
        "id": number,
        "data": {
            "article_id": FIRST.article_id,
            "sha256": FIRST.sha256,
            "labels": JUDGED_BY,
            "text": task.shown(TEXT),
        },
        "annotations": [{**done, "result": copy.deepcopy(result)}],
        "drafts": [],
        "predictions": [],
    }


JUDGED_BY = "structure 1, topic 1, stance 1, ner 1, guidelines 3"


@pytest.fixture
def back(home: Rooms, batch: Path, tmp_path: Path) -> Callable[..., reading.Imported]:
    """Reads exported tasks as an annotator's."""

    def read(tasks: Any, annotator: str = "reader_a", **options: Any) -> reading.Imported:
        path = tmp_path / "export.json"
        path.write_text(json.dumps(tasks), encoding="utf-8")
        return reading.read_review(home, batch, [path], annotator, **options)

    return read


# There and back


def test_the_gold_of_the_dataset_survives_label_studio(home: Rooms, corpus: Corpus) -> None:
    for article in corpus.articles:
        gold = corpus.gold[article.article_id]
        result = json.loads(json.dumps(task.result(article.raw, gold, {})))
        read, wrong = region.annotation(
            result[::-1], article.raw, article.article_id, article.sha256, corpus.layers
        )
        assert (read, wrong) == (gold, [])


@given(annotated())
def test_any_annotation_of_any_text_survives_label_studio(case: tuple[str, Annotation]) -> None:
    text, annotation = case
    result = task.result(text, annotation, {})
    read, wrong = region.annotation(result, text, "a", annotation.sha256, LAYERS)
    assert wrong == []
    assert read == annotation
    for one in result:
        if "labels" in one.get("value", {}):
            value = one["value"]
            assert task.shown(text)[value["start"] : value["end"]] == value["text"]


@pytest.fixture(autouse=True, scope="module")
def _layers(corpus: Corpus) -> None:
    LAYERS.update(corpus.layers)


LAYERS: dict[str, Any] = {}


def test_what_is_exported_comes_back_through_label_studios_converter(
    home: Rooms, batch: Path, tmp_path: Path
) -> None:
    from label_studio_sdk.converter.converter import Converter

    sent = writing.write_review(home, batch, tmp_path / "out", "label-studio")
    tasks = json.loads((tmp_path / "out" / "tasks-0001.json").read_bytes())
    for one in tasks:
        (suggested,) = one.pop("predictions")
        one["annotations"] = [{"id": 1, "completed_by": 1, "result": suggested["result"]}]
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    found = reading.read_review(home, batch, [tmp_path / "export.json"], "reader_a")
    assert set(found.annotations) == set(sent.articles)
    assert found.annotations[FIRST.article_id] == FIRST
    assert judgement.read(batch, "reader_a") == dict(sorted(found.annotations.items()))
    converter = Converter(
        str(tmp_path / "out" / "config.xml"), str(tmp_path), download_resources=False
    )
    items = list(converter.iter_from_json_file(str(tmp_path / "export.json")))
    assert len(items) == len(tasks)
    for item in items:
        annotation = found.annotations[item["input"]["article_id"]]
        spans = sorted((e["start"], e["end"], e["labels"][0]) for e in item["output"]["ner"])
        assert spans == sorted((e.start, e.end, e.label) for e in annotation.ner)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_label_studio_accepts_the_tasks_and_their_config(
    home: Rooms, batch: Path, tmp_path: Path
) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    for options in ({"shows": "silver"}, {"shows": "blank"}):
        out = tmp_path / options["shows"]
        writing.write_review(home, batch, out, "label-studio", **options)
        interface = LabelInterface((out / "config.xml").read_text(encoding="utf-8"))
        interface.validate()
        for one in json.loads((out / "tasks-0001.json").read_bytes()):
            (suggested,) = one["predictions"]
            assert interface.validate_prediction(suggested, return_errors=True) == []


def test_silver_stands_as_predictions_the_least_sure_first(
    home: Rooms, batch: Path, tmp_path: Path
) -> None:
    sent = writing.write_review(home, batch, tmp_path, "label-studio", limit=4)
    tasks = json.loads((tmp_path / "tasks-0001.json").read_bytes())
    assert [one["data"]["article_id"] for one in tasks] == list(sent.articles)
    assert (len(tasks), sent.of) == (4, 11)
    scores = [one["predictions"][0]["score"] for one in tasks]
    assert scores == sorted(scores)
    assert scores[0] == pytest.approx(0.8)
    (suggested,) = tasks[0]["predictions"]
    assert suggested["model_version"] == (
        "silver: structure_best, topic_best, stance_best, ner_best"
    )
    regions = [one for one in suggested["result"] if one["type"] != "relation"]
    assert {one["score"] for one in regions if one["from_name"] in region.MARKS} == {0.8}
    assert {one["from_name"] for one in regions} >= {"structure", "ner", "topics", "entity_id"}
    assert tasks[0]["data"]["labels"] == JUDGED_BY


def test_a_blank_task_holds_nothing_that_primes(home: Rooms, batch: Path, tmp_path: Path) -> None:
    shutil.rmtree(batch / "silver")
    writing.write_review(home, batch, tmp_path, "label-studio", shows="blank")
    for one in json.loads((tmp_path / "tasks-0001.json").read_bytes()):
        (suggested,) = one["predictions"]
        assert {tuple(r["value"]["labels"]) for r in suggested["result"]} == {("?",)}
        assert "score" not in suggested


def test_forms_go_the_same_way(home: Rooms, batch: Path, tmp_path: Path) -> None:
    sent = writing.write_review(home, batch, tmp_path / "forms", "inline")
    assert len(sent.files) == 11
    found = reading.read_review(home, batch, [tmp_path / "forms"], "reader_b")
    assert found.annotations[FIRST.article_id] == FIRST
    assert [new.entity_id for new in found.new_entities] == ["a_new_company"]
    again = writing.write_review(
        home, batch, tmp_path / "again", "inline", [FIRST.article_id], shows="reader_b"
    )
    (form,) = again.files
    assert form.read_bytes() == (tmp_path / "forms" / form.name).read_bytes()


# What annotators do, and what is refused


def test_a_relation_to_a_linked_mention_is_a_holder(back: Any) -> None:
    one = submitted(FIRST)
    result = one["annotations"][0]["result"]
    result[:] = [r for r in result if r.get("from_name") != "holder"]
    assert any(r["type"] == "relation" for r in result)
    assert back([one]).annotations[FIRST.article_id] == FIRST


def test_one_annotation_of_several_is_chosen(back: Any, batch: Path) -> None:
    one = submitted(FIRST, by=3)
    other = submitted(SECOND)["annotations"][0]
    other["completed_by"] = {"id": 4, "email": "b@example.org"}
    one["annotations"].append(other)
    with pytest.raises(UsageError, match=r"annotations by 3, 4 = b@example\.org; say whose"):
        back([one])
    with pytest.raises(UsageError, match=r"nothing by '5'; the file has 3, 4 = b@example\.org"):
        back([one], completed_by="5")
    assert back([one], completed_by="3").annotations[FIRST.article_id] == FIRST
    back([one], "reader_b", completed_by="b@example.org")
    assert judgement.read(batch, "reader_b") == {FIRST.article_id: SECOND}


def test_what_is_not_submitted_is_left_out_and_told(back: Any, batch: Path) -> None:
    bare = {"data": {"article_id": "n_0"}}
    rest = [
        {**bare, "annotations": [], "drafts": [{}]},
        {**bare, "annotations": [], "predictions": [{}]},
        {**bare, "annotations": [{"was_cancelled": True, "result": None}]},
        {**bare, "annotations": []},
    ]
    found = back([submitted(FIRST), *rest])
    assert found.left_out == {"draft": 1, "prediction": 1, "skipped": 1, "untouched": 1}
    assert list(found.annotations) == [FIRST.article_id]
    for one, why in zip(rest, ("draft", "prediction", "skipped", "untouched"), strict=True):
        with pytest.raises(DataError, match=rf"no submitted annotation \(1 {why}\)"):
            back([one], "reader_b")
    with pytest.raises(DataError, match=r"no submitted annotation \(no task\)"):
        back([], "reader_b")


def test_a_second_judgement_by_the_same_name_needs_replace(back: Any, batch: Path) -> None:
    back([submitted(FIRST)])
    with pytest.raises(DataError, match="reader_a has it on record already; leave it out, or give"):
        back([submitted(SECOND)])
    assert judgement.read(batch, "reader_a")[FIRST.article_id] == FIRST
    back([submitted(SECOND)], replace=True, write=False)
    assert judgement.read(batch, "reader_a")[FIRST.article_id] == FIRST
    back([submitted(SECOND)], replace=True)
    assert judgement.read(batch, "reader_a")[FIRST.article_id] == SECOND


def test_a_killed_import_is_repeated(back: Any, batch: Path) -> None:
    back([submitted(FIRST)])
    judgement.layer_path(batch, "reader_a", "ner").unlink()
    assert judgement.read(batch, "reader_a") == {}
    back([submitted(SECOND)])
    assert judgement.read(batch, "reader_a") == {FIRST.article_id: SECOND}


Change = Callable[[dict[str, Any]], object]


def regions(one: dict[str, Any]) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = one["annotations"][0]["result"]
    return result


def said(one: dict[str, Any], name: str, control: str) -> dict[str, Any]:
    return next(r for r in regions(one) if r.get("id") == name and r["from_name"] == control)


def value(name: str, control: str, **new: Any) -> Change:
    return lambda one: said(one, name, control)["value"].update(new)


def without(name: str, control: str) -> Change:
    return lambda one: regions(one).remove(said(one, name, control))


def more(name: str, control: str, kind: str, start: int, end: int, **new: Any) -> Change:
    place = {"start": start, "end": end, "text": task.shown(TEXT)[start:end]}
    added = {"id": name, "from_name": control, "to_name": "text", "type": kind}
    return lambda one: regions(one).append({**added, "value": {**place, **new}})


def relation(start: str, end: str) -> Change:
    added = {"type": "relation", "from_id": start, "to_id": end, "labels": ["holder"]}
    return lambda one: regions(one).append(added)


def data(**new: Any) -> Change:
    return lambda one: one["data"].update(new)


WORD, EVIDENCE = at("بوتين"), at("😀😀 شريك")
BAD: dict[str, tuple[Change, str]] = {
    "moved offsets": (
        value("entity_1", "ner", start=WORD[0] + 1, end=WORD[1] + 1),
        f"entity_1: 'بوتين' is not at {WORD[0] + 1}:{WORD[1] + 1}, where 'وتين ' stands; mark",
    ),
    "offsets of UTF-16": (
        value("stance_0", "stance", start=EVIDENCE[0] + 1, end=EVIDENCE[1] + 3),
        "region stance_0: '😀😀 شريك' is not at",
    ),
    "offsets that are no numbers": (
        value("entity_1", "ner", start="17", end=True),
        "region entity_1: offsets '17':True; export with whole numbers",
    ),
    "region without text": (
        lambda one: said(one, "entity_1", "ner")["value"].pop("text"),
        f"region entity_1: {WORD[0]}:{WORD[1]} without its text",
    ),
    "region outside": (
        value("entity_1", "ner", start=WORD[0], end=9999),
        f"region entity_1: {WORD[0]}:9999 is outside the text or empty",
    ),
    "empty region": (
        value("entity_1", "ner", start=17, end=17, text=""),
        "region entity_1: 17:17 is outside the text or empty",
    ),
    "region without value": (
        lambda one: said(one, "entity_1", "ner").pop("value"),
        "region entity_1: has no value",
    ),
    "unknown label": (
        value("entity_1", "ner", labels=["PERSON"]),
        "region entity_1: unknown ner label 'PERSON' of 'بوتين'; the labels are PERS, NORP",
    ),
    "two labels": (
        value("entity_1", "ner", labels=["PERS", "ORG"]),
        "region entity_1: 'بوتين' has labels ['PERS', 'ORG']; give it one label",
    ),
    "no label": (value("entity_1", "ner", labels=[]), "'بوتين' has labels []"),
    "unknown line label": (
        value("line_1_1", "structure", labels=["title"]),
        "region line_1_1: unknown structure label 'title'",
    ),
    "undecided line": (
        value("line_1_1", "structure", labels=["?"]),
        "region line_1_1: raw line 1 is ?; label it",
    ),
    "unlabelled line": (
        without("line_3_1", "structure"),
        "structure: raw line 3 has no label; label every line",
    ),
    "part of a line": (
        more("x", "structure", "labels", *at("قمة"), labels=["headline"]),
        "region x: a part of raw line 1; mark it whole: 0:10",
    ),
    "over the end of a line": (
        more("x", "structure", "labels", 0, 20, labels=["headline"]),
        "region x: a line label on what is no line; mark each line by itself",
    ),
    "one line with two labels": (
        more("x", "structure", "labels", *HEAD, labels=["body"]),
        "raw line 1 is body, headline; give its parts one label",
    ),
    "unknown topic": (
        value("line_1_1", "topics", choices=["weather"]),
        "topic: unknown label 'weather'",
    ),
    "no topics": (without("line_1_1", "topics"), "has no topic; give it one or more"),
    "topics on boilerplate": (
        more("line_3_1", "topics", "choices", *LAST, choices=["economy"]),
        "region line_3_1: topics economy of boilerplate; remove them or the label",
    ),
    "topics on an entity": (
        more("entity_1", "topics", "choices", *WORD, choices=["economy"]),
        "region entity_1: topics ['economy'] of a ner region; it belongs to structure",
    ),
    "unknown target": (
        value("stance_0", "target", choices=["peace"]),
        "region stance_0: unknown target 'peace'; the targets are bilateral_partnership",
    ),
    "no target": (
        without("stance_0", "target"),
        "region stance_0: stance '😀😀 شريك' has no target; choose one",
    ),
    "two targets": (
        value("stance_0", "target", choices=["western_policy", "multilateralism"]),
        "region stance_0: target is western_policy, multilateralism; keep one",
    ),
    "unknown stance label": (
        value("stance_0", "stance", labels=["for"]),
        "region stance_0: unknown stance label 'for'",
    ),
    "no holder": (
        lambda one: regions(one).__setitem__(
            slice(None),
            [r for r in regions(one) if r.get("from_name") != "holder" and r["type"] != "relation"],
        ),
        "region stance_0: stance '😀😀 شريك' has no holder; write one id, or relate it",
    ),
    "two holders": (
        value("stance_0", "holder", text=["xi_jinping"]),
        "region stance_0: stance '😀😀 شريك' has the holders vladimir_putin, xi_jinping",
    ),
    "holder that is no id": (
        lambda one: (
            value("stance_0", "holder", text=["بوتين"])(one),
            value("entity_1", "entity_id", text=["بوتين"])(one),
        ),
        f"holder of '😀😀 شريك' at {EVIDENCE[0]}:{EVIDENCE[1]}: id 'بوتين'; write it in snake_case",
    ),
    "relation to a missing region": (
        relation("stance_0", "entity_99"),
        "region stance_0 to entity_99: relation with entity_99, which is not there",
    ),
    "relation of two entities": (
        relation("entity_0", "entity_1"),
        "relation from ner to ner; a relation leads from a stance to the mention",
    ),
    "evidence over two passages": (
        more("stance_9", "stance", "labels", 0, 20, labels=["favor"]),
        "region stance_9: stance",
    ),
    "evidence in boilerplate": (
        lambda one: [
            more("s", "stance", "labels", *LAST, labels=["favor"])(one),
            more("s", "holder", "textarea", *LAST, text=["author"])(one),
            more("s", "target", "choices", *LAST, choices=["western_policy"])(one),
        ],
        "region s: stance 'انتهى' lies in no one passage",
    ),
    "crossing entities": (
        lambda one: [
            more("x", "ner", "labels", *at("قال بوتين"), labels=["DATE"])(one),
            more("y", "ner", "labels", *at("بوتين إن"), labels=["DATE"])(one),
        ],
        "crosses 'قال بوتين'",
    ),
    "entity cut inside a token": (
        more("x", "ner", "labels", *at("وتين"), labels=["DATE"]),
        f"ner: 'وتين' at {WORD[0] + 1}:{WORD[1]} on raw line 2 cuts a token",
    ),
    "entity in boilerplate": (
        more("x", "ner", "labels", *LAST, labels=["DATE"]),
        "lies in no passage; boilerplate has no entities",
    ),
    "entity without its id": (
        without("entity_1", "entity_id"),
        f"ner: PERS 'بوتين' at {WORD[0]}:{WORD[1]} has no entity id; link it",
    ),
    "entity twice": (
        more("x", "ner", "labels", *at("الصين"), labels=["GPE"]),
        "stands twice; keep one",
    ),
    "id of a region that is not there": (
        without("entity_1", "ner"),
        "region entity_1: entity_id ['vladimir_putin'] of a region that is not there",
    ),
    "unknown control": (
        more("x", "sentiment", "choices", *WORD, choices=["good"]),
        "region x: unknown control 'sentiment'; annotate with the config.xml of the export",
    ),
    "another version of the text": (
        data(sha256="0" * 64),
        "of another version of the text, 000000000000…, here it is",
    ),
    "another version of the labels": (
        data(labels="structure 1, topic 1, stance 1, ner 2, guidelines 3"),
        "judged by 'structure 1, topic 1, stance 1, ner 2, guidelines 3', here it is",
    ),
    "a changed text": (data(text=task.shown(TEXT) + "x"), "its text was changed"),
    "an article not in the folder": (
        data(article_id="n_0123456789abcdef"),
        "task 7 (n_0123456789abcdef): no accepted article of this folder",
    ),
    "no sha256": (lambda one: one["data"].pop("sha256"), "its data has no sha256"),
    "no text": (lambda one: one["data"].pop("text"), "its data has no text"),
    "a null result": (
        lambda one: one["annotations"][0].update(result=None),
        "structure: raw line 1 has no label",
    ),
    "a result that is no list": (
        lambda one: one["annotations"][0].update(result={"id": 1}),
        "a result that is no list of regions; export the project from Label Studio as JSON",
    ),
    "annotated twice": (
        lambda one: one["annotations"].append(copy.deepcopy(one["annotations"][0])),
        "annotated twice, see task 7",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_refused_with_its_task_and_region(
    case: str, back: Any, batch: Path
) -> None:
    change, says = BAD[case]
    one = submitted(FIRST)
    change(one)
    with pytest.raises(DataError) as caught:
        back([one])
    assert says in str(caught.value)
    assert all("task 7 (" in fault.found and fault.mend for fault in caught.value.faults)
    assert not (batch / "review").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not JSON: Expecting value at line 1"),
        (b"annotations\n", "not JSON"),
        (b'[{"id": 1, "data": {"art', "not JSON: Unterminated string"),
        (b"\xff\xfe[", "not UTF-8 at byte 0"),
        (b"[" * 100_000, "cannot be read"),
        (b'{"data": {}}', "a JSON dict, not a list of tasks"),
        (b"[1]", "item 1 is '1', no task"),
        (b'[{"id": 1}]', "item 1 has no data and annotations"),
        (b'[{"data": {}, "annotations": {}}]', "item 1 has no data and annotations"),
        (b'[{"data": {}, "annotations": [3]}]', "an annotation that is none"),
        (b'[{"text": "a", "ner": [], "annotation_id": 1}]', "item 1 is of JSON_MIN"),
    ],
)
def test_a_file_that_is_no_export_is_refused(
    content: bytes, says: str, home: Rooms, batch: Path, tmp_path: Path
) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"^[^\n]+; [^\n]+$") as caught:
        reading.read_review(home, batch, [path], "reader_a")
    assert says in str(caught.value)


def test_every_fault_is_told_and_nothing_is_written(back: Any, batch: Path) -> None:
    good = submitted(FIRST)
    bad = submitted(FIRST, number=8)
    bad["data"]["article_id"] = "n_0"
    worse = submitted(FIRST, number=9)
    value("entity_1", "ner", labels=["X"])(worse)
    worse["data"]["article_id"] = "n_1"
    with pytest.raises(DataError) as caught:
        back([good, bad, worse])
    assert [fault.found.split(" (")[0] for fault in caught.value.faults] == ["task 8", "task 9"]
    assert not (batch / "review").exists()


def test_an_article_twice_in_a_file_is_refused(back: Any) -> None:
    with pytest.raises(DataError, match=r"task 8 \(n_\w+\): annotated twice, see task 7"):
        back([submitted(FIRST), submitted(FIRST, number=8)])


def test_a_long_line_is_judged_by_its_passages(corpus: Corpus) -> None:
    text = " ".join(["كلمة " * 50 + "." for _ in range(3)]) + "\n"
    blank = task.result(text, Annotation("a", "b"), {})
    assert len(blank) == 3
    for number, one in enumerate(blank):
        one["value"]["labels"] = ["body"]
        topics = {**one, "from_name": "topics", "type": "choices"}
        blank = [*blank, {**topics, "value": {**one["value"], "choices": ["economy", "sport"]}}]
        assert one["id"] == f"line_1_{number + 1}"
    read, wrong = region.annotation(blank, text, "a", "b", corpus.layers)
    assert wrong == []
    assert [span.label for span in read.structure] == ["body"]
    assert [span.topics for span in read.topic] == [("economy", "sport")] * 3
    read, wrong = region.annotation(blank[1:], text, "a", "b", corpus.layers)
    assert any("of raw line 1 has no label" in found for found, _ in wrong)
    whole = copy.deepcopy(blank[0])
    whole["value"] |= {"start": 0, "end": len(text) - 1, "text": text[:-1]}
    topics = {**copy.deepcopy(blank[3]), "value": {**whole["value"], "choices": ["sport"]}}
    read, wrong = region.annotation([whole, topics], text, "a", "b", corpus.layers)
    assert "which is several passages" in wrong[0][0]


# Two judgements


@pytest.fixture
def judged(back: Any, batch: Path) -> Path:
    back([submitted(FIRST)])
    back([submitted(SECOND)], "reader_b")
    return batch


def test_the_disagreement_of_two_judgements(judged: Path) -> None:
    found = disagreement.read_disagreement(judged)
    assert found.judges == ("reader_a", "reader_b")
    assert found.figures["structure"]["accuracy"] == 1
    assert found.figures["topic"]["exact"] == 0.5
    assert found.figures["ner"]["f1"] == pytest.approx(6 / 7)
    holds = "vladimir_putin bilateral_partnership {} | 😀😀 شريك"
    assert [(one.layer, list(one.says.values())) for one in found.differences] == [
        ("topic", ["diplomacy economy", "diplomacy"]),
        ("stance", [holds.format("favor"), holds.format("neutral")]),
        ("ner", ["[الصين]ORG=a_new_company", "–"]),
    ]
    assert all(TEXT[one.start : one.end] == one.text for one in found.differences)
    assert "reader_a: [الصين]ORG=a_new_company   reader_b: –" in found.to_text()
    record = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert len(record["differences"]) == 3
    assert record["once"] == {}


def test_one_annotator_only_is_told(back: Any, batch: Path, home: Rooms, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="judged by nobody; import a second judgement"):
        disagreement.read_disagreement(batch)
    back([submitted(FIRST)])
    with pytest.raises(DataError, match="judged by one annotator only, reader_a; import"):
        disagreement.read_disagreement(batch)
    with pytest.raises(DataError, match="judged by one annotator only, reader_a; adjudication"):
        back([submitted(FIRST)], "gold")
    with pytest.raises(UsageError, match="adjudication needs two judgements"):
        writing.write_review(home, batch, tmp_path / "out", "label-studio", adjudicate=True)
    assert not (batch / "review" / "gold").exists()


def test_three_judgements_need_a_choice(judged: Path, back: Any) -> None:
    back([submitted(FIRST)], "reader_c")
    with pytest.raises(UsageError, match="judged by reader_a, reader_b, reader_c; choose two"):
        disagreement.read_disagreement(judged)
    found = disagreement.read_disagreement(judged, between=["reader_a", "reader_c"])
    assert found.differences == ()
    with pytest.raises(UsageError, match="no judgements of 'reader_x'; the annotators are"):
        disagreement.read_disagreement(judged, between=["reader_a", "reader_x"])


def test_an_adjudication_in_label_studio(
    home: Rooms, judged: Path, back: Any, tmp_path: Path
) -> None:
    writing.write_review(home, judged, tmp_path / "out", "label-studio", adjudicate=True)
    (one,) = json.loads((tmp_path / "out" / "tasks-0001.json").read_bytes())
    assert [p["model_version"] for p in one["predictions"]] == ["reader_a", "reader_b"]
    assert one["data"]["differences"].count("\n") == 2
    assert "$differences" in (tmp_path / "out" / "config.xml").read_text()
    one["annotations"] = [{"completed_by": 1, "result": one["predictions"][1]["result"]}]
    back([one], "gold")
    assert judgement.read(judged, "gold") == {FIRST.article_id: SECOND}
    assert disagreement.read_disagreement(judged).adjudicated == 1
    with pytest.raises(UsageError, match="nothing to export"):
        writing.write_review(home, judged, tmp_path / "more", adjudicate=True)


def test_an_adjudication_in_a_form(home: Rooms, judged: Path, tmp_path: Path) -> None:
    writing.write_review(home, judged, tmp_path, adjudicate=True)
    path = tmp_path / f"{FIRST.article_id}.txt"
    form = path.read_text(encoding="utf-8")
    assert "? reader_a: [الصين]ORG=a_new_company\n? reader_b: –\n" in form
    with pytest.raises(DataError, match="undecided: 'reader_a: diplomacy economy'; write what"):
        reading.read_review(home, judged, [path], "gold")
    decided = "".join(row for row in form.splitlines(keepends=True) if row[:2] != "? ")
    stance = inline.write(TEXT, FIRST).split("! ")[1].split("\n")[0]
    decided = decided.replace("#\n", f"# diplomacy economy\n! {stance}\n")
    path.write_text(decided, encoding="utf-8")
    found = reading.read_review(home, judged, [path], "gold")
    assert found.annotations[FIRST.article_id] == replace(FIRST, ner=SECOND.ner)


def test_a_form_to_adjudicate_where_the_lines_differ() -> None:
    lines_ = (FIRST.structure[0], replace(FIRST.structure[1], label="boilerplate"))
    other = replace(
        FIRST, structure=(*lines_, FIRST.structure[2]), topic=FIRST.topic[:1], stance=(), ner=()
    )
    form = disagreement.merged_form(TEXT, {"reader_a": FIRST, "reader_b": other})
    assert "= ?\nقال بوتين" in form
    assert "? reader_a: body\n? reader_b: boilerplate\n" in form
    assert "? reader_a: [الصين]GPE=china\n? reader_b: –\n" in form


# The command


def test_the_commands(
    batch: Path, back: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str | Path) -> tuple[int, str]:
        status = main(["annotate", *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    out = tmp_path / "out"
    status, told = run("export", "--from", batch, "--to", "label-studio", "--blank", "--out", out)
    assert (status, told) == (0, f"11 of 11 articles in {out}\n")
    assert sorted(path.name for path in out.iterdir()) == ["config.xml", "tasks-0001.json"]
    status, told = run("export", "--from", batch, "--to", "label-studio", "--out", out)
    assert (status, "is there already" in told) == (2, True)
    status, told = run("export", "n_0", "--from", batch, "--blank", "--out", tmp_path / "more")
    assert (status, "no accepted article of this id" in told) == (2, True)
    status, told = run("export", "--to", "label-studio", "--out", tmp_path / "more")
    assert (status, "marsad export label-studio" in told) == (2, True)
    status, told = run("export", "--from", tmp_path, "--out", tmp_path / "more")
    assert (status, "no ingest folder" in told) == (2, True)
    path = tmp_path / "export.json"
    for name, annotation in (("reader_a", FIRST), ("reader_b", SECOND)):
        path.write_text(json.dumps([submitted(annotation)]), encoding="utf-8")
        status, told = run("import", path, "--from", batch, "--annotator", name)
        assert status == 0
        assert f"{FIRST.article_id}: 3 lines, 2 passages, 1 stances, " in told
        assert "all well, on record" in told
    assert "not in the catalogue yet" not in told
    status, told = run("import", path, "--from", batch, "--annotator", "Reader")
    assert (status, told.count("\n")) == (2, 1)
    status, told = run("import", path, path, "--from", batch, "--annotator", "reader_c")
    assert (status, "name one file" in told) == (2, True)
    status, told = run("import", path, "--annotator", "reader_c", "--replace")
    assert (status, "add --from DIR" in told) == (2, True)
    status, told = run("disagreement", batch, "--json")
    assert status == 0
    assert len(json.loads(told)["differences"]) == 3
    status, told = run("disagreement", batch)
    assert "topic, α with MASI distance" in told
    assert told.endswith("structure 0, topic 1, stance 1, ner 1\n")


def test_a_full_disk_leaves_all_files_as_they_were(
    back: Any, batch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back([submitted(FIRST)])
    before = {path: path.read_bytes() for path in batch.rglob("*") if path.is_file()}
    opened = []

    def full(*arguments: Any, **options: Any) -> Any:
        opened.append(arguments)
        if len(opened) == 3:
            raise OSError(28, "No space left on device")
        return fdopen(*arguments, **options)

    import os

    fdopen = os.fdopen
    monkeypatch.setattr("marsad.jsonl.os.fdopen", full)
    with pytest.raises(UsageError, match="cannot be written: No space left on device"):
        back([submitted(SECOND)], replace=True)
    assert {path: path.read_bytes() for path in batch.rglob("*") if path.is_file()} == before


def test_an_export_file_tells_whose_annotations_it_has(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([submitted(FIRST, by=2), submitted(SECOND)]), encoding="utf-8")
    file = export_file.read(path)
    assert [one.by for one in file.finished] == [("2",), ("1",)]
    assert len(export_file.by_one(file, "1")) == 1
