"""`marsad promote`: adjudicated candidates of an ingest folder become articles of the dataset.

All or nothing: everything is made in a copy of the checkout, which `marsad check` has to find no
fault with but for what baselines make of the new rows, and is then put in place whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import (
    annotator,
    article,
    build,
    catalogue,
    check,
    jsonl,
    release,
    source,
    split,
    staging,
    withheld,
)
from marsad.catalogue import CatalogueEntity
from marsad.fault import DataError, Fault, UsageError
from marsad.ingest.folder import open_folder
from marsad.label import read_layers
from marsad.promote import adjudicated, admission, particulars, renewal
from marsad.promote.adjudicated import Adjudicated
from marsad.promote.particulars import Particulars
from marsad.rooms import Rooms

_VERSION = re.compile(r'^version = "(\d+\.\d+\.\d+)"', re.MULTILINE)


@dataclass(frozen=True)
class Promoted:
    """An article that came in."""

    article_id: str
    split: str
    event: str
    headline: str | None


@dataclass(frozen=True)
class Promotion:
    """What came of it: the articles that came in, those that were in already, those that were
    judged and are not adjudicated; the files that changed; and the commands that are left to run,
    in order, until `marsad check` is content. Of a dry run, what would."""

    promoted: tuple[Promoted, ...]
    already: tuple[str, ...]
    waiting: tuple[str, ...]
    files: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "promoted": [vars(one) for one in self.promoted]}


class LackingError(DataError):
    """The dataset lacks annotators or entities that the articles name; `paste` are ready lines."""

    def __init__(self, paste: str, *faults: Fault) -> None:
        super().__init__(*faults)
        self.paste = paste


@dataclass(frozen=True)
class Wishes:
    """What a maintainer says beside the folder: genre and rights of articles that have none yet,
    a file of new catalogue lines, the new version of the data, and whether the records of the
    baselines are renewed too."""

    genre: str | None = None
    rights: str | None = None
    catalogue: Path | None = None
    version: str | None = None
    renew: bool = False


def promote(
    home: Rooms,
    folder: Path,
    ids: Sequence[str] = (),
    wishes: Wishes = Wishes(),
    *,
    write: bool = True,
    says: Callable[[str], None] = lambda _: None,
) -> Promotion:
    """Promotes these articles, by default all that have gold. Raises DataError with every fault
    that keeps them out, LackingError where the dataset does not know who or what they name; the
    checkout is then as it was. Without `write` nothing is written anywhere."""
    _require(home, wishes)
    if not write and (broken := staging.faults(home)):
        raise DataError(*broken)
    if write and (told := staging.settle(home)):
        says(told)
    review = adjudicated.read_review(open_folder(folder).review)
    there = [*article.read_manifest(home), *source.read_articles(home)]
    todo, already, waiting = adjudicated.chosen(review, ids, {one.article_id for one in there})
    if not todo:
        return Promotion((), tuple(already), tuple(waiting))
    listed = adjudicated.gather(folder, review, todo)
    said = _particulars(review.root / "articles.jsonl", listed, wishes, write=write)
    entities = _proved(home, listed, wishes)
    with staging.staged(home, kept=write) as stage:
        admission.admit(stage.rooms, listed, said, entities)
        if wishes.version:
            _raise_version(stage.rooms, wishes.version)
        list(build.build(stage.rooms))
        if wishes.renew:
            renewal.renew(stage.rooms, says)
        found = check.check(stage.rooms)
        refused, stale = renewal.told_apart(found)
        if refused:
            mend = "mend what is told above, or name others"
            raise DataError(*refused, Fault(str(folder), 0, "nothing was promoted", mend))
        left = renewal.left(stage.rooms, stale, raised=wishes.version is not None)
        places = split.read_splits(stage.rooms)
        files = staging.install(home, stage) if write else stage.changed()
    promoted = (
        Promoted(name, places[name].split, places[name].group, said[name].headline) for name in todo
    )
    return Promotion(tuple(promoted), tuple(already), tuple(waiting), tuple(files), tuple(left))


def _require(home: Rooms, wishes: Wishes) -> None:
    if home.root.name == "_rooms":
        raise UsageError(
            "these are the rooms of the installed package; name a checkout with --root"
        )
    if withheld.read(home):
        mend = "promote in a full copy, or put them back with marsad restore --raw DIR"
        raise UsageError(f"{home.root}: texts are withheld here; {mend}")
    if wishes.renew:
        if wishes.version is None:
            raise UsageError("--renew signs scores with the data's version; give --version too")
        renewal.require(home)
    if wishes.version is not None:
        old = release.read_release(home).version
        number = re.fullmatch(r"\d+\.\d+\.\d+", wishes.version)
        if not number or _number(wishes.version) <= _number(old):
            raise UsageError(f"version {wishes.version!r}; write one above {old}, such as X.Y.Z")


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _raise_version(there: Rooms, version: str) -> None:
    path = there.root / "dataset.toml"
    text = jsonl.read_text(path, path.name)
    jsonl.write_bytes(path, _VERSION.sub(f'version = "{version}"', text).encode("utf-8"))


def _particulars(
    path: Path, listed: Sequence[Adjudicated], wishes: Wishes, *, write: bool
) -> dict[str, Particulars]:
    """What is said of each article, by id; the file gets a line for each. Raises DataError where
    something is left to say."""
    candidates = {one.article_id: one.candidate for one in listed}
    said = particulars.gather(path, candidates.values(), wishes.genre, wishes.rights)
    content = particulars.encode(said.values())
    if write and (not path.is_file() or path.read_bytes() != content):
        jsonl.write_bytes(path, content)
    faults = [
        fault
        for name, one in candidates.items()
        for fault in particulars.faults(path, said[name], one)
    ]
    if faults:
        raise DataError(*faults)
    return said


def _proved(
    home: Rooms, listed: Sequence[Adjudicated], wishes: Wishes
) -> dict[str, CatalogueEntity]:
    """The catalogue with what the articles add to it. Raises DataError where they do not hold."""
    path = catalogue.path_of(home.annotations)
    old = catalogue.read_catalogue(path, home.name(path))
    new = {}
    if wishes.catalogue:
        new = catalogue.read_catalogue(wishes.catalogue, str(wishes.catalogue))
    named = {one.entity_id for one in adjudicated.unlisted(listed, old)}
    entities = {**{name: one for name, one in new.items() if name in named}, **old}
    layers = read_layers(home)
    faults = [fault for one in listed for fault in adjudicated.faults(one, layers, entities)]
    if faults:
        raise DataError(*faults)
    people = annotator.read_annotators(home)
    strangers = adjudicated.strangers(listed, people, annotator.name_of(home))
    if strangers:
        blocks = [annotator.block(home, who) for who in strangers if who not in people]
        raise LackingError("\n".join(blocks), *strangers.values())
    missing = adjudicated.unlisted(listed, entities)
    if missing:
        mend = "correct its printed line, and give a file of such lines with --catalogue"
        raise LackingError(
            catalogue.encode(missing).decode("utf-8"),
            *(
                Fault(home.name(path), 0, f"{one.entity_id}, which gold names, is not there", mend)
                for one in missing
            ),
        )
    return entities


def text(done: Promotion, *, dry: bool = False) -> str:
    """What came of it as lines to read."""
    lines = [
        f"{one.article_id}: {one.split}, event {one.event}, {one.headline or 'without a headline'}"
        for one in done.promoted
    ]
    would = "would be " if dry else ""
    lines.append(f"{len(done.promoted)} articles {would}promoted")
    if not (done.promoted or done.already or done.waiting):
        lines.append("none is judged: import two judgements of one, then --annotator gold")
    if done.already:
        lines.append(f"{len(done.already)} are in the dataset already: {', '.join(done.already)}")
    if done.waiting:
        lines.append(f"{len(done.waiting)} are judged and wait for adjudication")
    if done.promoted:
        lines.append(
            f"{len(done.files)} files {would}changed; the sources, data/ and the card hold"
        )
        lines.append("left to do, in this order:")
        lines += [f"  {step}" for step in done.left]
    return "\n".join(lines) + "\n"
