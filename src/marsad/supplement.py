"""The files that only a published folder has: its Croissant description, its entry in a hub's
registry of benchmarks, and the checksums of all files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from marsad import croissant, croissant_reading, jsonl, registry
from marsad.article import digest
from marsad.card import front_matter
from marsad.fault import DataError, Fault
from marsad.parquet import parquet_path, read_encoded
from marsad.publication import read_publication
from marsad.rooms import Rooms

CROISSANT, BENCHMARKS, SUMS = "croissant.json", "eval.yaml", "SHA256SUMS"
NAMES = (CROISSANT, BENCHMARKS, SUMS)


def describe(
    there: Rooms, page: str, tag: str, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, str]:
    """The text of the description and of the entry, by file, of a folder that goes to the `page`
    of a hub under a tag; none of a folder without rows. Raises DataError where mlcroissant finds
    fault with the description, or reads other rows of test than the files have."""
    if not front_matter(jsonl.read_text(there.card, there.name(there.card)))["configs"]:
        return {}
    said = read_publication(there)
    described = croissant.croissant(there.root, said, page, tag)
    text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    with TemporaryDirectory() as folder:
        path = Path(folder) / CROISSANT
        path.write_text(text, encoding="utf-8")
        (Path(folder) / "data").symlink_to(there.data.resolve())
        if wrong := croissant_reading.validate(path) or _other_rows(there, path, columns):
            raise DataError(*(Fault(CROISSANT, 0, one, "mend publication.toml") for one in wrong))
    return {CROISSANT: text, BENCHMARKS: registry.to_yaml(registry.entry(there, said))}


def write(there: Rooms, described: Mapping[str, str]) -> None:
    """Adds them to the folder, and the checksums of all its files."""
    for name, text in described.items():
        jsonl.write_bytes(there.root / name, text.encode("utf-8"))
    sums = [(digest(path.read_bytes()), there.name(path)) for path in files(there.root)]
    lines = "".join(f"{sha256}  {name}\n" for sha256, name in sums)
    jsonl.write_bytes(there.root / SUMS, lines.encode("utf-8"))


def files(folder: Path) -> list[Path]:
    """Every file of a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _other_rows(there: Rooms, path: Path, columns: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"mlcroissant reads other rows of {config}"
        for config, of in croissant_reading.records(path, splits=("test",)).items()
        if of["test"] != read_encoded(parquet_path(there.data, config, "test"), columns[config])
    ]
