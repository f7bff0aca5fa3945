"""The referenced tier in a small dataset: two articles by reference, with texts and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.test_check import edit_jsonl
from tests.test_fetch import COUNT, TOML, line, page

from marsad import agreement_report, annotate, source, stats
from marsad.build import build
from marsad.check import check
from marsad.cli import main
from marsad.corpus import read_corpus
from marsad.dataset import build_rows
from marsad.evaluate import evaluate
from marsad.fault import UsageError
from marsad.rooms import Rooms

IDS = ("a00", "a01")
FORM = """= headline
عنوان {n}
# history
= body
النص رقم [{n}]CARDINAL.
# sport history
! author multilateralism neutral | رقم {n}
"""


@pytest.fixture
def home(copy: Callable[[], Rooms], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """The small dataset with two referenced articles, fetched, judged twice and adjudicated."""
    there = copy()
    folder = there.articles / "referenced"
    folder.mkdir()
    (folder / "some.toml").write_text(TOML, encoding="utf-8")
    days = {0: "2016-01-01", 1: "2017-06-01"}
    listed = [line(n, event=f"event_{n}", published=day) for n, day in days.items()]
    (folder / "some.jsonl").write_text("".join(listed), encoding="utf-8")
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path / "cache"))
    bring(tmp_path)
    forms = tmp_path / "forms"
    forms.mkdir()
    for known in source.read_articles(there):
        number = int(known.article_id[1:])
        head = f"@ {known.article_id} {known.sha256}\n"
        (forms / f"{known.article_id}.txt").write_text(head + FORM.format(n=number), "utf-8")
    for who in ("reader_a", "reader_b", "gold"):
        annotate.import_forms(there, [forms], who)
    list(build(there))
    return there


def bring(tmp_path: Path) -> None:
    for number in range(COUNT):
        path = tmp_path / "cache" / "referenced" / "some" / "abc" / "folder" / f"a{number:02d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(page(number))


def take_away(tmp_path: Path) -> None:
    for path in (tmp_path / "cache").rglob("*.txt"):
        path.unlink()


def test_the_tier_is_checked_with_and_without_its_texts(home: Rooms, tmp_path: Path) -> None:
    evaluate(home, write=True)  # the tier's rows in splits.csv are part of a score's signature
    agreement_report.write(home)
    stats.write(home, stats.stats(read_corpus(home)))
    assert "\n".join(str(fault) for fault in check(home)) == ""
    take_away(tmp_path)
    assert "\n".join(str(fault) for fault in check(home)) == ""


def test_no_text_is_in_the_repository(home: Rooms) -> None:
    for path in home.root.rglob("*"):
        if path.is_file():
            assert "النص رقم".encode() not in path.read_bytes()


def test_an_events_day_gives_its_split(home: Rooms) -> None:
    places = read_corpus(home).splits
    assert [places[one].split for one in IDS] == ["train", "test"]


def test_build_with_referenced_has_the_rows_and_data_has_not(home: Rooms, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["--root", str(home.root), "build", "--with", "referenced", "--out", str(out)]) == 0
    rows = build_rows(read_corpus(home, referenced=True))
    mine = [row for row in rows["ner"]["test"] if row["tier"] == "referenced"]
    assert [row["text"] for row in mine] == ["عنوان 1", "النص رقم 1."]
    assert mine[1]["entities"][0]["label"] == "CARDINAL"
    assert "referenced" not in {row["tier"] for row in build_rows(read_corpus(home))["ner"]["test"]}
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(out), "ner", cache_dir=str(tmp_path / "hf"))
    assert sum(tier == "referenced" for tier in loaded["test"]["tier"]) == 2


def test_without_the_texts_one_line_says_what_to_do(
    home: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take_away(tmp_path)
    says = "2 of 2 referenced texts are not here; run marsad fetch some"
    with pytest.raises(UsageError, match=says):
        read_corpus(home, referenced=True)
    assert main(["--root", str(home.root), "build"]) == 0
    assert capsys.readouterr().err == f"{says}\n"
    arguments = ["build", "--with", "referenced", "--out", str(tmp_path / "out")]
    assert main(["--root", str(home.root), *arguments]) == 2
    assert not (tmp_path / "out").exists()
    assert main(["--root", str(home.root), "annotate", "export", "a00", "--out", "forms"]) == 2


def test_data_never_takes_the_tier(home: Rooms, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(home.root), "build", "--with", "referenced"]) == 2
    assert "name another folder with --out" in capsys.readouterr().err


@pytest.mark.parametrize("here", [True, False])
@pytest.mark.parametrize(
    ("layer", "change", "says"),
    [
        ("ner", {"label": "COLOUR"}, "unknown label 'COLOUR'"),
        ("ner", {"end": 4000}, "outside the text"),
        ("topic", {"topics": ["weather"]}, "unknown label 'weather'"),
        ("stance", {"holder": "nobody_known"}, "not in the catalogue"),
        ("structure", {"label": "footer"}, "unknown label 'footer'"),
    ],
)
def test_damage_is_found_with_and_without_the_texts(
    here: bool, layer: str, change: dict[str, object], says: str, home: Rooms, tmp_path: Path
) -> None:
    if not here:
        take_away(tmp_path)
    path = home.gold(layer)
    ids = [json.loads(row)["article_id"] for row in path.read_text("utf-8").splitlines()]
    edit_jsonl(path, lambda record: record["spans"][-1].update(change), ids.index("a01"))
    assert any(says in fault.found for fault in check(home) if "a01" in fault.found)


def test_a_text_altered_in_the_cache_is_found(home: Rooms, tmp_path: Path) -> None:
    path = source.read_articles(home)[0].path
    path.write_bytes(page(0).replace("رقم".encode(), "عدد".encode()))
    faults = [str(fault) for fault in check(home)]
    assert any(f.startswith("some:folder/a00.txt: not the file that") for f in faults)
