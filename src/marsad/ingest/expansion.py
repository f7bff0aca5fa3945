"""What comes out of a gzip file, held against what went in."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, cast

from marsad.ingest import place
from marsad.ingest.intake import Limits
from marsad.ingest.loose_file import GONE

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer


class BombError(Exception):
    """A compressed file gives far more bytes than it has."""


class _Expansion(io.RawIOBase):
    """The decompressed bytes of a gzip file, one read of it at a time, so that nothing that came
    out before a damaged place is lost."""

    def __init__(self, packed: BinaryIO, limits: Limits) -> None:
        self._packed, self._limits = packed, limits
        self._gzip = gzip.GzipFile(fileobj=packed)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        content = self._gzip.read1(len(view))
        view[: len(content)] = content
        self._given += len(content)
        most = max(self._limits.expansion_bytes, self._limits.expansion * self._packed.tell())
        if self._given > most:
            raise BombError(f"gives more than {self._limits.expansion} times its bytes")
        return len(content)


def expanded(packed: BinaryIO, limits: Limits) -> BinaryIO:
    """A gzip file, of one or more members, opened for reading what is in it. A read raises
    BombError once it gave more than `expansion` times what was taken and more than
    `expansion_bytes`, EOFError where the file breaks off, OSError or zlib.error where it is
    damaged."""
    return cast(BinaryIO, io.BufferedReader(_Expansion(packed, limits), 1 << 17))


def broken(error: Exception) -> str:
    """The fault of a container that could not be read, or not to its end."""
    if isinstance(error, FileNotFoundError):
        return GONE
    if isinstance(error, BombError):
        return f"too_large: {error}"
    if isinstance(error, EOFError):
        return "truncated: the compressed file breaks off"
    if isinstance(error, OSError | zlib.error):
        return f"unreadable: {place.reason(error)}"
    # Of a protocol's or an archive's library.
    return f"unreadable: {type(error).__name__}: {place.reason(error)}"
