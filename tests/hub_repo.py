"""What the hub double keeps: a repository, of a dataset or Space, with commits, whole trees,
branches and tags."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

MAIN = "main"
# What is stored by the large file protocol: as a new repository of the hub says of itself.
ATTRIBUTES = b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"
LARGE = 10 * 2**20
SPACES = "spaces/"
# What a hub puts into a new static Space.
WELCOME = {
    "README.md": b"---\ntitle: New\nsdk: static\npinned: false\n---\n",
    "index.html": b"<!doctype html>\n<h1>Welcome to your static Space!</h1>\n",
    "style.css": b"h1 { font-size: 16px }\n",
}
DATE = "2026-01-01T00:00:00.000Z"


def is_large(path: str, size: int) -> bool:
    """Whether the hub wants this file by the large file protocol; it never does an empty one."""
    return size > 0 and (path.endswith((".parquet", ".woff2")) or size > LARGE)


@dataclass(frozen=True, eq=False)
class Entry:
    """A file of a tree. `content` is what the hub serves, which a damage may make another than
    what `oid` (git's) and `sha256` (of a large file, else None) and `size` say."""

    content: bytes
    oid: str
    size: int
    sha256: str | None = None

    def describe(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = {"type": "file", "path": path, "oid": self.oid, "size": self.size}
        if self.sha256:
            told["lfs"] = {"oid": self.sha256, "size": self.size, "pointerSize": 134}
        return told

    @property
    def etag(self) -> str:
        return self.sha256 or self.oid


def entry(content: bytes, large: bool) -> Entry:
    if large:
        return large_entry(content, hashlib.sha256(content).hexdigest(), len(content))
    return Entry(content, blob_oid(content), len(content))


def large_entry(stored: bytes, sha256: str, size: int) -> Entry:
    """A file of which git holds a pointer alone."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {size}\n"
    return Entry(stored, blob_oid(pointer.encode()), size, sha256)


def blob_oid(content: bytes) -> str:
    """Git's name of a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


@dataclass
class Commit:
    sha: str
    parent: Commit | None
    title: str
    tree: dict[str, Entry]

    def describe(self) -> dict[str, Any]:
        authors = [{"user": "tester"}]
        return {
            "id": self.sha,
            "title": self.title,
            "message": "",
            "date": DATE,
            "authors": authors,
        }

    def history(self) -> Iterator[Commit]:
        """This commit and those before it, newest first."""
        one: Commit | None = self
        while one:
            yield one
            one = one.parent

    def last_change(self, path: str) -> Commit:
        """The newest commit that touched a file or a folder."""

        def state(one: Commit) -> list[tuple[str, str]]:
            return sorted((name, e.oid) for name, e in one.tree.items() if inside(name, path))

        here = state(self)
        return [one for one in self.history() if state(one) == here][-1]


def inside(name: str, path: str) -> bool:
    return name == path or name.startswith(f"{path}/")


@dataclass
class Repo:
    """A repository, with `main` and its tags; a commit is never changed, but by `damage`. The id of
    a Space begins with `spaces/`, since a dataset may have its name."""

    id: str
    private: bool = False
    branches: dict[str, Commit] = field(default_factory=dict)
    tags: dict[str, Commit] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        first = {".gitattributes": ATTRIBUTES, **(WELCOME if self.is_space else {})}
        put = {path: entry(content, large=False) for path, content in first.items()}
        self.commit(put, (), "initial commit")

    @property
    def is_space(self) -> bool:
        return self.id.startswith(SPACES)

    @property
    def name(self) -> str:
        return self.id.removeprefix(SPACES)

    @property
    def page(self) -> str:
        return self.id if self.is_space else f"datasets/{self.id}"

    @property
    def head(self) -> Commit:
        return self.branches[MAIN]

    def at(self, revision: str) -> Commit | None:
        """The commit that a branch, a tag or a sha names."""
        for prefix, refs in (("refs/heads/", self.branches), ("refs/tags/", self.tags)):
            if revision.startswith(prefix):
                return refs.get(revision.removeprefix(prefix))
        return next(
            (
                refs[revision]
                for refs in (self.branches, self.tags, self.commits)
                if revision in refs
            ),
            None,
        )

    def commit(
        self,
        put: Mapping[str, Entry],
        drop: Iterable[str],
        title: str,
        branch: str = MAIN,
    ) -> Commit:
        """A new commit on a branch; `drop` names files and folders."""
        parent = self.branches.get(branch)
        gone = tuple(drop)
        before = parent.tree if parent else {}
        tree = {n: e for n, e in before.items() if not any(inside(n, path) for path in gone)}
        tree = dict(sorted({**tree, **put}.items()))
        told = [
            parent.sha if parent else self.id,
            title,
            *(f"{n} {e.oid}" for n, e in tree.items()),
        ]
        sha = hashlib.sha1("\n".join(told).encode()).hexdigest()
        made = Commit(sha, parent, title, tree)
        self.commits[sha] = self.branches[branch] = made
        return made

    def listing(self, commit: Commit, folder: str, recursive: bool) -> list[dict[str, Any]]:
        """The files and folders of a folder, as the tree endpoint tells them."""
        start = f"{folder}/" if folder else ""
        told: dict[str, dict[str, Any]] = {}
        for path, one in commit.tree.items():
            if not path.startswith(start):
                continue
            parts = path[len(start) :].split("/")
            for depth in range(1, len(parts) if recursive else min(len(parts), 2)):
                name = start + "/".join(parts[:depth])
                told[name] = directory(name)
            if recursive or len(parts) == 1:
                told[path] = one.describe(path)
        return [told[name] for name in sorted(told)]

    def paths(self, commit: Commit, names: Iterable[str]) -> list[dict[str, Any]]:
        """What the paths-info endpoint tells of files and folders; of absent ones nothing."""
        told = []
        for name in names:
            if name in commit.tree:
                told.append(commit.tree[name].describe(name))
            elif any(inside(path, name) for path in commit.tree):
                told.append(directory(name))
        return told

    def damage(self, path: str, content: bytes) -> None:
        """Let the newest `path` be served as other bytes under its old name, size and checksum."""
        whole = self.head.tree[path]
        for commit in self.commits.values():
            for name, one in commit.tree.items():
                if one is whole:
                    commit.tree[name] = replace(one, content=content)


def directory(path: str) -> dict[str, Any]:
    oid = hashlib.sha1(path.encode()).hexdigest()
    return {"type": "directory", "path": path, "oid": oid, "size": 0}
