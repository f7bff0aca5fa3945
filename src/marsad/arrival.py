"""How ingested articles came: `articles/received.jsonl`, an article a line.

Their text, which offsets point into, is `articles/ingested/<article_id>.txt`. Where the bytes that
were received are others (a page in HTML, or in another encoding), they are kept below
`articles/ingested/received/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from marsad import jsonl
from marsad.article import Article, digest
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms

TIER = "ingested"
ENDINGS = {"text": ".txt", "html": ".html"}  # of kept bytes, by what they are
_OPTIONAL = ("extractor",)
_NUMBERS = ("bytes",)


@dataclass(frozen=True)
class Arrival:
    """How one article came: `source` is its url or else its file and record, `sha256` and `bytes`
    are of what was received, `encoding` is what that was decoded from, `extractor` what took the
    text out of HTML."""

    article_id: str
    source: str
    sha256: str
    bytes: int
    media: str
    encoding: str
    extractor: str | None
    line: int = field(compare=False, default=0)


KEYS = tuple(f.name for f in fields(Arrival) if f.name != "line")


def path_of(rooms: Rooms) -> Path:
    return rooms.articles / "received.jsonl"


def folder(rooms: Rooms) -> Path:
    """Where bytes that differ from the text are kept."""
    return rooms.articles / TIER / "received"


def kept(rooms: Rooms, arrival: Arrival) -> Path:
    """Where the received bytes of an article are kept, if they differ from its text."""
    return folder(rooms) / f"{arrival.article_id}{ENDINGS[arrival.media]}"


def differing(rooms: Rooms, articles: Iterable[Article]) -> dict[str, Arrival]:
    """The arrivals of those of these articles whose received bytes are kept, by article."""
    texts = {one.article_id: one.sha256 for one in articles}
    return {
        name: one
        for name, one in read(rooms).items()
        if name in texts and one.sha256 != texts[name]
    }


def encode(arrivals: Iterable[Arrival]) -> bytes:
    """The lines of these, as the file holds them."""
    return jsonl.encode({key: asdict(one)[key] for key in KEYS} for one in arrivals)


def read(rooms: Rooms) -> dict[str, Arrival]:
    """How each ingested article came; nothing where there is no such file. Raises DataError on a
    line of wrong shape, or an article that stands twice."""
    path = path_of(rooms)
    if not path.is_file():
        return {}
    name = rooms.name(path)
    found: dict[str, Arrival] = {}
    for line, record in jsonl.read(path, name):
        article_id = record.get("article_id")
        if set(record) != set(KEYS):
            mend = f"a line has {', '.join(KEYS)}"
            raise DataError(Fault(name, line, f"keys {', '.join(map(repr, record))}", mend))
        for key, value in record.items():
            kind, says = (int, "a whole number") if key in _NUMBERS else (str, "a text")
            if type(value) is not kind and not (value is None and key in _OPTIONAL):
                raise DataError(Fault(name, line, f"{article_id}: {key} is {value!r}", says))
        if record["media"] not in ENDINGS:
            mend = f"write {' or '.join(ENDINGS)}"
            wrong = f"{article_id}: media is {record['media']!r}"
            raise DataError(Fault(name, line, wrong, mend))
        if article_id in found:
            mend = f"see line {found[record['article_id']].line}; keep one"
            raise DataError(Fault(name, line, f"{article_id} stands twice", mend))
        found[record["article_id"]] = Arrival(**record, line=line)
    return found


def faults(home: Rooms, articles: Iterable[Article]) -> Iterator[Fault]:
    """Where articles/ingested and articles/received.jsonl do not agree."""
    name = home.name(path_of(home))
    texts = {one.article_id: one for one in articles if one.tier == TIER}
    try:
        listed = read(home)
    except DataError as error:
        yield from error.faults
        return
    expected = set()
    for article_id, one in listed.items():
        if article_id not in texts:
            yield Fault(name, one.line, f"{article_id} is no ingested article", "remove the line")
            continue
        if one.sha256 != texts[article_id].sha256:
            path = kept(home, one)
            expected.add(path)
            yield from _bytes(home, path, one, bool(texts[article_id].withheld))
    for article_id in sorted(set(texts) - set(listed)):
        yield Fault(name, 0, f"{article_id} is not listed", "restore its line")
    for path in sorted(folder(home).glob("*")):
        if path not in expected:
            found = "not the received bytes of an ingested article"
            yield Fault(home.name(path), 0, found, "remove it, or restore its line")


def _bytes(home: Rooms, path: Path, one: Arrival, withheld: bool) -> Iterator[Fault]:
    shown = home.name(path)
    if withheld:
        if path.exists():
            yield Fault(shown, 0, "is here, and its text is withheld", "run marsad restore")
        return
    try:
        content = jsonl.read_bytes(path, shown)
    except DataError as error:
        yield from error.faults
        return
    if digest(content) != one.sha256 or len(content) != one.bytes:
        found = f"sha256 {digest(content)[:12]}…, received.jsonl has {one.sha256[:12]}…"
        yield Fault(shown, 0, found, "restore the file; received bytes never change")
