"""The labels of the layers, read from `annotations/<layer>/labels.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from marsad.fault import DataError, Fault
from marsad.rooms import LAYERS, Rooms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


@dataclass(frozen=True)
class Label:
    """One label of a layer: its name in the data, its Arabic name, what it says.

    `media_topic` and `match` tie a topic to an IPTC Media Topic; `coarse` names the type of an
    entity in the four-type view; `linked` says that its mentions point into the catalogue.
    """

    name: str
    name_ar: str
    meaning: str
    media_topic: str | None = None
    match: str | None = None
    coarse: str | None = None
    linked: bool = False


@dataclass(frozen=True)
class Target:
    """A stance target: its name, the Arabic phrase given to models, what it covers."""

    name: str
    name_ar: str
    meaning: str


@dataclass(frozen=True)
class Layer:
    """The labels of one layer in their fixed order."""

    layer: str
    version: int
    label: tuple[Label, ...]
    target: tuple[Target, ...] = ()
    source: str = field(default="", compare=False)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.label)

    @cached_property
    def target_names(self) -> tuple[str, ...]:
        return tuple(target.name for target in self.target)

    @cached_property
    def linked(self) -> frozenset[str]:
        return frozenset(label.name for label in self.label if label.linked)


def read_layer(rooms: Rooms, layer: str) -> Layer:
    """One layer's labels. Raises DataError on a key it does not know or lacks."""
    path = rooms.annotations / layer / "labels.toml"
    name = rooms.name(path)
    table = read_toml(path, name)
    rows = {
        "label": tuple(from_table(Label, row, name) for row in table.pop("label", ())),
        "target": tuple(from_table(Target, row, name) for row in table.pop("target", ())),
    }
    return from_table(Layer, {**table, **rows, "source": name}, name)


def read_layers(rooms: Rooms) -> dict[str, Layer]:
    """The labels of all four layers by layer name."""
    return {layer: read_layer(rooms, layer) for layer in LAYERS}


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """A TOML file's table. Raises DataError where it is missing or no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(Fault(name, 0, "no such file", "restore it or correct the name")) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(Fault(name, 0, f"not TOML: {error}", "mend the syntax")) from None


def from_table(kind: type[Row], table: dict[str, Any], name: str) -> Row:
    """A dataclass from a TOML table. Unknown and missing keys are errors that name the file."""
    known = [f.name for f in fields(kind)]
    for key in table:
        if key not in known:
            mend = f"{kind.__name__.lower()} knows {', '.join(known)}"
            raise DataError(Fault(name, 0, f"unknown key {key!r}", mend))
    try:
        return kind(**table)
    except TypeError as error:
        found = f"{kind.__name__.lower()}: {str(error).split('() ')[-1]}"
        raise DataError(Fault(name, 0, found, "add what is missing")) from None
