"""Exports: the dataset in the formats of other tools, made from `data/`.

An export holds what `data/` has and nothing else; its offsets are exact, in code points. What a
format cannot hold is left out, and said. Every export leaves a small record in its folder,
`.marsad-export.json`, by which it knows its own files: it renews those, and writes over no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from marsad.fault import UsageError
from marsad.rooms import Rooms
from marsad.split import SPLITS

# Each format with the module that makes it.
FORMATS = {
    "spacy": "spacy",
    "conll": "conll",
    "brat": "brat",
    "label-studio": "label_studio",
    "jsonl": "json_lines",
}


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    `files` are the paths below `folder`, in order; `renewed` says how many of them were there
    already. `counts` says how many of each thing the files hold, `warnings` what they could not.
    """

    format: str
    folder: Path
    files: tuple[str, ...]
    renewed: int
    counts: dict[str, int]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "folder": str(self.folder)}


def export(
    home: Rooms,
    fmt: str,
    out: Path,
    splits: Sequence[str] = SPLITS,
    *,
    configs: Sequence[str] | None = None,
    predictions: bool = False,
) -> Exported:
    """Writes the splits of `data/` in a format below the folder `out`, all of it or nothing.

    `configs` are those that jsonl writes, by default all; with `predictions` label-studio gives
    the gold as suggestions to correct. Raises UsageError on a format or option that does not fit,
    an extra that is lacking, or a file in the way; DataError where `data/` is at fault.
    """
    from marsad.export import folder
    from marsad.export.content import Content

    if fmt not in FORMATS:
        raise UsageError(f"no format {fmt!r}; the formats are {', '.join(FORMATS)}")
    options: dict[str, Any] = {}
    if configs is not None:
        if fmt != "jsonl":
            raise UsageError(f"{fmt} has no configs; leave --config out, or export jsonl")
        options["configs"] = configs
    if predictions:
        if fmt != "label-studio":
            raise UsageError(f"{fmt} has no predictions; leave --predictions out")
        options["predictions"] = True
    if unknown := sorted(set(splits) - set(SPLITS)):
        raise UsageError(f"no split {unknown[0]!r}; the splits are {', '.join(SPLITS)}")
    wanted = [split for split in SPLITS if split in splits]
    made = import_module(f"marsad.export.{FORMATS[fmt]}").make(Content(home), wanted, **options)
    renewed = folder.write(out, fmt, made.files)
    return Exported(fmt, out, tuple(made.files), renewed, made.counts, tuple(made.warnings))
