"""WARC: whole records are pages, and what is cut, damaged or no page is told."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Any

import pytest

from marsad.ingest import decoding, reading
from marsad.ingest.intake import read_intake
from marsad.rooms import find

pytest.importorskip("warcio")

INTAKE = read_intake(find().root / "ingestion")
PAGE = "<html><body><p>قال الوزير إن القمة ستعقد في بكين.</p></body></html>".encode()
OK = b"HTTP/1.1 200 OK\r\n"
HTML = OK + b"Content-Type: text/html; charset=windows-1256\r\n"


def record(block: bytes, kind: str = "response", length: object = None) -> bytes:
    size = len(block) if length is None else length
    told = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://marsad.example/a>\r\n"
        f"Content-Type: application/http\r\nContent-Length: {size}\r\n\r\n"
    )
    return told.encode() + block + b"\r\n\r\n"


def answer(body: bytes = PAGE, headers: bytes = b"", begin: bytes = HTML) -> bytes:
    return begin + headers + b"\r\n" + body


def rows(content: bytes, folder: Path, name: str = "a.warc") -> list[dict[str, Any]]:
    path = folder / name
    path.write_bytes(content)
    [shard] = reading.plan([str(path)], (), INTAKE)
    found = [row for batch in reading.read(shard, INTAKE) for row in batch.to_pylist()]
    for row in found:
        row["page_id"] = row["page_id"].removeprefix(str(path))
    return found


def chunked(body: bytes, size: int = 20) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def coded(name: str) -> tuple[bytes, bytes]:
    headers = f"Content-Encoding: {name}\r\n".encode()
    if name == "br":
        brotli = pytest.importorskip("brotli")
        return brotli.compress(PAGE), headers
    raw = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": gzip.compress(PAGE),
        "deflate": zlib.compress(PAGE),
        "raw": raw.compress(PAGE) + raw.flush(),
    }[name]
    return packed, headers.replace(b"raw", b"deflate")


@pytest.mark.parametrize("packed", [False, True])
def test_records(packed: bool, tmp_path: Path) -> None:
    parts = [
        record(b"software: a\r\n", "warcinfo"),
        record(b"GET / HTTP/1.1\r\n\r\n", "request"),
        record(answer()),
        record(answer(), "revisit"),
        record(b"a: b", "metadata"),
        record(answer("نص".encode(), begin=OK + b"Content-Type: text/plain\r\n")),
    ]
    content = b"".join(gzip.compress(part) if packed else part for part in parts)
    found = rows(content, tmp_path, "a.warc.gz" if packed else "a.warc")
    assert [(r["page_id"], r["media"], r["charset"]) for r in found] == [
        ("#3", "html", "windows-1256"),
        ("#6", "text", None),
    ]
    assert [row["received"] for row in found] == [PAGE, "نص".encode()]
    assert found[0]["url"] == "https://marsad.example/a"
    assert {row["fault"] for row in found} == {None}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw", "br"])
@pytest.mark.parametrize("in_chunks", [False, True])
def test_content_encoding(coding: str, in_chunks: bool, tmp_path: Path) -> None:
    body, headers = coded(coding)
    if in_chunks:
        body, headers = chunked(body), headers + b"Transfer-Encoding: chunked\r\n"
    [row] = rows(record(answer(body, headers)), tmp_path)
    assert (row["received"], row["fault"]) == (PAGE, None)


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Encoding: gzip",
        "Content-Encoding: br",
        "Content-Encoding: deflate",
        "Transfer-Encoding: chunked",
    ],
)
def test_encoding_that_was_taken_off_before(headers: str, tmp_path: Path) -> None:
    [row] = rows(record(answer(PAGE, headers.encode() + b"\r\n")), tmp_path)
    assert (row["received"], row["fault"]) == (PAGE, None)


GZIP = b"Content-Encoding: gzip\r\n"
# An answer, and what its page's fault begins with.
ANSWERS = {
    "404": (answer(begin=HTML.replace(b"200 OK", b"404 Not Found")), "unreadable: HTTP status 404"),
    "an image": (
        answer(begin=OK + b"Content-Type: image/png\r\n"),
        "unreadable: content type image/png",
    ),
    "no HTTP": (b"<html>", "unreadable: no HTTP answer"),
    "nothing": (b"", "unreadable: no HTTP answer"),
    "no body": (answer(b""), "empty: no byte"),
    "gzip cut": (answer(gzip.compress(PAGE)[:-12], GZIP), "truncated: the answer's compression"),
    "gzip damaged": (answer(b"\x1f\x8b" + b"\xff" * 50, GZIP), "unreadable: damaged compression"),
    "gzip bomb": (answer(gzip.compress(b" " * 50_000_000), GZIP), "too_large"),
    "chunks cut": (
        answer(chunked(PAGE)[:-30], b"Transfer-Encoding: chunked\r\n"),
        "truncated: the answer ends",
    ),
    "an unknown encoding": (
        answer(PAGE, b"Content-Encoding: zz\r\n"),
        "unreadable: content encoding zz",
    ),
    "too large": (answer(b"a" * 6_000_000), "too_large"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_answer_that_is_no_page(name: str, tmp_path: Path) -> None:
    block, fault = ANSWERS[name]
    found = rows(record(block) + record(answer()), tmp_path)
    assert [row["page_id"] for row in found] == ["#1", "#2"]
    assert found[0]["fault"].startswith(fault)
    assert (found[1]["received"], found[1]["fault"]) == (PAGE, None)


def test_brotli_bomb(tmp_path: Path) -> None:
    brotli = pytest.importorskip("brotli")
    body = brotli.compress(b" " * 200_000_000, quality=5)
    headers = b"Content-Encoding: br\r\n"
    found = rows(record(answer(body, headers)) + record(answer(body[:-5], headers)), tmp_path)
    assert [row["fault"][:9] for row in found] == ["too_large", "too_large"]
    short = brotli.compress(PAGE)[:-9]
    [row] = rows(record(answer(short, headers)), tmp_path)
    assert row["fault"].startswith(("truncated", "unreadable: damaged"))


ONE = record(answer())
# A file of a whole record and something after it; the faults of all pages.
ENDS = {
    "cut in a record": (
        ONE + ONE[:-60],
        [None, f"truncated: {len(answer()) - 56} of a record's {len(answer())} bytes"],
    ),
    "cut in its headers": (
        ONE + ONE[:40],
        [None, "truncated: the file ends in a record's headers"],
    ),
    "cut after its headers": (ONE + ONE[: ONE.index(HTML)], [None, "truncated: 0 of a record's"]),
    "a wrong length, too short": (
        record(answer(), length=90) + ONE,
        ["truncated: the record goes on", None],
    ),
    "a wrong length, too long": (ONE + record(answer(), length=10_000), [None, "truncated: "]),
    "no length": (
        ONE.replace(b"Content-Length", b"Length") + ONE,
        ["unreadable: a record without a Content-Length", None],
    ),
    "a length that is none": (
        record(answer(), length="-5") + ONE,
        ["unreadable: a record without a Content-Length", None],
    ),
    "an enormous length": (ONE + record(b"", length=10**14), [None, "too_large: a record of"]),
    "rubbish between": (
        ONE + b"rubbish\r\nmore\r\n" + ONE,
        [None, "unreadable: no WARC record where one should", None],
    ),
    "rubbish after a blank line": (
        ONE + b"\r\nrubbish\r\n" + ONE,
        [None, "unreadable: no WARC record where one should", None],
    ),
    "no WARC at all": (b"<html>" * 99, ["unreadable: no WARC record where one should"]),
    "headers without end": (
        b"WARC/1.0\r\n" + b"a: b\r\n" * 2_000,
        ["unreadable: a record of more"],
    ),
}


@pytest.mark.parametrize("name", ENDS)
def test_damaged_file(name: str, tmp_path: Path) -> None:
    content, faults = ENDS[name]
    found = rows(content, tmp_path)
    assert len(found) == len(faults)
    for row, fault in zip(found, faults, strict=True):
        assert row["fault"] is None if fault is None else row["fault"].startswith(fault)
        assert fault or row["received"] == PAGE
    assert len({row["page_id"] for row in found}) == len(found)


def test_compressed_file_cut(tmp_path: Path) -> None:
    content = gzip.compress(ONE) * 3
    found = rows(content[:-30], tmp_path, "a.warc.gz")
    assert [row["fault"] for row in found] == [
        None,
        None,
        "truncated: the compressed file breaks off",
    ]
    damaged = content[: len(content) // 2] + b"\xff" * 40
    assert str(rows(damaged, tmp_path, "a.warc.gz")[-1]["fault"]).startswith("unreadable: ")


def test_the_header_s_encoding_is_a_hint(tmp_path: Path) -> None:
    short = "<p>في بكين</p>".encode("windows-1256")
    path = tmp_path / "a.warc"
    path.write_bytes(record(answer(short, begin=HTML)))
    [shard] = reading.plan([str(path)], (), INTAKE)
    [batch] = reading.read(shard, INTAKE)
    assert decoding.decode(batch, INTAKE).num_rows == 1
    assert batch.column("charset").to_pylist() == ["windows-1256"]
