"""What is said of the dataset where it is published: `publication.toml`."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marsad.fault import DataError, Fault
from marsad.label import fits, from_table, read_toml
from marsad.rooms import Rooms

FILE = "publication.toml"

# What a hub takes in the front matter of a Space: these colours, and a description so long at most.
COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
SHORT = 60

# The properties of Croissant RAI 1.0: those that take one text, and those that take several.
RAI_ONE = (
    "dataCollection",
    "dataCollectionMissingData",
    "dataCollectionRawData",
    "dataImputationProtocol",
    "annotationsPerItem",
    "dataSocialImpact",
    "dataReleaseMaintenancePlan",
)
RAI_MANY = (
    "dataCollectionType",
    "dataPreprocessingProtocol",
    "dataAnnotationProtocol",
    "dataAnnotationPlatform",
    "dataAnnotationAnalysis",
    "annotatorDemographics",
    "machineAnnotationTools",
    "dataUseCases",
    "dataBiases",
    "dataLimitations",
    "personalSensitiveInformation",
)


@dataclass(frozen=True)
class Config:
    """What a row of a config is, and the columns that name it."""

    row: str
    key: tuple[str, ...]


@dataclass(frozen=True)
class Benchmark:
    """The entry in the hub's registry of benchmarks: the framework that runs the tasks, which tasks
    those are, and the split that they are scored on."""

    framework: str
    tasks: tuple[str, ...]
    split: str
    description: str


@dataclass(frozen=True)
class Space:
    """The static Space that shows the dataset: how a hub's lists show it, and what its page says of
    it, in English and Arabic."""

    title: str
    emoji: str
    color_from: str
    color_to: str
    short_description: str
    about: str
    about_ar: str


@dataclass(frozen=True)
class Publication:
    """`publication.toml`: `rai` by the names of the vocabulary, `config` and `column` by name."""

    description: str
    benchmark: Benchmark
    space: Space
    rai: Mapping[str, Any]
    config: Mapping[str, Config]
    column: Mapping[str, str]


def read_publication(rooms: Rooms) -> Publication:
    """Raises DataError on a key that is unknown or missing, or what a hub would refuse."""
    table = read_toml(rooms.root / FILE, FILE)
    for key, value in _table(table, "rai").items():
        hint = str if key in RAI_ONE else tuple[str, ...] if key in RAI_MANY else None
        given = tuple(value) if isinstance(value, list) else value
        if hint is None or not fits(given, hint):
            found = f"unknown key {key!r}" if hint is None else f"{key} is {value!r}"
            mend = f"one text: {', '.join(RAI_ONE)}; a list of texts: {', '.join(RAI_MANY)}"
            raise DataError(Fault(FILE, 0, f"rai: {found}", mend))
    parts = {
        "benchmark": from_table(Benchmark, _table(table, "benchmark"), FILE),
        "space": _space(_table(table, "space")),
        "config": {
            name: from_table(Config, _table(_table(table, "config"), name), FILE)
            for name in _table(table, "config")
        },
    }
    return from_table(Publication, {**table, **parts}, FILE)


def _space(table: dict[str, Any]) -> Space:
    found = from_table(Space, table, FILE)
    kinds = {unicodedata.category(character) for character in found.emoji}
    for key, well, mend in (
        ("emoji", "So" in kinds and kinds <= {"So", "Sk", "Mn", "Cf"}, "write an emoji alone"),
        ("color_from", found.color_from in COLORS, f"write of {', '.join(COLORS)}"),
        ("color_to", found.color_to in COLORS, f"write of {', '.join(COLORS)}"),
        (
            "short_description",
            len(found.short_description) <= SHORT,
            f"write at most {SHORT} characters",
        ),
    ):
        if not well:
            raise DataError(Fault(FILE, 0, f"space: {key} is {getattr(found, key)!r}", mend))
    return found


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = table.get(key)
    if not isinstance(found, dict):
        raise DataError(Fault(FILE, 0, f"{key} is {found!r}", f"write a table [{key}]"))
    return found
