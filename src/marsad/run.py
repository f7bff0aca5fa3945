"""A run: a baseline fitted on train and scored on validation and test, once for each seed."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, stdev
from typing import Any

from marsad import baseline, memory, metric, score
from marsad.answer import check_answers
from marsad.dataset import Row
from marsad.fault import DataError, Fault
from marsad.metric import METRICS
from marsad.recipe import Recipe
from marsad.rooms import Rooms
from marsad.score import Score
from marsad.task import TaskData

SCORED = ("validation", "test")


@dataclass(frozen=True)
class Trial:
    """What one seed gave, by split. `seed` is None where the method draws nothing at random."""

    seed: int | None
    answers: Mapping[str, Sequence[Row]]
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class Run:
    """A recipe's trials and what one of them took: seconds to fit and to answer the splits (the
    mean over seeds), and the highest resident memory of the process meanwhile, in MB."""

    recipe: Recipe
    trials: Sequence[Trial]
    fit_seconds: float
    predict_seconds: float
    peak_memory_mb: float

    def values(self, split: str) -> list[float]:
        """The main figure of each trial."""
        return [trial.scores[split].value for trial in self.trials]


def run(home: Rooms, known: Recipe, data: TaskData, splits: Sequence[str] = SCORED) -> Run:
    """Fits on train, answers the splits without their gold, checks and scores the answers. Raises
    DataError where train has no rows."""
    if not data.rows["train"]:
        found = f"split train of {data.task.config} has no rows to fit {known.id} on"
        mend = "put withheld texts back with marsad restore --raw DIR"
        raise DataError(Fault(home.name(home.data), 0, found, mend))
    memory.restart()
    trials, fits, answered = [], [], []
    for seed in known.seeds or (None,):
        made = baseline.make(home, known, seed)
        started = time.perf_counter()
        made.fit(data.rows["train"], data.rows["validation"])
        fitted = time.perf_counter()
        answers = {split: made.predict(data.inputs(split)) for split in splits}
        answered.append(time.perf_counter() - fitted)
        fits.append(fitted - started)
        scores = {}
        for split, rows in answers.items():
            checked = check_answers(enumerate(rows, 1), data, split, known.id)
            scores[split] = score.score(data, checked, split)
        trials.append(Trial(seed, answers, scores))
    return Run(known, trials, mean(fits), mean(answered), memory.peak_mb())


def over_seeds(one: Run, split: str) -> dict[str, Any]:
    """The main figure's mean over seeds, its standard deviation, and the 95 % interval of the mean
    over resamples of articles."""
    scores = [trial.scores[split] for trial in one.trials]
    counts = [(METRICS[scored.metric], scored.counts) for scored in scores]
    drawn = metric.weights(scores[0].articles, score.RESAMPLES, score.SEED)
    means = metric.resampled(counts, drawn).mean(0, keepdims=True)
    values = one.values(split)
    return {"mean": mean(values), "sd": stdev(values), "interval": metric.bounds(means)[0]}
