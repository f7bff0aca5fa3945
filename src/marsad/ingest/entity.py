"""Which entities of the catalogue a page names: their Arabic names and aliases, looked up in the
words of many texts at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from marsad import catalogue, corpus
from marsad.annotation import Annotation
from marsad.article import read_here
from marsad.catalogue import CatalogueEntity
from marsad.ingest.settings import Events
from marsad.letters import Hashes, Letters, Places, Words, mixed
from marsad.models import stored
from marsad.rooms import Rooms
from marsad.spelling import fold

if TYPE_CHECKING:
    import pyarrow as pa

# What may be written together with the first word of a name.
PROCLITICS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
_ARTICLE = "ال"  # after ل its alef falls away
_BITS = np.uint64((1 << 20) - 1)
_NEXT = np.uint64(0x9E3779B97F4A7C15)
_PART = -1  # of a run of words with which a longer name begins


@dataclass(frozen=True)
class Mentions:
    """Where texts name entities: of each mention its text, its words `first` to `last` exclusive,
    how many letters of a proclitic stand before it in its first word, the number of its form in
    the index and of its entity. In the order of the texts."""

    words: Words
    owners: Places
    first: Places
    last: Places
    proclitic: Places
    form: Places
    entity: Places

    def spans(self) -> tuple[Places, Places]:
        """The start and end of each mention, code points counted from the start of its text."""
        letters = self.words.letters
        starts = self.words.starts[self.first] + self.proclitic
        ends = self.words.ends[self.last - 1] - 1
        begin = np.zeros(len(letters) + 1, np.int64)
        if letters.origin is not None:
            starts, ends = letters.origin[starts], letters.origin[ends]
            begin = letters.origin[letters.starts[1:] - 1] + 1
            begin = np.concatenate([[0], begin])
        else:
            begin = letters.starts
        return starts - begin[self.owners], ends + 1 - begin[self.owners]


@dataclass(frozen=True)
class Names:
    """The index of names. `keys` are the hashes of word runs, sorted: of each whether it is a
    name, or only the beginning of one (`entity` is _PART), and how long its proclitic is."""

    ids: tuple[str, ...]
    keys: Hashes
    entity: Places
    form: Places
    proclitic: Places
    longest: int

    @staticmethod
    def of(forms: Mapping[str, str]) -> Names:
        """The index of folded names, each with the id of its entity."""
        ids = tuple(sorted(set(forms.values())))
        numbers = {entity_id: number for number, entity_id in enumerate(ids)}
        runs: list[list[str]] = []
        rows: list[tuple[int, int, int]] = []
        for number, (name, entity_id) in enumerate(sorted(forms.items())):
            first, *rest = name.split()
            for proclitic, written in _written(first):
                runs.append([written, *rest])
                rows.append((numbers[entity_id], number, proclitic))
        keys: dict[int, tuple[int, int, int]] = {}
        for size, places, hashes in _keys(runs):
            for place, key in zip(places, hashes.tolist(), strict=True):
                known = keys.setdefault(key, (_PART, -1, 0))
                # Of two readings the one with the shorter proclitic: لبنان is no بنان with ل.
                if len(runs[place]) == size and (known[0] == _PART or rows[place][2] < known[2]):
                    keys[key] = rows[place]
        order = np.array(sorted(keys), np.uint64)
        table = np.array([keys[key] for key in order.tolist()], np.int64).reshape(-1, 3)
        longest = max(map(len, runs), default=0)
        return Names(ids, order, table[:, 0], table[:, 1], table[:, 2], longest)

    def save(self, folder: Path) -> None:
        """Writes the index to a folder that is there."""
        arrays: dict[str, NDArray[Any]] = {
            "keys": self.keys,
            "entity": (self.entity - _PART).astype(np.uint32),
            "form": (self.form + 1).astype(np.uint32),
            "proclitic": self.proclitic.astype(np.uint32),
        }
        stored.write(folder, {"ids": list(self.ids), "longest": self.longest}, arrays)

    @staticmethod
    def restore(folder: Path) -> Names:
        """Reads what `save` wrote. Raises OSError, ValueError or KeyError where it is not that."""
        names, arrays = stored.read(folder)
        entity, form, proclitic = (
            arrays[name].astype(np.int64) for name in ("entity", "form", "proclitic")
        )
        ids, longest = tuple(map(str, names["ids"])), int(names["longest"])
        return Names(ids, arrays["keys"], entity + _PART, form - 1, proclitic, longest)

    @cached_property
    def _likely(self) -> NDArray[np.bool_]:
        found = np.zeros(int(_BITS) + 1, np.bool_)
        found[self.keys & _BITS] = True
        return found

    def find(self, words: Words) -> Mentions:
        """The mentions in texts of folded letters: from each word on the longest name, none that
        lies within another."""
        hashes, owners = words.hashes, words.owners
        places = np.arange(len(words))
        keys = _first(hashes)
        found: list[tuple[Places, Places]] = []
        for size in range(1, self.longest + 1):
            maybe = np.flatnonzero(self._likely.take((keys & _BITS).view(np.int64)))
            places, keys = places.take(maybe), keys.take(maybe)
            at = np.searchsorted(self.keys, keys)
            at[at == len(self.keys)] = 0
            same = self.keys[at] == keys if len(self.keys) else np.zeros(len(keys), np.bool_)
            places, keys, at = places[same], keys[same], at[same]
            whole = self.entity[at] != _PART
            found.append((places[whole], at[whole]))
            inside = places + size < len(words)
            inside[inside] = owners[places[inside] + size] == owners[places[inside]]
            places, keys = places[inside], keys[inside]
            if not len(places):
                break
            keys = _further(keys, hashes[places + size])
        sizes = np.repeat(np.arange(1, len(found) + 1), [len(part) for part, _ in found])
        first = np.concatenate([np.zeros(0, np.int64), *(part for part, _ in found)])
        row = np.concatenate([np.zeros(0, np.int64), *(part for _, part in found)])
        order = np.lexsort((-sizes, first))
        first, row, last = first[order], row[order], (first + sizes)[order]
        before = np.maximum.accumulate(np.concatenate([[0], last]))[:-1]
        outer = last > before
        first, row, last = first[outer], row[outer], last[outer]
        columns = (self.proclitic[row], self.form[row], self.entity[row])
        return Mentions(words, owners[first], first, last, *columns)

    def entities(self, words: Words) -> pa.ListArray:
        """The ids that each text of folded letters names, each once, the most mentioned first and
        of those the one that is named first: lists of strings."""
        import pyarrow as pa

        mentions = self.find(words)
        keys = mentions.owners * max(1, len(self.ids)) + mentions.entity
        keys, first, count = np.unique(keys, return_index=True, return_counts=True)
        owners, entities = np.divmod(keys, max(1, len(self.ids)))
        order = np.lexsort((first, -count, owners))
        bounds = np.searchsorted(owners, np.arange(len(words.letters) + 1))
        ids = pa.array(self.ids, pa.string()).take(pa.array(entities[order]))
        return pa.ListArray.from_arrays(pa.array(bounds, pa.int32()), ids)


def entities(texts: Iterable[str], names: Names) -> list[list[str]]:
    """The catalogue ids that each text names, each once, the most mentioned first."""
    found: list[list[str]] = names.entities(Letters.of(texts).folded.words).to_pylist()
    return found


def names_of(home: Rooms, settings: Events) -> Names:
    """The names of the dataset's own catalogue, told by the gold of its articles."""
    path = catalogue.path_of(home.annotations)
    entities = catalogue.read_catalogue(path, home.name(path)).values()
    held = read_here(home)
    gold = corpus.read_annotations(home, tuple(held)).values()
    raws = {known.article_id: known.raw for known in held}
    return read_names(entities, gold, raws, settings.least_share)


def read_names(
    entities: Iterable[CatalogueEntity],
    gold: Iterable[Annotation],
    raws: Mapping[str, str],
    least_share: float,
) -> Names:
    """The index of the names that tell their entity.

    A form that gold mentions never bear out is taken on trust where one entity has it and it is
    of several words, or the entity's own name. Any other is of the entity that most of its
    occurrences in the articles are gold mentions of, if those are at least `least_share` of them.
    """
    owners: dict[str, set[str]] = defaultdict(set)
    own: set[str] = set()
    for entity in entities:
        own.add(written_as(entity.name_ar))
        for name in (entity.name_ar, *entity.aliases):
            if folded := written_as(name):
                owners[folded].add(entity.entity_id)
    annotated = list(gold)
    # Looked up without regard to whose they are.
    index = Names.of({form: form for form in owners})
    mentions = index.find(Letters.of(raws[one.article_id] for one in annotated).folded.words)
    starts, ends = (edge.tolist() for edge in mentions.spans())
    seen: Counter[str] = Counter()
    right: dict[str, Counter[str]] = defaultdict(Counter)
    for number, owner in enumerate(mentions.owners.tolist()):
        form = index.ids[mentions.entity[number]]
        seen[form] += 1
        within = {
            span.entity_id
            for span in annotated[owner].ner
            if span.entity_id and span.start < ends[number] and starts[number] < span.end
        }
        right[form].update(within & owners[form])
    kept: dict[str, str] = {}
    for form, of in owners.items():
        if seen[form]:
            entity_id, number = min(right[form].items(), key=_most, default=("", 0))
            if number and number >= least_share * seen[form]:
                kept[form] = entity_id
        elif len(of) == 1 and (" " in form or form in own):
            kept[form] = next(iter(of))
    return Names.of(kept)


def written_as(name: str) -> str:
    """A name as its folded words, a blank between them."""
    folded = Letters.of([name]).folded
    words = folded.words
    text = fold(name)
    pairs = zip(words.starts.tolist(), words.ends.tolist(), strict=True)
    return " ".join(text[start:end] for start, end in pairs)


def _most(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _written(first: str) -> list[tuple[int, str]]:
    """The first word of a name with what may be written together with it, and how long that is."""
    found = []
    for proclitic in PROCLITICS:
        if first.startswith(_ARTICLE) and proclitic.endswith("ل"):
            found.append((len(proclitic), proclitic + first[1:]))
        else:
            found.append((len(proclitic), proclitic + first))
    return found


def _first(hashes: Hashes) -> Hashes:
    return hashes * _NEXT


def _further(keys: Hashes, hashes: Hashes) -> Hashes:
    return mixed(keys + hashes) * _NEXT


def _keys(runs: Sequence[Sequence[str]]) -> Iterable[tuple[int, list[int], Hashes]]:
    """For each size the runs that have so many words, and the keys of their first ones."""
    places = list(range(len(runs)))
    keys = _first(_hashes([run[0] for run in runs]))
    size = 1
    while places:
        yield size, places, keys
        longer = [at for at, place in enumerate(places) if len(runs[place]) > size]
        places = [places[at] for at in longer]
        keys = _further(keys[longer], _hashes([runs[place][size] for place in places]))
        size += 1


def _hashes(words: Sequence[str]) -> Hashes:
    return Letters.of(words).words.hashes
