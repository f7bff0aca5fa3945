"""Methods for the stance task: the stance of a holder toward a target, as a passage gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from marsad.catalogue import VOICES
from marsad.models import Rows, stored
from marsad.models.linear import Bag, Bags, Linear, above_zero, at_least, classify
from marsad.stem import stems

PARTS = ("text", "holder", "target")
Row = Mapping[str, Any]


@dataclass
class TfidfStance:
    """A linear support vector machine over what it `sees` of text, holder and target: TF-IDF of
    the stems of the passage; with the holder, of those up to `window` words after the holder's
    name, and each joined with the kind of holder (author, nameless, named); with the target, each
    joined with the target; holder, target and the pair of them by themselves. A target not seen
    in train is carried by its Arabic phrase. Leaving one out makes a probe of what the others
    give away."""

    C: float = 1.0
    window: int = 15
    sees: tuple[str, ...] = PARTS
    bags: Bags = field(init=False, repr=False)
    linear: Linear = field(init=False, repr=False, default_factory=Linear)

    def __post_init__(self) -> None:
        above_zero("C", self.C)
        at_least("window", self.window, 0)
        unknown = [part for part in self.sees if part not in PARTS]
        if unknown or not self.sees:
            raise ValueError(f"sees is {list(self.sees)}; give some of {', '.join(PARTS)}")
        parts = {
            "text": (Bag(_words), {"text"}),
            "near": (Bag(self._near), {"text", "holder"}),
            "kind": (Bag(_by_kind), {"text", "holder"}),
            "crossed": (Bag(_by_target), {"text", "target"}),
            "holder": (Bag(_holder, weighted=False), {"holder"}),
            "target": (Bag(_target, weighted=False), {"target"}),
            "pair": (Bag(_pair, weighted=False), {"holder", "target"}),
        }
        seen = {name: bag for name, (bag, needs) in parts.items() if needs <= set(self.sees)}
        self.bags = Bags(seen)

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        from sklearn.svm import LinearSVC

        # The primal problem: its solver draws nothing at random.
        one = LinearSVC(C=self.C, class_weight="balanced", dual=False, max_iter=10_000)
        self.linear = classify(one, self.bags.fit(rows), [row["label"] for row in rows])

    def predict(self, rows: Rows) -> list[str]:
        scores = self.linear.scores(self.bags.transform(rows))
        return [self.linear.labels[at] for at in np.argmax(scores, axis=1)]

    def save(self, folder: Path) -> None:
        terms, idf = self.bags.stored()
        labels, weights = self.linear.stored()
        stored.write(folder, {"terms": terms, "labels": labels}, {**idf, **weights})

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        self.bags.restore(names["terms"], arrays)
        self.linear = Linear.restored(names["labels"], arrays, self.bags.size)

    def _near(self, row: Row) -> list[str]:
        words, name = stems(row["text"]), set(stems(row["holder_ar"]))
        places = [at for at, word in enumerate(words) if word in name]
        kept = {
            at
            for place in places
            for at in range(max(0, place - 3), min(len(words), place + self.window))
        }
        return [words[at] for at in sorted(kept)]


def _words(row: Row) -> list[str]:
    return stems(row["text"])


def _by_kind(row: Row) -> list[str]:
    kind = row["holder"] if row["holder"] in VOICES else "named"
    return [f"{kind}|{word}" for word in stems(row["text"])]


def _by_target(row: Row) -> list[str]:
    return [f"{row['target']}|{word}" for word in stems(row["text"])]


def _holder(row: Row) -> list[str]:
    return [row["holder"]]


def _target(row: Row) -> list[str]:
    return [row["target"], *(f"word={word}" for word in stems(row["target_ar"]))]


def _pair(row: Row) -> list[str]:
    return [f"{row['holder']}|{row['target']}"]
