"""The HTTP answer in a WARC record: its page, out of chunks and compression."""

from __future__ import annotations

import io
import re
import zlib

from marsad.fault import UsageError
from marsad.ingest.intake import Limits
from marsad.ingest.pages import Page, faulty, sha256, too_large

HTML = ("text/html", "application/xhtml+xml")
PROTOCOLS = ["HTTP/1.0", "HTTP/1.1", "HTTP/2.0", "HTTP/2", "HTTP/3"]
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


class AnswerError(Exception):
    """The answer is no page: a page's fault."""


class _LargeError(Exception):
    """More bytes than a page may have."""


def page(block: bytes, url: str | None, limits: Limits) -> Page:
    """The page of an answer, without an id. Raises AnswerError where it is not HTML or plain text
    that was answered with 200, or cannot be taken out; UsageError where warcio is missing."""
    try:
        from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException
    except ImportError:
        raise UsageError('a WARC file needs warcio; pip install "marsad[ingest]"') from None
    stream = io.BytesIO(block)
    try:
        told = StatusAndHeadersParser(PROTOCOLS).parse(stream)
    except (StatusAndHeadersParserException, EOFError):
        raise AnswerError("unreadable: no HTTP answer in the record") from None
    status = told.get_statuscode()
    if status != "200":
        raise AnswerError(f"unreadable: HTTP status {status[:20]}")
    kind = told.get_header("Content-Type") or ""
    named = kind.split(";")[0].strip().lower()
    if named and named not in (*HTML, "text/plain"):
        raise AnswerError(f"unreadable: content type {named[:60]}")
    media = "text" if named == "text/plain" else "html"
    body = stream.read()
    try:
        if (told.get_header("Transfer-Encoding") or "").lower().strip() == "chunked":
            body = _joined(body)
        for coding in reversed((told.get_header("Content-Encoding") or "").lower().split(",")):
            body = _decoded(body, coding.strip(), limits.page_bytes)
        if len(body) > limits.page_bytes:
            raise _LargeError
    except _LargeError:
        return faulty("", too_large(limits), media, sha256(block))._replace(url=url)
    charset = _CHARSET.search(kind)
    fault = None if body else "empty: no byte"
    return Page(
        "",
        body,
        sha256(body),
        media,
        url=url,
        charset=charset.group(1).lower() if charset else None,
        fault=fault,
    )


def _joined(body: bytes) -> bytes:
    """A body out of its chunks; as it is where it has none. Raises AnswerError where it ends within
    one."""
    from warcio.bufferedreaders import ChunkedDataException, ChunkedDataReader

    if not re.match(rb"[0-9a-fA-F]{1,8}[ \t]*(;[^\r\n]*)?\r\n", body):
        return body
    reader = ChunkedDataReader(io.BytesIO(body), raise_exceptions=True)
    parts = []
    try:
        while part := reader.read(1 << 20):
            parts.append(part)
    except ChunkedDataException:
        raise AnswerError("truncated: the answer ends within a chunk") from None
    return b"".join(parts)


def _decoded(body: bytes, coding: str, most: int) -> bytes:
    """A body without one content encoding. Raises _LargeError once it has more than `most` bytes,
    AnswerError where it is damaged or the encoding unknown. Many an archive names an encoding and
    keeps the body without it; it is then left as it is."""
    if not body or coding in ("", "identity"):
        return body
    if coding in ("gzip", "x-gzip"):
        return _inflated(body, 31, most) if body.startswith(b"\x1f\x8b") else body
    if coding == "deflate":
        if body.lstrip()[:1] == b"<":
            return body
        try:
            return _inflated(body, 15, most)
        except AnswerError:
            return _inflated(body, -15, most)
    if coding == "br":
        return body if body.lstrip()[:1] == b"<" else _brotli(body, most)
    raise AnswerError(f"unreadable: content encoding {coding[:20]}")


def _inflated(body: bytes, bits: int, most: int) -> bytes:
    inflate = zlib.decompressobj(bits)
    try:
        found = inflate.decompress(body, most + 1)
    except zlib.error:
        raise AnswerError("unreadable: damaged compression of the answer") from None
    if len(found) > most:
        raise _LargeError
    if not inflate.eof:
        raise AnswerError("truncated: the answer's compression breaks off")
    return found


def _brotli(body: bytes, most: int) -> bytes:
    try:
        import brotli
    except ImportError:
        raise UsageError('a page in Brotli needs brotli; pip install "marsad[ingest]"') from None
    inflate = brotli.Decompressor()
    parts, size, given = [], 0, body
    try:
        while not inflate.is_finished():
            part = inflate.process(given, output_buffer_limit=1 << 20)
            if not part and inflate.can_accept_more_data():
                raise AnswerError("truncated: the answer's compression breaks off")
            given = b""
            size += len(part)
            if size > most:
                raise _LargeError
            parts.append(part)
    except brotli.error:
        raise AnswerError("unreadable: damaged compression of the answer") from None
    return b"".join(parts)
