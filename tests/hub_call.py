"""A request to the hub double and its answer: tokens, refusals, what a path names."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hub_repo import SPACES, Commit, Entry, Repo

if TYPE_CHECKING:
    from hub import Hub

# The tokens it knows, and whether they may write; any other is answered with 401.
WRITER = "hf_loopbackThatMayWrite"
READER = "hf_loopbackThatMayRead"

# What the hub says of a status: its sentence, and the code by which clients tell errors apart.
SAID = {
    400: ("Bad request", ""),
    401: ("Invalid credentials in Authorization header", ""),
    403: ("Forbidden: pass a token with write access to this repository", ""),
    404: ("Repository not found", "RepoNotFound"),
    409: ("You already created this dataset repo", ""),
    412: ("A commit has happened since. Please refresh and try again.", ""),
    429: ("Too many requests", ""),
}


@dataclass
class Request:
    """What came: `headers` in lower case, `path` with its query; `status` is what was answered,
    0 while nothing was."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""
    status: int = 0

    @property
    def authorized(self) -> bool:
        return "authorization" in self.headers

    def json(self) -> Any:
        return json.loads(self.body or b"{}")


@dataclass
class Answer:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class RefusedError(Exception):
    """The work is not done: a status, with the sentence and code if not the usual ones."""

    def __init__(self, status: int, said: str = "", code: str = "") -> None:
        self.answer = refusal(status, said, code)


def refusal(status: int, said: str = "", code: str = "") -> Answer:
    usual, usual_code = SAID.get(status, ("Internal error", ""))
    told = reply({"error": said or usual}, status)
    told.headers["X-Error-Message"] = said or usual
    if code or (usual_code and not said):
        told.headers["X-Error-Code"] = code or usual_code
    return told


def reply(value: Any, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json"})


@dataclass
class Call:
    """A request with what its path names: the hub, the parts of the path, the query."""

    hub: Hub
    request: Request
    part: dict[str, str]
    query: dict[str, str]

    @property
    def repo(self) -> Repo:
        space = self.part.get("kind") == "spaces"
        found = self.hub.repos.get((SPACES if space else "") + self.part["id"])
        if found is None or (found.private and not self.request.authorized):
            # An absent repository and a hidden one look alike. Clients take a 401 of a repository
            # for such a one on https alone; the code makes them do so here too.
            if self.request.authorized:
                raise RefusedError(404)
            raise RefusedError(401, "Invalid username or password.", "RepoNotFound")
        return found

    @property
    def commit(self) -> Commit:
        found = self.repo.at(self.part.get("rev", "main"))
        if found is None:
            raise RefusedError(404, f"Invalid rev id: {self.part['rev']}", "RevisionNotFound")
        return found

    @property
    def entry(self) -> Entry:
        if self.part["path"] not in self.commit.tree:
            raise RefusedError(404, "Entry not found", "EntryNotFound")
        return self.commit.tree[self.part["path"]]


def authorize(request: Request, writes: bool) -> None:
    told = request.headers.get("authorization")
    if told is None and not writes:
        return
    if told not in (f"Bearer {WRITER}", f"Bearer {READER}"):
        raise RefusedError(401)
    if writes and told != f"Bearer {WRITER}":
        raise RefusedError(403)
