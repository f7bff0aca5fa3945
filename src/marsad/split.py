"""Which split an article belongs to: one table for all tasks, a stable hash for new events."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from marsad import jsonl
from marsad.article import Article
from marsad.fault import DataError, Fault
from marsad.label import from_table, read_toml
from marsad.rooms import Rooms

SPLITS = ("train", "validation", "test")
_HASHED = {"authored", "ingested"}  # the tiers whose events the hash of their name places


@dataclass(frozen=True)
class SplitRule:
    """`tasks/splits.toml`: shares in percent, the salt of the hash, what is held out, and the days
    from which events of the referenced tier are in validation and in test."""

    version: int
    salt: str
    train: int
    validation: int
    test: int
    collected: str
    held_out_targets: tuple[str, ...]
    referenced_validation_from: str
    referenced_test_from: str

    def of_event(self, event: str) -> str:
        """The split of an event, the same on every machine and whatever else there is."""
        place = int(hashlib.sha256(f"{self.salt}:{event}".encode()).hexdigest()[:8], 16) % 100
        if place < self.train:
            return "train"
        return "validation" if place < self.train + self.validation else "test"

    def of_day(self, day: str) -> str:
        """The split of an event that referenced articles alone cover, by its first day."""
        if day >= self.referenced_test_from:
            return "test"
        return "validation" if day >= self.referenced_validation_from else "train"

    def of_articles(self, articles: Iterable[Article]) -> dict[str, str]:
        """The split of each article by id, were they all new. The articles of an event stay
        together: in `collected` where a collected article is among them, else as the hash of the
        event's name says where an authored or ingested one is, else by the day of the first."""
        found = {}
        for event, among in _by_event(articles).items():
            tiers = {article.tier for article in among}
            if "collected" in tiers:
                split = self.collected
            elif tiers & _HASHED:
                split = self.of_event(event)
            else:
                split = self.of_day(min(article.published or "" for article in among))
            found.update({article.article_id: split for article in among})
        return found

    def allowed(self, articles: Iterable[Article]) -> dict[str, set[str]]:
        """The splits that each event may be in: those that the rule gave whichever of its articles
        came first, for the later ones followed it. A collected article allows of one alone."""
        found = {}
        for event, among in _by_event(articles).items():
            tiers = {article.tier for article in among}
            if "collected" in tiers:
                found[event] = {self.collected}
                continue
            days = [article.published or "" for article in among if article.tier == "referenced"]
            found[event] = {self.of_day(day) for day in days}
            if tiers & _HASHED:
                found[event].add(self.of_event(event))
        return found


def _by_event(articles: Iterable[Article]) -> dict[str, list[Article]]:
    events: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        events[article.event].append(article)
    return events


@dataclass(frozen=True)
class Place:
    """One row of `splits.csv`."""

    article_id: str
    split: str
    group: str
    line: int


def read_rule(rooms: Rooms) -> SplitRule:
    path = rooms.tasks / "splits.toml"
    rule = from_table(SplitRule, read_toml(path, rooms.name(path)), rooms.name(path))
    if rule.train + rule.validation + rule.test != 100:
        found = f"shares add up to {rule.train + rule.validation + rule.test}"
        raise DataError(Fault(rooms.name(path), 0, found, "make them add up to 100"))
    return rule


def csv_path(rooms: Rooms) -> Path:
    return rooms.tasks / "splits.csv"


def read_splits(rooms: Rooms) -> dict[str, Place]:
    """The rows of `splits.csv` by article. Raises DataError on a doubled article or bad row."""
    path = csv_path(rooms)
    name = rooms.name(path)
    places: dict[str, Place] = {}
    reader = csv.reader(io.StringIO(jsonl.read_text(path, name)))
    if next(reader, None) != ["article_id", "split", "group"]:
        raise DataError(Fault(name, 1, "wrong head", "the columns are article_id,split,group"))
    for row in reader:
        line = reader.line_num
        if len(row) != 3 or row[1] not in SPLITS:
            found = f"row {','.join(row)!r}"
            raise DataError(Fault(name, line, found, f"write id,{'|'.join(SPLITS)},event"))
        if row[0] in places:
            found = f"{row[0]} stands twice"
            raise DataError(Fault(name, line, found, f"see line {places[row[0]].line}; keep one"))
        places[row[0]] = Place(row[0], row[1], row[2], line)
    return places


def extend(
    rule: SplitRule, places: Mapping[str, Place], articles: Iterable[Article]
) -> dict[str, Place]:
    """The table with a row for each article that has none; a row that is there never changes. An
    event that is there keeps its split, and gives it to its new articles, whatever their tier."""
    listed = {article.article_id: article for article in articles}
    extended = dict(places)
    events = {place.group: place.split for place in places.values()}
    for article_id, split in rule.of_articles(listed.values()).items():
        if article_id not in extended:
            event = listed[article_id].event
            extended[article_id] = Place(article_id, events.get(event, split), event, 0)
    return extended


def to_csv(places: Mapping[str, Place]) -> bytes:
    rows = [f"{p.article_id},{p.split},{p.group}\n" for _, p in sorted(places.items())]
    return ("article_id,split,group\n" + "".join(rows)).encode("utf-8")
