"""The folder of a site: what in it is ours, and may be renewed or removed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from marsad import jsonl
from marsad.explore.script import HEAD
from marsad.fault import UsageError

APP = Path(__file__).parent / "app"
INDEX = "index.html"
_LOADS = b"data/site.js"  # what our first page names
_PARTS = ("article", "predictions", "text")  # the folders below data/ with a file for each of many


def pages() -> dict[str, bytes]:
    """The built pages, by their paths in a site. Raises UsageError where they are not built."""
    if not (APP / INDEX).is_file():
        mend = "run npm ci && npm run build in explorer/"
        raise UsageError(f"{APP}: the explorer's pages are not built; {mend}")
    files = sorted(path for path in APP.rglob("*") if path.is_file())
    return {path.relative_to(APP).as_posix(): jsonl.read_bytes(path, str(path)) for path in files}


def require_own(out: Path) -> None:
    """Raises UsageError where the folder has something in it and is no site written before."""
    mend = "name an empty folder, or one that marsad explore wrote"
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is not a folder; {mend}")
    anything = any(not path.is_dir() for path in out.rglob("*")) if out.exists() else False
    if anything and not (_is_ours(out, "site") and _LOADS in _read(out / INDEX)):
        raise UsageError(f"{out} has other files in it; {mend}")


def write(out: Path, files: Mapping[str, bytes]) -> int:
    """Writes the files of a site, all or none, then removes those that it has no more, and says how
    many. A file that no site had stays."""
    jsonl.write_all({out / name: content for name, content in files.items()})
    gone = 0
    for part in _PARTS:
        for path in sorted((out / "data" / part).glob("*.js")):
            name = f"{part}/{path.stem}"
            if f"data/{name}.js" not in files and _is_ours(out, name):
                path.unlink()
                gone += 1
    return gone


def _is_ours(out: Path, name: str) -> bool:
    head = f'{HEAD}{name}", '.encode()
    return _read(out / "data" / f"{name}.js").startswith(head)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
