"""Which articles came and went, and what changed of those that stayed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from marsad.diff.folder import Both, Folder, Record, Was, in_out, values

MANIFEST = "articles/manifest.jsonl"
REFERENCED = "articles/referenced/*.jsonl"
WITHHELD = "articles/withheld.jsonl"


@dataclass(frozen=True)
class Listed:
    """An article that is in one of the states."""

    article_id: str
    tier: str | None
    event: str | None
    split: str | None


@dataclass(frozen=True)
class Articles:
    """`metadata` are the changed keys of the manifests by article. `raw` are the sha256 of the
    texts that changed under one id, which must never be. `withheld` are in both states, and only
    the old one has their text; `restored` the other way round."""

    added: tuple[Listed, ...]
    removed: tuple[Listed, ...]
    metadata: Mapping[str, Mapping[str, Was]]
    raw: Mapping[str, Was]
    withheld: tuple[str, ...]
    restored: tuple[str, ...]
    kept: int  # articles that both states have


def compare(both: Both) -> Articles:
    """The change of the articles, by the manifests and the raw files."""
    old, new = read(both.old), read(both.new)
    if not both.comparable(MANIFEST, "articles"):
        return Articles((), (), {}, {}, (), (), 0)
    changed = in_out(old, new)
    withheld = [frozenset(of.records(WITHHELD, "article_id")) for of in (both.old, both.new)]
    stayed = [article_id for article_id in old if article_id in new]
    metadata, raw = {}, {}
    for article_id in stayed:
        before, after = old[article_id], new[article_id]
        if (texts := _raw(both, article_id, before, after)) is not None:
            raw[article_id] = texts
        if found := values(_without_sha256(before), _without_sha256(after)):
            metadata[article_id] = found
    return Articles(
        _listed(both.new, new, changed.added),
        _listed(both.old, old, changed.removed),
        metadata,
        raw,
        tuple(name for name in stayed if name in withheld[1] - withheld[0]),
        tuple(name for name in stayed if name in withheld[0] - withheld[1]),
        len(stayed),
    )


def read(folder: Folder) -> dict[str, Record]:
    """The manifests' records by article, sorted; of a withheld one that they leave out, what is
    known of it."""
    found = folder.records(WITHHELD, "article_id")
    for record in found.values():
        for key in ("bytes", "characters"):
            record.pop(key, None)
    for file in [MANIFEST, *folder.files(REFERENCED)]:
        found.update(folder.records(file, "article_id"))
    return dict(sorted(found.items()))


def splits(folder: Folder) -> dict[str, str]:
    """The split of each article."""
    rows = folder.table("tasks/splits.csv", "article_id")
    return {article_id: str(row.get("split")) for article_id, row in rows.items()}


def _listed(
    folder: Folder, records: Mapping[str, Record], names: tuple[str, ...]
) -> tuple[Listed, ...]:
    split = splits(folder)
    return tuple(
        Listed(name, records[name].get("tier"), records[name].get("event"), split.get(name))
        for name in names
    )


def _without_sha256(record: Record) -> Record:
    return {key: value for key, value in record.items() if key != "sha256"}


def _raw(both: Both, article_id: str, before: Record, after: Record) -> Was | None:
    """The sha256 of an article's text in both states, where they differ: as the manifests say, or
    as the raw files are."""
    if before.get("sha256") != after.get("sha256"):
        return Was(before.get("sha256"), after.get("sha256"))
    file = "articles/{}/{}.txt"
    texts = [
        of.content(file.format(record.get("tier"), article_id))
        for of, record in ((both.old, before), (both.new, after))
    ]
    if texts[0] is None or texts[1] is None or texts[0] == texts[1]:
        return None
    return Was(*(hashlib.sha256(text).hexdigest() for text in texts if text is not None))
