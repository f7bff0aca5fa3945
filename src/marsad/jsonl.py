"""JSON Lines: one record a line, read with the line it stands on, written whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from marsad.fault import DataError, Fault, UsageError


def read(path: Path, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The records of a file with their line numbers, blank lines left out. Raises DataError at
    the first line that is not a JSON object in UTF-8."""
    for number, line in enumerate(read_bytes(path, name).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line.decode("utf-8"), object_pairs_hook=_object)
        except UnicodeDecodeError as error:
            found = f"not UTF-8 at byte {error.start} of the line"
            raise DataError(Fault(name, number, found, "save the file as UTF-8")) from None
        except json.JSONDecodeError as error:
            found = f"not JSON: {error.msg} at column {error.colno}"
            raise DataError(Fault(name, number, found, "write one JSON object a line")) from None
        except (ValueError, RecursionError) as error:
            found = f"cannot be read: {str(error)[:80]}"
            raise DataError(Fault(name, number, found, "write one JSON object a line")) from None
        if not isinstance(record, dict):
            found = f"a JSON {type(record).__name__}, not an object"
            raise DataError(Fault(name, number, found, "write one JSON object a line"))
        yield number, record


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        raise ValueError("a key stands twice")
    return record


def read_text(path: Path, name: str) -> str:
    """A file's text in UTF-8. Raises DataError where it cannot be read."""
    try:
        return read_bytes(path, name).decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"not UTF-8 at byte {error.start}"
        raise DataError(Fault(name, 0, found, "save the file as UTF-8")) from None


def read_bytes(path: Path, name: str) -> bytes:
    """A file's bytes. Raises DataError, in one line, where it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(Fault(name, 0, "no such file", "restore it or correct the name")) from None
    except OSError as error:
        found = f"cannot be read: {error.strerror}"
        raise DataError(Fault(name, 0, found, "correct the name or its permissions")) from None


def dumps(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(", ", ": "))


def encode(records: Iterable[Mapping[str, Any]]) -> bytes:
    """The records as a file holds them, one a line."""
    return "".join(dumps(record) + "\n" for record in records).encode("utf-8")


def write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Writes the records, one a line, in place of the file; a failure leaves the old file."""
    write_bytes(path, encode(records))


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file whole: to a temporary name beside it, then renamed over it."""
    write_all({path: content})


def write_all(files: Mapping[Path, bytes]) -> None:
    """Writes files that belong together: all of them to temporary names, and only then each is
    renamed over its file, so that a full disk leaves all the old ones."""
    written: dict[Path, Path] = {}
    at = next(iter(files), Path())
    try:
        try:
            for at, content in files.items():
                at.parent.mkdir(parents=True, exist_ok=True)
                handle, temporary = tempfile.mkstemp(dir=at.parent, prefix=f".{at.name}.")
                written[at] = Path(temporary)
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                written[at].chmod(0o644)
            for at in files:
                written[at].replace(at)
                del written[at]
        except BaseException:
            for temporary_path in written.values():
                temporary_path.unlink(missing_ok=True)
            raise
    except OSError as error:
        mend = "name a folder that can be written"
        raise UsageError(f"{at}: cannot be written: {error.strerror}; {mend}") from None
