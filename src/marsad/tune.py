"""`marsad tune`: the parameters of a recipe, searched on validation, and the search on record.

A recipe says under `[search]` which values of which parameters are tried. Every combination is
fitted on train and scored on validation; the test split is not looked at. What was found stands in
`baselines/searches/<id>.json`, and the recipe has to follow it.
"""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad import jsonl, recipe, run, task
from marsad.fault import DataError, Fault, UsageError
from marsad.progress import progress
from marsad.recipe import Recipe
from marsad.rooms import Rooms

PLACES = 6  # a figure's decimals on record


@dataclass(frozen=True)
class Search:
    """A search: the recipe's method, its parameters that stood fixed, the grid, every combination
    with its figure on validation, and the chosen one: the best, of equals the first."""

    baseline: str
    signature: str
    split: str
    metric: str
    method: str
    fixed: Mapping[str, Any]
    grid: Mapping[str, list[Any]]
    tried: tuple[Mapping[str, Any], ...]
    chosen: Mapping[str, Any]
    seconds: float

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "tried": list(self.tried), "seconds": round(self.seconds, 1)}


def search_path(home: Rooms, name: str) -> Path:
    return home.baselines / "searches" / f"{name}.json"


def tune(home: Rooms, name: str) -> Search:
    """Runs the search of a recipe, with progress on a terminal. Raises UsageError where it has
    none, DataError where a value of its grid is none of the method's."""
    known = recipe.read_recipe(home, name)
    grid = read_grid(home, known)
    if not grid:
        raise UsageError(f"{name} has nothing to search; give its recipe a [search] table")
    recipe.require(known)
    data = task.read_data(home, known.task)
    started = time.perf_counter()
    tried = []
    for combination in progress(combinations(grid), name):
        one = replace(known, parameters={**known.parameters, **combination})
        (value,) = run.run(home, one, data, ("validation",)).values("validation")
        tried.append({"parameters": combination, data.task.metric: round(value, PLACES)})
    return Search(
        baseline=name,
        signature=data.signature,
        split="validation",
        metric=data.task.metric,
        method=known.method,
        fixed=_fixed(known),
        grid=grid,
        tried=tuple(tried),
        chosen=best(tried, data.task.metric),
        seconds=time.perf_counter() - started,
    )


def write(home: Rooms, search: Search) -> None:
    """Puts a search on record."""
    text = json.dumps(search.to_json(), ensure_ascii=False, indent=1) + "\n"
    jsonl.write_bytes(search_path(home, search.baseline), text.encode("utf-8"))


def sign(home: Rooms, signatures: Mapping[str, str]) -> None:
    """Gives the recorded searches these signatures of their tasks: for data whose train and
    validation rows, all that a search sees, are those that the searches were made on."""
    for name in recipe.names(home):
        path = search_path(home, name)
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            old = json.loads(text)["signature"]
            new = signatures[recipe.read_recipe(home, name).task]
            jsonl.write_bytes(path, text.replace(old, new).encode("utf-8"))


def read_grid(home: Rooms, known: Recipe) -> dict[str, list[Any]]:
    """The values that a recipe's search tries, by parameter; none where it searches nothing.
    Raises DataError, naming the recipe, on an empty list or a value that the method refuses."""
    shown = home.name(known.path)
    grid = dict(known.search or {})
    for parameter, values in grid.items():
        if not isinstance(values, list) or not values:
            mend = "write the list of values to try"
            raise DataError(Fault(shown, 0, f"search: {parameter} is {values!r}", mend))
        for value in values:
            recipe.check_parameters(known.method, {**known.parameters, parameter: value}, shown)
    return grid


def combinations(grid: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """Every combination of a grid's values, the last parameter changing first."""
    return [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]


def best(tried: list[dict[str, Any]], metric: str) -> dict[str, Any]:
    """The parameters of the highest figure, of equals the first."""
    found: dict[str, Any] = max(tried, key=lambda one: one[metric])["parameters"]
    return found


def faults(home: Rooms, signatures: Mapping[str, str]) -> list[Fault]:
    """Where a recorded search does not hold: it is missing or of other data, another method or
    another grid, its choice is not its best, or the recipe does not follow it. `signatures` are
    those of the tasks as they are now, by name."""
    found: list[Fault] = []
    searched = set()
    for name in recipe.names(home):
        try:
            known = recipe.read_recipe(home, name)
            grid = read_grid(home, known)
            if grid:
                searched.add(name)
                found += _faults(home, known, grid, signatures[known.task])
        except DataError as error:
            found += error.faults
    for path in sorted((home.baselines / "searches").glob("*")):
        if path.stem not in searched or path.suffix != ".json":
            mend = "remove the file or add [search] to the recipe"
            found.append(Fault(home.name(path), 0, "no recipe searches this", mend))
    return found


def _faults(
    home: Rooms, known: Recipe, grid: Mapping[str, list[Any]], signature: str
) -> Iterator[Fault]:
    path = search_path(home, known.id)
    shown = home.name(path)
    again = f"run marsad tune {known.id} --write"
    if not path.is_file():
        yield Fault(shown, 0, "the search is not on record", again)
        return
    try:
        content = json.loads(jsonl.read_bytes(path, shown))
        metric = content["metric"]
        tried = [(one["parameters"], float(one[metric])) for one in content["tried"]]
        chosen = content["chosen"]
        first = best(content["tried"], metric)
    except (ValueError, KeyError, TypeError):
        yield Fault(shown, 0, "not a recorded search", again)
        return
    wanted = {
        "baseline": known.id,
        "signature": signature,
        "split": "validation",
        "metric": task.read_task(home, known.task).metric,
        "method": known.method,
        "fixed": _fixed(known),
        "grid": grid,
    }
    for key, value in wanted.items():
        if content.get(key) != value:
            yield Fault(shown, 0, f"{key} is {content.get(key)}, not {value}", again)
    if [parameters for parameters, _ in tried] != combinations(grid):
        yield Fault(shown, 0, "not every combination of the grid was tried once", again)
    elif chosen != first:
        yield Fault(shown, 0, f"chosen is {chosen}, the best is {first}", again)
    for parameter in grid:
        own = known.parameters.get(parameter)
        if isinstance(chosen, dict) and parameter in chosen and own != chosen[parameter]:
            wrong = f"{parameter} is {own}, the search chose {chosen[parameter]}"
            yield Fault(home.name(known.path), 0, wrong, f"write {parameter} = {chosen[parameter]}")


def _fixed(known: Recipe) -> dict[str, Any]:
    """The parameters that a recipe's search leaves as they are."""
    searched = known.search or {}
    return {key: value for key, value in known.parameters.items() if key not in searched}
