"""Fixtures: a browser, and the sites that it opens, each written once for all workers.

pytest_plugins = ("explorer_sites",)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import hostile_corpus
import large_corpus
from browser import NONE, Visitor, chromium, launch
from marsad import explore
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LARGE = 2_000
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of a module. While it is there an event loop runs in this thread, so
    that it may not outlive them: other tests run loops of their own."""
    if not chromium():
        pytest.skip(NONE)
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install .[dev]")
    with api.sync_playwright() as playwright:
        made = launch(playwright)
        yield made
        made.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visitor]:
    visitor = Visitor(browser)
    yield visitor
    visitor.close()
    assert visitor.faults == []


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """A folder that the first worker to ask for it makes, for all of them."""
    from filelock import FileLock

    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder = shared / name
        done = shared / f"{name}.done"
        with FileLock(shared / f"{name}.lock"):
            if not done.exists():
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def whole_site(home: Rooms, once: Once) -> Path:
    """The site of the checkout."""
    return once("whole_site", lambda out: explore.write(home, out))


@pytest.fixture(scope="session")
def small_site(request: pytest.FixtureRequest, once: Once) -> Path:
    """The site of the small dataset."""
    return once(
        "small_site", lambda out: explore.write(Rooms(request.getfixturevalue("small")), out)
    )


@pytest.fixture(scope="session")
def large_corpus_folder(home: Rooms, once: Once) -> Path:
    return once("large_corpus", lambda root: large_corpus.make(home, root, LARGE))


@pytest.fixture(scope="session")
def large_site(large_corpus_folder: Path, once: Once) -> Path:
    """The site of 2,000 made articles."""
    return once("large_site", lambda out: explore.write(Rooms(large_corpus_folder), out))


@pytest.fixture(scope="session")
def hostile_folder(home: Rooms, once: Once) -> Path:
    return once("hostile_corpus", lambda root: hostile_corpus.make(home, root))


@pytest.fixture(scope="session")
def hostile_site(hostile_folder: Path, once: Once) -> Path:
    """The site of pages that try to break it."""
    return once("hostile_site", lambda out: explore.write(Rooms(hostile_folder), out))
