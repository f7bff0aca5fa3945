"""From an ingest folder into the dataset: whole and proved, or not at all."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.test_check import edit_jsonl

from conftest import ROOT, commit, same_files, tracked
from marsad import arrival, check, edition, jsonl, passage, recipe, split, staging, tune
from marsad.article import digest, read_manifest
from marsad.cli import main
from marsad.corpus import read_corpus, read_records
from marsad.fault import Fault, UsageError
from marsad.ingest.folder import LABEL_NAMES, article_id_of
from marsad.promote import renewal
from marsad.rooms import LAYERS, Rooms

JUDGES = ("reader_a", "reader_b")
RIGHTS = ("--genre", "news", "--rights", "the publisher's")
TRAIN, TEST, NEW = "power_of_siberia_launch_2019", "beijing_victory_parade_2025", "a_new_event"


@dataclass(frozen=True)
class Came:
    """How an article of the checkout comes a second time, as a page: its bytes, and its event."""

    of: str
    event: str
    before: bytes = b""
    encoding: str = "utf-8"
    after: bytes = b""
    published: str | None = "2022-07-26"

    @property
    def text(self) -> str:
        path = next(ROOT.glob(f"articles/*/{self.of}.txt"))
        return path.read_bytes().decode("utf-8")

    @property
    def received(self) -> bytes:
        return self.before + self.text.encode(self.encoding) + self.after

    @property
    def article_id(self) -> str:
        return article_id_of(digest(self.received))


PLAIN = Came("power_of_siberia_launch_2019_state", TRAIN)
ARABIC = Came("iss_withdrawal_announcement_2022_brief", TEST, encoding="windows-1256")
HTML = Came(
    "moscow_cathedral_mosque_2015_brief", NEW, b"<html><body>", "utf-8", b"</body></html>", None
)
ALL = (PLAIN, ARABIC, HTML)


def fill(root: Path, pages: tuple[Came, ...]) -> Path:
    """An ingest folder with these pages, accepted, judged twice and adjudicated."""
    names = json.dumps(["headline", "body", "boilerplate"])
    listed = [page(one, json.loads(names)) for one in pages]
    schema = pa.Table.from_pylist(listed).schema.with_metadata(
        {LABEL_NAMES: " ".join(json.loads(names)).encode()}
    )
    verdicts = [
        {
            "page_id": row["page_id"],
            "article_id": one.article_id,
            "status": "accepted",
            "event": one.event,
            "split": "train",
        }
        for one, row in zip(pages, listed, strict=True)
    ]
    for name in ("plan", "pages", "verdicts"):
        (root / name).mkdir(parents=True)
    (root / "settings").mkdir()
    (root / "plan" / "00001.json").write_text("{}")
    pq.write_table(pa.Table.from_pylist(listed, schema), root / "pages" / "00001.parquet")
    pq.write_table(pa.Table.from_pylist(verdicts), root / "verdicts" / "00001.parquet")
    for layer in LAYERS:
        for annotator, folder in (
            (None, root / "review" / "gold"),
            *((name, root / "review" / "judgements" / name) for name in JUDGES),
        ):
            known = records(annotator, layer)
            rows = [
                {**known[one.of], "article_id": one.article_id, "sha256": digest(one.text.encode())}
                for one in pages
            ]
            jsonl.write(folder / f"{layer}.jsonl", rows)
    return root


def page(one: Came, names: list[str]) -> dict[str, Any]:
    lines = len(passage.lines(one.text))
    media = "html" if one.before else "text"
    return {
        "page_id": f"/somewhere/pages/{one.of}.{media}",
        "received": one.received,
        "sha256": digest(one.received),
        "media": media,
        "url": "https://news.example/1" if one.before else None,
        "outlet": "Example",
        "published": one.published,
        "headline": "عنوان",
        "text": None if one is PLAIN else one.text,
        "encoding": one.encoding,
        "extractor": "trafilatura 2.3.1" if one.before else None,
        "labels": [1] * lines,
        "likely": [0.5] * lines,
    }


def records(annotator: str | None, layer: str) -> dict[str, dict[str, Any]]:
    """The lines of a layer file of the checkout by article."""
    folder = ROOT / "annotations" / layer
    path = folder / (f"judgements/{annotator}.jsonl" if annotator else "gold.jsonl")
    return {row["article_id"]: row for _, row in jsonl.read(path, str(path))}


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fill(tmp_path_factory.mktemp("ingest") / "three", ALL)


@pytest.fixture
def into(three: Path, tmp_path: Path) -> Path:
    """An ingest folder to damage."""
    return Path(shutil.copytree(three, tmp_path / "into"))


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole catalogue, without aliases: what the small one lacks is in it."""
    path = tmp_path_factory.mktemp("catalogue") / "entities.jsonl"
    rows = jsonl.read(ROOT / "annotations" / "entities.jsonl", "")
    jsonl.write(path, ({**row, "aliases": []} for _, row in rows))
    return path


def marsad(there: Rooms, *arguments: object) -> int:
    return main(["--root", str(there.root), *map(str, arguments)])


def few(there: Rooms) -> Rooms:
    """The dataset with a few quick baselines; what is done to the rest is the same again."""
    for path in there.baselines.glob("*.toml"):
        if path.stem not in ("ner_none", "topic_tfidf", "stance_majority", "structure_majority"):
            path.unlink()
            for record in there.root.glob(f"baselines/*/{path.stem}.*"):
                record.unlink()
    return there


@dataclass(frozen=True)
class Grown:
    there: Rooms
    folder: Path
    said: Mapping[str, Any]


@pytest.fixture(scope="module")
def grown(
    small: Path, three: Path, catalogue: Path, tmp_path_factory: pytest.TempPathFactory
) -> Grown:
    """The small dataset with the three articles in it, its records not yet renewed."""
    root = tmp_path_factory.mktemp("grown")
    there = few(Rooms(Path(shutil.copytree(small, root / "marsad"))))
    folder = Path(shutil.copytree(three, root / "into"))
    out = io.StringIO()
    wishes = (*RIGHTS, "--catalogue", catalogue, "--version", "9.0.0")
    with contextlib.redirect_stdout(out):
        assert marsad(there, "promote", folder, *wishes, "--json") == 0
    return Grown(there, folder, json.loads(out.getvalue()))


def test_articles_come_in_with_text_manifest_and_how_they_came(grown: Grown) -> None:
    there = grown.there
    known = {one.article_id: one for one in read_manifest(there)}
    came = arrival.read(there)
    for one in ALL:
        article = known[one.article_id]
        assert (article.tier, article.raw, article.event) == ("ingested", one.text, one.event)
        assert (article.genre, article.rights) == ("news", "the publisher's")
        assert came[one.article_id].sha256 == digest(one.received)
        assert came[one.article_id].bytes == len(one.received)
    kept = {path.name: path.read_bytes() for path in arrival.folder(there).iterdir()}
    assert kept == {
        f"{ARABIC.article_id}.txt": ARABIC.received,
        f"{HTML.article_id}.html": HTML.received,
    }
    assert came[ARABIC.article_id].encoding == "windows-1256"
    assert came[HTML.article_id].extractor == "trafilatura 2.3.1"
    assert came[HTML.article_id].source == "https://news.example/1"
    assert came[PLAIN.article_id].source == f"{PLAIN.of}.text"
    assert known[PLAIN.article_id].published_basis == "said by what it came in"
    assert known[HTML.article_id].published_basis.startswith("unknown: ")


def test_old_lines_stay_and_annotations_come_along(grown: Grown, small: Path) -> None:
    there, old = grown.there, Rooms(small)
    manifest = (there.articles / "manifest.jsonl").read_bytes()
    assert manifest.startswith((old.articles / "manifest.jsonl").read_bytes())
    for layer in LAYERS:
        for who in (None, *JUDGES):
            before, after = (read_records(rooms, layer, who) for rooms in (old, there))
            assert {name: after[name] for name in before} == before
            assert set(after) - set(before) == {one.article_id for one in ALL}
            for one in ALL:
                spans = records(who, layer)[one.of]["spans"]
                assert len(after[one.article_id].spans) == len(spans)


def test_an_event_that_is_there_keeps_its_split(grown: Grown, small: Path) -> None:
    places, before = (split.read_splits(rooms) for rooms in (grown.there, Rooms(small)))
    assert {name: (places[name].split, places[name].group) for name in before} == {
        name: (place.split, place.group) for name, place in before.items()
    }
    assert places[PLAIN.article_id].split == "train"
    assert places[ARABIC.article_id].split == "test"
    rule = split.read_rule(grown.there)
    assert places[HTML.article_id].split == rule.of_event(NEW)


def test_rows_have_the_tier_and_exact_offsets(grown: Grown, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(grown.there.root), "ner", cache_dir=str(tmp_path))
    rows = {
        one.article_id: [
            row for part in loaded.values() for row in part if row["article_id"] == one.article_id
        ]
        for one in ALL
    }
    gold = read_corpus(grown.there).gold
    for one in ALL:
        assert {row["tier"] for row in rows[one.article_id]} == {"ingested"}
        mentions = [
            (row["text"][span["start"] : span["end"]], span["entity_id"])
            for row in rows[one.article_id]
            for span in row["entities"]
        ]
        wanted = [(one.text[s.start : s.end], s.entity_id) for s in gold[one.article_id].ner]
        assert mentions == wanted
        assert wanted


def test_what_is_left_is_told_in_order_and_ends_with_check(grown: Grown) -> None:
    left = grown.said["left"]
    assert left[-5:] == [
        "marsad evaluate --write",
        "marsad agreement --write",
        "marsad stats --write",
        "marsad diff HEAD .  # tells what changed, for CHANGELOG.md",
        "marsad check",
    ]
    assert not any(step.startswith("raise version") for step in left)
    assert 'version = "9.0.0"' in (grown.there.root / "dataset.toml").read_text()
    stale = check.check(grown.there)
    assert stale
    assert renewal.told_apart(stale) == ([], stale)
    assert not (grown.there.root / staging.FOLDER).exists()


def test_a_second_run_says_so_and_does_nothing(
    grown: Grown, capsys: pytest.CaptureFixture[str]
) -> None:
    before = staging.sums(grown.there.root)
    assert marsad(grown.there, "promote", grown.folder) == 0
    told = capsys.readouterr().out
    assert "0 articles promoted\n3 are in the dataset already: n_" in told
    assert staging.sums(grown.there.root) == before


def test_following_the_lines_ends_with_a_clean_check_and_goes_out_and_back(
    grown: Grown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Rooms(Path(shutil.copytree(grown.there.root, tmp_path / "there")))
    for step in grown.said["left"]:
        if not step.startswith(("pip", "marsad diff")):
            assert marsad(there, *step.split()[1:]) == 0, (step, capsys.readouterr())
    tracked(there)
    texts = edition.write(there, tmp_path / "all", "all")
    same_files(texts.root, there.root)
    out = edition.write(there, tmp_path / "authored", "authored")
    assert not list(out.articles.glob("ingested/**/*.*"))
    assert marsad(out, "check") == 0, capsys.readouterr().out
    copies = tmp_path / "copies"
    for path in (there.articles / "ingested", there.articles / "collected"):
        shutil.copytree(path, copies / path.name)
    page = copies / "ingested" / "received" / f"{HTML.article_id}.html"
    page.rename(tmp_path / "page")
    assert marsad(out, "restore", "--raw", copies) == 1
    assert f"{HTML.article_id}.txt is its text, not its page as received" in capsys.readouterr().err
    assert marsad(out, "check") == 0
    (tmp_path / "page").rename(page)
    assert marsad(out, "restore", "--raw", copies) == 0
    same_files(out.root, there.root)


def test_a_dry_run_writes_nothing(
    small: Path, three: Path, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, before = Rooms(small), snapshot(small, three)
    assert marsad(there, "promote", three, *RIGHTS, "--catalogue", catalogue, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "3 articles would be promoted" in told
    assert "raise version in dataset.toml" in told
    assert marsad(there, "promote", three, "--dry-run") == 1
    assert snapshot(small, three) == before


def snapshot(*roots: Path) -> dict[Path, bytes | None]:
    """Every file and folder below these."""
    return {
        path: path.read_bytes() if path.is_file() else None
        for root in roots
        for path in root.rglob("*")
        if "__pycache__" not in path.parts
    }


def drop(path: Path, *names: str) -> None:
    rows = [row for _, row in jsonl.read(path, "") if row["article_id"] not in names]
    jsonl.write(path, rows)


def without_judge(into: Path) -> None:
    shutil.rmtree(into / "review" / "judgements" / "reader_b")


def without_gold(into: Path) -> None:
    drop(into / "review" / "gold" / "stance.jsonl", PLAIN.article_id)


def without_layer(into: Path) -> None:
    drop(into / "review" / "judgements" / "reader_a" / "ner.jsonl", PLAIN.article_id)


def of_other_text(into: Path) -> None:
    edit_jsonl(into / "review" / "gold" / "ner.jsonl", lambda row: row.update(sha256="0" * 64))


def moved(into: Path) -> None:
    edit_jsonl(into / "review" / "gold" / "ner.jsonl", lambda row: row["spans"][0].update(start=1))


def silver(into: Path) -> None:
    edit_jsonl(into / "review" / "gold" / "ner.jsonl", lambda row: row.update(silver=True))


def twice(into: Path) -> None:
    edit_jsonl(into / "review" / "gold" / "ner.jsonl", lambda row: [row, row])


def unlike(into: Path) -> None:
    """Received bytes that were not kept."""
    path = into / "pages" / "00001.parquet"
    table = pq.read_table(path)
    rows = [
        {**row, "received": b"" if row["text"] else row["received"]} for row in table.to_pylist()
    ]
    pq.write_table(pa.Table.from_pylist(rows, table.schema), path)


def no_candidate(into: Path) -> None:
    path = into / "verdicts" / "00001.parquet"
    rows = [{**row, "status": "duplicate"} for row in pq.read_table(path).to_pylist()]
    pq.write_table(pa.Table.from_pylist(rows), path)


def no_folder(into: Path) -> None:
    (into / "settings").rmdir()


REFUSED: dict[str, tuple[Callable[[Path], None], int, str]] = {
    "one judgement": (without_judge, 1, r": 1 judgements (by reader_a); have it judged twice"),
    "a layer without gold": (without_gold, 1, ": no gold of stance; adjudicate it"),
    "half a judgement": (without_layer, 1, ": no judgement of ner; judge every layer"),
    "gold of another text": (of_other_text, 1, ": made on 000000000000…, its text is "),
    "an offset that cuts a token": (moved, 1, " cuts a token; begin and end spans"),
    "gold that is silver": (silver, 1, " is marked silver; remove it"),
    "gold that stands twice": (twice, 1, ": stands twice; see line 1; keep one"),
    "bytes that were not kept": (unlike, 1, "the bytes in the ingest folder are not kept; run"),
    "a page that was not accepted": (no_candidate, 1, ": no accepted candidate of this id; see"),
    "no ingest folder": (no_folder, 2, ": no ingest folder; fill it with marsad ingest"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_whole_is_refused(
    name: str, small: Path, into: Path, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damage, status, says = REFUSED[name]
    damage(into)
    before = snapshot(small)
    arguments = (*RIGHTS, "--catalogue", catalogue)
    assert marsad(Rooms(small), "promote", into, *arguments) == status
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""
    assert all(line.startswith("marsad: ") for line in told.err.splitlines())
    assert snapshot(small) == before


def test_what_waits_for_gold_is_left_alone_unless_it_is_named(
    small: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for layer in LAYERS:
        (into / "review" / "gold" / f"{layer}.jsonl").unlink()
    assert marsad(Rooms(small), "promote", into) == 0
    assert capsys.readouterr().out.endswith("3 are judged and wait for adjudication\n")
    assert marsad(Rooms(small), "promote", into, PLAIN.article_id) == 1
    assert "no gold of structure, topic, stance, ner" in capsys.readouterr().err
    assert marsad(Rooms(small), "promote", into, "n_0") == 2
    assert "no judgement of 'n_0'" in capsys.readouterr().err


def test_who_and_what_the_dataset_lacks_is_printed_ready_to_paste(
    copy: Callable[[], Rooms], into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    judgements = into / "review" / "judgements"
    (judgements / "reader_b").rename(judgements / "hind")
    assert marsad(there, "promote", into, *RIGHTS) == 1
    told = capsys.readouterr()
    assert "annotators.toml: no annotator hind, who judged 3 articles; add the block" in told.err
    assert told.out.splitlines()[:2] == ["[[annotator]]", 'name = "hind"']
    people = there.annotations / "annotators.toml"
    people.write_text(people.read_text("utf-8") + "\n" + told.out, "utf-8")
    assert marsad(there, "promote", into, *RIGHTS) == 1
    told = capsys.readouterr()
    assert told.err.count("which gold names, is not there; correct its printed line") == (
        told.out.count("\n")
    )
    ready = into / "new.jsonl"
    ready.write_text(told.out, "utf-8")
    rows = [row for _, row in jsonl.read(ready, "")]
    assert all(row["type"] and row["name_ar"] and row["name_en"] for row in rows)
    # Names from ids may be those of others that are there: a maintainer corrects them.
    jsonl.write(ready, ({**row, "name_en": row["entity_id"]} for row in rows))
    assert marsad(there, "promote", into, *RIGHTS, "--catalogue", ready) == 0
    people.write_text(people.read_text("utf-8").replace('kind = "person"', 'kind = "baseline"'))
    (fault,) = [one for one in check.check(there) if "baseline" in one.found]
    assert str(fault) == (
        "annotations/annotators.toml: hind is of kind baseline and judge; "
        "a person or a model judges; labels of a baseline are silver"
    )


def test_a_judge_that_is_a_baseline_is_refused(
    copy: Callable[[], Rooms], into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    people = there.annotations / "annotators.toml"
    text = people.read_text("utf-8").replace('kind = "model"', 'kind = "baseline"', 1)
    people.write_text(text, "utf-8")
    assert marsad(there, "promote", into, *RIGHTS) == 1
    told = capsys.readouterr()
    assert "reader_a, who judged 3 articles, is of kind baseline and judge" in told.err
    assert told.out == ""


def test_what_no_page_tells_is_asked_for_in_a_file(
    small: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there, path = Rooms(small), into / "review" / "articles.jsonl"
    assert marsad(there, "promote", into, "--genre", "news") == 1
    told = capsys.readouterr().err.splitlines()
    names = sorted(one.article_id for one in ALL)
    mend = "write whose the text is, or give --rights"
    assert told == [
        f"marsad: {path}:{at}: {name}: rights is None; {mend}" for at, name in enumerate(names, 1)
    ]
    rows = {row["article_id"]: row for _, row in jsonl.read(path, "")}
    assert rows[HTML.article_id] == {
        "article_id": HTML.article_id,
        "headline": "عنوان",
        "source": "https://news.example/1",
        "event": NEW,
        "genre": "news",
        "rights": None,
        "outlet": "Example",
        "published": None,
        "published_basis": "unknown: neither the page nor what it came in says",
    }
    at = names.index(HTML.article_id)
    for change, says in (
        ({"rights": "theirs", "event": "a b"}, "event is 'a b'; write letters, digits, _ and -"),
        ({"event": NEW, "published": "2022-01-01"}, "published was changed, published_basis was"),
        ({"published": "1 May", "published_basis": "x"}, "published is '1 May'; write an ISO date"),
        ({"published": 5}, "keys 'article_id', 'headline'"),
    ):
        edit_jsonl(path, lambda row, change=change: row.update(change), at)
        before = path.read_bytes()
        assert marsad(there, "promote", into, HTML.article_id) == 1
        assert f"{path}:{at + 1}: " in (err := capsys.readouterr().err)
        assert says in err
        assert path.read_bytes() == before


def test_a_near_duplicate_in_another_split_is_refused(
    small: Path, tmp_path: Path, catalogue: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    train = next(f"event_{n}" for n in range(99) if rule(small).of_event(f"event_{n}") == "train")
    copied = Came("beijing_victory_parade_2025_brief", train, published=None)
    into = fill(tmp_path / "into", (copied, PLAIN))
    before = snapshot(small)
    assert marsad(Rooms(small), "promote", into, *RIGHTS, "--catalogue", catalogue) == 1
    told = capsys.readouterr().err.splitlines()
    assert "share 100% of their word 5-grams across splits; give them one event" in told[0]
    assert told[-1].endswith("nothing was promoted; mend what is told above, or name others")
    assert snapshot(small) == before


def rule(root: Path) -> split.SplitRule:
    return split.read_rule(Rooms(root))


def test_check_holds_what_came_against_the_articles(grown: Grown, tmp_path: Path) -> None:
    there = Rooms(Path(shutil.copytree(grown.there.root, tmp_path / "there")))
    path, kept = arrival.path_of(there), arrival.folder(there)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    page = kept / f"{HTML.article_id}.html"
    content = page.read_bytes()

    def found() -> list[str]:
        return [str(fault) for fault in arrival.faults(there, read_manifest(there))]

    assert found() == []
    path.write_text("".join([lines[0], *lines]), "utf-8")
    (one,) = found()
    assert one.startswith("articles/received.jsonl:2: n_")
    assert "stands twice; see line 1" in one
    path.write_text("".join(lines[1:]), "utf-8")
    assert any("is not listed; restore its line" in one for one in found())
    path.write_text("".join(lines).replace('"media": "html"', '"media": "pdf"'), "utf-8")
    assert "media is 'pdf'; write text or html" in found()[0]
    path.write_text("".join(lines).replace('"bytes": ', '"bytes": 1.'), "utf-8")
    assert "bytes is 1." in found()[0]
    path.write_text("".join(lines).replace('"media"', '"kind"'), "utf-8")
    assert "a line has article_id, source, sha256, bytes, media" in found()[0]
    path.write_text("".join(lines).replace("n_", "m_"), "utf-8")
    assert "m_" in found()[0]
    assert "is no ingested article; remove the line" in found()[0]
    path.write_text("".join(lines), "utf-8")
    page.write_bytes(content + b" ")
    assert "received bytes never change" in found()[0]
    page.unlink()
    assert f"articles/ingested/received/{HTML.article_id}.html: no such file" in found()[0]
    page.write_bytes(content)
    (kept / "stray.html").write_bytes(b"")
    assert "stray.html: not the received bytes of an ingested article" in found()[0]
    assert any("stray.html" in str(fault) for fault in check.check(there))


def test_silver_marks_are_refused_anywhere_in_annotations(copy: Callable[[], Rooms]) -> None:
    there = copy()
    mend = "remove it; silver labels stand neither among gold nor among judgements"
    stray = there.annotations / "ner" / "silver.jsonl"
    stray.write_text('{"article_id": "n_0", "silver": true}\n')
    edit_jsonl(there.gold("topic"), lambda row: row.update(silver=True), 1)
    found = [str(fault) for fault in check.check(there)]
    assert f"annotations/ner/silver.jsonl: holds labels marked silver; {mend}" in found
    (one,) = [line for line in found if "topic/gold.jsonl:2: " in line]
    assert one == (f"annotations/topic/gold.jsonl:2: 001_3e3dfc9315ae9b46 is marked silver; {mend}")


def test_wrong_wishes_are_told_in_a_line(
    small: Path, into: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, says in (
        (("--version", "0.1.0"), "version '0.1.0'; write one above 0."),
        (("--version", "next"), "version 'next'; write one above 0."),
        (("--renew",), "give --version too"),
    ):
        assert marsad(Rooms(small), "promote", into, *arguments) == 2
        assert says in capsys.readouterr().err


def test_a_full_disk_leaves_the_checkout_as_it_was(
    small: Path,
    into: Path,
    catalogue: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = snapshot(small)
    real = jsonl.write_bytes

    def full(path: Path, content: bytes) -> None:
        if path.name == "splits.csv":
            raise UsageError(f"{path}: cannot be written: No space left on device")
        real(path, content)

    arguments = ("promote", into, *RIGHTS, "--catalogue", catalogue)
    with monkeypatch.context() as patch:
        patch.setattr(jsonl, "write_bytes", full)
        assert marsad(Rooms(small), *arguments) == 2
    assert snapshot(small) == before

    def no_room(self: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", no_room)
        assert marsad(Rooms(small), *arguments) == 2
    assert "No space left on device; make room, and run it again" in capsys.readouterr().err
    assert snapshot(small) == before


@pytest.fixture
def checkout(tmp_path: Path) -> Rooms:
    """A few files to change as a promotion changes them."""
    root = tmp_path / "checkout"
    for name in ("articles/manifest.jsonl", "tasks/splits.csv", "README.md", "dataset.toml"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(f"old {name}")
    return Rooms(root)


NEW_FILES = ("articles/ingested/received/n.html", "articles/manifest.jsonl", "tasks/splits.csv")


def change(there: Rooms) -> None:
    with staging.staged(there) as stage:
        for name in NEW_FILES:
            path = stage.rooms.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"new {name}")
        assert staging.install(there, stage) == sorted(NEW_FILES)


def killed(there: Rooms, at: int) -> None:
    """A change in a process of its own that is killed at a renaming of files."""
    child = os.fork()
    if child == 0:
        real, count = Path.replace, iter(range(99))

        def replace(self: Path, target: Path) -> Path:
            if next(count) == at:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(self, target)

        Path.replace = replace  # type: ignore[method-assign, assignment]
        try:
            change(there)
        finally:
            os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL


@pytest.mark.parametrize("at", range(1 + len(NEW_FILES)))
def test_killed_at_any_moment_a_change_is_none_or_is_finished(checkout: Rooms, at: int) -> None:
    before = staging.sums(checkout.root)
    killed(checkout, at)
    if at == 0:  # while the journal was being written
        assert staging.faults(checkout) == []
        assert staging.settle(checkout) is None
        assert staging.sums(checkout.root) == before
        change(checkout)
    else:
        (fault,) = staging.faults(checkout)
        assert "broken off" in fault.found
        told = staging.settle(checkout)
        assert told == "finished the promotion that was broken off: 3 files put in place"
    assert staging.faults(checkout) == []
    for name in NEW_FILES:
        assert (checkout.root / name).read_text() == f"new {name}"
    assert not (checkout.root / staging.FOLDER).exists()


@pytest.mark.parametrize("at", range(1, 1 + len(NEW_FILES)))
def test_a_change_that_fails_is_taken_back(
    checkout: Rooms, at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(checkout.root)
    real, count = Path.replace, iter(range(99))

    def replace(self: Path, target: Path) -> Path:
        if next(count) == at:
            raise OSError(30, "Read-only file system")
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(UsageError, match="Read-only file system; make room, and run it again"):
            change(checkout)
    assert snapshot(checkout.root) == before


def test_a_file_that_was_changed_since_is_not_overwritten(checkout: Rooms) -> None:
    killed(checkout, 2)
    (checkout.root / "tasks" / "splits.csv").write_text("by hand")
    with pytest.raises(UsageError, match="changed since a promotion broke off; bring the checkout"):
        staging.settle(checkout)
    assert (checkout.root / "tasks" / "splits.csv").read_text() == "by hand"


def test_a_checkout_that_changes_meanwhile_is_left_alone(checkout: Rooms) -> None:
    with staging.staged(checkout) as at:
        (at.rooms.root / "README.md").write_text("new")
        (checkout.root / "dataset.toml").write_text("by hand")
        with pytest.raises(UsageError, match="changed in the meantime"):
            staging.install(checkout, at)
    assert (checkout.root / "README.md").read_text() == "old README.md"
    with (
        staging.staged(checkout),
        pytest.raises(UsageError, match="another promotion is under way"),
        staging.staged(checkout),
    ):
        pytest.fail("two at once")


def test_a_promotion_finishes_the_one_that_was_killed(
    grown: Grown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Rooms(Path(shutil.copytree(grown.there.root, tmp_path / "there")))
    with staging.staged(there) as stage:
        (stage.rooms.root / "dataset.toml").write_text('version = "9.1.0"\n')
        files = {"dataset.toml": [staging.sums(there.root)["dataset.toml"], ""]}
        files["dataset.toml"][1] = staging.sums(stage.rooms.root)["dataset.toml"]
        jsonl.write_bytes(there.root / staging.FOLDER / staging.JOURNAL, json.dumps(files).encode())
    assert marsad(there, "check") == 1
    assert "marsad promote again, which finishes it" in capsys.readouterr().out
    assert marsad(there, "promote", grown.folder, "--dry-run") == 1
    assert marsad(there, "promote", grown.folder) == 0
    assert "finished the promotion that was broken off: 1 files" in capsys.readouterr().err
    assert (there.root / "dataset.toml").read_text() == 'version = "9.1.0"\n'


def test_what_is_left_begins_with_what_is_not_installed_and_the_version(
    home: Rooms, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recipe, "installed", lambda known: known.id != "ner_use3")
    mends = (
        "run marsad stats --write",
        "run marsad tune topic_tfidf --write",
        "run marsad table --write",
    )
    stale = [Fault("README.md", 0, "stale", mend) for mend in mends]
    release = (home.root / "dataset.toml").read_text("utf-8").split('version = "')[1].split('"')[0]
    assert renewal.left(home, stale, raised=False) == [
        f"raise version in dataset.toml, which is {release}",
        "pip install 'marsad[encoders]'  # some baselines need it",
        "marsad tune topic_tfidf --write",
        "write into its recipe what a search chose (marked * in what tune prints)",
        "marsad evaluate --write",
        "marsad stats --write",
        "marsad diff HEAD .  # tells what changed, for CHANGELOG.md",
        "marsad check",
    ]
    with pytest.raises(UsageError, match="ner_use3 needs the extra encoders"):
        renewal.require(home)


def test_a_recipe_follows_what_a_search_chose(copy: Callable[[], Rooms]) -> None:
    there = copy()
    path = there.baselines / "stance_tfidf.toml"
    text = path.read_text("utf-8") + "\n[search]\nC = [0.5, 2.0]\n"
    path.write_text(text, "utf-8")
    known = recipe.read_recipe(there, "stance_tfidf")
    search = tune.Search(
        "stance_tfidf", "", "validation", "macro_f1", "", {}, {}, (), {"C": 0.5}, 0.0
    )
    assert renewal.follow(there, known, search) == [
        "baselines/stance_tfidf.toml: C = 0.5, the choice of the search"
    ]
    assert path.read_text("utf-8") == text.replace("C = 1.0", "C = 0.5")
    assert renewal.follow(there, recipe.read_recipe(there, "stance_tfidf"), search) == []


def test_one_command_does_it_all(
    copy: Callable[[], Rooms],
    into: Path,
    catalogue: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there = few(copy())
    shutil.copy(ROOT / "baselines" / "topic_lexicon.toml", there.baselines)
    arguments = ("promote", into, *RIGHTS, "--catalogue", catalogue, "--renew")
    assert marsad(there, *arguments, "--version", "9.0.0") == 0
    told = capsys.readouterr()
    assert "marsad tune topic_lexicon --write\n" in told.err
    assert told.out.endswith(
        "order:\n  marsad diff HEAD .  # tells what changed, for CHANGELOG.md\n  marsad check\n"
    )
    assert marsad(there, "check") == 0


def test_a_later_article_follows_its_event_whatever_its_tier(small: Path) -> None:
    known, one = rule(small), read_manifest(Rooms(small))[-1]
    late, early = "2099-01-01", "2000-01-01"
    event = next(f"e_{n}" for n in range(99) if known.of_event(f"e_{n}") == "validation")

    def of(name: str, tier: str, published: str | None = None) -> Any:
        return replace(one, article_id=name, tier=tier, event=event, published=published)

    first = of("a", "referenced", late)
    for tier in ("ingested", "authored", "referenced"):
        places = split.extend(known, {}, [first])
        assert places["a"].split == "test"
        grown = split.extend(known, places, [first, of("b", tier, early)])
        assert grown["b"].split == "test"
        assert "test" in known.allowed([first, of("b", tier, early)])[event]
    begun = split.extend(known, {}, [of("c", "ingested")])
    assert begun["c"].split == "validation"
    both = [of("c", "ingested"), of("d", "referenced", early)]
    assert split.extend(known, begun, both)["d"].split == "validation"
    assert known.allowed([of("c", "ingested")])[event] == {"validation"}
    assert known.allowed([*both, of("e", "collected")])[event] == {"test"}


def test_two_promotions_one_after_the_other(
    copy: Callable[[], Rooms], into: Path, catalogue: Path
) -> None:
    there = copy()
    arguments = (*RIGHTS, "--catalogue", catalogue)
    assert marsad(there, "promote", into, PLAIN.article_id, *arguments) == 0
    tracked(there)
    assert marsad(there, "promote", into, *arguments) == 0
    commit(there)
    assert sum(one.tier == "ingested" for one in read_manifest(there)) == 3
