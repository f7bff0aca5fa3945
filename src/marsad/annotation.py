"""The standoff annotations of an article: what each layer says, with offsets into the raw text.

On disk every layer has a `gold.jsonl` and a file for each annotator below `judgements/`. A line is
an article: `{"article_id", "sha256", "spans": [...]}`, the sha256 being that of the raw file that
was read, the spans in order, with the fields of the layer's dataclass below.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from marsad import jsonl
from marsad.fault import DataError, Fault


@dataclass(frozen=True, order=True)
class LineLabel:
    """What a raw line is; `start:end` is the line without its line end."""

    start: int
    end: int
    label: str


@dataclass(frozen=True, order=True)
class PassageTopics:
    """The topics of one passage, in the order of the labels."""

    start: int
    end: int
    topics: tuple[str, ...]


@dataclass(frozen=True, order=True)
class Stance:
    """A holder's stance toward a target in one passage; `start:end` is the evidence."""

    passage_start: int
    passage_end: int
    holder: str
    target: str
    label: str
    start: int
    end: int


@dataclass(frozen=True, order=True)
class Entity:
    """A named-entity mention; `entity_id` is its id in the catalogue, None for unlinked types."""

    start: int
    end: int
    label: str
    entity_id: str | None = None


LayerSpan = LineLabel | PassageTopics | Stance | Entity

KINDS: dict[str, type[LayerSpan]] = {
    "structure": LineLabel,
    "topic": PassageTopics,
    "stance": Stance,
    "ner": Entity,
}


FIELDS = {layer: tuple(f.name for f in fields(kind)) for layer, kind in KINDS.items()}

NO_SILVER = "remove it; silver labels stand neither among gold nor among judgements"
_NUMBER = (int, "a whole number")
_FIELD_KINDS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("start", "end", "passage_start", "passage_end"), _NUMBER),
    "topics": (list, "a list of labels"),
}
# What each field of a layer's spans is on disk: its type, and how that is called.
_SHAPES = {
    layer: {name: _FIELD_KINDS.get(name, (str, "a text")) for name in names}
    for layer, names in FIELDS.items()
}


@dataclass(frozen=True)
class Annotation:
    """All four layers of one article, by one annotator or as adjudicated."""

    article_id: str
    sha256: str
    structure: tuple[LineLabel, ...] = ()
    topic: tuple[PassageTopics, ...] = ()
    stance: tuple[Stance, ...] = ()
    ner: tuple[Entity, ...] = ()

    def layer(self, name: str) -> tuple[LayerSpan, ...]:
        spans: tuple[LayerSpan, ...] = getattr(self, name)
        return spans


@dataclass(frozen=True)
class Record:
    """One line of a layer file: an article's spans, and where they were read."""

    article_id: str
    sha256: str
    spans: tuple[LayerSpan, ...]
    file: str = field(compare=False, default="")
    line: int = field(compare=False, default=0)

    def fault(self, found: str, mend: str) -> Fault:
        return Fault(self.file, self.line, f"{self.article_id}: {found}", mend)


def span_order(span: LayerSpan) -> tuple[Any, ...]:
    """The one order of spans on disk and in rows: outer entities stand before inner ones."""
    if isinstance(span, Entity):
        return (span.start, -span.end, span.label, span.entity_id or "")
    return tuple(vars(span).values())


def read_layer_file(path: Path, layer: str, name: str) -> list[Record]:
    """The records of one layer file. Raises DataError where a line has not the layer's shape."""
    return [_record(layer, record, name, number) for number, record in jsonl.read(path, name)]


def layer_file(layer: str, annotations: Iterable[Annotation]) -> bytes:
    """The content of a layer file: one layer of these annotations, sorted by article."""
    ordered = sorted(annotations, key=lambda annotation: annotation.article_id)
    return jsonl.encode(to_record(annotation, layer) for annotation in ordered)


def to_record(annotation: Annotation, layer: str) -> dict[str, Any]:
    spans = sorted(annotation.layer(layer), key=span_order)
    return {
        "article_id": annotation.article_id,
        "sha256": annotation.sha256,
        "spans": [asdict(span) for span in spans],
    }


def join(records: Mapping[str, Record]) -> Annotation:
    """One article's annotation from its records by layer, all of the same article and raw file."""
    first = next(iter(records.values()))
    layers: dict[str, Any] = {layer: record.spans for layer, record in records.items()}
    return Annotation(first.article_id, first.sha256, **layers)


def _record(layer: str, record: dict[str, Any], name: str, line: int) -> Record:
    if "silver" in record:
        found = f"{record.get('article_id')} is marked silver"
        raise DataError(Fault(name, line, found, NO_SILVER))
    if set(record) != {"article_id", "sha256", "spans"} or not isinstance(record["spans"], list):
        found = f"keys {', '.join(map(repr, record))}"
        mend = "a record has article_id, sha256 and a list of spans"
        raise DataError(Fault(name, line, found, mend))
    article_id, sha256 = str(record["article_id"]), str(record["sha256"])
    spans = []
    for at, row in enumerate(record["spans"]):
        try:
            spans.append(read_span(layer, row))
        except (TypeError, ValueError) as error:
            found = f"{article_id}: span {at}: {error}"
            mend = f"a {layer} span has {', '.join(FIELDS[layer])}"
            raise DataError(Fault(name, line, found, mend)) from None
    return Record(article_id, sha256, tuple(spans), name, line)


def read_span(layer: str, row: object) -> LayerSpan:
    """A span of a layer from its fields. Raises ValueError where they are others, or no such
    values."""
    if not isinstance(row, dict) or row.keys() != _SHAPES[layer].keys():
        raise ValueError(f"fields {sorted(row) if isinstance(row, dict) else row!r}")
    for key, (kind, says) in _SHAPES[layer].items():
        value = row[key]
        if type(value) is not kind and not (key == "entity_id" and value is None):
            raise ValueError(f"{key} is {value!r}, not {says}")
    if layer == "topic":
        if not all(isinstance(topic, str) for topic in row["topics"]):
            raise ValueError(f"topics is {row['topics']!r}, not a list of labels")
        row = {**row, "topics": tuple(row["topics"])}
    return KINDS[layer](**row)
