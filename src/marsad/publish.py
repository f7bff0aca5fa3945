"""`marsad publish`: the dataset on a hub, in one commit that is proved before it is tagged."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from marsad import article, card, check, dataset, edition, supplement, verify
from marsad.article import digest
from marsad.corpus import read_corpus
from marsad.dataset import CONFIGS, Rows
from marsad.fault import DataError, Fault, UsageError
from marsad.feature import features
from marsad.hub import Hub, State
from marsad.patience import AGAIN
from marsad.release import read_release
from marsad.rooms import Rooms

SHOWN = 5  # files of a kind that a plan names
_TAG = re.compile(r"v\d+\.\d+\.\d+")
_DIGEST = re.compile(r"(?<=sha256:)[0-9a-f]{64}")


@dataclass(frozen=True)
class Plan:
    """What a publishing does: the files of its folder with their sizes in bytes, what becomes of
    which path on the hub (add, change, delete), the rows by config and split, the digest of each
    config's rows, whose texts go along and whose do not, and the hub's state that it is made on,
    None where the dataset is not there yet."""

    repo: str
    endpoint: str
    folder: Path
    version: str
    tag: str
    source: str
    text: str
    sizes: Mapping[str, int]
    changes: Mapping[str, str]
    rows: Mapping[str, Mapping[str, int]]
    digests: Mapping[str, str]
    third_party: tuple[Mapping[str, str], ...]
    withheld: tuple[str, ...]
    on: State | None

    def to_json(self) -> dict[str, Any]:
        record = {**vars(self), "on": self.on.commit if self.on else None}
        del record["folder"]
        return record


def plan(
    home: Rooms, hub: Hub, folder: Path, text: str = "authored", tag: str | None = None
) -> Plan:
    """Builds the folder that would be published, and says what it would change. Touches nothing
    else. Raises DataError or UsageError where it must not be published: `marsad check` finds a
    fault, the working tree has changes, the tag is there, or the data changed and not its
    version."""
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
    left_out = edition.without(home, text)
    with ProcessPoolExecutor(2) as others:
        checked = others.submit(check.check, home)
        try:
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
        finally:  # what check finds comes before what fails for it
            if faults := checked.result():
                raise DataError(*faults)
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in supplement.files(folder)}
    shown = article.read_manifest(there)
    foreign = [a for a in shown if a.tier != "authored" and not a.withheld]
    return Plan(
        repo=hub.repo,
        endpoint=str(hub.endpoint),
        folder=folder,
        version=version,
        tag=tag,
        source=edition.git(home.root, "rev-parse", "HEAD").strip(),
        text=text,
        sizes=sizes,
        changes=on.differs(folder, sizes) if on else dict.fromkeys(sizes, "add"),
        rows=counted(rows),
        digests=digests,
        third_party=tuple(
            {"article_id": a.article_id, "outlet": a.outlet or "not shown", "rights": a.rights}
            for a in foreign
        ),
        withheld=tuple(a.article_id for a in shown if a.withheld),
        on=on,
    )


def publish(hub: Hub, known: Plan, says: Callable[[str], None]) -> str:
    """Carries out a plan: one commit of all files, every config loaded back and its rows compared,
    then the tag. Returns the commit's id. Raises DataError where the hub refuses or gives other
    rows; then the hub is as it was, or has a commit without tag that a second run completes."""
    hub.require_token()
    on = known.on
    if on is None:
        on = hub.create()
        says(f"made {hub.name}")
    body = f"Texts: {known.text}. Made from {known.source} by marsad publish."
    commit = hub.commit(known.folder, known.sizes, on, f"Marsad {known.version}", body)
    says(f"committed {len(known.sizes)} files: {commit}")
    prove(hub, known, commit)
    says(f"loaded back {len(known.digests)} configs, the very rows of this checkout")
    hub.tag(known.tag, commit, f"Marsad {known.version}")
    says(f"tagged {known.tag}")
    return commit


def prove(hub: Hub, known: Plan, commit: str) -> None:
    """Raises DataError unless the hub holds exactly the files of the plan at a commit, and
    `load_dataset` gives their rows."""
    now = hub.state(commit)
    other = now.differs(known.folder, known.sizes) if now else {"": "missing"}
    for path in [path for path, what in other.items() if what == "change"]:
        # A hub may name contents in a way of its own: what counts is what it gives.
        if hub.read(path, commit) == (known.folder / path).read_bytes():
            del other[path]
    untagged = f"the commit {commit[:12]} stays untagged; {AGAIN}"
    if other:
        path, what = next(iter(other.items()))
        found = f"{len(other)} files on it are not those sent, such as {path} ({what})"
        raise DataError(Fault(hub.name, 0, found, untagged))
    data = [path for path in known.sizes if path.startswith("data/")]
    try:
        given = verify.given(hub, commit, list(known.digests), data)
    except ValueError as error:
        found = f"a config cannot be loaded back: {error}"
        raise DataError(Fault(hub.name, 0, found, untagged)) from None
    sent = {path: digest((known.folder / path).read_bytes()) for path in data}
    for kind, wanted in (("rows", known.digests), ("files", sent)):
        if wrong := [name for name, of in wanted.items() if given[kind].get(name) != of]:
            found = f"it gives other {kind} than were sent: {', '.join(wrong)}"
            raise DataError(Fault(hub.name, 0, found, untagged))


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
    if other and _number(version) <= _number(old):
        found = f"it has other rows of {', '.join(other)} under version {old}, this is {version}"
        mend = "raise version in dataset.toml; marsad diff tells what changed"
        raise DataError(Fault(hub.name, 0, found, mend))


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def text_of(known: Plan) -> str:
    """A plan as lines to read."""
    total = sum(known.sizes.values())
    lines = [
        f"{known.repo} at {known.endpoint}, {known.tag}, from {known.source[:12]}",
        f"on {known.on.commit}" if known.on else "the dataset is not there yet; it will be made",
        "",
        f"{len(known.sizes)} files, {total / 1e6:.1f} MB",
    ]
    folders: dict[str, list[int]] = {}
    for path, size in known.sizes.items():
        folders.setdefault(path.split("/")[0] + ("/" if "/" in path else ""), []).append(size)
    for name, sizes in folders.items():
        lines.append(f"  {name:20} {len(sizes):5} files {sum(sizes) / 1e3:10.1f} kB")
    lines += ["", "rows"]
    for config, of in known.rows.items():
        lines.append(f"  {config:20} " + "  ".join(f"{name} {count}" for name, count in of.items()))
    lines += ["", f"texts: {known.text}"]
    for one in known.third_party:
        lines.append(
            f"  third party's: {one['article_id']}, outlet {one['outlet']}, rights: {one['rights']}"
        )
    if known.withheld:
        shown = ", ".join(known.withheld[:5])
        more = f" and {len(known.withheld) - 5} more" if len(known.withheld) > 5 else ""
        lines.append(f"  withheld, with their rows: {shown}{more}")
    lines += ["", "what changes on the hub"]
    for what in ("add", "change", "delete"):
        if paths := [path for path, becomes in known.changes.items() if becomes == what]:
            more = f" and {len(paths) - SHOWN} more" if len(paths) > SHOWN else ""
            lines.append(f"  {what:8} {len(paths):5} files: {', '.join(paths[:SHOWN])}{more}")
    if not known.changes:
        lines.append("  nothing; the commit is there, untagged")
    return "\n".join(lines) + "\n"
