"""What ingest goes by, from `ingestion/gate.toml` or a file of the same form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from marsad.fault import DataError, Fault
from marsad.label import from_table, read_toml, tables
from marsad.rooms import Rooms

FILE = "gate.toml"
LANGUAGES = ("ar", "fa", "ur", "other")


@dataclass(frozen=True)
class Structure:
    """`baseline` is the recipe, of the structure task, that lines are labelled by."""

    baseline: str


@dataclass(frozen=True)
class Known:
    """A language that is told from the others by its letters, function words and article."""

    name: str
    is_: str
    letters: str
    words: str
    typed: tuple[str, ...]
    article: tuple[str, ...]


@dataclass(frozen=True)
class Language:
    """`least_score` and `least_lead`: what a text must score for Arabic, and by how much more than
    for any other language."""

    least_score: float
    least_lead: float
    known: tuple[Known, ...]


@dataclass(frozen=True)
class Quality:
    """The least or the most that each measure of a text may be, in the order of looking."""

    least_words: int
    most_words: int
    most_overrides: float
    most_invisible: float
    most_mojibake: float
    most_symbols: float
    least_arabic: float
    least_variety: float
    most_repeated_runs: float
    most_repeated_lines: float
    most_longest_word: int
    least_mean_word: float
    most_mean_word: float
    least_body: float


@dataclass(frozen=True)
class Duplicates:
    """Word runs of `shingle` words, signatures of `bands` times `rows` hashes, and the Jaccard
    similarity from which a text is a copy."""

    shingle: int
    bands: int
    rows: int
    threshold: float


@dataclass(frozen=True)
class Events:
    """How articles are gathered into events; what each key does is told in the file."""

    lead_words: int
    least_share: float
    entity_weight: float
    rarest: float
    days: int
    span: int
    threshold: float
    undated_threshold: float
    members: int
    tells: int
    near: int
    compared: int
    at_once: int


@dataclass(frozen=True)
class Settings:
    """The sections of the file."""

    structure: Structure
    language: Language
    quality: Quality
    duplicates: Duplicates
    events: Events


def room(rooms: Rooms) -> Path:
    """The folder of the settings that hold where no others are given."""
    return rooms.root / "ingestion"


def read_settings(folder: Path) -> Settings:
    """The settings of a folder like `ingestion/`. Raises DataError on a key it does not know or
    lacks, on a value of another type, or one that no text could meet."""
    path = folder / FILE
    name = f"{folder.name}/{FILE}"
    table = read_toml(path, name)
    sections: dict[str, Any] = {}
    for kind in (Structure, Quality, Duplicates, Events):
        key = kind.__name__.lower()
        sections[key] = from_table(kind, _section(table, key, name), name)
    language = _section(table, "language", name)
    known = tuple(
        from_table(Known, {("is_" if key == "is" else key): row[key] for key in row}, name)
        for row in tables(language, "known", name)
    )
    sections["language"] = from_table(Language, {**language, "known": known}, name)
    settings = from_table(Settings, {**table, **sections}, name)
    _prove(settings, name)
    return settings


def _section(table: Mapping[str, Any], key: str, name: str) -> dict[str, Any]:
    found = table.get(key)
    if not isinstance(found, dict):
        raise DataError(Fault(name, 0, f"no [{key}]", f"write it as in {_EXAMPLE}"))
    return dict(found)


_EXAMPLE = f"ingestion/{FILE}"


def _prove(settings: Settings, name: str) -> None:
    """Raises DataError where a value is of the right type and still no sense."""
    for known in settings.language.known:
        if known.is_ not in LANGUAGES:
            found = f"{known.name}: is {known.is_!r}"
            raise DataError(Fault(name, 0, found, f"write one of {', '.join(LANGUAGES)}"))
        if any(len(pair) != 2 for pair in known.typed):
            found = f"{known.name}: typed is {list(known.typed)}"
            raise DataError(Fault(name, 0, found, "write pairs of letters"))
        if any(not 0 < len(prefix) <= 4 for prefix in known.article):
            found = f"{known.name}: article is {list(known.article)}"
            raise DataError(Fault(name, 0, found, "write beginnings of words, up to four letters"))
    if "ar" not in {known.is_ for known in settings.language.known}:
        raise DataError(Fault(name, 0, "no language is 'ar'", f"write one as in {_EXAMPLE}"))
    for section in (settings.quality, settings.duplicates, settings.events):
        for key in fields(section):
            if (value := getattr(section, key.name)) < 0:
                found = f"[{type(section).__name__.lower()}] {key.name} is {value}"
                raise DataError(Fault(name, 0, found, "write a number that is not negative"))
