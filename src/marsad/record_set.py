"""The record sets of a Croissant description: the splits, the names of the labels, and one for each
split of a config with a field for each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from marsad.fault import DataError, Fault
from marsad.feature import ClassLabel
from marsad.publication import FILE, Publication

Node = dict[str, Any]

_SPLITS = {"train": "TrainingSplit", "validation": "ValidationSplit", "test": "TestSplit"}


def splits(names: Mapping[str, None]) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": "splits",
        "name": "splits",
        "dataType": "cr:Split",
        "key": {"@id": "splits/name"},
        "field": [_field("splits/name", "sc:Text"), _field("splits/url", "sc:URL")],
        "data": [
            {"splits/name": name, "splits/url": f"cr:{_SPLITS.get(name, 'Split')}"}
            for name in names
        ],
    }


def label_sets(columns: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, ...], str]:
    """A name for each list of labels: the column's, with the config's where columns differ."""
    found = [
        (config, name, label.names)
        for config, features in columns.items()
        for name, feature in features.items()
        if isinstance(label := feature[0] if isinstance(feature, list) else feature, ClassLabel)
    ]
    sets: dict[tuple[str, ...], str] = {}
    for config, column, names in found:
        alone = all(other == names for _, name, other in found if name == column)
        sets.setdefault(names, f"labels/{column}" if alone else f"labels/{config}_{column}")
    return sets


def enumeration(name: str, names: Sequence[str]) -> Node:
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": "What each number stands for.",
        "dataType": "sc:Enumeration",
        "key": {"@id": f"{name}/number"},
        "field": [_field(f"{name}/number", "sc:Integer"), _field(f"{name}/name", "sc:Text")],
        "data": [{f"{name}/number": at, f"{name}/name": one} for at, one in enumerate(names)],
    }


def record_set(
    config: str,
    split: str,
    path: str,
    columns: Mapping[str, Any],
    said: Publication,
    labels: Mapping[tuple[str, ...], str],
) -> Node:
    if config not in said.config:
        raise DataError(Fault(FILE, 0, f"nothing on config {config!r}", f"add [config.{config}]"))
    own = f"{config}/{split}"
    constant = {
        **_field(f"{own}/split", "sc:Text"),
        "value": split,
        "references": {"field": {"@id": "splits/name"}},
    }
    return {
        "@type": "cr:RecordSet",
        "@id": own,
        "name": own,
        "description": said.config[config].row,
        "key": [{"@id": f"{own}/{column}"} for column in said.config[config].key],
        "field": [
            constant,
            *(
                _column(f"{own}/{name}", feature, path, name, said, labels)
                for name, feature in columns.items()
            ),
        ],
    }


def _column(
    own: str,
    feature: Any,
    path: str,
    column: str,
    said: Publication,
    labels: Mapping[tuple[str, ...], str],
    inside: str | None = None,
) -> Node:
    """The field of a column, or of a part of one: `inside` is its place in a nested value."""
    name = inside or column
    if name not in said.column:
        raise DataError(Fault(FILE, 0, f"nothing on column {name!r}", "add it to [column]"))
    about: Node = {"description": said.column[name]}
    if isinstance(feature, list):
        about |= {"isArray": True, "arrayShape": "-1"}
        feature = feature[0]
    if isinstance(feature, dict):
        parts = [
            _column(f"{own}/{part}", kind, path, column, said, labels, part)
            for part, kind in feature.items()
        ]
        return {"@type": "cr:Field", "@id": own, "name": own, **about, "subField": parts}
    if isinstance(feature, ClassLabel):
        numbers = labels[feature.names]
        about["description"] += f" Its number in {numbers}."
        if "isArray" not in about:  # mlcroissant joins on what is referred to, and no list joins
            about["references"] = {"field": {"@id": f"{numbers}/number"}}
    source: Node = {"fileObject": {"@id": path}, "extract": {"column": column}}
    if inside:
        source["transform"] = {"jsonPath": inside}
    kind = "sc:Text" if feature == "string" else "sc:Integer"
    return {**_field(own, kind), **about, "source": source}


def _field(own: str, kind: str) -> Node:
    return {"@type": "cr:Field", "@id": own, "name": own, "dataType": kind}
