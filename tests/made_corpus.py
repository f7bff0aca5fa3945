"""A checkout-like folder of articles made for trying the explorer; never part of the dataset."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad import annotation, article, catalogue, corpus, jsonl, rooms, split
from marsad.annotation import Annotation
from marsad.article import Article
from marsad.catalogue import CatalogueEntity
from marsad.rooms import LAYERS, Rooms

GOLD = "gold"
RIGHTS = "made for trying the explorer; no part of the dataset"
# What a folder takes from the checkout as it is: labels, tasks, who annotated, versions, pages.
TAKEN = ("dataset.toml", "publication.toml", "README.md", "CITATION.cff", "LICENSE")


@dataclass(frozen=True)
class Made:
    """A made article: its manifest record without the checksum, its raw text, and what each
    reading (`gold` or a judge) says of it."""

    record: Mapping[str, Any]
    raw: str
    readings: Mapping[str, Annotation]


def write(
    home: Rooms,
    root: Path,
    articles: Sequence[Made],
    entities: Iterable[CatalogueEntity] = (),
) -> Rooms:
    """Writes the folder: manifest, raw files, gold, judgements, the catalogue of the entities they
    name (from the checkout and `entities`), splits by the checkout's rule, an example to open with.
    There is no data/ and no baseline: nothing was scored on such articles."""
    for name in TAKEN:
        if (home.root / name).exists():
            root.mkdir(parents=True, exist_ok=True)
            shutil.copy(home.root / name, root / name)
    for path in (*home.root.glob("annotations/**/*.toml"), *home.root.glob("tasks/**/*")):
        if path.suffix in {".toml", ".md"}:
            to = root / path.relative_to(home.root)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, to)
    (root / "baselines").mkdir(exist_ok=True)
    (root / "articles").mkdir(exist_ok=True)
    there = rooms.find(root)
    records, annotated = [], []
    for made in articles:
        content = made.raw.encode("utf-8")
        record = {**made.record, "sha256": article.digest(content)}
        path = there.articles / record["tier"] / f"{record['article_id']}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        records.append(record)
        annotated.append(
            {
                name: replace(read, article_id=record["article_id"], sha256=record["sha256"])
                for name, read in made.readings.items()
            }
        )
    records.sort(key=lambda record: record["article_id"])
    (there.articles / "manifest.jsonl").write_bytes(jsonl.encode(records))
    for name in sorted({name for readings in annotated for name in readings}):
        for layer in LAYERS:
            of_layer = [readings[name] for readings in annotated if name in readings]
            content = layer_file(layer, of_layer)
            folder = there.annotations / layer
            path = folder / "judgements" / f"{name}.jsonl" if name != GOLD else there.gold(layer)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
    gold = [readings[GOLD] for readings in annotated]
    raws = {made.record["article_id"]: made.raw for made in articles}
    write_catalogue(home, there, gold, raws, entities)
    known = article.read_manifest(there)
    places = split.extend(split.read_rule(there), {}, known)
    split.csv_path(there).write_bytes(split.to_csv(places))
    return there


def layer_file(layer: str, annotations: Iterable[Annotation]) -> bytes:
    """As marsad.annotation.layer_file, three times as fast, which counts for thousands."""
    ordered = sorted(annotations, key=lambda one: one.article_id)
    return jsonl.encode(
        {
            "article_id": one.article_id,
            "sha256": one.sha256,
            "spans": [vars(span) for span in sorted(one.layer(layer), key=annotation.span_order)],
        }
        for one in ordered
    )


def write_catalogue(
    home: Rooms,
    there: Rooms,
    gold: Sequence[Annotation],
    raws: Mapping[str, str],
    entities: Iterable[CatalogueEntity],
) -> None:
    """Writes the catalogue of the entities that gold names, with the names it writes them by."""
    path = catalogue.path_of(home.annotations)
    known = catalogue.read_catalogue(path, home.name(path))
    known |= {entity.entity_id: entity for entity in entities}
    forms = catalogue.surfaces(gold, raws)
    named = {stance.holder for one in gold for stance in one.stance} | set(forms)
    catalogue.write_catalogue(
        catalogue.path_of(there.annotations),
        (
            replace(known[name], aliases=tuple(forms.get(name, ())))
            for name in named - set(catalogue.VOICES)
        ),
    )


def record_of(article_id: str, event: str, **known: Any) -> dict[str, Any]:
    """A manifest record, without the checksum, of an article that says it is made."""
    return {
        "article_id": article_id,
        "tier": "authored",
        "outlet": None,
        "published": None,
        "published_basis": "made",
        "event": event,
        "genre": "news",
        "author": "made by code",
        "rights": RIGHTS,
        "sources": [{"title": "made", "publisher": "made", "date": "2026-11-22"}],
        **known,
    }


def readings_of(home: Rooms, articles: Sequence[Article]) -> dict[str, dict[str, Annotation]]:
    """What every reading of the checkout says of these articles: gold and all judges, by name."""
    listed = tuple(articles)
    judges = {name: corpus.read_annotations(home, listed, name) for name in corpus.annotators(home)}
    return {GOLD: corpus.read_annotations(home, listed), **judges}
