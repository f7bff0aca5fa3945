"""A line CRF for the structure task: the lines of a page labelled together."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from marsad.models import Likely, Rows, stored
from marsad.models.linear import at_least
from marsad.models.structure import features, pages

MAGIC = b"lCRF"  # how a model of CRFsuite begins


@dataclass
class LineCrf:
    """A linear-chain CRF over the lines of a page, with the features of `linear_line`. A label
    that every article of train has on exactly one line, as it has its headline, goes to the line
    that is likeliest to bear it, and to no other. `c1` and `c2` are the L1 and L2
    regularisation, `window` how many neighbours each way a line sees."""

    c1: float = 0.0
    c2: float = 0.1
    window: int = 2
    max_iterations: int = 200
    once: tuple[str, ...] = field(init=False, default=())
    model: bytes = field(init=False, default=b"", repr=False)

    def __post_init__(self) -> None:
        at_least("c1", self.c1, 0)
        at_least("c2", self.c2, 0)
        at_least("window", self.window, 0)
        at_least("max_iterations", self.max_iterations, 1)

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        import pycrfsuite

        trainer = pycrfsuite.Trainer(verbose=False)
        counts = []
        for page in pages(rows):
            labels = [row["label"] for row in page]
            counts.append(Counter(labels))
            trainer.append(features(page, self.window), labels)
        known = sorted({label for count in counts for label in count})
        self.once = tuple(name for name in known if all(count[name] == 1 for count in counts))
        trainer.set_params(
            {
                "c1": self.c1,
                "c2": self.c2,
                "max_iterations": self.max_iterations,
                "feature.possible_transitions": True,
            }
        )
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model"
            trainer.train(str(path))
            self.model = path.read_bytes()

    def predict(self, rows: Rows) -> list[Likely]:
        import pycrfsuite

        tagger = pycrfsuite.Tagger()
        tagger.open_inmemory(self.model)  # reads where it lies: the bytes must outlive the tagger
        labels = tagger.labels()
        found: list[Likely] = []
        for page in pages(rows):
            path = tagger.tag(features(page, self.window))
            chances = np.array(
                [[tagger.marginal(label, at) for label in labels] for at in range(len(page))]
            )
            for answer, each in zip(self._settle(path, chances, labels), chances, strict=True):
                shares = (each / each.sum()).tolist()
                found.append(Likely(answer, dict(zip(labels, shares, strict=True))))
        return found

    def save(self, folder: Path) -> None:
        model = np.frombuffer(self.model, dtype=np.uint8)
        stored.write(folder, {"once": list(self.once)}, {"model": model})

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        model = arrays["model"].tobytes()
        if arrays["model"].dtype != np.uint8 or not model.startswith(MAGIC):
            raise ValueError("no model of CRFsuite")
        self.once, self.model = tuple(map(str, names["once"])), model

    def _settle(self, path: list[str], chances: Any, labels: list[str]) -> list[str]:
        """The best path, with each label of `once` on its likeliest line alone; a line that loses
        it gets the likeliest of the others."""
        others = [at for at, label in enumerate(labels) if label not in self.once]
        if not others:
            return path
        settled = list(path)
        for at, label in enumerate(path):
            if label in self.once:
                settled[at] = labels[max(others, key=lambda other: chances[at][other])]
        for label in self.once:
            settled[int(np.argmax(chances[:, labels.index(label)]))] = label
        return settled
