"""Texts that a copy of the dataset leaves out: `articles/withheld.jsonl`, an article a line.

A published copy keeps the annotations, checksums and metadata of such an article, and no text or
row of it. `marsad restore` puts texts back. A checkout that holds every text has no such file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from marsad import jsonl
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Withheld:
    """A text that is not here: the sha256 and size in bytes of its raw file, and its length in
    characters, by which offsets are proved without it."""

    article_id: str
    sha256: str
    bytes: int
    characters: int


def path_of(rooms: Rooms) -> Path:
    return rooms.articles / "withheld.jsonl"


def read(rooms: Rooms) -> dict[str, Withheld]:
    """What is withheld, by article; nothing where there is no such file. Raises DataError at the
    first line of wrong shape."""
    path = path_of(rooms)
    if not path.is_file():
        return {}
    name, kinds = rooms.name(path), Withheld.__annotations__
    found: dict[str, Withheld] = {}
    for line, record in jsonl.read(path, name):
        numbers = [record.get(key) for key in ("bytes", "characters")]
        whole = all(isinstance(record.get(key), str) for key in ("article_id", "sha256"))
        if set(record) != set(kinds) or not whole or any(type(n) is not int for n in numbers):
            mend = f"a line has {', '.join(kinds)}"
            raise DataError(Fault(name, line, f"keys {', '.join(map(repr, record))}", mend))
        found[record["article_id"]] = Withheld(**record)
    return found


def write(rooms: Rooms, texts: Iterable[Withheld]) -> None:
    """Lists what is withheld; without any, there is no such file."""
    listed = sorted(texts, key=lambda one: one.article_id)
    if listed:
        jsonl.write(path_of(rooms), map(asdict, listed))
    else:
        path_of(rooms).unlink(missing_ok=True)


def notice(texts: Mapping[str, Withheld], articles: int, *, scored: bool) -> str:
    """What README says of it, of so many articles in all; `scored` says that its scores are of the
    rows that are here."""
    if not texts:
        return f"The texts of all {articles} articles are here.\n"
    names = [f"`{name}`" for name in sorted(texts)]
    shown = ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")
    of = "the rows that are here" if scored else "the whole dataset"
    return (
        f"**{len(texts)} of {articles} articles are here without their text**, and have no rows: "
        f"{shown}. Their annotations, checksums and metadata are in `annotations/` and "
        "`articles/`. Who has copies of these pages puts the texts back, each held against its "
        "sha256, with `marsad --root THIS_FOLDER restore --raw DIR`. "
        f"The scores on this page are of {of}.\n"
    )
