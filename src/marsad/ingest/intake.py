"""What reading and decoding go by: limits, file kinds, field names. `ingestion/reading.toml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad.fault import DataError, Fault
from marsad.label import from_table, read_toml


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, batches in pages, shards in files; `expansion` is a ratio."""

    page_bytes: int
    line_bytes: int
    record_bytes: int
    batch_pages: int
    batch_bytes: int
    shard_files: int
    shard_bytes: int
    expansion: int
    expansion_bytes: int


@dataclass(frozen=True)
class Suffixes:
    """What the names of each kind of file end with, in lower case, the dot included."""

    text: tuple[str, ...]
    html: tuple[str, ...]
    jsonl: tuple[str, ...]
    parquet: tuple[str, ...]
    warc: tuple[str, ...]


@dataclass(frozen=True)
class Fields:
    """Where records hold what; of each the first name that a record has. Those of `markup` hold
    HTML."""

    text: tuple[str, ...]
    markup: tuple[str, ...]
    url: tuple[str, ...]
    outlet: tuple[str, ...]
    published: tuple[str, ...]
    headline: tuple[str, ...]


@dataclass(frozen=True)
class Markup:
    """What a web page may have: open elements within one another, elements, attributes of one of
    them, seconds of the extractor's time."""

    depth: int
    elements: int
    attributes: int
    seconds: float


@dataclass(frozen=True)
class Decoding:
    """What tells encodings apart: shares from 0 to 1, a number of words, encodings to try in their
    order, frequent Arabic words."""

    controls: float
    utf8: float
    zeros: float
    arabic: float
    common: float
    words: int
    latin: float
    encodings: tuple[str, ...]
    frequent: tuple[str, ...]


PARTS = {
    "limits": Limits,
    "suffixes": Suffixes,
    "fields": Fields,
    "markup": Markup,
    "decoding": Decoding,
}


@dataclass(frozen=True)
class Intake:
    """`ingestion/reading.toml`."""

    version: int
    limits: Limits
    suffixes: Suffixes
    fields: Fields
    markup: Markup
    decoding: Decoding

    def with_text_field(self, name: str, *, markup: bool = False) -> Intake:
        """The same, where the text stands in one named field of a record, `markup` as HTML."""
        held = markup or name in self.fields.markup
        return replace(
            self, fields=replace(self.fields, text=(name,), markup=(name,) if held else ())
        )


def read_intake(folder: Path) -> Intake:
    """The settings of reading in a folder like `ingestion/`. Raises DataError on a key that is
    unknown, missing or of another type."""
    path = folder / "reading.toml"
    name = f"{folder.name}/{path.name}"
    table: dict[str, Any] = read_toml(path, name)
    for key, part in PARTS.items():
        if not isinstance(table.get(key), dict):
            raise DataError(Fault(name, 0, f"no [{key}]", "restore it"))
        table[key] = from_table(part, table[key], name)
    return from_table(Intake, table, name)
