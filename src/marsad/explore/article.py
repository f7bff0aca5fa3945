"""The data file of an article: its text, what is known of it, and each reading of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marsad.annotation import Annotation, span_order
from marsad.dataset import ArticleView
from marsad.explore.content import Content, place
from marsad.passage import lines

GOLD = "gold"
_SOURCE = ("title", "publisher", "date")


def article(known: Content, view: ArticleView, predicted: Sequence[str]) -> dict[str, Any]:
    """`article/ID`; `predicted` are the baselines that have answers for it."""
    one = view.article
    readings = {GOLD: view.gold} | {
        name: judged[one.article_id]
        for name, judged in known.judges.items()
        if one.article_id in judged
    }
    return {
        "id": one.article_id,
        "raw": view.raw,
        "sha256": one.sha256,
        "file": one.name,
        "tier": one.tier,
        "outlet": one.outlet,
        "published": one.published,
        "published_basis": one.published_basis,
        "event": one.event,
        "genre": one.genre,
        "author": one.author,
        "rights": one.rights,
        "split": known.split(view),
        "sources": [{key: str(of.get(key, "")) for key in _SOURCE} for of in one.sources],
        "lines": [(line.number, line.start, line.end) for line in lines(view.raw)],
        "passages": [(p.start, p.end, place(p)) for p in view.passages],
        "readings": {name: reading(known, view.raw, of) for name, of in readings.items()},
        "names": names(known, readings.values()),
        "predicted": predicted,
    }


def reading(known: Content, raw: str, given: Annotation) -> dict[str, Any]:
    """What an annotation says of all layers."""
    labels = known.labels
    lined = {(s.start, s.end): labels["structure"][s.label] for s in given.structure}
    return {
        "structure": [lined.get((line.start, line.end), -1) for line in lines(raw)],
        "topic": [
            (s.start, s.end, sorted(labels["topic"][topic] for topic in s.topics))
            for s in sorted(given.topic)
        ],
        "stance": [
            (
                *(s.passage_start, s.passage_end, s.holder),
                *(known.targets[s.target], labels["stance"][s.label], s.start, s.end),
            )
            for s in sorted(given.stance, key=span_order)
        ],
        "ner": [
            (s.start, s.end, labels["ner"][s.label], s.entity_id)
            for s in sorted(given.ner, key=span_order)
        ],
    }


def names(known: Content, readings: Any) -> dict[str, tuple[str, str, int]]:
    """The names of all holders and entities of these annotations, by id, with their type."""
    met = {
        one
        for given in readings
        for one in (*(s.holder for s in given.stance), *(s.entity_id for s in given.ner))
        if one is not None
    }
    return {one: (*known.name(one), known.entity_type(one)) for one in sorted(met)}
