"""The committed pages of the explorer are those that its committed sources give."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import ROOT, same_files

SOURCES = ROOT / "explorer"
APP = ROOT / "src" / "marsad" / "explore" / "app"
RECORD = "built.json"
MEND = "run make explorer, and commit src/marsad/explore/app"


def digests(folder: Path) -> dict[str, str]:
    """The sha256 of every file below a folder, what npm puts there and hidden folders aside."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        hidden = any(part == "node_modules" or part[0] == "." for part in name.parts[:-1])
        if path.is_file() and not hidden and str(name) != RECORD:
            found[name.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture(scope="module")
def record() -> dict[str, dict[str, str]]:
    assert (APP / RECORD).is_file(), MEND
    return json.loads((APP / RECORD).read_text("utf-8"))


def test_the_pages_are_built_from_the_sources_that_are_here(
    record: dict[str, dict[str, str]],
) -> None:
    assert record["sources"] == digests(SOURCES), MEND
    assert {"package-lock.json", "vite.config.ts", "src/main.tsx"} <= set(record["sources"])


def test_the_built_pages_are_as_they_were_built(record: dict[str, dict[str, str]]) -> None:
    assert record["files"] == digests(APP), MEND
    assert {"index.html", "app/explore.js", "app/explore.css"} <= set(record["files"])


def test_what_is_built_with_is_pinned_and_names_no_registry() -> None:
    """Which registry the packages come from is whoever builds' own choice."""
    lock = json.loads((SOURCES / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    for name, one in packages.items():
        assert "resolved" not in one, name
        assert one["integrity"].startswith("sha512-"), name
    wanted = json.loads((SOURCES / "package.json").read_text("utf-8"))
    for name, version in {**wanted["dependencies"], **wanted["devDependencies"]}.items():
        assert version == packages[f"node_modules/{name}"]["version"], name


def test_every_font_and_library_that_is_shipped_has_its_licence_beside_it() -> None:
    fonts = {path.name for path in (APP / "app" / "fonts").glob("*.woff2")}
    licences = {
        path.name.removesuffix(".LICENSE.txt") for path in (APP / "app").rglob("*.LICENSE.txt")
    }
    assert fonts
    for font in fonts:
        assert any(font.startswith(family) for family in licences), font
    wanted = json.loads((SOURCES / "package.json").read_text("utf-8"))
    assert set(wanted["dependencies"]) <= licences


@pytest.mark.npm
@pytest.mark.skipif(
    os.environ.get("MARSAD_NPM") != "1",
    reason="builds with Node and npm where MARSAD_NPM=1: make test-explorer",
)
def test_building_again_gives_the_same_bytes(tmp_path: Path) -> None:
    again = tmp_path / "explorer"
    shutil.copytree(SOURCES, again, ignore=shutil.ignore_patterns("node_modules"))
    for command in (["npm", "ci", "--silent"], ["npm", "run", "--silent", "build"]):
        ran = subprocess.run(command, cwd=again, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr
    same_files(APP, tmp_path / "src" / "marsad" / "explore" / "app")
