"""`marsad fetch` against a server on this machine that behaves as badly as servers do."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from marsad import fetch, source
from marsad.article import Article, digest
from marsad.cli import main
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms

COUNT = 12
TOML = """title = "A Corpus"
repository = "https://example.org/a"
commit = "abc"
url = "http://example.org/a/"
licence = "CC0"
citation = "A. Author: A Corpus"
reader = "sgml_title_text"
"""


def page(number: int) -> bytes:
    parts = f"<TITLE> عنوان {number}</TITLE>\n<TEXT>\nالنص رقم {number}.\n</TEXT>"
    return f"<DOC>\n{parts}\n</DOC>".encode()


def line(number: int, **changed: Any) -> str:
    text = source.read_sgml(page(number).decode())
    record = {
        "article_id": f"a{number:02d}",
        "tier": "referenced",
        "outlet": None,
        "published": "2017-01-01",
        "published_basis": "the file",
        "event": "an_event",
        "genre": "news",
        "author": None,
        "rights": "theirs",
        "sha256": digest(text.encode()),
        "sources": [],
        "path": f"folder/a{number:02d}.txt",
        "received_sha256": digest(page(number)),
        "bytes": len(page(number)),
        "characters": len(text),
    }
    return json.dumps(record | changed, ensure_ascii=False) + "\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Rooms:
    """Rooms that hold nothing but a source `some` of twelve articles, and an empty cache."""
    there = Rooms(tmp_path / "rooms")
    folder = there.articles / "referenced"
    folder.mkdir(parents=True)
    there.annotations.mkdir()
    (folder / "some.toml").write_text(TOML, encoding="utf-8")
    (folder / "some.jsonl").write_text("".join(map(line, range(COUNT))), encoding="utf-8")
    monkeypatch.setenv("MARSAD_CACHE", str(tmp_path / "cache"))
    return there


class Server(ThreadingHTTPServer):
    """Serves the pages; `ways` says how it treats some of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ways: dict[str, str] = {}
        self.asked: Counter[str] = Counter()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1].removesuffix(".txt")
        self.server.asked[name] += 1
        content = page(int(name[1:]))
        way = self.server.ways.get(name, "well")
        if way == "missing":
            self.send_error(404)
            return
        if (way == "500 once" and self.server.asked[name] == 1) or way == "500":
            self.send_error(500)
            return
        if way == "elsewhere":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/else")
            self.end_headers()
            return
        if way == "altered":
            content = content.replace("النص".encode(), "نص".encode())
        if way == "same length":
            content = content[:-1] + b"?"
        if way == "endless":
            content *= 100
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if way == "silent":
            time.sleep(2)
        if way == "slow":
            for byte in content:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
            return
        self.wfile.write(content[: len(content) // 2] if way == "cut" else content)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.shutdown()


def run(home: Rooms, where: str, **options: float) -> dict[str, fetch.Fetched]:
    options = {"pause": 0.01, "silence": 0.5, "patience": 1.0} | options
    articles = source.read_articles(home)
    return {one.article_id: one for one in fetch.fetch(articles, where, **options)}  # type: ignore[arg-type]


def kept(tmp_path: Path) -> dict[str, bytes]:
    return {p.stem: p.read_bytes() for p in (tmp_path / "cache").rglob("*") if p.is_file()}


def test_a_fetched_text_is_title_and_body(home: Rooms, server: Server, tmp_path: Path) -> None:
    found = run(home, server.url)
    assert [one.fault for one in found.values()] == [None] * COUNT
    assert kept(tmp_path) == {f"a{n:02d}": page(n) for n in range(COUNT)}
    first = source.read_articles(home)[0]
    assert first.prove() == "عنوان 0\nالنص رقم 0."


def test_what_is_there_is_not_asked_for_again(home: Rooms, server: Server) -> None:
    run(home, server.url)
    source.read_articles(home)[3].path.write_bytes(b"damaged since")
    again = run(home, server.url)
    assert [name for name, one in again.items() if not one.already] == ["a03"]
    assert server.asked == Counter({f"a{n:02d}": 1 for n in range(COUNT)} | {"a03": 2})
    assert source.read_articles(home)[3].prove()


@pytest.mark.parametrize(
    ("way", "says"),
    [
        ("missing", "the server answers 404"),
        ("500", "the server answers 500"),
        ("elsewhere", "sends on to http://127.0.0.1:9/else; not followed"),
        ("altered", "the manifest has"),
        ("same length", "the manifest has"),
        ("endless", "longer than the manifest's"),
        ("cut", "the connection broke off"),
        ("silent", "the server is silent"),
        ("slow", "too slow"),
    ],
)
def test_a_bad_answer_is_one_line_and_no_file(
    way: str, says: str, home: Rooms, server: Server, tmp_path: Path
) -> None:
    server.ways["a05"] = way
    found = run(home, server.url)
    faults = {name: one.fault for name, one in found.items() if one.fault}
    assert list(faults) == ["a05"]
    assert says in str(faults["a05"])
    assert "\n" not in str(faults["a05"])
    assert sorted(kept(tmp_path)) == [f"a{n:02d}" for n in range(COUNT) if n != 5]


def test_a_server_in_trouble_is_asked_again(home: Rooms, server: Server) -> None:
    server.ways["a01"] = "500 once"
    assert run(home, server.url)["a01"].fault is None
    assert server.asked["a01"] == 2


def test_nobody_there(home: Rooms, tmp_path: Path) -> None:
    assert "no connection" in str(run(home, "http://127.0.0.1:9/")["a00"].fault)
    assert not kept(tmp_path)


def test_a_local_mirror(home: Rooms, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mirror = tmp_path / "mirror" / "folder"
    mirror.mkdir(parents=True)
    for number in range(1, COUNT):
        (mirror / f"a{number:02d}.txt").write_bytes(page(number))
    arguments = ["--root", str(home.root), "fetch", "--mirror", str(mirror.parent)]
    assert main(arguments) == 1
    out, err = capsys.readouterr()
    assert out == "12 texts: 11 fetched, 0 there already, 1 failed\n"
    assert err.count("cite: A. Author") == 1
    assert "a00: folder/a00.txt: no such file in the mirror" in err
    (mirror / "a00.txt").write_bytes(page(0))
    assert main([*arguments, "--json"]) == 0
    assert sum(one["already"] for one in json.loads(capsys.readouterr().out)) == 11


def test_two_runs_at_once(home: Rooms, server: Server, tmp_path: Path) -> None:
    results: list[dict[str, fetch.Fetched]] = []
    threads = [
        threading.Thread(target=lambda: results.append(run(home, server.url))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.fault for found in results for one in found.values()] == [None] * 2 * COUNT
    assert kept(tmp_path) == {f"a{n:02d}": page(n) for n in range(COUNT)}


def test_a_run_broken_off_keeps_whole_files_alone(
    home: Rooms, server: Server, tmp_path: Path
) -> None:
    running = fetch.fetch(source.read_articles(home), server.url, jobs=1)
    next(running)
    running.close()  # type: ignore[attr-defined]
    there = kept(tmp_path)
    assert 1 <= len(there) < COUNT
    assert all(content == page(int(name[1:])) for name, content in there.items())
    assert all(one.fault is None for one in run(home, server.url).values())


def test_a_full_disk(home: Rooms, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise UsageError("cannot be written: No space left on device")

    monkeypatch.setattr("marsad.jsonl.write_bytes", full)
    assert "No space left" in str(run(home, server.url)["a00"].fault)
    articles = source.read_articles(home)
    huge = [_sized(articles[0], 1 << 60)]
    with pytest.raises(UsageError, match="the disk is full"):
        fetch.room(source.cache(), huge)


def _sized(known: Article, size: int) -> Article:
    assert known.received
    return replace(known, received=replace(known.received, size=size))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"path": "../../outside.txt"}, "name a file below"),
        ({"path": "/etc/passwd"}, "name a file below"),
        ({"path": "a\\..\\b"}, "name a file below"),
        ({"bytes": -1}, "write a whole number"),
        ({"received_sha256": "abc"}, "64 hex digits"),
        ({"tier": "authored"}, "the tiers are referenced"),
        ({"colour": "red"}, "'colour' is unknown"),
    ],
)
def test_a_bad_manifest_line(changed: dict[str, Any], says: str, home: Rooms) -> None:
    path = home.articles / "referenced" / "some.jsonl"
    path.write_text(line(0, **changed), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        source.read_articles(home)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"sgml_title_text"', '"pickle"', "unknown reader 'pickle'"),
        ("licence =", "license =", "unknown key 'license'"),
        ('"http://example.org/a/"', '"file:///etc/"', "url is"),
    ],
)
def test_a_bad_source_description(old: str, new: str, says: str, home: Rooms) -> None:
    path = home.articles / "referenced" / "some.toml"
    path.write_text(TOML.replace(old, new), encoding="utf-8")
    with pytest.raises(DataError, match=says):
        source.read_sources(home)


def test_wrong_use(home: Rooms, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--root", str(home.root), "fetch", "other"]) == 2
    assert "no source 'other'; there is some" in capsys.readouterr().err
    assert main(["--root", str(home.root), "fetch", "--mirror", "/nowhere/at/all"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_file_that_is_not_of_the_readers_form() -> None:
    with pytest.raises(ValueError, match="0 TEXT elements"):
        source.read_sgml("<TITLE>x</TITLE>")
