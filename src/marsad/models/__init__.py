"""The methods behind the baselines, a module for each task.

A method is a frozen dataclass of its parameters with two functions: `fit(rows)` reads training
rows with their gold, `predict(rows)` takes rows without gold and returns one answer for each: a
label, a set of topics, or a set of (start, end, label) spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

Rows = Sequence[Mapping[str, Any]]


class Method(Protocol):
    """What every method does."""

    def fit(self, rows: Rows) -> None: ...

    def predict(self, rows: Rows) -> list[Any]: ...


# The module of a method is imported when it is used: scikit-learn costs a second.
METHODS = {
    "majority_line": "structure",
    "linear_line": "structure",
    "majority_topic": "topic",
    "tfidf_topic": "topic",
    "majority_stance": "stance",
    "tfidf_stance": "stance",
    "no_entity": "ner",
    "gazetteer": "ner",
    "crf": "ner",
}


def method(name: str) -> type[Any]:
    """The class of a method by its name in recipes."""
    module = import_module(f"marsad.models.{METHODS[name]}")
    found: type[Any] = getattr(module, "".join(part.title() for part in name.split("_")))
    return found
