"""A fine-tuned encoder that tags words: for the ner task."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from marsad import iob2
from marsad.iob2 import TokenSpan
from marsad.models import Rows, Spans
from marsad.models.transformer import FineTuned
from marsad.models.transformer_window import Window, of_words, size
from marsad.row import places


@dataclass
class TransformerNer(FineTuned):
    """IOB2 tags of words, read at the first subword, by a head for each nesting level, `levels` at
    most: the first tags the outermost spans, the next those directly inside them. Of spans that
    cross, that of the outer level is kept."""

    levels: int = 3
    depth: int = field(init=False, default=1, repr=False)  # as many levels as train has

    head: ClassVar[str] = "tokens"
    loss: ClassVar[str] = "one"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.levels < 1:
            raise ValueError(f"levels is {self.levels}; it is at least 1")

    def predict(self, rows: Rows) -> list[Spans]:
        from marsad.models import transformer_network

        tags: list[dict[int, list[str]]] = [{} for _ in rows]  # of each word, by level
        windows = self._windows(rows) if rows else []
        names = np.array(self._tags())
        for window, given in transformer_network.outputs(
            self.network, self.tokenizer, windows, self.batch_size
        ):
            best = given.reshape(len(given), self.depth, -1).argmax(-1)
            for position, word in window.words:
                tags[window.row][word] = names[best[position]].tolist()
        found = []
        for row, told in zip(rows, tags, strict=True):
            where = places(row)
            spans = nested(told, self.depth)
            found.append(frozenset((where[s][0], where[e - 1][1], n) for s, e, n in spans))
        return found

    def _learn(self, rows: Rows) -> None:
        self.labels = sorted({e["label"] for row in rows for e in row["entities"]})
        deepest = max((len(levels(_words(row))) for row in rows), default=1)
        self.depth = max(1, min(self.levels, deepest))

    def _learned(self) -> Any:
        return {"labels": self.labels, "levels": self.depth}

    def _relearn(self, learned: Any) -> None:
        super()._relearn(learned)
        self.depth = int(learned["levels"])

    def _tags(self) -> list[str]:
        return ["O", *(f"{part}-{label}" for label in self.labels for part in "BI")]

    def _outputs(self) -> list[str]:
        if self.depth == 1:
            return self._tags()
        return [f"{level}:{tag}" for level in range(1, self.depth + 1) for tag in self._tags()]

    def _windows(self, rows: Rows) -> list[Window]:
        from marsad.models import transformer_network

        transformer_network.words_apart(self.tokenizer)
        length = size(self.tokenizer, self.network, self.max_length)
        return of_words(self.tokenizer, length, self.stride, [row["tokens"] for row in rows])

    def _examples(self, rows: Rows, windows: Sequence[Window]) -> list[Mapping[str, Any]]:
        from marsad.models.transformer_training import IGNORED

        numbers = {tag: at for at, tag in enumerate(self._tags())}
        gold = []
        for row in rows:
            by_level = [*levels(_words(row)), *[[]] * self.depth][: self.depth]
            tagged = [iob2.tags(len(row["tokens"]), spans) for spans in by_level]
            gold.append([[numbers[tag] for tag in word] for word in zip(*tagged, strict=True)])
        examples: list[Mapping[str, Any]] = []
        for window in windows:
            labels = np.full((len(window.inputs["input_ids"]), self.depth), IGNORED)
            for position, word in window.words:
                labels[position] = gold[window.row][word]
            examples.append({"inputs": window.inputs, "labels": labels})
        return examples

    def _score(self, rows: Rows, answers: Sequence[Any]) -> float:
        right = given = there = 0
        for row, answer in zip(rows, answers, strict=True):
            gold = {(e["start"], e["end"], e["label"]) for e in row["entities"]}
            right += len(gold & answer)
            given += len(answer)
            there += len(gold)
        return 2 * right / (given + there) if given + there else 0.0


def _words(row: Mapping[str, Any]) -> list[TokenSpan]:
    """The spans of a row's entities, in tokens."""
    where = places(row)
    starts = {start: at for at, (start, _) in enumerate(where)}
    ends = {end: at + 1 for at, (_, end) in enumerate(where)}
    return [(starts[e["start"]], ends[e["end"]], e["label"]) for e in row["entities"]]


def levels(spans: Iterable[TokenSpan]) -> list[list[TokenSpan]]:
    """Spans by nesting level, the outermost first. In a level none overlap: a span that crosses
    another is put as if it were inside it."""
    found: list[list[TokenSpan]] = []
    for span in sorted(set(spans), key=lambda s: (s[0], -s[1], s[2])):
        depth = next((n for n, level in enumerate(found) if level[-1][1] <= span[0]), len(found))
        if depth == len(found):
            found.append([])
        found[depth].append(span)
    return found


def nested(tags: Mapping[int, Sequence[str]], depth: int) -> set[TokenSpan]:
    """The spans that tags of words say, level by level, where none crosses or repeats one of a
    level before. A word without tags, since the tokenizer makes nothing of it, breaks no span."""
    words = sorted(tags)
    kept: set[TokenSpan] = set()
    for level in range(depth):
        for first, end, label in iob2.spans([tags[word][level] for word in words]):
            span = (words[first], words[end - 1] + 1, label)
            if not any(_clash(span, other) for other in kept):
                kept.add(span)
    return kept


def _clash(a: TokenSpan, b: TokenSpan) -> bool:
    crossing = a[0] < b[0] < a[1] < b[1] or b[0] < a[0] < b[1] < a[1]
    return crossing or a[:2] == b[:2]
