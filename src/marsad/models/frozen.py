"""Methods that put a linear head on a frozen encoder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from marsad.encoder import ENCODERS, encode
from marsad.models import Likely, Rows
from marsad.models.head import Floats, Head, restore, save
from marsad.models.stance_evidence import EvidenceStance, Ranked


def _check(encoder: str) -> None:
    if encoder not in ENCODERS:
        raise ValueError(f"encoder is {encoder!r}; the encoders are {', '.join(ENCODERS)}")


def _scale(vectors: Floats) -> Floats:
    """(2, dims): the mean of each number of the vectors, and its deviation, 1 where it has none."""
    deviation = vectors.std(axis=0)
    found: Floats = np.stack([vectors.mean(axis=0), np.where(deviation > 0, deviation, 1.0)])
    return found


@dataclass
class FrozenTopic:
    """The vectors of the passage by each encoder, side by side, and one logistic regression a
    topic. A passage gets every topic that
    is at least as likely as `threshold`, or the likeliest where none is."""

    encoders: tuple[str, ...] = ("use3",)
    C: float = 0.001
    threshold: float = 0.5
    scale: Floats | None = field(init=False, default=None, repr=False)
    head: Head | None = field(init=False, default=None, repr=False)

    def __post_init__(self) -> None:
        if not self.encoders or len(set(self.encoders)) < len(self.encoders):
            raise ValueError(f"encoders are {list(self.encoders)}; name one or more, each once")
        for name in self.encoders:
            _check(name)
        if self.C <= 0:
            raise ValueError(f"C is {self.C}; write a number above 0")
        if not 0 < self.threshold < 1:
            raise ValueError(f"threshold is {self.threshold}; write a number between 0 and 1")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        vectors = self._vectors(rows)
        self.scale = _scale(vectors)
        scaled = (vectors - self.scale[0]) / self.scale[1]
        self.head = Head.any_of(scaled, [row["topics"] for row in rows], self.C)

    def predict(self, rows: Rows) -> list[Likely]:
        assert self.head, "fit or restore comes first"
        assert self.scale is not None
        vectors = (self._vectors(rows) - self.scale[0]) / self.scale[1]
        found = []
        for chances in self.head.of_any(vectors):
            likely = dict(zip(self.head.labels, map(float, chances), strict=True))
            chosen = {name for name, chance in likely.items() if chance >= self.threshold}
            found.append(
                Likely(frozenset(chosen or {max(likely, key=lambda n: likely[n])}), likely)
            )
        return found

    def save(self, folder: Path) -> None:
        assert self.head, "fit comes before save"
        assert self.scale is not None
        save(folder, {}, {"topic": self.head}, scale=self.scale)

    def restore(self, folder: Path) -> None:
        _, heads, numbers = restore(folder)
        self.head, self.scale = heads["topic"], numbers["scale"]

    def _vectors(self, rows: Rows) -> Floats:
        texts = [row["text"] for row in rows]
        return np.hstack([encode(name, texts) for name in self.encoders]).astype(np.float64)


@dataclass
class FrozenStance(EvidenceStance):
    """What `EvidenceStance` sees, with the vector of the likeliest clause. `share` is what a
    number of the vector weighs beside a word."""

    encoder: str = "e5"
    share: float = 0.05
    scale: Floats | None = field(init=False, default=None, repr=False)

    numbers: ClassVar[tuple[str, ...]] = ("scale",)

    def __post_init__(self) -> None:
        super().__post_init__()
        _check(self.encoder)
        if self.share <= 0:
            raise ValueError(f"share is {self.share}; write a number above 0")

    def _learn(self, rows: Rows, ranked: Ranked) -> None:
        self.scale = _scale(self._vectors(rows, ranked))

    def _inputs(self, rows: Rows, ranked: Ranked, views: Sequence[Mapping[str, Any]]) -> Any:
        from scipy.sparse import csr_array, hstack

        assert self.scale is not None
        vectors = (self._vectors(rows, ranked) - self.scale[0]) / self.scale[1]
        words = super()._inputs(rows, ranked, views)
        return hstack([words, csr_array(vectors * self.share)], format="csr")

    def _vectors(self, rows: Rows, ranked: Ranked) -> Floats:
        chosen = [max(own, key=lambda one: one[1])[0] for own in ranked]
        texts = [row["text"][c.start : c.end] for row, c in zip(rows, chosen, strict=True)]
        return encode(self.encoder, texts).astype(np.float64)
