"""The judgements of an ingest folder: `review/judgements/<annotator>/<layer>.jsonl`, and what was
adjudicated from them: `review/gold/<layer>.jsonl`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from marsad import jsonl
from marsad.annotation import Annotation, Record, join, layer_file, read_layer_file
from marsad.fault import DataError, Fault, UsageError
from marsad.rooms import LAYERS

GOLD, BLANK, SILVER = "gold", "blank", "silver"
JUDGEMENTS = 2  # that an article needs before it is adjudicated
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def layer_path(root: Path, name: str, layer: str) -> Path:
    """The file of a layer by one annotator of an ingest folder, or of the gold."""
    review = root / "review"
    return (review / GOLD if name == GOLD else review / "judgements" / name) / f"{layer}.jsonl"


def prove_name(name: str) -> None:
    """Raises UsageError on a name that no annotator can have."""
    if name in (BLANK, SILVER) or not _NAME.fullmatch(name):
        raise UsageError(f"annotator {name!r}; write gold, or a name in snake_case")


def annotators(root: Path) -> list[str]:
    """Those who have judgements on record."""
    folder = root / "review" / "judgements"
    return sorted(path.name for path in folder.glob("*") if _NAME.fullmatch(path.name))


def read(root: Path, name: str) -> dict[str, Annotation]:
    """What an annotator, or the gold, has on record, by article. An article that lacks a layer is
    not on record: an import that was killed may leave one so, and repeating it mends that."""
    by_layer = {layer: _records(layer_path(root, name, layer), layer) for layer in LAYERS}
    whole = set.intersection(*(set(records) for records in by_layer.values()))
    return {
        article_id: join({layer: by_layer[layer][article_id] for layer in LAYERS})
        for article_id in sorted(whole)
    }


def read_judgements(root: Path) -> dict[str, dict[str, Annotation]]:
    """The judgements of all annotators, by name and article."""
    return {name: read(root, name) for name in annotators(root)}


def refuse(
    root: Path, name: str, articles: Iterable[str], source: str, *, replace: bool
) -> list[Fault]:
    """Why these articles may not be put on record: the annotator has judged one already, or an
    adjudicated one has not two judgements."""
    known = {} if replace else read(root, name)
    judged = read_judgements(root) if name == GOLD else {}
    faults = []
    for one in articles:
        if one in known:
            mend = "leave it out, or give --replace"
            faults.append(Fault(source, 0, f"{one}: {name} has it on record already", mend))
        if name == GOLD:
            by = [judge for judge in judged if one in judged[judge]]
            if len(by) < JUDGEMENTS:
                who = f"one annotator only, {by[0]}" if by else "no annotator"
                mend = f"adjudication needs {JUDGEMENTS} judgements; import the other first"
                faults.append(Fault(source, 0, f"{one}: judged by {who}", mend))
    return faults


def record(root: Path, name: str, found: Mapping[str, Annotation]) -> None:
    """Puts annotations on record beside those that are there, in place of those of the same
    articles."""
    files = {}
    for layer in LAYERS:
        path = layer_path(root, name, layer)
        kept = {one: join({layer: known}) for one, known in _records(path, layer).items()}
        files[path] = layer_file(layer, (kept | dict(found)).values())
    jsonl.write_all(files)


def _records(path: Path, layer: str) -> dict[str, Record]:
    if not path.is_file():
        return {}
    found: dict[str, Record] = {}
    for record in read_layer_file(path, layer, str(path)):
        if record.article_id in found:
            raise DataError(record.fault("stands twice", "keep one"))
        found[record.article_id] = record
    return found
