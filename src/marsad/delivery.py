"""A delivery to a hub, of a dataset or a Space: the files of a folder are held against what the hub
has, sent in one commit, proved, and only then tagged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from marsad import article, check, edition, supplement
from marsad.fault import DataError, Fault, UsageError
from marsad.hub import Hub, State
from marsad.patience import AGAIN
from marsad.release import read_release
from marsad.rooms import Rooms

SHOWN = 5  # files of a kind that a plan names
_TAG = re.compile(r"v\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Delivery:
    """What goes to a dataset or Space: the files of a folder with their sizes in bytes, what
    becomes of which path on the hub (add, change, delete), whose texts go along and whose do not,
    and the hub's state that it is planned on, None where nothing is there yet."""

    kind: str
    repo: str
    endpoint: str
    folder: Path
    version: str
    tag: str
    source: str
    text: str
    sizes: Mapping[str, int]
    changes: Mapping[str, str]
    third_party: tuple[Mapping[str, str], ...]
    withheld: tuple[str, ...]
    on: State | None

    def to_json(self) -> dict[str, Any]:
        record = {**vars(self), "on": self.on.commit if self.on else None}
        del record["folder"]
        return record


def ready(home: Rooms, hub: Hub, tag: str | None) -> tuple[str, str, State | None]:
    """The version, the tag and the hub's state. Raises DataError or UsageError where the working
    tree has changes, or the tag is none or there already."""
    version = read_release(home).version
    tag = tag or f"v{version}"
    if not _TAG.fullmatch(tag):
        raise UsageError(f"{tag!r} is no tag of a version; write --tag vX.Y.Z")
    if changed := edition.git(home.root, "status", "--porcelain").splitlines():
        found = f"{len(changed)} uncommitted changes, such as {changed[0].strip()}"
        raise DataError(Fault(str(home.root), 0, found, "commit them, then publish"))
    on = hub.state()
    if on and tag in on.tags:
        mend = "raise the version, nothing is edited under a tag"
        raise DataError(Fault(hub.name, 0, f"the tag {tag} is there already", mend))
    return version, tag, on


@contextmanager
def checked(home: Rooms) -> Iterator[Executor]:
    """Runs `marsad check` beside the work inside, with processes to hand other work to. Raises
    DataError where it finds a fault, which comes before whatever fails for it."""
    with ProcessPoolExecutor(2) as others:
        found = others.submit(check.check, home)
        try:
            yield others
        finally:
            if faults := found.result():
                raise DataError(*faults)


def of(
    home: Rooms,
    there: Rooms,
    hub: Hub,
    folder: Path,
    text: str,
    known: tuple[str, str, State | None],
) -> Delivery:
    """The delivery of a folder made from an edition of a checkout; `known` is what `ready` gave."""
    version, tag, on = known
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in supplement.files(folder)}
    shown = article.read_manifest(there)
    return Delivery(
        kind=hub.kind,
        repo=hub.repo,
        endpoint=str(hub.endpoint),
        folder=folder,
        version=version,
        tag=tag,
        source=edition.git(home.root, "rev-parse", "HEAD").strip(),
        text=text,
        sizes=sizes,
        changes=on.differs(folder, sizes) if on else dict.fromkeys(sizes, "add"),
        third_party=tuple(
            {"article_id": a.article_id, "outlet": a.outlet or "not shown", "rights": a.rights}
            for a in shown
            if a.tier != "authored" and not a.withheld
        ),
        withheld=tuple(a.article_id for a in shown if a.withheld),
        on=on,
    )


def start(hub: Hub, known: Delivery, says: Callable[[str], None]) -> State:
    """What to commit on: the state of the plan, or that of what is made, where nothing was there.
    Raises DataError where the hub refuses."""
    hub.require_token()
    if known.on:
        return known.on
    made = hub.create()
    says(f"made {hub.name}")
    return made


def send(
    hub: Hub, known: Delivery, on: State, proof: Callable[[str], str], says: Callable[[str], None]
) -> str:
    """One commit on a state, its proof, which says what was proved, then the tag. Returns the
    commit's id. Raises DataError where the hub refuses or the proof fails; then the hub is as it
    was, or has a commit without tag that a second run completes."""
    body = f"Texts: {known.text}. Made from {known.source} by marsad publish."
    commit = hub.commit(known.folder, known.sizes, on, f"Marsad {known.version}", body)
    says(f"committed {len(known.sizes)} files: {commit}")
    says(proof(commit))
    hub.tag(known.tag, commit, f"Marsad {known.version}")
    says(f"tagged {known.tag}")
    return commit


def prove(hub: Hub, known: Delivery, commit: str) -> State:
    """What the hub holds at a commit. Raises DataError unless it is exactly the files that were
    sent."""
    now = hub.state(commit)
    other = now.differs(known.folder, known.sizes) if now else {"": "missing"}
    for path in [path for path, what in other.items() if what == "change"]:
        # A hub may name contents in a way of its own: what counts is what it gives.
        if hub.read(path, commit) == (known.folder / path).read_bytes():
            del other[path]
    if other or now is None:
        path, what = next(iter(other.items()))
        found = f"{len(other)} files on it are not those sent, such as {path} ({what})"
        raise untagged(hub, commit, found)
    return now


def untagged(hub: Hub, commit: str, found: str) -> DataError:
    """The error of a commit that fails its proof."""
    return DataError(Fault(hub.name, 0, found, f"the commit {commit[:12]} stays untagged; {AGAIN}"))


def number(version: str) -> tuple[int, ...]:
    """A version as numbers, to compare."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def head(known: Delivery) -> list[str]:
    """The first part of a plan, as lines to read: where to, and how much."""
    total = sum(known.sizes.values())
    lines = [
        f"{known.repo} at {known.endpoint}, {known.tag}, from {known.source[:12]}",
        f"on {known.on.commit}"
        if known.on
        else f"the {known.kind} is not there yet; it will be made",
        "",
        f"{len(known.sizes)} files, {total / 1e6:.1f} MB",
    ]
    folders: dict[str, list[int]] = {}
    for path, size in known.sizes.items():
        folders.setdefault(path.split("/")[0] + ("/" if "/" in path else ""), []).append(size)
    for name, sizes in folders.items():
        lines.append(f"  {name:20} {len(sizes):5} files {sum(sizes) / 1e3:10.1f} kB")
    return lines


def tail(known: Delivery, left_out: str) -> list[str]:
    """The last part: whose texts go along, and what changes; `left_out` says how texts that do not
    are missing."""
    lines = [f"texts: {known.text}"]
    for one in known.third_party:
        lines.append(
            f"  third party's: {one['article_id']}, outlet {one['outlet']}, rights: {one['rights']}"
        )
    if known.withheld:
        shown = ", ".join(known.withheld[:5])
        more = f" and {len(known.withheld) - 5} more" if len(known.withheld) > 5 else ""
        lines.append(f"  {left_out}: {shown}{more}")
    lines += ["", "what changes on the hub"]
    for what in ("add", "change", "delete"):
        if paths := [path for path, becomes in known.changes.items() if becomes == what]:
            more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
            lines.append(f"  {what:8} {len(paths):5} files: {', '.join(paths[:SHOWN])}{more}")
    if not known.changes:
        lines.append("  nothing; the commit is there, untagged")
    return lines
