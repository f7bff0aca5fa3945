"""Who annotated: `annotations/annotators.toml`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from marsad import jsonl
from marsad.fault import Fault
from marsad.label import from_table, read_toml, tables
from marsad.rooms import Rooms

KINDS = ("person", "model")  # who may judge and adjudicate


@dataclass(frozen=True)
class Annotator:
    """A person or a model; `role` is judge or adjudicator, `guidelines` the versions worked by. A
    baseline, whose labels are silver, has neither role."""

    name: str
    kind: str
    role: str
    model: str | None = None
    guidelines: tuple[int, ...] = ()


def read_annotators(rooms: Rooms) -> dict[str, Annotator]:
    """The annotators by name. Raises DataError on a key that is unknown or missing."""
    name = name_of(rooms)
    rows = tables(read_toml(rooms.annotations / "annotators.toml", name), "annotator", name)
    people = [from_table(Annotator, row, name) for row in rows]
    return {person.name: person for person in people}


def name_of(rooms: Rooms) -> str:
    return rooms.name(rooms.annotations / "annotators.toml")


def block(rooms: Rooms, name: str) -> str:
    """The lines that list a judge of whom the name is known, and that it was just done."""
    path = rooms.annotations / "GUIDELINES.md"
    version = re.search(r"^Version (\d+)", jsonl.read_text(path, rooms.name(path)), re.MULTILINE)
    head = f'[[annotator]]\nname = "{name}"\nkind = "person"\nrole = "judge"\n'
    return f"{head}guidelines = [{version[1] if version else ''}]\n"


def faults(rooms: Rooms, people: Mapping[str, Annotator]) -> Iterator[Fault]:
    """Who is listed as a judge or adjudicator and cannot be one."""
    for person in people.values():
        if person.role in ("judge", "adjudicator") and person.kind not in KINDS:
            found = f"{person.name} is of kind {person.kind} and {person.role}"
            mend = "a person or a model judges; labels of a baseline are silver"
            yield Fault(name_of(rooms), 0, found, mend)
