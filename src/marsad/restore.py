"""`marsad restore`: withheld texts, put back from a user's own copies."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from marsad import arrival, article, derived, edition, jsonl, withheld
from marsad.arrival import Arrival
from marsad.article import digest
from marsad.fault import DataError, Fault, UsageError
from marsad.progress import progress
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Restored:
    """What became of a withheld text: back here, or still away, with the mend."""

    article_id: str
    back: bool
    fault: Fault | None = None


def restore(home: Rooms, raw: Path, out: Path | None = None) -> list[Restored]:
    """Puts back every withheld text of which a file below `raw` is the very copy, whatever its
    name, and of the page that it was received as too, where that has other bytes. Then makes all
    that is derived again: with all texts back, the very files of a full copy. With `out`, in a copy
    at that folder. Raises UsageError where nothing is withheld, DataError
    where no file is such a copy; nothing is changed then."""
    left_out = withheld.read(home)
    if not left_out:
        raise UsageError(f"{home.root}: no text is withheld here; nothing to restore")
    if not raw.is_dir():
        raise UsageError(f"{raw}: no such folder; name the folder of your copies with --raw")
    if out is None and home.root.name == "_rooms":
        mend = "name a folder with --out, then set MARSAD_ROOT to it"
        raise UsageError(f"these are the rooms of the installed package; {mend}")
    away = [one for one in article.read_manifest(home) if one.article_id in left_out]
    came = arrival.differing(home, away)
    copies, pages = find(raw, left_out.values()), find(raw, came.values()) if came else {}
    whole = {name for name in copies if name in pages or name not in came}
    back = [one for one in away if one.article_id in whole]
    found = [_told(home, name, name in whole, raw) for name in left_out]
    if not back:
        raise DataError(*(one.fault for one in found if one.fault))
    there = home if out is None else _copied(home, out)
    for one in back:
        path = there.articles / one.tier / one.path.name
        jsonl.write_bytes(path, copies[one.article_id])
        if one.article_id in came:
            jsonl.write_bytes(arrival.kept(there, came[one.article_id]), pages[one.article_id])
    withheld.write(there, (one for one in left_out.values() if one.article_id not in whole))
    try:
        derived.renew(there, back)
    except BaseException:  # broken off: a second run begins anew
        withheld.write(there, left_out.values())
        raise
    return found


def find(raw: Path, texts: Iterable[withheld.Withheld | Arrival]) -> dict[str, bytes]:
    """The bytes of withheld texts, or of the pages that they came as, which lie below a folder, by
    article, told by sha256."""
    wanted = {(one.bytes, one.sha256): one.article_id for one in texts}
    sizes = {size for size, _ in wanted}
    found: dict[str, bytes] = {}
    files = [path for path in sorted(raw.rglob("*")) if path.is_file()]
    for path in progress(files, "copies"):
        if path.stat().st_size in sizes:
            content = path.read_bytes()
            if name := wanted.get((len(content), digest(content))):
                found[name] = content
    return found


def _told(home: Rooms, article_id: str, back: bool, raw: Path) -> Restored:
    if back:
        return Restored(article_id, True)
    name = home.name(withheld.path_of(home))
    near = next(raw.rglob(f"{article_id}.txt"), None)
    known = withheld.read(home)[article_id]
    what = f"no file below {raw} is its text"
    if near:
        same = digest(near.read_bytes()) == known.sha256
        what = f"{near} is {'its text, not its page as received' if same else 'another text'}"
    mend = "bring the raw page as it was received, byte for byte"
    return Restored(article_id, False, Fault(name, 0, f"{article_id}: {what}", mend))


def _copied(home: Rooms, out: Path) -> Rooms:
    edition.require_empty(out)
    shutil.copytree(home.root, out, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
    return Rooms(out.resolve())
