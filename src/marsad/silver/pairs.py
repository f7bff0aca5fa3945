"""Which holder has a stance toward which target in a passage: a proposal for a reviewer, learned
from train."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from marsad.catalogue import VOICES
from marsad.models import head
from marsad.models.head import Bag, Head
from marsad.models.linear import Floats
from marsad.models.topic import TfidfTopic
from marsad.silver.scale import logit
from marsad.silver.voices import Reading, Voice, stand_ins, voices

YES, NO = "holds", "none"
TARGETS, PARTS = "targets", {"voice", "pair"}
ABOUT = 0.02  # no pair is proposed with a target that is less likely
FOLDS = 5  # of articles, for what one model learns from another's answers

Pairs = frozenset[tuple[str, str]]  # (holder, target)


class Proposal(NamedTuple):
    """That a holder has a stance toward a target in a passage, and how likely that is."""

    holder: str
    target: str
    chance: float


@dataclass
class Proposer:
    """Three models of one kind, logistic regressions. One says of each target whether a passage
    and its headline are about it (TF-IDF of stems and characters); one of each voice whether it
    holds a stance, from the words around its mentions; the third weighs both answers with what
    stands beside them. It learns from answers that the first two give on articles that they did
    not see. A pair is proposed from `threshold` on."""

    targets: TfidfTopic = field(default_factory=TfidfTopic)
    stands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    types: frozenset[str] = frozenset()
    bags: dict[str, Bag] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    threshold: float = 0.5

    def fit(self, read: Sequence[Reading], gold: Sequence[Pairs], articles: Sequence[str]) -> None:
        """Learns from readings, the pairs of each, and the article of each."""
        self.stands = stand_ins(
            (one, {holder for holder, _ in pairs}) for one, pairs in zip(read, gold, strict=True)
        )
        holders = {holder for pairs in gold for holder, _ in pairs} - set(VOICES)
        self.types = frozenset(one.types[h] for one in read for h in holders & set(one.types))
        rows = [
            {**_row(one), "article_id": article, "topics": sorted({t for _, t in pairs})}
            for one, pairs, article in zip(read, gold, articles, strict=True)
        ]
        self.targets.fit(rows)
        heard = [voices(one, self.stands, self.types) for one in read]
        words = [voice.words for every in heard for voice in every]
        has = [
            YES if any(voice.holder == holder for holder, _ in pairs) else NO
            for every, pairs in zip(heard, gold, strict=True)
            for voice in every
        ]
        of = [article for every, article in zip(heard, articles, strict=True) for _ in every]
        bag = Bag.of(words, tfidf=False)
        x = bag.matrix(words)
        self.bags["voice"] = bag
        self.heads["voice"] = Head.one_of(x, has, 0.3, balanced=False)
        chances = _split(_held_out(x, has, of), heard)
        features, holds = [], []
        for one, every, chance, about, pairs in zip(
            read, heard, chances, self.targets.held_out, gold, strict=True
        ):
            made = self._pairs(one, every, chance, about)
            features += [words for _, words in made]
            holds += [YES if pair in pairs else NO for pair, _ in made]
        self.bags["pair"] = Bag.of(features, tfidf=False)
        self.heads["pair"] = Head.one_of(
            self.bags["pair"].matrix(features), holds, 1.0, balanced=False
        )

    def chances(self, read: Sequence[Reading]) -> list[list[Proposal]]:
        """Every pair that a passage may hold, the likeliest first."""
        if not read:
            return []
        heard = [voices(one, self.stands, self.types) for one in read]
        words = [voice.words for every in heard for voice in every]
        likely = _yes(self.heads["voice"], self.bags["voice"].matrix(words))
        about = [
            np.array([one.probabilities[name] for name in self.targets.linear.labels])
            for one in self.targets.predict([_row(one) for one in read])
        ]
        made = [
            self._pairs(*parts)
            for parts in zip(read, heard, _split(likely, heard), about, strict=True)
        ]
        features = [words for pairs in made for _, words in pairs]
        every = iter(_yes(self.heads["pair"], self.bags["pair"].matrix(features)).tolist())
        found = [[Proposal(*pair, next(every)) for pair, _ in pairs] for pairs in made]
        return [sorted(one, key=lambda p: (-p.chance, p.holder, p.target)) for one in found]

    def propose(self, read: Sequence[Reading]) -> list[list[Proposal]]:
        """The pairs of each passage that are likely enough."""
        return [
            [one for one in every if one.chance >= self.threshold] for every in self.chances(read)
        ]

    def _pairs(
        self, reading: Reading, heard: Sequence[Voice], likely: Floats, about: Floats
    ) -> list[tuple[tuple[str, str], dict[str, float]]]:
        """Each pair of a passage, and what the third model looks at."""
        names = self.targets.linear.labels
        by_voice, by_target = logit(likely), logit(about)
        ranks = np.argsort(np.argsort(-about)).tolist()
        places = np.argsort(np.argsort(-likely)).tolist()
        best = by_target.max()
        found = []
        for at, voice in enumerate(heard):
            for of, target in enumerate(names):
                if about[of] < ABOUT:
                    continue
                words = {
                    "always": 1.0,
                    "voice": by_voice[at],
                    "target": by_target[of],
                    "both": by_voice[at] * by_target[of] / 4,
                    "behind the best": by_target[of] - best,
                    f"voice of {voice.kind}": by_voice[at],
                    f"target for {voice.kind}": by_target[of],
                    f"rank={min(ranks[of], 3)}": 1.0,
                    f"place={min(places[at], 3)}": 1.0,
                    f"where={voice.where}": 1.0,
                    f"kind={voice.kind}": 1.0,
                    f"kind={voice.kind}|{target}": 1.0,
                    f"id={voice.holder}|{target}": 0.5,
                }
                found.append(((voice.holder, target), words))
        return found

    def save(self, folder: Path) -> None:
        """Writes what was learned to a folder that is there."""
        (part := folder / TARGETS).mkdir(exist_ok=True)
        self.targets.save(part)
        head.save(folder, self.bags, self.heads)

    @classmethod
    def restored(cls, folder: Path) -> Proposer:
        """The models that `save` wrote; threshold, types and stand-ins are kept elsewhere. Raises
        OSError, ValueError or KeyError where they are not that."""
        found = cls()
        found.targets.restore(folder / TARGETS)
        found.bags, found.heads, _ = head.restore(folder)
        if set(found.bags) != PARTS or set(found.heads) != PARTS:
            raise ValueError(f"models of {', '.join(sorted(found.heads))}")
        return found


def _row(reading: Reading) -> dict[str, Any]:
    title = reading.context.split("\n")[0]
    return {"text": f"{reading.text}\n{title}", "context": reading.context}


def _yes(known: Head, x: Any) -> Floats:
    if YES not in known.labels:
        return np.zeros(x.shape[0])
    found: Floats = known.of_one(x)[:, known.labels.index(YES)]
    return found


def _held_out(x: Any, has: Sequence[str], articles: Sequence[str]) -> Floats:
    """The probability of each row by a model that saw none of its article."""
    order = {article: at for at, article in enumerate(sorted(set(articles)))}
    fold_of = np.array([order[article] % FOLDS for article in articles])
    found = np.zeros(len(has))
    labels = np.array(has)
    for one in sorted(set(fold_of.tolist())):
        out = fold_of == one
        seen = ~out if not out.all() else out
        found[out] = _yes(Head.one_of(x[seen], labels[seen].tolist(), 0.3, balanced=False), x[out])
    return found


def _split(values: Floats, heard: Iterable[Sequence[Any]]) -> list[Floats]:
    """One array for each passage, a value for each of its voices."""
    sizes = [len(every) for every in heard]
    return np.split(values, np.cumsum(sizes)[:-1])
