"""A change of many files of the checkout, made in a copy beside it and put in place whole.

Everything happens below `.promotion/` of the checkout: `stage/` is the copy, `old/` what its new
files replace, and `journal.json`, written when both are complete, says that they are being moved
into place. Without a journal the checkout is as it was. With one, which only a process that was
killed leaves behind, `settle` finishes the move, and `marsad check` says so.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from marsad import jsonl
from marsad.article import digest
from marsad.fault import Fault, UsageError
from marsad.rooms import Rooms

FOLDER, STAGE, OLD, JOURNAL = ".promotion", "stage", "old", "journal.json"
CONTENT = ("articles", "annotations", "tasks", "baselines", "data", "README.md", "dataset.toml")


@dataclass(frozen=True)
class Stage:
    """The copy, and the sha256 of each file of the checkout that it was made of."""

    rooms: Rooms
    base: Mapping[str, str]

    def changed(self) -> list[str]:
        """The files that are new or other than in the checkout, by their paths below the root."""
        now = sums(self.rooms.root)
        return sorted(name for name, sha256 in now.items() if self.base.get(name) != sha256)


@contextmanager
def staged(home: Rooms, *, kept: bool = True) -> Iterator[Stage]:
    """A copy of the checkout's content to change, removed afterwards. Unless it is `kept` beside
    the checkout, for `install`, it lies in the system's folder for temporary files. Raises
    UsageError where another change is under way, or there is no room."""
    if not kept:
        with TemporaryDirectory(prefix="marsad-") as temporary:
            yield _copied(home, Path(temporary) / STAGE)
        return
    with _alone(home) as folder:
        _clear(folder)
        try:
            yield _copied(home, folder / STAGE)
        finally:
            if not (folder / JOURNAL).exists():
                _clear(folder)


def install(home: Rooms, stage: Stage) -> list[str]:
    """Puts the changed files of a stage in place, all or none, and returns their paths. Raises
    UsageError where the checkout changed since it was staged, or a file cannot be moved; then all
    is as it was."""
    names = stage.changed()
    if sums(home.root) != stage.base:
        raise UsageError(f"{home.root}: changed in the meantime; run it again")
    folder = home.root / FOLDER
    journal = folder / JOURNAL
    moved = []
    try:
        for name in names:
            if name in stage.base:
                to = folder / OLD / name
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(home.root / name, to)
        new = sums(stage.rooms.root)
        said = {name: [stage.base.get(name), new[name]] for name in names}
        jsonl.write_bytes(journal, json.dumps(said, indent=1).encode("utf-8"))
        for name in names:
            moved.append(name)
            _move(folder / STAGE / name, home.root / name)
    except BaseException as error:
        _undo(home, moved, stage.base)
        journal.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(_no_room(error, home.root)) from None
        raise
    journal.unlink()
    return names


def settle(home: Rooms) -> str | None:
    """Ends a change that was killed while its files were put in place, and tells how: finished, or
    taken back where it was being taken back. None where there is no such change. Raises UsageError
    where a file was changed since."""
    journal = home.root / FOLDER / JOURNAL
    if not journal.exists():
        return None
    with _alone(home) as folder:
        said = json.loads(journal.read_bytes())
        now = {name: _sum(home.root / name) for name in said}
        base = {name: old for name, (old, _) in said.items() if old}
        todo = [name for name, (_, new) in said.items() if now[name] != new]
        done = [name for name in said if now[name] != base.get(name)]
        if all(
            now[name] == base.get(name) and _sum(folder / STAGE / name) == said[name][1]
            for name in todo
        ):
            for name in todo:
                _move(folder / STAGE / name, home.root / name)
            told = f"finished the promotion that was broken off: {len(said)} files put in place"
        elif all(
            now[name] == said[name][1] and _sum(folder / OLD / name) == base.get(name)
            for name in done
        ):
            _undo(home, done, base)
            told = "took back the promotion that was broken off"
        else:
            mend = f"bring the checkout back (git checkout), and remove {folder}"
            raise UsageError(f"{home.root}: changed since a promotion broke off; {mend}")
        journal.unlink()
        _clear(folder)
    return told


def faults(home: Rooms) -> list[Fault]:
    """A fault where a change was killed while its files were put in place."""
    journal = home.root / FOLDER / JOURNAL
    if not journal.exists():
        return []
    found = "a promotion was broken off while its files were put in place"
    return [Fault(home.name(journal), 0, found, "run marsad promote again, which finishes it")]


def sums(root: Path) -> dict[str, str]:
    """The sha256 of every file of the content below a root; unfinished ones, whose names begin
    with a dot, aside."""
    return {path.relative_to(root).as_posix(): digest(path.read_bytes()) for path in _files(root)}


def _files(root: Path) -> Iterator[Path]:
    for name in CONTENT:
        path = root / name
        if path.is_file():
            yield path
        for below in sorted(path.rglob("*")):
            if below.is_file() and not below.name.startswith("."):
                yield below


def _copied(home: Rooms, to: Path) -> Stage:
    base = {}
    try:
        for path in _files(home.root):
            name = home.name(path)
            content = path.read_bytes()
            base[name] = digest(content)
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            (to / name).write_bytes(content)
    except OSError as error:
        raise UsageError(_no_room(error, to)) from None
    return Stage(Rooms(to), base)


def _no_room(error: OSError, where: Path) -> str:
    return f"{where}: cannot be written: {error.strerror}; make room, and run it again"


@contextmanager
def _alone(home: Rooms) -> Iterator[Path]:
    """The folder of a change, locked for as long as it is used."""
    folder = home.root / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}; name a checkout with --root") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(f"{folder}: another promotion is under way; let it end") from None
        yield folder
    finally:
        with suppress(OSError):  # where something is left in it
            folder.rmdir()
        os.close(handle)


def _move(new: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    new.replace(to)


def _undo(home: Rooms, moved: list[str], base: Mapping[str, str]) -> None:
    """Brings back what the moved files replaced."""
    for name in moved:
        path = home.root / name
        if name not in base:
            path.unlink(missing_ok=True)
            for parent in path.parents:
                if parent == home.root or (parent.is_dir() and any(parent.iterdir())):
                    break
                if parent.is_dir():
                    parent.rmdir()
        elif _sum(path) != base[name]:
            (home.root / FOLDER / OLD / name).replace(path)


def _clear(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _sum(path: Path) -> str | None:
    return digest(path.read_bytes()) if path.is_file() else None
