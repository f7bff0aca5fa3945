"""A linear model over bags of terms: what the classical baselines of three tasks are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from marsad.models.stored import Arrays

Floats = NDArray[np.float64]
View = Callable[[Any], Sequence[str]]


class Estimator(Protocol):
    """A linear classifier of scikit-learn, fitted."""

    classes_: Any
    coef_: Any
    intercept_: Any

    def fit(self, x: Any, y: Any) -> Any: ...


@dataclass
class Bag:
    """A view of a row, a list of terms, as a sparse vector: TF-IDF with the logarithm of counts
    and unit length, or, not `weighted`, plain counts. A term that fewer than `min_count` rows of
    train have is left out."""

    view: View
    min_count: int = 1
    weighted: bool = True
    terms: tuple[str, ...] = field(init=False, default=(), repr=False)
    idf: Floats = field(init=False, default_factory=lambda: np.ones(0), repr=False)

    def fit(self, rows: Sequence[Any]) -> Any:
        """Learns the terms of the rows and returns their vectors, shape (rows, terms)."""
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import CountVectorizer

        self.terms, self.idf = (), np.ones(0)
        counter = CountVectorizer(analyzer=self.view, dtype=np.float64)
        if not any(len(self.view(row)) for row in rows):
            return csr_matrix((len(rows), 0))
        counts = counter.fit_transform(rows)
        seen = np.bincount(counts.indices, minlength=counts.shape[1])
        kept = np.flatnonzero(seen >= min(self.min_count, len(rows)))
        self.terms = tuple(map(str, counter.get_feature_names_out()[kept]))
        self.idf = np.log((1 + len(rows)) / (1 + seen[kept])) + 1
        return self._weigh(counts[:, kept])

    def transform(self, rows: Sequence[Any]) -> Any:
        """The vectors of rows; terms that were not in train are left out."""
        from scipy.sparse import csr_matrix
        from sklearn.feature_extraction.text import CountVectorizer

        if not self.terms or not rows:
            return csr_matrix((len(rows), len(self.terms)))
        counter = CountVectorizer(analyzer=self.view, vocabulary=self.terms, dtype=np.float64)
        return self._weigh(counter.transform(rows))

    def _weigh(self, counts: Any) -> Any:
        from sklearn.preprocessing import normalize

        if not self.weighted:
            return counts
        counts.data = 1 + np.log(counts.data)
        return normalize(counts.multiply(self.idf[None, :]).tocsr())


@dataclass
class Bags:
    """Several bags side by side, by name."""

    parts: Mapping[str, Bag]

    def fit(self, rows: Sequence[Any]) -> Any:
        return _beside([bag.fit(rows) for bag in self.parts.values()])

    def transform(self, rows: Sequence[Any]) -> Any:
        return _beside([bag.transform(rows) for bag in self.parts.values()])

    @property
    def size(self) -> int:
        return sum(len(bag.terms) for bag in self.parts.values())

    def stored(self) -> tuple[dict[str, Any], dict[str, Floats]]:
        """The terms by bag, and their weights."""
        terms = {name: list(bag.terms) for name, bag in self.parts.items()}
        return terms, {f"idf_{name}": bag.idf for name, bag in self.parts.items()}

    def restore(self, terms: Mapping[str, Any], arrays: Arrays) -> None:
        """Takes what `stored` gave. Raises ValueError or KeyError where it does not fit."""
        for name, bag in self.parts.items():
            bag.terms, bag.idf = _texts(terms[name]), arrays[f"idf_{name}"]
            if len(set(bag.terms)) != len(bag.terms) or bag.idf.shape != (len(bag.terms),):
                raise ValueError(f"the terms and weights of {name} do not fit each other")


def _beside(matrices: Sequence[Any]) -> Any:
    from scipy.sparse import hstack

    return hstack(matrices).tocsr()


@dataclass
class Linear:
    """Scores of labels: `x @ weights.T + bias`, one column a label."""

    labels: tuple[str, ...] = ()
    weights: Floats = field(default_factory=lambda: np.zeros((0, 0)), repr=False)
    bias: Floats = field(default_factory=lambda: np.zeros(0), repr=False)

    def scores(self, x: Any) -> Floats:
        found: Floats = np.asarray(x @ self.weights.T) + self.bias
        return found

    def stored(self) -> tuple[list[str], dict[str, Floats]]:
        return list(self.labels), {"weights": self.weights, "bias": self.bias}

    @staticmethod
    def restored(labels: Any, arrays: Arrays, size: int) -> Linear:
        """The model that `stored` gave, over so many terms. Raises ValueError where it does not
        fit them, KeyError where it is not there."""
        found = Linear(_texts(labels), arrays["weights"], arrays["bias"])
        shape = (len(found.labels), size)
        if found.weights.shape != shape or found.bias.shape != shape[:1] or not found.labels:
            raise ValueError(f"weights of shape {found.weights.shape} for {shape}")
        return found


def classify(estimator: Estimator, x: Any, labels: Sequence[str]) -> Linear:
    """One label a row, learned. Where train has one label alone, that is always the answer."""
    known = tuple(sorted(set(labels)))
    if len(known) == 1:
        return Linear(known, np.zeros((1, x.shape[1])), np.zeros(1))
    estimator.fit(x, list(labels))
    weights, bias = np.asarray(estimator.coef_), np.asarray(estimator.intercept_)
    if len(known) == 2:  # one score says the second label
        weights, bias = np.vstack([0 * weights, weights]), np.append(0 * bias, bias)
    return Linear(tuple(map(str, estimator.classes_)), weights, bias)


def softmax(scores: Floats) -> Floats:
    """Probabilities that sum to 1 along the last axis."""
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    found: Floats = raised / raised.sum(-1, keepdims=True)
    return found


def sigmoid(scores: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-np.clip(scores, -500, 500)))
    return found


def characters(text: str, shortest: int, longest: int) -> list[str]:
    """The character n-grams within words, each word with a space on both sides."""
    found = []
    for word in text.split():
        padded = f" {word} "
        for n in range(shortest, longest + 1):
            found += [padded[at : at + n] for at in range(max(1, len(padded) - n + 1))]
    return found


def above_zero(name: str, value: float) -> None:
    """Raises ValueError, naming the parameter, on a number that is not above 0."""
    if not value > 0:
        raise ValueError(f"{name} is {value}; give a number above 0")


def at_least(name: str, value: float, least: int) -> None:
    if value < least:
        raise ValueError(f"{name} is {value}; give {least} or more")


def ngram_range(name: str, value: Sequence[int]) -> None:
    """Raises ValueError on a range that holds no length."""
    shortest, longest = value
    if not 1 <= shortest <= longest:
        raise ValueError(f"{name} is {list(value)}; give the shortest, at least 1, and the longest")


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("names that are no texts")
    return tuple(values)
