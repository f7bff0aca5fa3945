"""The endpoints of the hub double: a call in, an answer out, the repositories changed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

from hub_call import (
    SAID,
    WRITER,
    Answer,
    Call,
    RefusedError,
    Request,
    authorize,
    refusal,
    reply,
)
from hub_repo import SPACES, Commit, entry, is_large, large_entry

if TYPE_CHECKING:
    from hub import Hub


COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def answer(hub: Hub, request: Request) -> Answer:
    """Do the work of a request."""
    asked = urlsplit(request.path)
    method = "GET" if request.method == "HEAD" else request.method
    for known, pattern, work, writes in ENDPOINTS:
        match = re.fullmatch(pattern, asked.path)
        if method == known and match:
            query = {name: values[-1] for name, values in parse_qs(asked.query).items()}
            part = {name: unquote(value or "") for name, value in match.groupdict().items()}
            try:
                authorize(request, writes)
                return work(Call(hub, request, part, query))
            except RefusedError as refused:
                return refused.answer
    return refusal(404, f"no such endpoint: {request.method} {asked.path}", "NoEndpoint")


def whoami(call: Call) -> Answer:
    if not call.request.authorized:
        raise RefusedError(401)
    role = "write" if call.request.headers["authorization"].endswith(WRITER) else "read"
    token = {"type": "access_token", "accessToken": {"displayName": "loopback", "role": role}}
    return reply({"type": "user", "name": "tester", "orgs": [{"name": "org"}], "auth": token})


def create(call: Call) -> Answer:
    told = call.request.json()
    space = told.get("type") == "space"
    if space and told.get("sdk") != "static":
        raise RefusedError(400, "the double has static Spaces alone")
    name = f"{told.get('organization') or 'tester'}/{told['name']}"
    repo_id = (SPACES if space else "") + name
    there = repo_id in call.hub.repos
    private = bool(told.get("private")) or told.get("visibility") == "private"
    url = f"{call.hub.url}/{call.hub.create(repo_id, private).page}"
    if there:
        return reply({"error": SAID[409][0], "url": url}, 409)
    return reply({"url": url, "name": name, "id": name})


def delete(call: Call) -> Answer:
    told = call.request.json()
    call.part["id"] = f"{told.get('organization') or 'tester'}/{told['name']}"
    call.part["kind"] = f"{told.get('type')}s"
    del call.hub.repos[call.repo.id]
    return reply({})


def validate(call: Call) -> Answer:
    """The front matter of a card: it must be YAML, and a mapping; of a Space, with what the hub
    wants of one."""
    errors = []
    told = call.request.json()
    front = re.match(r"---\n(.*?)\n---\n", told["content"], re.DOTALL)
    try:
        said = yaml.safe_load(front[1]) if front else {}
        if not isinstance(said, dict):
            errors.append({"message": "the metadata is no mapping"})
        elif told.get("repoType") == "space":
            colours = {said.get("colorFrom"), said.get("colorTo")} - {None}
            if said.get("sdk") != "static" or not colours <= COLOURS:
                errors.append({"message": "sdk or a colour is none that the hub knows"})
            if len(said.get("short_description", "")) > 60:
                errors.append({"message": "short_description has more than 60 characters"})
    except yaml.YAMLError as error:
        errors.append({"message": f"the metadata is no YAML: {error}"})
    return reply({"errors": errors, "warnings": []}, 400 if errors else 200)


def preupload(call: Call) -> Answer:
    tree = call.commit.tree
    return reply(
        {
            "files": [
                {
                    "path": one["path"],
                    "uploadMode": "lfs" if is_large(one["path"], one["size"]) else "regular",
                    "shouldIgnore": False,
                    "oid": tree[one["path"]].etag if one["path"] in tree else None,
                }
                for one in call.request.json()["files"]
            ]
        }
    )


def lfs_batch(call: Call) -> Answer:
    objects = []
    for one in call.request.json()["objects"]:
        told: dict[str, Any] = {"oid": one["oid"], "size": one["size"]}
        if len(call.hub.large.get(one["oid"], b"")) != one["size"]:
            href = f"{call.hub.url}/lfs/{one['oid']}"
            told["actions"] = {"upload": {"href": href}, "verify": {"href": f"{href}/verify"}}
            # As signed for by whoever may write; the PUT itself bears no token.
            call.hub.large.setdefault(one["oid"], b"")
        objects.append(told)
    assert call.repo
    return reply({"transfer": "basic", "objects": objects})


def lfs_put(call: Call) -> Answer:
    if call.part["oid"] not in call.hub.large:
        raise RefusedError(403)
    call.hub.large[call.part["oid"]] = call.request.body
    return Answer(200, headers={"ETag": f'"{hashlib.sha256(call.request.body).hexdigest()}"'})


def lfs_verify(call: Call) -> Answer:
    """Says well of whatever was put: a hub that lost half of a file does not know."""
    if not call.hub.large.get(call.part["oid"]):
        raise RefusedError(404, "the object was not uploaded")
    return reply({})


def commit(call: Call) -> Answer:
    branch = call.part["rev"].removeprefix("refs/heads/")
    if branch not in call.repo.branches or "create_pr" in call.query:
        raise RefusedError(400, "the double commits to main alone")
    lines = [json.loads(line) for line in call.request.body.splitlines() if line.strip()]
    head = call.commit
    header = next(one["value"] for one in lines if one["key"] == "header")
    if header.get("parentCommit") not in (None, head.sha):
        raise RefusedError(412)
    put, drop = {}, []
    for one in lines:
        key, value = one["key"], one["value"]
        if key == "file":
            put[value["path"]] = entry(base64.b64decode(value["content"]), large=False)
        elif key == "lfsFile":
            stored = call.hub.large.get(value["oid"])
            if not stored:
                raise RefusedError(400, f"the large file {value['oid']} was not uploaded")
            size = value.get("size", len(stored))
            put[value["path"]] = large_entry(stored, value["oid"], size)
        elif key in ("deletedFile", "deletedFolder"):
            drop.append(value["path"].rstrip("/"))
    made = call.repo.commit(put, drop, header["summary"], branch)
    url = f"{call.hub.url}/{call.repo.page}/commit/{made.sha}"
    return reply({"success": True, "commitOid": made.sha, "commitUrl": url})


def tag(call: Call) -> Answer:
    name = call.request.json()["tag"]
    if name in call.repo.tags:
        raise RefusedError(409, f"Tag {name} already exists")
    call.repo.tags[name] = call.commit
    return reply({})


def untag(call: Call) -> Answer:
    if call.repo.tags.pop(call.part["rev"], None) is None:
        raise RefusedError(404, "Tag not found", "RevisionNotFound")
    return reply({})


def refs(call: Call) -> Answer:
    def told(kind: str, named: dict[str, Commit]) -> list[dict[str, str]]:
        return [
            {"name": name, "ref": f"refs/{kind}/{name}", "targetCommit": one.sha}
            for name, one in named.items()
        ]

    repo = call.repo
    heads, tags = told("heads", repo.branches), told("tags", repo.tags)
    return reply({"branches": heads, "converts": [], "tags": tags, "pullRequests": []})


def commits(call: Call) -> Answer:
    return reply([one.describe() for one in call.commit.history()])


def info(call: Call) -> Answer:
    one, repo = call.commit, call.repo
    siblings = []
    for path, file in one.tree.items():
        told: dict[str, Any] = {"rfilename": path}
        if call.query.get("blobs"):
            told |= {"size": file.size, "blobId": file.oid}
            if file.sha256:
                told["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": 134}
        siblings.append(told)
    when = one.describe()["date"]
    named = {"_id": repo.id, "id": repo.name, "author": repo.name.split("/")[0], "sha": one.sha}
    flags = {"private": repo.private, "gated": False, "disabled": False}
    counts = {"downloads": 0, "likes": 0, "tags": [], "lastModified": when, "createdAt": when}
    return reply({**named, **flags, **counts, "siblings": siblings})


def tree(call: Call) -> Answer:
    one, folder = call.commit, call.part["path"]
    told = call.repo.listing(one, folder, call.query.get("recursive", "").lower() in ("true", "1"))
    if folder and not told:
        raise RefusedError(404, "Entry not found", "EntryNotFound")
    start = int(call.query.get("cursor", 0))
    page = expand(call, told[start : start + call.hub.page])
    if start + call.hub.page >= len(told):
        return page
    others = "".join(f"{k}={v}&" for k, v in call.query.items() if k != "cursor")
    path = call.request.path.split("?")[0]
    following = f"{call.hub.url}{path}?{others}cursor={start + call.hub.page}"
    page.headers["Link"] = f'<{following}>; rel="next"'
    return page


def paths_info(call: Call) -> Answer:
    told = call.request.body
    if told.startswith(b"{"):
        asked = json.loads(told)
        names, call.query["expand"] = asked["paths"], str(asked.get("expand", ""))
    else:
        form = parse_qs(told.decode())
        names, call.query["expand"] = form.get("paths", []), form.get("expand", [""])[-1]
    return expand(call, call.repo.paths(call.commit, names))


def expand(call: Call, told: list[dict[str, Any]]) -> Answer:
    if call.query.get("expand", "").lower() in ("true", "1"):
        for one in told:
            last = call.commit.last_change(one["path"]).describe()
            one["lastCommit"] = {key: last[key] for key in ("id", "title", "date")}
    return reply(told)


def resolve(call: Call) -> Answer:
    one = call.entry
    headers = {
        "ETag": f'"{one.etag}"',
        "X-Repo-Commit": call.commit.sha,
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
    }
    if one.sha256:
        headers |= {"X-Linked-Etag": f'"{one.sha256}"', "X-Linked-Size": str(one.size)}
    asked = re.fullmatch(r"bytes=(\d*)-(\d*)", call.request.headers.get("range", ""))
    if not asked or asked[0] == "bytes=-":
        return Answer(200, one.content, headers)
    size = len(one.content)
    start = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
    end = min(size, int(asked[2]) + 1) if asked[1] and asked[2] else size
    if start >= size:
        return Answer(416, headers={"Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Answer(206, one.content[start:end], headers)


ID = r"(?P<id>[\w.-]+/[\w.-]+)"
KIND = "(?P<kind>datasets|spaces)"
API = f"/api/{KIND}/{ID}"
REV = r"(?P<rev>[^/]+)"
# Method, path, work, whether it needs the right to write.
ENDPOINTS: list[tuple[str, str, Callable[[Call], Answer], bool]] = [
    ("GET", "/api/whoami-v2", whoami, False),
    ("POST", "/api/repos/create", create, True),
    ("DELETE", "/api/repos/delete", delete, True),
    ("POST", "/api/validate-yaml", validate, False),
    ("POST", f"{API}/preupload/{REV}", preupload, True),
    ("POST", rf"/{KIND}/{ID}\.git/info/lfs/objects/batch", lfs_batch, True),
    ("PUT", "/lfs/(?P<oid>[0-9a-f]{64})", lfs_put, False),
    ("POST", "/lfs/(?P<oid>[0-9a-f]{64})/verify", lfs_verify, True),
    ("POST", f"{API}/commit/{REV}", commit, True),
    ("POST", f"{API}/tag/{REV}", tag, True),
    ("DELETE", f"{API}/tag/{REV}", untag, True),
    ("GET", f"{API}/refs", refs, False),
    ("GET", f"{API}/commits/{REV}", commits, False),
    ("GET", API, info, False),
    ("GET", f"{API}/revision/{REV}", info, False),
    ("GET", rf"{API}/tree/{REV}/?(?P<path>.*)", tree, False),
    ("POST", f"{API}/paths-info/{REV}", paths_info, False),
    ("GET", rf"/{KIND}/{ID}/resolve/{REV}/(?P<path>.+)", resolve, False),
]
