"""`marsad ingest`: from raw pages, a few or many millions, to candidates for the dataset.

Sources become shards; a shard is read, its pages go through the stages, and what comes out is one
named file, so that nothing is done twice and a run that was killed goes on where it was. When all
shards are done, duplicates are found among everything, and events; then each page has its verdict.
"""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad import baseline, engine, jsonl, parquet
from marsad.dataset import Row
from marsad.fault import UsageError
from marsad.feature import features
from marsad.ingest import labelled_page, reading, settings, shard, verdict
from marsad.ingest.entity import names_of
from marsad.ingest.folder import LINES, NAMES, STATUSES, Folder
from marsad.ingest.shard import Place
from marsad.label import read_layers
from marsad.rooms import Rooms

LOCK = ".lock"
PAGES = "pages"  # of the settings: pages that the line model learns from


@dataclass(frozen=True)
class Ingested:
    """What an ingest folder holds: how many pages of each status, `new` of them by this run;
    `reasons` count what was quarantined by the word before the colon."""

    accepted: int
    duplicate: int
    quarantined: int
    new: int
    reasons: Mapping[str, int]

    @property
    def pages(self) -> int:
        return self.accepted + self.duplicate + self.quarantined

    def to_json(self) -> dict[str, Any]:
        return {"pages": self.pages, **vars(self), "reasons": dict(self.reasons)}


def ingest(
    home: Rooms,
    sources: Sequence[str],
    into: Path,
    *,
    given: Path | None = None,
    runner: str = "pool",
    address: str | None = None,
    jobs: int | None = None,
) -> Ingested:
    """Brings the pages of sources (folders, files, addresses) into a folder, and gives each its
    verdict. `given` is a folder of settings of the form of `ingestion/`. Raises UsageError where a
    source is not there, the folder is another's, was made with other settings, or is being filled
    by another run."""
    folder = Folder(into)
    place = Place(home.root, into.resolve())
    _claim(folder, given or settings.room(home), named=given is not None)
    with _locked(folder):
        _clear(folder)
        _learn(home, folder)
        plan(folder, sources)
        todo = [name for name in folder.shards() if not folder.pages(name).is_file()]
        tasks = [place.task(name) for name in todo]
        results = engine.run(
            shard.work, tasks, runner=runner, jobs=jobs, address=address, says="pages"
        )
        new = 0
        for task, result in zip(tasks, results, strict=True):
            done = shard.rescue(task) if isinstance(result, engine.Failed) else result
            new += done["pages"]
        verdict.judge(home, folder, settings.read_settings(folder.settings))
    return summary(folder, new)


def summary(folder: Folder, new: int = 0) -> Ingested:
    """What became of all pages of a folder."""
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for statuses, told in verdict.said(folder):
        counts.update(statuses)
        reasons.update(reason.partition(":")[0] for reason in told)
    found = {status: counts[status] for status in STATUSES}
    return Ingested(**found, new=new, reasons=dict(reasons.most_common()))


def _claim(folder: Folder, given: Path, *, named: bool) -> None:
    """Makes the folder with a copy of the settings. Raises UsageError where there is something else
    in it, or other settings."""
    root = folder.root
    wanted = {path.name: path.read_bytes() for path in sorted(given.glob("*.toml"))}
    if not wanted:
        raise UsageError(f"{given}: no settings; name a folder like ingestion/")
    if folder.settings.is_dir():
        have = {path.name: path.read_bytes() for path in folder.settings.glob("*.toml")}
        if named and have != wanted:
            raise UsageError(f"{root}: was made with other settings; name another folder")
        return
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UsageError(f"{root}: is no ingest folder and not empty; name another folder")
    waiting = root.with_name(f".{root.name}.settings")
    shutil.rmtree(waiting, ignore_errors=True)
    for name, content in wanted.items():
        jsonl.write_bytes(waiting / name, content)
    root.mkdir(parents=True, exist_ok=True)
    waiting.replace(folder.settings)


@contextmanager
def _locked(folder: Folder) -> Iterator[None]:
    """Holds the folder, so that no two runs fill it at once; given back when the process ends,
    however it does."""
    import fcntl

    with (folder.root / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno not in (errno.EACCES, errno.EAGAIN):
                raise
            mend = "wait until it has ended"
            raise UsageError(f"{folder.root}: another run is filling it; {mend}") from None
        yield


def _clear(folder: Folder) -> None:
    """Removes what a run that was killed had begun to write."""
    for part in ("pages", "signatures", "plan"):
        for path in (folder.root / part).glob(".*"):
            path.unlink(missing_ok=True)


def _learn(home: Rooms, folder: Folder) -> None:
    """Fits the line model and gathers the catalogue's names, once for a folder."""
    asked = settings.read_settings(folder.settings)
    for name in (LINES, NAMES):
        place = folder.models / name
        if place.is_dir():
            continue
        waiting = place.with_name(f".{name}")
        shutil.rmtree(waiting, ignore_errors=True)
        waiting.mkdir(parents=True)
        if name == LINES:
            rows = lines(home)
            baseline.load(asked.structure.baseline, home.root).fit(rows).save(waiting)
        else:
            names_of(home, asked.events).save(waiting)
        waiting.replace(place)


def lines(home: Rooms) -> list[Row]:
    """The lines that the line model learns from: those of train, and of `ingestion/pages/`."""
    layers = read_layers(home)
    path = parquet.parquet_path(home.data, "structure", "train")
    train = parquet.read_parquet(path, features(layers)["structure"])
    return [*train, *labelled_page.read(settings.room(home) / PAGES, layers["structure"])]


def plan(folder: Folder, sources: Sequence[str]) -> None:
    """Plans what of the sources is not planned yet, each shard a file that is written once."""
    intake = reading.read_intake(folder.settings)
    planned = [shard.shard_of(folder, name) for name in folder.shards()]
    known = {key for one in planned for key in one.keys}
    number = len(planned)
    for one in reading.shards(sources, known, intake, leave=[str(folder.root)]):
        number += 1
        named = replace(one, name=f"{number:06d}")
        jsonl.write_bytes(folder.plan(named.name), named.to_json().encode("utf-8"))
