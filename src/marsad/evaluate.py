"""`marsad evaluate`: the baselines, fitted and scored one after the other, and their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from marsad import ceiling, chart, recipe, record, run, table, task
from marsad.fault import UsageError
from marsad.progress import progress
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.run import SCORED, Run, over_seeds


def evaluate(
    home: Rooms,
    *,
    tasks: Sequence[str] | None = None,
    baselines: Sequence[str] | None = None,
    splits: Sequence[str] = SCORED,
    write: bool = False,
) -> list[Run]:
    """Runs the named baselines, by default all whose methods are installed, with progress on a
    terminal. With `write` their predictions and scores are put on record, and the ceilings and
    what README shows of them are renewed."""
    recipes = chosen(home, tasks, baselines)
    if write and tuple(splits) != SCORED:
        raise UsageError("validation and test are recorded together; leave out --split or --write")
    if write:
        chart.require()
    for known in recipes:
        if write and known.path.parent != home.baselines:
            raise UsageError(f"{known.path} is no recipe of baselines/; move it there to record it")
    runs = []
    for one in runs_of(home, recipes, splits):
        runs.append(one)
        if write:
            record.record(home, one)
    if write:
        ceiling.write(home)
        table.write(home)
        chart.write(home)
    return runs


def runs_of(
    home: Rooms, recipes: Sequence[Recipe], splits: Sequence[str] = SCORED
) -> Iterator[Run]:
    """The run of each recipe, as it is done."""
    data: dict[str, task.TaskData] = {}
    for known in progress(recipes, "baselines"):
        if known.task not in data:
            data[known.task] = task.read_data(home, known.task)
        yield run.run(home, known, data[known.task], splits)


def chosen(
    home: Rooms, tasks: Sequence[str] | None = None, baselines: Sequence[str] | None = None
) -> list[Recipe]:
    """The recipes of these names, a name being an id or a file outside the checkout, or else all
    that are installed. Raises UsageError where that is none."""
    for name in tasks or ():
        task.read_task(home, name)
    found = [recipe.read_recipe(home, name) for name in baselines or recipe.names(home)]
    found = [known for known in found if not tasks or known.task in tasks]
    if baselines:
        for known in found:
            recipe.require(known)
    found = [known for known in found if recipe.installed(known)]
    if not found:
        raise UsageError("no baseline of these tasks; leave out --task or --baseline")
    return found


def left_out(home: Rooms, tasks: Sequence[str] | None = None) -> list[Recipe]:
    """The recipes whose methods are not installed."""
    known = [recipe.read_recipe(home, name) for name in recipe.names(home)]
    return [k for k in known if not recipe.installed(k) and (not tasks or k.task in tasks)]


def show(runs: Sequence[Run]) -> None:
    """Prints the scores of runs as a table, with their signatures."""
    table.show([table.cells(summary(one)) for one in runs], table.COLUMNS)
    for signature in dict.fromkeys(
        scored.signature for one in runs for scored in one.trials[0].scores.values()
    ):
        print(signature)
    seconds = sum((one.fit_seconds + one.predict_seconds) * len(one.trials) for one in runs)
    memory = max(one.peak_memory_mb for one in runs)
    print(f"{len(runs)} baselines in {seconds:.1f} s, peak memory {memory:.0f} MB")


def summary(one: Run) -> dict[str, Any]:
    """What a run's line of the table is made of, also where it answered one split alone."""
    scores = one.trials[0].scores
    last = scores.get("test", next(iter(scores.values())))
    several = len(one.trials) > 1 and {split: over_seeds(one, split) for split in scores}
    return {
        "baseline": one.recipe.id,
        "title": one.recipe.title,
        **last.to_json(),
        **({"over_seeds": several} if several else {}),
        **({"validation": scores["validation"].to_json()} if len(scores) > 1 else {}),
        "fit_seconds": one.fit_seconds,
        "predict_seconds": one.predict_seconds,
    }
