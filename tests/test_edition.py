"""What leaves the checkout: whose texts go along, what is proved of the rest, and the way back."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import ROOT, same_files, tracked
from marsad import article, dataset, edition, recipe, record, stats, task, withheld
from marsad.cli import main
from marsad.corpus import read_corpus
from marsad.dataset import CONFIGS
from marsad.fault import DataError, UsageError
from marsad.restore import restore
from marsad.rooms import Rooms
from marsad.split import SPLITS

COLLECTED = sorted(path.stem for path in (ROOT / "articles" / "collected").glob("*.txt"))


def marsad(there: Rooms, *arguments: object) -> int:
    return main(["--root", str(there.root), *map(str, arguments)])


@pytest.fixture(scope="module")
def authored(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return edition.write(whole, tmp_path_factory.mktemp("edition") / "authored")


@pytest.fixture(scope="module")
def none(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    return edition.write(whole, tmp_path_factory.mktemp("edition") / "none", "none")


def test_all_texts_go_along_when_all_is_said(whole: Rooms, tmp_path: Path) -> None:
    there = edition.write(whole, tmp_path / "all", "all")
    same_files(there.root, whole.root)


def test_third_parties_texts_and_rows_are_withheld(authored: Rooms, whole: Rooms) -> None:
    left_out = withheld.read(authored)
    assert sorted(left_out) == COLLECTED
    for one in article.read_manifest(whole):
        if one.tier == "collected":
            assert left_out[one.article_id].characters == len(one.raw)
            assert left_out[one.article_id].sha256 == one.sha256
    assert not list(authored.articles.glob("collected/*"))
    for config in CONFIGS:
        for split in SPLITS:
            rows = dataset.build_rows(read_corpus(authored))[config][split]
            kept = [
                row
                for row in dataset.build_rows(read_corpus(whole))[config][split]
                if row["article_id"] not in COLLECTED
            ]
            assert rows == kept


def test_annotations_checksums_and_metadata_of_them_stay(authored: Rooms, whole: Rooms) -> None:
    for path in whole.annotations.rglob("*"):
        if path.is_file() and path.name != "entities.jsonl":
            assert (authored.root / whole.name(path)).read_bytes() == path.read_bytes()
    manifest = (authored.articles / "manifest.jsonl").read_bytes()
    assert manifest == (whole.articles / "manifest.jsonl").read_bytes()


def test_an_edition_is_held_to_all_rules(
    authored: Rooms, none: Rooms, capsys: pytest.CaptureFixture[str]
) -> None:
    for there in (authored, none):
        assert marsad(there, "check") == 0, capsys.readouterr().out
    assert marsad(authored, "table", "--check") == 0
    assert marsad(none, "table", "--check") == 2
    assert "marsad restore --raw DIR" in capsys.readouterr().err


def test_its_scores_and_its_card_say_what_they_are_of(authored: Rooms, whole: Rooms) -> None:
    for name in recipe.names(whole):
        here = task.read_data(authored, recipe.read_recipe(whole, name).task)
        recorded = record.read_score(authored, name)
        assert recorded["signature"] == recorded["validation"]["signature"] == here.signature
        assert recorded["rows"] == len(here.rows["test"])
        assert recorded["signature"] != record.read_score(whole, name)["signature"]
    assert "**5 of 9 articles are here without their text**" in authored.card.read_text("utf-8")
    assert "The texts of all 9 articles are here." in whole.card.read_text("utf-8")


def test_no_word_of_a_withheld_text_is_anywhere(authored: Rooms, none: Rooms, whole: Rooms) -> None:
    raws = {a.article_id: a.raw for a in article.read_manifest(whole)}
    for there in (authored, none):
        out = [raws[name] for name in withheld.read(there)]
        pieces = [raw[at : at + 60] for raw in out for at in range(0, len(raw) - 60, 15)]
        pieces = [p for p in pieces if not any(p in a.raw for a in article.read_here(there))]
        for path in there.root.rglob("*"):
            if path.is_file():
                text = path.read_bytes().decode("utf-8", errors="ignore")
                assert not any(piece in text for piece in pieces), path
        assert {row["article_id"] for row in rows_of(there)} == set(raws) - set(
            withheld.read(there)
        )


def rows_of(there: Rooms) -> list[dataset.Row]:
    from marsad.feature import features
    from marsad.label import read_layers
    from marsad.parquet import parquet_path, read_parquet

    columns = features(read_layers(there))["articles"]
    return [
        row
        for split in SPLITS
        for row in read_parquet(parquet_path(there.data, "articles", split), columns)
    ]


def test_a_quotation_in_a_page_keeps_the_edition_back(
    copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    raw = (there.articles / "collected" / f"{COLLECTED[0]}.txt").read_text("utf-8")
    line = max(raw.splitlines(), key=len)
    guidelines = there.annotations / "GUIDELINES.md"
    guidelines.write_text(guidelines.read_text("utf-8") + f"\nفقرة: {line}\n", "utf-8")
    tracked(there)
    with pytest.raises(DataError) as caught:
        edition.write(there, tmp_path / "out")
    assert "annotations/GUIDELINES.md:" in str(caught.value)
    assert "has words of a withheld text" in str(caught.value)


def test_an_edition_without_rows_keeps_the_records_of_the_whole(none: Rooms, whole: Rooms) -> None:
    assert rows_of(none) == []
    same_files(none.baselines, whole.baselines)
    assert "The scores on this page are of the whole dataset." in none.card.read_text("utf-8")


@pytest.mark.parametrize("kind", ["authored", "none"])
def test_restored_texts_give_the_very_files_of_a_full_copy(
    kind: str, whole: Rooms, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    there: Rooms = request.getfixturevalue(kind)
    copies = tmp_path / "copies"
    for at, path in enumerate(sorted(whole.articles.rglob("*.txt"))):
        to = copies / f"folder{at % 3}" / f"page{at}.html"  # a copy is told by its bytes
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    assert marsad(there, "restore", "--raw", copies, "--out", tmp_path / "full") == 0
    same_files(tmp_path / "full", whole.root)


def test_what_is_not_the_very_copy_stays_away(
    authored: Rooms, whole: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Rooms(Path(shutil.copytree(authored.root, tmp_path / "there")))
    copies = tmp_path / "copies"
    shutil.copytree(whole.articles / "collected", copies)
    altered = copies / f"{COLLECTED[0]}.txt"
    altered.write_bytes(altered.read_bytes().replace(b"\n", b" ", 1))
    (copies / f"{COLLECTED[1]}.txt").unlink()
    assert marsad(there, "restore", "--raw", copies) == 1
    told = capsys.readouterr()
    assert f"{COLLECTED[0]}.txt is another text" in told.err
    assert f"no file below {copies} is its text" in told.err
    assert "3 of 5 withheld texts are back" in told.out
    assert sorted(withheld.read(there)) == COLLECTED[:2]
    assert marsad(there, "check") == 0
    shutil.copy(whole.articles / "collected" / f"{COLLECTED[0]}.txt", copies)
    shutil.copy(whole.articles / "collected" / f"{COLLECTED[1]}.txt", copies)
    assert marsad(there, "restore", "--raw", copies) == 0
    same_files(there.root, whole.root)


def test_a_restoring_that_brings_nothing_changes_nothing(
    authored: Rooms, whole: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = Rooms(Path(shutil.copytree(authored.root, tmp_path / "there")))
    (tmp_path / "empty").mkdir()
    assert marsad(there, "restore", "--raw", tmp_path / "empty") == 1
    same_files(there.root, authored.root)
    assert marsad(there, "restore", "--raw", tmp_path / "nowhere") == 2
    assert marsad(whole, "restore", "--raw", tmp_path / "empty") == 2
    assert "nothing to restore" in capsys.readouterr().err


def test_a_restoring_that_is_broken_off_begins_anew(
    authored: Rooms, whole: Rooms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    there = Rooms(Path(shutil.copytree(authored.root, tmp_path / "there")))

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(stats, "write", broken)
        with pytest.raises(KeyboardInterrupt):
            restore(there, whole.articles)
    assert sorted(withheld.read(there)) == COLLECTED
    assert marsad(there, "check") == 1
    assert marsad(there, "restore", "--raw", whole.articles) == 0
    same_files(there.root, whole.root)


def test_an_edition_goes_to_an_empty_folder_from_a_checkout(
    whole: Rooms, authored: Rooms, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("here before")
    with pytest.raises(UsageError, match="not an empty folder"):
        edition.write(whole, tmp_path)
    with pytest.raises(UsageError, match="publish from a git checkout"):
        edition.write(authored, tmp_path / "out")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"article_id": "x"}', "a line has article_id, sha256, bytes, characters"),
        (
            '{"article_id": "x", "sha256": "y", "bytes": true, "characters": 1}',
            "a line has article_id, sha256, bytes, characters",
        ),
    ],
)
def test_a_list_of_withheld_texts_has_its_form(
    copy: Callable[[], Rooms], line: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    withheld.path_of(there).write_text(line + "\n")
    assert marsad(there, "check") == 1
    assert says in capsys.readouterr().out


def test_check_holds_the_list_against_the_manifest(
    copy: Callable[[], Rooms], capsys: pytest.CaptureFixture[str]
) -> None:
    there = copy()
    one = article.read_manifest(there)[0]
    rows = [
        {"article_id": one.article_id, "sha256": "0" * 64, "bytes": 1, "characters": 9},
        {"article_id": "unknown", "sha256": "0" * 64, "bytes": 1, "characters": 9},
    ]
    withheld.path_of(there).write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert marsad(there, "check") == 1
    told = capsys.readouterr().out
    assert "is withheld, and its text is here; run marsad restore" in told
    assert "articles/withheld.jsonl has another sha256" in told
    assert "unknown article unknown" in told


def test_what_needs_rows_says_which_texts_are_missing(
    none: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (
        ("evaluate", "--baseline", "topic_majority"),
        ("reproduce", "--baseline", "topic_majority"),
        ("stats",),
        ("annotate", "export", COLLECTED[0], "--out", tmp_path),
    ):
        assert marsad(none, *command) == 1
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "marsad restore --raw DIR" in told
