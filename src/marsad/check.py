"""The proof that the dataset holds: every offset, label, id, checksum, split and derived file.

`check` gathers every fault it can reach instead of stopping at the first, and needs no network.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from marsad import (
    annotation,
    annotator,
    arrival,
    article,
    catalogue,
    corpus,
    derived,
    rule,
    source,
    split,
    staging,
    withheld,
)
from marsad.annotation import Annotation, Record
from marsad.article import Article
from marsad.corpus import Corpus
from marsad.fault import DataError, Fault
from marsad.label import Layer, read_layers
from marsad.near_duplicate import near_duplicates
from marsad.rooms import LAYERS, Rooms

MAX_SHARED = 0.5  # Jaccard of word 5-grams above which two articles count as near-duplicates


def check(home: Rooms) -> list[Fault]:
    """Every fault of the dataset below these rooms, in the order of files and lines; none means
    that all of DESIGN's invariants hold."""
    found: list[Fault] = []
    try:
        own, referenced = article.read_manifest(home), source.read_articles(home)
        layers = read_layers(home)
        entities_path = catalogue.path_of(home.annotations)
        entities = catalogue.read_catalogue(entities_path, home.name(entities_path))
        splits, split_rule = split.read_splits(home), split.read_rule(home)
        people = annotator.read_annotators(home)
    except DataError as error:
        return sorted(error.faults)
    articles = [*own, *referenced]
    found += staging.faults(home)
    found += _articles(home, articles)
    found += arrival.faults(home, own)
    read = {a.article_id: a for a in articles if _raw(a) is not None}
    away = {a.article_id: a for a in articles if a.away}
    found += _splits(home, articles, splits, split_rule)
    found += _near_duplicates(home, list(read.values()), splits)
    everything = read | away
    judges = {
        name: _Layers(home, name, everything, layers, None) for name in corpus.annotators(home)
    }
    found += annotator.faults(home, people)
    found += _judgements(judges, everything, people)
    found += _silver(home)
    gold = _Layers(home, None, everything, layers, entities)
    found += gold.faults
    found += _catalogue(home, entities, gold.annotations, read, layers)
    if not found:
        here = tuple(a for a in own if not a.withheld)
        mine = {a.article_id: gold.annotations[a.article_id] for a in here}
        known = Corpus(home, here, layers, mine, entities, split_rule, splits)
        found += derived.faults(known, {name: of.annotations for name, of in judges.items()})
    return sorted(set(found))


def _raw(known: Article) -> str | None:
    try:
        return known.raw
    except DataError:
        return None


def _articles(home: Rooms, articles: Iterable[Article]) -> Iterator[Fault]:
    seen: dict[str, int] = {}
    paths = set()
    for known in articles:
        paths.add(known.path)
        if known.article_id in seen:
            mend = f"line {seen[known.article_id]} has the id too; keep one"
            yield known.fault("the id is doubled", mend)
        seen[known.article_id] = known.line
        if known.withheld and known.path.is_file():
            yield known.fault("is withheld, and its text is here", "run marsad restore")
        if known.withheld and known.withheld.sha256 != known.sha256:
            yield known.fault("articles/withheld.jsonl has another sha256", "correct it")
        if not known.away:
            try:
                known.prove()
            except DataError as error:
                yield from error.faults
        if known.tier == "authored" and not (known.author and known.sources):
            mend = "name the author (which model or person) and the sources of the facts"
            yield known.fault("an authored article without author or sources", mend)
        for at, listed in enumerate(known.sources):
            if set(listed) != {"title", "publisher", "date"} or not listed["title"]:
                yield known.fault(f"source {at}: {dict(listed)}", "give title, publisher, date")
    for article_id in sorted(set(withheld.read(home)) - set(seen)):
        name = home.name(withheld.path_of(home))
        yield Fault(name, 0, f"unknown article {article_id}", "remove the line")
    for tier in article.TIERS:
        for path in sorted((home.articles / tier).glob("*")):
            if path not in paths and path != arrival.folder(home):
                yield Fault(home.name(path), 0, "not in the manifest", "add a line or remove it")


def _splits(
    home: Rooms,
    articles: Iterable[Article],
    places: Mapping[str, split.Place],
    split_rule: split.SplitRule,
) -> Iterator[Fault]:
    name = home.name(split.csv_path(home))
    known = {a.article_id: a for a in articles}
    ruled_of = split_rule.of_articles(known.values())
    allowed = split_rule.allowed(known.values())
    groups: dict[str, tuple[str, int]] = {}
    for place in places.values():
        if place.article_id not in known:
            yield Fault(name, place.line, f"unknown article {place.article_id}", "remove the row")
            continue
        own = known[place.article_id]
        if place.group != own.event:
            mend = f"the manifest has {own.event}"
            yield Fault(name, place.line, f"{own.article_id}: group {place.group}", mend)
        wanted, line = groups.setdefault(place.group, (place.split, place.line))
        if wanted != place.split:
            found = f"event {place.group} is in {wanted} (line {line}) and in {place.split}"
            yield Fault(name, place.line, found, "keep an event in one split")
        ruled = ruled_of[own.article_id]
        if place.split not in allowed[own.event]:
            found = f"{own.article_id} is in {place.split}, the rule of splits.toml gives {ruled}"
            yield Fault(name, place.line, found, f"write {ruled}")
    for article_id in sorted(set(known) - set(places)):
        yield Fault(name, 0, f"{article_id} has no row", "run marsad build")


def _near_duplicates(
    home: Rooms, articles: list[Article], places: Mapping[str, split.Place]
) -> Iterator[Fault]:
    texts = {a.article_id: a.raw for a in articles}
    for first, second, shared in near_duplicates(texts, MAX_SHARED):
        if first in places and second in places and places[first].split != places[second].split:
            found = f"{first} and {second} share {shared:.0%} of their word 5-grams across splits"
            mend = "give them one event, or leave one out"
            yield Fault(home.name(split.csv_path(home)), places[second].line, found, mend)


def _judgements(
    judges: Mapping[str, _Layers],
    read: Mapping[str, Article],
    people: Mapping[str, annotator.Annotator],
) -> Iterator[Fault]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for name, judged in judges.items():
        if name not in people or people[name].role != "judge":
            mend = "list the annotator as a judge in annotations/annotators.toml"
            yield Fault(f"annotations/*/judgements/{name}.jsonl", 0, "an unknown annotator", mend)
        yield from judged.faults
        for layer, ids in judged.seen.items():
            counts[layer].update(ids)
    for layer in LAYERS:
        for article_id in read:
            if (number := counts[layer][article_id]) < 2:
                found = f"{article_id}: {number} judgements of layer {layer}"
                where = f"annotations/{layer}/judgements"
                yield Fault(where, 0, found, "judge it twice, independently")


def _silver(home: Rooms) -> Iterator[Fault]:
    """Files beside the layers' that hold silver labels; those of the layers tell it as they are
    read."""
    layers = {path for layer in LAYERS for path in (home.gold(layer), *home.judgements(layer))}
    for path in sorted(home.annotations.rglob("*.jsonl")):
        if path not in layers and b'"silver"' in path.read_bytes():
            yield Fault(home.name(path), 0, "holds labels marked silver", annotation.NO_SILVER)


class _Layers:
    """All layers of one annotator, or of gold, held to the rules."""

    def __init__(
        self,
        home: Rooms,
        name: str | None,
        read: Mapping[str, Article],
        layers: Mapping[str, Layer],
        entities: Mapping[str, catalogue.CatalogueEntity] | None,
    ) -> None:
        self.faults: list[Fault] = []
        self.annotations: dict[str, Annotation] = {}
        self.seen: dict[str, set[str]] = {}
        records: dict[str, dict[str, Record]] = defaultdict(dict)
        for layer in LAYERS:
            try:
                found = corpus.read_records(home, layer, name)
            except DataError as error:
                self.faults += error.faults
                continue
            self.seen[layer] = set(found)
            for article_id, record in found.items():
                if article_id not in read:
                    self.faults.append(record.fault("not a readable article", "remove the record"))
                elif record.sha256 != read[article_id].sha256:
                    mend = "annotate the raw file of the manifest"
                    self.faults.append(record.fault(f"made on {record.sha256[:12]}…", mend))
                else:
                    records[article_id][layer] = record
        for article_id in read:
            self._hold(home, name, read[article_id], records[article_id], layers, entities)

    def _hold(
        self,
        home: Rooms,
        name: str | None,
        known: Article,
        records: Mapping[str, Record],
        layers: Mapping[str, Layer],
        entities: Mapping[str, catalogue.CatalogueEntity] | None,
    ) -> None:
        missing = [layer for layer in LAYERS if layer not in records and layer in self.seen]
        if missing and (records or name is None):
            for layer in missing:
                file = home.name(corpus.layer_path(home, layer, name))
                if known.article_id not in self.seen[layer]:
                    found = f"{known.article_id} has no record"
                    self.faults.append(Fault(file, 0, found, "annotate it"))
        if len(records) < len(LAYERS):
            return
        joined = annotation.join(records)
        self.annotations[known.article_id] = joined
        if known.away:
            breaches = rule.breaches_unread(joined, known.characters, layers, entities)
        else:
            breaches = rule.breaches(joined, known.raw, layers, entities)
        for layer, (found, mend) in breaches:
            self.faults.append(records[layer].fault(found, mend))


def _catalogue(
    home: Rooms,
    entities: Mapping[str, catalogue.CatalogueEntity],
    gold: Mapping[str, Annotation],
    read: Mapping[str, Article],
    layers: Mapping[str, Layer],
) -> Iterator[Fault]:
    name = home.name(catalogue.path_of(home.annotations))
    raws = {article_id: a.raw for article_id, a in read.items() if not a.received}
    forms = catalogue.surfaces((gold[a] for a in raws if a in gold), raws)
    named = {span.holder for one in gold.values() for span in one.stance}
    named |= {span.entity_id or "" for one in gold.values() for span in one.ner}
    english: dict[str, str] = {}
    for entity in entities.values():
        if entity.type not in layers["ner"].linked:
            mend = f"the linked types are {', '.join(sorted(layers['ner'].linked))}"
            yield Fault(name, entity.line, f"{entity.entity_id}: type {entity.type!r}", mend)
        attested = tuple(forms.get(entity.entity_id, ()))
        if entity.entity_id not in named:
            found = f"{entity.entity_id} is named nowhere"
            yield Fault(name, entity.line, found, "remove it from the catalogue")
        elif entity.aliases != attested:
            odd = sorted(set(entity.aliases) ^ set(attested))[:3]
            found = f"{entity.entity_id}: aliases differ from the mentions by {odd}"
            yield Fault(name, entity.line, found, "run marsad annotate aliases")
        other = english.setdefault(entity.name_en, entity.entity_id)
        if other != entity.entity_id:
            found = f"{entity.entity_id} and {other} are both {entity.name_en!r}"
            yield Fault(name, entity.line, found, "keep one id for one entity")
