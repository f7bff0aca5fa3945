"""Methods for the structure task: a label for each raw line, seen in its page."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from marsad.models import Likely, Rows, stored
from marsad.models.linear import Bag, Bags, Linear, above_zero, at_least, classify, softmax
from marsad.spelling import fold
from marsad.stem import stems

LONG = 20  # words from which on a line is taken for a paragraph


@dataclass
class LinearLine:
    """Logistic regression over what a line looks like, where it stands, how much of it the
    paragraphs of the page say again and what its neighbours look like. `C` is the inverse
    strength of regularisation, `window` how many lines each way."""

    C: float = 1.0
    window: int = 2
    bags: Bags = field(init=False, repr=False)
    linear: Linear = field(init=False, repr=False, default_factory=Linear)

    def __post_init__(self) -> None:
        above_zero("C", self.C)
        at_least("window", self.window, 0)
        self.bags = Bags({"features": Bag(_itself, weighted=False)})

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        from sklearn.linear_model import LogisticRegression

        one = LogisticRegression(C=self.C, class_weight="balanced", max_iter=2000)
        x = self.bags.fit(self._lines(rows))
        self.linear = classify(one, x, [row["label"] for row in rows])

    def predict(self, rows: Rows) -> list[Likely]:
        labels = self.linear.labels
        chances = softmax(self.linear.scores(self.bags.transform(self._lines(rows))))
        return [
            Likely(labels[int(np.argmax(each))], dict(zip(labels, map(float, each), strict=True)))
            for each in chances
        ]

    def save(self, folder: Path) -> None:
        terms, idf = self.bags.stored()
        labels, weights = self.linear.stored()
        stored.write(folder, {"terms": terms, "labels": labels}, {**idf, **weights})

    def restore(self, folder: Path) -> None:
        names, arrays = stored.read(folder)
        self.bags.restore(names["terms"], arrays)
        self.linear = Linear.restored(names["labels"], arrays, self.bags.size)

    def _lines(self, rows: Rows) -> list[list[str]]:
        return [line for page in pages(rows) for line in features(page, self.window)]


def _itself(line: list[str]) -> list[str]:
    return line


def pages(rows: Rows) -> list[list[Mapping[str, Any]]]:
    """The rows of each article, which stand one after the other."""
    return [list(page) for _, page in groupby(rows, key=lambda row: row["article_id"])]


def features(page: Sequence[Mapping[str, Any]], window: int) -> list[list[str]]:
    """What is known of each line of a page, as terms: its look, its place, its echo, and the looks
    of so many neighbours each way."""
    looks = [look(row["text"]) for row in page]
    heard = echoes(page)
    paragraphs = [at for at, row in enumerate(page) if _long(row)]
    first, last = (paragraphs[0], paragraphs[-1]) if paragraphs else (len(page), -1)
    most = max((echo for echo, row in zip(heard, page, strict=True) if not _long(row)), default=())
    found = []
    for at, row in enumerate(page):
        end = len(page) - 1
        own = [
            "bias",
            *(f"{name}={value}" for name, value in looks[at].items()),
            f"length+ends={looks[at]['length']}|{looks[at]['ends']}",
            f"place={5 * at // max(1, end)}",
            f"from_start={min(at, 6)}",
            f"from_end={min(end - at, 6)}",
            f"zone={'before' if at < first else 'after' if at > last else 'in'}",
            f"to_first={max(-3, min(3, at - first))}",
            f"to_last={max(-3, min(3, at - last))}",
            *_heard(heard[at]),
        ]
        if not _long(row):
            own += [f"has={word}" for word in fold(row["text"]).split()]
            if heard[at] == most:
                own.append("most_echoed")
        for step in range(-window, window + 1):
            if step and 0 <= at + step <= end:
                beside = looks[at + step]
                own += [f"{step:+}{n}={beside[n]}" for n in ("length", "ends", "digits", "starts")]
                own += [f"{step:+}{part}" for part in _heard(heard[at + step])]
            elif step:
                own.append(f"{step:+}outside")
        found.append(own)
    return found


def look(line: str) -> dict[str, Any]:
    """What a line looks like by itself."""
    text = line.strip()
    words = text.split()
    last = text[-1] if text else ""
    kinds = Counter(unicodedata.category(char)[0] for char in text)
    return {
        "length": next(n for n in (1, 3, 6, 12, LONG, 10**9) if len(words) <= n),
        "ends": last if unicodedata.category(last or " ")[0] == "P" else "letter",
        "starts": text[:1] if unicodedata.category(text[:1] or " ")[0] != "L" else "letter",
        "digits": kinds["N"] > 0,
        "symbols": min(3, sum(char in "|>©@*/:»" for char in text)),
        "punctuation": min(4, 20 * kinds["P"] // max(1, len(text))),
        "latin": any("a" <= char.lower() <= "z" for char in text),
        **{f"word {at}": word for at, word in enumerate(words[:3], 1)},
    }


def echoes(page: Sequence[Mapping[str, Any]]) -> list[tuple[int, float]]:
    """How many words of a line the other lines that are paragraphs say too, and which share of
    its words that is: a headline is echoed by its article, a menu is not."""
    words = [{stem[:5] for stem in stems(row["text"]) if len(stem) > 3} for row in page]
    said = Counter(word for own, row in zip(words, page, strict=True) if _long(row) for word in own)
    found = []
    for own, row in zip(words, page, strict=True):
        shared = sum(said[word] > _long(row) for word in own)
        found.append((shared, shared / max(1, len(own))))
    return found


def _heard(echo: tuple[int, float]) -> list[str]:
    return [f"echo={min(4, echo[0])}", f"echoed={int(4 * echo[1])}"]


def _long(row: Mapping[str, Any]) -> bool:
    return len(row["text"].split()) >= LONG
