"""`ingestion/silver.toml`: which baseline labels which layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from marsad import recipe
from marsad.fault import DataError, Fault, UsageError
from marsad.ingest import settings
from marsad.label import from_table, read_toml
from marsad.models import method
from marsad.recipe import Recipe
from marsad.rooms import LAYERS, Rooms

MODELLED = ("topic", "stance", "ner")  # structure comes with the candidates
NEEDS = {  # what a method must have besides answers, by layer
    "ner": ("likely", "how likely each span is", "ner_crf"),
    "stance": ("explained", "where the evidence is", "stance_evidence"),
}


@dataclass(frozen=True)
class Choice:
    """`silver.toml`: the id of a recipe for each layer but structure, which gate.toml names."""

    baselines: Mapping[str, str]


def path_of(home: Rooms) -> Path:
    return home.root / "ingestion" / "silver.toml"


def read(home: Rooms) -> dict[str, Recipe]:
    """The recipe of each layer. Raises DataError where the file is of another shape or names one
    of another layer, or one that does not say what silver labels need."""
    path = path_of(home)
    name = home.name(path)
    choice = from_table(Choice, read_toml(path, name), name)
    if set(choice.baselines) != set(MODELLED):
        found = f"baselines of {', '.join(sorted(choice.baselines)) or 'no layer'}"
        raise DataError(Fault(name, 0, found, f"name one for each of {', '.join(MODELLED)}"))
    lines = settings.read_settings(settings.room(home)).structure.baseline
    known = {}
    for layer in LAYERS:
        one = recipe.read_recipe(home, str(choice.baselines.get(layer, lines)))
        attribute, says, other = NEEDS.get(layer, ("predict", "", ""))
        if one.task != layer:
            raise DataError(Fault(name, 0, f"{one.id} is no baseline of {layer}", "name another"))
        if not hasattr(method(one.method), attribute):
            mend = f"name one that does, such as {other}"
            raise DataError(Fault(name, 0, f"{one.id} does not say {says}", mend))
        known[layer] = one
    return known


def chosen(layers: Sequence[str]) -> tuple[str, ...]:
    """These layers in their order, all where none is named. Raises UsageError on an unknown one."""
    for layer in layers:
        if layer not in LAYERS:
            raise UsageError(f"no layer {layer!r}; the layers are {', '.join(LAYERS)}")
    return tuple(layer for layer in LAYERS if not layers or layer in layers)
