"""Where the content folders of Marsad are: the rooms of a checkout, or those inside the wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from marsad.fault import UsageError

LAYERS = ("structure", "topic", "stance", "ner")


@dataclass(frozen=True)
class Rooms:
    """The content folders below one root."""

    root: Path

    @property
    def articles(self) -> Path:
        return self.root / "articles"

    @property
    def annotations(self) -> Path:
        return self.root / "annotations"

    @property
    def tasks(self) -> Path:
        return self.root / "tasks"

    @property
    def baselines(self) -> Path:
        return self.root / "baselines"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def card(self) -> Path:
        return self.root / "README.md"

    def gold(self, layer: str) -> Path:
        return self.annotations / layer / "gold.jsonl"

    def judgements(self, layer: str) -> list[Path]:
        return sorted((self.annotations / layer / "judgements").glob("*.jsonl"))

    def name(self, path: Path) -> str:
        """A path as faults show it: below the root, with forward slashes."""
        if path.is_relative_to(self.root):
            return path.relative_to(self.root).as_posix()
        return str(path)


def find(root: Path | str | None = None) -> Rooms:
    """The rooms to work in: `root`, else `$MARSAD_ROOT`, else the checkout this module lies in,
    else the rooms that came with the installed package. Raises UsageError where there are none."""
    named = root or os.environ.get("MARSAD_ROOT")
    here = Path(__file__).resolve()
    places = [Path(named).resolve()] if named else [here.parents[2], here.parent / "_rooms"]
    for place in places:
        if (place / "articles").is_dir() and (place / "annotations").is_dir():
            return Rooms(place)
    raise UsageError(
        f"{places[0]}: no articles/ and annotations/ here; name a checkout with --root"
    )
