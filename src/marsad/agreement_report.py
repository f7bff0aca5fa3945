"""`marsad agreement`: the agreement of the two judges, by layer and split, as text and table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marsad import card, corpus, source, split
from marsad.agreement import agreement, by_label
from marsad.annotation import Annotation
from marsad.article import read_manifest
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms

PART = "agreement"
ALL = "all"
REFERENCED = "referenced"


def report(home: Rooms, only: str | None = None) -> dict[str, Any]:
    """The agreement of the two judgements of each article of a split, by default of all. Raises
    DataError where an article has not two."""
    return reports(home, (only or ALL,))[0]


Judged = Mapping[str, Mapping[str, Annotation]]


def parts(home: Rooms) -> tuple[str, ...]:
    """What there is a report for: all articles that are here, each split, and the referenced tier
    where there is one."""
    return (ALL, *split.SPLITS, *([REFERENCED] if source.read_articles(home) else []))


def reports(
    home: Rooms, names: Sequence[str], judged: Judged | None = None, *, labels: bool = False
) -> list[dict[str, Any]]:
    """A report for each of these splits of the articles whose texts are in this repository; `all`
    stands for all of them, `referenced` for the referenced tier. `judged` are the judges'
    annotations by name, where they are read already. `labels` adds `by_label`, for every layer."""
    here, away = read_manifest(home), source.read_articles(home)
    articles = (*here, *away)
    own, elsewhere = ([article.article_id for article in listed] for listed in (here, away))
    places = split.read_splits(home)
    if judged is None:
        listed = corpus.annotators(home)
        judged = {name: corpus.read_annotations(home, articles, name) for name in listed}
    first: dict[str, Annotation] = {}
    second: dict[str, Annotation] = {}
    for one in (*own, *elsewhere):
        given = [judged[name][one] for name in sorted(judged) if one in judged[name]]
        if len(given) < 2 or one not in places:
            found = f"{one}: {len(given)} judgements, {'a' if one in places else 'no'} split"
            mend = "judge it twice and run marsad build"
            raise DataError(Fault("annotations", 0, found, mend))
        first[one], second[one] = given[:2]
    judges = sorted(name for name in judged if judged[name])
    found_by_split = []
    for name in names:
        wanted = elsewhere if name == REFERENCED else own
        if name not in (ALL, REFERENCED):
            wanted = [one for one in own if places[one].split == name]
        agreed = agreement(first, second, wanted)
        if labels:
            agreed["by_label"] = by_label(first, second, wanted)
        found_by_split.append({"judges": judges, "split": name, **agreed})
    return found_by_split


def headline_figures(found: dict[str, Any]) -> dict[str, str]:
    """The figures that stand for each layer, by name."""
    return {
        "structure, accuracy by line": f"{found['structure']['accuracy']:.3f}",
        "structure, Krippendorff's α": f"{found['structure']['alpha']:.3f}",
        "topic, α with MASI distance": f"{found['topic']['alpha']:.3f}",
        "stance, α of the label on pairs both annotated": f"{found['stance']['shared_alpha']:.3f}",
        "stance, F1 of which pairs are annotated": f"{found['stance']['pair_f1']:.3f}",
        "stance, α over all pairs, an absent one as a label": f"{found['stance']['alpha']:.3f}",
        "ner, F1 of exact nested spans": f"{found['ner']['f1']:.3f}",
        "ner, same entity id on equal spans": f"{found['ner']['linking']:.3f}",
    }


def text(found: dict[str, Any]) -> str:
    """A report as lines to read."""
    judges = " and ".join(found["judges"])
    lines = [f"{judges}, {found['articles']} articles, split {found['split']}", ""]
    lines += [f"{name:52} {value}" for name, value in headline_figures(found).items()]
    lines += ["", "ner by type                 F1   mentions"]
    for name, of in found["ner"]["by_label"].items():
        lines.append(f"  {name:20} {of['f1']:8.3f} {of['mentions']:10}")
    return "\n".join(lines) + "\n"


def markdown(home: Rooms, judged: Judged | None = None) -> str:
    """The README table: a figure a line; all articles that are here, each split, and the
    referenced tier where there is one."""
    names = parts(home)
    figures = [headline_figures(found) for found in reports(home, names, judged)]
    lines = [f"| before adjudication | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for name in figures[0]:
        lines.append(f"| {name} | {' | '.join(found[name] for found in figures)} |")
    return "\n".join(lines) + "\n"


def faults(home: Rooms, judged: Judged) -> list[Fault]:
    """Where README's agreement table differs from the judgements."""
    return card.part_faults(home, PART, markdown(home, judged), "run marsad agreement --write")


def write(home: Rooms) -> None:
    """Renews README's agreement table."""
    card.write_part(home, PART, markdown(home))
