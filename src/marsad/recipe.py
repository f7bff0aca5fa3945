"""A recipe: which method, with which parameters, answers which task. `baselines/*.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from marsad import task
from marsad.fault import DataError, Fault, UsageError
from marsad.label import fits, from_table, read_toml
from marsad.models import METHODS, method, suited
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Recipe:
    """`baselines/<task>_<name>.toml`. `probe` says that it sees too little on purpose, `seeds`
    with which seeds a method that draws at random runs, `search` which values of parameters
    `marsad tune` tries on validation."""

    task: str
    name: str
    title: str
    method: str
    parameters: Mapping[str, Any]
    path: Path
    probe: bool = False
    seeds: tuple[int, ...] = ()
    search: Mapping[str, Any] | None = None

    @property
    def id(self) -> str:
        return f"{self.task}_{self.name}"

    @property
    def role(self) -> str:
        """What it is in a table: `floor`, `probe` or `baseline`."""
        return "probe" if self.probe else "floor" if METHODS[self.method].floor else "baseline"


def names(home: Rooms) -> list[str]:
    """The ids of the recipes, in the order of the tasks."""
    found = [path.stem for path in home.baselines.glob("*.toml")]
    tasks = task.names(home)
    return sorted(found, key=lambda name: (*(not name.startswith(f"{t}_") for t in tasks), name))


def read_recipe(home: Rooms, name: str) -> Recipe:
    """A recipe by id, or by the path of its file (`….toml`). Raises UsageError where there is none,
    DataError on an unknown key, method or parameter, or a parameter of another type."""
    if name.endswith(".toml"):
        path = Path(name)
    elif name in (known := names(home)):
        path = home.baselines / f"{name}.toml"
    else:
        raise UsageError(f"no baseline {name!r}; the baselines are {', '.join(known)}")
    shown = home.name(path)
    table = {"parameters": {}, **read_toml(path, shown), "path": path}
    recipe = from_table(Recipe, table, shown)
    if recipe.id != path.stem:
        found = f"task {recipe.task!r} and name {recipe.name!r}"
        raise DataError(Fault(shown, 0, found, f"call the file {recipe.id}.toml"))
    layer = task.read_task(home, recipe.task).layer
    if recipe.method not in suited(layer):
        found = f"method {recipe.method!r} is none of task {recipe.task!r}"
        mend = f"the methods are {', '.join(suited(layer)) or 'none'}"
        raise DataError(Fault(shown, 0, found, mend))
    check_parameters(recipe.method, recipe.parameters, shown)
    return recipe


def check_parameters(name: str, parameters: Mapping[str, Any], shown: str) -> None:
    """Raises DataError, naming the file, where a method knows no such parameter or wants another
    type or value."""
    kind = method(name)
    hints = get_type_hints(kind)
    known = [f.name for f in fields(kind) if f.init]
    for key, value in parameters.items():
        if key not in known:
            mend = f"{name} knows {', '.join(known) or 'none'}"
            raise DataError(Fault(shown, 0, f"unknown parameter {key!r}", mend))
        if not fits(tuple(value) if isinstance(value, list) else value, hints[key]):
            wanted = getattr(hints[key], "__name__", str(hints[key]))
            if isinstance(value, list):
                wanted = str(hints[key])
            raise DataError(Fault(shown, 0, f"{key} is {value!r}", f"{name} wants {wanted}"))
    try:
        kind(**parameters)
    except ValueError as error:
        wrong, _, mend = str(error).partition("; ")
        raise DataError(Fault(shown, 0, wrong, mend)) from None


def installed(recipe: Recipe) -> bool:
    return METHODS[recipe.method].installed


def lacking(recipe: Recipe) -> str:
    """What a recipe that is not installed needs, in one line."""
    extra = METHODS[recipe.method].extra
    return f"{recipe.id} needs the extra {extra}; pip install 'marsad[{extra}]'"


def require(recipe: Recipe) -> None:
    """Raises UsageError where what the recipe's method needs is not installed."""
    if not installed(recipe):
        raise UsageError(lacking(recipe))
