"""Which entity of the catalogue a mention names: by its words in folded spelling, and within an
article a person by the last name alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from marsad.annotation import Entity
from marsad.catalogue import CatalogueEntity
from marsad.models.name_lexicon import bare
from marsad.passage import tokens
from marsad.spelling import fold

PERSON = "PERS"

Key = tuple[str, ...]


def folded(text: str) -> Key:
    """The words of a name in folded spelling."""
    return tuple(fold(text[token.start : token.end]) for token in tokens(text))


def bared(text: str) -> Key:
    """The same without conjunctions, prepositions and articles, written apart or not."""
    return tuple(bare(text[token.start : token.end]) for token in tokens(text))


@dataclass(frozen=True)
class Linker:
    """The entities by type and name: a name as it is folded, and bare. A name of several entities
    of one type names none."""

    exact: Mapping[tuple[str, Key], frozenset[str]]
    loose: Mapping[tuple[str, Key], frozenset[str]]

    @classmethod
    def of(cls, entities: Iterable[CatalogueEntity]) -> Linker:
        """Learns the names and aliases of a catalogue."""
        exact: dict[tuple[str, Key], set[str]] = defaultdict(set)
        loose: dict[tuple[str, Key], set[str]] = defaultdict(set)
        for entity in entities:
            for name in (entity.name_ar, *entity.aliases):
                exact[entity.type, folded(name)].add(entity.entity_id)
                loose[entity.type, bared(name)].add(entity.entity_id)
        return cls(
            {name: frozenset(ids) for name, ids in exact.items()},
            {name: frozenset(ids) for name, ids in loose.items()},
        )

    def ids(self, label: str, name: str) -> frozenset[str]:
        """The entities that a name of this type may mean."""
        return self.exact.get((label, folded(name))) or self.loose.get(
            (label, bared(name)), frozenset()
        )

    def link(self, text: str, mentions: Sequence[Entity]) -> list[Entity]:
        """The mentions of an article in their order, with the id of the one entity that each can
        mean, else None. Where a name says too little, the people whom the article names in full
        decide. A mention inside another of the same entity has no id."""
        found = []
        people: dict[str, set[str]] = defaultdict(set)
        for mention in mentions:
            ids = self.ids(mention.label, text[mention.start : mention.end])
            only = next(iter(ids)) if len(ids) == 1 else None
            found.append(replace(mention, entity_id=only))
            words = bared(text[mention.start : mention.end])
            if only and mention.label == PERSON and len(words) > 1:
                people[words[-1]].add(only)
        for at, mention in enumerate(found):
            if mention.entity_id is None and mention.label == PERSON:
                words = bared(text[mention.start : mention.end])
                named = people.get(words[-1] if words else "", set())
                if len(named) == 1:
                    found[at] = replace(mention, entity_id=next(iter(named)))
        return _once(found)


def _once(mentions: Sequence[Entity]) -> list[Entity]:
    """Mentions, the outer before the inner, of which none names what one around it names."""
    found: list[Entity] = []
    around: list[Entity] = []
    for mention in mentions:
        while around and around[-1].end <= mention.start:
            around.pop()
        outer = {(one.label, one.entity_id) for one in around if one.entity_id}
        if (mention.label, mention.entity_id) in outer:
            mention = replace(mention, entity_id=None)
        around.append(mention)
        found.append(mention)
    return found
