"""Sources of the referenced tier: open corpora whose articles are annotated here, while their texts
stay where they are published.

A source is `articles/referenced/<name>.toml` and its manifest `<name>.jsonl`, an article a line.
`marsad fetch` brings the files into the user's cache; a reader turns a received file into the text
that offsets point into.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from marsad import article, jsonl
from marsad.article import Article, Received
from marsad.fault import DataError, Fault, UsageError
from marsad.label import from_table, read_toml
from marsad.rooms import Rooms

_KEYS = {"path", "received_sha256", "bytes", "characters"}
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Source:
    """An open corpus, pinned. `url` is the folder that the manifest's paths are below."""

    name: str
    title: str
    repository: str
    commit: str
    url: str
    licence: str
    citation: str
    reader: str


def read_sgml(received: str) -> str:
    """The text of a file of the ANT Corpus: what stands in TITLE, a newline, and what stands in
    TEXT, without the white space around each. Raises ValueError where it has not one of both."""
    parts = []
    for tag in ("TITLE", "TEXT"):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>", received, re.DOTALL)
        if len(found) != 1:
            raise ValueError(f"{len(found)} {tag} elements, not one")
        parts.append(found[0].strip())
    return "\n".join(parts)


READERS: dict[str, Callable[[str], str]] = {"sgml_title_text": read_sgml}


def cache() -> Path:
    """The folder that fetched texts are kept in: `$MARSAD_CACHE`, else the user's cache folder."""
    import platformdirs

    named = os.environ.get("MARSAD_CACHE")
    return Path(named) if named else platformdirs.user_cache_path("marsad")


def folder(source: Source) -> Path:
    """Where the received files of a source lie, in the tree of its repository."""
    return cache() / "referenced" / source.name / source.commit


def read_sources(rooms: Rooms) -> dict[str, Source]:
    """Every source by name. Raises DataError on an unknown or missing key, or reader."""
    found = {}
    for path in sorted((rooms.articles / "referenced").glob("*.toml")):
        name = rooms.name(path)
        source = from_table(Source, {"name": path.stem, **read_toml(path, name)}, name)
        if source.reader not in READERS:
            mend = f"the readers are {', '.join(READERS)}"
            raise DataError(Fault(name, 0, f"unknown reader {source.reader!r}", mend))
        if not source.url.startswith(("https://", "http://")) or not source.url.endswith("/"):
            mend = "write an http address that ends in /"
            raise DataError(Fault(name, 0, f"url is {source.url!r}", mend))
        found[source.name] = source
    return found


def read_source(rooms: Rooms, name: str) -> Source:
    sources = read_sources(rooms)
    if name not in sources:
        raise UsageError(f"no source {name!r}; there is {', '.join(sources) or 'none'}")
    return sources[name]


def read_articles(rooms: Rooms, source: Source | None = None) -> list[Article]:
    """The articles of a source, of all without one, whether their texts are here or not. Raises
    DataError at the first line of wrong shape."""
    found: list[Article] = []
    for one in [source] if source else read_sources(rooms).values():
        path = rooms.articles / "referenced" / f"{one.name}.jsonl"
        name = rooms.name(path)
        found += [_article(one, record, name, line) for line, record in jsonl.read(path, name)]
    return sorted(found, key=lambda known: known.article_id)


def missing(articles: Iterable[Article]) -> str | None:
    """In one line, which texts are not here and how to get them; None where all are."""
    listed = list(articles)
    away = [article for article in listed if not article.path.is_file()]
    if not away:
        return None
    names = sorted({article.received.source for article in away if article.received})
    fetch = " && ".join(f"marsad fetch {name}" for name in names)
    return f"{len(away)} of {len(listed)} referenced texts are not here; run {fetch}"


def require(articles: Iterable[Article]) -> None:
    """Raises UsageError where a text is not here."""
    if line := missing(articles):
        raise UsageError(line)


def _article(source: Source, record: dict[str, Any], name: str, line: int) -> Article:
    article_id = record.get("article_id")

    def fault(found: str, mend: str) -> DataError:
        return DataError(Fault(name, line, f"{article_id}: {found}", mend))

    own = {key: record[key] for key in _KEYS if key in record}
    if len(own) < len(_KEYS):
        raise fault(f"key {min(_KEYS - set(own))!r} is missing", f"add {', '.join(sorted(_KEYS))}")
    place = PurePosixPath(str(own["path"]))
    if place.is_absolute() or ".." in place.parts or "\\" in str(place) or str(place) == ".":
        raise fault(f"path is {own['path']!r}", "name a file below the source's folder")
    for key in ("bytes", "characters"):
        if type(own[key]) is not int or own[key] <= 0:
            raise fault(f"{key} is {own[key]!r}", "write a whole number")
    if not isinstance(own["received_sha256"], str) or not _SHA256.fullmatch(own["received_sha256"]):
        raise fault(f"received_sha256 is {own['received_sha256']!r}", "write 64 hex digits")
    received = Received(
        source.name,
        str(place),
        own["received_sha256"],
        own["bytes"],
        own["characters"],
        READERS[source.reader],
    )
    rest = {key: value for key, value in record.items() if key not in _KEYS}
    return article.from_record(
        rest, ("referenced",), folder(source) / Path(*place.parts), name, line, received
    )
