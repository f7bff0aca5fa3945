"""The labels of the layers, read from `annotations/<layer>/labels.toml`."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

from marsad import jsonl
from marsad.fault import DataError, Fault
from marsad.rooms import LAYERS, Rooms

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Row = TypeVar("Row", bound="DataclassInstance")


@dataclass(frozen=True)
class Label:
    """One label of a layer: its name in the data, its Arabic name, what it says in both languages.

    `media_topic` and `match` tie a topic to an IPTC Media Topic; `coarse` names the type of an
    entity in the four-type view; `linked` says that its mentions point into the catalogue.
    """

    name: str
    name_ar: str
    meaning: str
    meaning_ar: str
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
        "label": tuple(from_table(Label, row, name) for row in tables(table, "label", name)),
        "target": tuple(from_table(Target, row, name) for row in tables(table, "target", name)),
    }
    found = from_table(Layer, {**table, **rows, "source": name}, name)
    if found.layer != layer:
        raise DataError(Fault(name, 0, f"layer is {found.layer!r}", f"write {layer!r}"))
    return found


def read_layers(rooms: Rooms) -> dict[str, Layer]:
    """The labels of all four layers by layer name."""
    return {layer: read_layer(rooms, layer) for layer in LAYERS}


def read_toml(path: Path, name: str) -> dict[str, Any]:
    """A TOML file's table. Raises DataError where it is missing or no TOML."""
    try:
        return tomllib.loads(jsonl.read_text(path, name))
    except tomllib.TOMLDecodeError as error:
        raise DataError(Fault(name, 0, f"not TOML: {error}", "mend the syntax")) from None


def from_table(kind: type[Row], table: dict[str, Any], name: str) -> Row:
    """A dataclass from a TOML table. Unknown and missing keys are errors that name the file."""
    known = [f.name for f in fields(kind)]
    for key in table:
        if key not in known:
            mend = f"{kind.__name__.lower()} knows {', '.join(known)}"
            raise DataError(Fault(name, 0, f"unknown key {key!r}", mend))
    table = dict(table)
    for key, hint in get_type_hints(kind).items():
        if get_origin(hint) is tuple and isinstance(table.get(key), list):
            table[key] = tuple(table[key])
        if key in table and not fits(table[key], hint):
            found = f"{key} is {table[key]!r}"
            mend = f"{kind.__name__.lower()} wants {str(hint).replace('typing.', '')}"
            raise DataError(Fault(name, 0, found, mend))
    try:
        return kind(**table)
    except TypeError as error:
        found = f"{kind.__name__.lower()}: {str(error).split('() ')[-1]}"
        raise DataError(Fault(name, 0, found, "add what is missing")) from None


def tables(table: dict[str, Any], key: str, name: str) -> list[dict[str, Any]]:
    """Takes the `[[key]]` tables out of a TOML table. Raises DataError on anything else."""
    rows = table.pop(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise DataError(Fault(name, 0, f"{key} is {rows!r}", f"write [[{key}]] tables"))
    return rows


def fits(value: Any, hint: Any) -> bool:
    """Whether a value read from TOML is of an annotated type, of the kinds that stand here."""
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if hint is float:
        return type(value) in (int, float) and math.isfinite(value)
    if origin is UnionType:
        return any(fits(value, one) for one in arguments)
    if origin is tuple:
        if arguments[-1] is not ... and isinstance(value, tuple):
            return len(value) == len(arguments) and all(map(fits, value, arguments))
        return isinstance(value, tuple) and all(fits(item, arguments[0]) for item in value)
    if origin is list or origin is Sequence:
        return isinstance(value, list) and all(fits(item, arguments[0]) for item in value)
    if origin is Mapping:
        return isinstance(value, dict) and all(fits(item, arguments[1]) for item in value.values())
    return type(value) is hint or (hint not in (int, str, bool) and isinstance(value, hint))
