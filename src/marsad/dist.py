"""`make dist`: a wheel and an sdist of an edition, and the proof that they work by themselves.

The wheel is built from the edition that `--text` names, as what is published is: without third
parties' texts it has the rows that are ours, and its signatures say so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from marsad import edition, rooms
from marsad.cli import told
from marsad.fault import UsageError
from marsad.rooms import Rooms

# What an sdist has beside the rooms: enough to build the wheel and the explorer's pages, and to run
# the benchmarks.
CODE = (
    *("src", "explorer", "pyproject.toml", "dataset_script.py"),
    *("benchmarks", "constraints.txt", "Makefile"),
)
# Runs the command where no socket can be connected.
OFFLINE = """
import socket, sys
def refuse(*_, **__):
    raise OSError("the network was used")
socket.socket = type("socket", (socket.socket,), {"connect": refuse, "connect_ex": refuse})
socket.create_connection = socket.getaddrinfo = refuse
from marsad.cli import main
sys.exit(main(sys.argv[1:]))
"""


def build(home: Rooms, out: Path, text: str = "authored") -> list[Path]:
    """Builds wheel and sdist of an edition into a folder and returns their paths. Raises
    UsageError where this is no checkout or the back end is missing, DataError where a withheld
    text would go along."""
    with TemporaryDirectory() as temporary:
        stage = Path(temporary) / "marsad"
        there = edition.write(home, stage, text)
        for name in edition.tracked(home.root, *CODE):
            to = stage / name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(home.root / name, to)
        edition.prove(there, edition.without(home, text))
        made = edition.git(home.root, "log", "-1", "--format=%ct").strip()
        environment = {**os.environ, "SOURCE_DATE_EPOCH": made}
        hatchling = [sys.executable, "-m", "hatchling", "build", "-d", str(stage / "dist")]
        said = _run(hatchling, stage, environment)
        out.mkdir(parents=True, exist_ok=True)
        built = sorted((stage / "dist").iterdir())
        if len(built) != 2:
            raise UsageError(f"hatchling built {len(built)} files; it says: {said[-200:]}")
        return [Path(shutil.copy(path, out)) for path in built]


def prove(wheel: Path, sdist: Path, arguments: Sequence[str] = ()) -> str:
    """Installs the wheel into an empty environment and runs `marsad check`, `marsad explore` and
    `marsad evaluate` there, the last with these arguments, without a network; the sdist has to give
    the very same wheel. Returns what `evaluate` printed. Raises UsageError where one of them does
    not hold."""
    wheel, sdist = wheel.resolve(), sdist.resolve()
    names = top_level(wheel)
    if names != {"marsad"}:
        found = f"{wheel.name} brings {', '.join(sorted(names))}"
        raise UsageError(f"{found}; it may bring marsad alone")
    with TemporaryDirectory() as temporary:
        empty = Path(temporary)
        venv.create(empty / "venv", with_pip=True)
        python = str(empty / "venv" / "bin" / "python")
        pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet"]
        _run([*pip, "install", str(wheel)], empty)
        _run([*pip, "wheel", "--no-deps", "--wheel-dir", str(empty / "again"), str(sdist)], empty)
        if contents(next((empty / "again").iterdir())) != contents(wheel):
            raise UsageError(f"{sdist.name} builds another wheel than {wheel.name}")
        alone = {k: v for k, v in os.environ.items() if not k.startswith(("MARSAD_", "PYTHON"))}
        _run([python, "-c", OFFLINE, "check"], empty, alone)
        _run([python, "-c", OFFLINE, "explore", "--out", str(empty / "site")], empty, alone)
        return _run([python, "-c", OFFLINE, "evaluate", *arguments], empty, alone)


def top_level(wheel: Path) -> set[str]:
    """The names that a wheel makes importable."""
    names = {name.split("/")[0] for name in contents(wheel)}
    return {name.removesuffix(".py") for name in names if not name.endswith(".dist-info")}


def contents(wheel: Path) -> dict[str, int]:
    """The files of a wheel with the checksum of each."""
    with zipfile.ZipFile(wheel) as archive:
        return {one.filename: one.CRC for one in archive.infolist()}


def _run(command: Sequence[str], folder: Path, environment: dict[str, str] | None = None) -> str:
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines() or ["no reason given"]
        raise UsageError(f"{' '.join(command[1:4])} … failed: {said[-1]}")
    return ran.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m marsad.dist",
        description="Build wheel and sdist of an edition, and prove them in an empty environment.",
        epilog="example: python -m marsad.dist --text authored --out dist",
    )
    parser.add_argument("--text", default="authored", choices=tuple(edition.TEXTS))
    parser.add_argument("--out", type=Path, default=Path("dist"))
    known = parser.parse_args(arguments)

    def run() -> int:
        home = rooms.find()
        if edition.git(home.root, "status", "--porcelain"):
            raise UsageError("there are uncommitted changes; commit them, then build")
        sdist, wheel = sorted(build(home, known.out, known.text), key=lambda path: path.suffix)
        print(f"built {wheel} ({wheel.stat().st_size / 1e6:.1f} MB) and {sdist}")
        print(prove(wheel, sdist), end="")
        print("in an empty environment, without a network: check and evaluate run")
        return 0

    return told(run)


if __name__ == "__main__":
    sys.exit(main())
