"""Who annotated: `annotations/annotators.toml`."""

from __future__ import annotations

from dataclasses import dataclass

from marsad.label import from_table, read_toml, tables
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Annotator:
    """A person or a model; `role` is judge or adjudicator, `guidelines` the versions worked by."""

    name: str
    kind: str
    role: str
    model: str | None = None
    guidelines: tuple[int, ...] = ()


def read_annotators(rooms: Rooms) -> dict[str, Annotator]:
    """The annotators by name. Raises DataError on a key that is unknown or missing."""
    path = rooms.annotations / "annotators.toml"
    name = rooms.name(path)
    rows = tables(read_toml(path, name), "annotator", name)
    people = [from_table(Annotator, row, name) for row in rows]
    return {person.name: person for person in people}
