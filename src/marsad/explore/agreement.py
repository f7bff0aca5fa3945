"""How far the judges agree, before adjudication, and how gold is balanced."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from marsad import agreement_report
from marsad.dataset import ArticleView
from marsad.explore.content import Content
from marsad.rooms import LAYERS
from marsad.split import SPLITS

# The figures that stand for a layer, as in README.
HEADLINES = {
    "structure": ("accuracy", "alpha"),
    "topic": ("alpha",),
    "stance": ("shared_alpha", "pair_f1", "alpha"),
    "ner": ("f1", "linking"),
}


def agreement(known: Content) -> dict[str, Any]:
    """`agreement`; no part of it where nothing was judged."""
    judges = sorted(name for name, judged in known.judges.items() if judged)
    names = agreement_report.parts(known.home) if judges else ()
    found = agreement_report.reports(known.home, names, known.judges, labels=True) if names else []
    return {
        "judges": judges,
        "parts": {part["split"]: _part(known, part) for part in found},
        "balance": balance(known),
    }


def _part(known: Content, found: Mapping[str, Any]) -> dict[str, Any]:
    """A report's figures; one that is of nothing is left out, and a label that nobody gave is
    there, so that all parts have the same."""
    never = {"f1": 0.0, "first": 0, "second": 0}
    return {
        "articles": found["articles"],
        "figures": {
            layer: {
                name: found[layer][name] for name in names if not math.isnan(found[layer][name])
            }
            for layer, names in HEADLINES.items()
        },
        "labels": {
            layer: {
                label: found["by_label"][layer].get(label, never) for label in known.labels[layer]
            }
            for layer in LAYERS
        },
    }


def balance(known: Content) -> dict[str, Any]:
    """What gold has of each label in each split, over the articles of the site."""
    units: Counter[tuple[str, str, str]] = Counter()
    articles: Counter[tuple[str, str, str]] = Counter()
    targets: Counter[tuple[str, str]] = Counter()
    for view in known.views:
        split = known.split(view)
        units.update((layer, label, split) for layer, label in _units(view))
        articles.update(
            (kind, value, split)
            for kind, value in (("tier", view.article.tier), ("genre", view.article.genre))
        )
        targets.update((span.target, span.label) for span in view.gold.stance)

    def by_split(counts: Counter[tuple[str, str, str]], kind: str, name: str) -> list[int]:
        return [counts[kind, name, split] for split in SPLITS]

    def groups(kind: str) -> dict[str, list[int]]:
        names = sorted({value for of, value, _ in articles if of == kind})
        return {name: by_split(articles, kind, name) for name in names}

    return {
        "splits": list(SPLITS),
        "layers": {
            layer: {label: by_split(units, layer, label) for label in known.labels[layer]}
            for layer in LAYERS
        },
        "targets": {
            target: [targets[target, label] for label in known.labels["stance"]]
            for target in known.targets
        },
        "tiers": groups("tier"),
        "genres": groups("genre"),
    }


def _units(view: ArticleView) -> Iterator[tuple[str, str]]:
    """Layer and label of every unit of gold: lines, topics of passages, pairs, mentions."""
    yield from (("structure", label) for label in view.labels.values())
    yield from (("topic", topic) for span in view.gold.topic for topic in span.topics)
    yield from (("stance", span.label) for span in view.gold.stance)
    yield from (("ner", span.label) for span in view.gold.ner)
