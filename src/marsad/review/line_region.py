"""The regions of lines in a task of Label Studio, as line labels and topics of passages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marsad.annotation import LineLabel, PassageTopics
from marsad.inline import UNKNOWN
from marsad.label import Layer
from marsad.passage import Line, Span, lines, passages
from marsad.review.task import parts

Tell = Callable[[str, str, str], None]  # of a region, what was found, the mend


@dataclass
class Marked:
    """One region: its name, the layer that marks it, its label, and what else is said of it, by
    control. `holders` are the regions that relations lead to."""

    name: str
    place: Span
    layer: str
    label: str
    said: dict[str, list[str]] = field(default_factory=dict)
    holders: list[str] = field(default_factory=list)


def read(
    marked: Sequence[Marked], text: str, layers: Mapping[str, Layer], tell: Tell
) -> tuple[list[LineLabel], list[PassageTopics]]:
    """The labels of lines and the topics of passages; what is wrong is told. A line may be marked
    as a whole or in its parts, and with the white space around it."""
    everything = lines(text)
    by_line: dict[int, list[Marked]] = defaultdict(list)
    for region in marked:
        line = next((n for n in everything if n.start <= region.place.start < n.end), None)
        if line is None or region.place.end > line.end:
            tell(region.name, "a line label on what is no line", "mark each line by itself")
        else:
            by_line[line.number].append(region)
    order = {name: at for at, name in enumerate(layers["topic"].names)}
    labels, topics = [], []
    for line in everything:
        if given := by_line.get(line.number):
            labels.append(LineLabel(line.start, line.end, given[0].label))
            for place, names in _topics(line, given, text, tell):
                ordered = sorted(names, key=lambda name: (order.get(name, -1), name))
                topics.append(PassageTopics(*place, tuple(ordered)))
    return labels, topics


def _topics(
    line: Line, given: Sequence[Marked], text: str, tell: Tell
) -> Iterator[tuple[Span, set[str]]]:
    """The passages of a line, each with its topics."""
    where, label = f"raw line {line.number}", given[0].label
    if label == UNKNOWN or any(region.label != label for region in given):
        labels = ", ".join(sorted({region.label for region in given}))
        mend = "label it" if labels == UNKNOWN else "give its parts one label"
        tell(given[0].name, f"{where} is {labels}", mend)
        return
    wanted = [Span(p.start, p.end) for p in passages(text, {line.number: label})]
    pieces = set(parts(text, line, UNKNOWN))
    known = {line.inner, *pieces}
    said: dict[Span, set[str]] = {place: set() for place in wanted}
    covered: set[Span] = set()
    for region in given:
        place = _trimmed(region.place, text)
        inside = [p for p in wanted if place.start <= p.start and p.end <= place.end]
        around = [p for p in wanted if p.start <= place.start and place.end <= p.end]
        topics = region.said.get("topics", [])
        if place not in known:
            mend = f"mark it whole: {', '.join(f'{s}:{e}' for s, e in sorted(known))}"
            tell(region.name, f"a part of {where}", mend)
        elif topics and not wanted:
            found = f"topics {', '.join(topics)} of {label}"
            tell(region.name, found, "remove them or the label")
        elif len(inside) > 1 and topics:
            mend = f"mark its passages one by one: {', '.join(f'{s}:{e}' for s, e in inside)}"
            tell(region.name, f"topics of {where}, which is several passages", mend)
        elif around:
            said[around[0]].update(topics)
        covered.add(place)
    if line.inner not in covered and covered <= known and not pieces <= covered:
        start, end = min(pieces - covered)
        tell(given[0].name, f"{start}:{end} of {where} has no label", "label it too")
    yield from said.items()


def _trimmed(place: Span, text: str) -> Span:
    part = text[place.start : place.end]
    start = place.start + len(part) - len(part.lstrip())
    return Span(start, start + len(part.strip()))
