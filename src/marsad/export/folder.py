"""The folder of an export: which files in it are the export's own, and may be renewed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from marsad import jsonl
from marsad.article import digest
from marsad.fault import DataError, UsageError

RECORD = ".marsad-export.json"  # the tools that read a folder pass over names with a dot


def write(out: Path, fmt: str, files: Mapping[str, bytes]) -> int:
    """Writes the files below `out` and returns how many of them were there already. Raises
    UsageError, and writes nothing, where a file is in the way: one that no export of this format
    wrote, or that was changed since, such as annotations that somebody corrected."""
    known = _record(out, fmt)
    there = 0
    for name, content in files.items():
        path = out / name
        if not path.exists() and not path.is_symlink():
            continue
        there += 1
        found = _digest(path)
        if found == digest(content):
            continue
        if name not in known:
            raise UsageError(f"{path}: is there already, not from an export; name another folder")
        if found != known[name]:
            mend = "name another folder, or remove it"
            raise UsageError(f"{path}: was changed since it was exported; {mend}")
    for name, content in files.items():
        jsonl.write_bytes(out / name, content)
    hashes = {**known, **{name: digest(content) for name, content in files.items()}}
    record = {"format": fmt, "sha256": dict(sorted(hashes.items()))}
    jsonl.write_bytes(out / RECORD, (json.dumps(record, indent=1) + "\n").encode())
    return there


def _record(out: Path, fmt: str) -> dict[str, str]:
    """The sha256 of every file that earlier exports wrote into this folder, by name."""
    path = out / RECORD
    if not path.exists():
        return {}
    try:
        record = json.loads(jsonl.read_text(path, str(path)))
        before, hashes = record["format"], dict(record["sha256"])
    except (DataError, ValueError, KeyError, TypeError):
        raise UsageError(f"{path}: not the record of an export; remove it") from None
    if before != fmt:
        raise UsageError(f"{out}: holds an export as {before}; name another folder")
    return hashes


def _digest(path: Path) -> str | None:
    try:
        return digest(path.read_bytes())
    except OSError:
        return None
