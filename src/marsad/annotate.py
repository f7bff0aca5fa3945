"""Annotations in and out of the record, by way of the inline text form."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from marsad import catalogue, corpus, inline, jsonl, rule, source
from marsad.annotation import Annotation, join, layer_file
from marsad.article import Article, read_here, read_manifest
from marsad.catalogue import CatalogueEntity
from marsad.fault import DataError, Fault, UsageError
from marsad.label import Layer, read_layers
from marsad.rooms import LAYERS, Rooms

_NAME = re.compile(r"[a-z][a-z0-9_]*")
BLANK, GOLD = "blank", "gold"


def export(home: Rooms, ids: Sequence[str], annotator: str, out: Path) -> list[Path]:
    """Writes the inline form of these articles, of all without ids, one file each. `annotator` is
    `blank` for forms to fill in, `gold`, or the name of one who judged them."""
    articles = _articles(home, ids)
    known: dict[str, Annotation] = {}
    if annotator != BLANK:
        if annotator != GOLD and annotator not in (listed := corpus.annotators(home)):
            mend = ", ".join([BLANK, GOLD, *listed])
            raise UsageError(f"no annotator {annotator!r}; name one of {mend}")
        known = corpus.read_annotations(
            home, tuple(articles), None if annotator == GOLD else annotator
        )
    forms = {}
    for article in articles:
        empty = Annotation(article.article_id, article.sha256)
        forms[article.article_id] = inline.write(article.raw, known.get(article.article_id, empty))
    return write_forms(out, forms)


def write_forms(out: Path, forms: Mapping[str, str]) -> list[Path]:
    """Writes forms by article id, one file each. Raises UsageError where one is in the way."""
    files = {out / f"{article_id}.txt": form for article_id, form in forms.items()}
    for path in files:
        if path.exists():
            raise UsageError(f"{path}: is there already; name another folder, or remove it")
    for path, form in files.items():
        jsonl.write_bytes(path, form.encode("utf-8"))
    return list(files)


def import_forms(
    home: Rooms, forms: Iterable[Path], annotator: str, *, write: bool = True
) -> list[Annotation]:
    """The annotations of filled forms, put on record as the annotator's, or as gold; other
    articles of the annotator stay as they are. Raises DataError with every fault of every form,
    and then nothing is written."""
    if annotator != GOLD and (annotator == BLANK or not _NAME.fullmatch(annotator)):
        raise UsageError(f"annotator {annotator!r}; write gold, or a name in snake_case")
    articles = _everything(home)
    layers = read_layers(home)
    entities = None
    if annotator == GOLD:
        path = catalogue.path_of(home.annotations)
        entities = catalogue.read_catalogue(path, home.name(path))

    def text_of(article_id: str) -> tuple[str, str] | None:
        article = articles.get(article_id)
        return (article.prove(), article.sha256) if article else None

    found = read_forms(form_files(forms), text_of, layers, entities)
    if write:
        record(home, found, None if annotator == GOLD else annotator)
    return list(found.values())


def read_forms(
    files: Iterable[Path],
    text_of: Callable[[str], tuple[str, str] | None],
    layers: Mapping[str, Layer],
    entities: Mapping[str, CatalogueEntity] | None = None,
) -> dict[str, Annotation]:
    """The annotations of filled forms by article. `text_of` gives an article's text and sha256,
    None where there is no such article. Raises DataError with every fault of every form."""
    found: dict[str, Annotation] = {}
    faults: list[Fault] = []
    for path in files:
        article_id = path.stem
        try:
            article = text_of(article_id)
            if article is None:
                mend = "name it by article id"
                raise DataError(Fault(str(path), 0, "no article of this name", mend))
            if article_id in found:
                raise DataError(Fault(str(path), 0, "a second form of one article", "keep one"))
            form = jsonl.read_text(path, str(path))
            read = inline.read(form, article[0], article_id, article[1], str(path))
        except DataError as error:
            faults += error.faults
            continue
        for layer, (what, mend) in rule.breaches(read, article[0], layers, entities):
            faults.append(Fault(str(path), 0, f"{layer}: {what}", mend))
        found[article_id] = read
    if faults:
        raise DataError(*faults)
    return found


def gather_aliases(home: Rooms) -> int:
    """Renews the aliases of the catalogue from the gold mentions of the articles whose texts are
    in this repository; returns how many entities changed."""
    articles = tuple(read_here(home))
    path = catalogue.path_of(home.annotations)
    entities = catalogue.read_catalogue(path, home.name(path))
    gold = corpus.read_annotations(home, articles)
    raws = {article.article_id: article.raw for article in articles}
    forms = catalogue.surfaces(gold.values(), raws)
    renewed = [
        replace(entity, aliases=tuple(forms.get(entity.entity_id, ())))
        for entity in entities.values()
    ]
    catalogue.write_catalogue(path, renewed)
    return sum(entity != entities[entity.entity_id] for entity in renewed)


def record(home: Rooms, found: Mapping[str, Annotation], annotator: str | None) -> None:
    """Puts annotations on record as an annotator's, or as gold, by article; those of other
    articles stay as they are."""
    files: dict[Path, bytes] = {}
    for layer in LAYERS:
        path = corpus.layer_path(home, layer, annotator)
        kept: dict[str, Annotation] = {}
        if path.is_file():
            for article_id, one in corpus.read_records(home, layer, annotator).items():
                kept[article_id] = join({layer: one})
        files[path] = layer_file(layer, {**kept, **found}.values())
    for path, content in files.items():
        jsonl.write_bytes(path, content)


def _articles(home: Rooms, ids: Sequence[str]) -> list[Article]:
    """These articles, without ids all that this repository holds."""
    if not ids:
        return read_here(home)
    articles = _everything(home)
    for article_id in ids:
        if article_id not in articles:
            raise UsageError(f"no article {article_id!r}; the manifests list them")
    found = [articles[article_id] for article_id in ids]
    source.require(article for article in found if article.received)
    return found


def _everything(home: Rooms) -> dict[str, Article]:
    return {a.article_id: a for a in (*read_manifest(home), *source.read_articles(home))}


def form_files(forms: Iterable[Path]) -> list[Path]:
    """The forms in these files and folders. Raises UsageError where there are none."""
    files: list[Path] = []
    for path in forms:
        if path.is_dir():
            files += sorted(path.glob("*.txt"))
        elif path.is_file():
            files.append(path)
        else:
            raise UsageError(f"{path}: no such file or folder; name filled forms")
    if not files:
        raise UsageError("no forms there; a form is named <article_id>.txt")
    return files
