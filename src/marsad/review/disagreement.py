"""Where two judgements of an article differ, and how far they agree."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from marsad import agreement_report, boundary, inline
from marsad.agreement import agreement
from marsad.annotation import Annotation, Entity, Stance
from marsad.fault import DataError, Fault, UsageError
from marsad.review import judgement
from marsad.rooms import LAYERS

Pair = Mapping[str, Annotation]  # two judgements of one article, by annotator
NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """One thing that two annotators say differently: of the text `start:end`, what each says by
    name, `–` where it is nothing."""

    article_id: str
    layer: str
    start: int
    end: int
    text: str
    says: Mapping[str, str]

    def __str__(self) -> str:
        said = "   ".join(f"{name}: {value}" for name, value in self.says.items())
        return f"{self.layer} {self.start}:{self.end} «{_short(self.text)}»   {said}"


@dataclass(frozen=True)
class Disagreement:
    """What two annotators of an ingest folder agree and differ in. `figures` are those of
    `marsad.agreement`, `once` are the articles that only one judged, by who did, `adjudicated` how
    many of the others are in the gold."""

    judges: tuple[str, str]
    figures: Mapping[str, Any]
    differences: tuple[Difference, ...]
    once: Mapping[str, str]
    adjudicated: int

    def to_json(self) -> dict[str, Any]:
        record = {**asdict(self), "figures": _without_nan(self.figures)}
        return {**record, "differences": [asdict(one) for one in self.differences]}

    def to_text(self) -> str:
        split = "of the ingest folder"
        figures = {**self.figures, "judges": list(self.judges), "split": split}
        out = [agreement_report.text(figures)]
        for article_id in dict.fromkeys(one.article_id for one in self.differences):
            out.append(article_id)
            found = [one for one in self.differences if one.article_id == article_id]
            out += [f"  {one}" for one in found]
        counts = {layer: sum(d.layer == layer for d in self.differences) for layer in LAYERS}
        out.append(", ".join(f"{layer} {count}" for layer, count in counts.items()))
        if self.once:
            out.append(f"{len(self.once)} articles have one annotator only:")
            out += [f"  {article_id} ({name})" for article_id, name in self.once.items()]
        return "\n".join(out) + "\n"


def read_disagreement(
    root: Path, ids: Sequence[str] = (), between: Sequence[str] = ()
) -> Disagreement:
    """The disagreement of two annotators on the articles that both judged, all or those of `ids`.
    `between` names them where more than two judged one article. Raises DataError where no article
    has two judgements."""
    from marsad.ingest.folder import open_folder, read_candidates

    open_folder(root)
    pairs = judged_twice(root, between)
    judged = judgement.read_judgements(root)
    names = tuple(between) or tuple(sorted({name for pair in pairs.values() for name in pair}))
    once = {
        one: name
        for name, of in judged.items()
        for one in of
        if one not in pairs and (not ids or one in ids)
    }
    wanted = [one for one in pairs if not ids or one in ids]
    if not wanted:
        who = f"one annotator only, {', '.join(sorted(set(once.values())))}" if once else "nobody"
        mend = "import a second judgement with marsad annotate import --from"
        raise DataError(Fault(str(root / "review"), 0, f"judged by {who}", mend))
    texts = {one.article_id: one.text for one in read_candidates(root, set(wanted))}
    first, second = ({one: list(pairs[one].values())[at] for one in wanted} for at in (0, 1))
    found = [d for one in wanted for d in differences(pairs[one], texts.get(one, ""))]
    gold = judgement.read(root, judgement.GOLD)
    return Disagreement(
        (names[0], names[1]),
        agreement(first, second, wanted),
        tuple(found),
        dict(sorted(once.items())),
        sum(one in gold for one in wanted),
    )


def judged_twice(root: Path, between: Sequence[str] = ()) -> dict[str, Pair]:
    """The two judgements of each article that has them, by article. Raises UsageError where an
    article has more and `between` does not choose."""
    judged = judgement.read_judgements(root)
    for name in between:
        if name not in judged:
            mend = f"the annotators are {', '.join(judged) or 'none yet'}"
            raise UsageError(f"no judgements of {name!r}; {mend}")
    names = list(between) or list(judged)
    found: dict[str, Pair] = {}
    for one in sorted({one for of in judged.values() for one in of}):
        by = [name for name in names if one in judged[name]]
        if len(by) > judgement.JUDGEMENTS:
            mend = "choose two of them with --between"
            raise UsageError(f"{one}: judged by {', '.join(by)}; {mend}")
        if len(by) == judgement.JUDGEMENTS:
            found[one] = {name: judged[name][one] for name in by}
    return found


def differences(pair: Pair, text: str = "") -> Iterator[Difference]:
    """Everything that two judgements of one article say differently, in the order of the layers
    and of the text."""
    (first, a), (second, b) = pair.items()

    def differ(layer: str, place: tuple[int, int], one: str, other: str) -> Difference:
        start, end = place
        says = {first: one, second: other}
        return Difference(a.article_id, layer, start, end, text[start:end], says)

    for layer, field in (("structure", "label"), ("topic", "topics")):
        sides = [
            {(s.start, s.end): _said(getattr(s, field)) for s in one.layer(layer)} for one in (a, b)
        ]
        for place in sorted({*sides[0], *sides[1]}):
            one, other = (side.get(place, NOTHING) for side in sides)
            if one != other:
                yield differ(layer, place, one, other)
    stances = [{(s.passage_start, s.holder, s.target): s for s in one.stance} for one in (a, b)]
    for key in sorted({*stances[0], *stances[1]}):
        given = [side.get(key) for side in stances]
        if given[0] != given[1]:
            shows = next(s for s in given if s)
            said = [_stance(s, text) for s in given]
            yield differ("stance", (shows.passage_start, shows.passage_end), *said)
    ids = [{(e.start, e.end, e.label): e for e in one.ner} for one in (a, b)]
    for found in boundary.pairs(*ids):
        here = ids[0].get(found.gold) if found.gold else None
        there = ids[1].get(found.answer) if found.answer else None
        if here != there:
            places = [e for e in (here, there) if e]
            place = (min(e.start for e in places), max(e.end for e in places))
            yield differ("ner", place, _entity(here, text), _entity(there, text))


def merged_form(text: str, pair: Pair) -> str:
    """The inline form to adjudicate in: what both say, and a line `? name: …` for what one says
    otherwise, which must be decided and removed before the form is read."""
    a, b = pair.values()
    both: dict[str, Any] = {
        layer: tuple(span for span in a.layer(layer) if span in set(b.layer(layer)))
        for layer in LAYERS
    }
    agreed = replace(a, **both)
    notes = []
    for one in differences(pair, text):
        leading = len(one.text) - len(one.text.lstrip())
        notes += [(one.start + leading, f"{name}: {value}") for name, value in one.says.items()]
    return inline.write(text, agreed, notes)


def _said(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " ".join(value) or NOTHING


def _stance(stance: Stance | None, text: str) -> str:
    if stance is None:
        return NOTHING
    evidence = text[stance.start : stance.end]
    return f"{stance.holder} {stance.target} {stance.label} | {evidence}"


def _entity(entity: Entity | None, text: str) -> str:
    if entity is None:
        return NOTHING
    link = f"={entity.entity_id}" if entity.entity_id else ""
    return f"[{text[entity.start : entity.end]}]{entity.label}{link}"


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(one) for key, one in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value
