"""The methods behind the baselines: the floors, and a module for each layer.

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


# Each method's module and the layers it answers for. The module is imported when the method is
# used: scikit-learn costs a second.
METHODS = {
    "majority_label": ("majority", ("structure", "stance")),
    "majority_topic": ("majority", ("topic",)),
    "no_entity": ("majority", ("ner",)),
    "linear_line": ("structure", ("structure",)),
    "tfidf_topic": ("topic", ("topic",)),
    "tfidf_stance": ("stance", ("stance",)),
    "gazetteer": ("ner", ("ner",)),
    "crf": ("ner", ("ner",)),
}


def suited(layer: str) -> list[str]:
    """The names of the methods that answer for a layer."""
    return [name for name, (_, layers) in METHODS.items() if layer in layers]


def method(name: str) -> type[Any]:
    """The class of a method by its name in recipes."""
    module = import_module(f"marsad.models.{METHODS[name][0]}")
    found: type[Any] = getattr(module, "".join(part.title() for part in name.split("_")))
    return found
