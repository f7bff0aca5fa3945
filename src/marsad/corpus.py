"""Everything that was decided, read once: articles, labels, gold, catalogue, splits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marsad import annotation, catalogue, source, split
from marsad.annotation import Annotation, Record
from marsad.article import Article, read_here
from marsad.catalogue import CatalogueEntity
from marsad.fault import DataError, Fault
from marsad.label import Layer, read_layers
from marsad.rooms import LAYERS, Rooms
from marsad.split import Place, SplitRule


@dataclass(frozen=True)
class Corpus:
    """The sources of the dataset, articles in the order of their ids."""

    rooms: Rooms
    articles: tuple[Article, ...]
    layers: Mapping[str, Layer]
    gold: Mapping[str, Annotation]
    catalogue: Mapping[str, CatalogueEntity]
    rule: SplitRule
    splits: Mapping[str, Place]


def read_corpus(rooms: Rooms, *, referenced: bool = False) -> Corpus:
    """The corpus below these rooms without withheld articles, with the referenced tier where it is
    asked for. Raises DataError at the first fault of form, and where a referenced text is not
    here; whether the parts agree with each other is `marsad check`'s to prove."""
    articles = tuple(read_here(rooms))
    if referenced:
        elsewhere = source.read_articles(rooms)
        source.require(elsewhere)
        articles = tuple(sorted((*articles, *elsewhere), key=lambda a: a.article_id))
    entities = catalogue.path_of(rooms.annotations)
    return Corpus(
        rooms,
        articles,
        read_layers(rooms),
        read_annotations(rooms, articles),
        catalogue.read_catalogue(entities, rooms.name(entities)),
        split.read_rule(rooms),
        split.read_splits(rooms),
    )


def read_annotations(
    rooms: Rooms, articles: tuple[Article, ...], annotator: str | None = None
) -> dict[str, Annotation]:
    """The annotations of every article by id: gold, or one annotator's judgements. Raises
    DataError where a layer lacks an article that another has, for gold any article at all."""
    by_layer = {layer: read_records(rooms, layer, annotator) for layer in LAYERS}
    found: dict[str, Annotation] = {}
    for article in articles:
        records = {
            layer: rows[article.article_id]
            for layer, rows in by_layer.items()
            if article.article_id in rows
        }
        if not records and annotator:
            continue
        for layer in LAYERS:
            if layer not in records:
                name = rooms.name(layer_path(rooms, layer, annotator))
                lacking = f"{article.article_id} has no record"
                raise DataError(Fault(name, 0, lacking, "annotate it or leave it out"))
        found[article.article_id] = annotation.join(records)
    return found


def read_records(rooms: Rooms, layer: str, annotator: str | None = None) -> dict[str, Record]:
    """One layer file's records by article. Raises DataError where an article stands twice."""
    path = layer_path(rooms, layer, annotator)
    found: dict[str, Record] = {}
    for record in annotation.read_layer_file(path, layer, rooms.name(path)):
        if record.article_id in found:
            other = found[record.article_id].line
            raise DataError(record.fault("stands twice", f"see line {other}; keep one"))
        found[record.article_id] = record
    return found


def annotators(rooms: Rooms) -> list[str]:
    """The annotators that have a judgement file in any layer."""
    return sorted({path.stem for layer in LAYERS for path in rooms.judgements(layer)})


def layer_path(rooms: Rooms, layer: str, annotator: str | None) -> Path:
    if annotator is None:
        return rooms.gold(layer)
    return rooms.annotations / layer / "judgements" / f"{annotator}.jsonl"
