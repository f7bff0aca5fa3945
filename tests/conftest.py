"""Fixtures: the checkout itself, and copies of a small dataset to damage."""

from __future__ import annotations

import filecmp
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from hub import Hub
from marsad import agreement_report, edition, recipe, rooms, stats
from marsad.annotate import gather_aliases
from marsad.article import read_manifest
from marsad.build import build
from marsad.corpus import Corpus, read_annotations, read_corpus
from marsad.dataset import Rows, build_rows
from marsad.evaluate import evaluate
from marsad.models import METHODS
from marsad.recipe import Recipe
from marsad.rooms import Rooms

ROOT = Path(__file__).resolve().parents[1]
# The authored articles of the small dataset: two of train, one of validation, one of test.
SMALL = {
    "beijing_victory_parade_2025_brief",
    "power_of_siberia_launch_2019_column",
    "power_of_siberia_launch_2019_wire",
    "vostok_2022_exercise_column",
}
CONTENT = (
    *("articles", "annotations", "tasks", "baselines", "data"),
    *("harnesses", "metrics", "ingestion"),
)

settings.register_profile("marsad", max_examples=200, deadline=None)
settings.load_profile("marsad")

# What real pages hold beside plain letters: marks, tatweel, presentation forms, zero-width and
# bidi controls, line ends, a byte order mark, no-break space, Arabic-Indic digits, emoji.
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأإؤئةى"
ODD = "\u064b\u0651\u0670\u0640\ufefb\ufdf2\u200b\u200c\u200f\u202b\u202c\u2069\ufeff\u00a0\u2028"
RAW = st.text(
    alphabet=st.sampled_from([*LETTERS, *ODD, *'\r\n\t  ..؟!…"”»)[]\\=abZ09٠٩۵٪😀🇸🇦'])
    | st.characters(codec="utf-8"),
    max_size=300,
)


@pytest.fixture(scope="session")
def home() -> Rooms:
    return rooms.find(ROOT)


@pytest.fixture(scope="session")
def corpus(home: Rooms) -> Corpus:
    return read_corpus(home)


@pytest.fixture(scope="session")
def rows(corpus: Corpus) -> Rows:
    return build_rows(corpus)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole dataset of nine of the articles, made from the sources by the public functions."""
    root = tmp_path_factory.mktemp("small") / "marsad"
    for name in CONTENT:
        shutil.copytree(ROOT / name, root / name)
    for name in ("README.md", "dataset.toml"):
        shutil.copy(ROOT / name, root / name)
    there = rooms.find(root)
    kept = {a.article_id for a in read_manifest(there) if a.tier == "collected"} | SMALL
    for path in root.glob("articles/*/*.txt"):
        if path.stem not in kept:
            path.unlink()
    shutil.rmtree(root / "articles" / "referenced", ignore_errors=True)
    listed = [root / "articles" / "manifest.jsonl", *root.glob("annotations/*/**/*.jsonl")]
    for path in listed:
        keep_rows(path, lambda row: row["article_id"] in kept)
    splits = root / "tasks" / "splits.csv"
    rows = splits.read_text().splitlines(keepends=True)
    splits.write_text("".join(row for row in rows if row.split(",")[0] in {"article_id", *kept}))
    gold = read_annotations(there, tuple(read_manifest(there))).values()
    named = {entity.entity_id for one in gold for entity in one.ner}
    named |= {stance.holder for one in gold for stance in one.stance}
    keep_rows(root / "annotations" / "entities.jsonl", lambda row: row["entity_id"] in named)
    gather_aliases(there)
    list(build(there))
    shutil.rmtree(there.baselines / "searches")  # of the whole data
    for path in there.baselines.glob("*.toml"):
        path.write_text(path.read_text(encoding="utf-8").split("[search]")[0], encoding="utf-8")
    for known in left_aside(there):
        known.path.unlink()
        for path in root.glob(f"baselines/*/{known.id}.*"):
            path.unlink()
    agreement_report.write(there)
    evaluate(there, write=True)
    stats.write(there, stats.stats(read_corpus(there)))
    return root


@pytest.fixture(scope="session")
def whole(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Rooms:
    """The small dataset as a git checkout, to read alone."""
    root = tmp_path_factory.mktemp("whole") / "marsad"
    return tracked(rooms.find(shutil.copytree(small, root)))


def tracked(there: Rooms) -> Rooms:
    """The rooms as a git checkout with everything committed."""
    for page in edition.PAGES:
        if not (there.root / page).exists():
            shutil.copy(ROOT / page, there.root / page)
    (there.root / ".gitignore").write_text("__pycache__/\n")
    git(there, "init", "-q")
    commit(there)
    return there


def commit(there: Rooms) -> None:
    git(there, "add", "-A")
    git(there, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all")


def git(there: Rooms, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(there.root), *arguments], check=True)


def same_files(one: Path, other: Path) -> None:
    """Fails where two folders are not equal byte for byte, git's own aside."""
    todo = [filecmp.dircmp(one, other, ignore=[".git", ".gitignore"])]
    while todo:
        at = todo.pop()
        assert not at.left_only + at.right_only + at.funny_files, at.left
        assert not filecmp.cmpfiles(at.left, at.right, at.common_files, shallow=False)[1], at.left
        todo += at.subdirs.values()


def left_aside(there: Rooms) -> list[Recipe]:
    """The recipes that need more than the core: their fits cost minutes."""
    recipes = [recipe.read_recipe(there, name) for name in recipe.names(there)]
    return [known for known in recipes if METHODS[known.method].extra]


def keep_rows(path: Path, keep: Callable[[dict[str, Any]], bool]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if keep(json.loads(line))), encoding="utf-8")


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Callable[[], Rooms]:
    """A copy of the small dataset, to damage."""

    def make() -> Rooms:
        return rooms.find(shutil.copytree(small, tmp_path / "copy"))

    return make


@pytest.fixture
def server() -> Iterator[Hub]:
    """A hub on the loopback address."""
    with Hub() as made:
        yield made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was waited for between tries of a hub, without the waiting."""
    waited: list[float] = []
    monkeypatch.setattr("marsad.patience.time.sleep", waited.append)
    return waited
