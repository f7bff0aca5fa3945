"""How the annotations changed: gold by layer, judgements, the labels, the catalogue."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.diff.folder import Both, Folder, InOut, Record, Was, in_out, values
from marsad.rooms import LAYERS

ENTITIES = "annotations/entities.jsonl"
GUIDELINES = "annotations/GUIDELINES.md"
# What a span is about, apart from its label; the rest of it is where its evidence or link is.
PLACES = {"stance": ("passage_start", "passage_end", "holder", "target")}
_VERSION = re.compile(r"^Version (\d+)", re.MULTILINE)


@dataclass(frozen=True)
class SpanChange:
    """A span of an article that is in both states: `kind` is added, removed, relabelled (same
    place, other label) or refined (same place and label, other evidence or entity)."""

    article_id: str
    kind: str
    old: Record | None
    new: Record | None


@dataclass(frozen=True)
class Gold:
    """A layer's gold. `spans` are the changes within articles that both states annotate, `added`
    and `removed` the annotated articles that one state alone has, with their spans by label."""

    spans: tuple[SpanChange, ...]
    articles: InOut[str]
    added: Mapping[str, int]
    removed: Mapping[str, int]


@dataclass(frozen=True)
class Labels:
    """A layer's labels.toml: names in and out, whether the others stand in another order, and the
    changed values of those that stayed."""

    version: Was | None
    labels: InOut[str]
    targets: InOut[str]
    reordered: bool
    values: Mapping[str, Mapping[str, Was]]


@dataclass(frozen=True)
class Judgements:
    """One annotator's articles of one layer; what is on record is never changed afterwards."""

    annotator: str
    layer: str
    articles: InOut[str]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Entities in and out; `renamed` has the changed names and types, `aliases` those whose
    surface forms changed."""

    entities: InOut[str]
    renamed: Mapping[str, Mapping[str, Was]]
    aliases: tuple[str, ...]


@dataclass(frozen=True)
class Annotations:
    """The change of all that was annotated; only what changed has an entry."""

    gold: Mapping[str, Gold]
    labels: Mapping[str, Labels]
    judgements: tuple[Judgements, ...]
    catalogue: Catalogue
    guidelines: Was | None


def compare(both: Both) -> Annotations:
    gold, labels, judged = {}, {}, []
    if not both.comparable("annotations", "annotations"):
        return Annotations({}, {}, (), Catalogue(InOut(), {}, ()), None)
    for layer in LAYERS:
        file = f"annotations/{layer}/gold.jsonl"
        if both.comparable(file, f"labels of {layer}") and not both.same(file):
            gold[layer] = _gold(both, layer, file)
        file = f"annotations/{layer}/labels.toml"
        if both.comparable(file, f"label names of {layer}") and not both.same(file):
            found = _labels(both, file)
            if found != Labels(None, InOut(), InOut(), False, {}):
                labels[layer] = found
        for file in both.files(f"annotations/{layer}/judgements/*.jsonl"):
            if not both.same(file):
                annotator = file.rpartition("/")[2].removesuffix(".jsonl")
                judged.append(_judgements(both, annotator, layer, file))
    versions = [_guidelines(of) for of in (both.old, both.new)]
    return Annotations(
        {layer: found for layer, found in gold.items() if found.spans or found.articles},
        labels,
        tuple(one for one in judged if one.articles or one.changed),
        _catalogue(both),
        Was(*versions) if versions[0] != versions[1] else None,
    )


def label_of(span: Mapping[str, Any]) -> str:
    """A span's label; the topics of a passage as one."""
    return "+".join(map(str, span["topics"])) if "topics" in span else str(span.get("label"))


def _gold(both: Both, layer: str, file: str) -> Gold:
    old, new = both.differing(file, "article_id")
    articles = in_out(sorted(old), sorted(new))
    spans = [
        change
        for name in sorted(old.keys() & new.keys())
        for change in changes(
            name,
            PLACES.get(layer, ("start", "end")),
            _read(both.old, file, old[name]),
            _read(both.new, file, new[name]),
        )
    ]
    return Gold(
        tuple(spans),
        articles,
        _counted(span for name in articles.added for span in _read(both.new, file, new[name])),
        _counted(span for name in articles.removed for span in _read(both.old, file, old[name])),
    )


def _read(folder: Folder, file: str, record: Record) -> list[Record]:
    spans: Any = record.get("spans")
    whole = isinstance(spans, list) and all(
        isinstance(span, dict) and isinstance(span.get("topics", []), list) for span in spans
    )
    if not whole:
        raise folder.fault(file, 0, f"{record['article_id']}: no list of spans")
    return list(spans)


def _counted(spans: Iterator[Record]) -> dict[str, int]:
    """Spans by label; a passage counts once for each of its topics."""
    labels = (label for span in spans for label in span.get("topics", [label_of(span)]))
    return dict(sorted(Counter(map(str, labels)).items()))


def changes(
    article_id: str, place: Sequence[str], old: Sequence[Record], new: Sequence[Record]
) -> Iterator[SpanChange]:
    """Pairs the spans of each place: the same ones, then those of one label, then any."""
    at: dict[str, tuple[list[Record], list[Record]]] = defaultdict(lambda: ([], []))
    for side, spans in enumerate((old, new)):
        for span in spans:
            at[json.dumps([span.get(key) for key in place])][side].append(span)
    for before, after in at.values():
        left, right = list(before), list(after)
        for span in before:
            if span in right:
                left.remove(span)
                right.remove(span)
        for span in sorted(left, key=_order):
            twin = next(
                (o for o in sorted(right, key=_order) if label_of(o) == label_of(span)), None
            )
            if twin is not None:
                left.remove(span)
                right.remove(twin)
                yield SpanChange(article_id, "refined", span, twin)
        left.sort(key=_order)
        right.sort(key=_order)
        paired = min(len(left), len(right))
        for one, other in zip(left, right, strict=False):
            yield SpanChange(article_id, "relabelled", one, other)
        for span in left[paired:]:
            yield SpanChange(article_id, "removed", span, None)
        for span in right[paired:]:
            yield SpanChange(article_id, "added", None, span)


def _order(span: Record) -> str:
    return json.dumps(span, sort_keys=True)


def _labels(both: Both, file: str) -> Labels:
    old, new = both.old.toml(file), both.new.toml(file)
    named = [
        {kind: of.tables(file, kind, "name") for kind in ("label", "target")}
        for of in (both.old, both.new)
    ]
    common = named[0]["label"].keys() & named[1]["label"].keys()
    stayed = [[name for name in of["label"] if name in common] for of in named]
    changed = {
        str(name): found
        for kind in ("label", "target")
        for name, row in named[1][kind].items()
        if (found := values(named[0][kind].get(name, row), row))
    }
    versions = old.get("version"), new.get("version")
    return Labels(
        Was(*versions) if versions[0] != versions[1] else None,
        in_out(named[0]["label"], named[1]["label"]),
        in_out(named[0]["target"], named[1]["target"]),
        stayed[0] != stayed[1],
        changed,
    )


def _judgements(both: Both, annotator: str, layer: str, file: str) -> Judgements:
    old, new = both.differing(file, "article_id")
    changed = [name for name in sorted(old.keys() & new.keys()) if old[name] != new[name]]
    return Judgements(annotator, layer, in_out(sorted(old), sorted(new)), tuple(changed))


def _catalogue(both: Both) -> Catalogue:
    if not both.comparable(ENTITIES, "the catalogue") or both.same(ENTITIES):
        return Catalogue(InOut(), {}, ())
    old, new = both.differing(ENTITIES, "entity_id")
    changed = {name: values(old[name], new[name]) for name in sorted(old.keys() & new.keys())}
    renamed = {
        name: {key: was for key, was in found.items() if key != "aliases"}
        for name, found in changed.items()
        if set(found) - {"aliases"}
    }
    aliases = tuple(name for name, found in changed.items() if "aliases" in found)
    return Catalogue(in_out(sorted(old), sorted(new)), renamed, aliases)


def _guidelines(folder: Folder) -> int | None:
    found = _VERSION.search(folder.text(GUIDELINES) or "")
    return int(found[1]) if found else None
