"""What the manifest says of an article that no page tells: `review/articles.jsonl` of an ingest
folder, an article a line, which `marsad promote` begins and a maintainer fills in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from marsad import arrival, article, jsonl
from marsad.article import Article
from marsad.fault import DataError, Fault
from marsad.ingest.folder import Candidate

REQUIRED = {
    "event": "the slug of its event, as neighbours on the event have it",
    "genre": "news, opinion, analysis or feature, or give --genre",
    "rights": "whose the text is, or give --rights",
    "published_basis": "how its date is known, or that it is not",
}
UNKNOWN = "unknown: neither the page nor what it came in says"
_CONTAINERS = (".jsonl", ".jsonl.gz", ".parquet", ".json")


@dataclass(frozen=True)
class Particulars:
    """One line. `headline` and `source` are there to know the article by."""

    article_id: str
    headline: str | None
    source: str
    event: str | None
    genre: str | None
    rights: str | None
    outlet: str | None
    published: str | None
    published_basis: str | None
    line: int = field(compare=False, default=0)


KEYS = tuple(f.name for f in fields(Particulars) if f.name != "line")


def source_of(candidate: Candidate) -> str:
    """Where a candidate came from: its url, or else the name of its file, with its record."""
    return candidate.url or candidate.page_id.rsplit("/", 1)[-1]


def begin(candidate: Candidate) -> Particulars:
    """The line of a candidate, as far as ingest knows it."""
    return Particulars(
        candidate.article_id,
        candidate.headline,
        source_of(candidate),
        candidate.event,
        None,
        None,
        candidate.outlet,
        candidate.published,
        basis(candidate),
    )


def basis(candidate: Candidate) -> str:
    """How the date of a candidate is known."""
    if candidate.published is None:
        return UNKNOWN
    address, _, record = candidate.page_id.rpartition("#")
    if record.isdecimal() and address.endswith(_CONTAINERS):
        return f"the record that it came in, {source_of(candidate)}"
    return "the metadata of the page" if candidate.media == "html" else "said by what it came in"


def read(path: Path) -> dict[str, Particulars]:
    """The lines by article; none where there is no such file. Raises DataError on a line of wrong
    shape, or an article that stands twice."""
    found: dict[str, Particulars] = {}
    for line, record in jsonl.read(path, str(path)) if path.is_file() else ():
        texts = all(isinstance(value, str | None) for value in record.values())
        if set(record) != set(KEYS) or not texts or not record["article_id"]:
            mend = f"a line has {', '.join(KEYS)}, each a text or null"
            raise DataError(Fault(str(path), line, f"keys {', '.join(map(repr, record))}", mend))
        one = Particulars(**record, line=line)
        if one.article_id in found:
            mend = f"see line {found[one.article_id].line}; keep one"
            raise DataError(Fault(str(path), line, f"{one.article_id} stands twice", mend))
        found[one.article_id] = one
    return found


def gather(
    path: Path, candidates: Iterable[Candidate], genre: str | None, rights: str | None
) -> dict[str, Particulars]:
    """The lines of the file with one for each candidate, a genre or rights that is not said yet
    taken from these. What is said in the file is never changed."""
    found = read(path)
    for candidate in candidates:
        one = found.get(candidate.article_id) or begin(candidate)
        filled = replace(one, genre=one.genre or genre, rights=one.rights or rights)
        found[candidate.article_id] = filled
    return {name: replace(one, line=at) for at, (name, one) in enumerate(found.items(), 1)}


def encode(listed: Iterable[Particulars]) -> bytes:
    """The file's content."""
    return jsonl.encode({key: asdict(one)[key] for key in KEYS} for one in listed)


def faults(path: Path, one: Particulars, candidate: Candidate) -> Iterator[Fault]:
    """What keeps an article out of the manifest: something not said, or said in a wrong form."""
    for key, says in REQUIRED.items():
        if not getattr(one, key):
            found = f"{one.article_id}: {key} is {getattr(one, key)!r}"
            yield Fault(str(path), one.line, found, f"write {says}")
    if one.published != candidate.published and one.published_basis == basis(candidate):
        found = f"{one.article_id}: published was changed, published_basis was not"
        yield Fault(str(path), one.line, found, "write how the date is known")
    if all(getattr(one, key) for key in REQUIRED):
        try:
            manifest_article(one, candidate, path)
        except DataError as error:
            yield from error.faults


def record(one: Particulars, candidate: Candidate) -> dict[str, Any]:
    """The line of the manifest."""
    return {
        "article_id": one.article_id,
        "tier": arrival.TIER,
        "outlet": one.outlet,
        "published": one.published,
        "published_basis": one.published_basis,
        "event": one.event,
        "genre": one.genre,
        "author": None,
        "rights": one.rights,
        "sha256": candidate.sha256,
        "sources": [],
    }


def manifest_article(one: Particulars, candidate: Candidate, path: Path) -> Article:
    """The article that the line makes. Raises DataError where a value has not the form."""
    return article.from_record(record(one, candidate), (arrival.TIER,), Path(), str(path), one.line)
