"""The score files held against the recorded predictions, and made again from them.

A copy of the dataset that withholds texts keeps the whole prediction files, and its score files are
of the rows that it has.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from marsad import jsonl, recipe, record, score, split, task, withheld
from marsad.answer import Answers, check_answers
from marsad.article import read_here
from marsad.fault import Fault, UsageError
from marsad.record import files, predictions_path, read_score, score_path
from marsad.rooms import Rooms
from marsad.run import Run, Trial
from marsad.task import TaskData


def possible(home: Rooms) -> bool:
    """Whether recorded predictions can be scored: every row that baselines learned from is here,
    so no article of train or validation is withheld, and some of test are not."""
    left_out = withheld.read(home)
    if not left_out:
        return True
    places = split.read_splits(home)
    here = {places[a.article_id].split for a in read_here(home) if a.article_id in places}
    return "test" in here and all(places[n].split == "test" for n in left_out if n in places)


def require(home: Rooms) -> None:
    """Raises UsageError where recorded predictions cannot be scored."""
    if not possible(home):
        mend = "put them back with marsad restore --raw DIR"
        raise UsageError(f"texts that baselines learned from are withheld here; {mend}")


def answers(home: Rooms, path: Path, data: TaskData, split: str) -> Answers:
    """The checked answers of a recorded prediction file to the rows that are here: those to rows
    of withheld articles, which a copy of the dataset keeps, are left out."""
    left_out = withheld.read(home)
    name = home.name(path)
    rows = [
        (line, row)
        for line, row in jsonl.read(path, name)
        if str(row.get(data.task.key[0])).split(":")[0] not in left_out
    ]
    return check_answers(rows, data, split, name)


def forged(home: Rooms) -> list[Fault]:
    """Where a score file says another figure than its committed predictions give."""
    found = []
    by_task: dict[str, TaskData] = {}
    for name in recipe.names(home):
        recorded = read_score(home, name)
        asked = recipe.read_recipe(home, name).task
        if asked not in by_task:
            by_task[asked] = task.read_data(home, asked)
        shown = home.name(score_path(home, name))
        mend = f"run marsad evaluate --baseline {name} --write"
        for key in rescored(home, recorded, by_task[asked]):
            found.append(Fault(shown, 0, f"{key} is not what the predictions give", mend))
    return found


def rescored(home: Rooms, recorded: Mapping[str, Any], data: TaskData) -> list[str]:
    """The keys of a score file whose values its committed predictions do not give exactly."""
    wrong = []
    bare = {"test": recorded, "validation": recorded["validation"]}
    for path, part, _, value in files(home, recorded):
        scored = score.score(data, answers(home, path, data, part), part)
        if path == predictions_path(home, recorded["baseline"], part):
            again = json.loads(score.dumps(scored.to_json()))
            wrong += [
                f"{part}: {key}" for key, found in again.items() if bare[part].get(key) != found
            ]
        elif scored.value != value:
            wrong.append(path.name)
    return wrong


def renewed(home: Rooms, name: str, data: TaskData, splits: Sequence[str]) -> dict[str, Any]:
    """A score file's content with the figures of these splits made again from the recorded
    predictions, on the rows that are here; the rows of the others, which are as they were, and
    what the run took, stay as recorded, under the signature of the data as it is."""
    recorded = read_score(home, name)
    trials = []
    for at, seed in enumerate(recorded.get("seeds", [None])):
        paths = {part: predictions_path(home, name, part, seed if at else None) for part in splits}
        scores = {
            part: score.score(data, answers(home, path, data, part), part)
            for part, path in paths.items()
        }
        trials.append(Trial(seed, {}, scores))
    new = record.figures(Run(recipe.read_recipe(home, name), trials, 0, 0, 0))
    now = {"signature": data.signature}
    found = {**recorded, **new, **now}
    found["validation"] = {**recorded["validation"], **new.get("validation", {}), **now}
    if "seeds" in recorded:
        found["over_seeds"] = {**recorded["over_seeds"], **new["over_seeds"]}
        found["by_seed"] = {
            seed: {part: {**of, **new["by_seed"][seed].get(part, {})} for part, of in old.items()}
            for seed, old in recorded["by_seed"].items()
        }
    return found


def renew(home: Rooms, asked: str, splits: Sequence[str]) -> None:
    """Renews the score files of a task from their predictions: for a copy that withholds rows of
    these splits, or has them back."""
    data = task.read_data(home, asked)
    for name in recipe.names(home):
        if recipe.read_recipe(home, name).task == asked:
            text = score.dumps(renewed(home, name, data, splits))
            jsonl.write_bytes(score_path(home, name), text.encode("utf-8"))
