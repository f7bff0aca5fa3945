"""Which encoding bytes are in: UTF-8 strictly, else what the bytes themselves make plausible.

For every encoding named here `text.encode(encoding)` gives the bytes back, a byte order mark
included: nothing is left out or changed.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from marsad.ingest.intake import Decoding

MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What files of other kinds begin with.
MAGIC = {
    b"%PDF-": "PDF",
    b"{\\rtf": "RTF",
    b"%!PS": "PostScript",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"BZh9": "bzip2",
    b"7z\xbc\xaf": "7-Zip",
    b"\xfd7zXZ": "xz",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"\x89PNG": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"\xff\xd8\xff": "JPEG",
    b"\x7fELF": "a program",
    b"PAR1": "Parquet",
    b"SQLite format 3": "SQLite",
}
CONTROLS = bytes(n for n in (*range(0x20), 0x7F) if n not in b"\t\n\v\f\r\x1b")
SEQUENCE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class Decoded(NamedTuple):
    """A text and its encoding, or why there is none."""

    text: str | None
    encoding: str | None
    fault: str | None


def _fault(said: str) -> Decoded:
    return Decoded(None, None, said)


def decode(content: bytes, declared: str | None, known: Decoding) -> Decoded:
    """The text of some bytes. `declared` is the encoding that they were sent or marked with, which
    is believed only where the bytes leave it open."""
    for magic, name in MAGIC.items():
        if content.startswith(magic):
            return _fault(f"binary: {name}")
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return _wide(content, encoding)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return _not_utf8(content, error, declared, known)
    if b"\0" in content:
        return _unmarked(content, known) or _fault(f"binary: NUL at byte {content.index(0)}")
    return _few_controls(content, known) or Decoded(text, "utf-8", None)


def _few_controls(content: bytes, known: Decoding) -> Decoded | None:
    """The fault of bytes with too many control characters to be a text."""
    count = len(content) - len(content.translate(None, CONTROLS))
    if count > known.controls * len(content):
        return _fault(f"binary: {count} control characters in {len(content)} bytes")
    return None


def _wide(content: bytes, encoding: str) -> Decoded:
    width = 4 if "32" in encoding else 2
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        if len(content) % width or error.reason == "unexpected end of data":
            return _fault(f"truncated: {encoding} that ends within a character")
        return _fault(f"encoding: {encoding} by its mark, but not at byte {error.start}")
    if "\0" in text:
        return _fault("binary: NUL in UTF-16")
    return Decoded(text, encoding, None)


def _unmarked(content: bytes, known: Decoding) -> Decoded | None:
    """UTF-16 without a mark, by the high bytes that Arabic and ASCII have there."""
    for encoding, high in (("utf-16-le", 1), ("utf-16-be", 0)):
        units = content[high::2]
        other = content[1 - high :: 2]
        if len(units) < 2 or min(len(units), len(other)) == 0:
            continue
        share = sum(map(units.count, (0, 6, 0x20))) / len(units)
        if share >= known.zeros and sum(map(other.count, (0, 6))) / len(other) < 0.5:
            return _wide(content, encoding)
    return None


def _not_utf8(
    content: bytes, error: UnicodeDecodeError, declared: str | None, known: Decoding
) -> Decoded:
    size = len(content)
    if error.reason == "unexpected end of data" and SEQUENCE.search(content[: error.start]):
        return _fault(f"truncated: UTF-8 that ends within a character, at byte {error.start}")
    if (found := _unmarked(content, known)) is not None:
        return found
    if b"\0" in content:
        return _fault(f"binary: NUL at byte {content.index(0)}")
    if (few := _few_controls(content, known)) is not None:
        return few
    high = size - len(content.translate(None, bytes(range(0x80, 0x100))))
    in_utf8 = sum(map(len, SEQUENCE.findall(content)))
    if in_utf8 > known.utf8 * high:
        return _fault(f"encoding: UTF-8 in part, not at byte {error.start}; of several encodings")
    return _single(content, declared, known) or _guessed(content, known)


def _single(content: bytes, declared: str | None, known: Decoding) -> Decoded | None:
    """The most plausible of the 8-bit encodings. Of equal ones the declared, then the first."""
    best: tuple[float, Decoded] | None = None
    names = list(known.encodings)
    told = _codec(declared)
    names.sort(key=lambda name: _codec(name) != told)
    for name in names:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        score = arabic(text, known)
        if score > 0 and (best is None or score > best[0]):
            best = (score, Decoded(text, name, None))
    if best is not None:
        return best[1]
    try:
        text = content.decode("windows-1252")  # what the web calls ISO-8859-1 and Latin-1
    except UnicodeDecodeError:
        return None
    letters = sum(map(str.isalpha, text))
    beyond = sum(c.isalpha() and c > "\x7f" for c in text)
    latin = letters > 0 and beyond <= known.latin * letters
    return Decoded(text, "windows-1252", None) if latin else None


def _codec(name: str | None) -> str | None:
    try:
        return codecs.lookup(name).name if name else None
    except LookupError:
        return None


def arabic(text: str, known: Decoding) -> float:
    """How plausible a decoded text is as Arabic: 0 where it is not, else the share of Arabic
    letters among the letters beyond ASCII, and that of common words."""
    letters = [c for c in text if c > "\x7f" and c.isalpha()]
    if not letters:
        return 0.0
    share = sum("\u0600" <= c <= "\u06ff" for c in letters) / len(letters)
    words = text.split()
    common = sum(word in known.frequent or word.startswith("ال") for word in words) / len(words)
    if share < known.arabic or (len(words) >= known.words and common < known.common):
        return 0.0
    return share + common


def _guessed(content: bytes, known: Decoding) -> Decoded:
    """What charset-normalizer makes of bytes that are neither Arabic nor of western Europe."""
    fault = "encoding: neither UTF-8 nor another encoding for sure"
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return _fault(fault)
    found = from_bytes(content).best()
    if found is None or found.encoding.startswith("utf"):
        return _fault(fault)
    try:
        text = content.decode(found.encoding)
    except UnicodeDecodeError:
        return _fault(fault)
    if text.encode(found.encoding, "replace") != content:
        return _fault(fault)
    return Decoded(text, found.encoding.replace("_", "-"), None)


def declared_in(content: bytes) -> str | None:
    """The encoding that a web page's own head names."""
    match = META.search(content[:4096])
    return match.group(1).decode("ascii", "replace") if match else None
