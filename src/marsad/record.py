"""What is on record of the baselines: their predictions, and the score files that sign them."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from marsad import jsonl, recipe, score
from marsad.article import digest
from marsad.fault import DataError, Fault
from marsad.models import METHODS
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.run import Run, Trial, over_seeds

LIBRARIES = ("numpy", "scipy", "scikit-learn", "python-crfsuite")
KEYS = (
    "baseline",
    "role",
    "task",
    "title",
    "metric",
    "signature",
    "intervals",
    "counts",
    "validation",
    "fit_seconds",
    "predict_seconds",
)


def predictions_path(home: Rooms, name: str, split: str = "test", seed: int | None = None) -> Path:
    """Where the predictions of a baseline lie: those of test, and of its first seed, under its
    bare name."""
    parts = [name, *([f"seed{seed}"] if seed is not None else [])]
    parts += [split] if split != "test" else []
    return home.baselines / "predictions" / f"{'.'.join(parts)}.jsonl"


def score_path(home: Rooms, name: str) -> Path:
    return home.baselines / "scores" / f"{name}.json"


def record(home: Rooms, run: Run) -> None:
    """Writes the predictions of a run and its score file, which names their sha256."""
    for at, trial in enumerate(run.trials):
        for split, answers in trial.answers.items():
            path = predictions_path(home, run.recipe.id, split, trial.seed if at else None)
            jsonl.write(path, answers)
    text = score.dumps(content(run))
    jsonl.write_bytes(score_path(home, run.recipe.id), text.encode("utf-8"))


def content(run: Run) -> dict[str, Any]:
    """A score file's content: the first trial's score on test at the top, that on validation
    below it, the figures of every seed where there are several, and what the run took."""
    return {
        "baseline": run.recipe.id,
        "title": run.recipe.title,
        "role": run.recipe.role,
        **figures(run),
        "recipe_sha256": digest(run.recipe.path.read_bytes()),
        "fit_seconds": round(run.fit_seconds, 3),
        "predict_seconds": round(run.predict_seconds, 3),
        "peak_memory_mb": round(run.peak_memory_mb),
        "bootstrap": {"resamples": score.RESAMPLES, "seed": score.SEED, "unit": "article"},
        "environment": environment(run.recipe),
    }


def figures(run: Run) -> dict[str, Any]:
    """What a score file says of the splits that a run was scored on; the sha256 of predictions
    where the run has answers."""
    first = run.trials[0]
    scored = {split: _scored(first, split) for split in first.scores}
    seeds: dict[str, Any] = {}
    if len(run.trials) > 1:
        seeds["seeds"] = [trial.seed for trial in run.trials]
        seeds["over_seeds"] = {split: over_seeds(run, split) for split in first.scores}
        seeds["by_seed"] = {
            str(trial.seed): {split: _figure(trial, split) for split in trial.scores}
            for trial in run.trials
        }
    below = {split: of for split, of in scored.items() if split != "test"}
    return {**scored.get("test", {}), **seeds, **below}


def _scored(trial: Trial, split: str) -> dict[str, Any]:
    return {**trial.scores[split].to_json(), **_sum(trial, split)}


def _figure(trial: Trial, split: str) -> dict[str, Any]:
    return {trial.scores[split].metric: trial.scores[split].value, **_sum(trial, split)}


def _sum(trial: Trial, split: str) -> dict[str, str]:
    if split not in trial.answers:
        return {}
    return {"predictions_sha256": digest(jsonl.encode(trial.answers[split]))}


def environment(known: Recipe) -> dict[str, Any]:
    """What a run ran on: Python, machine, and the versions of the libraries that it used."""
    found = {}
    for library in (*LIBRARIES, *METHODS[known.method].libraries):
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    machine = f"{sys.platform} {platform.machine()}"
    return {
        "python": platform.python_version(),
        "machine": machine,
        "cpus": os.cpu_count(),
        **found,
    }


def read_score(home: Rooms, name: str) -> dict[str, Any]:
    """A score file. Raises DataError where it is missing or no score file."""
    path = score_path(home, name)
    shown = home.name(path)
    text = jsonl.read_bytes(path, shown)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    whole = isinstance(found, dict) and all(key in found for key in KEYS)
    if not whole or found["metric"] not in found or found["metric"] not in found["intervals"]:
        mend = f"run marsad evaluate --baseline {name} --write"
        raise DataError(Fault(shown, 0, "not a score file", mend))
    scored: dict[str, Any] = found
    return scored


def best(home: Rooms, role: str = "baseline", split: str = "validation") -> dict[str, str]:
    """The baseline of each task with the highest figure among those of a role that are on record;
    by default chosen on validation, so that test says how good it is."""
    found: dict[str, str] = {}
    highest: dict[str, float] = {}
    for name in recipe.names(home):
        known = recipe.read_recipe(home, name)
        if known.role == role and score_path(home, name).is_file():
            figure = value(read_score(home, name), split)
            if figure > highest.get(known.task, -1):
                found[known.task], highest[known.task] = name, figure
    return found


def value(scored: Mapping[str, Any], split: str = "test") -> float:
    """A score file's main figure: the mean over its seeds where there are several."""
    if "over_seeds" in scored:
        return float(scored["over_seeds"][split]["mean"])
    of = scored if scored.get("split") == split else scored[split]
    return float(of[scored["metric"]])


def interval(scored: Mapping[str, Any]) -> Sequence[float]:
    """The 95 % interval of `value`, on the split at a score file's top."""
    if "over_seeds" in scored:
        found: Sequence[float] = scored["over_seeds"][scored["split"]]["interval"]
        return found
    bounds: Sequence[float] = scored["intervals"][scored["metric"]]
    return bounds


def files(home: Rooms, recorded: Mapping[str, Any]) -> Iterator[tuple[Path, str, str, Any]]:
    """Each prediction file that a score file signs: its path, split, sha256 and main figure."""
    name, metric = recorded["baseline"], recorded["metric"]
    validation = recorded["validation"]
    for split, of in (("test", recorded), ("validation", validation)):
        yield predictions_path(home, name, split), split, of["predictions_sha256"], of[metric]
    for seed in recorded.get("seeds", [])[1:]:
        for split, of in recorded["by_seed"][str(seed)].items():
            path = predictions_path(home, name, split, seed)
            yield path, split, of["predictions_sha256"], of[metric]


def faults(home: Rooms, signatures: Mapping[str, str]) -> list[Fault]:
    """Where the record of a baseline does not hold: its score file is missing or of other data,
    another recipe or other predictions, or a recorded file has no recipe. `signatures` are those
    of the tasks as they are now, by name."""
    found: list[Fault] = []
    known_files = set()
    listed = recipe.names(home)
    for name in listed:
        mend = f"run marsad evaluate --baseline {name} --write"
        known_files.add(score_path(home, name))
        try:
            known = recipe.read_recipe(home, name)
            recorded = read_score(home, name)
            wanted = [
                ("signature", recorded["signature"], signatures[known.task]),
                ("recipe_sha256", recorded.get("recipe_sha256"), digest(known.path.read_bytes())),
            ]
            for path, _, sha256, _ in files(home, recorded):
                known_files.add(path)
                actual = digest(jsonl.read_bytes(path, home.name(path)))
                wanted.append(("predictions_sha256", sha256, actual))
        except DataError as error:
            found += error.faults
            continue
        except (KeyError, TypeError, AttributeError) as error:
            shown = home.name(score_path(home, name))
            found.append(Fault(shown, 0, f"not a score file: {error!r}", mend))
            continue
        shown = home.name(score_path(home, name))
        for key, value, right in wanted:
            if value != right:
                found.append(Fault(shown, 0, f"{key} is {value}, not {right}", mend))
    whole = {f.file for f in found}
    for folder, suffix in (("predictions", ".jsonl"), ("scores", ".json")):
        for path in sorted((home.baselines / folder).glob(f"*{suffix}")):
            name = path.name.split(".")[0]
            if name not in listed:
                what, mend = "no recipe of this name", "remove the file or add the recipe"
                found.append(Fault(home.name(path), 0, what, mend))
            elif path not in known_files and home.name(score_path(home, name)) not in whole:
                what, mend = "no score file signs it", f"remove the file or score {name} again"
                found.append(Fault(home.name(path), 0, what, mend))
    return found
