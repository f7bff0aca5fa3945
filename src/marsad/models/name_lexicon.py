"""What train says of words and names: a feature of the CRF, learned so that no mention sees
itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from marsad import iob2
from marsad.models.mention import nest, token_spans
from marsad.spelling import fold

LONGEST = 8  # tokens of a name that is looked up
PREFIXES = ("و", "ف", "ب", "ك", "لل", "ل", "ال")
SUFFIXES = ("يه", "ات", "ون", "ين", "ان", "ها", "هم", "ه", "ي")

Name = tuple[str, ...]


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A word with its letters folded and without conjunction, preposition and article."""
    word = fold(word)
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            word = word[len(prefix) :]
    return word


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A bare word without its ending: one for الروسي and الروسية."""
    word = bare(word)
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            return word[: -len(suffix)]
    return word


@dataclass
class Tally:
    """How often each name has each label, and each bare word and stem each IOB2 tag, by the
    outermost spans of some rows."""

    names: dict[Name, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, rows: Iterable[Mapping[str, Any]]) -> Tally:
        for row in rows:
            words = row["tokens"]
            outer = [span for span, _, depth in nest(token_spans(row)) if not depth]
            for first, last, label in outer:
                if last - first <= LONGEST:
                    self.names[tuple(map(bare, words[first:last]))][label] += 1
            for word, tag in zip(words, iob2.tags(len(words), outer), strict=True):
                self.words[f"b={bare(word)}"][tag] += 1
                self.words[f"s={stem(word)}"][tag] += 1
        return self


@dataclass(frozen=True)
class Lexicon:
    """Names by their bare words with the most frequent label, and what is said of bare words and
    stems: the most frequent tag and how sure it is."""

    names: Mapping[Name, str]
    words: Mapping[str, str]
    sizes: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        sizes: dict[str, int] = {}
        for name in self.names:
            sizes[name[0]] = max(len(name), sizes.get(name[0], 0))
        object.__setattr__(self, "sizes", sizes)

    def known(self, word: str) -> list[str]:
        """What train says of a word by itself."""
        words = self.words
        return [
            "kb=" + words.get(f"b={bare(word)}", "new"),
            "ks=" + words.get(f"s={stem(word)}", "new"),
        ]

    def marks(self, words: Sequence[str]) -> list[str]:
        """For each word of a passage its place in the longest known name from left to right, such
        as `B-GPE`, with `1` behind where that is one word; empty where it is in none."""
        found = [""] * len(words)
        bares = list(map(bare, words))
        past = 0
        for at, size in enumerate(map(self.sizes.get, bares)):
            if size is None or at < past:
                continue
            for last in range(min(at + size, len(bares)), at, -1):
                label = self.names.get(tuple(bares[at:last]))
                if label:
                    found[at] = f"B-{label}" if last > at + 1 else f"B-{label}1"
                    found[at + 1 : last] = [f"I-{label}"] * (last - at - 1)
                    past = last
                    break
        return found


def lexicon(whole: Tally, without: Tally | None = None) -> Lexicon:
    """The lexicon of a tally, as if the rows of another, which are among its rows, were not."""
    left = without or Tally()
    names = {name: _less(labels, left.names.get(name)) for name, labels in whole.names.items()}
    words = {word: _less(tags, left.words.get(word)) for word, tags in whole.words.items()}
    return Lexicon(
        {name: _first(labels) for name, labels in names.items() if labels},
        {word: _said(tags) for word, tags in words.items() if tags},
    )


def _less(whole: Counter[str], part: Counter[str] | None) -> Counter[str]:
    return whole - part if part else whole


def _first(counts: Counter[str]) -> str:
    """The most frequent, of several the first by name."""
    return min(counts, key=lambda one: (-counts[one], one))


def _said(tags: Counter[str]) -> str:
    tag, total = _first(tags), tags.total()
    share = tags[tag] / total
    sure = "=" if share > 0.95 else "~" if share > 0.6 else "?"
    often = "1" if total == 1 else "3" if total < 5 else ""
    return f"{tag}{sure}{often}"
