"""Two states of the dataset as folders, read with patience: forms differ from version to version.

What only one of them has, or what cannot be read, is told in `notes`, never taken for a change.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from marsad.fault import DataError, Fault

Record = dict[str, Any]
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Was:
    """A value in both states."""

    old: Any
    new: Any


@dataclass(frozen=True)
class InOut(Generic[Item]):
    """What only the new state has, and what only the old one had."""

    added: tuple[Item, ...] = ()
    removed: tuple[Item, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


def in_out(old: Iterable[Item], new: Iterable[Item]) -> InOut[Item]:
    """In the order in which each state has them."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    return InOut(
        tuple(item for item in after if item not in before),
        tuple(item for item in before if item not in after),
    )


def values(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Was]:
    """The keys whose values differ, None where a state has none."""
    keys = dict.fromkeys([*old, *new])
    return {k: Was(old.get(k), new.get(k)) for k in keys if old.get(k) != new.get(k)}


@dataclass(frozen=True)
class Folder:
    """One state. `name` is what the user called it."""

    path: Path
    name: str

    def has(self, file: str) -> bool:
        return (self.path / file).exists()

    def content(self, file: str) -> bytes | None:
        """A file's bytes; None where there is none."""
        try:
            return (self.path / file).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
            return None
        except OSError as error:
            raise self.fault(file, 0, f"cannot be read: {error.strerror}") from None

    def text(self, file: str) -> str | None:
        content = self.content(file)
        try:
            return content if content is None else content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.fault(file, 0, f"not UTF-8 at byte {error.start}") from None

    def toml(self, file: str) -> Record:
        """A TOML file's table; an empty one where there is no file."""
        try:
            return tomllib.loads(self.text(file) or "")
        except tomllib.TOMLDecodeError as error:
            raise self.fault(file, 0, f"not TOML: {error}") from None

    def tables(self, file: str, key: str, name: str) -> dict[str, Record]:
        """The `[[key]]` tables of a TOML file by one of their values."""
        rows = self.toml(file).get(key, [])
        if not isinstance(rows, list) or not all(isinstance(r, dict) and name in r for r in rows):
            raise self.fault(file, 0, f"no [[{key}]] tables with {name}")
        return {str(row[name]): row for row in rows}

    def table(self, file: str, key: str) -> dict[str, Record]:
        """A CSV file's rows by one of its columns."""
        rows = csv.DictReader(io.StringIO(self.text(file) or ""))
        if rows.fieldnames and key not in rows.fieldnames:
            raise self.fault(file, 1, f"no column {key}")
        return {row[key]: row for row in rows}

    def records(
        self, file: str, key: str, without: frozenset[bytes] = frozenset()
    ) -> dict[str, Record]:
        """The records of a JSON Lines file by one of their keys, but for those whose lines are in
        `without`. Raises DataError on a line that is none."""
        found: dict[str, Record] = {}
        for number, line in enumerate((self.content(file) or b"").splitlines(), 1):
            if not line.strip() or line in without:
                continue
            try:
                record = json.loads(line)
            except ValueError:
                raise self.fault(file, number, "not JSON") from None
            if not isinstance(record, dict) or not isinstance(record.get(key), str):
                raise self.fault(file, number, f"no record with {key}")
            found[record[key]] = record
        return found

    def files(self, pattern: str) -> list[str]:
        """The files that match a pattern, by their place in the folder."""
        return sorted(path.relative_to(self.path).as_posix() for path in self.path.glob(pattern))

    def fault(self, file: str, line: int, found: str) -> DataError:
        return DataError(
            Fault(f"{self.name}:{file}", line, found, "mend it, or name another state")
        )


@dataclass(frozen=True)
class Both:
    """The old and the new state, and what of them could not be compared."""

    old: Folder
    new: Folder
    notes: list[str] = field(default_factory=list)

    def comparable(self, file: str, what: str) -> bool:
        """Whether both states have a file or folder. Where one alone has it, a note says that
        `what` is not compared."""
        has = self.old.has(file), self.new.has(file)
        if has[0] != has[1]:
            lacking = self.new if has[0] else self.old
            self.notes.append(f"`{lacking.name}` has no {file}: {what} not compared")
        return all(has)

    def files(self, pattern: str) -> list[str]:
        """The files that match a pattern in either state."""
        return sorted({*self.old.files(pattern), *self.new.files(pattern)})

    def same(self, file: str) -> bool:
        """Whether a file holds the same bytes in both, or is in neither."""
        return self.old.content(file) == self.new.content(file)

    def differing(self, file: str, key: str) -> tuple[dict[str, Record], dict[str, Record]]:
        """The records of a JSON Lines file whose lines the other state has not: long files differ
        in few lines."""
        lines = [frozenset((of.content(file) or b"").splitlines()) for of in (self.old, self.new)]
        common = lines[0] & lines[1]
        return self.old.records(file, key, common), self.new.records(file, key, common)
