"""Shards of sources and the pages in them: each file once, in one order, none dropped unsaid."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import io
import json
import os
import socket
import stat
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from marsad.fault import DataError, UsageError
from marsad.ingest import page, reading
from marsad.ingest.intake import Intake, read_intake
from marsad.ingest.plan import line_cuts
from marsad.rooms import Rooms, find

INTAKE = read_intake(find().root / "ingestion")
TEXT = "قال الوزير إن القمة ستعقد في بكين."
Row = dict[str, Any]


def small(**limits: int) -> Intake:
    return replace(INTAKE, limits=replace(INTAKE.limits, **limits))


def rows(*sources: object, intake: Intake = INTAKE) -> list[Row]:
    found: list[Row] = []
    for shard in reading.plan([str(source) for source in sources], (), intake):
        assert reading.Shard.from_json(shard.to_json()) == shard
        for batch in reading.read(shard, intake):
            assert batch.schema.equals(page.received())
            found += batch.to_pylist()
    names = [row["page_id"] for row in found]
    assert len(set(names)) == len(names)
    assert {str(row["fault"]).split(":")[0] for row in found} <= {"None", *page.REASONS}
    return found


def told(found: list[Row], below: Path | str) -> dict[str, str | None]:
    """The faults by the part of the page ids that is below a folder."""
    start = f"{below}/" if isinstance(below, Path) else below
    return {row["page_id"].removeprefix(start): row["fault"] for row in found}


def as_told(found: str | None, begins: str | None) -> bool:
    """Whether a fault begins as is said, or there is none where none is said."""
    return found is None if begins is None else str(found).startswith(begins)


def line(text: object = TEXT, **more: object) -> bytes:
    return json.dumps({"text": text, **more}, ensure_ascii=False).encode() + b"\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "made"
    for name in ("a/x.txt", "b/x.txt", "b/c/y.html", "عربي/مقال ١.txt", "with # and space.TXT"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(TEXT)
    return made


def test_folder(folder: Path) -> None:
    found = rows(folder)
    names = ["a/x.txt", "b/c/y.html", "b/x.txt", "with # and space.TXT", "عربي/مقال ١.txt"]
    assert told(found, folder) == dict.fromkeys(names)
    assert list(told(found, folder)) == names
    assert [row["media"] for row in found] == ["text", "html", "text", "text", "text"]
    assert {row["received"] for row in found} == {TEXT.encode()}
    assert len({row["sha256"] for row in found}) == 1


def test_sources_that_hold_one_another(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    found = rows(folder / "a" / "x.txt", folder, "a", f"file://{folder}")
    assert found[0]["page_id"] == f"{folder}/a/x.txt"
    assert len(found) == 5


def test_known_is_left_out(folder: Path) -> None:
    before = reading.plan([str(folder)], (), INTAKE)
    known = [key for shard in before for key in shard.keys]
    assert reading.plan([str(folder)], known, INTAKE) == []
    (folder / "a" / "new.txt").write_text(TEXT)
    (folder / "a" / "x.txt").write_text(TEXT + TEXT)
    [shard] = reading.plan([str(folder)], known, INTAKE)
    assert [Path(item.address).name for item in shard.items] == ["new.txt", "x.txt"]


def test_shards_and_batches_are_bounded(folder: Path) -> None:
    intake = small(shard_files=2, batch_pages=1)
    shards = reading.plan([str(folder)], (), intake)
    assert [len(shard.items) for shard in shards] == [2, 2, 1]
    assert [b.num_rows for shard in shards for b in reading.read(shard, intake)] == [1] * 5
    by_bytes = small(shard_bytes=100, batch_bytes=60)
    assert len(reading.plan([str(folder)], (), by_bytes)) == 5


def test_what_is_left_out_by_name(folder: Path) -> None:
    shards = reading.plan([str(folder)], (), INTAKE, leave=[str(folder / "b")])
    assert [len(shard.items) for shard in shards] == [3]


def test_sources_that_are_none(tmp_path: Path) -> None:
    for source in (
        tmp_path / "none",
        "memory://none-of-it",
        "nosuch://x",
        f"zip://::{tmp_path}/no.zip",
    ):
        with pytest.raises(UsageError) as told:
            reading.plan([str(source)], (), INTAKE)
        assert "\n" not in str(told.value)
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(UsageError, match=r"bad\.zip"):
        reading.plan([f"zip://::{tmp_path}/bad.zip"], (), INTAKE)


def test_settings_that_lack_a_part(home: Rooms, tmp_path: Path) -> None:
    text = (home.root / "ingestion" / "reading.toml").read_text()
    (tmp_path / "ingestion").mkdir()
    for old, new, found in (
        ("[markup]", "[markups]", "markup"),
        ("page_bytes", "page_byte", "page_byte"),
        ("seconds = 10.0", 'seconds = "ten"', "seconds"),
    ):
        assert old in text
        (tmp_path / "ingestion" / "reading.toml").write_text(text.replace(old, new))
        with pytest.raises(DataError, match=found):
            read_intake(tmp_path / "ingestion")


# --- loose files ---------------------------------------------------------------------------------


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)


def named_pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        before = Path.cwd()
        os.chdir(path.parent)  # the path of a socket may have a hundred characters
        made.bind(path.name)
        os.chdir(before)


def linked(to: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(to)


def write(content: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(content)

    return make


def in_folder(path: Path) -> None:
    path.mkdir()
    (path / "in.txt").write_text(TEXT)


# What is made in the folder, its name, and what the page's fault begins with.
LOOSE: dict[str, tuple[Callable[[Path], None], str, str | None]] = {
    "an empty file": (write(b""), "e.txt", "empty: no byte"),
    "200 megabytes": (sparse, "s.txt", "too_large: more than 5000000 bytes"),
    "a pipe": (named_pipe, "p.txt", "unreadable: not a regular file"),
    "a socket": (listening, "s.txt", "unreadable: not a regular file"),
    "a link that leaves": (linked("/etc/hostname"), "l.txt", "unsafe_path: a link that leaves"),
    "a link up": (linked("../../x.txt"), "l.txt", "unsafe_path: a link that leaves"),
    "a link to itself": (linked("l.txt"), "l.txt", "unreadable: "),
    "a link to a folder": (linked("."), "loop", "unreadable: a link to a folder"),
    "a link to nothing": (linked("none.txt"), "l.txt", "unreadable: a link to nothing"),
    "a link inside": (linked("a/x.txt"), "l.txt", None),
    "a hidden file": (write(b"a"), ".h.txt", "unreadable: hidden file"),
    "a hidden folder": (in_folder, ".git", "unreadable: hidden folder"),
    "an unknown kind": (write(b"%PDF"), "a.PDF", "unreadable: unknown kind .pdf"),
    "no kind": (write(b"a"), "README", "unreadable: no kind in its name"),
    "a newline in the name": (write(b"a"), "a\nb.txt", None),
    "an odd name": (write(b"a"), "?*::%20\u202e.txt", None),
    "a name like a line's": (write(b"a"), "a.jsonl#1", "unreadable: unknown kind .jsonl#1"),
}


@pytest.mark.parametrize("name", LOOSE)
def test_loose_file(name: str, folder: Path) -> None:
    make, path, fault = LOOSE[name]
    make(folder / path)
    found = told(rows(folder), folder)
    told_so = found.pop(path if not path.endswith("#1") else f"{path}#1")
    assert as_told(told_so, fault)
    assert list(found.values()) == [None] * 5  # the rest goes on


def test_folder_named_like_a_text(folder: Path) -> None:
    in_folder(folder / "f.txt")
    assert told(rows(folder), folder)["f.txt/in.txt"] is None


def test_too_large_is_hashed_whole(tmp_path: Path) -> None:
    content = b"a" * 3_000_000
    (tmp_path / "a.txt").write_bytes(content)
    [row] = rows(tmp_path, intake=small(page_bytes=1000))
    assert (row["received"], row["sha256"]) == (b"", hashlib.sha256(content).hexdigest())


def test_name_that_is_not_utf8(folder: Path) -> None:
    (folder / os.fsdecode(b"a\xff\xc7.txt")).write_text(TEXT)
    found = rows(folder)
    [row] = [row for row in found if row["page_id"].startswith("bytes:")]
    assert (row["received"], row["fault"]) == (TEXT.encode(), None)
    assert row["page_id"].endswith("a%FF%C7.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_no_permission(folder: Path) -> None:
    (folder / "a" / "x.txt").chmod(0)
    (folder / "b").chmod(0)
    found = told(rows(folder), folder)
    (folder / "b").chmod(stat.S_IRWXU)
    assert str(found["a/x.txt"]).startswith("unreadable: Permission denied")
    assert str(found["b"]).startswith("unreadable: Permission denied")


@pytest.mark.parametrize("name", ["a.txt", "a.jsonl", "a.parquet", "a.warc"])
def test_between_plan_and_reading(name: str, tmp_path: Path) -> None:
    path, kept = tmp_path / name, tmp_path / "kept.txt"
    for told_so, change in (
        ("unreadable: gone since it was planned", path.unlink),
        ("unreadable: changed since it was planned; run again", lambda: path.write_bytes(b"new")),
    ):
        path.write_bytes(line())
        kept.write_text(TEXT)
        shards = reading.plan([str(path), str(kept)], (), INTAKE)
        change()
        found = [r for s in shards for b in reading.read(s, INTAKE) for r in b.to_pylist()]
        faults = {Path(row["page_id"]).name: row["fault"] for row in found}
        assert faults == {name: told_so, "kept.txt": None}


# --- JSON Lines ----------------------------------------------------------------------------------

# A line of JSONL, and what the page's fault begins with.
LINES: dict[str, tuple[bytes, str | None]] = {
    "broken": (b'{"text": "a\n', "unreadable: not JSON"),
    "no object": (b'["a"]\n', "unreadable: a JSON list, not an object"),
    "no text": (b'{"url": "a"}\n', "no_text: no field text or raw"),
    "a number for text": (line(7), "unreadable: text is a JSON int, not a string"),
    "NaN for text": (b'{"text": NaN}\n', "unreadable: text is a JSON float, not a string"),
    "NaN elsewhere": (line(score=float("nan")), None),
    "null": (line(None), "empty: text is null"),
    "an empty text": (line(""), 'empty: text is ""'),
    "a key twice": (b'{"text": "a", "text": "b"}\n', "unreadable: key 'text' stands twice"),
    "a very long line": (line("a" * 200_000), "too_large"),
    "a long text": (line("a" * 20_000), "too_large"),
    "CR LF": (line().replace(b"\n", b"\r\n"), None),
    "a byte order mark inside": (b"\xef\xbb\xbf" + line(), "unreadable: not JSON"),
    "not UTF-8": (line().decode().encode("windows-1256"), "encoding: not UTF-8 at byte 10"),
    "half a character": (b'{"text": "a\\ud800"}\n', "encoding: half a character at 1 of text"),
    "half a character in a title": (b'{"text": "a", "title": "\\ud800"}\n', None),
    "a deep one": (b'{"text": ' + b"[" * 50_000 + b"\n", "unreadable: not JSON"),
    "a long number": (b'{"text": "a", "n": ' + b"9" * 5_000 + b"}\n", "unreadable: not JSON"),
    "NULs": (b"\0\0\0\n", "unreadable: not JSON"),
    "escapes": (b'{"text": "\\u0642\\u0627\\u0644\\u0000"}\n', None),
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", LINES)
def test_line(name: str, packed: bool, tmp_path: Path) -> None:
    content, fault = LINES[name]
    path = tmp_path / ("a.jsonl.gz" if packed else "a.jsonl")
    whole = b"\xef\xbb\xbf" + line() + b" \n" + content + b"\r\n" + line().rstrip()
    path.write_bytes(gzip.compress(whole) if packed else whole)
    found = told(rows(path, intake=small(page_bytes=10_000, line_bytes=100_000)), f"{path}#")
    assert list(found) == ["1", "3", "5"]  # blank lines are counted and are no page
    assert (found["1"], found["5"]) == (None, None)
    assert as_told(found["3"], fault)


def test_fields(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(
        line(url=" u ", source="المرصد", date="2025-9-3T10:00", title=" a\nb ", outlet=None)
        + json.dumps(
            {"text": None, "html": "<p>", "published": "Wed, 03 Sep 2025 1:00:00"}
        ).encode()
        + b"\n"
        + line(date="03/09/2025", url=7)
        + line(date="2025-02-30")
        + line(date=20250903)
    )
    found = rows(path)
    names = ("media", "url", "outlet", "published", "headline")
    assert [tuple(row[name] for name in names) for row in found] == [
        ("text", "u", "المرصد", "2025-09-03", "a b"),
        ("html", None, None, "2025-09-03", None),
        ("text", None, None, None, None),
        ("text", None, None, None, None),
        ("text", None, None, None, None),
    ]
    assert found[1]["received"] == b"<p>"
    named = rows(path, intake=INTAKE.with_text_field("title", markup=True))
    assert (named[0]["media"], named[0]["received"]) == ("html", b" a\nb ")
    assert str(named[1]["fault"]).startswith("no_text: no field title")


def test_large_file_of_lines_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(
        b"".join(line(f"{TEXT} {n}" * (n % 7 + 1)) + b"\n" * (n % 3) for n in range(500))
    )
    whole = rows(path)
    intake = small(shard_bytes=4_000)
    shards = reading.plan([str(path)], (), intake)
    assert len(shards) > 10
    assert rows(path, intake=intake) == whole
    assert len(whole) == 500
    known = [key for shard in shards for key in shard.keys]
    assert reading.plan([str(path)], known, intake) == []
    assert reading.plan([str(path)], known[1:], intake) == shards[:1]


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a", b"a\n", b"aaaa\n" * 9, b"a" * 50 + b"\nb\nc"]
)
@pytest.mark.parametrize("step", [1, 3, 7, 100])
def test_cuts_are_at_line_ends(content: bytes, step: int) -> None:
    cuts = list(line_cuts(io.BytesIO(content), step))
    assert b"".join(content[first:last] for first, last, _ in cuts) == content
    for first, last, before in cuts:
        assert content[:first].count(b"\n") == before
        assert last == len(content) or content[last - 1 : last] == b"\n"


def test_damaged_gzip(tmp_path: Path) -> None:
    packed = gzip.compress(b"".join(line(f"{n} {os.urandom(40).hex()}") for n in range(2_000)))
    damaged = bytearray(packed)
    damaged[len(packed) // 2 : len(packed) // 2 + 50] = bytes(50)
    path = tmp_path / "a.jsonl.gz"
    for content, reason in (
        (packed[: len(packed) // 2], "truncated: the compressed file breaks off"),
        (bytes(damaged), "unreadable: "),
        (b"no gzip", "unreadable: Not a gzipped file"),
        (packed[:5], "truncated: the compressed file breaks off"),
    ):
        path.write_bytes(content)
        found = rows(path)
        assert found[-1]["fault"].startswith(reason)
        if len(content) > 1_000 and reason.startswith("truncated"):
            assert len(found) > 800  # whole lines before the end are there
            assert {row["fault"] for row in found[:-1]} == {None}


def test_gzip_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(line()) + gzip.compress(b" " * 20_000_000))
    found = rows(path, intake=small(expansion_bytes=1_000_000, line_bytes=100_000))
    assert found[0]["fault"] is None
    assert found[-1]["fault"] == "too_large: gives more than 200 times its bytes"
    assert len(found) == 2


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.warc", "a.parquet"])
def test_container_without_a_page(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(b"\n\n") if name.endswith(".gz") else b"")
    if name == "a.parquet":
        pq.write_table(pa.table({"text": pa.array([], pa.string())}), path)
    assert told(rows(path), tmp_path) == {name: "empty: no page in the file"}


# --- Parquet -------------------------------------------------------------------------------------

COLUMNS = {
    "string": pa.array([TEXT, None, "", TEXT]),
    "large_string": pa.array([TEXT, None, "", TEXT], pa.large_string()),
    "dictionary": pa.array([TEXT, None, "", TEXT]).dictionary_encode(),
    "binary": pa.array([TEXT.encode(), None, b"", TEXT.encode()], pa.binary()),
    "large_binary": pa.array([TEXT.encode(), None, b"", TEXT.encode()], pa.large_binary()),
    "string_view": pa.array([TEXT, None, "", TEXT], pa.string_view()),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_column(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3, 4], "text": COLUMNS[kind]}), path)
    found = rows(path)
    assert told(found, f"{path}#") == {
        "1": None,
        "2": "empty: text is null",
        "3": "empty: text is empty",
        "4": None,
    }
    assert found[3]["received"] == TEXT.encode()


def test_columns_of_parquet(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    day = datetime.date(2025, 9, 3)
    table = {
        "text": ["a" * 20, None, "c"],
        "html": ["<a>", "<b>", None],
        "date": [day, None, day],
        "site": ["s", None, "t"],
        "outlet": [None, "o", None],
    }
    pq.write_table(pa.table(table), path)
    found = rows(path, intake=small(page_bytes=10))
    assert [row["received"] for row in found] == [b"", b"<b>", b"c"]
    assert [row["media"] for row in found] == ["text", "html", "text"]
    assert [row["published"] for row in found] == [None, None, "2025-09-03"]
    assert [row["outlet"] for row in found] == [None, "o", "t"]
    assert [bool(row["fault"]) for row in found] == [True, False, False]


def test_large_parquet_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"{TEXT} {os.urandom(20).hex()}" for _ in range(1_000)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100)
    intake = small(shard_bytes=20_000)
    shards = reading.plan([str(path)], (), intake)
    assert len(shards) > 3
    assert rows(path, intake=intake) == rows(path)
    known = [key for shard in shards for key in shard.keys]
    assert reading.plan([str(path)], known, intake) == []


def test_parquet_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"text": [TEXT] * 3_000}),
        path,
        row_group_size=1_000,
        compression="none",
        use_dictionary=False,
    )
    whole = path.read_bytes()
    for content, faults in (
        (whole[:-100], {"truncated: "}),
        (b"text", {"unreadable: "}),
        (b"", {"unreadable: "}),
    ):
        path.write_bytes(content)
        [row] = rows(path)
        assert row["fault"].startswith(tuple(faults))
    pq.write_table(pa.table({"a": [1]}), path)
    assert rows(path)[0]["fault"].startswith("no_text: no column text or raw")
    pq.write_table(pa.table({"text": [[1]]}), path)
    assert rows(path)[0]["fault"] == "unreadable: column text is list<element: int64>, not text"


def test_damaged_row_group(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    texts = [f"{TEXT} {n}" for n in range(300)]
    pq.write_table(pa.table({"text": texts}), path, row_group_size=100, compression="zstd")
    column = pq.ParquetFile(path).metadata.row_group(1).column(0)
    content = bytearray(path.read_bytes())
    start = column.dictionary_page_offset or column.data_page_offset
    content[start : start + column.total_compressed_size] = b"\xff" * column.total_compressed_size
    path.write_bytes(content)
    found = rows(path)
    assert len(found) == 201
    assert found[100]["fault"].startswith("unreadable: rows 101 to 200")
    assert found[-1]["page_id"].endswith("#300")


# --- other file systems and archives -------------------------------------------------------------


def test_memory(folder: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe(
        {"/in/b.txt": TEXT.encode(), "/in/a/c.html": b"<p>", "/in/.h": b"", "/in/n.pdf": b"%"}
    )
    memory.pipe("/in/l.jsonl", line() * 3)
    found = told(rows("memory://in"), "memory:///in/")
    assert found == {
        ".h": "unreadable: hidden file",
        "a/c.html": None,
        "b.txt": None,
        "n.pdf": "unreadable: unknown kind .pdf",
        "l.jsonl#1": None,
        "l.jsonl#2": None,
        "l.jsonl#3": None,
    }
    [row] = rows("memory://in/b.txt")
    assert row["received"] == TEXT.encode()


def test_zip(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name in (
            "a/x.txt",
            "b/x.txt",
            "../up.txt",
            "/top.txt",
            "a/../../u.txt",
            "..\\w.txt",
            "C:\\w.txt",
        ):
            file.writestr(name, TEXT)
        file.writestr(link, "/etc/passwd")
        file.writestr("in.jsonl", line() * 2)
        file.writestr("bomb.txt", b" " * 6_000_000)
    found = told(rows(f"zip://::{path}"), "zip://")
    faults = {name.split("::")[0]: fault for name, fault in found.items()}
    climbs = "unsafe_path: climbs out of its archive"
    assert found[f"in.jsonl::{path}#2"] is None
    assert faults == {
        "../up.txt": climbs,
        "..\\w.txt": climbs,
        "/top.txt": climbs,
        "C:\\w.txt": climbs,
        "a/../../u.txt": climbs,
        "a/x.txt": None,
        "b/x.txt": None,
        "bomb.txt": "too_large: more than 5000000 bytes",
        "in.jsonl": None,
        "link.txt": "unsafe_path: a link in an archive",
    }


def test_zip_with_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.txt", TEXT)
        file.writestr("b.txt", TEXT)
    content = path.read_bytes()
    at = content.index(TEXT.encode())
    path.write_bytes(content[:at] + b"\0" + content[at + 1 :])
    found = rows(f"zip://::{path}")
    assert found[0]["fault"].startswith("unreadable: BadZipFile: Bad CRC-32")
    assert found[1]["fault"] is None
