"""What the card of a state says of its configs: digests, columns, label names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marsad.card import front_matter
from marsad.diff.folder import Both, Folder
from marsad.fault import DataError


@dataclass(frozen=True)
class Card:
    """What a state's card says of a config: the digest of its rows, and of each column the label
    names, None where it has no labels."""

    digest: str | None
    columns: Mapping[str, Sequence[str] | None]


def read(both: Both, folder: Folder) -> dict[str, Card]:
    """What a state's card says of each config; nothing, and a note, where it has no such card."""
    try:
        head = front_matter(folder.text("README.md") or "")
        infos = {one["config_name"]: one for one in head.get("dataset_info") or []}
        listed = {one["config_name"]: one for one in head.get("configs") or []}
        return {
            name: Card(
                str(listed[name].get("description", "")).partition("sha256:")[2] or None,
                {part["name"]: _names(part) for part in infos.get(name, {}).get("features", [])},
            )
            for name in listed
        }
    except (DataError, KeyError, TypeError, AttributeError, ValueError):
        both.notes.append(
            f"`{folder.name}` has no card with configs: its digests are unknown, its labels stand "
            "as numbers"
        )
        return {}


def _names(feature: Any) -> list[str] | None:
    """The label names of a feature as the front matter has it, at any depth."""
    if not isinstance(feature, Mapping):
        return None
    if "class_label" in feature:
        names = feature["class_label"].get("names", [])
        return (
            [str(names[key]) for key in sorted(names, key=int)]
            if isinstance(names, dict)
            else list(names)
        )
    for key in ("dtype", "list", "sequence"):
        if (found := _names(feature.get(key))) is not None:
            return found
    return None
