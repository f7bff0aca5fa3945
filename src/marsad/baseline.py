"""A baseline: a recipe with its method; fitted, asked, saved and restored.

import marsad.baseline

b = marsad.baseline.load("ner_crf")
b.fit(rows)                 # rows with gold
answers = b.predict(rows)   # answer rows, as `marsad score` reads them
b.save("model")
b = marsad.baseline.restore("model")
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad import __version__, recipe, rooms, row, task
from marsad.answer import answer_row
from marsad.dataset import Row
from marsad.fault import DataError, Fault, UsageError
from marsad.feature import features
from marsad.label import Layer, read_layers
from marsad.models import METHODS, Likely, Method, method
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.task import Task

FORMAT = 1  # of a saved baseline
HEAD = "baseline.json"


@dataclass
class Baseline:
    """A recipe with its method. Its rows are those of the task's config or any like them (see
    `marsad.row`): a plain list of mappings, or a `datasets.Dataset`."""

    recipe: Recipe
    task: Task
    columns: Mapping[str, Any]
    method: Method

    def fit(
        self, rows: Iterable[Mapping[str, Any]], validation: Iterable[Mapping[str, Any]] = ()
    ) -> Baseline:
        """Learns from rows with gold; a method that stops early watches `validation`. Raises
        UsageError where there is none to learn from."""
        train = row.taught(rows, self.task, self.columns)
        if not train:
            raise UsageError(f"no rows to fit {self.recipe.id} on; give at least one")
        self.method.fit(train, row.taught(validation, self.task, self.columns))
        return self

    def predict(self, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
        """One answer row for each row; what a row has of gold is not looked at. Spans are offsets
        into `text`, or where a row has only `tokens` into these joined by spaces, and then the
        answer has `ner_tags` too."""
        rows = list(rows)
        asked = row.asked(rows, self.task)
        answers = self.method.predict(asked)
        found = []
        for given, one, answer in zip(rows, asked, answers, strict=True):
            likely = answer if isinstance(answer, Likely) else Likely(answer, {})
            record = answer_row(self.task, one, likely.answer, likely.probabilities)
            if "tokens" in self.task.inputs and given.get("text") is None:
                record["ner_tags"] = row.flat_tags(one, likely.answer)
            found.append(record)
        return found

    def save(self, folder: Path | str) -> None:
        """Writes the fitted baseline to a folder, made where it is not there: its recipe as JSON
        and the method's own files, none of them pickled."""
        place = Path(folder)
        try:
            place.mkdir(parents=True, exist_ok=True)
            self.method.save(place)
            head = {
                "format": FORMAT,
                "marsad": __version__,
                "task": self.recipe.task,
                "name": self.recipe.name,
                "title": self.recipe.title,
                "method": self.recipe.method,
                "parameters": dict(self.recipe.parameters),
            }
            text = json.dumps(head, ensure_ascii=False, indent=1) + "\n"
            (place / HEAD).write_text(text, encoding="utf-8")
        except OSError as error:
            mend = "name a folder that can be written"
            raise UsageError(f"{place}: cannot be written: {error.strerror}; {mend}") from None


def load(name: str, root: Path | str | None = None) -> Baseline:
    """A baseline by id, not yet fitted. Raises UsageError where there is none of that name or the
    extra that it needs is not installed."""
    home = rooms.find(root)
    return make(home, recipe.read_recipe(home, name))


def make(home: Rooms, known: Recipe, seed: int | None = None) -> Baseline:
    """The baseline of a recipe, not yet fitted, with a seed where its method draws at random."""
    recipe.require(known)
    asked = task.read_task(home, known.task)
    columns = _columns(home, asked)
    parameters = dict(known.parameters) | ({} if seed is None else {"seed": seed})
    return Baseline(known, asked, columns, method(known.method)(**parameters))


def restore(folder: Path | str, root: Path | str | None = None) -> Baseline:
    """A baseline that `save` wrote, fitted. Raises DataError where the folder holds none."""
    place = Path(folder)
    head_path = place / HEAD
    mend = "name a folder that Baseline.save or marsad fit wrote"
    if not head_path.is_file():
        raise DataError(Fault(str(place), 0, f"not a saved baseline: no {HEAD}", mend))
    home = rooms.find(root)
    try:
        head = json.loads(head_path.read_text(encoding="utf-8"))
        if head["format"] != FORMAT:
            raise ValueError(f"format {head['format']}, not {FORMAT}")
        parts = {key: head[key] for key in ("task", "name", "title", "method", "parameters")}
        known = Recipe(**parts, path=head_path)
        if known.method not in METHODS:
            raise ValueError(f"unknown method {known.method!r}")
        recipe.check_parameters(known.method, known.parameters, str(head_path))
        found = make(home, known)
        found.method.restore(place)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        wrong = f"not a saved baseline: {str(error) or type(error).__name__}"
        raise DataError(Fault(str(place), 0, wrong.replace("\n", " ")[:200], mend)) from None
    return replace(found, recipe=known)


def _columns(home: Rooms, asked: Task) -> Mapping[str, Any]:
    layers: dict[str, Layer] = read_layers(home)
    return features(layers)[asked.config]
