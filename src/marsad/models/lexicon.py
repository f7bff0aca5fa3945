"""Probes of what the words alone give away: a lexicon for each label, and how much of a passage
lies in it. They know nothing of order, of holder or of target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from pathlib import Path

from marsad.models import Rows, stored
from marsad.models.linear import at_least
from marsad.stem import stems


@dataclass
class Lexicon:
    """For each label the `size` stems most tied to its rows of train, of those that at least
    `min_count` rows have: the highest log odds against the rows without the label, over their
    standard deviation (Monroe, Colaresi and Quinn 2008)."""

    size: int = 100
    min_count: int = 3
    words: Mapping[str, Sequence[str]] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        at_least("size", self.size, 1)
        at_least("min_count", self.min_count, 1)

    def save(self, folder: Path) -> None:
        stored.write(folder, {"words": {name: list(of) for name, of in self.words.items()}}, {})

    def restore(self, folder: Path) -> None:
        names, _ = stored.read(folder)
        words = {str(name): [str(word) for word in of] for name, of in names["words"].items()}
        if not words:
            raise ValueError("a lexicon of no label")
        self.words = words

    def _learn(self, rows: Rows, labels: Sequence[Sequence[str]]) -> None:
        """The lexicons, the most frequent label first."""
        passages = [set(stems(row["text"])) for row in rows]
        seen = Counter(word for words in passages for word in words)
        frequent = Counter(label for given in labels for label in given)
        self.words = {}
        for label in sorted(frequent, key=lambda label: (-frequent[label], label)):
            pairs = zip(passages, labels, strict=True)
            inside = Counter(word for words, given in pairs if label in given for word in words)
            tied = {
                word: _tie(inside[word], frequent[label], count - inside[word], len(rows))
                for word, count in seen.items()
                if count >= self.min_count
            }
            best = sorted(tied, key=lambda word: (-tied[word], word))[: self.size]
            self.words[label] = [word for word in best if tied[word] > 0]

    def _overlaps(self, text: str) -> dict[str, int]:
        """How many words of each label's lexicon a passage has, the most frequent label first."""
        words = set(stems(text))
        return {label: len(words & set(of)) for label, of in self.words.items()}


@dataclass
class LexiconTopic(Lexicon):
    """A passage gets the topics whose lexicon it overlaps most; where none, the most frequent."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self._learn(rows, [row["topics"] for row in rows])

    def predict(self, rows: Rows) -> list[frozenset[str]]:
        found = []
        for row in rows:
            overlaps = self._overlaps(row["text"])
            most = max(overlaps.values())
            chosen = [label for label, overlap in overlaps.items() if overlap == most]
            found.append(frozenset(chosen if most else chosen[:1]))
        return found


@dataclass
class LexiconStance(Lexicon):
    """A row gets the label whose lexicon its passage overlaps most, of equals the most frequent.
    It sees neither holder nor target."""

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        self._learn(rows, [[row["label"]] for row in rows])

    def predict(self, rows: Rows) -> list[str]:
        found = []
        for row in rows:
            overlaps = self._overlaps(row["text"])
            found.append(max(overlaps, key=lambda label: overlaps[label]))
        return found


def _tie(inside: int, with_label: int, outside: int, total: int) -> float:
    """Log odds ratio of a word in rows with and without a label, over its standard deviation."""
    without = total - with_label
    odds = (inside + 0.5) / (with_label - inside + 0.5)
    other = (outside + 0.5) / (without - outside + 0.5)
    spread = 1 / (inside + 0.5) + 1 / (outside + 0.5)
    return (log(odds) - log(other)) / sqrt(spread)
