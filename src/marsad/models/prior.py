"""Floors that draw at random: answers with the frequencies of train, whatever is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from marsad import iob2, row
from marsad.models import Likely, Rows, Spans, stored
from marsad.models.linear import at_least


@dataclass
class Prior:
    """The shares of names in train, and the `seed` that answers are drawn with. Answers are drawn
    row by row: the same rows in the same order get the same answers."""

    seed: int = 1
    shares: Mapping[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        at_least("seed", self.seed, 0)

    def save(self, folder: Path) -> None:
        numbers = np.array([*self.shares.values()], dtype=np.float64)
        stored.write(folder, {"shares": list(self.shares)}, {"shares": numbers})

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        shares = arrays["shares"]
        if (shares < 0).any() or (shares > 1).any() or not len(shares):
            raise ValueError("shares are from 0 to 1")
        self.shares = dict(zip(map(str, names["shares"]), shares.tolist(), strict=True))

    def _learn(self, counts: Counter[str], total: int) -> None:
        self.shares = {name: counts[name] / total for name in sorted(counts)}

    def _drawn(self) -> tuple[np.random.Generator, list[str], Any]:
        """A generator, the names, and their shares of one."""
        shares = np.array([*self.shares.values()])
        return np.random.default_rng(self.seed), list(self.shares), shares / shares.sum()


@dataclass
class PriorLabel(Prior):
    """Each row gets a label drawn with its share of train."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self._learn(Counter(row["label"] for row in rows), len(rows))

    def predict(self, rows: Rows) -> list[Likely]:
        drawn, names, shares = self._drawn()
        chosen = drawn.choice(len(names), size=len(rows), p=shares)
        return [Likely(names[at], self.shares) for at in chosen]


@dataclass
class PriorTopic(Prior):
    """Each passage gets each topic with the share of the passages of train that have it, each
    drawn by itself; where none comes, one topic by these shares."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self._learn(Counter(name for row in rows for name in row["topics"]), len(rows))

    def predict(self, rows: Rows) -> list[Likely]:
        drawn, names, shares = self._drawn()
        found = []
        for _ in rows:
            given = drawn.random(len(names)) < np.array([*self.shares.values()])
            if not given.any():
                given[drawn.choice(len(names), p=shares)] = True
            answer = frozenset(name for name, has in zip(names, given, strict=True) if has)
            found.append(Likely(answer, self.shares))
        return found


@dataclass
class PriorEntity(Prior):
    """Each token gets an IOB2 tag drawn with its share of train's outermost mentions; the spans
    are those that the tags say, and none is nested."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        tags: Counter[str] = Counter()
        for one in rows:
            spans = ((e["start"], e["end"], e["label"]) for e in one["entities"])
            tags.update(row.flat_tags(one, spans))
        self._learn(tags, tags.total())

    def predict(self, rows: Rows) -> list[Spans]:
        drawn, names, shares = self._drawn()
        found = []
        for one in rows:
            places = row.places(one)
            tags = [names[at] for at in drawn.choice(len(names), size=len(places), p=shares)]
            spans = iob2.spans(tags)
            found.append(
                frozenset((places[s][0], places[e - 1][1], label) for s, e, label in spans)
            )
        return found
