"""The change of the annotations in words: gold by layer, label files, judgements, catalogue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from marsad.diff.layer import Annotations, Gold, Judgements, Labels, SpanChange, label_of
from marsad.diff.wording import arrow, by_label, cut, moves, named, number

# What one span of a layer is called.
SPANS = {"structure": "line", "topic": "passage", "stance": "stance", "ner": "mention"}


def told(found: Annotations) -> Iterator[str]:
    """A text for each thing that changed."""
    for layer, gold in found.gold.items():
        yield from _gold(layer, gold)
    for layer, labels in found.labels.items():
        yield from _labels(layer, labels)
    yield from _judgements(found.judgements)
    catalogue = found.catalogue
    if catalogue.entities:
        yield f"Entities of the catalogue: {moves(catalogue.entities)}."
    if catalogue.renamed:
        names = (
            f"`{name}` ({', '.join(arrow(was) for was in changed.values())})"
            for name, changed in catalogue.renamed.items()
        )
        yield f"{number(catalogue.renamed, 'entity')} renamed: {cut(names)}."
    if catalogue.aliases:
        yield f"Other aliases of {number(catalogue.aliases, 'entity')}."
    if found.guidelines:
        yield f"Guidelines version {arrow(found.guidelines)}."


def _gold(layer: str, found: Gold) -> Iterator[str]:
    noun = SPANS[layer]
    for names, labels, way in (
        (found.articles.added, found.added, "newly annotated"),
        (found.articles.removed, found.removed, "no longer annotated"),
    ):
        if names:
            yield f"Labels of `{layer}`, {number(names, 'article')} {way}: {by_label(labels)}."
    if not found.spans:
        return
    touched = dict.fromkeys(change.article_id for change in found.spans)
    parts = []
    for kind, says in (("added", "added"), ("removed", "removed"), ("relabelled", "relabelled")):
        changes = [change for change in found.spans if change.kind == kind]
        if changes:
            parts.append(f"{number(changes, noun)} {says} ({cut(_kinds(changes))})")
    refined = [change for change in found.spans if change.kind == "refined"]
    if refined:
        what = {"ner": "linked to another entity", "stance": "with other evidence"}
        parts.append(f"{number(refined, noun)} {what.get(layer, 'changed otherwise')}")
    articles = f"in {number(touched, 'earlier article')} ({named(touched)})"
    yield f"Labels of `{layer}` changed {articles}: {', '.join(parts)}."


def _kinds(changes: Sequence[SpanChange]) -> Iterator[str]:
    """Changes of one kind by label, the most frequent first."""
    labels = Counter(
        " → ".join(f"`{label_of(span)}`" for span in (change.old, change.new) if span)
        for change in changes
    )
    for label, count in sorted(labels.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count} {label}"


def _labels(layer: str, found: Labels) -> Iterator[str]:
    if found.version:
        yield f"Label file of `{layer}`: version {arrow(found.version)}."
    for what, changed in (("Labels", found.labels), ("Targets", found.targets)):
        if changed:
            yield f"{what} of `{layer}`: {moves(changed)}."
    if found.reordered:
        yield f"Labels of `{layer}` stand in another order, so that their numbers changed."
    keys: dict[str, list[str]] = defaultdict(list)
    for name, values in found.values.items():
        for key in values:
            keys[key].append(name)
    for key, names in sorted(keys.items()):
        yield f"`{key}` changed of {number(names, 'label')} of `{layer}`: {named(names)}."


def _judgements(found: Sequence[Judgements]) -> Iterator[str]:
    """A line for each thing that happened, with the annotators and layers it happened to."""
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for one in found:
        for names, says in (
            (one.articles.added, "newly judged"),
            (one.articles.removed, "no longer with a judgement"),
            (one.changed, "**with a changed judgement; what is on record must not change**"),
        ):
            if names:
                said[f"{number(names, 'article')} {says}"][one.annotator].append(one.layer)
    for what, layers in said.items():
        of = defaultdict(list)
        for annotator, among in layers.items():
            of[", ".join(among)].append(annotator)
        whom = "; ".join(f"{' and '.join(names)} ({among})" for among, names in of.items())
        yield f"Judgements: {what} by {whom}."
