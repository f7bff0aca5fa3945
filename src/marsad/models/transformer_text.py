"""Fine-tuned encoders that read a passage as a whole: for the topic and stance tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from marsad.models import Likely, Rows
from marsad.models.transformer import FineTuned
from marsad.models.transformer_window import Window, of_texts, size


@dataclass
class Reader(FineTuned):
    """An encoder with a head over the whole text. What it gives for the windows of a passage is
    averaged."""

    head: ClassVar[str] = "sequences"

    def _windows(self, rows: Rows) -> list[Window]:
        length = size(self.tokenizer, self.network, self.max_length)
        texts = [row["text"] for row in rows]
        return of_texts(self.tokenizer, length, self.stride, texts, self._seconds(rows))

    def _seconds(self, rows: Rows) -> list[str]:
        """The second segment of each row; none at all where the task has none."""
        return []

    def _examples(self, rows: Rows, windows: Sequence[Window]) -> list[Mapping[str, Any]]:
        return [{"inputs": w.inputs, "labels": self._gold(rows[w.row])} for w in windows]

    def _gold(self, row: Mapping[str, Any]) -> Any:
        raise NotImplementedError

    def _logits(self, rows: Rows) -> NDArray[np.float64]:
        """The mean of what the head gives for each row's windows; shape (rows, labels)."""
        from marsad.models import transformer_network

        sums = np.zeros((len(rows), len(self.labels)))
        counts = np.zeros((len(rows), 1))
        windows = self._windows(rows) if rows else []
        for window, given in transformer_network.outputs(
            self.network, self.tokenizer, windows, self.batch_size
        ):
            sums[window.row] += given
            counts[window.row] += 1
        return sums / np.maximum(counts, 1)


@dataclass
class TransformerTopic(Reader):
    """Each topic by itself. A passage gets every topic whose probability reaches `threshold`, or
    the likeliest where none does."""

    threshold: float = 0.5

    loss: ClassVar[str] = "each"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.threshold < 1:
            raise ValueError(f"threshold is {self.threshold}; it is between 0 and 1")

    def predict(self, rows: Rows) -> list[Likely]:
        found = []
        for chances in 1 / (1 + np.exp(-np.clip(self._logits(rows), -500, 500))):
            likely = dict(zip(self.labels, chances.tolist(), strict=True))
            chosen = {name for name, chance in likely.items() if chance >= self.threshold}
            found.append(Likely(frozenset(chosen or {max(likely, key=likely.__getitem__)}), likely))
        return found

    def _learn(self, rows: Rows) -> None:
        self.labels = sorted({name for row in rows for name in row["topics"]})

    def _gold(self, row: Mapping[str, Any]) -> list[float]:
        return [float(name in row["topics"]) for name in self.labels]

    def _score(self, rows: Rows, answers: Sequence[Any]) -> float:
        from sklearn.metrics import f1_score

        gold = [set(row["topics"]) for row in rows]
        names = sorted(set().union(*gold))  # those with support
        told = [[[n in one for n in names] for one in part] for part in (gold, _answers(answers))]
        return float(f1_score(*map(np.array, told), average="macro", zero_division=0))


@dataclass
class TransformerStance(Reader):
    """One label, from the passage and a second segment that asks for the holder's stance toward
    the target, in Arabic."""

    loss: ClassVar[str] = "one"

    def predict(self, rows: Rows) -> list[Likely]:
        logits = self._logits(rows)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        found = []
        for chances in powers / powers.sum(axis=1, keepdims=True):
            likely = dict(zip(self.labels, chances.tolist(), strict=True))
            found.append(Likely(max(likely, key=likely.__getitem__), likely))
        return found

    def _learn(self, rows: Rows) -> None:
        self.labels = sorted({row["label"] for row in rows})

    def _seconds(self, rows: Rows) -> list[str]:
        return [f"موقف {row['holder_ar']} من {row['target_ar']}" for row in rows]

    def _gold(self, row: Mapping[str, Any]) -> int:
        return self.labels.index(row["label"])

    def _score(self, rows: Rows, answers: Sequence[Any]) -> float:
        from sklearn.metrics import f1_score

        gold = [row["label"] for row in rows]
        names = sorted(set(gold))
        found = _answers(answers)
        return float(f1_score(gold, found, labels=names, average="macro", zero_division=0))


def _answers(likely: Sequence[Likely]) -> list[Any]:
    return [one.answer for one in likely]
