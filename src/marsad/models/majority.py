"""The floors: the most frequent answer of train, whatever is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from marsad.models import Rows


@dataclass
class MajorityLabel:
    """Every row gets the most frequent label of train."""

    label: str = field(init=False, default="")

    def fit(self, rows: Rows) -> None:
        self.label = Counter(row["label"] for row in rows).most_common(1)[0][0]

    def predict(self, rows: Rows) -> list[str]:
        return [self.label] * len(rows)


@dataclass
class MajorityTopic:
    """Every passage gets the most frequent topic of train."""

    topic: str = field(init=False, default="")

    def fit(self, rows: Rows) -> None:
        self.topic = Counter(name for row in rows for name in row["topics"]).most_common(1)[0][0]

    def predict(self, rows: Rows) -> list[frozenset[str]]:
        return [frozenset({self.topic})] * len(rows)


@dataclass
class NoEntity:
    """No span at all: the most frequent tag of a token is none."""

    def fit(self, rows: Rows) -> None:
        pass

    def predict(self, rows: Rows) -> list[frozenset[tuple[int, int, str]]]:
        return [frozenset()] * len(rows)
