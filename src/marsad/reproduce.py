"""`marsad reproduce`: every score on record, made again and held against the record."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from marsad import evaluate, jsonl, record
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.run import Run


@dataclass(frozen=True)
class Difference:
    """A baseline's recorded main figure on a split beside the one it gives now, and how many of
    its answers are other ones (probabilities aside)."""

    baseline: str
    split: str
    recorded: float
    again: float
    answers: int
    other_answers: int

    @property
    def same(self) -> bool:
        return self.recorded == self.again and not self.other_answers

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "difference": self.again - self.recorded}


def reproduce(home: Rooms, recipes: Sequence[Recipe]) -> Iterator[Difference]:
    """Runs each recipe again and compares every seed and split with what is on record. Raises
    DataError where there is no record."""
    for run in evaluate.runs_of(home, recipes):
        yield from differences(home, run)


def differences(home: Rooms, run: Run) -> Iterator[Difference]:
    """What a run gives otherwise than the record of its recipe."""
    recorded = record.read_score(home, run.recipe.id)
    figures = {path: figure for path, _, _, figure in record.files(home, recorded)}
    for at, trial in enumerate(run.trials):
        for split, answers in trial.answers.items():
            seed = trial.seed if at else None
            path = record.predictions_path(home, run.recipe.id, split, seed)
            old = [_bare(row) for _, row in jsonl.read(path, home.name(path))]
            new = [_bare(json.loads(jsonl.dumps(row))) for row in answers]
            other = sum(a != b for a, b in zip(old, new, strict=False)) + abs(len(old) - len(new))
            name = run.recipe.id + (f", seed {trial.seed}" if trial.seed is not None else "")
            again = trial.scores[split].value
            yield Difference(name, split, figures[path], again, len(new), other)


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "probabilities"}


def text(found: Sequence[Difference]) -> str:
    """The differences as lines to read."""
    head = f"{'baseline':32} {'split':10} {'recorded':>10} {'again':>10} {'other answers':>15}"
    lines = [head]
    for one in found:
        figures = f"{one.recorded:10.6f} {one.again:10.6f}"
        answers = f"{one.other_answers} of {one.answers}"
        lines.append(f"{one.baseline:32} {one.split:10} {figures} {answers:>15}")
    other = sum(not one.same for one in found)
    lines.append(f"{len(found)} scores made again, {other} of them other than recorded")
    return "\n".join(lines) + "\n"
