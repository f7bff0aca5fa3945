"""Methods for the topic task: one or more topics for each passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from marsad.models import Likely, Rows, stored
from marsad.models.linear import (
    Bag,
    Bags,
    Floats,
    Linear,
    above_zero,
    at_least,
    characters,
    classify,
    ngram_range,
    sigmoid,
)
from marsad.spelling import fold
from marsad.stem import stems

PLACES = ("text", "headline")


@dataclass
class TfidfTopic:
    """TF-IDF of stems, pairs of stems and characters within words, one logistic regression a
    topic. The articles of train are dealt into `folds`; each fold is scored by models of the
    others, and on these scores each topic learns its probability (Platt) and the threshold of the
    best F1. A passage gets every topic above its threshold, or the one that comes nearest. `sees`
    is `text`, or `headline`: a probe of what the article's headline alone gives away. Once fitted,
    `held_out` has the probability of each topic for the rows of train, each by models that saw
    none of its article."""

    C: float = 1.0
    character_ngrams: tuple[int, int] = (3, 4)
    min_count: int = 2
    folds: int = 5
    sees: str = "text"
    bags: Bags = field(init=False, repr=False)
    linear: Linear = field(init=False, repr=False, default_factory=Linear)
    slope: Floats = field(init=False, repr=False, default_factory=lambda: np.ones(0))
    shift: Floats = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    threshold: Floats = field(init=False, repr=False, default_factory=lambda: np.zeros(0))
    held_out: Floats = field(init=False, repr=False, default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        above_zero("C", self.C)
        at_least("min_count", self.min_count, 1)
        at_least("folds", self.folds, 2)
        ngram_range("character_ngrams", self.character_ngrams)
        if self.sees not in PLACES:
            raise ValueError(f"sees is {self.sees!r}; give one of {', '.join(PLACES)}")
        self.bags = Bags(
            {
                "words": Bag(self._words, self.min_count),
                "characters": Bag(self._characters, self.min_count),
            }
        )

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        names = sorted({name for row in rows for name in row["topics"]})
        if not names:
            raise ValueError("no row has a topic; give rows that have")
        gold = np.array([[name in row["topics"] for name in names] for row in rows])
        x = self.bags.fit(rows)
        self.linear = self._fit(x, gold, names)
        held = self._held_out(x, gold, names, [row["article_id"] for row in rows])
        pairs = zip(held.T, gold.T, strict=True)
        self.slope, self.shift = np.array([platt(scores, has) for scores, has in pairs]).T
        self.held_out = sigmoid(held * self.slope + self.shift)
        pairs = zip(self.held_out.T, gold.T, strict=True)
        self.threshold = np.array([best_threshold(chances, has) for chances, has in pairs])

    def predict(self, rows: Rows) -> list[Likely]:
        chances = sigmoid(self.linear.scores(self.bags.transform(rows)) * self.slope + self.shift)
        names = self.linear.labels
        found = []
        for each in chances:
            above = each - self.threshold
            chosen = {name for name, more in zip(names, above, strict=True) if more >= 0}
            answer = frozenset(chosen or {names[int(np.argmax(above))]})
            found.append(Likely(answer, dict(zip(names, map(float, each), strict=True))))
        return found

    def save(self, folder: Path) -> None:
        terms, idf = self.bags.stored()
        labels, weights = self.linear.stored()
        tuned = {"slope": self.slope, "shift": self.shift, "threshold": self.threshold}
        stored.write(folder, {"terms": terms, "labels": labels}, {**idf, **weights, **tuned})

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        self.bags.restore(names["terms"], arrays)
        self.linear = Linear.restored(names["labels"], arrays, self.bags.size)
        tuned = [arrays[name] for name in ("slope", "shift", "threshold")]
        if any(array.shape != self.linear.bias.shape for array in tuned):
            raise ValueError("not one threshold for each topic")
        self.slope, self.shift, self.threshold = tuned

    def _fit(self, x: Any, gold: Any, names: Sequence[str]) -> Linear:
        """A model whose score of a topic is that of having it; a topic that all or none of the
        rows have gets a constant."""
        from sklearn.linear_model import LogisticRegression

        weights, bias = np.zeros((len(names), x.shape[1])), np.zeros(len(names))
        for at, has in enumerate(gold.T):
            if has.all() or not has.any():
                bias[at] = 3.0 if has.all() else -3.0
                continue
            one = LogisticRegression(C=self.C, class_weight="balanced", solver="liblinear")
            both = classify(one, x, ["yes" if value else "no" for value in has])
            weights[at], bias[at] = both.weights[1], both.bias[1]
        return Linear(tuple(names), weights, bias)

    def _held_out(self, x: Any, gold: Any, names: Sequence[str], articles: Sequence[str]) -> Floats:
        """The score of each row by models that saw none of its article."""
        order = {article: at for at, article in enumerate(sorted(set(articles)))}
        folds = min(self.folds, len(order))
        if folds < 2:
            return self.linear.scores(x)
        fold_of = np.array([order[article] % folds for article in articles])
        found = np.zeros(gold.shape)
        for one in range(folds):
            out = fold_of == one
            found[out] = self._fit(x[~out], gold[~out], names).scores(x[out])
        return found

    def _text(self, row: Mapping[str, Any]) -> str:
        if self.sees == "text":
            return str(row["text"])
        return str((row["context"] or row["text"]).split("\n")[0])

    def _words(self, row: Mapping[str, Any]) -> list[str]:
        single = stems(self._text(row))
        return single + [f"{a} {b}" for a, b in pairwise(single)]

    def _characters(self, row: Mapping[str, Any]) -> list[str]:
        return characters(fold(self._text(row)), *self.character_ngrams)


def platt(scores: Floats, has: Any) -> tuple[float, float]:
    """Slope and shift that turn scores into probabilities by a sigmoid."""
    from sklearn.linear_model import LogisticRegression

    if has.all() or not has.any():
        return 1.0, 0.0
    fitted = LogisticRegression(C=1e3).fit(scores[:, None], has)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def best_threshold(chances: Floats, has: Any) -> float:
    """The probability from which on to give a topic so that its F1 is best: the middle of five
    neighbouring quantiles whose mean F1 is the highest, so that no single row decides."""
    if not has.any():
        return 1.0
    tried = np.unique(np.quantile(chances, np.linspace(0.5, 0.99, 60)))
    given = chances[None, :] >= tried[:, None]
    f1 = 2 * (given & has).sum(1) / (given.sum(1) + has.sum())
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.full(5, 0.2), "valid")
    return float(tried[np.argmax(smooth)])
