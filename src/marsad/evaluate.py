"""`marsad evaluate`: the baselines, fitted and scored one after the other, and their table."""

from __future__ import annotations

from collections.abc import Sequence

from marsad import baseline, table, task
from marsad.baseline import Run
from marsad.fault import UsageError
from marsad.progress import progress
from marsad.rooms import Rooms


def evaluate(
    home: Rooms,
    *,
    tasks: Sequence[str] | None = None,
    baselines: Sequence[str] | None = None,
    split: str = "test",
    write: bool = False,
) -> list[Run]:
    """Runs the named baselines, by default all, with progress on a terminal. With `write` their
    predictions and scores are put on record and README's table is renewed."""
    if write and split != "test":
        raise UsageError("only scores of the test split are recorded; leave out --split or --write")
    for name in tasks or ():
        task.read_task(home, name)
    chosen = [baseline.read_recipe(home, name) for name in baselines or baseline.names(home)]
    chosen = [recipe for recipe in chosen if not tasks or recipe.task in tasks]
    if not chosen:
        raise UsageError("no baseline of these tasks; leave out --task or --baseline")
    runs = []
    data: dict[str, task.TaskData] = {}
    for recipe in progress(chosen, "baselines"):
        if recipe.task not in data:
            data[recipe.task] = task.read_data(home, recipe.task)
        runs.append(baseline.run(home, recipe, data[recipe.task], split))
        if write:
            baseline.record(home, runs[-1])
    if write:
        table.write(home)
    return runs


def show(runs: Sequence[Run], split: str) -> None:
    """Prints the scores of runs as a table, with their signatures."""
    rows = []
    for run in runs:
        timed = {"fit_seconds": run.fit_seconds, "predict_seconds": run.predict_seconds}
        rows.append(table.cells({"title": run.recipe.title, **timed, **run.score.to_json()}))
    table.show(rows, [split if name == "test" else name for name in table.COLUMNS])
    for signature in dict.fromkeys(run.score.signature for run in runs):
        print(signature)
    seconds = sum(run.fit_seconds + run.predict_seconds for run in runs)
    memory = max(run.peak_memory_mb for run in runs)
    print(f"{len(runs)} baselines in {seconds:.1f} s, peak memory {memory:.0f} MB")
