"""A corpus of any number of articles, made for trying how fast the explorer is; never part of the
dataset.

An article has the layout of an authored one. Its headline, its paragraphs and its boilerplate are
drawn from other authored articles, each with what gold and the judges say of it, moved to where it
stands now; so every label is as true to its text as it was. Only lines that all readings label
alike are drawn; the others stay where they were. Dates, outlets, genres and events are drawn too.
The same number of articles is the same text, whenever and wherever it is made.

    PYTHONPATH=src:tests python -m large_corpus 2000 /tmp/large
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from made_corpus import Made, readings_of, record_of, write
from marsad import article, rooms
from marsad.annotation import KINDS, Annotation, LayerSpan, LineLabel
from marsad.passage import lines
from marsad.rooms import LAYERS, Rooms

SEED = 20261122
AN_EVENT = 5  # articles
FIRST_DAY = date(2014, 1, 1)
DAYS = 4_300
_PLACES = {
    kind: {f.name for f in fields(kind)} & {"start", "end", "passage_start", "passage_end"}
    for kind in KINDS.values()
}


@dataclass(frozen=True)
class Line:
    """A raw line that is not blank, with the white space before it, and what each reading says of
    it: by reading and layer the spans, offsets counted from the line's start."""

    before: str
    text: str
    said: Mapping[str, Mapping[str, tuple[LayerSpan, ...]]]

    @cached_property
    def label(self) -> str | None:
        """The structure label that all readings agree on."""
        given = {
            span.label
            for layers in self.said.values()
            for span in layers["structure"]
            if isinstance(span, LineLabel)
        }
        return given.pop() if len(given) == 1 else None


def make(home: Rooms, root: Path, count: int = 2000, seed: int = SEED) -> Rooms:
    """Writes a folder of so many articles, for `marsad explore --root`."""
    return write(home, root, articles(home, count, seed))


def articles(home: Rooms, count: int, seed: int = SEED) -> list[Made]:
    """So many articles, with differing headlines."""
    draw = random.Random(seed)
    known = [one for one in article.read_here(home) if one.tier == "authored"]
    readings = readings_of(home, known)
    pages = {one.article_id: _lines(one.raw, one.article_id, readings) for one in known}
    pool: dict[str, list[Line]] = {"headline": [], "body": [], "boilerplate": []}
    for page in pages.values():
        for line in page:
            if line.label:
                pool[line.label].append(line)
    layouts = [one for one in known if any(n.label == "headline" for n in pages[one.article_id])]
    titles = pool["headline"]
    draw.shuffle(titles)
    outlets = sorted({one.outlet for one in known if one.outlet})
    used: Counter[str] = Counter()
    made = []
    for number in range(count):
        like = draw.choice(layouts)
        page = []
        for line in pages[like.article_id]:
            other = line
            if line.label == "headline":
                other = titles[number % len(titles)]
                used[other.text] += 1
                if used[other.text] > 1:
                    other = _titled(other, f" ({used[other.text]})")
            elif line.label:
                other = draw.choice(pool[line.label])
            page.append(replace(other, before=line.before))
        event = f"made_event_{number // AN_EVENT:04d}"
        record = record_of(
            f"made_{number:05d}",
            event,
            tier="ingested" if number // AN_EVENT % 7 == 3 else "authored",
            outlet=draw.choice([*outlets, None]),
            published=_day(draw),
            genre=draw.choice(known).genre,
            sources=list(like.sources),
        )
        made.append(_joined(record, page, _end(like.raw)))
    return made


def _lines(
    raw: str, article_id: str, readings: Mapping[str, Mapping[str, Annotation]]
) -> list[Line]:
    """An article's lines with what is said of each."""
    found = []
    last = 0
    for line in lines(raw):
        said: dict[str, dict[str, tuple[LayerSpan, ...]]] = {}
        for name, read in readings.items():
            said[name] = {
                layer: tuple(
                    _moved(span, -line.start)
                    for span in read[article_id].layer(layer)
                    if line.start <= span.start < line.end
                )
                for layer in LAYERS
            }
        found.append(Line(raw[last : line.start], raw[line.start : line.end], said))
        last = line.end
    return found


def _moved(span: LayerSpan, by: int) -> LayerSpan:
    """A span so many code points on. There are half a million: a frozen dataclass is made four
    times as fast past its constructor."""
    moved = object.__new__(type(span))
    known = vars(moved)
    known.update(vars(span))
    for name in _PLACES[type(span)]:
        known[name] += by
    return moved


def _titled(line: Line, suffix: str) -> Line:
    """A headline with some more at its end; the passage, which it is, grows with it."""
    inner = len(line.text.rstrip())
    grown = {
        "structure": lambda span: replace(span, end=span.end + len(suffix)),
        "topic": lambda span: replace(span, end=span.end + len(suffix)),
        "stance": lambda span: replace(span, passage_end=span.passage_end + len(suffix)),
        "ner": lambda span: span,
    }
    said = {
        name: {layer: tuple(map(grown[layer], spans)) for layer, spans in layers.items()}
        for name, layers in line.said.items()
    }
    return replace(line, text=line.text[:inner] + suffix + line.text[inner:], said=said)


def _joined(record: Mapping[str, Any], page: list[Line], end: str) -> Made:
    raw = ""
    said: dict[str, dict[str, list[LayerSpan]]] = {}
    for line in page:
        raw += line.before
        for name, layers in line.said.items():
            for layer, spans in layers.items():
                kept = said.setdefault(name, {}).setdefault(layer, [])
                kept += (_moved(span, len(raw)) for span in spans)
        raw += line.text
    readings: dict[str, Annotation] = {}
    for name, layers in said.items():
        spans: dict[str, Any] = {layer: tuple(found) for layer, found in layers.items()}
        readings[name] = Annotation(record["article_id"], "", **spans)
    return Made(record, raw + end, readings)


def _end(raw: str) -> str:
    """What stands after the last line."""
    return raw[lines(raw)[-1].end :]


def _day(draw: random.Random) -> str | None:
    day = FIRST_DAY + timedelta(days=draw.randrange(DAYS))
    return None if draw.random() < 0.05 else day.isoformat()


if __name__ == "__main__":
    print(make(rooms.find(), Path(sys.argv[2]), int(sys.argv[1])).root)
