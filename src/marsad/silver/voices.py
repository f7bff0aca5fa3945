"""Whose stance a passage may hold: the entities it and its context name, the author, a nameless
source; and what speaks for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from marsad.annotation import Entity
from marsad.catalogue import VOICES
from marsad.models.name_lexicon import bare
from marsad.passage import Passage, contexts, tokens
from marsad.stem import stems

AROUND = 3  # words on each side of a mention that are looked at
PLACE, OFTEN = "GPE", 2  # what stands for a holder, and how often it must have
OWN, NEAR, STANDS = "own", "near", "stands"  # named in the passage, in its context, by a capital

Words = Mapping[str, float]


@dataclass(frozen=True)
class Reading:
    """A passage of an article as silver labels read it: its text and context, the linked mentions
    in it with offsets into the text, and the entities that its headline and the passage before
    name, with their types."""

    passage: Passage
    text: str
    context: str
    mentions: tuple[Entity, ...]
    near: Mapping[str, str]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(bare(self.text[token.start : token.end]) for token in tokens(self.text))

    @cached_property
    def places(self) -> Mapping[str, list[tuple[int, int]]]:
        """Of each entity that the passage names, the words of each mention: first, one past."""
        spans = tokens(self.text)
        first = {token.start: at for at, token in enumerate(spans)}
        last = {token.end: at + 1 for at, token in enumerate(spans)}
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for mention in self.mentions:
            if mention.entity_id:
                found[mention.entity_id].append((first[mention.start], last[mention.end]))
        return found

    @cached_property
    def types(self) -> Mapping[str, str]:
        return {one.entity_id: one.label for one in self.mentions if one.entity_id}


@dataclass(frozen=True)
class Voice:
    """One that may hold a stance: its id, what it is (a voice of the catalogue or a type of
    entity), where it is named, and what the passage says for it, as weighted words."""

    holder: str
    kind: str
    where: str
    words: Words


def readings(raw: str, passages: Sequence[Passage], entities: Iterable[Entity]) -> list[Reading]:
    """The readings of an article's passages; of its linked mentions each goes to its passage."""
    rest = sorted(entities, key=lambda one: (one.start, -one.end))
    inside: list[tuple[Entity, ...]] = []
    at = 0
    for passage in passages:
        own = []
        while at < len(rest) and rest[at].start < passage.end:
            one = rest[at]
            if one.start >= passage.start and one.end <= passage.end:
                start, end = one.start - passage.start, one.end - passage.start
                own.append(Entity(start, end, one.label, one.entity_id))
            at += 1
        inside.append(tuple(own))
    titles = [own for passage, own in zip(passages, inside, strict=True) if _is_title(passage)]
    title = titles[0] if titles else ()
    found = []
    for n, (passage, context) in enumerate(zip(passages, contexts(raw, passages), strict=True)):
        before = inside[n - 1] if n else ()
        named = () if _is_title(passage) else (*title, *before)
        near = {one.entity_id: one.label for one in named if one.entity_id}
        text = raw[passage.start : passage.end]
        found.append(Reading(passage, text, context, inside[n], near))
    return found


def stand_ins(told: Iterable[tuple[Reading, Iterable[str]]]) -> dict[str, tuple[str, ...]]:
    """Which holders a place stands for, learned from readings with their holders: a capital for
    its country. The holder is not named in so many passages that the place is named in, and in a
    tenth of all of these."""
    seen: Counter[str] = Counter()
    stood: Counter[tuple[str, str]] = Counter()
    for reading, holders in told:
        hidden = [one for one in holders if one not in VOICES and one not in reading.types]
        for one in (one for one, label in reading.types.items() if label == PLACE):
            seen[one] += 1
            stood.update((one, holder) for holder in hidden)
    found: dict[str, list[str]] = defaultdict(list)
    for (one, holder), count in sorted(stood.items()):
        if count >= OFTEN and count * 10 >= seen[one]:
            found[one].append(holder)
    return {one: tuple(holders) for one, holders in found.items()}


def voices(
    reading: Reading, stands: Mapping[str, Sequence[str]], types: frozenset[str]
) -> list[Voice]:
    """Those that may hold a stance in a passage, entities of these types alone."""
    own = {one: label for one, label in reading.types.items() if label in types}
    found = []
    said = {f"w|{stem}": 1.0 for stem in stems(reading.text)}
    counts = {
        f"people={min(sum(label == 'PERS' for label in own.values()), 3)}": 1.0,
        f"named={min(len(own), 4)}": 1.0,
        f"title={_is_title(reading.passage)}": 1.0,
    }
    for kind in VOICES:
        words = {**said, **counts}
        found.append(Voice(kind, kind, OWN, _of(kind, words)))
    ordered = sorted(own, key=lambda one: reading.places[one][0])
    for rank, one in enumerate(ordered):
        kind = own[one]
        words = {**counts, f"rank={min(rank, 4)}": 1.0, **_around(reading, one)}
        alike = [other for other in ordered if own[other] == kind]
        words[f"rank of kind={min(alike.index(one), 3)}"] = 1.0
        words[f"mentions={min(len(reading.places[one]), 3)}"] = 1.0
        words[f"also near={one in reading.near}"] = 1.0
        words[f"id={one}"] = 1.0
        found.append(Voice(one, kind, OWN, _of(kind, words)))
    for one, kind in reading.near.items():
        if one not in own and kind in types:
            words = {**counts, **said, f"id={one}": 1.0}
            found.append(Voice(one, kind, NEAR, _of(f"{NEAR} {kind}", words)))
    known = {voice.holder for voice in found}
    for one in ordered:
        for holder in stands.get(one, ()):
            if holder not in known:
                known.add(holder)
                words = {**counts, **_around(reading, one), f"id={holder}": 1.0}
                found.append(Voice(holder, STANDS, STANDS, _of(STANDS, words)))
    return found


def _around(reading: Reading, one: str) -> dict[str, float]:
    """The words before and after each mention of an entity."""
    found: dict[str, float] = {}
    for first, last in reading.places[one]:
        found[f"at={min(first // 5, 4)}"] = 1.0
        for step in range(1, AROUND + 1):
            before, after = first - step, last + step - 1
            for side, at in (("<", before), (">", after)):
                word = reading.words[at] if 0 <= at < len(reading.words) else "edge"
                found[f"{side}{step}|{word}"] = 1.0
                found[f"{side}|{word}"] = 1.0
    return found


def _of(kind: str, words: Words) -> Words:
    return {f"{kind}|": 1.0, **{f"{kind}|{word}": weight for word, weight in words.items()}}


def _is_title(passage: Passage) -> bool:
    return passage.label == "headline"
