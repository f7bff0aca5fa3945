"""A list of names: the ner probe that knows what train mentions and nothing else."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from marsad.iob2 import TokenSpan
from marsad.models import Rows, Spans
from marsad.models.mention import characters, crosses, token_spans

FILE = "gazetteer.json"


@dataclass
class Gazetteer:
    """Looks up the mentions of train: the longest known run of tokens from each place on, and
    within it the known shorter ones, each with its most frequent type. `min_count` is how often a
    mention must stand in train, `min_share` which share of its occurrences must be mentions."""

    min_count: int = 1
    min_share: float = 0.5
    names: dict[tuple[str, ...], str] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.min_count < 1:
            raise ValueError(f"min_count is {self.min_count}; give 1 or more")
        if not 0 <= self.min_share <= 1:
            raise ValueError(f"min_share is {self.min_share}; give a share from 0 to 1")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        labels: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for row in rows:
            for first, last, label in token_spans(row):
                labels[tuple(row["tokens"][first:last])][label] += 1
        longest = max(map(len, labels), default=0)
        seen = Counter(
            tuple(row["tokens"][at : at + size])
            for row in rows
            for size in range(1, longest + 1)
            for at in range(len(row["tokens"]) - size + 1)
        )
        self.names = {
            name: found.most_common(1)[0][0]
            for name, found in labels.items()
            if found.total() >= self.min_count and found.total() >= self.min_share * seen[name]
        }

    def predict(self, rows: Rows) -> list[Spans]:
        longest = max(map(len, self.names), default=0)
        return [characters(row, self._found(row["tokens"], longest)) for row in rows]

    def _found(self, words: list[str], longest: int) -> set[TokenSpan]:
        spans: set[TokenSpan] = set()
        at = 0
        while at < len(words):
            sizes = range(min(longest, len(words) - at), 0, -1)
            size = next((n for n in sizes if tuple(words[at : at + n]) in self.names), 0)
            end = at + size
            for first in range(at, end):
                for last in range(first + 1, end + 1):
                    label = self.names.get(tuple(words[first:last]))
                    if label and not any(crosses((first, last, label), one) for one in spans):
                        spans.add((first, last, label))
            at = max(end, at + 1)
        return spans

    def save(self, folder: Path) -> None:
        names = [[*name, label] for name, label in self.names.items()]
        (folder / FILE).write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    def restore(self, folder: Path) -> None:
        names = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if not isinstance(names, list) or not all(_entry(name) for name in names):
            raise ValueError(f"{FILE} is no list of names with their labels")
        self.names = {tuple(words): label for *words, label in names}


def _entry(name: object) -> bool:
    return isinstance(name, list) and len(name) > 1 and all(isinstance(part, str) for part in name)
