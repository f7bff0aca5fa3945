"""Methods for the ner task: nested entity spans of a passage."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from marsad.models import Rows
from marsad.passage import tokens

Spans = frozenset[tuple[int, int, str]]


@dataclass
class Gazetteer:
    """Looks up the mentions of train: the longest known run of tokens from each place on, and
    within it the known shorter ones, each with its most frequent type. `min_count` is how often a
    mention must stand in train, `min_share` which share of its occurrences must be mentions."""

    min_count: int = 1
    min_share: float = 0.5
    names: dict[tuple[str, ...], str] = field(init=False, default_factory=dict, repr=False)

    def fit(self, rows: Rows) -> None:
        labels: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        for row in rows:
            for entity in row["entities"]:
                text = row["text"][entity["start"] : entity["end"]]
                labels[tuple(text[t.start : t.end] for t in tokens(text))][entity["label"]] += 1
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
        found = []
        for row in rows:
            places = tokens(row["text"])
            words = [row["text"][t.start : t.end] for t in places]
            spans: set[tuple[int, int, str]] = set()
            at = 0
            while at < len(words):
                sizes = range(min(longest, len(words) - at), 0, -1)
                size = next((n for n in sizes if tuple(words[at : at + n]) in self.names), 0)
                end = at + size
                for first in range(at, end):
                    for last in range(first + 1, end + 1):
                        label = self.names.get(tuple(words[first:last]))
                        span = (first, last, label)
                        if label and not any(_cross(span, other) for other in spans):
                            spans.add((first, last, label))
                at = max(end, at + 1)
            found.append(_offsets(spans, places))
        return found


@dataclass
class Crf:
    """A linear-chain CRF for each level of nesting: the first tags the outermost spans, the next
    those directly inside them, seeing the tags of the level above. Features are words, affixes,
    shapes and the words around. `c1` and `c2` are the L1 and L2 regularisation."""

    levels: int = 3
    c1: float = 0.1
    c2: float = 0.01
    max_iterations: int = 100
    models: list[bytes] = field(init=False, default_factory=list, repr=False)

    def fit(self, rows: Rows) -> None:
        self.models = []
        features = [_features(row["tokens"]) for row in rows]
        above = [["O"] * len(row["tokens"]) for row in rows]
        levels = [_levels(row, self.levels) for row in rows]
        for level in range(self.levels):
            gold = [found[level] for found in levels]
            if level and all(tag == "O" for tags in gold for tag in tags):
                break
            self.models.append(self._train(features, above, gold))
            above = gold

    def predict(self, rows: Rows) -> list[Spans]:
        import pycrfsuite

        taggers = []
        for model in self.models:
            tagger = pycrfsuite.Tagger()
            tagger.open_inmemory(model)
            taggers.append(tagger)
        found = []
        for row in rows:
            places = tokens(row["text"])
            words = [row["text"][t.start : t.end] for t in places]
            features = _features(words)
            tags = ["O"] * len(words)
            spans: set[tuple[int, int, str]] = set()
            for tagger in taggers:
                tags = tagger.tag(_with_above(features, tags))
                inner = _spans(tags)
                spans |= {s for s in inner if not any(_cross(s, other) for other in spans)}
                if not inner:
                    break
            found.append(_offsets(spans, places))
        return found

    def _train(
        self,
        features: Sequence[list[list[str]]],
        above: Sequence[list[str]],
        gold: Sequence[list[str]],
    ) -> bytes:
        import pycrfsuite

        trainer = pycrfsuite.Trainer(verbose=False)
        for items, outer, tags in zip(features, above, gold, strict=True):
            trainer.append(_with_above(items, outer), tags)
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
            return path.read_bytes()


def _levels(row: Mapping[str, Any], levels: int) -> list[list[str]]:
    """The IOB2 tags of each nesting level, from the outermost spans inwards."""
    places = tokens(row["text"])
    starts = {token.start: at for at, token in enumerate(places)}
    ends = {token.end: at + 1 for at, token in enumerate(places)}
    tags = [["O"] * len(places) for _ in range(levels)]
    open_ends: list[int] = []
    for entity in sorted(row["entities"], key=lambda e: (e["start"], -e["end"])):
        while open_ends and open_ends[-1] <= entity["start"]:
            open_ends.pop()
        depth = len(open_ends)
        open_ends.append(entity["end"])
        if depth < levels:
            first, last = starts[entity["start"]], ends[entity["end"]]
            tags[depth][first] = f"B-{entity['label']}"
            for at in range(first + 1, last):
                tags[depth][at] = f"I-{entity['label']}"
    return tags


def _spans(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The token spans of IOB2 tags; an I that continues nothing begins a span."""
    found: set[tuple[int, int, str]] = set()
    start, label = 0, ""
    for at, tag in enumerate([*tags, "O"]):
        if label and tag != f"I-{label}":
            found.add((start, at, label))
            label = ""
        if tag != "O" and not label:
            start, label = at, tag[2:]
    return found


def _cross(a: tuple[int, int, Any], b: tuple[int, int, Any]) -> bool:
    return a[0] < b[0] < a[1] < b[1] or b[0] < a[0] < b[1] < a[1]


def _offsets(spans: set[tuple[int, int, str]], places: Sequence[Any]) -> Spans:
    return frozenset((places[s].start, places[e - 1].end, label) for s, e, label in spans)


def _features(words: Sequence[str]) -> list[list[str]]:
    own = [_word(word) for word in words]
    found = []
    for at, word in enumerate(words):
        features = ["bias", *own[at]]
        for step in (-2, -1, 1, 2):
            if 0 <= at + step < len(words):
                features.append(f"{step:+}w={words[at + step]}")
                if abs(step) == 1:
                    features += [f"{step:+}{part}" for part in own[at + step][1:]]
            else:
                features.append(f"{step:+}edge")
        if at:
            features.append(f"pair={words[at - 1]}|{word}")
        found.append(features)
    return found


def _word(word: str) -> list[str]:
    """A word by itself, its affixes and its shape; the article and clitics stand as prefixes."""
    shape = "".join("d" if c.isdigit() else "a" if c.isalpha() else c for c in word[:4])
    affixes = [f"p{n}={word[:n]}" for n in (1, 2, 3) if len(word) > n]
    affixes += [f"s{n}={word[-n:]}" for n in (1, 2, 3) if len(word) > n]
    bare = word
    for prefix in ("و", "ف", "ب", "ك", "لل", "ل", "ال"):
        if bare.startswith(prefix) and len(bare) > len(prefix) + 2:
            bare = bare[len(prefix) :]
    return [f"w={word}", f"bare={bare}", f"shape={shape}", *affixes]


def _with_above(features: Sequence[list[str]], tags: Sequence[str]) -> list[list[str]]:
    around = ["O", *tags, "O"]
    return [
        [*items, f"above={around[at + 1]}", f"above-1={around[at]}", f"above+1={around[at + 2]}"]
        for at, items in enumerate(features)
    ]
