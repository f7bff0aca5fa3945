"""What an annotation must hold to, layer by layer: offsets, tokens, labels, nesting, ids."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping

from marsad.annotation import Annotation, Entity, LayerSpan
from marsad.catalogue import ENTITY_ID, VOICES, CatalogueEntity
from marsad.label import Layer
from marsad.passage import Line, Span, edges, lines, passages

Breach = tuple[str, str]  # what was found, and the mend


def breaches(
    annotation: Annotation,
    raw: str,
    layers: Mapping[str, Layer],
    catalogue: Mapping[str, CatalogueEntity] | None = None,
) -> Iterator[tuple[str, Breach]]:
    """Every breach of the rules, with its layer. Without a catalogue, ids are held to their form
    alone: a judgement may name an entity that adjudication gives another id."""
    article = _Article(annotation, raw, layers, catalogue)
    for layer in ("structure", "topic", "stance", "ner"):
        for breach in getattr(article, layer)():
            yield layer, breach


def breaches_unread(
    annotation: Annotation,
    characters: int,
    layers: Mapping[str, Layer],
    catalogue: Mapping[str, CatalogueEntity] | None = None,
) -> Iterator[tuple[str, Breach]]:
    """The breaches that can be told of a referenced article without its text, of which only the
    length is known: spans outside it, labels, ids, spans that cross. Lines, passages and token
    boundaries are taken as the annotation has them."""
    article = _Unread(annotation, characters, layers, catalogue)
    for layer in ("structure", "topic", "stance", "ner"):
        for breach in getattr(article, layer)():
            yield layer, breach


class _Article:
    def __init__(
        self,
        annotation: Annotation,
        raw: str,
        layers: Mapping[str, Layer],
        catalogue: Mapping[str, CatalogueEntity] | None,
    ) -> None:
        self.annotation, self.raw, self.layers = annotation, raw, layers
        self.catalogue, self.characters = catalogue, len(raw)
        self.lines = lines(raw)
        labelled = {(span.start, span.end): span.label for span in annotation.structure}
        numbers = {
            line.number: labelled[line.start, line.end]
            for line in self.lines
            if (line.start, line.end) in labelled
        }
        self.passages = [(p.start, p.end) for p in passages(raw, numbers)]
        self.starts: Container[int]
        self.ends: Container[int]
        self.starts, self.ends = edges(raw)

    def show(self, span: LayerSpan) -> str:
        text = self.raw[span.start : span.end]
        return f"{text[:40]!r} at {span.start}:{span.end}"

    def line_of(self, offset: int) -> int:
        return max((n.number for n in self.lines if n.start <= offset), default=0)

    def bounds(self, span: LayerSpan) -> Iterator[Breach]:
        if not 0 <= span.start < span.end <= self.characters:
            mend = f"offsets lie in 0:{self.characters}, start before end"
            yield f"span {span.start}:{span.end} is outside the text or empty", mend
        elif span.start not in self.starts or span.end not in self.ends:
            found = f"{self.show(span)} on raw line {self.line_of(span.start)} cuts a token"
            yield found, "begin and end spans at token boundaries"

    def in_passage(self, span: LayerSpan) -> bool:
        at = bisect_right(self.passages, span.start, key=lambda place: place[0]) - 1
        return at >= 0 and span.start < span.end <= self.passages[at][1]

    def known(self, layer: str, label: str, span: LayerSpan) -> Iterator[Breach]:
        names = self.layers[layer].names
        if label not in names:
            mend = f"the labels are {', '.join(names)}"
            yield f"unknown label {label!r} for {self.show(span)}", mend

    def structure(self) -> Iterator[Breach]:
        wanted = {(line.start, line.end): line.number for line in self.lines}
        seen: set[tuple[int, int]] = set()
        for span in self.annotation.structure:
            place = (span.start, span.end)
            if place not in wanted:
                yield f"{self.show(span)} is no raw line", "give a line its whole extent"
            elif place in seen:
                yield f"raw line {wanted[place]} is labelled twice", "keep one label"
            seen.add(place)
            yield from self.known("structure", span.label, span)
        for place in sorted(set(wanted) - seen):
            yield f"raw line {wanted[place]} has no label", "label every line that is not blank"
        titles = sum(span.label == "headline" for span in self.annotation.structure)
        if titles > 1:
            yield f"{titles} headlines", "an article has one headline"

    def topic(self) -> Iterator[Breach]:
        order = {name: at for at, name in enumerate(self.layers["topic"].names)}
        seen: set[tuple[int, int]] = set()
        for span in self.annotation.topic:
            place = (span.start, span.end)
            if place not in self.passages:
                mend = "topics belong to the passages that the structure layer makes"
                yield f"{self.show(span)} is no passage", mend
            elif place in seen:
                yield f"passage {self.show(span)} stands twice", "keep one"
            seen.add(place)
            for topic in span.topics:
                yield from self.known("topic", topic, span)
            if not span.topics:
                yield f"passage {self.show(span)} has no topic", "give it one or more"
            ordered = sorted(set(span.topics), key=lambda name: order.get(name, -1))
            if list(span.topics) != ordered:
                mend = "write each once, in the order of labels.toml"
                yield f"topics {', '.join(span.topics)} of {self.show(span)}", mend
        for start, end in sorted(set(self.passages) - seen):
            yield f"passage {start}:{end} has no topics", "give it one or more"

    def stance(self) -> Iterator[Breach]:
        seen: set[tuple[int, str, str]] = set()
        targets = self.layers["stance"].target_names
        for span in self.annotation.stance:
            if (span.passage_start, span.passage_end) not in self.passages:
                found = f"{span.passage_start}:{span.passage_end} is no passage"
                yield found, "name the passage that the structure layer makes"
            elif not span.passage_start <= span.start < span.end <= span.passage_end:
                yield f"evidence {self.show(span)} is outside its passage", "mark it inside"
            yield from self.bounds(span)
            yield from self.known("stance", span.label, span)
            if span.target not in targets:
                mend = f"the targets are {', '.join(targets)}"
                yield f"unknown target {span.target!r} for {self.show(span)}", mend
            if span.holder not in VOICES:
                yield from self.id(span.holder, f"holder of {self.show(span)}")
            key = (span.passage_start, span.holder, span.target)
            if key in seen:
                found = f"two stances of {span.holder} toward {span.target} in one passage"
                yield found, f"keep one; the passage begins at {span.passage_start}"
            seen.add(key)

    def ner(self) -> Iterator[Breach]:
        linked = self.layers["ner"].linked
        seen: set[tuple[int, int, str]] = set()
        open_spans: list[Entity] = []
        for span in sorted(self.annotation.ner, key=lambda e: (e.start, -e.end)):
            yield from self.bounds(span)
            yield from self.known("ner", span.label, span)
            if not self.in_passage(span):
                yield f"{self.show(span)} lies in no passage", "boilerplate has no entities"
            key = (span.start, span.end, span.label)
            if key in seen:
                yield f"{span.label} {self.show(span)} stands twice", "keep one"
            seen.add(key)
            while open_spans and open_spans[-1].end <= span.start:
                open_spans.pop()
            if open_spans and span.end > open_spans[-1].end:
                found = f"{self.show(span)} crosses {self.show(open_spans[-1])}"
                yield found, "spans may nest, never cross"
            for outer in open_spans:
                if span.entity_id and (outer.label, outer.entity_id) == (
                    span.label,
                    span.entity_id,
                ):
                    found = f"{span.entity_id} in itself: {self.show(span)}"
                    yield found, "keep the outer span"
            open_spans.append(span)
            if span.label in linked and not span.entity_id:
                yield f"{span.label} {self.show(span)} has no entity id", "link it"
            elif span.entity_id and span.label not in linked:
                yield f"{span.label} {self.show(span)} has an entity id", "remove the id"
            elif span.entity_id:
                yield from self.id(span.entity_id, self.show(span))
                entry = (self.catalogue or {}).get(span.entity_id)
                if entry and entry.type != span.label:
                    found = f"{self.show(span)} is {span.label}, {span.entity_id} is {entry.type}"
                    yield found, "use one type, or another entity"

    def id(self, entity_id: str, what: str) -> Iterator[Breach]:
        if not ENTITY_ID.fullmatch(entity_id):
            yield f"{what}: id {entity_id!r}", "write it in snake_case"
        elif self.catalogue is not None and entity_id not in self.catalogue:
            found = f"{what}: {entity_id!r} is not in the catalogue"
            yield found, "add it to annotations/entities.jsonl or correct the id"


class _Unread(_Article):
    """An annotated article whose text is not here."""

    def __init__(
        self,
        annotation: Annotation,
        characters: int,
        layers: Mapping[str, Layer],
        catalogue: Mapping[str, CatalogueEntity] | None,
    ) -> None:
        self.annotation, self.raw, self.layers = annotation, "", layers
        self.catalogue, self.characters = catalogue, characters
        self.lines = tuple(
            Line(number, span.start, span.end, Span(span.start, span.end))
            for number, span in enumerate(annotation.structure, 1)
        )
        self.passages = sorted((span.start, span.end) for span in annotation.topic)
        self.starts = self.ends = range(characters + 1)

    def show(self, span: LayerSpan) -> str:
        return f"span {span.start}:{span.end}"

    def structure(self) -> Iterator[Breach]:
        yield from super().structure()
        for span in self.annotation.structure:
            yield from self.bounds(span)
