"""What changed between two states of the dataset: articles, labels, rows, splits, tasks, scores.

`compare` reads two folders, `state.resolve` gives them; `page.markdown` words what it finds for the
changelog.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from marsad import state
from marsad.diff import article, layer, row, task
from marsad.diff.article import Articles
from marsad.diff.folder import Both, Folder
from marsad.diff.layer import Annotations
from marsad.diff.row import Rows
from marsad.diff.task import Splits, Tasks


@dataclass(frozen=True)
class Side:
    """One of the two states: what it was called, and the version of its data."""

    name: str
    version: str | None


@dataclass(frozen=True)
class Difference:
    """What `marsad diff --json` prints. `stale_version` says that articles, labels, splits or rows
    changed under one version; `notes` is what could not be compared."""

    old: Side
    new: Side
    stale_version: bool
    articles: Articles
    annotations: Annotations
    rows: Rows
    splits: Splits
    tasks: Tasks
    notes: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything changed."""
        if self.old.version != self.new.version:
            return True
        parts = (self.articles, self.annotations, self.rows, self.splits, self.tasks)
        return any(map(_changed, parts))

    def to_json(self) -> dict[str, Any]:
        return {"changed": bool(self), **asdict(self)}


def diff(old: str, new: str, home: Path, endpoint: str | None = None) -> Difference:
    """The difference of two states, each named as `state.resolve` reads it. Raises UsageError where
    a name fits nothing, DataError where a file of a state is damaged."""
    with tempfile.TemporaryDirectory(prefix="marsad-diff-") as room:
        folders = []
        for at, where in enumerate((old, new)):
            into = Path(room, str(at))
            into.mkdir()
            folders.append(Folder(state.resolve(where, into, home, endpoint), where))
        return compare(*folders)


def compare(old: Folder, new: Folder) -> Difference:
    """The difference of two folders."""
    both = Both(old, new)
    both.comparable("dataset.toml", "versions")
    found = [of.toml("dataset.toml").get("version") for of in (old, new)]
    versions = [version if version is None else str(version) for version in found]
    articles = article.compare(both)
    annotations = layer.compare(both)
    rows = row.compare(both, frozenset(articles.withheld), frozenset(articles.restored))
    splits = task.compare_splits(both)
    tasks = task.compare(both)
    data = (articles.added, articles.removed, articles.raw, annotations.gold, splits.moved)
    return Difference(
        Side(old.name, versions[0]),
        Side(new.name, versions[1]),
        versions[0] is not None and versions[0] == versions[1] and (rows.touched or any(data)),
        articles,
        annotations,
        rows,
        splits,
        tasks,
        tuple(dict.fromkeys(both.notes)),
    )


def _changed(part: Any) -> bool:
    """Whether any leaf of a part says something; `kept` counts what stayed."""
    if is_dataclass(part):
        found = {f.name: getattr(part, f.name) for f in fields(part)}
        return any(_changed(value) for key, value in found.items() if key != "kept")
    return bool(part)
