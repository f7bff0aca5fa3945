"""A baseline: a recipe that anyone can read, run on a task, scored and put on record.

    from marsad import baseline
    b = baseline.load("ner_crf")
    b.fit(rows)        # rows of the config, such as load_dataset gives
    b.predict(rows)    # one answer row for each

`baselines/<task>_<name>.toml` is the recipe; `predictions/` and `scores/` hold what
`marsad evaluate --write` recorded of it.
"""

from __future__ import annotations

import json
import platform
import resource
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from marsad import jsonl, rooms, score, task
from marsad.article import digest
from marsad.dataset import Row
from marsad.fault import DataError, Fault, UsageError
from marsad.label import from_table, read_toml
from marsad.models import Method, method, suited
from marsad.rooms import Rooms
from marsad.score import Score
from marsad.task import TaskData, answer_row, check_answers

LIBRARIES = ("numpy", "scikit-learn", "python-crfsuite")


@dataclass(frozen=True)
class Recipe:
    """`baselines/<task>_<name>.toml`: which method, with which parameters, on which task."""

    task: str
    name: str
    title: str
    method: str
    parameters: Mapping[str, Any]
    path: Path

    @property
    def id(self) -> str:
        return f"{self.task}_{self.name}"


@dataclass
class Baseline:
    """A recipe with its method, ready to fit."""

    recipe: Recipe
    data: TaskData
    method: Method

    def fit(self, rows: Iterable[Mapping[str, Any]]) -> Baseline:
        """Learns from rows of the config, of ours or of `load_dataset`."""
        self.method.fit([self.data.named(row) for row in rows])
        return self

    def predict(self, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
        """One answer row for each row; what a row has of gold is not looked at."""
        rows = [{name: row[name] for name in self.data.task.inputs} for row in rows]
        answers = self.method.predict(rows)
        return [answer_row(self.data, row, a) for row, a in zip(rows, answers, strict=True)]


@dataclass(frozen=True)
class Run:
    """One baseline, fitted and scored, with what it took. Times in seconds, memory in MB."""

    recipe: Recipe
    answers: Sequence[Row]
    score: Score
    fit_seconds: float
    predict_seconds: float
    peak_memory_mb: float


def names(home: Rooms) -> list[str]:
    """The ids of the recipes, in the order of the tasks."""
    found = [path.stem for path in home.baselines.glob("*.toml")]
    tasks = task.names(home)
    return sorted(found, key=lambda name: (*(not name.startswith(f"{t}_") for t in tasks), name))


def read_recipe(home: Rooms, name: str) -> Recipe:
    """A recipe by id. Raises UsageError where there is none, DataError on an unknown key, method
    or parameter."""
    if name not in (known := names(home)):
        raise UsageError(f"no baseline {name!r}; the baselines are {', '.join(known)}")
    path = home.baselines / f"{name}.toml"
    shown = home.name(path)
    table = {"parameters": {}, **read_toml(path, shown), "path": path}
    recipe = from_table(Recipe, table, shown)
    if recipe.id != name:
        found = f"task {recipe.task!r} and name {recipe.name!r}"
        raise DataError(Fault(shown, 0, found, f"call the file {recipe.id}.toml"))
    layer = task.read_task(home, recipe.task).layer
    if recipe.method not in suited(layer):
        found = f"method {recipe.method!r} is none of task {recipe.task!r}"
        raise DataError(
            Fault(shown, 0, found, f"the methods are {', '.join(suited(layer)) or 'none'}")
        )
    known_parameters = [f.name for f in fields(method(recipe.method)) if f.init]
    for key in recipe.parameters:
        if key not in known_parameters:
            found = f"unknown parameter {key!r}"
            mend = f"{recipe.method} knows {', '.join(known_parameters) or 'none'}"
            raise DataError(Fault(shown, 0, found, mend))
    return recipe


def load(name: str, root: Path | str | None = None) -> Baseline:
    """A baseline by id, not yet fitted."""
    home = rooms.find(root)
    recipe = read_recipe(home, name)
    return _baseline(recipe, task.read_data(home, recipe.task))


def run(home: Rooms, recipe: Recipe, data: TaskData, split: str = "test") -> Run:
    """Fits on train, answers the split without its gold, checks and scores the answers."""
    baseline = _baseline(recipe, data)
    started = time.perf_counter()
    baseline.fit(data.rows["train"])
    fitted = time.perf_counter()
    answers = baseline.predict(data.inputs(split))
    ended = time.perf_counter()
    checked = check_answers(enumerate(answers, 1), data, split, recipe.id)
    return Run(
        recipe,
        answers,
        score.score(home, data, checked, split),
        fitted - started,
        ended - fitted,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def predictions_path(home: Rooms, name: str) -> Path:
    return home.baselines / "predictions" / f"{name}.jsonl"


def score_path(home: Rooms, name: str) -> Path:
    return home.baselines / "scores" / f"{name}.json"


def record(home: Rooms, run: Run) -> None:
    """Writes the predictions of a run and its score file, which names their sha256."""
    path = predictions_path(home, run.recipe.id)
    jsonl.write(path, run.answers)
    content = {
        "baseline": run.recipe.id,
        "title": run.recipe.title,
        **run.score.to_json(),
        "recipe_sha256": digest(run.recipe.path.read_bytes()),
        "predictions_sha256": digest(path.read_bytes()),
        "fit_seconds": round(run.fit_seconds, 3),
        "predict_seconds": round(run.predict_seconds, 3),
        "peak_memory_mb": round(run.peak_memory_mb),
        "bootstrap": {"resamples": score.RESAMPLES, "seed": score.SEED, "unit": "article"},
        "environment": {
            "python": platform.python_version(),
            "machine": f"{sys.platform} {platform.machine()}",
            **{library: version(library) for library in LIBRARIES},
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    jsonl.write_bytes(score_path(home, run.recipe.id), text.encode("utf-8"))


def read_score(home: Rooms, name: str) -> dict[str, Any]:
    """A score file. Raises DataError where it is missing or no JSON object."""
    path = score_path(home, name)
    shown = home.name(path)
    content = jsonl.read_bytes(path, shown)
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    keys = ("task", "title", "metric", "signature", "intervals", "fit_seconds", "predict_seconds")
    whole = isinstance(found, dict) and all(key in found for key in keys)
    if not whole or found["metric"] not in found or found["metric"] not in found["intervals"]:
        mend = f"run marsad evaluate --baseline {name} --write"
        raise DataError(Fault(shown, 0, "not a score file", mend))
    scored: dict[str, Any] = found
    return scored


def faults(home: Rooms, signatures: Mapping[str, str]) -> list[Fault]:
    """Where the record of a baseline does not hold: its score file is missing or of other data,
    another recipe or other predictions, or a recorded file has no recipe. `signatures` are those
    of the tasks as they are now, by name."""
    listed = names(home)
    found: list[Fault] = []
    for name in listed:
        mend = f"run marsad evaluate --baseline {name} --write"
        shown = home.name(score_path(home, name))
        try:
            recipe = read_recipe(home, name)
            recorded = read_score(home, name)
            predictions = predictions_path(home, name)
            answers = jsonl.read_bytes(predictions, home.name(predictions))
        except DataError as error:
            found += error.faults
            continue
        wanted = {
            "signature": signatures[recipe.task],
            "recipe_sha256": digest(recipe.path.read_bytes()),
            "predictions_sha256": digest(answers),
        }
        for key, value in wanted.items():
            if recorded.get(key) != value:
                found.append(Fault(shown, 0, f"{key} is {recorded.get(key)}, not {value}", mend))
    for folder, suffix in (("predictions", ".jsonl"), ("scores", ".json")):
        for path in sorted((home.baselines / folder).glob(f"*{suffix}")):
            if path.stem not in listed:
                what = "no recipe of this name"
                found.append(Fault(home.name(path), 0, what, "remove the file or add the recipe"))
    return found


def forged(home: Rooms) -> list[Fault]:
    """Where a score file says another figure than its committed predictions give."""
    found = []
    by_task: dict[str, TaskData] = {}
    for name in names(home):
        recorded = read_score(home, name)
        asked = read_recipe(home, name).task
        if asked not in by_task:
            by_task[asked] = task.read_data(home, asked)
        data = by_task[asked]
        answers = task.read_predictions(predictions_path(home, name), data, "test")
        scored = score.score(home, data, answers).to_json()
        for key, value in json.loads(json.dumps(scored)).items():
            if recorded.get(key) != value:
                mend = f"run marsad evaluate --baseline {name} --write"
                wrong = f"{key} is not what the predictions give"
                found.append(Fault(home.name(score_path(home, name)), 0, wrong, mend))
    return found


def _baseline(recipe: Recipe, data: TaskData) -> Baseline:
    return Baseline(recipe, data, method(recipe.method)(**recipe.parameters))
