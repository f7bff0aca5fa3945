"""`croissant.json`: a published folder as the MLCommons Croissant 1.1 vocabulary describes it.

A record set is a split of a config, such as `ner/test`, for each is one file with one checksum, and
that is the form which mlcroissant verifies and reads both from a folder and from an address. Labels
stay the numbers that the files hold; the record sets `labels/…` say their names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from marsad import citation, jsonl, record_set
from marsad.article import digest as sha256
from marsad.card import front_matter
from marsad.fault import DataError, Fault
from marsad.feature import from_yaml
from marsad.label import read_toml
from marsad.publication import Publication
from marsad.record_set import Node

# The registered name, and the one that mlcroissant knows.
PARQUET = ["application/vnd.apache.parquet", "application/x-parquet"]
CONFORMS_TO = ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"]

# The context of the specification, to the letter: readers compare it.
CONTEXT: Node = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(
    folder: Path,
    said: Publication,
    page: str | None = None,
    revision: str | None = None,
) -> Node:
    """The description of a folder with README.md, dataset.toml, CITATION.cff and the Parquet files
    that README's front matter names.

    With `page`, the address of its page on a hub, each file's address is absolute, at the
    `revision` (a tag, which never changes, by default that of the version): so the description is
    read from the hub's address as it stands, which a relative one is not. Without it addresses are
    relative to the folder. Raises DataError where the folder or what is said of it lacks something.
    """
    head = front_matter(jsonl.read_text(folder / "README.md", "README.md"))
    version = str(read_toml(folder / "dataset.toml", "dataset.toml").get("version", ""))
    cited = citation.read(folder, version)
    base = f"{page}/resolve/{quote(revision or f'v{version}', safe='')}/" if page else ""
    files = {
        (config["config_name"], file["split"]): file["path"]
        for config in head.get("configs", [])
        for file in config["data_files"]
    }
    columns = _columns(head)
    labels = record_set.label_sets(columns)
    made = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": head.get("pretty_name"),
        "description": said.description.strip(),
        "conformsTo": CONFORMS_TO,
        "version": version,
        "datePublished": str(cited["date-released"]),
        "license": f"https://spdx.org/licenses/{cited['license']}.html",
        "url": page,
        "inLanguage": head.get("language"),
        "keywords": cited.get("keywords"),
        "creator": (authors := [_author(one) for one in cited["authors"]]),
        "publisher": authors,
        "citeAs": citation.bibtex(cited, version, page),
        **{f"rai:{name}": _stripped(text) for name, text in said.rai.items()},
        "distribution": [_file(folder, path, base) for path in dict.fromkeys(files.values())],
        "recordSet": [
            record_set.splits(dict.fromkeys(split for _, split in files)),
            *(record_set.enumeration(name, names) for names, name in labels.items()),
            *(
                record_set.record_set(config, split, path, columns[config], said, labels)
                for (config, split), path in files.items()
            ),
        ],
    }
    return {key: value for key, value in made.items() if value is not None}


def _columns(head: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    try:
        return {info["config_name"]: from_yaml(info["features"]) for info in head["dataset_info"]}
    except (KeyError, TypeError, ValueError) as error:
        found = f"dataset_info cannot be read: {error}"
        raise DataError(Fault("README.md", 1, found, "run marsad build")) from None


def _author(one: Mapping[str, Any]) -> Node:
    if "name" in one:
        return {"@type": "sc:Organization", "name": one["name"]}
    return {"@type": "sc:Person", "name": citation.name_of(one)}


def _stripped(text: str | Sequence[str]) -> Any:
    return text.strip() if isinstance(text, str) else [one.strip() for one in text]


def _file(folder: Path, path: str, base: str) -> Node:
    content = jsonl.read_bytes(folder / path, path)
    return {
        "@type": "cr:FileObject",
        "@id": path,
        "name": path,
        "contentUrl": base + path,
        "contentSize": f"{len(content)} B",
        "encodingFormat": PARQUET,
        "sha256": sha256(content),
    }
