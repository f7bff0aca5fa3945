"""Pages that the line model learns from beside the dataset's, and those it is measured on."""

import json
from pathlib import Path

import pytest

from marsad.article import digest
from marsad.fault import DataError
from marsad.ingest import PAGES, labelled_page, lines, settings
from marsad.label import read_layer

ROOT = Path(__file__).resolve().parents[1]
PAGE = "الأخبار | دولي\r\n\r\nقمة في بكين\r\nاجتمع القادة اليوم.\r\n"
LABELS = ["boilerplate", "headline", "body"]


@pytest.fixture
def layer(home):
    return read_layer(home, "structure")


def _folder(folder: Path, **changed) -> Path:
    folder.mkdir(exist_ok=True)
    content = PAGE.encode("utf-8")
    (folder / "p.txt").write_bytes(content)
    record = {"page": "p.txt", "sha256": digest(content), "labels": LABELS} | changed
    (folder / "labels.jsonl").write_text(json.dumps(record) + "\n", "utf-8")
    return folder


def test_the_lines_of_a_page_are_rows_of_the_task(tmp_path, layer):
    rows = labelled_page.read(_folder(tmp_path / "pages"), layer)
    assert [row["label"] for row in rows] == LABELS
    assert [row["text"] for row in rows] == PAGE.split("\r\n")[:1] + PAGE.split("\r\n")[2:4]
    assert [row["line_id"] for row in rows] == ["p:001", "p:003", "p:004"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sha256": "0" * 64}, "p.txt is not the page that was labelled"),
        ({"labels": LABELS[:2]}, "2 labels for 3 lines"),
        ({"labels": ["boilerplate", "title", "body"]}, "an unknown one"),
        ({"page": "q.txt"}, "no such file"),
        ({"note": "x"}, "keys"),
    ],
)
def test_what_is_wrong_is_told(tmp_path, layer, changed, says):
    with pytest.raises(DataError, match=says):
        labelled_page.read(_folder(tmp_path / "pages", **changed), layer)


@pytest.mark.parametrize("folder", ["ingestion/pages", "benchmarks/pages"])
def test_every_page_of_ours_is_labelled_and_has_one_headline(folder, layer):
    rows = labelled_page.read(ROOT / folder, layer)
    pages = {path.stem for path in (ROOT / folder).glob("*.txt")}
    assert {row["article_id"] for row in rows} == pages
    heads = [row["article_id"] for row in rows if row["label"] == "headline"]
    assert sorted(heads) == sorted(pages)


def test_pages_kept_apart_are_not_learned_from(home, layer):
    """No running text of theirs is; that two pages link to one story is no fault."""
    learned = {row["text"].strip() for row in lines(home)}
    apart = labelled_page.read(ROOT / "benchmarks/pages", layer)
    body = {row["text"].strip() for row in apart if row["label"] == "body"}
    assert not {text for text in body & learned if len(text.split()) > 6}
    own = labelled_page.read(settings.room(home) / PAGES, layer)
    assert {row["article_id"] for row in own} <= {row["article_id"] for row in lines(home)}
