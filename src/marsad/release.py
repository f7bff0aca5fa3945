"""The state of the dataset as a whole: `dataset.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marsad.label import from_table, read_toml
from marsad.rooms import Rooms


@dataclass(frozen=True)
class Release:
    """The version of the data, and which rows README shows of each task."""

    version: str
    examples: Mapping[str, Sequence[str]]


def read_release(rooms: Rooms) -> Release:
    """Raises DataError on a key that is unknown or missing."""
    return from_table(
        Release, read_toml(rooms.root / "dataset.toml", "dataset.toml"), "dataset.toml"
    )
