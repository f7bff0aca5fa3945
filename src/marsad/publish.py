"""`marsad publish`: the dataset on a hub, in one commit that is proved before it is tagged."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from marsad import card, dataset, delivery, edition, supplement, verify
from marsad.article import digest
from marsad.corpus import read_corpus
from marsad.dataset import CONFIGS, Rows
from marsad.delivery import Delivery
from marsad.fault import DataError, Fault
from marsad.feature import features
from marsad.hub import Hub, State
from marsad.rooms import Rooms

_DIGEST = re.compile(r"(?<=sha256:)[0-9a-f]{64}")


@dataclass(frozen=True)
class Plan(Delivery):
    """What a publishing of the dataset does: beside what is delivered, the rows by config and split
    and the digest of each config's rows."""

    rows: Mapping[str, Mapping[str, int]]
    digests: Mapping[str, str]


def plan(
    home: Rooms, hub: Hub, folder: Path, text: str = "authored", tag: str | None = None
) -> Plan:
    """Builds the folder that would be published, and says what it would change. Touches nothing
    else. Raises DataError or UsageError where it must not be published: `marsad check` finds a
    fault, the working tree has changes, the tag is there, or the data changed and not its
    version."""
    version, tag, on = delivery.ready(home, hub, tag)
    left_out = edition.without(home, text)
    with delivery.checked(home) as others:
        known = read_corpus(home)
        kept = tuple(a for a in known.articles if a.tier in edition.TEXTS[text])
        rows = dataset.build_rows(replace(known, articles=kept))
        canons = dataset.canons(rows)
        digests = {config: canon.digest for config, canon in canons.items() if canon.sizes}
        if on:
            _refuse_silent_change(hub, on, version, digests)
        there = edition.cut(home, folder, text)
        columns = features(known.layers)
        described = others.submit(supplement.describe, there, hub.name, tag, columns)
        edition.finish(there, left_out)
        supplement.write(there, described.result())
    delivered = delivery.of(home, there, hub, folder, text, (version, tag, on))
    return Plan(**vars(delivered), rows=counted(rows), digests=digests)


def publish(hub: Hub, known: Plan, says: Callable[[str], None]) -> str:
    """Carries out a plan: one commit of all files, every config loaded back and its rows compared,
    then the tag. Returns the commit's id. Raises DataError where the hub refuses or gives other
    rows; then the hub is as it was, or has a commit without tag that a second run completes."""
    on = delivery.start(hub, known, says)

    def proof(commit: str) -> str:
        prove(hub, known, commit)
        return f"loaded back {len(known.digests)} configs, the very rows of this checkout"

    return delivery.send(hub, known, on, proof, says)


def prove(hub: Hub, known: Plan, commit: str) -> None:
    """Raises DataError unless the hub holds exactly the files of the plan at a commit, and
    `load_dataset` gives their rows."""
    delivery.prove(hub, known, commit)
    data = [path for path in known.sizes if path.startswith("data/")]
    try:
        given = verify.given(hub, commit, list(known.digests), data)
    except ValueError as error:
        found = f"a config cannot be loaded back: {error}"
        raise delivery.untagged(hub, commit, found) from None
    sent = {path: digest((known.folder / path).read_bytes()) for path in data}
    for kind, wanted in (("rows", known.digests), ("files", sent)):
        if wrong := [name for name, of in wanted.items() if given[kind].get(name) != of]:
            found = f"it gives other {kind} than were sent: {', '.join(wrong)}"
            raise delivery.untagged(hub, commit, found)


def counted(rows: Rows) -> dict[str, dict[str, int]]:
    return {config: {k: len(part) for k, part in of.items()} for config, of in rows.items()}


def _refuse_silent_change(hub: Hub, on: State, version: str, digests: Mapping[str, str]) -> None:
    """Raises DataError where the hub has other rows under this version or a later one, or files of
    something else, which publishing would delete."""
    if set(on.files) <= {".gitattributes", "README.md"}:
        return
    try:
        page = card.front_matter(hub.read("README.md", on.commit).decode("utf-8"))
        theirs = {
            one["config_name"]: _DIGEST.findall(one["description"]) for one in page["configs"]
        }
        old = str(tomllib.loads(hub.read("dataset.toml", on.commit).decode("utf-8"))["version"])
    except (DataError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, DataError) and error.__cause__:
            raise
        mend = "name another dataset with --repo, or empty this one"
        raise DataError(Fault(hub.name, 0, "it holds what is not Marsad", mend)) from None
    ours = {config: [of] for config, of in digests.items()}
    other = [config for config in CONFIGS if ours.get(config) != theirs.get(config)]
    if other and delivery.number(version) <= delivery.number(old):
        found = f"it has other rows of {', '.join(other)} under version {old}, this is {version}"
        mend = "raise version in dataset.toml; marsad diff tells what changed"
        raise DataError(Fault(hub.name, 0, found, mend))


def text_of(known: Plan) -> str:
    """A plan as lines to read."""
    rows = [
        f"  {config:20} " + "  ".join(f"{name} {count}" for name, count in of.items())
        for config, of in known.rows.items()
    ]
    tail = delivery.tail(known, "withheld, with their rows")
    return "\n".join([*delivery.head(known), "", "rows", *rows, "", *tail]) + "\n"
