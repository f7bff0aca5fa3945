"""How the dataset is cited: `CITATION.cff`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marsad import jsonl
from marsad.fault import DataError, Fault

NAME = "CITATION.cff"


def read(folder: Path, version: str) -> dict[str, Any]:
    """What the file says. Raises DataError where it lacks something, or is of another version."""
    import yaml

    try:
        found = yaml.safe_load(jsonl.read_text(folder / NAME, NAME))
    except yaml.YAMLError as error:
        raise DataError(Fault(NAME, 0, str(error).splitlines()[0], "mend the syntax")) from None
    for key in ("title", "authors", "date-released", "license"):
        if not isinstance(found, dict) or key not in found:
            raise DataError(Fault(NAME, 0, f"no {key!r}", "add it"))
    if str(found.get("version")) != version:
        wrong = f"version is {str(found.get('version'))!r}, not {version!r}"
        raise DataError(Fault(NAME, 0, wrong, "write the version of dataset.toml"))
    return dict(found)


def name_of(author: Mapping[str, Any]) -> str:
    """An author, as they are called."""
    if "name" in author:
        return str(author["name"])
    return f"{author['given-names']} {author['family-names']}"


def bibtex(cited: Mapping[str, Any], version: str, page: str | None = None) -> str:
    """The BibTeX entry, with the address of a page where there is one."""
    fields = {
        "title": f"{{{cited['title']}}}",
        "author": " and ".join(f"{{{name_of(one)}}}" for one in cited.get("authors", ())),
        "year": _year(cited),
        "version": version,
        "url": page,
    }
    inside = ", ".join(f"{key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{marsad, {inside}}}"


def line(cited: Mapping[str, Any], version: str) -> str:
    """One line to cite it by."""
    authors = ", ".join(name_of(one) for one in cited.get("authors", ()))
    year = _year(cited)
    head = f"{authors} ({year}). " if authors and year else ""
    return f"{head}{cited['title']}. Version {version}."


def _year(cited: Mapping[str, Any]) -> str:
    return str(cited.get("date-released", ""))[:4]
