"""Gold put into words and generated text read: lossless one way, lenient and honest the other."""

from __future__ import annotations

import pytest

from marsad import answer_text, label
from marsad.answer import CHECKS
from marsad.dataset import Rows
from marsad.rooms import Rooms

TEXT = "قال الرئيس الروسي إن روسيا والصين تدعمان السلام في روسيا"
PLACES = [TEXT.index("روسيا"), TEXT.rindex("روسيا")]


@pytest.fixture(scope="module")
def by_name(home: Rooms) -> dict[str, str]:
    return answer_text.known(label.read_layer(home, "ner"))


@pytest.mark.parametrize("language", ["ar", "en"])
def test_gold_in_words_reads_back_as_gold(
    home: Rooms, rows: Rows, by_name: dict[str, str], language: str
) -> None:
    called = answer_text.names(label.read_layer(home, "ner"), language)
    for row in (row for part in rows["ner"].values() for row in part):
        gold = {(e["start"], e["end"], e["label"]) for e in row["entities"]}
        written = answer_text.write_entities(row["text"], list(gold), called)
        read = answer_text.read_entities(written or "none", row["text"], by_name, "none")
        assert (read.answer, read.unplaced, read.unread) == (gold, (), 0.0), written


@pytest.mark.parametrize("language", ["ar", "en"])
def test_topics_in_words_read_back(home: Rooms, rows: Rows, language: str) -> None:
    layer = label.read_layer(home, "topic")
    called, by_name = answer_text.names(layer, language), answer_text.known(layer)
    for row in rows["topic"]["test"]:
        written = answer_text.write_topics(row["topics"], called, language)
        assert answer_text.read_topics(written, by_name).answer == set(row["topics"])


def test_a_prompt_lists_every_label_in_its_language(home: Rooms) -> None:
    for layer in ("topic", "stance", "ner"):
        known = label.read_layer(home, layer)
        english, arabic = (answer_text.legend(known, language) for language in ("en", "ar"))
        assert len(english.splitlines()) == len(arabic.splitlines()) == len(known.names)
        assert not any("a" <= c.lower() <= "z" for c in arabic)
        for one in known.label:
            assert one.name in english
            assert one.meaning in english
            assert one.meaning_ar in arabic
        assert len(answer_text.known(known)) == 2 * len(known.names)  # no name is of two labels


READ = [  # what a model wrote, what it says, what it invented, which share is no answer
    ("GPE: روسيا", [(0, "GPE")], [], 0),
    ("- GPE: «روسيا»\n2. **GPE**: روسيا", [(0, "GPE"), (1, "GPE")], [], 0),
    ("كيان جغرافي سياسي: روسيا #2", [(1, "GPE")], [], 0),
    ('{"type": "GPE", "mention": "روسيا"}', [(0, "GPE")], [], 0),
    ('```json\n[{"label": "gpe", "text": "روسيا"}]\n```', [(0, "GPE")], [], 0),
    ("GPE: روسيا\nGPE: روسيا\nGPE: روسيا", [(0, "GPE"), (1, "GPE")], ["GPE"], 0),
    ("GPE: الصين", [], ["GPE"], 0),  # it stands there only inside a word
    ("GPE: فرنسا\nGPE: روسيا #3\nGPE: روسيا #0", [], ["GPE", "GPE", "GPE"], 0),
    ("GPE: روسيا\nORG: روسيا", [(0, "GPE"), (0, "ORG")], [], 0),
    ("Here are the entities:\nGPE: روسيا", [(0, "GPE")], [], 0.5),
    ("PLANET: روسيا", [], [], 1),
    ("none", [], [], 0),
    ("[]", [], [], 0),
    ("", [], [], 1),
    ("lol", [], [], 1),
]


@pytest.mark.parametrize(("written", "said", "unplaced", "unread"), READ)
def test_generated_entities_are_read(
    by_name: dict[str, str],
    written: str,
    said: list[tuple[int, str]],
    unplaced: list[str],
    unread: float,
) -> None:
    read = answer_text.read_entities(written, TEXT, by_name, "none")
    spans = {(PLACES[nth], PLACES[nth] + len("روسيا"), name) for nth, name in said}
    assert (set(read.answer), list(read.unplaced), read.unread) == (spans, unplaced, unread)


def test_spans_that_are_read_nest_and_never_cross(home: Rooms, by_name: dict[str, str]) -> None:
    written = "OCC: الرئيس الروسي\nNORP: الروسي\nORG: الروسي إن"
    read = answer_text.read_entities(written, TEXT, by_name, "none")
    assert {TEXT[start:end] for start, end, _ in read.answer} == {"الرئيس الروسي", "الروسي"}
    assert read.unplaced == ("ORG",)
    row = {"passage_id": "p", "text": TEXT}
    answer = [{"start": s, "end": e, "label": name} for s, e, name in read.answer]
    names = label.read_layer(home, "ner").names
    assert CHECKS["entities"](answer, row, names) == read.answer


@pytest.mark.parametrize(
    ("written", "topics", "unread"),
    [
        ("economy, energy", {"economy", "energy"}, 0),
        ("الاقتصاد، الطاقه", {"economy", "energy"}, 0),
        ("- Economy\n- science technology.", {"economy", "science_technology"}, 0),
        ("economy\nPassage: energy, sport", {"economy"}, 0),
        ("economy, weather", {"economy"}, 0.5),
        ("lol", set(), 1),
        ("", set(), 1),
    ],
)
def test_generated_topics_are_read(
    home: Rooms, written: str, topics: set[str], unread: float
) -> None:
    by_name = answer_text.known(label.read_layer(home, "topic"))
    read = answer_text.read_topics(written, by_name)
    assert (set(read.answer), read.unread) == (topics, unread)
