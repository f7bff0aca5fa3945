"""Bytes to text: nothing is changed, what is no text is told why, and the encoding is recorded."""

from __future__ import annotations

import io
import random
import zipfile

import pyarrow as pa
import pytest
from hypothesis import given, settings

from conftest import RAW
from marsad.ingest import charset, decoding
from marsad.ingest.intake import read_intake
from marsad.ingest.pages import Page, batches, sha256
from marsad.rooms import find

INTAKE = read_intake(find().root / "ingestion")
ARABIC = (
    "قال وزير الخارجية إن الصين وروسيا اتفقتا على توسيع التعاون في مجالات الطاقة والتجارة، "
    "وأضاف أن القمة المقبلة ستعقد في بكين.\nوتابع: «نعمل على ذلك مع شركائنا».\n" * 4
)
# Without the marks that ISO-8859-6 does not have.
PLAIN = ARABIC.replace("«", "").replace("»", "")
SHORT = "في بكين"
FRENCH = "Le président français a déclaré à l'Assemblée que l'été était déjà terminé.\n" * 4
RUSSIAN = "Президент России заявил о готовности к переговорам с Китаем по газу.\n" * 4


def decoded(content: bytes, declared: str | None = None, media: str = "text") -> dict[str, object]:
    """What the stage says of one page, beside a plain one."""
    other = Page("other", b"a", sha256(b"a"), "text")
    one = Page("one", content, sha256(content), media, charset=declared)
    [batch] = batches([other, one], INTAKE.limits)
    rows = decoding.decode(batch, INTAKE).to_pylist()
    assert (rows[0]["text"], rows[0]["encoding"], rows[0]["fault"]) == ("a", "utf-8", None)
    return dict(rows[1])


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("a.txt", ARABIC)
    return held.getvalue()


# Bytes, declared encoding, the encoding found.
TEXTS = {
    "utf-8": (ARABIC.encode(), None, "utf-8"),
    "utf-8 declared as another": (ARABIC.encode(), "windows-1256", "utf-8"),
    "utf-8 with a mark": (b"\xef\xbb\xbf" + ARABIC.encode(), None, "utf-8"),
    "CR LF": (ARABIC.replace("\n", "\r\n").encode(), None, "utf-8"),
    "CR alone": (ARABIC.replace("\n", "\r").encode(), None, "utf-8"),
    "bidi overrides": (f"\u202e{ARABIC}\u202c\u2066".encode(), None, "utf-8"),
    "zero-width": ("\u200b\u200c\ufeff".join(ARABIC).encode(), None, "utf-8"),
    "form feed": (f"{ARABIC}\f{ARABIC}".encode(), None, "utf-8"),
    "a stray control": (f"{ARABIC}\x07".encode(), None, "utf-8"),
    "decomposed": ("ا\u0655لى أ\u064e".encode(), None, "utf-8"),
    "utf-16 with a mark": (ARABIC.encode("utf-16"), None, "utf-16-le"),
    "utf-16 big with a mark": (b"\xfe\xff" + ARABIC.encode("utf-16-be"), None, "utf-16-be"),
    "utf-16 without a mark": (ARABIC.encode("utf-16-le"), None, "utf-16-le"),
    "utf-16 big without a mark": (ARABIC.encode("utf-16-be"), None, "utf-16-be"),
    "utf-16 of ASCII without a mark": ("News of Beijing. ".encode("utf-16-le"), None, "utf-16-le"),
    "utf-32 with a mark": (b"\xff\xfe\0\0" + ARABIC.encode("utf-32-le"), None, "utf-32-le"),
    "windows-1256": (ARABIC.encode("windows-1256"), None, "windows-1256"),
    "windows-1256 declared utf-8": (ARABIC.encode("windows-1256"), "utf-8", "windows-1256"),
    "windows-1256 declared iso": (ARABIC.encode("windows-1256"), "iso-8859-6", "windows-1256"),
    "windows-1256, short": (SHORT.encode("windows-1256"), "windows-1256", "windows-1256"),
    "iso-8859-6": (PLAIN.encode("iso-8859-6"), None, "iso-8859-6"),
    "iso-8859-6 declared windows": (PLAIN.encode("iso-8859-6"), "windows-1256", "iso-8859-6"),
    "iso-8859-6 declared nonsense": (PLAIN.encode("iso-8859-6"), "x\ny", "iso-8859-6"),
    "iso-8859-6, short": (SHORT.encode("iso-8859-6"), "iso-8859-6", "iso-8859-6"),
    "French": (FRENCH.encode("latin-1"), "iso-8859-1", "windows-1252"),
    "Russian": (RUSSIAN.encode("windows-1251"), None, "cp1251"),
}

# Bytes, and what their fault begins with.
FAULTS = {
    "white space": (b" \n\t\r\n", "empty: only white space"),
    "no-break and ideographic spaces": ("\u00a0\u3000\u2028".encode(), "empty: only white space"),
    "only a mark": (b"\xef\xbb\xbf", "empty: only white space"),
    "only a utf-16 mark": (b"\xff\xfe", "empty: only white space"),
    "half-written utf-8": (ARABIC.strip().rstrip(".»").encode()[:-1], "truncated: UTF-8"),
    "utf-8 damaged": (
        ARABIC.encode().replace("الصين".encode(), b"\xd8\xff\xfe"),
        "encoding: UTF-8 in",
    ),
    "utf-8 and windows-1256": (
        ARABIC.encode() + ARABIC.encode("windows-1256"),
        "encoding: UTF-8 in part",
    ),
    "utf-16 cut in half": (ARABIC.encode("utf-16")[:-1], "truncated: utf-16-le"),
    "utf-16 without a mark, cut": (ARABIC.encode("utf-16-le")[:-1], "truncated: utf-16-le"),
    "utf-16, half a pair": (b"\xff\xfe" + "نص".encode("utf-16-le") + b"\x3d\xd8", "truncated"),
    "utf-16, halves the wrong way": (
        b"\xff\xfe\x00\xdc" + "نص".encode("utf-16-le"),
        "encoding: utf-16",
    ),
    "utf-16 with NULs": (b"\xff\xfe" + "نص\0نص".encode("utf-16-le"), "binary: NUL"),
    "NULs": (f"{ARABIC}\0{ARABIC}".encode(), "binary: NUL at byte"),
    "only NULs": (b"\0" * 1000, "binary: NUL at byte 0"),
    "controls": (b"\x01\x02\x03 text \x04\x05", "binary: 5 control characters"),
    "PDF": (b"%PDF-1.7\n1 0 obj", "binary: PDF"),
    "ZIP": (zipped(), "binary: ZIP"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0", "binary: PNG"),
    "JPEG": (b"\xff\xd8\xff\xe0\0\x10JFIF", "binary: JPEG"),
    "gzip": (b"\x1f\x8b\x08\0\0", "binary: gzip"),
    "RTF": (rb"{\rtf1\ansi \'e3\'d1}", "binary: RTF"),
    "random bytes": (random.Random(3).randbytes(4000), "binary"),
    "high bytes without sense": (bytes(range(0x80, 0x100)) * 4, "encoding"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str) -> None:
    content, declared, encoding = TEXTS[name]
    row = decoded(content, declared)
    assert (row["encoding"], row["fault"]) == (encoding, None)
    assert isinstance(row["text"], str)
    assert row["text"].encode(encoding) == content
    assert row["received"] == content
    assert row["extractor"] is None


@pytest.mark.parametrize("name", FAULTS)
def test_no_text(name: str) -> None:
    content, fault = FAULTS[name]
    row = decoded(content)
    assert (row["text"], row["encoding"]) == (None, None)
    assert isinstance(row["fault"], str)
    assert row["fault"].startswith(fault)


@pytest.mark.parametrize("encoding", ["windows-1256", "iso-8859-6"])
def test_both_arabic_encodings_of_every_article(encoding: str) -> None:
    """Each article of the dataset, in either encoding, is told for what it is."""
    for path in sorted((find().articles / "authored").glob("*.txt"))[::9]:
        text = path.read_bytes().decode("utf-8").encode(encoding, "ignore").decode(encoding)
        for part in (text, text[:200]):
            found = charset.decode(part.encode(encoding), None, INTAKE.decoding)
            assert (found.encoding, found.text) == (encoding, part), path.name


@settings(max_examples=50)
@given(RAW)
def test_every_utf8_text_comes_back(raw: str) -> None:
    content = raw.encode()
    [batch] = batches([Page("p", content, sha256(content), "text")], INTAKE.limits)
    [row] = decoding.decode(batch, INTAKE).to_pylist()
    assert (row["text"] is None) == bool(row["fault"])
    if row["fault"]:
        assert not raw.strip("\ufeff").strip() or row["fault"].startswith("binary")
    else:
        assert row["text"].encode(row["encoding"]) == content


def test_rows_with_a_fault_are_left_alone() -> None:
    pages = [
        Page("a", b"\xff\xfe\x01", sha256(b""), "text", fault="truncated: so"),
        Page("b", b"<p>", sha256(b""), "html", fault="unreadable: HTTP status 404"),
        Page("c", ARABIC.encode(), sha256(b""), "text", url="u", headline="h"),
    ]
    [batch] = batches(pages, INTAKE.limits)
    done = decoding.decode(batch, INTAKE)
    assert done.column("fault").to_pylist() == [
        "truncated: so",
        "unreadable: HTTP status 404",
        None,
    ]
    assert done.column("text").to_pylist() == [None, None, ARABIC]
    assert done.column("encoding").to_pylist() == [None, None, "utf-8"]
    assert done.select(batch.schema.names).equals(batch)


def test_parts_of_a_batch_are_as_the_whole() -> None:
    """No row leans on its neighbours: a slice of a batch, or a row alone, says the same."""
    contents = [content for content, *_ in (*TEXTS.values(), *FAULTS.values())]
    pages = [Page(f"{n}", c, sha256(c), "text") for n, c in enumerate(contents)]
    [batch] = batches(pages, INTAKE.limits)
    whole = decoding.decode(batch, INTAKE)
    assert decoding.decode(batch.slice(7, 20), INTAKE).to_pylist() == whole.slice(7, 20).to_pylist()
    for row in range(batch.num_rows):
        one = decoding.decode(batch.slice(row, 1), INTAKE)
        assert one.to_pylist() == whole.slice(row, 1).to_pylist()
    assert decoding.decode(batch.slice(0, 0), INTAKE).num_rows == 0


@pytest.mark.parametrize(
    ("encoding", "meta", "header"),
    [
        ("utf-8", "windows-1256", None),
        ("windows-1256", "utf-8", "utf-8"),
        ("windows-1256", "windows-1256", None),
        ("iso-8859-6", "utf-16", None),
        ("utf-16", "utf-8", "iso-8859-1"),
    ],
)
def test_web_page_that_lies_about_its_encoding(
    encoding: str, meta: str, header: str | None
) -> None:
    pytest.importorskip("trafilatura")
    article = "".join(f"<p>{line}</p>" for line in PLAIN.split("\n") if line)
    markup = (
        f'<html><head><meta charset="{meta}"><title>قمة بكين</title></head>'
        f"<body><article><h1>قمة بكين</h1>{article}</article></body></html>"
    )
    row = decoded(markup.encode(encoding), header, "html")
    assert row["fault"] is None
    assert str(row["text"]).split("\n")[:2] == ["قمة بكين", PLAIN.split("\n")[0]]
    assert row["headline"] == "قمة بكين"
    assert row["encoding"] == encoding.replace("utf-16", "utf-16-le")
    assert str(row["extractor"]).startswith("trafilatura ")
    assert row["received"] == markup.encode(encoding)


def test_what_the_container_says_goes_before_what_the_page_says() -> None:
    pytest.importorskip("trafilatura")
    article = (
        f"<html><head><title>قمة</title></head><body><article>{ARABIC}</article></body></html>"
    )
    content = article.encode()
    page = Page("a", content, sha256(content), "html", headline="عنوان", published="2020-01-02")
    [row] = decoding.decode(next(batches([page], INTAKE.limits)), INTAKE).to_pylist()
    assert (row["headline"], row["published"]) == ("عنوان", "2020-01-02")


def test_columns() -> None:
    content = ARABIC.encode()
    [batch] = batches([Page("a", content, sha256(content), "text")], INTAKE.limits)
    done = decoding.decode(batch, INTAKE)
    assert done.schema.names == [*batch.schema.names, "text", "encoding", "extractor"]
    assert {done.schema.field(n).type for n in done.schema.names[-3:]} == {pa.string()}
