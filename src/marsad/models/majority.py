"""The floors: the most frequent answer of train, whatever is asked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from marsad.models import Rows, Spans


@dataclass
class MajorityLabel:
    """Every row gets the most frequent label of train."""

    label: str = field(init=False, default="")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self.label = Counter(row["label"] for row in rows).most_common(1)[0][0]

    def predict(self, rows: Rows) -> list[str]:
        return [self.label] * len(rows)

    def save(self, folder: Path) -> None:
        (folder / "label.json").write_text(json.dumps(self.label), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        self.label = json.loads((folder / "label.json").read_text(encoding="utf-8"))


@dataclass
class MajorityTopic:
    """Every passage gets the most frequent topic of train."""

    topic: str = field(init=False, default="")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self.topic = Counter(name for row in rows for name in row["topics"]).most_common(1)[0][0]

    def predict(self, rows: Rows) -> list[frozenset[str]]:
        return [frozenset({self.topic})] * len(rows)

    def save(self, folder: Path) -> None:
        (folder / "topic.json").write_text(json.dumps(self.topic), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        self.topic = json.loads((folder / "topic.json").read_text(encoding="utf-8"))


@dataclass
class NoEntity:
    """No span at all: the most frequent tag of a token is none."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        pass

    def predict(self, rows: Rows) -> list[Spans]:
        return [frozenset()] * len(rows)

    def save(self, folder: Path) -> None:
        pass

    def restore(self, folder: Path) -> None:
        pass
