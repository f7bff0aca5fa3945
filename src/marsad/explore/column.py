"""The lists of articles, entities and stances, a column each: small, and quick to filter."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from marsad.annotation import span_order
from marsad.article import TIERS
from marsad.explore.content import Content, Places, place
from marsad.fault import DataError, Fault
from marsad.split import SPLITS

_TIERS = (*TIERS, "referenced")


def articles(known: Content) -> dict[str, Any]:
    """`articles`."""
    listed = [view.article for view in known.views]
    splits = [known.split(view) for view in known.views]
    stance = known.labels["stance"]
    values = {
        "tier": _met(_TIERS, (one.tier for one in listed)),
        "outlet": sorted({one.outlet for one in listed if one.outlet is not None}),
        "genre": sorted({one.genre for one in listed}),
        "event": sorted({one.event for one in listed}),
        "split": _met(SPLITS, splits),
    }
    at = {name: Places(of) for name, of in values.items()}
    return {
        "id": [one.article_id for one in listed],
        "headline": [view.headline() for view in known.views],
        "published": [one.published for one in listed],
        "tier": [at["tier"][one.tier] for one in listed],
        "outlet": [-1 if one.outlet is None else at["outlet"][one.outlet] for one in listed],
        "genre": [at["genre"][one.genre] for one in listed],
        "event": [at["event"][one.event] for one in listed],
        "split": [at["split"][one] for one in splits],
        "values": values,
        "topics": [
            sorted({known.labels["topic"][t] for span in view.gold.topic for t in span.topics})
            for view in known.views
        ],
        "stances": [
            sorted(
                {
                    known.targets[span.target] * len(stance) + stance[span.label]
                    for span in view.gold.stance
                }
            )
            for view in known.views
        ],
        "characters": [len(view.raw) for view in known.views],
    }


def entities(known: Content) -> dict[str, Any]:
    """`entities`."""
    mentions: dict[str, list[tuple[int, int, int, str]]] = defaultdict(list)
    holders = set()
    for at, view in enumerate(known.views):
        holders |= {span.holder for span in view.gold.stance}
        for span in sorted(view.gold.ner, key=span_order):
            if span.entity_id is not None:
                form = view.raw[span.start : span.end]
                mentions[span.entity_id].append((at, span.start, span.end, form))
    ids = sorted(one for one in known.corpus.catalogue if one in mentions or one in holders)
    forms = {one: _by_count(form for *_, form in mentions[one]) for one in ids}
    return {
        "id": ids,
        "type": [known.entity_type(one) for one in ids],
        "name_en": [known.name(one)[0] for one in ids],
        "name_ar": [known.name(one)[1] for one in ids],
        "mentions": [_flat(mentions[one], Places(forms[one])) for one in ids],
        "forms": [forms[one] for one in ids],
    }


def stances(known: Content) -> dict[str, Any]:
    """`stances`. Raises DataError where a stance lies in no passage."""
    columns: dict[str, list[Any]] = {
        name: []
        for name in (
            *("article", "passage", "passage_start", "passage_end"),
            *("holder", "target", "label", "start", "end", "evidence"),
        )
    }
    ids = sorted({span.holder for view in known.views for span in view.gold.stance})
    holders = Places(ids)
    for at, view in enumerate(known.views):
        places = {passage.start: place(passage) for passage in view.passages}
        for span in sorted(view.gold.stance, key=span_order):
            if span.passage_start not in places:
                file = known.home.name(known.home.gold("stance"))
                found = f"{view.article.article_id}: no passage at {span.passage_start}"
                raise DataError(Fault(file, 0, found, "run marsad check, and mend what it finds"))
            row = (
                *(at, places[span.passage_start], span.passage_start, span.passage_end),
                *(holders[span.holder], known.targets[span.target]),
                known.labels["stance"][span.label],
                *(span.start, span.end, view.raw[span.start : span.end]),
            )
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
    named = [(one, *known.name(one)) for one in ids]
    return {
        **columns,
        "holders": [{"id": one, "name_en": en, "name_ar": ar} for one, en, ar in named],
    }


def _met(order: Sequence[str], values: Iterable[str]) -> list[str]:
    """The values that there are, in an order of their own, others after them."""
    met = set(values)
    return [name for name in order if name in met] + sorted(met - set(order))


def _by_count(forms: Iterable[str]) -> list[str]:
    counts = Counter(forms)
    return sorted(counts, key=lambda form: (-counts[form], form))


def _flat(mentions: Iterable[tuple[int, int, int, str]], forms: Places) -> list[int]:
    return [number for at, start, end, form in mentions for number in (at, start, end, forms[form])]
