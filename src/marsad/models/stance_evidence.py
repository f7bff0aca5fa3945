"""A method for the stance task that weighs each word by how likely its clause is the evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from marsad.models import Likely, Rows
from marsad.models.evidence import Clause, Ranker, held_out_chances, likeliest, voice, whole
from marsad.models.head import Bag, Head, restore, save
from marsad.spelling import fold

FOLDS = 5  # of articles, to rank the clauses of train by what was learned from the others
SIGHTS = {
    ("text", "holder", "target"),
    ("text", "holder"),  # the probe: one answer for a holder in a passage
}

Ranked = Sequence[Sequence[tuple[Clause, float]]]


@dataclass
class EvidenceStance:
    """Logistic regression over words, each weighted by the probability that its clause is the
    evidence: by themselves, with the kind of holder, and with the target; and holder and target by
    themselves. Which clause that is, is learned from the `evidence` of the rows; where they have
    none, every clause counts alike. `sees` is text, holder and target, or the first two."""

    C: float = 1.0
    sees: tuple[str, ...] = ("text", "holder", "target")
    ranker: Ranker | None = field(init=False, default=None, repr=False)
    bags: dict[str, Bag] = field(init=False, default_factory=dict, repr=False)
    head: Head | None = field(init=False, default=None, repr=False)

    numbers: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        if tuple(self.sees) not in SIGHTS:
            raise ValueError(
                f"sees is {list(self.sees)}; write text, holder, target or text, holder"
            )
        if self.C <= 0:
            raise ValueError(f"C is {self.C}; write a number above 0")

    def fit(self, rows: Rows, validation: Rows = ()) -> None:
        target = "target" in self.sees
        known = all("evidence" in row for row in rows)
        self.ranker = Ranker.of(rows, target) if known else None
        ranked = held_out_chances(rows, target, FOLDS) if known else whole(rows)
        views = [self._views(row, own) for row, own in zip(rows, ranked, strict=True)]
        self.bags = {
            name: Bag.of([view[name] for view in views], tfidf=name != "asked") for name in views[0]
        }
        self._learn(rows, ranked)
        self.head = Head.one_of(
            self._inputs(rows, ranked, views), [row["label"] for row in rows], self.C
        )

    def predict(self, rows: Rows) -> list[Likely]:
        return self._answers(rows, self._ranked(rows))

    def explained(self, rows: Rows) -> list[tuple[Likely, tuple[int, int]]]:
        """The answers with where in the text of each row its evidence is likeliest."""
        ranked = self._ranked(rows)
        places = map(likeliest, ranked)
        return list(zip(self._answers(rows, ranked), places, strict=True))

    def _ranked(self, rows: Rows) -> Ranked:
        return self.ranker.chances(rows) if self.ranker and rows else whole(rows)

    def _answers(self, rows: Rows, ranked: Ranked) -> list[Likely]:
        if not rows:
            return []
        assert self.head, "fit or restore comes first"
        views = [self._views(row, own) for row, own in zip(rows, ranked, strict=True)]
        chances = self.head.of_one(self._inputs(rows, ranked, views))
        found = [dict(zip(self.head.labels, map(float, row), strict=True)) for row in chances]
        return [Likely(max(one, key=lambda label: one[label]), one) for one in found]

    def save(self, folder: Path) -> None:
        assert self.head, "fit comes before save"
        heads, bags = {"stance": self.head}, dict(self.bags)
        if self.ranker:
            heads["ranker"], bags["ranker"] = self.ranker.head, self.ranker.bag
        save(folder, bags, heads, **{name: getattr(self, name) for name in self.numbers})

    def restore(self, folder: Path) -> None:
        bags, heads, numbers = restore(folder)
        self.head = heads["stance"]
        self.ranker = None
        if "ranker" in heads:
            self.ranker = Ranker(bags.pop("ranker"), heads["ranker"], "target" in self.sees)
        self.bags = bags
        for name in self.numbers:
            setattr(self, name, numbers[name])

    def _learn(self, rows: Rows, ranked: Ranked) -> None:
        """What else there is to learn before the inputs can be made."""

    def _inputs(self, rows: Rows, ranked: Ranked, views: Sequence[Mapping[str, Any]]) -> Any:
        from scipy.sparse import hstack

        parts = [bag.matrix([view[name] for view in views]) for name, bag in self.bags.items()]
        return hstack(parts, format="csr")

    def _views(
        self, row: Mapping[str, Any], ranked: Sequence[tuple[Clause, float]]
    ) -> dict[str, dict[str, float]]:
        """The bags of a row by name."""
        most = max(chance for _, chance in ranked)
        words: dict[str, float] = {}
        for clause, chance in ranked:
            for word in clause.words:
                words[word] = max(words.get(word, 0.0), chance / most)
        kind = voice(row)
        found = {
            "words": words,
            "kind": {f"{kind}|{word}": weight for word, weight in words.items()},
            "asked": {f"holder={row['holder']}": 1.0},
        }
        if "target" in self.sees:
            target = row["target"]
            found["target"] = {f"{target}|{word}": weight for word, weight in words.items()}
            phrase = {f"target:{word}": 1.0 for word in fold(row["target_ar"]).split()}
            found["asked"] |= {f"target={target}": 1.0, **phrase}
        return found
