"""Publishing to the loopback hub: what is refused, what a broken way leaves behind, and that what
arrives is the dataset. The hub's own client and `load_dataset` do the work."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

import hub as double
from conftest import commit, same_files, tracked
from hub import READER, WRITER, environment, kill_at
from marsad import check, publish, rooms, supplement, verify
from marsad.article import digest
from marsad.corpus import read_corpus
from marsad.dataset import build_rows, canons
from marsad.fault import DataError, UsageError
from marsad.hub import Hub
from marsad.publish import Plan
from marsad.rooms import Rooms

ID = "org/marsad"


@pytest.fixture(scope="module")
def made(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The plan of publishing the small dataset to a hub that has it not."""
    with double.Hub() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_TOKEN", WRITER)
        folder = tmp_path_factory.mktemp("published") / "marsad"
        return publish.plan(whole, Hub(ID, server.url), folder)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, made: Plan) -> None:
    """Loading back costs seconds: where it is not what is tried, the hub's files alone are held
    against those sent."""
    files = {path: digest((made.folder / path).read_bytes()) for path in made.sizes}
    monkeypatch.setattr(verify, "given", lambda *_: {"rows": made.digests, "files": files})


def client(server: double.Hub, token: str | None = WRITER, repo: str = ID) -> tuple[Hub, list[str]]:
    """A client of the loopback hub, and what it says."""
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_TOKEN", token or "")
        return Hub(repo, server.url, told.append), told


def go(server: double.Hub, made: Plan, token: str | None = WRITER) -> str:
    """Publishes on the hub's present state; the commit."""
    hub, _ = client(server, token)
    return publish.publish(hub, on(hub, made), lambda line: None)


def on(hub: Hub, made: Plan) -> Plan:
    return replace(made, on=hub.state(), endpoint=str(hub.endpoint))


def arrived(server: double.Hub, made: Plan) -> None:
    """Fails unless the hub holds the files of the plan, once committed, and the tag on them."""
    repo = server.repos[ID]
    files = server.files(ID, made.tag)
    files.pop(".gitattributes", None)
    assert set(files) == set(made.sizes)
    for path, content in files.items():
        assert content == (made.folder / path).read_bytes(), path
    assert repo.tags[made.tag] == repo.head
    titles = [one.title for one in repo.commits.values()]
    assert titles.count(f"Marsad {made.version}") == 1


def test_every_link_of_a_published_page_leads_somewhere(made: Plan) -> None:
    pages = [*made.folder.glob("*.md"), *made.folder.rglob("README.md")]
    for page in pages:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_what_is_published_is_a_checkout_by_itself(made: Plan) -> None:
    there = rooms.find(made.folder)
    assert not check.check(there)
    listed = {line[66:] for line in (made.folder / supplement.SUMS).read_text().splitlines()}
    assert listed == set(made.sizes) - {supplement.SUMS}
    entry = yaml.safe_load((made.folder / supplement.BENCHMARKS).read_text("utf-8"))
    assert {task["config"] for task in entry["tasks"]} <= set(made.rows)
    described = json.loads((made.folder / supplement.CROISSANT).read_text("utf-8"))
    assert described["version"] == made.version


# Faults that pass: the same run comes through.
PASSING: dict[str, dict[str, Any]] = {
    "the connection drops in the commit": {"how": "drop", "path": "/commit/"},
    "the answer to the commit is lost": {"how": "lose", "path": "/commit/"},
    "the commit answers 500 twice": {"how": 500, "path": "/commit/", "times": 2},
    "the commit is throttled": {"how": 429, "path": "/commit/", "retry_after": 3},
    "the plan of the upload answers 502": {"how": 502, "path": "/preupload/"},
    "large files are refused with 503": {"how": 503, "path": "/lfs/objects/batch"},
    "the connection drops in a large file": {"how": "drop", "method": "PUT"},
    "the answer to a large file is lost": {"how": "lose", "method": "PUT", "times": 2},
    "making the dataset answers 500": {"how": 500, "path": "/repos/create"},
    "the answer to making the dataset is lost": {"how": "lose", "path": "/repos/create"},
    "the card's check answers 504": {"how": 504, "path": "/validate-yaml"},
    "the state is garbage": {
        "how": "garbage",
        "path": "/api/datasets/org/marsad/revision",
        "skip": 1,
    },
    "the tree is cut off": {"how": "truncate", "path": "/tree/"},
    "the list of tags answers 500": {"how": 500, "path": "/refs"},
    "the tag answers 500": {"how": 500, "method": "POST", "path": "/tag/"},
    "the answer to the tag is lost": {"how": "lose", "method": "POST", "path": "/tag/"},
    "every answer is slow": {"how": "slow", "times": 5, "seconds": 0.2},
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_does_not_stop_it(
    name: str, server: double.Hub, made: Plan, waits: list[float], quick: None
) -> None:
    fault = server.fail(**PASSING[name])
    go(server, made)
    arrived(server, made)
    assert fault.hits == fault.times
    assert not server.leaks(WRITER)
    if fault.retry_after:
        assert waits == [3.0]


# Faults that stay: one line, nothing tagged, and once they are gone a second run completes.
STAYING: dict[str, tuple[dict[str, Any], str]] = {
    "the commit answers 500": (
        {"how": 500, "path": "/commit/", "times": 99},
        "the hub is busy (500); wait a while and run the same command again",
    ),
    "throttled": (
        {"how": 429, "path": "/commit/", "times": 99},
        "the hub is busy (429); wait a while and run the same command again",
    ),
    "the commit drops": (
        {"how": "drop", "path": "/commit/", "times": 99},
        "the connection to the hub failed",
    ),
    "the large files drop": ({"how": "drop", "method": "PUT", "times": 999}, "the connection"),
    "the token runs out": (
        {"how": 401, "path": "/commit/", "times": 99},
        "the hub answers 401: Invalid credentials in Authorization header; log in",
    ),
    "writing is forbidden": (
        {"how": 403, "path": "/commit/", "times": 99},
        "the hub answers 403: Forbidden: pass a token with write access to this repository; use",
    ),
    "the dataset goes away": (
        {"how": 404, "path": "/preupload/", "times": 99},
        "the hub answers 404: Repository not found; correct the dataset's name",
    ),
    "a conflict": ({"how": 409, "path": "/commit/", "times": 99}, "the hub answers 409"),
    "a stale parent": (
        {"how": 412, "path": "/commit/", "times": 99},
        "the hub answers 412: A commit has happened since. Please refresh and try again.; "
        "somebody else has committed meanwhile; look at the new plan",
    ),
    "the tag cannot be set": (
        {"how": 503, "method": "POST", "path": "/tag/", "times": 99},
        "the hub is busy (503)",
    ),
}


@pytest.mark.parametrize("name", STAYING)
def test_a_fault_that_stays_is_told_and_a_second_run_completes(
    name: str, server: double.Hub, made: Plan, waits: list[float], quick: None
) -> None:
    fault, says = STAYING[name]
    server.fail(**fault)
    with pytest.raises(DataError) as caught:
        go(server, made)
    told = str(caught.value)
    assert says in told
    assert "\n" not in told
    assert WRITER not in told
    assert not server.repos[ID].tags
    server.mend()
    go(server, made)
    arrived(server, made)


def test_another_commit_between_plan_and_commit_is_noticed(
    server: double.Hub, made: Plan, quick: None
) -> None:
    server.create(ID)
    hub, _ = client(server)
    planned = on(hub, made)
    theirs = server.commit(ID, {"notes.txt": b"mine"})
    with pytest.raises(DataError, match="somebody else has committed meanwhile"):
        publish.publish(hub, planned, lambda line: None)
    assert server.repos[ID].head == theirs
    assert not server.repos[ID].tags


def test_so_is_one_between_commit_and_tag(server: double.Hub, made: Plan, quick: None) -> None:
    server.fail(
        lambda: server.commit(ID, {"notes.txt": b"mine"}), path="/commit/", after=True, times=1
    )
    sent = go(server, made)
    assert server.repos[ID].tags[made.tag].sha == sent  # the tag is of the commit that was proved
    assert "notes.txt" not in server.files(ID, made.tag)


def test_a_tag_that_another_sets_meanwhile_is_left_to_him(
    server: double.Hub, made: Plan, quick: None
) -> None:
    server.create(ID)
    first = server.repos[ID].head
    hub, _ = client(server)
    planned = on(hub, made)
    server.tag(ID, made.tag)
    with pytest.raises(DataError, match=f"the tag {made.tag} is of another commit"):
        publish.publish(hub, planned, lambda line: None)
    assert server.repos[ID].tags[made.tag] == first


@pytest.mark.parametrize("how", ["truncate", "alter"])
def test_a_large_file_that_arrives_spoiled_is_never_tagged(
    how: str, server: double.Hub, made: Plan
) -> None:
    server.fail(how, method="PUT")
    with pytest.raises(DataError) as caught:
        go(server, made)
    assert "cannot be loaded back" in str(caught.value) or "it gives other" in str(caught.value)
    assert "stays untagged" in str(caught.value)
    assert not server.repos[ID].tags


def test_a_file_that_is_not_the_one_sent_is_noticed(
    server: double.Hub, made: Plan, quick: None
) -> None:
    server.fail(lambda: server.damage(ID, "README.md", "truncate"), path="/commit/", after=True)
    hub, _ = client(server)
    given = hub.state
    with pytest.MonkeyPatch.context() as patch:
        # the double says of a damaged file what it was; a hub would say what it is
        def honest(revision: str = "main") -> Any:
            found = given(revision)
            if found and "README.md" in found.files:
                one = replace(found.files["README.md"], size=1)
                found = replace(found, files={**found.files, "README.md": one})
            return found

        patch.setattr(hub, "state", honest)
        with pytest.raises(DataError, match=r"1 files on it are not those sent, such as README.md"):
            publish.publish(hub, on(hub, made), lambda line: None)
    assert not server.repos[ID].tags


def test_a_hub_that_names_contents_its_own_way_is_read(
    server: double.Hub, made: Plan, quick: None
) -> None:
    hub, _ = client(server)
    planned, given = on(hub, made), hub.state

    def odd(revision: str = "main") -> Any:
        found = given(revision)
        if found is None or revision == "main":
            return found
        files = {path: replace(one, git="odd", sha256=None) for path, one in found.files.items()}
        few = ("README.md", "data/ner/test.parquet", "dataset.toml")
        return replace(found, files={**found.files, **{path: files[path] for path in few}})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hub, "state", odd)
        publish.publish(hub, planned, lambda line: None)
    arrived(server, made)


def test_other_rows_than_were_sent_are_noticed(server: double.Hub, made: Plan) -> None:
    hub, _ = client(server)
    other = replace(on(hub, made), digests={**made.digests, "ner": "0" * 64})
    with pytest.raises(DataError, match="it gives other rows than were sent: ner"):
        publish.publish(hub, other, lambda line: None)
    assert not server.repos[ID].tags
    go(server, made)  # with the real loading
    arrived(server, made)


# The command itself, in a process of its own.


def command(
    server: double.Hub, there: Rooms, tmp: Path, *arguments: object, token: str | None = WRITER
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "marsad", "--root", there.root, "publish", "--repo", ID]
        + [str(one) for one in arguments],
        env=environment(server, tmp, token),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


LOAD = """
import json, os, sys
import datasets, pandas, pyarrow.parquet
repo, tag = sys.argv[1:]
loaded = {c: datasets.load_dataset(repo, c, revision=tag)
          for c in ("articles", "structure", "topic", "stance", "ner")}
ner = f"hf://datasets/{repo}@{tag}/data/ner/test.parquet"
texts = loaded["ner"]["test"]["text"][:]
assert pandas.read_parquet(ner).text.tolist() == texts
assert pyarrow.parquet.read_table(ner)["text"].to_pylist() == texts
print(json.dumps({c: {s: len(p) for s, p in of.items()} for c, of in loaded.items()}), flush=True)
os._exit(0)  # pyarrow's threads may abort the end of an interpreter that read hf:// with them
"""


def test_published_loaded_downloaded_and_restored(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    rehearsed = command(server, whole, tmp_path)
    assert rehearsed.returncode == 0, rehearsed.stderr
    assert "a rehearsal: nothing was touched; add --yes to publish" in rehearsed.stdout
    assert "withheld, with their rows: 000_c7913647ea205634" in rehearsed.stdout
    assert {one.method for one in server.requests} <= {"GET", "HEAD"}
    assert not server.repos

    published = command(server, whole, tmp_path, "--yes")
    assert published.returncode == 0, published.stderr
    assert 'load_dataset("org/marsad", "articles", revision="v' in published.stdout
    tag = next(iter(server.repos[ID].tags))
    for said in (rehearsed, published):
        assert WRITER not in said.stdout + said.stderr
    assert not server.leaks(WRITER)

    clients = environment(server, tmp_path)
    loaded = subprocess.run(
        [sys.executable, "-c", LOAD, ID, tag],
        env=clients,
        capture_output=True,
        text=True,
        check=True,
    )
    down = tmp_path / "down"
    subprocess.run(
        [
            Path(sys.executable).parent / "hf",
            *("download", ID, "--repo-type=dataset"),
            *("--revision", tag, "--local-dir", str(down)),
        ],
        env=clients,
        capture_output=True,
        check=True,
    )
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=down, check=True)
    there = rooms.find(down)
    assert json.loads(loaded.stdout) == publish.counted(build_rows(read_corpus(there)))
    restore = ["restore", "--raw", whole.articles, "--out", tmp_path / "full"]
    ran = subprocess.run(
        [sys.executable, "-m", "marsad", "--root", down, *restore],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    full = rooms.find(tmp_path / "full")
    assert canons(build_rows(read_corpus(full))) == canons(build_rows(read_corpus(whole)))


def test_all_texts_go_when_named_and_the_plan_says_whose(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    ran = command(
        server, whole, tmp_path, "--text", "all", "--yes", "--json", "--out", tmp_path / "out"
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["commit"] == server.repos[ID].head.sha
    assert [one["rights"] for one in told["third_party"]] == ["the publisher's"] * 5
    assert "articles/collected/000_c7913647ea205634.txt" in server.files(ID)
    assert not told["withheld"]
    for name in supplement.NAMES:
        (tmp_path / "out" / name).unlink()
    same_files(tmp_path / "out", whole.root)


def test_nobodys_texts_go_when_none_is_said(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    ran = command(server, whole, tmp_path, "--text", "none", "--yes")
    assert ran.returncode == 0, ran.stderr
    assert "load_dataset" not in ran.stdout
    there = server.files(ID, next(iter(server.repos[ID].tags)))
    texts = [path for path in there if path.endswith(".txt")]
    assert not [path for path in texts if not path.startswith("ingestion/pages/")]
    assert supplement.CROISSANT not in there
    assert len(there["articles/withheld.jsonl"].splitlines()) == 9


def test_a_killed_publishing_is_completed_by_the_next(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    sent = [sys.executable, "-m", "marsad", "--root", whole.root, "publish", "--repo", ID, "--yes"]
    kill_at(server, "/tag/", sent, environment(server, tmp_path, WRITER))
    assert not server.repos[ID].tags
    before = server.repos[ID].head
    again = command(server, whole, tmp_path, "--yes")
    assert again.returncode == 0, again.stderr
    assert "nothing; the commit is there, untagged" in again.stdout
    assert list(server.repos[ID].tags.values()) == [before] == [server.repos[ID].head]


# What is refused before anything is sent.


def refuse(server: double.Hub, there: Rooms, tmp: Path, says: str, **named: Any) -> None:
    hub, _ = client(server)
    before = {name: repo.head for name, repo in server.repos.items()}
    with pytest.raises((DataError, UsageError), match=says) as caught:
        publish.plan(there, hub, tmp / "published", **named)
    assert str(caught.value).count("\n") == 0
    assert {name: repo.head for name, repo in server.repos.items()} == before


def test_faults_changes_and_odd_tags_are_refused(
    server: double.Hub, copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there = copy()
    refuse(server, there, tmp_path, "publish from a git checkout")
    tracked(there)
    refuse(server, there, tmp_path, "'1.0' is no tag of a version; write --tag vX.Y.Z", tag="1.0")
    (there.root / "note.txt").write_text("new")
    refuse(server, there, tmp_path, r"1 uncommitted changes, such as \?\? note.txt; commit them")
    (there.root / "note.txt").unlink()
    parquet = there.data / "ner" / "test.parquet"
    parquet.write_bytes(parquet.read_bytes()[:-1])
    commit(there)
    refuse(server, there, tmp_path, "data/ner/test.parquet: not Parquet; run marsad build")


def test_a_tag_that_is_there_and_data_without_a_version_are_refused(
    server: double.Hub, whole: Rooms, made: Plan, tmp_path: Path, quick: None
) -> None:
    go(server, made)
    refuse(server, whole, tmp_path / "a", f"the tag {made.tag} is there already; raise the version")
    says = f"it has other rows of .* under version {made.version}, this is {made.version}; raise"
    refuse(server, whole, tmp_path / "b", says, text="all", tag="v9.0.0")
    hub, _ = client(server)
    again = publish.plan(whole, hub, tmp_path / "c", tag="v9.0.0")
    assert set(again.changes) == {
        supplement.CROISSANT,
        supplement.SUMS,
    }  # for their addresses alone


def test_a_dataset_of_something_else_is_not_deleted(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    server.commit(ID, {"README.md": b"---\nlicense: mit\n---\n", "train.csv": b"a,b\n"})
    refuse(server, whole, tmp_path, "it holds what is not Marsad; name another dataset")


@pytest.mark.parametrize(
    ("repo", "endpoint", "says"),
    [
        ("marsad", None, "names no dataset; write ORG/NAME"),
        ("../etc/passwd", None, "names no dataset"),
        ("org/..", None, "names no dataset"),
        (ID, "ftp://127.0.0.1", "is no address of a hub"),
        (ID, "127.0.0.1:80", "is no address of a hub"),
        (ID, "http://[::1", "the endpoint is no address"),
        (ID, "http://hub.example", "would see the token in clear; write https"),
        (ID, "http://user:secret@127.0.0.1", "an endpoint holds no token"),
        (ID, "http://user:secret@hub.example", "an endpoint holds no token"),
        ("org/" + "a" * 97, "http://127.0.0.1:9", "names no dataset"),
    ],
)
def test_odd_names_and_addresses_are_refused(repo: str, endpoint: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Hub(repo, endpoint)


def test_who_may_not_write_is_told_so(
    server: double.Hub, made: Plan, waits: list[float], quick: None, tmp_path: Path, whole: Rooms
) -> None:
    with pytest.raises(DataError, match="the hub answers 401"):
        go(server, made, token="hf_nobodyKnowsThis")
    with pytest.raises(DataError, match="the hub answers 403"):
        go(server, made, token=READER)
    ran = command(server, whole, tmp_path, "--yes", token=None)
    assert ran.returncode == 1
    assert ran.stderr.count("\n") == 1
    assert "no token is set; log in with hf auth login, or set HF_TOKEN" in ran.stderr
    assert not server.repos


def test_a_hub_that_is_not_there_is_told_in_one_line(waits: list[float]) -> None:
    said: list[str] = []
    hub = Hub(ID, "http://127.0.0.1:9", said.append)
    with pytest.raises(DataError, match="the connection to the hub failed") as caught:
        hub.state()
    assert str(caught.value).count("\n") == 0
    assert waits == [1.0, 2.0, 4.0, 8.0]
    assert len(said) == 4
