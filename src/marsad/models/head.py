"""Linear heads over weighted bags of features and over vectors, kept as plain arrays and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marsad.models import stored

ALWAYS = 100.0  # the bias of a label that every row has
Floats = npt.NDArray[np.float64]
Weighted = Mapping[str, float]


@dataclass(frozen=True)
class Bag:
    """A vocabulary and the weight of each of its words. With `tfidf` the rarer weigh more, and
    every bag has length 1; without it a weight stays as it is given."""

    words: Mapping[str, int]
    rarity: Floats
    tfidf: bool

    @classmethod
    def of(cls, bags: Sequence[Weighted], tfidf: bool) -> Bag:
        words = {word: at for at, word in enumerate(sorted({word for bag in bags for word in bag}))}
        counts = np.zeros(len(words))
        for bag in bags:
            counts[[words[word] for word in bag]] += 1
        rarity = np.log((1 + len(bags)) / (1 + counts)) + 1
        return cls(words, rarity if tfidf else np.ones(len(words)), tfidf)

    def matrix(self, bags: Iterable[Weighted]) -> Any:
        """A sparse row for each bag; a word that is not in the vocabulary is left out."""
        from scipy.sparse import csr_array

        starts = [0]
        columns: list[int] = []
        weights: list[float] = []
        get = self.words.get
        for bag in bags:
            for word, weight in bag.items():
                at = get(word)
                if at is not None:
                    columns.append(at)
                    weights.append(weight)
            starts.append(len(columns))
        values = self.rarity[np.array(columns, dtype=np.intp)] * np.array(weights, dtype=float)
        for first, last in pairwise(starts) if self.tfidf else ():
            norm = np.linalg.norm(values[first:last])
            if norm:
                values[first:last] /= norm
        shape = (len(starts) - 1, len(self.words))
        return csr_array((values, columns, starts), shape=shape)


@dataclass(frozen=True)
class Head:
    """A logistic regression: `weights` (labels, features), `bias` (labels)."""

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats

    @classmethod
    def one_of(cls, inputs: Any, gold: Sequence[str], c: float, balanced: bool = True) -> Head:
        """Learns which one label a row has. `c` is the inverse strength of regularisation; with
        `balanced` the rows of a rare label weigh more."""
        labels = tuple(sorted(set(gold)))
        if len(labels) == 1:
            return cls(labels, np.zeros((1, inputs.shape[1])), np.zeros(1))
        weights, bias = _learn(inputs, gold, c, balanced)
        if len(labels) == 2:  # one row for the second label alone; half of it each way is the same
            weights, bias = np.vstack([-weights, weights]) / 2, np.append(-bias, bias) / 2
        return cls(labels, weights, bias)

    @classmethod
    def any_of(cls, inputs: Any, gold: Sequence[Iterable[str]], c: float) -> Head:
        """Learns of each label by itself whether a row has it."""
        labels = tuple(sorted({label for some in gold for label in some}))
        learned = []
        for label in labels:
            has = [label in some for some in gold]
            always = (np.zeros((1, inputs.shape[1])), np.array([ALWAYS]))
            learned.append(always if all(has) else _learn(inputs, has, c, True))
        return cls(
            labels, np.vstack([w for w, _ in learned]), np.concatenate([b for _, b in learned])
        )

    def of_one(self, inputs: Any) -> Floats:
        """Of each row and label the probability; those of a row sum to 1."""
        scores = inputs @ self.weights.T + self.bias
        raised = np.exp(scores - scores.max(axis=1, keepdims=True))
        found: Floats = raised / raised.sum(axis=1, keepdims=True)
        return found

    def of_any(self, inputs: Any) -> Floats:
        """Of each row and label the probability, each by itself."""
        from scipy.special import expit

        found: Floats = expit(inputs @ self.weights.T + self.bias)
        return found


def _learn(inputs: Any, gold: Sequence[Any], c: float, balanced: bool) -> tuple[Floats, Floats]:
    from sklearn.linear_model import LogisticRegression

    weights = "balanced" if balanced else None
    learned = LogisticRegression(C=c, class_weight=weights, max_iter=3000).fit(inputs, gold)
    return learned.coef_, learned.intercept_


def save(
    folder: Path, bags: Mapping[str, Bag], heads: Mapping[str, Head], **arrays: Floats
) -> None:
    """Writes words, labels and numbers."""
    names = {
        "bags": {n: {"tfidf": bag.tfidf, "words": list(bag.words)} for n, bag in bags.items()},
        "heads": {name: list(head.labels) for name, head in heads.items()},
    }
    numbers: dict[str, Floats] = {f"rarity.{name}": bag.rarity for name, bag in bags.items()}
    for name, head in heads.items():
        numbers |= {f"weights.{name}": head.weights, f"bias.{name}": head.bias}
    stored.write(folder, names, {**numbers, **arrays})


def restore(folder: Path) -> tuple[dict[str, Bag], dict[str, Head], dict[str, Floats]]:
    """What `save` wrote. Raises OSError, ValueError or KeyError on anything else."""
    names, numbers = stored.read(folder)
    bags = {}
    for name, known in names["bags"].items():
        words = {word: at for at, word in enumerate(known["words"])}
        bags[name] = Bag(words, numbers.pop(f"rarity.{name}"), known["tfidf"])
        if bags[name].rarity.shape != (len(words),):
            raise ValueError(f"{name} is not of {len(words)} words")
    heads = {}
    for name, labels in names["heads"].items():
        weights, bias = numbers.pop(f"weights.{name}"), numbers.pop(f"bias.{name}")
        if bias.shape != (len(labels),) or weights.shape[:1] != bias.shape or weights.ndim != 2:
            raise ValueError(f"{name} is not of {len(labels)} labels")
        heads[name] = Head(tuple(labels), weights, bias)
    return bags, heads, numbers
