"""`marsad annotate silver`: the shards of an ingest folder labelled, a file each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

from marsad import engine, jsonl, rooms
from marsad.fault import UsageError
from marsad.ingest.folder import Folder, candidates_of, open_folder
from marsad.rooms import Rooms
from marsad.silver import learning, recipes
from marsad.silver.labeller import Labeller, batch_of, label

AT_ONCE = 200  # articles that are labelled together


@dataclass(frozen=True)
class Labelled:
    """What a run did: the shards it labelled and those that were labelled before, and how many
    articles it gave how many labels, by layer; and which shards' workers died, and why."""

    shards: int
    skipped: int
    articles: int
    labels: dict[str, int]
    failed: tuple[str, ...]


def annotate(
    home: Rooms,
    root: Path,
    layers: Sequence[str] = (),
    jobs: int | None = None,
    runner: str = "pool",
    address: str | None = None,
) -> Labelled:
    """Gives the accepted articles of an ingest folder silver labels in these layers, in all where
    none is named, with progress on a terminal. A shard that has them already, by the same
    baselines, is left alone. Raises UsageError where it is no ingest folder, or not finished."""
    folder = open_folder(root)
    asked = recipes.chosen(layers)
    shards = folder.shards()
    for shard in shards:
        if not folder.verdicts(shard).is_file():
            raise UsageError(f"{root}: not finished; run marsad ingest again with the same sources")
    known = learning.baselines(home, recipes.read(home))
    said = {layer: known[layer] for layer in asked}
    todo = [shard for shard in shards if not _is_done(folder.silver(shard), said)]
    if todo:
        learning.prepare(home, folder)
    work = partial(label_shard, str(home.root), str(root), asked)
    results = (
        engine.run(work, todo, runner=runner, jobs=jobs, address=address, says="silver")
        if todo
        else ()
    )
    done: list[dict[str, Any]] = []
    failed: list[engine.Failed] = []
    for one in results:
        if isinstance(one, engine.Failed):
            failed.append(one)
        else:
            done.append(one)
    labels = {layer: sum(one["labels"][layer] for one in done) for layer in asked}
    articles = sum(one["articles"] for one in done)
    lost = tuple(f"shard {one.name}: {one.found}" for one in failed)
    return Labelled(len(done), len(shards) - len(todo), articles, labels, lost)


def label_shard(home: str, root: str, layers: tuple[str, ...], shard: str) -> dict[str, Any]:
    """Labels one shard and writes its file; says how many articles and labels are in it."""
    folder = Folder(Path(root))
    labeller = _labeller(home, root, layers)
    candidates = candidates_of(folder, shard)
    lines: list[str] = []
    while part := list(islice(candidates, AT_ONCE)):
        lines += label(batch_of(part), labeller).column("record").to_pylist()
    jsonl.write_bytes(folder.silver(shard), "".join(f"{line}\n" for line in lines).encode("utf-8"))
    records = [json.loads(line) for line in lines]
    labels = {layer: sum(len(one[layer]) for one in records) for layer in layers}
    return {"shard": shard, "articles": len(lines), "labels": labels}


@lru_cache(maxsize=1)
def _labeller(home: str, root: str, layers: tuple[str, ...]) -> Labeller:
    """The models of a folder, read once a worker."""
    return learning.restore(rooms.find(home), Folder(Path(root)), layers)


def _is_done(path: Path, said: Mapping[str, str]) -> bool:
    """Whether a shard's file is there, and of these baselines; an empty one is of any."""
    if not path.is_file():
        return False
    first = next(jsonl.read(path, str(path)), None)
    return first is None or said.items() <= dict(first[1].get("baselines") or {}).items()
