"""Exports: each format is read back by the library that its users have, to the last span."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import RAW, ROOT
from marsad.cli import main
from marsad.dataset import Row, Rows, flat_tags
from marsad.export import FORMATS, Exported, brat, conll, export, label_studio
from marsad.export.content import ArticleContent, Content, PassageContent
from marsad.fault import DataError, UsageError
from marsad.feature import features
from marsad.label import read_layers
from marsad.parquet import write_parquet
from marsad.passage import lines, passages, tokens
from marsad.rooms import Rooms, find
from marsad.split import SPLITS


class Exports(dict[str, Exported]):
    """Every format of the whole dataset, each made when it is asked for."""

    def __init__(self, home: Rooms, folder: Path) -> None:
        self.home, self.folder = home, folder

    def __missing__(self, fmt: str) -> Exported:
        self[fmt] = export(self.home, fmt, self.folder / fmt)
        return self[fmt]


@pytest.fixture(scope="module")
def whole(home: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Exports:
    return Exports(home, tmp_path_factory.mktemp("exports"))


@pytest.fixture
def tiny(rows: Rows, home: Rooms, tmp_path: Path) -> Rooms:
    """A dataset whose data/ has two articles of test: one whole, and one whose text is withheld."""
    root = tmp_path / "tiny"
    root.mkdir()
    for name in ("annotations", "articles", "dataset.toml"):
        (root / name).symlink_to(ROOT / name)
    first, second = (row["article_id"] for row in rows["articles"]["test"][:2])
    few: Rows = {config: {split: [] for split in SPLITS} for config in rows}
    for config, by_split in rows.items():
        few[config]["test"] = [row for row in by_split["test"] if row["article_id"] == first]
    known = next(row for row in rows["articles"]["test"] if row["article_id"] == second)
    few["articles"]["test"].append({**known, "raw": "", "text": "", "headline": ""})
    write_parquet(few, features(read_layers(home)), root / "data")
    return find(root)


def mentions(rows: Rows) -> int:
    return sum(len(row["entities"]) for part in rows["ner"].values() for row in part)


def quads(entities: list[Row]) -> Counter[tuple[int, int, str, str]]:
    return Counter((e["start"], e["end"], e["label"], e["entity_id"] or "") for e in entities)


def test_every_entity_and_stance_survives_where_the_format_nests(
    rows: Rows, whole: Exports
) -> None:
    stances = sum(len(row["stances"]) for part in rows["articles"].values() for row in part)
    asked = sum(len(part) for part in rows["stance"].values())
    assert 0 < asked < stances
    for fmt, kept in (("spacy", asked), ("brat", stances), ("label-studio", stances)):
        assert whole[fmt].counts["entities"] == mentions(rows)
        assert whole[fmt].counts["stances"] == kept
    flat = whole["conll"].counts["entities"]
    (warning,) = whole["conll"].warnings
    assert warning.endswith(f": {mentions(rows) - flat} nested ones of {mentions(rows)} left out")
    (warning,) = whole["spacy"].warnings
    assert f": {stances - asked} stances toward held-out targets" in warning


# JSON Lines


def test_json_lines_are_the_rows_to_datasets_and_pandas(
    rows: Rows, whole: Exports, tmp_path: Path
) -> None:
    import datasets
    import pandas as pd

    folder = whole["jsonl"].folder
    assert len(whole["jsonl"].files) == 15
    for config, by_split in rows.items():
        for split, part in by_split.items():
            path = folder / config / f"{split}.jsonl"
            with path.open(encoding="utf-8") as file:
                assert [json.loads(line) for line in file] == part
    files = {split: str(folder / "ner" / f"{split}.jsonl") for split in SPLITS}
    loaded = datasets.load_dataset("json", data_files=files, cache_dir=str(tmp_path))
    for split in SPLITS:
        assert loaded[split].to_list() == rows["ner"][split]
    frame = pd.read_json(folder / "topic" / "test.jsonl", lines=True)
    assert frame.to_dict("records") == rows["topic"]["test"]


# CoNLL


def test_nltk_and_seqeval_read_the_flat_entities(
    monkeypatch: pytest.MonkeyPatch, rows: Rows, whole: Exports
) -> None:
    import nltk
    from nltk.corpus.reader import ConllCorpusReader
    from seqeval.metrics import classification_report
    from seqeval.metrics.sequence_labeling import get_entities
    from seqeval.scheme import IOB2

    columns = ("words", "pos", "ignore", "ignore", "chunk")  # the passage's id, where a tag stands
    folder = str(whole["conll"].folder)
    monkeypatch.setattr(nltk.data, "path", [*nltk.data.path, folder])  # it reads nowhere else
    count = 0
    for split in SPLITS:
        reader = ConllCorpusReader(folder, [f"{split}.conll"], columns)
        read = [list(zip(*sentence, strict=True)) for sentence in reader.iob_sents()]
        assert [list(words) for words, _, _ in read] == [r["tokens"] for r in rows["ner"][split]]
        assert [set(ids) for _, ids, _ in read] == [{r["passage_id"]} for r in rows["ner"][split]]
        tags = [list(tags) for _, _, tags in read]
        gold = [row["ner_tags"] for row in rows["ner"][split]]
        assert tags == gold
        count += sum(len(get_entities(one)) for one in tags)
    assert count == whole["conll"].counts["entities"]
    report = classification_report(gold, tags, mode="strict", scheme=IOB2, output_dict=True)
    assert report["micro avg"]["f1-score"] == 1


@given(RAW)
@settings(max_examples=100)
def test_every_conll_line_can_be_followed_to_its_text(text: str) -> None:
    passage = PassageContent(ner_row(text, tuple(tokens(text))[1:3]), [], [], "")
    *rows, end = conll.block(passage).split("\n\n")[0].split("\n") if tokens(text) else [""]
    found = [row.split("\t") for row in [*rows, end] if row]
    assert [row[0] for row in found] == [text[int(row[2]) : int(row[3])] for row in found]
    assert [row[0] for row in found] == [text[t.start : t.end] for t in tokens(text)]
    assert [row[4] for row in found] == passage.ner["ner_tags"]
    assert all(len(row) == len(conll.COLUMNS) and row[1] == "a:001.01" for row in found)


# spaCy


def test_spacy_reads_every_layer_of_every_passage(rows: Rows, whole: Exports, vocab: Any) -> None:
    from spacy.tokens import DocBin

    # Test alone: reading a DocBin takes 20 ms a passage where many packages are installed.
    docs = DocBin().from_disk(whole["spacy"].folder / "test.spacy").get_docs(vocab)
    stances: dict[str, Counter[Any]] = {}
    for row in rows["stance"]["test"]:
        place = (row["evidence"]["start"], row["evidence"]["end"])
        said = (*place, row["label"], row["holder"], row["target"])
        stances.setdefault(row["passage_id"], Counter())[said] += 1
    for doc, ner, topic in zip(docs, rows["ner"]["test"], rows["topic"]["test"], strict=True):
        assert doc.text == ner["text"]
        nested = [(s.start_char, s.end_char, s.label_, s.kb_id_) for s in doc.spans["sc"]]
        assert Counter(nested) == quads(ner["entities"])
        words = [token for token in doc if not token.is_space]
        assert [token.text for token in words] == ner["tokens"]
        flat = [f"{t.ent_iob_}-{t.ent_type_}".removesuffix("-") for t in words]
        assert flat == ner["ner_tags"]
        assert {(s.start_char, s.end_char, s.label_, s.kb_id_) for s in doc.ents} <= {*nested}
        assert [name for name, value in doc.cats.items() if value] == topic["topics"]
        held = [(s.start_char, s.end_char, s.label_, s.kb_id_, s.id_) for s in doc.spans["stance"]]
        assert Counter(held) == stances.get(ner["passage_id"], Counter())
        known = ("passage_id", "article_id", "tier", "event", "context")
        assert doc.user_data == {name: topic[name] for name in known}


def test_spacy_trains_on_it(whole: Exports) -> None:
    import spacy
    from spacy.training import Corpus

    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("ar")
    nlp.add_pipe("ner")
    nlp.add_pipe("textcat_multilabel")
    suggester = {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 2, 3]}
    nlp.add_pipe("spancat", config={"spans_key": "sc", "suggester": suggester})
    corpus = Corpus(whole["spacy"].folder / "validation.spacy", limit=6)
    examples = list(corpus(nlp))
    assert len(examples) == 6
    optimizer = nlp.initialize(lambda: examples)
    losses = [nlp.update(examples, sgd=optimizer, drop=0.0) for _ in range(5)]
    for pipe in ("textcat_multilabel", "spancat"):
        assert 0 < losses[-1][pipe] < losses[0][pipe] / 2
    assert {*nlp.get_pipe("ner").labels} <= {*nlp.get_pipe("spancat").labels}
    assert losses[0]["ner"] > 0


@pytest.fixture(scope="module")
def vocab() -> Any:
    import spacy

    return spacy.blank("ar").vocab


@given(RAW, st.data())
@settings(max_examples=100)
def test_a_spacy_doc_is_its_text_to_the_character(vocab: Any, text: str, data: Any) -> None:
    from marsad.export.spacy import doc

    spans = data.draw(nested_spans(text))
    row = ner_row(text, spans)
    made = doc(PassageContent(row, ["sport"], [], ""), ("sport", "health"), vocab)
    assert made.text == text
    assert made.cats == {"sport": 1.0, "health": 0.0}
    found = [(s.start_char, s.end_char, s.label_, s.kb_id_) for s in made.spans["sc"]]
    assert Counter(found) == quads(row["entities"])


# brat


def read_brat(stem: Path) -> Any:
    """An article as brat's own server reads it; no line may fail."""
    from bratsubset.annotation import TextAnnotations

    read = TextAnnotations(str(stem), read_only=True)
    assert read.failed_lines == []
    return read


def brat_spans(read: Any, text: str) -> dict[str, tuple[int, int, str]]:
    """The spans by id, each proved against its text."""
    found = {}
    for one in read.get_textbounds():
        parts = [text[start:end] for start, end in one.spans]
        assert one.text == " ".join(parts)
        found[one.id] = (one.spans[0][0], one.spans[-1][1], one.type)
    return found


def notes(read: Any) -> dict[str, dict[str, str]]:
    """What the notes say, by the id of their span."""
    return {
        one.target: dict(part.split("=") for part in one.get_text().split())
        for one in read.get_oneline_comments()
    }


def test_brat_reads_every_layer_of_every_article(rows: Rows, whole: Exports) -> None:
    returns = 0
    for split in SPLITS:
        lines_of: dict[str, list[str]] = {}
        for row in rows["structure"][split]:
            lines_of.setdefault(row["article_id"], []).append(row["label"])
        topics = {row["passage_id"]: row for row in rows["topic"][split]}
        seen = set()
        for article in rows["articles"][split]:
            stem = whole["brat"].folder / split / article["article_id"]
            raw = article["raw"]
            text = stem.with_name(f"{stem.name}.txt").read_bytes().decode("utf-8")
            assert len(text) == len(raw)
            assert all(a == b or a == "\r" for a, b in zip(raw, text, strict=True))
            returns += "\r" in raw
            read = read_brat(stem)
            assert read.get_document_text() == text
            spans, noted = brat_spans(read, text), notes(read)
            ids = {one.target: one.refid for one in read.get_normalizations()}
            entities = Counter(
                (*span, ids.get(name, "")) for name, span in spans.items() if span[2].isupper()
            )
            assert entities == quads(article["entities"])
            stances = Counter(
                (*span, noted[name]["holder"], noted[name]["target"])
                for name, span in spans.items()
                if span[2].startswith("Stance_")
            )
            assert stances == Counter(
                (s["start"], s["end"], f"Stance_{s['label']}", s["holder"], s["target"])
                for s in article["stances"]
            )
            labels = [kind[5:] for _, _, kind in sorted(spans.values()) if kind[:5] == "Line_"]
            assert labels == lines_of[article["article_id"]]
            given_topics: dict[str, set[str]] = {}
            for one in read.get_attributes():
                given_topics.setdefault(one.target, set()).add(one.type)
            for name, (start, end, kind) in spans.items():
                if kind == "Passage":
                    row = topics[noted[name]["passage_id"]]
                    assert raw[start:end] == row["text"]
                    assert given_topics[name] == set(row["topics"])
                    seen.add(row["passage_id"])
        assert seen == set(topics)
    (warning,) = whole["brat"].warnings
    assert f": {returns} articles have a space for each CR" in warning


def test_brat_knows_every_type_of_the_configuration(home: Rooms, whole: Exports) -> None:
    from bratsubset import projectconfig

    folder = str(whole["brat"].folder)
    project = projectconfig.ProjectConfiguration(folder)
    layers = read_layers(home)
    kinds = {name for members in brat.types(layers).values() for name, _ in members}
    assert kinds <= set(project.get_entity_types())
    assert {*layers["ner"].names, "Passage", "Line_headline", "Stance_against"} <= kinds
    assert set(project.get_attribute_types()) == set(layers["topic"].names)
    assert project.attributes_for("Passage") == list(layers["topic"].names)
    assert project.attributes_for("PERS") == []
    assert project.spans_can_be_equal("OCC", "Stance_favor")
    assert project.span_can_contain("PERS", "Passage")
    assert project.spans_can_cross("Stance_favor", "Stance_neutral")
    assert projectconfig.visual_options_get_text_direction(folder) == "rtl"
    assert "شخص" in project.get_labels_by_type("PERS")[0]
    assert kinds - set(project.get_drawing_types()) == set(layers["ner"].names)


@given(RAW, st.data())
@settings(max_examples=100)
def test_brat_reads_odd_texts_at_their_raw_offsets(raw: str, data: Any) -> None:
    listed = lines(raw)
    labels = {line.number: data.draw(st.sampled_from(["headline", "body"])) for line in listed}
    found = {f"a:{p.line:03d}.{p.piece:02d}": p for p in passages(raw, labels)}
    entities = []
    for place in found.values():
        for start, end in data.draw(nested_spans(raw[place.start : place.end])):
            entities.append(entity(place.start + start, place.start + end))
    row = {"article_id": "a", "raw": raw, "stances": [], "entities": entities}
    article = ArticleContent(
        row,
        tuple((line, labels[line.number]) for line in listed),
        found,
        {name: ["sport", "health"] for name in found},
    )
    with tempfile.TemporaryDirectory() as folder:
        stem = Path(folder) / "a"
        stem.with_suffix(".txt").write_bytes(brat.shown(raw).encode())
        said = "".join(brat.standoff(article, {"x_1": "اسم"}))
        stem.with_suffix(".ann").write_bytes(said.encode())
        read = read_brat(stem)
    text = brat.shown(raw)
    assert (read.get_document_text(), len(text)) == (text, len(raw))
    spans = brat_spans(read, raw).values()
    assert Counter(span for span in spans if span[2] == "PERS") == Counter(
        (e["start"], e["end"], "PERS") for e in entities
    )
    assert len(list(read.get_normalizations())) == len(entities)
    extents = [(s, e) for s, e, kind in spans if kind.startswith("Line_")]
    assert len(extents) == len(listed)
    assert sum(kind == "Passage" for _, _, kind in spans) == len(found)
    # A line's own edges may be white space that brat leaves out of a span: a tab, say.
    for (start, end), line in zip(extents, listed, strict=True):
        assert line.start <= start <= line.inner.start
        assert line.inner.end <= end <= line.end


def test_a_span_over_the_end_of_a_line_is_refused() -> None:
    row = {"article_id": "a", "raw": "س\r\nع", "stances": [], "entities": [entity(0, 4)]}
    with pytest.raises(DataError, match="a: the span 0:4 lies over the end of a line"):
        list(brat.standoff(ArticleContent(row, (), {}, {}), {}))


# Label Studio


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_label_studio_accepts_every_task(rows: Rows, whole: Exports) -> None:
    from label_studio_sdk.label_interface import LabelInterface

    folder = whole["label-studio"].folder
    for config, tasks in (("config.xml", "tasks"), ("structure.xml", "structure")):
        interface = LabelInterface((folder / config).read_text(encoding="utf-8"))
        interface.validate()
        read = json.loads((folder / f"{tasks}-test.json").read_bytes())
        for task in read:
            (annotation,) = task["annotations"]
            assert interface.validate_prediction(annotation, return_errors=True) == []
    wrong = {
        "result": [{**annotation["result"][0], "value": {"start": 0, "end": 1, "labels": ["X"]}}]
    }
    assert interface.validate_prediction(wrong, return_errors=True)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_label_studios_converter_gives_the_rows_back(
    rows: Rows, whole: Exports, tmp_path: Path
) -> None:
    from label_studio_sdk.converter.converter import Converter

    folder = whole["label-studio"].folder
    converter = Converter(str(folder / "config.xml"), str(tmp_path), download_resources=False)
    for split in SPLITS:
        articles = {row["article_id"]: row for row in rows["articles"][split]}
        items = converter.iter_from_json_file(str(folder / f"tasks-{split}.json"))
        pairs = zip(items, rows["ner"][split], rows["topic"][split], strict=True)
        stances: Counter[Any] = Counter()
        for item, ner, topic in pairs:
            data, said = item["input"], item["output"]
            known = ("text", "context", "passage_id", "article_id", "tier", "event")
            assert {name: data[name] for name in known} == {name: topic[name] for name in known}
            raw, start = articles[ner["article_id"]]["raw"], data["start"]
            assert raw[start : start + len(ner["text"])] == ner["text"]
            assert entities_of(said) == quads(ner["entities"])
            assert [choice for one in said.get("topics", ()) for choice in one["choices"]] == (
                topic["topics"]
            )
            for one, holder, target in zip(
                *(said.get(name, ()) for name in ("stance", "holder", "target")), strict=True
            ):
                assert one["start"] == holder["start"] == target["start"]
                assert data["text"][one["start"] : one["end"]] == one["text"]
                place = (start + one["start"], start + one["end"], one["labels"][0])
                who = (holder["text"][0], target["choices"][0])
                stances[ner["article_id"], *place, *who] += 1
        assert stances == Counter(
            (row["article_id"], s["start"], s["end"], s["label"], s["holder"], s["target"])
            for row in articles.values()
            for s in row["stances"]
        )
    converter.convert(str(folder / "tasks-test.json"), str(tmp_path), "CONLL2003", is_dir=False)
    tagged = (tmp_path / "result.conll").read_text(encoding="utf-8")
    assert tagged.count("\n\n") == len(rows["ner"]["test"])
    assert " -X- _ B-PERS\n" in tagged
    converter = Converter(str(folder / "structure.xml"), str(tmp_path), download_resources=False)
    lines_of = Counter(row["label"] for row in rows["structure"]["test"])
    read = Counter(
        one["labels"][0]
        for item in converter.iter_from_json_file(str(folder / "structure-test.json"))
        for one in item["output"]["structure"]
        if item["input"]["text"][one["start"] : one["end"]] == one["text"]
    )
    assert read == lines_of


def entities_of(said: dict[str, Any]) -> Counter[tuple[int, int, str, str]]:
    """Entities from a converted task: ids lie on the very span of their region, in order."""
    ids = [(one["start"], one["end"], one["text"][0]) for one in said.get("entity_id", ())]
    found: Counter[tuple[int, int, str, str]] = Counter()
    for one in said.get("ner", ()):
        place = (one["start"], one["end"])
        linked = ids and ids[0][:2] == place
        found[*place, one["labels"][0], ids.pop(0)[2] if linked else ""] += 1
    assert not ids
    return found


def test_relations_lead_from_a_stance_to_its_holder(whole: Exports) -> None:
    tasks = json.loads((whole["label-studio"].folder / "tasks-test.json").read_bytes())
    count = 0
    for task in tasks:
        (annotation,) = task["annotations"]
        said = {(r["id"], r["from_name"]): r["value"] for r in annotation["result"] if "id" in r}
        for relation in (r for r in annotation["result"] if r["type"] == "relation"):
            holder = said[relation["from_id"], "holder"]["text"]
            assert said[relation["to_id"], "entity_id"]["text"] == holder
            count += 1
    assert count


def test_gold_may_stand_as_predictions(tiny: Rooms, tmp_path: Path) -> None:
    export(tiny, "label-studio", tmp_path / "gold", ["test"])
    export(tiny, "label-studio", tmp_path / "silver", ["test"], predictions=True)
    gold = json.loads((tmp_path / "gold" / "tasks-test.json").read_bytes())
    silver = json.loads((tmp_path / "silver" / "tasks-test.json").read_bytes())
    for one, other in zip(gold, silver, strict=True):
        assert set(one) == {"id", "data", "annotations"}
        assert set(other) == {"id", "data", "predictions"}
        assert other["predictions"][0]["result"] == one["annotations"][0]["result"]
        assert other["predictions"][0]["model_version"].startswith("marsad 0.")


@given(RAW, st.data())
@settings(max_examples=100)
def test_label_studio_regions_hold_their_text(text: str, data: Any) -> None:
    spans = data.draw(nested_spans(text))
    row = ner_row(text, spans)
    result = label_studio.passage_result(text, row["entities"], [], [])
    for region in result:
        value = region["value"]
        if region["type"] == "labels":
            assert text[value["start"] : value["end"]] == value["text"]
    assert len({region["id"] for region in result}) == len(row["entities"])


# The command and the folder


def test_the_command_says_what_was_written_and_what_was_left_out(
    capsys: pytest.CaptureFixture[str], tiny: Rooms, tmp_path: Path
) -> None:
    arguments = ["--root", str(tiny.root), "export", "conll", "--out", str(tmp_path / "out")]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert out.endswith(f"entities: 3 files in {tmp_path / 'out'}\n")
    assert err.startswith("marsad: conll holds outermost entities alone: ")
    assert err.count("\n") == out.count("\n") == 1
    assert main([*arguments, "--split", "test", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["files"], found["renewed"]) == (["test.conll"], 1)
    assert set(found) == {"format", "folder", "files", "renewed", "counts", "warnings"}


def test_articles_whose_text_is_withheld_are_left_out(tiny: Rooms, tmp_path: Path) -> None:
    for fmt in FORMATS:
        made = export(tiny, fmt, tmp_path / fmt)
        if "articles" in made.counts:
            assert made.counts["articles"] == 1
    assert len(list((tmp_path / "brat" / "test").glob("*.ann"))) == 1


WRONG_USE = [
    (["export", "csv"], "invalid choice: 'csv'"),
    (["export", "conll", "--config", "ner"], "conll has no configs; leave --config out"),
    (["export", "brat", "--predictions"], "brat has no predictions; leave --predictions out"),
    (["export", "jsonl", "--config", "words"], "no config 'words'; the configs are articles,"),
    (["export", "conll", "--split", "dev"], "invalid choice: 'dev'"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG_USE)
def test_wrong_use_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], tiny: Rooms, tmp_path: Path, arguments: list[str], says: str
) -> None:
    out = tmp_path / "out"
    assert main(["--root", str(tiny.root), *arguments, "--out", str(out)]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert not out.exists()


def test_spacy_is_named_where_it_is_lacking(
    monkeypatch: pytest.MonkeyPatch, tiny: Rooms, tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "spacy", None)
    with pytest.raises(UsageError, match=r"pip install 'marsad\[spacy\]'"):
        export(tiny, "spacy", tmp_path / "out")


def test_a_format_or_split_that_there_is_not_is_named(tiny: Rooms, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no format 'csv'; the formats are spacy, conll, brat"):
        export(tiny, "csv", tmp_path)
    with pytest.raises(UsageError, match="no split 'dev'; the splits are train, validation, test"):
        export(tiny, "conll", tmp_path, ["dev"])


def test_a_file_that_is_no_export_of_ours_is_never_written_over(
    tiny: Rooms, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    path = out / "test.conll"
    path.write_text("mine\n")
    with pytest.raises(UsageError, match=r"test\.conll: is there already, not from an export"):
        export(tiny, "conll", out)
    assert [p.name for p in out.iterdir()] == ["test.conll"]
    path.unlink()
    first = export(tiny, "conll", out)
    content = path.read_bytes()
    assert (first.renewed, export(tiny, "conll", out).renewed) == (0, 3)
    assert path.read_bytes() == content
    with pytest.raises(UsageError, match="out: holds an export as conll; name another folder"):
        export(tiny, "jsonl", out)
    path.write_bytes(content + b"corrected\n")
    with pytest.raises(UsageError, match=r"test\.conll: was changed since it was exported"):
        export(tiny, "conll", out)
    assert path.read_bytes() == content + b"corrected\n"
    (out / ".marsad-export.json").write_text("[]")
    with pytest.raises(UsageError, match="not the record of an export"):
        export(tiny, "conll", out)


def test_an_export_is_the_same_every_time(tiny: Rooms, tmp_path: Path) -> None:
    for fmt in FORMATS:
        first, second = (export(tiny, fmt, tmp_path / f"{fmt}{at}") for at in range(2))
        assert first.files == second.files
        for name in first.files:
            assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


def test_rows_that_do_not_fit_their_article_are_refused(
    rows: Rows, tiny: Rooms, tmp_path: Path
) -> None:
    columns = features(read_layers(tiny))
    content = Content(tiny)
    few = {config: {split: content.rows(config, split) for split in SPLITS} for config in columns}
    few["topic"]["test"][0] = {**few["topic"]["test"][0], "text": "غيره"}
    write_parquet(few, columns, tiny.data)
    for fmt, says in (("brat", "do not fit its raw text"), ("conll", "has another text")):
        with pytest.raises(DataError, match=rf"^data/topic/test\.parquet: .*{says}.*marsad build"):
            export(tiny, fmt, tmp_path / fmt)
        assert not (tmp_path / fmt).exists()


# Made texts


def entity(start: int, end: int) -> Row:
    return {"start": start, "end": end, "label": "PERS", "entity_id": "x_1"}


def ner_row(text: str, spans: Any) -> Row:
    found = [entity(start, end) for start, end in spans]
    flat = flat_tags(text, [(e["start"], e["end"], e["label"]) for e in found])
    about = {"passage_id": "a:001.01", "article_id": "a", "tier": "authored", "event": "e"}
    listed = [text[t.start : t.end] for t in tokens(text)]
    return {**about, "text": text, "tokens": listed, "ner_tags": flat, "entities": found}


@st.composite
def nested_spans(draw: Any, text: str) -> list[tuple[int, int]]:
    """An outer span of whole tokens and one inside it, where the text has tokens."""
    found = tokens(text)
    if not found:
        return []
    first = draw(st.integers(0, len(found) - 1))
    last = draw(st.integers(first, len(found) - 1))
    inner = draw(st.integers(first, last))
    return [
        (found[first].start, found[last].end),
        *([(found[inner].start, found[last].end)] if inner > first else []),
    ]
