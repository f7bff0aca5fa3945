"""Wheel and sdist: an installed Marsad has its rooms, works without a checkout and a network, and
has the texts that it may have."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from conftest import CONTENT, ROOT, commit
from marsad import article, dist, edition, rooms, task
from marsad.fault import UsageError
from marsad.rooms import Rooms


def site(wheel: Path, folder: Path) -> Path:
    """The wheel, unpacked as an installer does it."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Wheel and sdist of this checkout with all texts, by suffix."""
    folder = tmp_path_factory.mktemp("all")
    return {path.suffix: path for path in dist.build(rooms.find(ROOT), folder, "all")}


@pytest.fixture(scope="module")
def authored(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Those of the small dataset without third parties' texts."""
    folder = tmp_path_factory.mktemp("authored")
    there = Rooms(Path(shutil.copytree(whole.root, folder / "checkout")))
    for name in edition.tracked(ROOT, *dist.CODE):
        to = there.root / name
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, to)
    commit(there)
    return {path.suffix: path for path in dist.build(there, folder / "dist")}


def marsad(installed: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The installed command, where no socket can be connected."""
    alone = {k: v for k, v in os.environ.items() if not k.startswith("MARSAD_")}
    return subprocess.run(
        [sys.executable, "-c", dist.OFFLINE, *map(str, arguments)],
        cwd=installed,
        env={**alone, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_every_file_of_the_rooms(built: dict[str, Path], tmp_path: Path) -> None:
    installed = site(built[".whl"], tmp_path)
    pages = ("README.md", "CITATION.cff", "dataset.toml", "publication.toml")
    for name in edition.tracked(ROOT, *CONTENT, *pages):
        there = installed / "marsad" / "_rooms" / name
        assert there.read_bytes() == (ROOT / name).read_bytes(), name
    assert dist.top_level(built[".whl"]) == {"marsad"}


def test_the_explorer_comes_built_and_its_sources_in_the_sdist_alone(
    built: dict[str, Path], tmp_path: Path
) -> None:
    app = "src/marsad/explore/app"
    pages = [name.removeprefix("src/") for name in edition.tracked(ROOT, app)]
    wheel = set(dist.contents(built[".whl"]))
    assert pages
    assert set(pages) == {name for name in wheel if name.startswith("marsad/explore/app/")}
    with tarfile.open(built[".gz"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {f"src/{name}" for name in pages} | set(edition.tracked(ROOT, "explorer")) <= names
    for name in (*wheel, *names):
        assert "node_modules" not in name
    assert not any(name.startswith("explorer") for name in wheel)


def test_an_installed_marsad_evaluates_reports_exports_explores_and_checks(
    built: dict[str, Path], tmp_path: Path
) -> None:
    installed = site(built[".whl"], tmp_path / "site")
    ran = marsad(installed, "evaluate", "--baseline", "stance_majority")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Majority label" in ran.stdout
    ran = marsad(installed, "report", "stance_majority", "--out", tmp_path / "report")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "font-family" in (tmp_path / "report" / "index.html").read_text("utf-8")
    ran = marsad(installed, "export", "jsonl", "--out", tmp_path / "out", "--split", "test")
    assert (ran.returncode, ran.stderr) == (0, "")
    ran = marsad(installed, "explore", "--out", tmp_path / "explore")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert (tmp_path / "explore" / "data" / "site.js").is_file()
    ran = marsad(installed, "check")
    assert (ran.returncode, ran.stdout) == (0, "all well\n"), ran.stderr


def test_the_sdist_gives_the_very_wheel(built: dict[str, Path], tmp_path: Path) -> None:
    with tarfile.open(built[".gz"]) as archive:
        archive.extractall(tmp_path, filter="data")
    unpacked = next(tmp_path.iterdir())
    assert not (unpacked / "tests").exists()
    build = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "-t",
        "wheel",
        "-d",
        str(tmp_path / "again"),
    ]
    subprocess.run(build, cwd=unpacked, check=True, capture_output=True)
    again = next((tmp_path / "again").iterdir())
    assert dist.contents(again) == dist.contents(built[".whl"])


def test_a_wheel_without_third_parties_texts_says_so_and_works(
    authored: dict[str, Path], whole: Rooms, tmp_path: Path
) -> None:
    installed = site(authored[".whl"], tmp_path / "site")
    there = Rooms(installed / "marsad" / "_rooms")
    pieces = [
        a.raw[at : at + 80].encode("utf-8")
        for a in article.read_manifest(whole)
        if a.tier == "collected"
        for at in range(0, len(a.raw) - 80, 40)
    ]
    with tarfile.open(authored[".gz"]) as archive:
        archive.extractall(tmp_path / "sdist", filter="data")
    for path in (*installed.rglob("*"), *(tmp_path / "sdist").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            assert not any(piece in content for piece in pieces), path
    signed = task.read_data(there, "topic").signature
    assert signed != task.read_data(whole, "topic").signature
    ran = marsad(installed, "evaluate", "--baseline", "topic_majority")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert signed in ran.stdout
    ran = marsad(installed, "check")
    assert (ran.returncode, ran.stdout) == (0, "all well\n"), ran.stderr
    ran = marsad(installed, "restore", "--raw", whole.articles)
    assert ran.returncode == 2
    assert "name a folder with --out, then set MARSAD_ROOT to it" in ran.stderr
    ran = marsad(installed, "restore", "--raw", whole.articles, "--out", tmp_path / "full")
    assert ran.returncode == 0, ran.stderr
    full = Rooms(tmp_path / "full")
    assert task.read_data(full, "topic").signature == task.read_data(whole, "topic").signature


def test_uncommitted_changes_are_not_built(
    whole: Rooms,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    there = shutil.copytree(whole.root, tmp_path / "there")
    (tmp_path / "there" / "new.txt").write_text("new")
    monkeypatch.setenv("MARSAD_ROOT", str(there))
    assert dist.main(["--out", str(tmp_path / "dist")]) == 2
    assert "there are uncommitted changes; commit them, then build" in capsys.readouterr().err
    assert not (tmp_path / "dist").exists()


def test_a_wheel_with_another_top_level_name_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "x.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in ("marsad/__init__.py", "dataset_script.py", "marsad-1.dist-info/METADATA"):
            archive.writestr(name, "")
    assert dist.top_level(wheel) == {"marsad", "dataset_script"}
    with pytest.raises(UsageError, match="it may bring marsad alone"):
        dist.prove(wheel, wheel)
