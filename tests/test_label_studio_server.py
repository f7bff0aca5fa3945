"""A real Label Studio takes our tasks and gives two annotators' work back, to the letter.

`make test-label-studio` installs one and names it in MARSAD_LABEL_STUDIO; it runs on the loopback
address, in a data folder of its own.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

import review_folder
from marsad.annotation import Annotation
from marsad.corpus import Corpus
from marsad.review import disagreement, judgement, reading, task, writing
from marsad.rooms import Rooms
from test_review import FIRST, SECOND, TEXT

COMMAND = os.environ.get("MARSAD_LABEL_STUDIO")
pytestmark = [
    pytest.mark.label_studio,
    pytest.mark.skipif(not COMMAND, reason="make test-label-studio names one"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
ADMIN, OTHER = "first@example.org", "second@example.org"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of a server that was started for this module alone."""
    from label_studio_sdk import LabelStudio

    data = tmp_path_factory.mktemp("label-studio")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(20)
    arguments = ["start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port)]
    arguments += ["--data-dir", str(data), "--username", ADMIN, "--password", "not-a-secret"]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "COLLECT_ANALYTICS": "false",
        "LATEST_VERSION_CHECK": "false",
    }
    assert COMMAND
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [COMMAND, *arguments, "--user-token", token],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        assert up(server, url), (data / "server.log").read_text()[-2000:]
        yield LabelStudio(base_url=url, api_key=token)
    finally:
        server.terminate()
        server.wait(30)


def up(server: subprocess.Popen[bytes], url: str, seconds: float = 600) -> bool:
    """Waits until the server answers; a fresh one makes its database first."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            if urllib3.request("GET", f"{url}/health", retries=False, timeout=5).status == 200:
                return True
        except urllib3.exceptions.HTTPError:
            time.sleep(0.5)
    return False


@pytest.fixture
def batch(corpus: Corpus, tmp_path: Path) -> Path:
    """A folder with a text of hard letters and five articles of the dataset."""
    texts = {TEXT: FIRST}
    for article in corpus.articles[:5]:
        texts[article.raw] = review_folder.moved(corpus.gold[article.article_id], article.raw)
    return review_folder.make(tmp_path / "batch", texts, {})


def project_of(client: Any, folder: Path, title: str) -> tuple[int, list[Any]]:
    """A project with the config and tasks of an export, and its tasks as the server has them."""
    config = (folder / "config.xml").read_text(encoding="utf-8")
    project = client.projects.create(title=title, label_config=config)
    tasks = json.loads((folder / "tasks-0001.json").read_bytes())
    client.projects.import_tasks(project.id, request=tasks)
    return project.id, list(client.tasks.list(project=project.id, fields="all"))


def exported(client: Any, project: int, path: Path) -> Path:
    found = client.projects.exports.download_sync(
        project, export_type="JSON", download_all_tasks=True
    )
    path.write_bytes(b"".join(found))
    return path


def test_two_annotators_and_an_adjudicator(
    client: Any, home: Rooms, batch: Path, tmp_path: Path
) -> None:
    sent = writing.write_review(home, batch, tmp_path / "out", "label-studio")
    project, tasks = project_of(client, tmp_path / "out", "two annotators")
    asked = {one["data"]["article_id"]: one for one in read(tmp_path / "out")}
    assert [one.data["article_id"] for one in tasks] == list(sent.articles)
    for one in tasks:
        assert one.data == asked[one.data["article_id"]]["data"]
        (arrived,) = client.predictions.list(task=one.id)
        (suggested,) = asked[one.data["article_id"]]["predictions"]
        assert arrived.result == suggested["result"]
        assert arrived.score == suggested["score"]
        assert arrived.model_version == suggested["model_version"]
    other = client.users.create(username=OTHER, email=OTHER, first_name="b", last_name="b")
    for one in tasks:
        article_id = one.data["article_id"]
        suggested = asked[article_id]["predictions"][0]["result"]
        client.annotations.create(id=one.id, result=suggested)
        said = task.result(TEXT, SECOND, {}) if article_id == FIRST.article_id else suggested
        client.annotations.create(id=one.id, result=said, completed_by=other.id)
    path = exported(client, project, tmp_path / "export.json")
    mine = reading.read_review(home, batch, [path], "reader_a", completed_by="1")
    theirs = reading.read_review(home, batch, [path], "reader_b", completed_by=str(other.id))
    silver: dict[str, Annotation] = {one.article_id: one for one in mine.annotations.values()}
    assert silver[FIRST.article_id] == FIRST
    assert theirs.annotations == {**mine.annotations, FIRST.article_id: SECOND}
    found = disagreement.read_disagreement(batch)
    assert {one.article_id for one in found.differences} == {FIRST.article_id}

    ids = [FIRST.article_id]
    writing.write_review(home, batch, tmp_path / "adj", "label-studio", ids, adjudicate=True)
    project, (one,) = project_of(client, tmp_path / "adj", "adjudication")
    given = {p.model_version: p.result for p in client.predictions.list(task=one.id)}
    assert set(given) == {"reader_a", "reader_b"}
    client.annotations.create(id=one.id, result=given["reader_b"])
    path = exported(client, project, tmp_path / "adjudicated.json")
    reading.read_review(home, batch, [path], "gold")
    assert judgement.read(batch, "gold") == {FIRST.article_id: SECOND}


def test_what_is_skipped_or_untouched_is_left_out(
    client: Any, home: Rooms, batch: Path, tmp_path: Path
) -> None:
    writing.write_review(home, batch, tmp_path / "out", "label-studio", shows="blank")
    project, tasks = project_of(client, tmp_path / "out", "skipped")
    for one in tasks:
        if one.data["article_id"] == FIRST.article_id:
            client.annotations.create(id=one.id, result=task.result(TEXT, FIRST, {}))
    skipped = next(one for one in tasks if one.data["article_id"] != FIRST.article_id)
    client.annotations.create(id=skipped.id, result=[], was_cancelled=True)
    path = exported(client, project, tmp_path / "export.json")
    found = reading.read_review(home, batch, [path], "reader_a")
    assert found.annotations == {FIRST.article_id: FIRST}
    assert found.left_out == {"skipped": 1, "prediction": 4}


def test_the_server_keeps_line_ends_and_letters_beyond_16_bits(
    client: Any, tmp_path: Path, corpus: Corpus
) -> None:
    config = task.config(corpus.layers)
    project = client.projects.create(title="letters", label_config=config)
    client.projects.import_tasks(project.id, request=[{"data": {"text": TEXT}}])
    path = exported(client, project.id, tmp_path / "export.json")
    (one,) = json.loads(path.read_bytes())
    assert one["data"]["text"] == TEXT


def read(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "tasks-0001.json").read_bytes())
    return found
