"""Entities that a page names, and which articles are of one event."""

from __future__ import annotations

import pickle
import random
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from marsad.corpus import Corpus
from marsad.dataset import look
from marsad.ingest import settings as settings_file
from marsad.ingest.entity import Names, entities, read_names, written_as
from marsad.ingest.event import group, group_by_parts, records
from marsad.ingest.lead import lead_stems
from marsad.ingest.settings import Events, read_settings
from marsad.letters import Letters
from marsad.passage import clean
from marsad.rooms import Rooms
from marsad.stem import stems

FORMS = {
    "الصين": "china",
    "لبنان": "lebanon",
    "فلاديمير بوتين": "vladimir_putin",
    "بوتين": "vladimir_putin",
    "الامم المتحده": "united_nations",
    "مجلس الامن": "security_council",
    "مجلس الامن القومي الاميركي": "us_security_council",
}
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def settings(home: Rooms) -> Events:
    return read_settings(settings_file.room(home)).events


@pytest.fixture(scope="module")
def cleaned(corpus: Corpus) -> list[str]:
    views = [look(one, corpus.gold[one.article_id]) for one in corpus.articles]
    return [clean(one.article.raw, one.labels).text for one in views]


@pytest.fixture(scope="module")
def names(corpus: Corpus, settings: Events) -> Names:
    """The names that a newcomer could be told by if train were all there is."""
    train = [one for one in corpus.articles if corpus.splits[one.article_id].split == "train"]
    gold = [corpus.gold[one.article_id] for one in train]
    raws = {one.article_id: one.raw for one in train}
    return read_names(corpus.catalogue.values(), gold, raws, settings.least_share)


@pytest.fixture(scope="module")
def table(corpus: Corpus, names: Names, cleaned: list[str], settings: Events) -> pa.Table:
    words = Letters.of(cleaned).folded.words
    columns = {
        "article_id": [one.article_id for one in corpus.articles],
        "published": [one.published for one in corpus.articles],
        "entities": names.entities(words),
        "stems": lead_stems(words, settings.lead_words),
        "leader": [None] * len(cleaned),
        "event": [one.event for one in corpus.articles],
    }
    return pa.table(columns, schema=records())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("زار بوتين الصين", ["vladimir_putin", "china"]),
        ("وبالصين وللصين والصين كالصين", ["china"]),
        ("للأمم المتّحدة وبالأمم المتحدة", ["united_nations"]),
        ("لفلاديمير بوتين", ["vladimir_putin"]),
        ("ولبنان", ["lebanon"]),
        ("مجلس الأمن القومي الأميركي", ["us_security_council"]),
        ("مجلس الأمن القومي الروسي", ["security_council"]),
        ("الصيني بوتينية الأمم", []),
        ("", []),
        ("الأمم\nالمتحدة", ["united_nations"]),
        ("الصين، الصين. بوتين", ["china", "vladimir_putin"]),
    ],
)
def test_names_are_found_in_their_spellings(text: str, found: list[str]) -> None:
    assert entities([text, "بوتين"], Names.of(FORMS)) == [found, ["vladimir_putin"]]


def test_no_name_reaches_into_the_next_text() -> None:
    assert entities(["مجلس", "الأمن", "فلاديمير"], Names.of(FORMS)) == [[], [], []]
    assert entities([], Names.of(FORMS)) == []
    assert entities(["الصين"], Names.of({})) == [[]]


def test_mentions_lie_where_they_stand() -> None:
    texts = ["قال: وفلاديميـر بوتِين، ثم", "إلى لبنـان وللصّينِ", "بوتين"]
    mentions = pickle.loads(pickle.dumps(Names.of(FORMS))).find(Letters.of(texts).folded.words)
    starts, ends = mentions.spans()
    found = [
        texts[owner][start:end]
        for owner, start, end in zip(mentions.owners, starts, ends, strict=True)
    ]
    assert found == ["فلاديميـر بوتِين", "لبنـان", "لصّين", "بوتين"]


def test_spans_of_the_dataset_are_words(names: Names, corpus: Corpus) -> None:
    raws = [one.raw for one in corpus.articles]
    mentions = names.find(Letters.of(raws).folded.words)
    starts, ends = (edge.tolist() for edge in mentions.spans())
    assert len(starts) > 4000
    for number, owner in enumerate(mentions.owners.tolist()):
        mention = raws[owner][starts[number] : ends[number]]
        assert re.fullmatch(r"\w.*\w|\w", mention, re.DOTALL)
        assert len(written_as(mention).split()) == mentions.last[number] - mentions.first[number]


def test_entities_of_articles_that_the_index_never_saw(
    names: Names, corpus: Corpus, cleaned: list[str]
) -> None:
    right = told = there = 0
    for article, text in zip(corpus.articles, cleaned, strict=True):
        if corpus.splits[article.article_id].split == "validation":
            gold = {one.entity_id for one in corpus.gold[article.article_id].ner if one.entity_id}
            found = set(entities([text], names)[0])
            right, told, there = right + len(found & gold), told + len(found), there + len(gold)
    assert right / told > 0.95
    assert right / there > 0.75


def test_stems_of_the_lead_are_those_of_the_words() -> None:
    texts = ["وقال الرئيسُ إن المفاوضات", "", "المفاوضات مفاوضات"]
    found = lead_stems(Letters.of(texts).folded.words, 4).to_pylist()
    for text, hashes in zip(texts, found, strict=True):
        expected = {int(Letters.of([one]).words.hashes[0]) >> 32 for one in stems(text)}
        assert sorted(expected) == hashes
    assert [len(one) for one in lead_stems(Letters.of(texts).folded.words, 1).to_pylist()] == [
        1,
        0,
        1,
    ]


def regroup(
    table: pa.Table,
    settings: Events,
    by: Callable[[pa.Table, Events], list[str]] = group,
    **changed: Sequence[object],
) -> list[str]:
    for name, values in changed.items():
        place = table.schema.get_field_index(name)
        table = table.set_column(place, name, pa.array(values, table.schema.field(name).type))
    return by(table, settings)


def pair_scores(found: Sequence[str], gold: Sequence[str]) -> tuple[float, float]:
    """Precision and recall of the pairs of articles that are in one event."""

    def together(groups: Sequence[object]) -> int:
        return sum(number * (number - 1) for number in Counter(groups).values())

    both = together(list(zip(found, gold, strict=True)))
    return both / together(found), both / together(gold)


def test_events_are_found_again_from_nothing(table: pa.Table, settings: Events) -> None:
    gold = table["event"].to_pylist()
    precision, recall = pair_scores(regroup(table, settings, event=[None] * len(gold)), gold)
    assert precision > 0.8
    assert recall > 0.85


def test_an_article_joins_the_event_it_was_taken_from(table: pa.Table, settings: Events) -> None:
    events = table["event"].to_pylist()
    taken = [at for at in range(0, len(events), 9) if events.count(events[at]) > 1]
    right = 0
    for at in taken:
        hidden = [*events[:at], None, *events[at + 1 :]]
        found = regroup(table, settings, event=hidden)
        assert found[:at] + found[at + 1 :] == hidden[:at] + hidden[at + 1 :]
        right += found[at] == events[at]
    assert right / len(taken) > 0.85


def test_the_order_of_the_rows_is_of_no_matter(table: pa.Table, settings: Events) -> None:
    table = table.set_column(5, "event", pa.nulls(table.num_rows, pa.string()))
    order = list(range(table.num_rows))
    random.Random(5).shuffle(order)
    found, shuffled = group(table, settings), group(table.take(order), settings)
    assert [found[at] for at in order] == shuffled


def test_an_event_is_kept_when_more_come(table: pa.Table, settings: Events) -> None:
    size = table.num_rows
    early = [at for at in range(size) if at % 3]
    part = table.take(early)
    before = regroup(part, settings, event=[None] * len(early))
    known: list[str | None] = [None] * size
    for at, event in zip(early, before, strict=True):
        known[at] = event
    after = regroup(table, settings, event=known)
    assert [after[at] for at in early] == before
    _, recall = pair_scores(after, table["event"].to_pylist())
    assert recall > 0.75


def test_near_duplicates_go_with_their_leader(table: pa.Table, settings: Events) -> None:
    ids, events = table["article_id"].to_pylist(), table["event"].to_pylist()
    known = len(ids) - 4
    given = [*events[:known], *[None] * 4]
    # One of a known article, one of a newcomer, one of that one, and one that names itself.
    leaders = [None] * known + [ids[0], None, ids[known + 1], ids[known + 3]]
    found = regroup(table, settings, event=given, leader=leaders)
    assert found[known] == events[0]
    assert found[known + 2] == found[known + 1]
    assert found[known + 3].startswith("2022_09_")


def test_articles_without_a_date_need_more_likeness(table: pa.Table, settings: Events) -> None:
    gold = table["event"].to_pylist()
    nothing = [None] * len(gold)
    dated = regroup(table, settings, event=nothing)
    undated = regroup(table, settings, event=nothing, published=nothing)
    assert len(set(undated)) > len(set(dated))
    assert pair_scores(undated, gold)[0] > 0.75
    assert all(event.startswith("undated_") for event in undated)


def test_leaders_in_a_circle_have_one_event(settings: Events) -> None:
    rows = [{"article_id": f"n_{at}", "leader": f"n_{(at + 1) % 3}"} for at in range(3)]
    assert len(set(group(rows_of(*rows), settings))) == 1


def rows_of(*rows: Row) -> pa.Table:
    columns = {
        name: [row.get(name) for row in rows]
        for name in ("article_id", "published", "leader", "event")
    }
    columns["entities"] = [row.get("entities", []) for row in rows]
    columns["stems"] = [row.get("stems", []) for row in rows]
    return pa.table({name: columns[name] for name in records().names}, schema=records())


def test_names_of_events_say_when_and_who(settings: Events) -> None:
    about: Row = {"published": "2025-09-03", "entities": ["xi_jinping", "vladimir_putin", "china"]}
    found = group(
        rows_of(
            {"article_id": "n_a", **about},
            {"article_id": "n_b", **about, "stems": [7, 8, 9, 10, 11]},
            {"article_id": "n_c", "published": "2024-01-05", "entities": ["un"]},
            {"article_id": "n_d", "published": "2023-01-05"},
            {"article_id": "n_e"},
            {"article_id": "n_f"},
            {"article_id": "k", "published": "2022-01-01", "event": "known_2022"},
        ),
        settings,
    )
    assert found[0] == "2025_09_03_xi_jinping_vladimir_putin"
    assert found[2] == "2024_01_05_un"
    assert re.fullmatch(r"2023_01_05_[0-9a-f]{6}", found[3])
    assert re.fullmatch(r"undated_[0-9a-f]{6}", found[4])
    assert found[4] != found[5]
    assert found[6] == "known_2022"
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", event) for event in found)


def test_two_events_of_one_day_have_two_names(settings: Events) -> None:
    both = {"published": "2025-09-03", "entities": ["china", "russia"]}
    stems = {at: list(range(at * 50, at * 50 + 40)) for at in range(1, 9)}
    other = [
        {"article_id": f"f_{at}", "published": "2010-01-01", "stems": stems[at]} for at in stems
    ]
    rows = [{"article_id": f"n_{at}", **both, "stems": stems[at]} for at in (1, 2)]
    again = [{"article_id": "k", "published": "2020-01-01", "event": "2025_09_03_china_russia"}]
    found = group(rows_of(*rows, *other, *again), settings)
    assert len({found[0], found[1], found[-1]}) == 3
    assert re.fullmatch(r"2025_09_03_china_russia_[0-9a-f]{6}", found[0])


def test_nothing_to_group(settings: Events) -> None:
    assert group(rows_of(), settings) == []
    assert len(group(rows_of({"article_id": "n"}), settings)) == 1


def synthetic(articles: int, seed: int) -> tuple[pa.Table, list[str]]:
    """Articles of events of four on average, each sharing half of what its event is about."""
    rng = np.random.default_rng(seed)
    of = rng.integers(0, articles // 4, articles)
    begin = rng.integers(735_000, 739_000, articles // 4)
    days = begin[of] + rng.integers(0, 6, articles)
    about = rng.integers(0, 20_000, (articles // 4, 20))
    own = rng.integers(0, 20_000, (articles, 40)).astype(np.uint32)
    own[:, :20] = np.where(rng.random((articles, 20)) < 0.5, about[of], own[:, :20])
    dates = [np.datetime64(int(day) - 719_163, "D").astype(str) for day in days]
    rows = {
        "article_id": [f"n_{at:06}" for at in range(articles)],
        "published": dates,
        "entities": [[f"e_{of[at] % 997}"] for at in range(articles)],
        "stems": own.tolist(),
        "leader": [None] * articles,
        "event": [None] * articles,
    }
    return pa.table(rows, schema=records()), [str(event) for event in of.tolist()]


def test_many_articles_are_grouped_part_by_part(settings: Events) -> None:
    table, gold = synthetic(4_000, 4_000)
    whole = pair_scores(group(table, settings), gold)
    parts = pair_scores(group_by_parts(table, replace(settings, at_once=500)), gold)
    assert whole[0] > 0.95
    assert whole[1] > 0.6
    assert parts[0] > 0.95
    assert parts[1] > whole[1] - 0.05  # an event may be cut where a part ends
    given = [None if at % 2 else event for at, event in enumerate(gold)]
    kept = regroup(table, replace(settings, at_once=500), event=given, by=group_by_parts)
    assert all(event in (None, found) for event, found in zip(given, kept, strict=True))
