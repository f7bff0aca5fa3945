"""What a classical method learned, as two files: names in JSON, numbers in one .npz.

Nothing is pickled, and a file that is not what was written is refused before it is used.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.article import digest

NAMES, NUMBERS = "learned.json", "learned.npz"
Arrays = Mapping[str, NDArray[Any]]


def write(folder: Path, names: Mapping[str, Any], arrays: Arrays) -> None:
    """Writes both files. The names hold the digest of the numbers that belong to them."""
    numbers: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    with (folder / NUMBERS).open("wb") as file:
        np.savez_compressed(file, **numbers)
    sha256 = digest((folder / NUMBERS).read_bytes())
    content = {"sha256": sha256, "names": names}
    text = json.dumps(content, ensure_ascii=False) + "\n"
    (folder / NAMES).write_text(text, encoding="utf-8")


def read(folder: Path) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Reads both back. Raises OSError, ValueError or KeyError where they are not what `write`
    wrote: other numbers, an object that would have to be unpickled, no finite number."""
    content = json.loads((folder / NAMES).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("names"), dict):
        raise ValueError(f"{NAMES} holds no names")
    if digest((folder / NUMBERS).read_bytes()) != content["sha256"]:
        raise ValueError(f"{NUMBERS} is not the one that {NAMES} was written with")
    try:
        with np.load(folder / NUMBERS, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
    except (zipfile.BadZipFile, AttributeError, EOFError):
        raise ValueError(f"{NUMBERS} holds no arrays") from None
    for name, array in arrays.items():
        if array.dtype.kind not in "fu" or not np.isfinite(array).all():
            raise ValueError(f"{NUMBERS}: {name} holds something else than numbers")
    return content["names"], arrays
