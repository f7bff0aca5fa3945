"""Fixtures: the checkout itself, and copies of its rooms to damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from marsad import rooms
from marsad.corpus import Corpus, read_corpus
from marsad.dataset import Rows, build_rows
from marsad.rooms import Rooms

ROOT = Path(__file__).resolve().parents[1]
CONTENT = ("articles", "annotations", "tasks", "baselines", "data")

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


@pytest.fixture
def copy(tmp_path: Path) -> Callable[[], Rooms]:
    """A copy of the whole dataset, to damage."""

    def make() -> Rooms:
        for name in CONTENT:
            shutil.copytree(ROOT / name, tmp_path / "copy" / name)
        for name in ("README.md", "dataset.toml"):
            shutil.copy(ROOT / name, tmp_path / "copy" / name)
        return rooms.find(tmp_path / "copy")

    return make
