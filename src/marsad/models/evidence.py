"""Where a passage says what a holder holds of a target: its clauses, and how likely each is to be
the evidence. Learned from the `evidence` spans of train."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

from marsad.catalogue import VOICES
from marsad.models import Rows
from marsad.models.head import Bag, Head
from marsad.spelling import fold

_CUT = re.compile(r"[^\w\s]+(?=\s|$)|(?<=\s)[^\w\s]+|\n")  # punctuation at the edge of a word
_MARK = re.compile(r"[^\w\s]")
YES = "evidence"
LONGEST = 8  # clauses that are taken for one evidence


class Clause(NamedTuple):
    """A stretch of a passage between two punctuation marks, and its words in folded spelling."""

    start: int
    end: int
    words: tuple[str, ...]


def clauses(text: str) -> list[Clause]:
    """The clauses of a text in order; the whole text where it has none with a word."""
    cuts = [(0, 0), *(cut.span() for cut in _CUT.finditer(text)), (len(text), len(text))]
    found = [
        Clause(start, end, tuple(fold(_MARK.sub(" ", text[start:end])).split()))
        for (_, start), (end, _) in pairwise(cuts)
    ]
    return [clause for clause in found if clause.words] or [Clause(0, len(text), ())]


def voice(row: Mapping[str, Any]) -> str:
    """The kind of holder: the author, a nameless source, or one with a name."""
    return row["holder"] if row["holder"] in VOICES else "named"


@dataclass(frozen=True)
class Ranker:
    """How likely a clause is to be the evidence, from its words with the kind of holder and with
    the target, the clause before it, how far back the holder is named, and its place and length.
    Without `target` the target is not looked at."""

    bag: Bag
    head: Head
    target: bool

    @classmethod
    def of(cls, rows: Rows, target: bool) -> Ranker:
        """Learns from rows with `evidence`: a clause is it where the two share more than half of
        the shorter one."""
        features: list[dict[str, float]] = []
        gold = []
        for row in rows:
            span = row["evidence"]
            parts = clauses(row["text"])
            features += _features(row, parts, target)
            for part in parts:
                shared = min(part.end, span["end"]) - max(part.start, span["start"])
                shorter = min(part.end - part.start, span["end"] - span["start"])
                gold.append(YES if shared > shorter / 2 else "other")
        bag = Bag.of(features, tfidf=False)
        return cls(bag, Head.one_of(bag.matrix(features), gold, 1.0, balanced=False), target)

    def chances(self, rows: Rows) -> list[list[tuple[Clause, float]]]:
        """The clauses of each row with the probability that they are its evidence."""
        parts = [clauses(row["text"]) for row in rows]
        features = [
            one
            for row, own in zip(rows, parts, strict=True)
            for one in _features(row, own, self.target)
        ]
        likely = self.head.of_one(self.bag.matrix(features))[:, self.head.labels.index(YES)]
        every = iter(likely.tolist())
        return [[(part, next(every)) for part in own] for own in parts]


def held_out_chances(rows: Rows, target: bool, folds: int) -> list[list[tuple[Clause, float]]]:
    """The same for the rows that it is learned from, each by a ranker that saw no row of the same
    article: what is learned from these is not spoiled by a ranker that knows the answer."""
    found: list[list[tuple[Clause, float]]] = [[] for _ in rows]
    fold_of = {
        article: at % folds for at, article in enumerate(sorted({r["article_id"] for r in rows}))
    }
    for out in sorted(set(fold_of.values())):
        seen = [row for row in rows if fold_of[row["article_id"]] != out]
        asked = [at for at, row in enumerate(rows) if fold_of[row["article_id"]] == out]
        ranker = Ranker.of(seen or rows, target)
        for at, own in zip(asked, ranker.chances([rows[at] for at in asked]), strict=True):
            found[at] = own
    return found


def likeliest(ranked: Sequence[tuple[Clause, float]]) -> tuple[int, int]:
    """Where the evidence is, from the clauses of a text with their probabilities: the run of a few
    clauses whose overlap with it, by characters and over what both cover, is expected to be the
    most; of equals the first."""
    sizes = [clause.end - clause.start for clause, _ in ranked]
    shares = [size * chance for size, (_, chance) in zip(sizes, ranked, strict=True)]
    whole, best, place = sum(shares), -1.0, (0, 0)
    for first in range(len(ranked)):
        covered, shared = 0, 0.0
        for last in range(first, min(first + LONGEST, len(ranked))):
            covered, shared = covered + sizes[last], shared + shares[last]
            overlap = shared / (covered + whole - shared)
            if overlap > best:
                best, place = overlap, (ranked[first][0].start, ranked[last][0].end)
    return place


def whole(rows: Rows) -> list[list[tuple[Clause, float]]]:
    """Every clause alike: what is known where no row says its evidence."""
    return [[(part, 1.0) for part in clauses(row["text"])] for row in rows]


def _features(
    row: Mapping[str, Any], parts: Sequence[Clause], target: bool
) -> Iterator[dict[str, float]]:
    kind = voice(row)
    name = {word for word in fold(row["holder_ar"]).split() if len(word) > 2}
    phrase = {word for word in fold(row["target_ar"]).split() if len(word) > 3}
    named = -99
    for at, part in enumerate(parts):
        if kind == "named" and any(one in word for word in part.words for one in name):
            named = at
        found = {f"w|{word}": 0.5 for word in part.words}
        found |= {f"k|{kind}|{word}": 1.0 for word in part.words}
        found[f"since|{kind}|{min(at - named, 4)}"] = 1.0
        found[f"at|{kind}|{min(at, 3)}"] = 1.0
        found[f"last|{kind}|{at == len(parts) - 1}"] = 1.0
        found["length"] = min(len(part.words), 20) / 20
        found["short"] = float(len(part.words) < 3)
        if at:
            found |= {f"b|{kind}|{word}": 0.5 for word in parts[at - 1].words}
        if target:
            found |= {f"t|{row['target']}|{word}": 1.0 for word in part.words}
            long = [word for word in part.words if len(word) > 3]
            found["phrase"] = float(sum(any(p in w or w in p for p in phrase) for w in long))
        yield found
