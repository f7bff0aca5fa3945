"""The hub double answers the genuine clients as the hub does, and fails as it is told."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from hub import READER, WRITER, Hub, environment

ID = "org/marsad"
PARQUET = bytes(range(256)) * 64
PARQUET_SHA256 = "a1f259d4365ed4320c377ce26f5c8c56dcdc9a89e7b641bfd8eabfbbeac86654"
CARD = b"---\nlicense: cc-by-4.0\n---\n"
FILES = {"README.md": CARD, "a.txt": "مرصد".encode(), "data/x.parquet": PARQUET}


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        path = tmp_path / "folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path / "folder"


def run(hub: Hub, tmp: Path, script: str, *arguments: object, token: str | None = WRITER) -> str:
    """What a script prints, in a process of its own with the genuine libraries."""
    ran = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        env=environment(hub, tmp, token) | {"HF_HUB_DOWNLOAD_TIMEOUT": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    return ran.stdout


START = f"""
import functools, json, sys, time
from huggingface_hub import HfApi

ID, READER = {ID!r}, {READER!r}
api, data = HfApi(), dict(repo_id=ID, repo_type="dataset")

def refused(work, *given, **named):
    try:
        work(*given, **named)
    except Exception as error:
        status = getattr(getattr(error, "response", None), "status_code", None)
        return [status, type(error).__name__]
"""

PUBLISH = """
api.create_repo(**data, private=True)
first = api.dataset_info(ID).sha
send = functools.partial(api.upload_file, **data, path_or_fileobj=b"new")
send_all = functools.partial(api.upload_folder, **data, folder_path=sys.argv[1])
get = functools.partial(api.hf_hub_download, **data)
up = send_all(parent_commit=first, commit_message="all").oid
same = send_all().oid
api.create_tag(**data, tag="v1", revision=up)
stale = refused(send, path_in_repo="x", parent_commit=first)
again, twice = refused(api.create_tag, **data, tag="v1"), refused(api.create_repo, **data)
send(path_in_repo="notes/new.txt", commit_message="add")
api.delete_file("a.txt", **data, commit_message="delete")
reader, nobody = HfApi(token=READER), HfApi(token=False)
files = [f for f in api.list_repo_tree(**data, recursive=True, expand=True) if hasattr(f, "lfs")]
print(json.dumps({
    "who": api.whoami()["name"], "up": up, "same": same,
    "stale": stale, "again": again, "twice": twice,
    "no right": refused(functools.partial(send, token=READER), path_in_repo="x"),
    "bad token": refused(HfApi(token="hf_wrong").whoami),
    "hidden": refused(nobody.dataset_info, ID), "absent": refused(api.dataset_info, "org/absent"),
    "no file": refused(get, filename="a.txt"),
    "no revision": refused(api.dataset_info, ID, revision="v9"),
    "bad card": refused(api.upload_file, **data, path_or_fileobj=b"---\\na: [\\n---\\n",
                        path_in_repo="README.md"),
    "read": reader.dataset_info(ID, revision="v1").sha,
    "tags": {t.name: t.target_commit for t in api.list_repo_refs(**data).tags},
    "log": [c.title for c in api.list_repo_commits(**data)],
    "files": {f.path: [f.blob_id, f.lfs and f.lfs.sha256, f.last_commit.title] for f in files},
    "paths": [p.path for p in api.get_paths_info(**data, paths=["notes", "README.md", "no"])],
    "old": open(get(filename="a.txt", revision="v1"), encoding="utf-8").read(),
}))
"""


def test_the_genuine_client_publishes_and_reads(hub: Hub, folder: Path, tmp_path: Path) -> None:
    hub.page = 3
    found = json.loads(run(hub, tmp_path, START + PUBLISH, folder))
    assert {name: one[0] for name, one in found.items() if isinstance(one, list) and one[0]} == {
        "stale": 412,
        "again": 409,
        "twice": 409,
        "no right": 403,
        "bad token": 401,
        "hidden": 401,
        "absent": 404,
        "no file": 404,
        "no revision": 404,
        "log": "delete",
        "paths": "notes",
    }
    assert found["hidden"][1] == found["absent"][1] == "RepositoryNotFoundError"
    assert found["no file"][1] == "RemoteEntryNotFoundError"
    assert found["no revision"][1] == "RevisionNotFoundError"
    assert found["bad card"] == [None, "ValueError"]
    assert found["who"] == "tester"
    # The same folder once more is no commit; the tag stays at its own.
    assert found["same"] == found["up"] == found["read"] == found["tags"]["v1"]
    assert found["log"] == ["delete", "add", "all", "initial commit"]
    assert found["paths"] == ["notes", "README.md"]
    assert found["old"] == "مرصد"
    # The names that git and sha256 give these bytes.
    assert found["files"]["README.md"] == ["b187bb7e7d837a367ccd0862441947ad412c77f7", None, "all"]
    assert found["files"]["data/x.parquet"][1:] == [PARQUET_SHA256, "all"]
    assert set(found["files"]) == {".gitattributes", "README.md", "data/x.parquet", "notes/new.txt"}
    assert FILES.items() <= hub.files(ID, "v1").items()
    # Every request is kept, and the token stands in the header alone.
    assert [one.method for one in hub.requests if one.path.startswith("/lfs/")] == ["PUT", "POST"]
    assert sum(one.authorized for one in hub.requests) > 20
    assert hub.leaks(WRITER) == []
    hub.commit(ID, {"note.txt": f"the token is {WRITER}".encode()})
    assert hub.leaks(WRITER) == ["note.txt"]


def test_the_command_uploads_and_downloads(hub: Hub, folder: Path, tmp_path: Path) -> None:
    def hf(*arguments: object, token: str | None = WRITER) -> str:
        script = "from huggingface_hub.cli.hf import main; main()"
        return run(hub, tmp_path, script, *arguments, token=token)

    kind = ("--repo-type", "dataset")
    hf("repos", "create", ID, *kind)
    hf("upload", ID, folder, *kind)
    hf("repos", "tag", "create", ID, "v1", *kind)
    there = tmp_path / "there"
    hf("download", ID, *kind, "--revision", "v1", "--local-dir", there, token=None)
    for name, content in FILES.items():
        assert (there / name).read_bytes() == content


# Publishing and reading under faults: what the clients come through, and what they say.
ENDURE = """
api.create_repo(**data)
tries = []
send_all = functools.partial(api.upload_folder, **data, folder_path=sys.argv[1])
while (found := refused(send_all)) and len(tries) < 9:
    tries.append(found)
head = api.dataset_info(ID).sha
print(json.dumps([tries, head]))
"""


def test_the_genuine_client_comes_through_faults(hub: Hub, folder: Path, tmp_path: Path) -> None:
    busy = hub.fail(500, method="POST", path="/preupload/", times=2)
    limited = hub.fail(429, method="POST", path="/lfs/objects/batch", retry_after=1)
    dropped = hub.fail("drop", method="PUT", path="^/lfs/")
    refusals = [hub.fail(how, path="/commit/") for how in (503, 401, 403, 404, 409, 412, "drop")]
    started = time.perf_counter()
    tries, head = json.loads(run(hub, tmp_path, START + ENDURE, folder))
    assert [status for status, _ in tries] == [503, 401, 403, 404, 409, 412, None]
    assert busy.hits >= 2
    assert min(one.hits for one in (limited, dropped, *refusals)) >= 1
    assert time.perf_counter() - started > 2  # it waited as told, and its own back-off
    assert hub.repos[ID].head.sha == head
    assert FILES.items() <= hub.files(ID).items()


# Lost answers, another's commit in between, a hub that spoils what it keeps or sends.
SPOILT = """
fetch = functools.partial(api.hf_hub_download, **data, force_download=True)
get = lambda name: open(fetch(filename=name), "rb").read()
send = functools.partial(api.upload_file, **data, path_in_repo="y.txt")
head = api.dataset_info(ID).sha
print(json.dumps({
    "lost": refused(send, path_or_fileobj=b"1", parent_commit=head),
    "kept all the same": api.dataset_info(ID).sha != head,
    "overtaken": refused(send, path_or_fileobj=b"2", parent_commit=api.dataset_info(ID).sha),
    "garbage": refused(api.dataset_info, ID),
    "truncated in the store": refused(get, "data/x.parquet"),
    "altered in the store": get("a.txt").hex(),
    "truncated on the way": get("README.md").decode(),
    "slow": get("slow.txt").decode(),
    "hung": get("hung.txt").decode(),
}))
"""


def test_the_genuine_client_meets_a_hub_that_spoils(hub: Hub, tmp_path: Path) -> None:
    hub.commit(ID, {**FILES, "slow.txt": b"slow", "hung.txt": b"hung"})
    hub.damage(ID, "data/x.parquet", "truncate")
    hub.damage(ID, "a.txt")
    hub.fail("lose", path="/commit/")
    hub.fail(lambda: hub.commit(ID, {"z": b""}), method="POST", path="/commit/")
    hub.fail("garbage", path=f"/api/datasets/{ID}$", skip=3)
    hub.fail("truncate", method="GET", path="/README.md")
    hub.fail("slow", method="GET", path="/slow.txt", seconds=1)
    hub.fail("hang", method="GET", path="/hung.txt", seconds=2)
    found = json.loads(run(hub, tmp_path, START + SPOILT))
    assert found["lost"][0] is None
    assert found["kept all the same"]
    assert found["overtaken"][0] == 412
    assert found["garbage"] == [None, "JSONDecodeError"]
    assert found["truncated in the store"] == [None, "OSError"]
    altered = bytes.fromhex(found["altered in the store"])
    assert [a == b for a, b in zip(altered, FILES["a.txt"], strict=True)].count(False) == 1
    # The client fetches the rest, or all again.
    assert [found[way] for way in ("truncated on the way", "slow", "hung")] == [
        CARD.decode(),
        "slow",
        "hung",
    ]
    assert hub.files(ID)["y.txt"] == b"1"


def ask(hub: Hub, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(hub.url.removeprefix("http://"), timeout=10)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_each_fault_does_what_it_says_and_no_more_often(hub: Hub) -> None:
    hub.commit(ID, {"a.txt": b"abcdefgh"})
    get = ("GET", f"/datasets/{ID}/resolve/main/a.txt")
    put = ("PUT", "/lfs/" + "0" * 64)
    hub.large["0" * 64] = b""
    for how in ("drop", "lose", "hang"):
        hub.fail(how, seconds=0.3)
        started = time.perf_counter()
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            ask(hub, *put, body=how.encode())
        assert how != "hang" or time.perf_counter() - started >= 0.3
        # The work is done where the answer alone is lost.
        assert hub.large["0" * 64] == (b"" if how == "drop" else b"lose")
    hub.fail("truncate", method="GET")
    with pytest.raises(http.client.IncompleteRead) as short:
        ask(hub, *get)
    assert short.value.partial == b"abcd"
    for how, stored in (("truncate", b"abcd"), ("alter", b"abcddfgh")):
        hub.fail(how, method="PUT")
        assert ask(hub, *put, body=b"abcdefgh")[0] == 200
        assert hub.large["0" * 64] == stored
    hub.fail("alter")
    assert ask(hub, *get) == (200, b"abcddfgh")
    hub.fail("garbage")
    assert ask(hub, *get) == (200, b'{"oh')
    hub.fail("slow", seconds=0.4)
    started = time.perf_counter()
    assert ask(hub, *get) == (200, b"abcdefgh")
    assert time.perf_counter() - started > 0.1
    done = []
    # A request that one fault took is none of those that the next lets through.
    hub.fail(lambda: done.append(len(hub.requests)), after=True)
    hub.fail(429, retry_after=7, skip=1, times=2)
    assert [ask(hub, *get)[0] for _ in range(4)] == [200, 200, 429, 429]
    assert len(done) == 1
    with pytest.raises(ValueError, match="sleepy is none of drop, lose"):
        hub.fail("sleepy")
    hub.fail(500, times=9)
    hub.mend()
    assert ask(hub, *get, Range="bytes=2-4") == (206, b"cde")
    assert ask(hub, *get, Range="bytes=-3") == (206, b"fgh")
    assert ask(hub, *get, Range="bytes=9-")[0] == 416


def test_it_serves_as_a_program(tmp_path: Path) -> None:
    hub = [sys.executable, str(ROOT / "tests" / "hub.py"), "--port", "0"]
    with subprocess.Popen(hub, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        told = dict(word.split("=") for word in process.stdout.readline().split())
        where = told["HF_ENDPOINT"].removeprefix("http://")
        connection = http.client.HTTPConnection(where, timeout=10)
        connection.request("GET", "/api/whoami-v2", headers={"Authorization": "Bearer no"})
        assert connection.getresponse().status == 401
        process.terminate()
