"""A dataset or Space on a hub: its state, its files, and one commit and one tag put on it.

Nothing else of Marsad speaks to a hub, but `verify`, which reads it as a user does. All is done
with `patience`: every fault of the hub or of the way to it is told in one line with its mend. The
token is given to the hub alone.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marsad.fault import DataError, Fault, UsageError
from marsad.patience import AGAIN, MENDS, Answer, patiently, status


@dataclass(frozen=True)
class Stored:
    """A file on the hub: its size, and the sha256 of its content where the hub keeps it apart as a
    large file, else its git id."""

    size: int
    sha256: str | None
    git: str

    def is_of(self, path: Path) -> bool:
        """Whether a local file is the very same."""
        if path.stat().st_size != self.size:
            return False
        content = path.read_bytes()
        if self.sha256:
            return hashlib.sha256(content).hexdigest() == self.sha256
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == self.git


@dataclass(frozen=True)
class State:
    """What the hub holds at one commit: the files by path; and all tags, of whatever commit."""

    commit: str
    files: Mapping[str, Stored]
    tags: frozenset[str]

    def differs(self, folder: Path, names: Iterable[str]) -> dict[str, str]:
        """What a commit of these files of a folder would do to each path: add, change or delete.
        What the hub itself writes stays."""
        listed = list(names)
        found = {
            name: "change" if name in self.files else "add"
            for name in listed
            if name not in self.files or not self.files[name].is_of(folder / name)
        }
        gone = set(self.files) - set(listed) - {".gitattributes"}
        return found | dict.fromkeys(sorted(gone), "delete")


@dataclass
class Hub:
    """One dataset of a hub, or one static Space, as `kind` says. `endpoint` is the hub's address,
    by default that of huggingface_hub.

    Raises UsageError on an address or name that is none, or where the hub's library is missing;
    every method raises DataError where the hub refuses or cannot be reached.
    """

    repo: str
    endpoint: str | None = None
    says: Callable[[str], None] = field(default=lambda line: print(line, file=sys.stderr))
    kind: str = "dataset"

    def __post_init__(self) -> None:
        asked = self.endpoint or os.environ.get("HF_ENDPOINT")
        if asked:
            try:
                address = urlsplit(asked)
            except ValueError:
                raise UsageError("the endpoint is no address; write http(s)://HOST") from None
            if address.username or address.password:
                raise UsageError("an endpoint holds no token; set HF_TOKEN instead")
            local = address.hostname in ("localhost", "127.0.0.1", "::1")
            if address.scheme not in ("http", "https") or not address.hostname:
                raise UsageError(f"{asked!r} is no address of a hub; write http(s)://HOST")
            if address.scheme == "http" and not local:
                raise UsageError(f"{asked} would see the token in clear; write https")
        try:
            import huggingface_hub
            from huggingface_hub import constants
        except ModuleNotFoundError:
            raise UsageError("a hub needs the extra hub; pip install 'marsad[hub]'") from None
        if asked:  # other hubs do not speak the library's own upload protocol
            os.environ["HF_HUB_DISABLE_XET"] = "1"
            constants.HF_HUB_DISABLE_XET = True
        from huggingface_hub.errors import HFValidationError
        from huggingface_hub.utils import disable_progress_bars, logging, validate_repo_id

        try:
            validate_repo_id(self.repo if "/" in self.repo else "")
        except HFValidationError:
            raise UsageError(f"{self.repo!r} names no {self.kind}; write ORG/NAME") from None
        disable_progress_bars()
        logging.set_verbosity_error()
        self.endpoint = (asked or constants.ENDPOINT).rstrip("/")
        self.token: str | None = huggingface_hub.get_token()

    @cached_property
    def api(self) -> Any:
        from huggingface_hub import HfApi

        return HfApi(endpoint=self.endpoint, token=self.token or False)

    @property
    def name(self) -> str:
        """The address of its page, by which faults call it too."""
        return f"{self.endpoint}/{self.kind}s/{self.repo}"

    def require_token(self) -> None:
        if not self.token:
            raise DataError(Fault(self.name, 0, "no token is set", MENDS[401]))

    def state(self, revision: str = "main") -> State | None:
        """What is there at a revision; None where the hub has no such dataset or Space, or shows
        none. Raises UsageError where it has no such revision."""
        from huggingface_hub.errors import (
            GatedRepoError,
            RepositoryNotFoundError,
            RevisionNotFoundError,
        )

        try:
            return self._patiently(lambda: self._state(revision))
        except DataError as error:
            cause = error.__cause__
            if isinstance(cause, RevisionNotFoundError):
                mend = "name a branch, tag or commit of it"
                raise UsageError(f"{self.name} has no revision {revision}; {mend}") from None
            # Without a token a hub says 401 of what is not there.
            refused = isinstance(cause, GatedRepoError) or (self.token and status(cause) == 401)
            if isinstance(cause, RepositoryNotFoundError) and not refused:
                return None
            raise

    def _state(self, revision: str) -> State:
        known = {"repo_type": self.kind}
        commit = self.api.repo_info(self.repo, revision=revision, **known).sha
        refs = self.api.list_repo_refs(self.repo, **known)
        tree = self.api.list_repo_tree(self.repo, recursive=True, revision=commit, **known)
        files = {
            one.path: Stored(one.size, one.lfs.sha256 if one.lfs else None, one.blob_id)
            for one in tree
            if hasattr(one, "blob_id")
        }
        return State(commit, files, frozenset(tag.name for tag in refs.tags))

    def read(self, path: str, revision: str) -> bytes:
        """A file's content at a commit."""
        from tempfile import TemporaryDirectory

        def load() -> bytes:
            with TemporaryDirectory() as folder:
                found = self.api.hf_hub_download(
                    self.repo, path, repo_type=self.kind, revision=revision, local_dir=folder
                )
                return Path(found).read_bytes()

        return self._patiently(load)

    def download(
        self,
        revision: str,
        into: Path,
        only: Sequence[str] | None = None,
        without: Sequence[str] | None = None,
    ) -> State | None:
        """Fills a folder with the files of a revision that match a pattern of `only` (by default
        all) and none of `without`. Gives the state and raises as `state` does, and DataError where
        a file arrives as another than the hub says it has."""
        from huggingface_hub.utils import filter_repo_objects

        found = self.state(revision)
        if found is None:
            return None
        # By its commit: of a branch the library takes a half-filled folder for the whole.
        wanted: dict[str, Any] = {"allow_patterns": only, "ignore_patterns": without}
        known = {"repo_type": self.kind, "revision": found.commit, "local_dir": into}
        self._patiently(lambda: self.api.snapshot_download(self.repo, **known, **wanted))
        for path in filter_repo_objects(found.files, **wanted):
            if not (into / path).is_file() or not found.files[path].is_of(into / path):
                raise DataError(Fault(self.name, 0, f"{path} arrives damaged", AGAIN))
        return found

    def create(self) -> State:
        """Makes the dataset or Space, which is not there yet, and gives its state."""
        wanted = {"repo_type": self.kind, "exist_ok": True}
        wanted |= {"space_sdk": "static"} if self.kind == "space" else {}
        self._patiently(lambda: self.api.create_repo(self.repo, **wanted))
        made = self.state()
        if made is None:
            raise DataError(Fault(self.name, 0, "made, and not there", AGAIN))
        return made

    def commit(self, folder: Path, names: Iterable[str], on: State, title: str, body: str) -> str:
        """Makes the hub hold exactly these files of a folder, in one commit on the one that `on`
        is of; returns the commit's id. Raises DataError where another commit came between."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        listed = list(names)
        gone = [p for p, what in on.differs(folder, listed).items() if what == "delete"]

        def send() -> str:
            made = self.api.create_commit(
                self.repo,
                [
                    *(CommitOperationAdd(name, folder / name) for name in listed),
                    *(CommitOperationDelete(path) for path in gone),
                ],
                commit_message=title,
                commit_description=body,
                repo_type=self.kind,
                parent_commit=on.commit,
            )
            return str(made.oid)

        def send_or_find() -> str:
            # An answer may be lost after the work was done: then the hub holds the files already.
            try:
                return send()
            except Exception:
                now = self._state("main")
                if now.commit != on.commit and not now.differs(folder, listed):
                    return now.commit
                raise

        return self._patiently(send_or_find)

    def tag(self, name: str, commit: str, message: str) -> None:
        """Tags a commit. Raises DataError where the tag is there and is of another commit."""

        def put() -> None:
            try:
                self.api.create_tag(
                    self.repo, tag=name, revision=commit, tag_message=message, repo_type=self.kind
                )
            except Exception as error:
                # Set by a try whose answer was lost?
                tags = self.api.list_repo_refs(self.repo, repo_type=self.kind).tags
                if not any(one.name == name for one in tags):
                    raise
                if self.api.repo_info(self.repo, revision=name, repo_type=self.kind).sha != commit:
                    found = f"the tag {name} is of another commit"
                    raise DataError(Fault(self.name, 0, found, "raise the version")) from error

        self._patiently(put)

    def _patiently(self, call: Callable[[], Answer]) -> Answer:
        return patiently(call, self.name, self.says, self.kind)
