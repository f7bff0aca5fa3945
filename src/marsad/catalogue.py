"""The entity catalogue: one stable id for one entity of the world, whatever a page calls it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from marsad import jsonl
from marsad.annotation import Annotation
from marsad.fault import DataError, Fault

ENTITY_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
# Holders that are no entity: the article's own voice, and an expert or official without a name.
VOICES = {
    "author": ("the article's own voice", "كاتب المقال"),
    "unnamed_source": ("an expert or official without a name", "مصدر غير مسمّى"),
}


@dataclass(frozen=True)
class CatalogueEntity:
    """One entity. `aliases` are the surface forms of its gold mentions, gathered by code."""

    entity_id: str
    type: str
    name_en: str
    name_ar: str
    aliases: tuple[str, ...] = ()
    line: int = field(compare=False, default=0)


def path_of(annotations: Path) -> Path:
    return annotations / "entities.jsonl"


def read_catalogue(path: Path, name: str) -> dict[str, CatalogueEntity]:
    """The catalogue by id. Raises DataError on a malformed line, id, or an id that stands twice."""
    found: dict[str, CatalogueEntity] = {}
    keys = {"entity_id", "type", "name_en", "name_ar", "aliases"}
    for line, record in jsonl.read(path, name):
        if set(record) != keys or not isinstance(record["aliases"], list):
            mend = f"an entity has {', '.join(sorted(keys))}"
            raise DataError(Fault(name, line, f"keys {sorted(record)}", mend))
        texts = [*(record[k] for k in ("type", "name_en", "name_ar")), *record["aliases"]]
        if not all(isinstance(text, str) for text in texts):
            mend = "names, type and aliases are texts"
            raise DataError(Fault(name, line, f"{record['entity_id']}: a value is no text", mend))
        entity_id = record["entity_id"]
        if not isinstance(entity_id, str) or not ENTITY_ID.fullmatch(entity_id):
            raise DataError(Fault(name, line, f"id {entity_id!r}", "write it in snake_case"))
        if entity_id in found:
            mend = f"it stands on line {found[entity_id].line} too; keep one"
            raise DataError(Fault(name, line, f"id {entity_id!r} is doubled", mend))
        aliases = tuple(record["aliases"])
        found[entity_id] = CatalogueEntity(**{**record, "aliases": aliases}, line=line)
    return found


def write_catalogue(path: Path, entities: Iterable[CatalogueEntity]) -> None:
    jsonl.write_bytes(path, encode(entities))


def encode(entities: Iterable[CatalogueEntity]) -> bytes:
    """The lines of entities, in the order of their ids."""
    ordered = sorted(entities, key=lambda entity: entity.entity_id)
    rows = ({k: v for k, v in asdict(entity).items() if k != "line"} for entity in ordered)
    return jsonl.encode(rows)


def surfaces(annotations: Iterable[Annotation], raws: Mapping[str, str]) -> dict[str, list[str]]:
    """Every surface form by which gold mentions name an entity, by id, sorted."""
    forms: dict[str, set[str]] = defaultdict(set)
    for annotation in annotations:
        raw = raws[annotation.article_id]
        for entity in annotation.ner:
            if entity.entity_id:
                forms[entity.entity_id].add(raw[entity.start : entity.end])
    return {entity_id: sorted(names) for entity_id, names in forms.items()}


def holder_name(holder: str, catalogue: Mapping[str, CatalogueEntity]) -> str:
    """The Arabic name of a stance holder."""
    return VOICES[holder][1] if holder in VOICES else catalogue[holder].name_ar
