"""What every page of a site needs: labels, baselines, counts, and how the dataset is cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marsad import annotator, card, citation, jsonl
from marsad.article import digest
from marsad.explore import score
from marsad.explore.content import Content, place
from marsad.fault import DataError, Fault
from marsad.label import Label
from marsad.release import Release, read_release
from marsad.rooms import LAYERS, Rooms
from marsad.spelling import FOLDS
from marsad.split import csv_path

_CONFIGS = ("stance", "ner", "topic")  # whose rows name a passage


def site(
    known: Content,
    scores: Sequence[Mapping[str, Any]],
    rows: str,
    entities: int,
    text_files: int,
) -> dict[str, Any]:
    """`site`. `rows` is the digest of the dataset's rows."""
    home, corpus = known.home, known.corpus
    release = read_release(home)
    head = card.front_matter(jsonl.read_text(home.card, home.name(home.card)))
    cited = _cited(home, release.version, head)
    splits = csv_path(home)
    return {
        "version": release.version,
        "data": rows,
        "splits": digest(jsonl.read_bytes(splits, home.name(splits)))[:6],
        "bibtex": citation.bibtex(cited, release.version),
        "citation": citation.line(cited, release.version),
        "license": str(cited.get("license") or head.get("license") or ""),
        "layers": {layer: [_label(one) for one in corpus.layers[layer].label] for layer in LAYERS},
        "targets": [
            {
                "name": one.name,
                "name_ar": one.name_ar,
                "meaning": one.meaning,
                "held_out": one.name in corpus.rule.held_out_targets,
            }
            for one in corpus.layers["stance"].target
        ],
        "annotators": _annotators(known),
        "baselines": [
            {
                "id": scored["baseline"],
                "task": scored["task"],
                "title": scored["title"],
                "role": scored["role"],
                "splits": list(score.splits(scored)),
            }
            for scored in scores
        ],
        "counts": {
            "articles": len(known.views),
            "events": len({view.article.event for view in known.views}),
            "passages": sum(len(view.passages) for view in known.views),
            "mentions": sum(len(view.gold.ner) for view in known.views),
            "stances": sum(len(view.gold.stance) for view in known.views),
            "entities": entities,
        },
        "without_text": known.without_text,
        "folds": FOLDS,
        "text_files": text_files,
        "example": _example(known, release),
    }


def _cited(home: Rooms, version: str, head: Mapping[str, Any]) -> Mapping[str, Any]:
    """What CITATION.cff says; where there is none, what the card is called."""
    if (home.root / citation.NAME).is_file():
        return citation.read(home.root, version)
    return {"title": head.get("pretty_name", "Marsad")}


def _label(one: Label) -> dict[str, str]:
    return {
        "name": one.name,
        "name_ar": one.name_ar,
        "meaning": one.meaning,
        "meaning_ar": one.meaning_ar,
    }


def _annotators(known: Content) -> list[dict[str, str | None]]:
    """The judges. Raises DataError where one is not listed."""
    listed = annotator.read_annotators(known.home)
    for name in known.judges:
        if name not in listed:
            found = f"{name} is not listed, and has judged"
            file = annotator.name_of(known.home)
            raise DataError(Fault(file, 0, found, "list who it is"))
    return [
        {"name": name, "kind": listed[name].kind, "model": listed[name].model}
        for name in known.judges
    ]


def _example(known: Content, release: Release) -> dict[str, Any] | None:
    """The passage of the first example row whose text is here, one with a stance before others."""
    views = {view.article.article_id: view for view in known.views}
    for config in _CONFIGS:
        for row in release.examples.get(config, ()):
            article_id, _, rest = row.partition(":")
            wanted = rest.partition("|")[0]
            if article_id not in views:
                continue
            for passage in views[article_id].passages:
                if place(passage) == wanted:
                    return {"article": article_id, "start": passage.start, "end": passage.end}
    return None
