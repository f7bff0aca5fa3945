"""Error analysis: what is counted is what is wrong, and the page shows it whole and unharmed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from conftest import ROOT
from marsad import boundary, cli, error, jsonl, recipe, record, report, task
from marsad.answer import Answers, answer_row, gold_answer, read_predictions
from marsad.boundary import ADDED, BOUNDARY, INSTEAD, MISSED, RIGHT
from marsad.dataset import row_id
from marsad.error import Error, analyse, choose
from marsad.fault import UsageError
from marsad.report import example, page
from marsad.report.example import Shelf
from marsad.report.page import Mark
from marsad.report.trail import Records
from marsad.rooms import LAYERS, Rooms
from marsad.task import TaskData, read_data

DATA: dict[str, TaskData] = {}
VOID = {"meta", "br", "hr"}


@pytest.fixture(params=LAYERS)
def data(request: pytest.FixtureRequest, home: Rooms) -> TaskData:
    return of_task(home, request.param)


def of_task(home: Rooms, name: str) -> TaskData:
    if name not in DATA:
        DATA[name] = read_data(home, name)
    return DATA[name]


def perfect(data: TaskData) -> dict[Any, Any]:
    return {data.key(row): gold_answer(data, row) for row in data.rows["test"]}


def recorded(home: Rooms, name: str) -> tuple[TaskData, Answers]:
    data = of_task(home, recipe.read_recipe(home, name).task)
    return data, read_predictions(record.predictions_path(home, name), data, "test")


# The spans of one text, worked out by hand: gold, answer, and the pairs they must make.
A, B = (0, 5, "PERS"), (6, 11, "ORG")
PAIRS = [
    ([A], [A], [(RIGHT, A, A)]),
    ([A], [], [(MISSED, A, None)]),
    ([], [B], [(ADDED, None, B)]),
    ([A], [(0, 5, "ORG")], [(INSTEAD, A, (0, 5, "ORG"))]),
    ([A], [(0, 11, "PERS")], [(BOUNDARY, A, (0, 11, "PERS"))]),
    # other edges and another type: nothing ties the two together
    ([A], [(0, 11, "ORG")], [(MISSED, A, None), (ADDED, None, (0, 11, "ORG"))]),
    # spans that touch do not overlap
    ([A], [(5, 9, "PERS")], [(MISSED, A, None), (ADDED, None, (5, 9, "PERS"))]),
    # one answer stands for one gold span: for that with which it shares most
    (
        [(0, 4, "GPE"), (5, 20, "GPE")],
        [(2, 20, "GPE")],
        [(MISSED, (0, 4, "GPE"), None), (BOUNDARY, (5, 20, "GPE"), (2, 20, "GPE"))],
    ),
    # an equal span is never taken away from its gold one, nested ones included
    (
        [(0, 20, "ORG"), (0, 5, "ORG")],
        [(0, 5, "ORG"), (0, 15, "ORG")],
        [(RIGHT, (0, 5, "ORG"), (0, 5, "ORG")), (BOUNDARY, (0, 20, "ORG"), (0, 15, "ORG"))],
    ),
]


@pytest.mark.parametrize(("gold", "answer", "expected"), PAIRS)
def test_spans_are_paired_as_by_hand(gold: Any, answer: Any, expected: Any) -> None:
    for one, other in ((gold, answer), (gold[::-1], answer[::-1])):
        assert [tuple(pair) for pair in boundary.pairs(one, other)] == expected


TEXT = 'قال الرئيس فلاديمير بوتين وأعلن "ناسا" 12 مايو الماضي'


def at(words: str, label: str) -> tuple[int, int, str]:
    start = TEXT.index(words)
    return start, start + len(words), label


EDGES = [
    # gold, answer, other gold: place, extra, form, label, what
    ("بوتين", "فلاديمير بوتين", (), [("start", True, "word", None, "فلاديمير")]),
    ("فلاديمير بوتين", "بوتين", (), [("start", False, "word", None, "فلاديمير")]),
    ("بوتين", "بوتين وأعلن", (), [("end", True, "and", None, "وأعلن")]),
    ("بوتين", "الرئيس فلاديمير بوتين", ("الرئيس",), [("start", True, "entity", "OCC", None)]),
    ("مايو", "مايو الماضي", (), [("end", True, "definite", None, "الماضي")]),
    ("12 مايو", "مايو", (), [("start", False, "number", None, "12")]),
    ('"ناسا"', '"ناسا', (), [("end", False, "mark", None, '"')]),
    (
        "فلاديمير بوتين",
        "بوتين وأعلن",
        (),
        [("start", False, "word", None, "فلاديمير"), ("end", True, "and", None, "وأعلن")],
    ),
    # what holds the gold span is no other entity beside it
    ("بوتين", "بوتين وأعلن", (TEXT,), [("end", True, "and", None, "وأعلن")]),
]


@pytest.mark.parametrize(("gold", "answer", "others", "expected"), EDGES)
def test_wrong_edges_are_named_as_by_hand(
    gold: str, answer: str, others: Any, expected: Any
) -> None:
    one = at(gold, "PERS")
    spans = [one, *(at(other, "OCC") for other in others)]
    found = list(boundary.edges(TEXT, one, at(answer, "PERS"), spans))
    for edge, (place, extra, form, label, part) in zip(found, expected, strict=True):
        assert (edge.at, edge.extra, edge.form, edge.label) == (place, extra, form, label)
        assert part is None or edge.text == part


def test_confusions_count_what_was_changed(home: Rooms) -> None:
    data = of_task(home, "stance")
    answers = perfect(data)
    favor = [key for key, label in answers.items() if label == "favor"][:5]
    answers |= dict(zip(favor, ["against"] * 3 + ["neutral"] * 2, strict=True))
    found = analyse(data, Answers(answers, {}))
    assert found.wrong == 5
    assert found.confusions == (
        ("instead", "favor", "against", 3),
        ("instead", "favor", "neutral", 2),
    )
    gold = Counter(gold_answer(data, row) for row in data.rows["test"])
    assert found.matrix["favor", "favor"] == gold["favor"] - 5
    assert found.matrix["favor", "against"] == 3
    assert found.tallies["favor"]["missed"] == 5
    assert found.tallies["against"]["added"] == 3
    assert found.boundaries == ()


def test_topics_missed_added_and_given_for_others_are_told_apart(home: Rooms) -> None:
    data = of_task(home, "topic")
    answers = perfect(data)
    one = [key for key, topics in answers.items() if topics == {"health"}][:3]
    answers |= {
        one[0]: frozenset({"sport"}),
        one[1]: frozenset(),
        one[2]: frozenset({"health", "energy"}),
    }
    found = analyse(data, Answers(answers, {}))
    assert set(found.confusions) == {
        ("instead", "health", "sport", 1),
        ("missed", "health", None, 1),
        ("added", None, "energy", 1),
    }
    tally = found.tallies["health"]
    assert (tally["missed"], tally["added"], tally["gold"] - tally["right"]) == (2, 0, 2)


def test_tallies_add_up_to_what_is_scored(home: Rooms) -> None:
    for name in (*report.chosen(home), "ner_gazetteer"):
        data, answers = recorded(home, name)
        found = analyse(data, answers)
        for label, of in found.tallies.items():
            by = found.score.by_label[label]
            assert (of["gold"], of["answered"]) == (by["support"], by["predicted"]), (name, label)
            assert by["recall"] == pytest.approx(of["right"] / of["gold"] if of["gold"] else 0)


def test_every_example_is_an_error_and_no_two_are_of_one_passage(home: Rooms) -> None:
    for name in report.chosen(home):
        data, answers = recorded(home, name)
        found = analyse(data, answers)
        rows = {data.key(row): row for row in data.rows["test"]}
        assert len(found.examples) == min(error.EXAMPLES, found.wrong)
        passages = [rows[one.key].get("passage_id") or one.key for one in found.examples]
        assert len(set(passages)) == len(passages)
        for one in found.examples:
            assert one.gold == gold_answer(data, rows[one.key])
            assert one.answer == answers.values[one.key] != one.gold
            assert one.error in one.errors
            assert one.error.kind in error.KINDS
        asked = json.loads(json.dumps(found.to_json(), ensure_ascii=False))
        assert len(asked["examples"]) == len(found.examples)


def test_examples_take_turns_by_kind_and_confusion_in_any_order() -> None:
    errors = [
        *(Error((f"m{n}",), MISSED, "GPE", None) for n in range(20)),
        *(Error((f"o{n}",), MISSED, "ORG", None) for n in range(9)),
        *(Error((f"a{n}",), ADDED, None, "GPE") for n in range(5)),
        Error(("m0",), INSTEAD, "GPE", "ORG"),
    ]
    ranked = [confusion for confusion, _ in Counter(e.confusion for e in errors).most_common()]
    passages = {e.key: e.key[0] for e in errors}
    chosen = choose(errors, ranked, passages)
    assert [e.kind for e in chosen[:4]] == [MISSED, ADDED, INSTEAD, MISSED]
    assert [e.gold for e in chosen if e.kind == MISSED][:4] == ["GPE", "ORG", "GPE", "ORG"]
    assert len(chosen) == 10
    assert choose(errors[::-1], ranked, passages) == chosen
    alike = dict.fromkeys(passages, "one passage")
    assert len(choose(errors, ranked, alike)) == 1


class Page(HTMLParser):
    """What a page is made of; unbalanced tags and ids that stand twice are errors."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()
        assert self.open == []
        assert len(set(self.ids)) == len(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(str(value))
            if name == "href":
                self.links.append(str(value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words += data


@pytest.fixture(scope="module")
def written(home: Rooms, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The pages of the best baselines, written beside the checkout's own rooms."""
    return report.write(home, None, tmp_path_factory.mktemp("report"))


def test_pages_are_whole_and_need_nothing_else(home: Rooms, written: list[Path]) -> None:
    assert [path.stem for path in written] == ["index", *report.chosen(home)]
    for path in written:
        html = path.read_text(encoding="utf-8")
        assert html.startswith('<!DOCTYPE html>\n<html lang="ar" dir="rtl">\n')
        found = Page(html)
        assert not {"script", "link", "img", "iframe", "object", "video"} & set(found.tags)
        assert not {name for name in found.attributes if name.startswith("on")} | (
            {"src", "srcset"} & found.attributes
        )
        assert not re.search(r"https?:|url\(|@import", html)
        for link in found.links:
            if link.startswith("#"):
                assert link[1:] in found.ids
            else:
                assert (path.parent / link).is_file(), link
        assert str(ROOT) not in html


def test_pages_say_the_figures_and_show_ten_examples(home: Rooms, written: list[Path]) -> None:
    for path in written[1:]:
        found = Page(path.read_text(encoding="utf-8"))
        data, answers = recorded(home, path.stem)
        analysis = analyse(data, answers)
        assert f"{analysis.score.value:.3f}" in found.words
        assert data.signature in found.words
        assert [name for name in found.ids if re.fullmatch(r"example-\d+", name)] == [
            f"example-{at}" for at in range(1, 11)
        ]
        rows = {data.key(row): row for row in data.rows["test"]}
        for one in analysis.examples:
            assert row_id(data.task.config, rows[one.key]) in found.words
            for annotator in ("reader_a", "reader_b"):
                assert f"annotations/{data.task.layer}/judgements/{annotator}.jsonl" in found.words


def test_links_lead_to_the_files_from_within_the_checkout(copy: Any) -> None:
    home = copy()
    pages = report.write(home, ["ner_crf"], home.root / "out" / "report")
    found = Page(pages[1].read_text(encoding="utf-8"))
    there = [link for link in found.links if link.startswith("../../")]
    assert {"../../baselines/predictions/ner_crf.jsonl", "../../annotations/ner/gold.jsonl"} <= set(
        there
    )
    assert all((pages[1].parent / link).is_file() for link in there)


def test_pages_are_the_same_wherever_and_whenever_they_are_written(
    home: Rooms, written: list[Path], tmp_path: Path
) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "20261122", "MARSAD_ROOT": str(ROOT)}
    arguments = [sys.executable, "-m", "marsad", "report", "--out", str(tmp_path / "again")]
    ran = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == [str(tmp_path / "again" / path.name) for path in written]
    for path in written:
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_perfect_prediction_has_a_page_that_says_so(
    home: Rooms, data: TaskData, tmp_path: Path
) -> None:
    file = tmp_path / "perfect.jsonl"
    jsonl.write(
        file,
        [answer_row(data.task, row, gold_answer(data, row), {}) for row in data.rows["test"]],
    )
    pages = report.write(home, [f"{data.task.name}={file}"], tmp_path / "out")
    assert [path.name for path in pages] == ["index.html", f"{data.task.name}_perfect.html"]
    found = Page(pages[1].read_text(encoding="utf-8"))
    assert "لا أخطاء، فلا أمثلة" in found.words
    assert not [name for name in found.ids if name.startswith("example-")]
    assert "لا أخطاء" in Page(pages[0].read_text(encoding="utf-8")).words


def test_a_trail_leads_to_the_answer_the_judgements_and_the_raw_bytes(
    home: Rooms, data: TaskData
) -> None:
    name = next(name for name in report.chosen(home) if name.startswith(data.task.name))
    predictions = record.predictions_path(home, name)
    records = Records(home, data, "test", predictions)
    answers = predictions.read_text(encoding="utf-8").splitlines()
    agreed = 0
    for at_row, row in enumerate(data.rows["test"][::25]):
        trail = records.trail(data.key(row))
        start, end = trail.raw.bytes or (0, 0)
        assert trail.raw.path.read_bytes()[start:end].decode("utf-8") == row["text"]
        answer = json.loads(answers[(trail.answer.line or 0) - 1])
        assert data.key(answer) == data.key(row)
        assert trail.row.row == at_row * 25
        for place in (trail.gold, *(of.place for of in trail.judged)):
            line = place.path.read_text(encoding="utf-8").split("\n")[(place.line or 0) - 1]
            assert json.loads(line)["article_id"] == row["article_id"]
        assert [of.annotator for of in trail.judged] == ["reader_a", "reader_b"]
        agreed += any(of.says == gold_answer(data, row) for of in trail.judged)
    assert agreed > len(data.rows["test"][::25]) * 0.6  # gold is mostly what a judge said


# Nothing of these may reach a page as it is.
HOSTILE = "<script>alert('x')</script> & \"ق\" \u202e\u2066\u2069\u2028\x00\x1b\ufeff</p></main>"


def test_hostile_text_is_shown_and_does_nothing(home: Rooms, data: TaskData) -> None:
    texts = ("text", "context", "holder_ar", "target_ar")
    rows = [
        {**row, **{name: HOSTILE + row[name] for name in texts if name in row}}
        for row in data.rows["test"]
    ]
    hostile = replace(data, rows={**data.rows, "test": rows})
    name = next(name for name in report.chosen(home) if name.startswith(data.task.name))
    path = record.predictions_path(home, name)
    answers = read_predictions(path, data, "test")
    analysis = analyse(hostile, answers)
    trails = Records(home, data, "test", path).trails(one.key for one in analysis.examples)
    html = example.examples(hostile, analysis, trails, Shelf(home, ROOT / "report"), None, {})
    found = Page(html)
    assert found.tags["script"] == 0
    assert "<script>alert" in found.words
    assert "U+202E" in found.words
    for odd in "\u202e\u2066\u2069\u2028\x00\x1b\ufeff":
        assert odd not in html


def test_marks_nest_and_leave_the_text_as_it_is() -> None:
    marks = [Mark(0, 10, "OCC", "منصب", "same"), Mark(5, 10, "GPE", "بلد", "off")]
    html = page.marked("رئيس فرنسا يزور", marks)
    assert html == (
        '<span class="mark same h1">رئيس <span class="mark off h0">فرنسا'
        '<b dir="ltr" title="بلد">GPE</b></span><b dir="ltr" title="منصب">OCC</b></span> يزور'
    )
    assert page.marked("<a>", []) == "&lt;a&gt;"


def test_the_best_baseline_is_no_probe_and_has_the_highest_score_on_validation(home: Rooms) -> None:
    best = report.chosen(home)
    assert [recipe.read_recipe(home, name).task for name in best] == list(LAYERS)
    for name in best:
        own = record.read_score(home, name)
        assert recipe.read_recipe(home, name).role == "baseline"
        for other in recipe.names(home):
            known = recipe.read_recipe(home, other)
            if known.task == own["task"] and known.role == "baseline":
                rival = record.read_score(home, other)
                assert record.value(rival, "validation") <= record.value(own, "validation")


def test_wrong_names_are_told_and_nothing_is_written(
    home: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert cli.main(["report", "ner_none", "ner_best", "--out", str(out)]) == 2
    assert "no baseline 'ner_best'" in capsys.readouterr().err
    assert cli.main(["report", f"ner={tmp_path / 'none'}", "--out", str(out)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    file = tmp_path / "ner_none.jsonl"
    file.write_bytes(record.predictions_path(home, "ner_none").read_bytes())
    (tmp_path / "again").mkdir()
    other = tmp_path / "again" / file.name
    other.write_bytes(file.read_bytes())
    with pytest.raises(UsageError, match="two pages would be called ner_ner_none"):
        report.write(home, [f"ner={file}", f"ner={other}"], out)
    assert not out.exists()


def test_json_is_the_analysis(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["report", "ner_crf", "--json", "--out", str(tmp_path / "out")]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["name"] == "ner_crf"
    assert found["wrong_rows"] > 0
    assert {one["kind"] for one in found["confusions"]} <= set(error.KINDS)
    assert sum(one["count"] for one in found["confusions"]) == sum(found["kinds"].values())
    assert not (tmp_path / "out").exists()


def test_probabilities_are_shown_where_there_are_any(home: Rooms, tmp_path: Path) -> None:
    for name, given in (("stance", {"favor": 0.75, "against": 0.25}), ("topic", {"health": 0.75})):
        data = of_task(home, name)
        answer = "favor" if name == "stance" else ["health"]
        rows = [answer_row(data.task, row, answer, given) for row in data.rows["test"]]
        file = tmp_path / "guess.jsonl"
        jsonl.write(file, rows)
        pages = report.write(home, [f"{name}={file}"], tmp_path / "out")
        found = Page(pages[1].read_text(encoding="utf-8"))
        assert "reliability" in found.ids
        assert found.words.count("احتمالات النظام") == 10
        assert "0.750" in found.words


def test_the_split_of_other_predictions_can_be_named(home: Rooms, tmp_path: Path) -> None:
    data = task.read_data(home, "structure")
    file = tmp_path / "guess.jsonl"
    jsonl.write(file, [answer_row(data.task, row, "body", {}) for row in data.rows["validation"]])
    pages = report.write(home, [f"structure={file}"], tmp_path / "out", "validation")
    assert "نصوص التحقق" in pages[1].read_text(encoding="utf-8")
