"""The articles of an ingest folder that were judged twice and adjudicated, proved before they
become articles of the dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from marsad import annotation, rule
from marsad.annotation import Annotation, Record
from marsad.annotator import KINDS, Annotator
from marsad.article import digest
from marsad.catalogue import VOICES, CatalogueEntity
from marsad.fault import DataError, Fault, UsageError
from marsad.ingest.folder import Candidate, read_candidates
from marsad.label import Layer
from marsad.rooms import LAYERS

Records = dict[str, dict[str, Record]]  # by article and layer


@dataclass(frozen=True)
class Review:
    """What `review/` of an ingest folder holds: the adjudications, and each annotator's
    judgements by name."""

    root: Path
    gold: Records
    judgements: Mapping[str, Records]


@dataclass(frozen=True)
class Adjudicated:
    """A candidate with its adjudication and judgements, of all layers each, as they were read."""

    candidate: Candidate
    gold: Mapping[str, Record]
    judgements: Mapping[str, Mapping[str, Record]]

    @property
    def article_id(self) -> str:
        return self.candidate.article_id


def read_review(root: Path) -> Review:
    """The layer files below `review/`. Raises DataError where one has not the form."""
    names = sorted(path.name for path in (root / "judgements").glob("*") if path.is_dir())
    judgements = {name: _records(root / "judgements" / name) for name in names}
    return Review(root, _records(root / "gold"), judgements)


def _records(folder: Path) -> Records:
    found: Records = {}
    for layer in LAYERS:
        path = folder / f"{layer}.jsonl"
        for record in annotation.read_layer_file(path, layer, str(path)) if path.exists() else ():
            other = found.setdefault(record.article_id, {}).setdefault(layer, record)
            if other is not record:
                raise DataError(record.fault("stands twice", f"see line {other.line}; keep one"))
    return found


def gather(folder: Path, review: Review, ids: Collection[str]) -> list[Adjudicated]:
    """These candidates with what was decided about them. Raises DataError, with every fault, where
    one has no gold, not two whole judgements, or is no candidate."""
    candidates = {one.article_id: one for one in read_candidates(folder, set(ids))}
    faults: list[Fault] = []
    found = []
    for name in ids:
        if name not in candidates:
            what, mend = "no accepted candidate of this id", "see marsad ingest --json"
            faults.append(Fault(str(folder), 0, f"{name}: {what}", mend))
            continue
        judged = {who: of[name] for who, of in review.judgements.items() if name in of}
        faults += _lacking(review, name, judged)
        found.append(Adjudicated(candidates[name], review.gold.get(name, {}), judged))
    if faults:
        raise DataError(*faults)
    return found


def _lacking(
    review: Review, article_id: str, judged: Mapping[str, Mapping[str, Record]]
) -> Iterator[Fault]:
    gold = review.gold.get(article_id, {})
    if missing := [layer for layer in LAYERS if layer not in gold]:
        found = f"{article_id}: no gold of {', '.join(missing)}"
        yield Fault(str(review.root / "gold"), 0, found, "adjudicate it, or name other articles")
    for who, of in judged.items():
        if missing := [layer for layer in LAYERS if layer not in of]:
            found = f"{article_id}: no judgement of {', '.join(missing)}"
            mend = "judge every layer"
            yield Fault(str(review.root / "judgements" / who), 0, found, mend)
    if len(judged) < 2:
        names = f" (by {', '.join(judged)})" if judged else ""
        found = f"{article_id}: {len(judged)} judgements{names}"
        mend = "have it judged twice, independently, or name other articles"
        yield Fault(str(review.root / "judgements"), 0, found, mend)


def faults(
    one: Adjudicated,
    layers: Mapping[str, Layer],
    entities: Mapping[str, CatalogueEntity],
) -> Iterator[Fault]:
    """What keeps it out of the dataset: bytes that are not those that were received, judgements of
    another text, offsets and labels that break a rule. Ids that the catalogue has not are
    `unlisted`'s to tell."""
    candidate = one.candidate
    yield from _bytes(candidate)
    known = {**{entity.entity_id: entity for entity in unlisted([one], entities)}, **entities}
    everyone = [(one.gold, known), *((of, None) for of in one.judgements.values())]
    for records, catalogue in everyone:
        other = [record for record in records.values() if record.sha256 != candidate.sha256]
        for record in other:
            found = f"made on {record.sha256[:12]}…, its text is {candidate.sha256[:12]}…"
            yield record.fault(found, "label the text that is in the ingest folder")
        if not other:
            whole = annotation.join(records)
            for layer, (found, mend) in rule.breaches(whole, candidate.text, layers, catalogue):
                yield records[layer].fault(found, mend)


def _bytes(candidate: Candidate) -> Iterator[Fault]:
    if digest(candidate.text.encode("utf-8")) != candidate.sha256:
        found, mend = "its text has another sha256", "run marsad ingest again"
        yield Fault(candidate.page_id, 0, f"{candidate.article_id}: {found}", mend)
    if candidate.received_sha256 == candidate.sha256:
        return
    if digest(candidate.received) != candidate.received_sha256:
        what = "are others than were received" if candidate.received else "are not kept"
        found = f"{candidate.article_id}: the bytes in the ingest folder {what}"
        yield Fault(candidate.page_id, 0, found, "run marsad ingest again into a new folder")


def unlisted(
    listed: Sequence[Adjudicated], entities: Mapping[str, CatalogueEntity]
) -> list[CatalogueEntity]:
    """The entities that gold names and the catalogue has not, each as its mentions show it: of
    its type, by its shortest form. A holder that no mention names has neither."""
    forms: dict[str, set[str]] = {}
    types: dict[str, str] = {}
    for one in listed:
        gold = annotation.join(one.gold)
        for stance in gold.stance:
            if stance.holder not in VOICES and stance.holder not in entities:
                forms.setdefault(stance.holder, set())
        for span in gold.ner:
            if span.entity_id and span.entity_id not in entities:
                text = one.candidate.text[span.start : span.end]
                forms.setdefault(span.entity_id, set()).add(text)
                types.setdefault(span.entity_id, span.label)
    return [
        CatalogueEntity(
            name,
            types.get(name, ""),
            name.replace("_", " ").title(),
            min(forms[name], key=lambda form: (len(form), form), default=""),
        )
        for name in sorted(forms)
    ]


def strangers(
    listed: Sequence[Adjudicated], people: Mapping[str, Annotator], name: str
) -> dict[str, Fault]:
    """Who judged and may not, by name: people that the file `name` does not list, or that are no
    judges there."""
    found = {}
    for who in sorted({who for one in listed for who in one.judgements}):
        if who not in people:
            what = f"no annotator {who}, who judged {_of(listed, who)}"
            found[who] = Fault(name, 0, what, "add the block that is printed, with what is true")
        elif people[who].role != "judge" or people[who].kind not in KINDS:
            what = f"{who}, who judged {_of(listed, who)}, is of kind {people[who].kind}"
            what += f" and {people[who].role}"
            found[who] = Fault(name, 0, what, "a person or a model whose role is judge may judge")
    return found


def _of(listed: Sequence[Adjudicated], who: str) -> str:
    ids = [one.article_id for one in listed if who in one.judgements]
    return ids[0] if len(ids) == 1 else f"{len(ids)} articles"


def joined(records: Sequence[Mapping[str, Record]]) -> dict[str, Annotation]:
    """The annotations of whole sets of records, by article."""
    found = [annotation.join(one) for one in records]
    return {one.article_id: one for one in found}


def chosen(review: Review, ids: Sequence[str], there: Collection[str]) -> tuple[list[str], ...]:
    """Which articles to promote, of these ids or of all that have gold; which of them the dataset
    has already; and which were judged and wait for gold. Raises UsageError on an id that nobody
    judged."""
    judged = {name for of in review.judgements.values() for name in of}
    for name in ids:
        if name not in there and name not in judged and name not in review.gold:
            raise UsageError(f"no judgement of {name!r} in {review.root}; import judgements first")
    wanted = list(dict.fromkeys(ids)) or sorted(review.gold)
    return (
        [name for name in wanted if name not in there],
        [name for name in wanted if name in there],
        sorted(judged - set(review.gold) - set(there)) if not ids else [],
    )
