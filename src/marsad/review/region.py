"""The regions of a task of Label Studio, as an annotation of its article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marsad.annotation import Annotation, Entity, LayerSpan, Stance, span_order
from marsad.inline import UNKNOWN
from marsad.label import Layer
from marsad.passage import Span, lines, passages
from marsad.review import line_region
from marsad.review.line_region import Marked
from marsad.review.task import shown

Wrong = tuple[str, str]  # what was found, and the mend

# The controls that mark a region, each with its layer, and what others may say of it.
MARKS = {"structure": {"topics"}, "ner": {"entity_id"}, "stance": {"holder", "target"}}
_KINDS = {"entity_id": "text", "holder": "text", "target": "choices", "topics": "choices"}
_AGAIN = "mark it again in Label Studio"


def annotation(
    result: Sequence[Mapping[str, Any]],
    text: str,
    article_id: str,
    sha256: str,
    layers: Mapping[str, Layer],
) -> tuple[Annotation, list[Wrong]]:
    """The annotation that the regions say, with everything wrong in their form, each naming its
    region. Only if nothing is, the annotation is whole; what it must hold to beside its form is
    `marsad.rule`'s to say."""
    reading = _Reading(text, layers)
    marked = reading.regions(result)
    structure, topic = line_region.read(
        [one for one in marked if one.layer == "structure"], text, layers, reading.fault
    )
    said = {span.start: span.label for span in structure}
    reading.numbers = {n.number: said[n.start] for n in lines(text) if n.start in said}
    ner = [
        Entity(*one.place, one.label, reading.one(one, "entity_id"))
        for one in marked
        if one.layer == "ner"
    ]
    found = passages(text, reading.numbers)
    stance = reading.stances(marked, [Span(place.start, place.end) for place in found])
    ordered: list[Sequence[LayerSpan]] = [
        sorted(spans, key=span_order) for spans in (structure, topic, stance, ner)
    ]
    read: Any = [tuple(spans) for spans in ordered]
    return Annotation(article_id, sha256, *read), list(dict.fromkeys(reading.wrong))


class _Reading:
    """Reads the regions of one task, and gathers what is wrong with them."""

    def __init__(self, text: str, layers: Mapping[str, Layer]) -> None:
        self.text, self.shown, self.layers = text, shown(text), layers
        self.wrong: list[Wrong] = []
        self.numbers: dict[int, str] = {}

    def fault(self, region: str, found: str, mend: str) -> None:
        self.wrong.append((f"region {region}: {found}", mend))

    def regions(self, result: Sequence[Mapping[str, Any]]) -> list[Marked]:
        marked: dict[str, Marked] = {}
        rest = []
        for one in result:
            if one.get("from_name") not in MARKS:
                rest.append(one)
            elif region := self.mark(one):
                if region.name in marked:
                    self.fault(region.name, "marked twice", "give it one label")
                marked[region.name] = region
        for one in rest:
            if one.get("type") == "relation":
                self.relate(one, marked)
            else:
                self.say(one, marked)
        return sorted(marked.values(), key=lambda region: region.place)

    def mark(self, one: Mapping[str, Any]) -> Marked | None:
        name, value = str(one.get("id")), one.get("value")
        if not isinstance(value, dict):
            self.fault(name, "has no value", _AGAIN)
            return None
        start, end, held = (value.get(key) for key in ("start", "end", "text"))
        if type(start) is not int or type(end) is not int:
            self.fault(name, f"offsets {start!r}:{end!r}", "export with whole numbers")
            return None
        layer, labels = str(one["from_name"]), value.get("labels")
        if not 0 <= start < end <= len(self.text):
            mend = f"offsets lie in 0:{len(self.text)}, start before end"
            self.fault(name, f"{start}:{end} is outside the text or empty", mend)
            return None
        if not isinstance(held, str):
            self.fault(name, f"{start}:{end} without its text", _AGAIN)
            return None
        if held != (there := self.shown[start:end]):
            found = f"{held[:40]!r} is not at {start}:{end}, where {there[:40]!r} stands"
            self.fault(name, found, _AGAIN)
            return None
        if not isinstance(labels, list) or len(labels) != 1:
            self.fault(name, f"{held[:40]!r} has labels {labels!r}", "give it one label")
            return None
        if labels[0] not in self.layers[layer].names and (layer, labels[0]) != (
            "structure",
            UNKNOWN,
        ):
            mend = f"the labels are {', '.join(self.layers[layer].names)}"
            self.fault(name, f"unknown {layer} label {labels[0]!r} of {held[:40]!r}", mend)
            return None
        return Marked(name, Span(start, end), layer, str(labels[0]))

    def say(self, one: Mapping[str, Any], marked: Mapping[str, Marked]) -> None:
        name, control = str(one.get("id")), str(one.get("from_name"))
        if control not in _KINDS:
            mend = "annotate with the config.xml of the export"
            self.fault(name, f"unknown control {control!r}", mend)
            return
        value = one.get("value")
        given = value.get(_KINDS[control]) if isinstance(value, dict) else None
        given = [given] if isinstance(given, str) else given
        if not isinstance(given, list) or not all(isinstance(item, str) for item in given):
            self.fault(name, f"{control} is {given!r}", "write it again in Label Studio")
            return
        region = marked.get(name)
        if region is None:
            if not any(f"region {name}:" in found for found, _ in self.wrong):
                self.fault(name, f"{control} {given} of a region that is not there", _AGAIN)
            return
        if given and control not in MARKS[region.layer]:
            mend = "it belongs to " + ", ".join(k for k, v in MARKS.items() if control in v)
            self.fault(name, f"{control} {given} of a {region.layer} region", mend)
            return
        region.said.setdefault(control, []).extend(item.strip() for item in given if item.strip())

    def relate(self, one: Mapping[str, Any], marked: Mapping[str, Marked]) -> None:
        ends = [str(one.get(key)) for key in ("from_id", "to_id")]
        name = " to ".join(ends)
        if missing := [end for end in ends if end not in marked]:
            mend = "remove the relation or mark the region"
            self.fault(name, f"relation with {missing[0]}, which is not there", mend)
            return
        layers = [marked[end].layer for end in ends]
        if one.get("direction") == "left" or layers == ["ner", "stance"]:
            ends, layers = ends[::-1], layers[::-1]
        if layers != ["stance", "ner"]:
            mend = "a relation leads from a stance to the mention of its holder"
            self.fault(name, f"relation from {layers[0]} to {layers[1]}", mend)
            return
        marked[ends[0]].holders.append(ends[1])

    def one(self, region: Marked, control: str) -> str | None:
        """The one thing said of a region, None where nothing is."""
        given = region.said.get(control, [])
        if len(set(given)) > 1:
            self.fault(region.name, f"{control} is {', '.join(given)}", "keep one")
        return given[0] if given else None

    def undecided(self) -> bool:
        """Whether lines lack a label, so that it is not known what the passages are."""
        return UNKNOWN in self.numbers.values() or len(self.numbers) < len(lines(self.text))

    def stances(self, marked: Sequence[Marked], places: Sequence[Span]) -> list[Stance]:
        found = []
        by_name = {one.name: one for one in marked}
        for one in marked:
            if one.layer != "stance":
                continue
            shows = f"stance {self.text[slice(*one.place)][:40]!r}"
            holder, target = self.one(one, "holder"), self.one(one, "target")
            linked = {self.one(by_name[name], "entity_id") for name in one.holders}
            holders = sorted({*([holder] if holder else []), *(x for x in linked if x)})
            within = [p for p in places if p.start <= one.place.start and one.place.end <= p.end]
            if len(holders) != 1:
                says = f"has the holders {', '.join(holders)}" if holders else "has no holder"
                mend = "write one id, or relate it to one linked mention"
                self.fault(one.name, f"{shows} {says}", mend)
            elif target is None:
                self.fault(one.name, f"{shows} has no target", "choose one")
            elif target not in self.layers["stance"].target_names:
                mend = f"the targets are {', '.join(self.layers['stance'].target_names)}"
                self.fault(one.name, f"unknown target {target!r}", mend)
            elif not within:
                if self.undecided():
                    continue
                self.fault(one.name, f"{shows} lies in no one passage", "mark it inside of one")
            else:
                found.append(Stance(*within[0], holders[0], target, one.label, *one.place))
        return found
