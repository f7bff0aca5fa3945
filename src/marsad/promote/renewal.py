"""What new rows make stale, and the commands that make it again: searches, scores, and what README
shows of them. It is read off `marsad check`, whose mends name them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence

from marsad import agreement_report, chart, evaluate, jsonl, recipe, release, stats, tune
from marsad.corpus import read_corpus
from marsad.fault import DataError, Fault
from marsad.recipe import Recipe
from marsad.rooms import Rooms

_RENEWED = re.compile(r"run marsad (evaluate|table|tune|agreement|stats)\b")
_ORDER = ("evaluate", "agreement", "stats")


def told_apart(faults: Iterable[Fault]) -> tuple[list[Fault], list[Fault]]:
    """The faults of the sources and what is built of them, and those that renewing mends."""
    apart: tuple[list[Fault], list[Fault]] = ([], [])
    for fault in faults:
        apart[bool(_RENEWED.match(fault.mend))].append(fault)
    return apart


def left(there: Rooms, stale: Sequence[Fault], *, raised: bool) -> list[str]:
    """The commands, and what is to be done by hand, that mend these faults, in order. `raised`
    says that the data has its new version already."""
    if not stale:
        return ["marsad diff HEAD .  # tells what changed, for CHANGELOG.md", "marsad check"]
    mends = [fault.mend.removeprefix("run ") for fault in stale]
    found = []
    if not raised:
        version = release.read_release(there).version
        found.append(f"raise version in dataset.toml, which is {version}")
    known = [recipe.read_recipe(there, name) for name in recipe.names(there)]
    extras = {recipe.lacking(one).split("; ")[1] for one in known if not recipe.installed(one)}
    found += [f"{extra}  # some baselines need it" for extra in sorted(extras)]
    searches = [mend for mend in dict.fromkeys(mends) if mend.startswith("marsad tune ")]
    found += searches
    if searches:
        found.append("write into its recipe what a search chose (marked * in what tune prints)")
    kinds = {mend.split()[1] for mend in mends}
    if kinds & {"evaluate", "table", "tune"}:
        kinds |= {"evaluate", "stats"}
    found += [f"marsad {kind} --write" for kind in _ORDER if kind in kinds]
    return [*found, *left(there, (), raised=True)]


def require(home: Rooms) -> None:
    """Raises UsageError where a baseline, or the chart, cannot be made again here."""
    chart.require()
    for name in recipe.names(home):
        recipe.require(recipe.read_recipe(home, name))


def renew(there: Rooms, says: Callable[[str], None]) -> None:
    """Makes every record of the baselines again: searches, whose choice the recipes follow,
    predictions, scores, ceilings, and README's tables and chart."""
    for name in recipe.names(there):
        known = recipe.read_recipe(there, name)
        if tune.read_grid(there, known):
            says(f"marsad tune {name} --write")
            search = tune.tune(there, name)
            tune.write(there, search)
            for line in follow(there, known, search):
                says(line)
    says("marsad evaluate --write")
    evaluate.evaluate(there, write=True)
    says("marsad agreement --write")
    agreement_report.write(there)
    says("marsad stats --write")
    stats.write(there, stats.stats(read_corpus(there)))


def follow(there: Rooms, known: Recipe, search: tune.Search) -> list[str]:
    """Writes what a search chose into its recipe; returns a line for each parameter that changed.
    Raises DataError where the recipe does not give it a line of its own."""
    shown = there.name(known.path)
    text = jsonl.read_text(known.path, shown)
    told = []
    for name, value in search.chosen.items():
        if known.parameters.get(name) == value:
            continue
        written = json.dumps(value, ensure_ascii=False)
        lines = text.split("\n")
        own = [at for at, line in enumerate(lines) if line.startswith(f"{name} = ")]
        if own:  # the first is the parameter, a second the values to try
            lines[own[0]] = f"{name} = {written}"
        text = "\n".join(lines)
        told.append(f"{shown}: {name} = {written}, the choice of the search")
    jsonl.write_bytes(known.path, text.encode("utf-8"))
    followed = recipe.read_recipe(there, known.id).parameters
    if wrong := [name for name, value in search.chosen.items() if followed.get(name) != value]:
        found = f"the search chose {wrong[0]} = {search.chosen[wrong[0]]}"
        raise DataError(Fault(shown, 0, found, "give it a line of its own under [parameters]"))
    return told
