"""The explorer's site as a static Space on the loopback hub: what goes there, what never does, what
is refused, and what a broken way leaves behind."""

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
from conftest import ROOT, commit, tracked
from hub import READER, WRITER, environment, kill_at
from marsad import edition, publication, rooms, space
from marsad.article import read_here, read_manifest
from marsad.delivery import Delivery
from marsad.fault import DataError, UsageError
from marsad.hub import Hub
from marsad.rooms import Rooms

DATASET = "org/marsad"
ID = "spaces/org/marsad"  # as the double calls the Space of that name
COMMAND = (sys.executable, "-m", "marsad")
COLLECTED = "000_c7913647ea205634"
Site = Callable[[str], Delivery]


@pytest.fixture(scope="module")
def site(whole: Rooms, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The plan of a first publishing of the small dataset's site, by whose texts go along; each is
    made once."""
    known: dict[str, Delivery] = {}

    def make(text: str) -> Delivery:
        if text not in known:
            with double.Hub() as server:
                folder = tmp_path_factory.mktemp(text) / "site"
                known[text] = space.plan(whole, client(server), folder, DATASET, text)
        return known[text]

    return make


@pytest.fixture
def made(site: Site) -> Delivery:
    return site("authored")


def client(server: double.Hub, token: str | None = WRITER, repo: str = DATASET) -> Hub:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_TOKEN", token or "")
        return Hub(repo, server.url, lambda line: None, kind="space")


def go(server: double.Hub, made: Delivery, token: str | None = WRITER) -> str:
    """Publishes on the hub's present state; the commit."""
    hub = client(server, token)
    return space.publish(hub, replace(made, on=hub.state()), lambda line: None)


def arrived(server: double.Hub, made: Delivery) -> None:
    """Fails unless the Space holds the files of the plan, once committed, and the tag on them."""
    repo, files = server.repos[ID], server.files(ID, made.tag)
    assert files.pop(".gitattributes")
    assert files == {path: (made.folder / path).read_bytes() for path in made.sizes}
    assert repo.tags[made.tag] == repo.head
    titles = [one.title for one in repo.commits.values()]
    assert titles.count(f"Marsad {made.version}") == 1


def command(
    server: double.Hub, there: Rooms, tmp: Path, *arguments: object
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "--root", there.root, "publish", "--repo", DATASET, "--space"]
        + [str(one) for one in arguments],
        env=environment(server, tmp, WRITER),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


# What goes along.


def test_the_page_is_what_a_hub_wants_of_a_static_space(made: Delivery, whole: Rooms) -> None:
    page = (made.folder / "README.md").read_text("utf-8")
    _, front, body = page.split("---\n", 2)
    head = yaml.safe_load(front)
    assert head["sdk"] == "static"
    assert (made.folder / head["app_file"]).is_file()
    assert head["datasets"] == [DATASET]
    assert head["license"] == "cc-by-4.0"
    assert head["pinned"] is False
    assert {head["colorFrom"], head["colorTo"]} <= set(publication.COLORS)
    assert 0 < len(head["short_description"]) <= 60
    assert head["title"]
    assert head["emoji"]
    listed = read_manifest(whole)
    ours = sum(one.tier == "authored" for one in listed)
    assert f"- shown with their text: {ours} of {len(listed)} articles\n" in body
    assert f"- المقالات المعروضة بنصوصها: {ours} من {len(listed)}\n" in body
    assert f"- left out: {len(listed) - ours}\n" in body
    assert f"/datasets/{DATASET}), version {made.version}." in body


def words(folder: Path) -> dict[str, str]:
    """Every file as text with its escapes undone, as a browser reads them."""

    def undone(text: str) -> str:
        return re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)

    return {
        path.relative_to(folder).as_posix(): undone(path.read_bytes().decode("utf-8", "ignore"))
        .replace("\\n", "\n")
        .replace("\\r", "\r")
        .replace("\\t", "\t")
        for path in folder.rglob("*")
        if path.is_file()
    }


def runs(text: str) -> set[tuple[str, ...]]:
    return {run for _, run in edition.runs(text)}


def test_withheld_texts_are_in_no_file_and_named_ones_are(site: Site, whole: Rooms) -> None:
    here = {one.article_id: one for one in read_here(whole)}
    withheld = set().union(*(runs(here[name].raw) for name in site("authored").withheld))
    ours = set().union(*(runs(one.raw) for one in here.values() if one.tier == "authored"))
    assert COLLECTED in site("authored").withheld
    assert not site("authored").third_party
    for path, text in words(site("authored").folder).items():
        assert not runs(text) & (withheld - ours), path
    everything = site("all")
    assert not everything.withheld
    assert [one["rights"] for one in everything.third_party] == ["the publisher's"] * 5
    found = set().union(*(runs(text) for text in words(everything.folder).values()))
    assert withheld <= found
    assert ours <= found


# The way there.


def test_rehearsed_published_and_refused_under_the_same_tag(
    server: double.Hub, whole: Rooms, made: Delivery, tmp_path: Path
) -> None:
    rehearsed = command(server, whole, tmp_path, "--json")
    assert rehearsed.returncode == 0, rehearsed.stderr
    told = json.loads(rehearsed.stdout)
    assert told["commit"] is None
    assert told["kind"] == "space"
    assert {one.method for one in server.requests} <= {"GET", "HEAD"}
    assert not server.repos
    assert set(told["changes"].values()) == {"add"}

    published = command(server, whole, tmp_path, "--yes", "--out", tmp_path / "out")
    assert published.returncode == 0, published.stderr
    assert "the space is not there yet; it will be made" in published.stdout
    assert f"left out: {COLLECTED}" in published.stdout
    assert published.stdout.endswith(f"\n{server.url}/spaces/{DATASET}\n")
    assert DATASET not in server.repos  # a dataset of that name is another matter
    arrived(server, replace(made, folder=tmp_path / "out"))
    assert not server.leaks(WRITER)

    again = command(server, whole, tmp_path, "--yes")
    assert again.returncode == 1
    assert f"the tag {made.tag} is there already; raise the version" in again.stderr


def test_a_space_of_another_name_and_one_made_on_the_hub(
    server: double.Hub, made: Delivery
) -> None:
    server.create("spaces/other/place")  # with the welcome page of a new one
    hub = client(server, repo="other/place")
    space.publish(hub, replace(made, on=hub.state()), lambda line: None)
    files = server.files("spaces/other/place", made.tag)
    assert set(files) == {".gitattributes", *made.sizes}


def test_what_did_not_change_is_not_sent_and_what_went_is_deleted(
    server: double.Hub, site: Site, whole: Rooms, tmp_path: Path
) -> None:
    everything = site("all")
    go(server, everything)
    before = server.files(ID)
    hub = client(server)
    same = space.plan(whole, hub, tmp_path / "same", DATASET, "all", tag="v9.0.0")
    assert set(same.changes) == {"README.md"}  # for the dataset's address alone, on another port
    space.publish(hub, same, lambda line: None)
    assert {**server.files(ID), "README.md": b""} == {**before, "README.md": b""}

    with pytest.raises(DataError, match=r"it shows other data under version .*; raise version in"):
        space.plan(whole, hub, tmp_path / "silent", DATASET, tag="v9.0.1")
    old = server.files(ID)[space.SITE].replace(everything.version.encode(), b"0.0.1", 1)
    server.commit(ID, {space.SITE: old})
    fewer = space.plan(whole, hub, tmp_path / "fewer", DATASET, tag="v9.0.1")
    gone = {path for path, what in fewer.changes.items() if what == "delete"}
    assert f"data/article/{COLLECTED}.js" in gone
    space.publish(hub, fewer, lambda line: None)
    assert set(server.files(ID, "v9.0.1")) == {".gitattributes", *fewer.sizes}


# What can go wrong on it.

PASSING: dict[str, dict[str, Any]] = {
    "the connection drops in the commit": {"how": "drop", "path": "/api/spaces/.*/commit/"},
    "the answer to the commit is lost": {"how": "lose", "path": "/api/spaces/.*/commit/"},
    "the commit answers 500 twice": {"how": 500, "path": "/commit/", "times": 2},
    "the answer to making the Space is lost": {"how": "lose", "path": "/repos/create"},
    "a font's answer is lost": {"how": "lose", "method": "PUT"},
    "the answer to the tag is lost": {"how": "lose", "method": "POST", "path": "/tag/"},
}


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_does_not_stop_it(
    name: str, server: double.Hub, made: Delivery, waits: list[float]
) -> None:
    fault = server.fail(**PASSING[name])
    go(server, made)
    arrived(server, made)
    assert fault.hits == fault.times


STAYING: dict[str, tuple[dict[str, Any], str]] = {
    "the token runs out": (
        {"how": 401, "path": "/commit/", "times": 99},
        "the hub answers 401: Invalid credentials in Authorization header; log in",
    ),
    "the Space goes away": (
        {"how": 404, "path": "/preupload/", "times": 99},
        "the hub answers 404: Repository not found; correct the space's name",
    ),
    "a conflict": ({"how": 409, "path": "/commit/", "times": 99}, "the hub answers 409"),
    "the commit answers 500": (
        {"how": 500, "path": "/commit/", "times": 99},
        "the hub is busy (500); wait a while and run the same command again",
    ),
    "a font arrives spoiled": (
        {"how": "alter", "method": "PUT"},
        ".woff2 than was sent; the commit",
    ),
}


@pytest.mark.parametrize("name", STAYING)
def test_a_fault_that_stays_is_told_in_one_line(
    name: str, server: double.Hub, made: Delivery, waits: list[float]
) -> None:
    fault, says = STAYING[name]
    server.fail(**fault)
    with pytest.raises(DataError) as caught:
        go(server, made)
    told = str(caught.value)
    assert says in told
    assert "\n" not in told
    assert not server.repos[ID].tags
    if "font" not in name:  # what a hub has stored, it does not take again
        server.mend()
        go(server, made)
        arrived(server, made)


def test_another_commit_between_plan_and_commit_is_noticed(
    server: double.Hub, made: Delivery
) -> None:
    server.create(ID)
    hub = client(server)
    planned = replace(made, on=hub.state())
    theirs = server.commit(ID, {"notes.txt": b"mine"})
    with pytest.raises(DataError, match="somebody else has committed meanwhile"):
        space.publish(hub, planned, lambda line: None)
    assert server.repos[ID].head == theirs


def test_a_space_that_another_makes_and_fills_meanwhile_is_left_to_him(
    server: double.Hub, made: Delivery
) -> None:
    server.fail(lambda: server.commit(ID, {"app.py": b"theirs"}), path="/repos/create")
    with pytest.raises(DataError, match="it holds what is no site of Marsad"):
        go(server, made)
    assert server.files(ID)["app.py"] == b"theirs"


def test_a_killed_publishing_is_completed_by_the_next(
    server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    sent = [*COMMAND, "--root", whole.root, "publish", "--repo", DATASET, "--space", "--yes"]
    kill_at(server, "/tag/", sent, environment(server, tmp_path, WRITER))
    assert not server.repos[ID].tags
    before = server.repos[ID].head
    again = command(server, whole, tmp_path, "--yes")
    assert again.returncode == 0, again.stderr
    assert "nothing; the commit is there, untagged" in again.stdout
    assert list(server.repos[ID].tags.values()) == [before] == [server.repos[ID].head]


# What is refused before anything is sent.


@pytest.mark.parametrize(
    "files",
    [
        {"README.md": b"---\nsdk: gradio\n---\n", "app.py": b"import gradio"},
        {"README.md": b"", "index.html": b"<h1>My own page</h1>", "style.css": b""},
        {"index.html": b"", "data/site.js": b'marsad("site", {"version": 1});'},
        {"index.html": b"", "data/site.js": b'other({"version": "0.1.0", "data": "0"});'},
        {"index.html": b"", "data/site.js": b"\xff"},
    ],
)
def test_a_space_of_something_else_is_not_overwritten(
    files: dict[str, bytes | None], server: double.Hub, whole: Rooms, tmp_path: Path
) -> None:
    head = server.commit(ID, {**dict.fromkeys(("README.md", "index.html", "style.css")), **files})
    says = "it holds what is no site of Marsad; name another Space with --space"
    with pytest.raises(DataError, match=says) as caught:
        space.plan(whole, client(server), tmp_path / "site", DATASET)
    assert str(caught.value).count("\n") == 0
    assert server.repos[ID].head == head


def test_faults_and_changes_of_the_checkout_are_refused(
    server: double.Hub, copy: Callable[[], Rooms], tmp_path: Path
) -> None:
    there, hub = tracked(copy()), client(server)
    (there.root / "note.txt").write_text("new")
    with pytest.raises(DataError, match="1 uncommitted changes"):
        space.plan(there, hub, tmp_path / "site", DATASET)
    (there.root / "note.txt").unlink()
    (there.data / "ner" / "test.parquet").write_bytes(b"")
    commit(there)
    with pytest.raises(DataError, match=r"data/ner/test.parquet: .*; run marsad build"):
        space.plan(there, hub, tmp_path / "site", DATASET)
    assert {one.method for one in server.requests} <= {"GET", "HEAD"}


def test_names_tokens_and_folders(
    server: double.Hub, made: Delivery, whole: Rooms, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="'marsad' names no space; write ORG/NAME"):
        client(server, repo="marsad")
    with pytest.raises(UsageError, match="is not an empty folder"):
        space.plan(whole, client(server), whole.root, DATASET)
    with pytest.raises(DataError, match=f"{server.url}/spaces/{DATASET}: no token is set"):
        go(server, made, token=None)
    with pytest.raises(DataError, match="the hub answers 403"):
        go(server, made, token=READER)
    assert not server.repos


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('emoji = "🔭"', 'emoji = "M"', "space: emoji is 'M'; write an emoji alone"),
        ('color_to = "blue"', 'color_to = "teal"', "color_to is 'teal'; write of red, yellow"),
        (
            'short_description = "',
            f'short_description = "{"a" * 60}',
            "write at most 60 characters",
        ),
        ('title = "Marsad"', 'titel = "Marsad"', "unknown key 'titel'; space knows title, emoji"),
        ("[space]", "[place]", r"space is None; write a table \[space\]"),
    ],
)
def test_what_a_hub_would_refuse_is_an_error_in_publication_toml(
    old: str, new: str, says: str, tmp_path: Path
) -> None:
    text = (ROOT / publication.FILE).read_text("utf-8")
    assert old in text
    (tmp_path / publication.FILE).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(DataError, match=says):
        publication.read_publication(rooms.Rooms(tmp_path))
