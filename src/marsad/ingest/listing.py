"""What stands below the sources: every file once, in one order, and none left out in silence."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from marsad.fault import UsageError
from marsad.ingest import place
from marsad.ingest.intake import Intake

CONTAINERS = ("jsonl", "parquet", "warc")


@dataclass(frozen=True)
class Item:
    """A file of a source: its address, size in bytes, version, and the fault of a page that cannot
    be read."""

    address: str
    size: int
    version: str
    fault: str | None = None


def kind_of(address: str, intake: Intake) -> str | None:
    """`text`, `html`, `jsonl`, `parquet` or `warc` by what the name ends with, else None."""
    name = place.name_of(address)
    for kind, suffixes in vars(intake.suffixes).items():
        if name.endswith(suffixes):
            return str(kind)
    return None


def is_gzip(address: str) -> bool:
    return place.name_of(address).endswith(".gz")


def shard_kind(item: Item, intake: Intake) -> str:
    kind = kind_of(item.address, intake)
    return kind if kind in CONTAINERS and not item.fault else "files"


def items(sources: Sequence[str], intake: Intake, leave: Collection[str] = ()) -> Iterator[Item]:
    """The files of all sources in their order, each once. Raises UsageError, before the first,
    where a source is not there or is of a kind that cannot be read."""
    named = [place.absolute(source) for source in sources]
    found = [_source(source, intake, leave) for source in named]
    seen = set()
    for listed in found:
        for item in listed:
            if (known := hash(item.address)) not in seen:
                seen.add(known)
                yield item


def _source(source: str, intake: Intake, leave: Collection[str]) -> Iterator[Item]:
    """A source is looked at when this is called, its folders when they are come to."""
    try:
        if not place.is_local(source):
            return iter(_remote(source, intake))
        found = os.stat(source)  # noqa: PTH116
    except FileNotFoundError:
        raise UsageError(f"{source}: no such file or folder; correct the name") from None
    except OSError as error:
        raise UsageError(f"{source}: {place.reason(error)}; correct the name") from None
    if stat.S_ISDIR(found.st_mode):
        return _walk(source, {Path(folder).resolve() for folder in leave}, intake)
    return iter([_file(source, found, intake)])


def _file(path: str, found: os.stat_result, intake: Intake) -> Item:
    fault = None
    if not stat.S_ISREG(found.st_mode):
        fault = "unreadable: not a regular file"
    elif not kind_of(path, intake):
        fault = _unknown(path)
    return Item(place.local_address(path), found.st_size, place.local_version(found), fault)


def _unknown(name: str) -> str:
    suffix = PurePosixPath(place.local_address(name)).suffix.lower()
    return f"unreadable: unknown kind {suffix}" if suffix else "unreadable: no kind in its name"


def _walk(top: str, left: Collection[Path], intake: Intake) -> Iterator[Item]:
    """The files below a local folder, sorted by their names within each folder."""
    root = Path(top).resolve()
    todo: list[os.DirEntry[str]] = []
    path: str | None = top
    while path is not None or todo:
        if path is None:
            entry = todo.pop()
            found = _entry(entry, root, intake)
            path = entry.path if found is None else None
            if found is not None:
                yield found
        elif left and Path(path).resolve() in left:
            path = None
        else:
            try:
                with os.scandir(path) as entries:
                    todo += sorted(entries, key=lambda entry: entry.name, reverse=True)
            except OSError as error:
                yield _refused(path, f"unreadable: {place.reason(error)}")
            path = None


def _entry(entry: os.DirEntry[str], root: Path, intake: Intake) -> Item | None:
    """What stands in a local folder, None for a folder that is to be gone through."""
    try:
        linked = entry.is_symlink()
        if linked and not Path(entry.path).resolve().is_relative_to(root):
            return _refused(entry.path, "unsafe_path: a link that leaves the folder")
        found = entry.stat()
    except RuntimeError:  # how pathlib tells of links that go in a circle
        return _refused(entry.path, "unreadable: a link to itself")
    except FileNotFoundError:
        return _refused(entry.path, "unreadable: a link to nothing")
    except OSError as error:
        return _refused(entry.path, f"unreadable: {place.reason(error)}")
    if stat.S_ISDIR(found.st_mode):
        if linked:
            return _refused(entry.path, "unreadable: a link to a folder")
        hidden = entry.name.startswith(".")
        return _refused(entry.path, "unreadable: hidden folder") if hidden else None
    if entry.name.startswith("."):
        return _refused(entry.path, "unreadable: hidden file", place.local_version(found))
    return _file(entry.path, found, intake)


def _refused(path: str, fault: str, version: str = "") -> Item:
    return Item(place.local_address(path), 0, version, fault)


def _remote(source: str, intake: Intake) -> list[Item]:
    """The files of an fsspec address, by name."""
    system, root = place.filesystem(source)
    try:
        info = system.info(root) if root.strip("/") else {"type": "directory"}
        found = system.find(root, detail=True) if info["type"] == "directory" else {root: info}
    except FileNotFoundError:
        raise
    except Exception as error:  # of whichever library the protocol has
        raise OSError(0, place.reason(error)) from None
    chain = source.split("::", 1)
    listed = []
    for name, about in sorted(found.items()):
        address = system.unstrip_protocol(name)
        if len(chain) == 2:
            address = f"{source.split('://', 1)[0]}://{name}::{chain[1]}"
        fault = _remote_fault(name, about, root, intake)
        listed.append(Item(address, int(about.get("size") or 0), place.version(about), fault))
    return listed


def _remote_fault(name: str, about: dict[str, Any], root: str, intake: Intake) -> str | None:
    """Why an object of another file system, or of an archive, is not read."""
    parts = name.replace("\\", "/").split("/")
    archived = "external_attr" in about or about.get("type") in ("link", "other")
    if ".." in parts or (archived and (name.startswith(("/", "\\")) or ":" in parts[0])):
        return "unsafe_path: climbs out of its archive"
    if stat.S_ISLNK((about.get("external_attr") or 0) >> 16) or about.get("islink"):
        return "unsafe_path: a link in an archive"
    below = name.removeprefix(root).replace("\\", "/").split("/")
    if any(part.startswith(".") for part in below):
        return "unreadable: hidden file"
    if "::" in name:
        return "unreadable: :: in its name"
    if about.get("type") != "file":
        return "unreadable: not a regular file"
    return None if kind_of(name, intake) else _unknown(name)
