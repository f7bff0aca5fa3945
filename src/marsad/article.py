"""An article: its raw file, byte for byte as received, and what the manifest says of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from marsad import jsonl, withheld
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms
from marsad.withheld import Withheld

TIERS = ("collected", "authored", "ingested")
_TEXTS = ("article_id", "tier", "event", "genre", "rights", "sha256", "published_basis")
_SLUG = re.compile(r"[A-Za-z0-9_-]+")
_KEYS = {*_TEXTS, "author", "outlet", "published", "sources"}


@dataclass(frozen=True)
class Received:
    """Of a referenced article: which file of which source holds its text, the file's sha256 and
    size in bytes, the text's length in characters, and what turns the one into the other."""

    source: str
    path: str
    sha256: str
    size: int
    characters: int
    reader: Callable[[str], str]


@dataclass(frozen=True)
class Article:
    """One article of a manifest.

    `published` is an ISO date or None where unknown, `published_basis` how it is known. Of an
    authored article, `author` says who wrote it (which model), and `sources` are the public
    sources of its facts, `{"title", "publisher", "date"}` each. Of a referenced article,
    `received` says where its text comes from; `path` lies in the user's cache, and may be empty.
    `withheld` stands where this copy of the dataset leaves the text out.
    """

    article_id: str
    tier: str
    outlet: str | None
    published: str | None
    published_basis: str
    event: str
    genre: str
    author: str | None
    rights: str
    sha256: str
    sources: tuple[Mapping[str, str], ...]
    path: Path = field(compare=False)
    file: str = field(compare=False)
    line: int = field(compare=False)
    received: Received | None = None
    withheld: Withheld | None = None

    @property
    def away(self) -> bool:
        """Whether its text is not here, and need not be."""
        return bool(self.withheld or (self.received and not self.path.is_file()))

    @property
    def characters(self) -> int:
        """The length of its text, which is known without it where it may be away."""
        known = self.withheld or self.received
        return known.characters if known else len(self.raw)

    @cached_property
    def raw(self) -> str:
        """The raw text: the file decoded as UTF-8, strictly, and of a referenced article what its
        reader makes of that. Raises DataError where it cannot be."""
        return decode(self.content, self.name)

    @cached_property
    def content(self) -> bytes:
        """The bytes that `sha256` is of."""
        if self.withheld:
            mend = "put your own copy of it back with marsad restore --raw DIR"
            raise DataError(Fault(self.name, 0, "this text is withheld here", mend))
        content = jsonl.read_bytes(self.path, self.name)
        if self.received is None:
            return content
        try:
            if digest(content) != self.received.sha256:
                raise ValueError("not the file that the manifest names")
            return self.received.reader(decode(content, self.name)).encode("utf-8")
        except ValueError as error:
            mend = f"run marsad fetch {self.received.source}"
            raise DataError(Fault(self.name, 0, str(error), mend)) from None

    def prove(self) -> str:
        """The raw text. Raises DataError where the file is no UTF-8, or not the manifest's."""
        raw = self.raw
        if (found := digest(self.content)) != self.sha256:
            wrong = f"sha256 {found[:12]}…, the manifest has {self.sha256[:12]}…"
            mend = "restore the raw file; raw bytes never change"
            raise DataError(Fault(self.name, 0, wrong, mend))
        return raw

    @property
    def name(self) -> str:
        """What faults call the file."""
        if self.received:
            return f"{self.received.source}:{self.received.path}"
        return f"articles/{self.tier}/{self.path.name}"

    def fault(self, found: str, mend: str) -> Fault:
        return Fault(self.file, self.line, f"{self.article_id}: {found}", mend)


def decode(content: bytes, name: str) -> str:
    """A raw file's text, with nothing taken away, not even a byte order mark."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        found = f"not UTF-8: byte {content[error.start]:#04x} at offset {error.start}"
        raise DataError(
            Fault(name, 0, found, "restore the file as received, or convert it")
        ) from None


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read_manifest(rooms: Rooms) -> list[Article]:
    """The articles in the order of their ids, withheld ones included. Raises DataError at the
    first line of wrong shape; what the lines say is proved by `marsad check`."""
    path = rooms.articles / "manifest.jsonl"
    name = rooms.name(path)
    left_out = withheld.read(rooms)
    articles = []
    for line, record in jsonl.read(path, name):
        where = rooms.articles / str(record.get("tier")) / f"{record.get('article_id')}.txt"
        known = from_record(record, TIERS, where, name, line)
        articles.append(replace(known, withheld=left_out.get(known.article_id)))
    return sorted(articles, key=lambda article: article.article_id)


def read_here(rooms: Rooms) -> list[Article]:
    """The articles of the manifest whose texts this copy of the dataset holds."""
    return [article for article in read_manifest(rooms) if not article.withheld]


def from_record(
    record: Mapping[str, Any],
    tiers: Sequence[str],
    path: Path,
    name: str,
    line: int,
    received: Received | None = None,
) -> Article:
    """The article of a manifest line, whose text lies at `path`. Raises DataError on a key or
    value that is not of the manifest's form."""
    article_id = record.get("article_id")
    if wrong := sorted(set(record) ^ _KEYS):
        found = (
            f"{article_id}: key {wrong[0]!r} is {'unknown' if wrong[0] in record else 'missing'}"
        )
        raise DataError(Fault(name, line, found, f"the keys are {', '.join(sorted(_KEYS))}"))
    for key in _TEXTS:
        if not isinstance(record[key], str) or not record[key]:
            found = f"{article_id}: {key} is {record[key]!r}"
            raise DataError(Fault(name, line, found, "write a text"))
    for key in ("article_id", "event", "genre"):
        if not _SLUG.fullmatch(record[key]):
            found = f"{article_id}: {key} is {record[key]!r}"
            raise DataError(Fault(name, line, found, "write letters, digits, _ and - alone"))
    for key in ("author", "outlet"):
        if not isinstance(record[key], str | None):
            found = f"{article_id}: {key} is {record[key]!r}"
            raise DataError(Fault(name, line, found, "write a text or null"))
    listed = record["sources"]
    if not isinstance(listed, list) or not all(isinstance(source, dict) for source in listed):
        found = f"{article_id}: sources is {listed!r}"
        raise DataError(Fault(name, line, found, "write a list of title, publisher, date"))
    if record["tier"] not in tiers:
        found = f"{article_id}: tier {record['tier']!r}"
        raise DataError(Fault(name, line, found, f"the tiers are {', '.join(tiers)}"))
    published = record["published"]
    if published is not None and not _is_date(published):
        found = f"{article_id}: published is {published!r}"
        raise DataError(Fault(name, line, found, "write an ISO date (2020-07-08) or null"))
    values = {**record, "sources": tuple(listed)}
    return Article(**values, path=path, file=name, line=line, received=received)


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
