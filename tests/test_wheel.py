"""The wheel: an installed Marsad has its rooms and works without a checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conftest import CONTENT, ROOT


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked wheel, built by the project's own back end."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, check=True, capture_output=True
    )
    wheel = next(folder.glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def marsad(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, "-m", "marsad", *arguments],
        cwd=installed,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_holds_every_file_of_the_rooms(installed: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *CONTENT], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for name in filter(None, listed):
        there = installed / "marsad" / "_rooms" / name
        assert there.read_bytes() == (ROOT / name).read_bytes(), name


def test_an_installed_marsad_evaluates_reports_and_checks(installed: Path) -> None:
    ran = marsad(installed, "evaluate", "--baseline", "stance_majority")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Majority label" in ran.stdout
    ran = marsad(installed, "report", "stance_majority", "--out", str(installed.parent / "report"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "font-family" in (installed.parent / "report" / "index.html").read_text("utf-8")
    ran = marsad(installed, "check")
    assert (ran.returncode, ran.stdout) == (0, "all well\n"), ran.stderr
