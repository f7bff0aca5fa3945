"""Articles of an ingest folder on their way to annotators, as tasks of Label Studio or as inline
forms: blank, with silver labels, with what somebody judged, or both judgements to adjudicate."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marsad import annotate, inline, jsonl
from marsad.annotation import Annotation
from marsad.export import label_studio
from marsad.fault import UsageError
from marsad.label import read_layers
from marsad.review import disagreement, judgement, task
from marsad.review.judgement import BLANK, GOLD, SILVER
from marsad.rooms import Rooms

if TYPE_CHECKING:
    from marsad.ingest.folder import Candidate
    from marsad.silver import Silver

INLINE, LABEL_STUDIO = "inline", "label-studio"
FORMATS = (INLINE, LABEL_STUDIO)
TASKS = 1000  # in one file: what Label Studio takes without an effort


@dataclass(frozen=True)
class Sent:
    """What an export wrote: its files, and its articles in their order, the one to begin with
    first; `of` is how many there were to choose from."""

    files: tuple[Path, ...]
    articles: tuple[str, ...]
    of: int


@dataclass(frozen=True)
class Suggestion:
    """An annotation that is shown to an annotator: by whom, how sure of each span, by layer, and
    of the whole."""

    by: str
    annotation: Annotation
    confidence: task.Confidence | None = None
    least: float | None = None


def write_review(
    home: Rooms,
    root: Path,
    out: Path,
    fmt: str = INLINE,
    ids: Sequence[str] = (),
    *,
    shows: str = SILVER,
    adjudicate: bool = False,
    limit: int | None = None,
) -> Sent:
    """Writes articles of an ingest folder for annotators: all, or those of `ids`, at most `limit`.

    `shows` is what they see of others' work: `silver` labels, those least sure of first, nothing
    where it is `blank`, `gold`, or the name of one who judged. With `adjudicate` it is the articles
    with two judgements and no gold, or those of `ids`, the most different ones first. Raises
    UsageError where an article is not there or lacks what is to be shown, or a file is in the way.
    """
    from marsad.ingest.folder import open_folder, read_candidates

    open_folder(root)
    if fmt not in FORMATS:
        raise UsageError(f"no format {fmt!r}; the formats are {', '.join(FORMATS)}")
    pairs = disagreement.judged_twice(root) if adjudicate else {}
    if adjudicate:
        ranked = _to_adjudicate(root, pairs, ids)
    elif shows == SILVER:
        ranked = _least_sure(root, ids)
    else:
        ranked = [one.article_id for one in read_candidates(root, ids)]
    if absent := sorted(set(ids) - set(ranked)):
        raise UsageError(f"{absent[0]}: {_lacking(shows, adjudicate)}")
    if not ranked:
        raise UsageError(f"{root}: nothing to export; {_lacking(shows, adjudicate)}")
    chosen = ranked[:limit]
    candidates = {one.article_id: one for one in read_candidates(root, set(chosen))}
    ordered = [candidates[one] for one in chosen if one in candidates]
    if adjudicate:
        suggested: Suggested = {
            one: [Suggestion(name, annotation) for name, annotation in pairs[one].items()]
            for one in chosen
        }
    else:
        suggested = _suggested(root, shows, chosen)
    write = _forms if fmt == INLINE else _tasks
    files = write(home, out, ordered, suggested, adjudicate)
    return Sent(tuple(files), tuple(chosen), len(ranked))


Suggested = Mapping[str, Sequence[Suggestion]]


def _least_sure(root: Path, ids: Collection[str]) -> list[str]:
    """The articles with silver labels, the one with the least confidence first."""
    return [
        article_id
        for _, article_id in sorted(
            (one.least, one.annotation.article_id) for one in _read_silver(root, ids)
        )
    ]


def _read_silver(root: Path, ids: Collection[str]) -> Iterator[Silver]:
    from marsad.silver import read_silver

    return iter(read_silver(root, ids))


def _to_adjudicate(
    root: Path, pairs: Mapping[str, Mapping[str, Annotation]], ids: Collection[str]
) -> list[str]:
    done = judgement.read(root, GOLD)
    wanted = [one for one in pairs if (one in ids if ids else one not in done)]
    count = {one: sum(1 for _ in disagreement.differences(pairs[one])) for one in wanted}
    return sorted(wanted, key=lambda one: (-count[one], one))


def _lacking(shows: str, adjudicate: bool) -> str:
    if adjudicate:
        return "adjudication needs two judgements; marsad annotate disagreement lists them"
    if shows == SILVER:
        return "no silver labels; run marsad annotate silver, or give --blank"
    return "no accepted article of this id in the folder"


def _suggested(root: Path, shows: str, chosen: Collection[str]) -> Suggested:
    if shows == BLANK:
        return {}
    if shows == SILVER:
        return {
            one.annotation.article_id: [
                Suggestion(silver_name(one.baselines), one.annotation, one.confidence, one.least)
            ]
            for one in _read_silver(root, set(chosen))
        }
    if shows != GOLD and shows not in (listed := judgement.annotators(root)):
        mend = ", ".join([BLANK, SILVER, GOLD, *listed])
        raise UsageError(f"no annotator {shows!r}; name one of {mend}")
    known = judgement.read(root, shows)
    if missing := sorted(set(chosen) - set(known)):
        raise UsageError(f"{missing[0]}: not on record as {shows}; name the articles that are")
    return {one: [Suggestion(shows, known[one])] for one in chosen}


def silver_name(baselines: Mapping[str, str]) -> str:
    """What the predictions of silver labels are called: `silver: ` and each baseline once."""
    return "silver: " + ", ".join(dict.fromkeys(name.split()[0] for name in baselines.values()))


def _forms(
    home: Rooms,
    out: Path,
    candidates: Sequence[Candidate],
    suggested: Suggested,
    adjudicate: bool,
) -> list[Path]:
    forms = {}
    for one in candidates:
        given = [s.annotation for s in suggested.get(one.article_id, ())]
        if adjudicate:
            pair = {s.by: s.annotation for s in suggested[one.article_id]}
            form = disagreement.merged_form(one.text, pair)
        else:
            empty = Annotation(one.article_id, one.sha256)
            form = inline.write(one.text, given[0] if given else empty)
        forms[one.article_id] = form
    return annotate.write_forms(out, forms)


def _tasks(
    home: Rooms,
    out: Path,
    candidates: Sequence[Candidate],
    suggested: Suggested,
    adjudicate: bool,
) -> list[Path]:
    layers = read_layers(home)
    judged_by = task.version(home, layers)
    made: list[dict[str, Any]] = []
    for one in candidates:
        blank = Suggestion(BLANK, Annotation(one.article_id, one.sha256))
        given = suggested.get(one.article_id, [blank])
        predictions = [
            task.prediction(one.text, s.annotation, s.by, s.confidence, s.least) for s in given
        ]
        made.append(task.task(one, judged_by, predictions))
        if adjudicate:
            pair = {s.by: s.annotation for s in given}
            shown = [str(d) for d in disagreement.differences(pair, one.text)]
            made[-1]["data"]["differences"] = "\n".join(shown) or "no differences"
    config = task.config(layers, differences=adjudicate).encode("utf-8")
    files = {out / "config.xml": config}
    for at in range(0, len(made), TASKS):
        path = out / f"tasks-{at // TASKS + 1:04}.json"
        files[path] = label_studio.encode(made[at : at + TASKS])
    for path in files:
        if path.exists():
            raise UsageError(f"{path}: is there already; name another folder, or remove it")
    jsonl.write_all(files)
    return list(files)
