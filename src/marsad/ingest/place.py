"""An address: a local path, or what fsspec opens. How it is opened, and how its version is told.

A local file's address is its absolute path, so that one file has one address from wherever the
command runs; a name that is not UTF-8 is written as `bytes:` and the path with `%XX`.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote_to_bytes

from marsad.fault import UsageError

BYTES = "bytes:"
LOCAL = ("file://", "local://")
# What file systems call the version of an object, best first.
VERSIONS = ("etag", "ETag", "version_id", "versionId", "md5Hash", "CRC", "mtime", "last_modified",
            "LastModified", "updated", "created")  # fmt: skip


def is_local(address: str) -> bool:
    return "://" not in address


def name_of(address: str) -> str:
    """The name of a file itself, whichever archive it lies in, in lower case."""
    return (address if is_local(address) else address.split("::", 1)[0]).lower()


def local_address(path: str) -> str:
    """The address of a local path as os.fsdecode gives it."""
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return BYTES + quote(os.fsencode(path))
    return path


def local_path(address: str) -> str:
    if address.startswith(BYTES):
        return os.fsdecode(unquote_to_bytes(address.removeprefix(BYTES)))
    return address


def absolute(source: str) -> str:
    """A source as the user names it, with the local part made absolute."""
    for scheme in LOCAL:
        if source.startswith(scheme):
            source = source.removeprefix(scheme)
    if "://" not in source:
        return os.path.abspath(source)  # noqa: PTH100 (links stay: the name is what was given)
    *outer, inner = source.split("::")
    return "::".join([*outer, absolute(inner) if outer and inner else inner])


def filesystem(address: str) -> tuple[Any, str]:
    """The fsspec file system of an address and the name in it. Raises UsageError where a package
    that speaks its protocol is not installed, OSError where it cannot be reached."""
    try:
        import fsspec
    except ImportError:
        raise UsageError(f'{address}: needs fsspec; pip install "marsad[ingest]"') from None
    try:
        if "::" in address:  # opened once for all names in it: the instance is remembered
            head, rest = address.split("::", 1)
            protocol, name = head.split("://", 1)
            return fsspec.core.url_to_fs(f"{protocol}://::{rest}")[0], name
        system, name = fsspec.core.url_to_fs(address)
    except ImportError as error:
        said = str(error).splitlines()[0]
        raise UsageError(f"{address}: {said}; install what speaks this protocol") from None
    except OSError:
        raise
    except Exception as error:
        raise OSError(0, reason(error)) from None
    return system, name


class Places:
    """Addresses opened one after the other; an archive that holds several is opened once."""

    def __init__(self) -> None:
        self._archives: dict[str, Any] = {}

    def open(self, address: str) -> BinaryIO:
        """Opened for reading bytes. Raises OSError."""
        if is_local(address):
            return _open_local(local_path(address))
        system, name = self._system(address)
        try:
            return cast(BinaryIO, system.open(name, "rb"))
        except OSError:
            raise
        except Exception as error:  # of whichever library the protocol has
            raise OSError(0, reason(error)) from None

    def version(self, address: str) -> str:
        """What `listing` noted as its version, as it is now. Raises OSError."""
        if is_local(address):
            return local_version(os.stat(local_path(address)))  # noqa: PTH116
        system, name = self._system(address)
        return version(system.info(name))

    def _system(self, address: str) -> tuple[Any, str]:
        if "::" not in address:
            return filesystem(address)
        head, rest = address.split("::", 1)
        if rest not in self._archives:
            self._archives[rest] = filesystem(address)[0]
        return self._archives[rest], head.split("://", 1)[1]


def opened(address: str) -> AbstractContextManager[BinaryIO]:
    """One address, opened for reading bytes. Raises OSError."""
    return Places().open(address)


def _open_local(path: str) -> BinaryIO:
    """Never waits, as opening a pipe would."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "not a regular file")
    except BaseException:
        os.close(handle)
        raise
    return cast(BinaryIO, io.open(handle, "rb"))  # noqa: UP020


def local_version(found: os.stat_result) -> str:
    return f"{found.st_size}-{found.st_mtime_ns}"


def version(info: Mapping[str, Any]) -> str:
    """The version of an object by what its file system says of it, its size at the least."""
    told = next((info[key] for key in VERSIONS if info.get(key)), "")
    if isinstance(told, datetime):  # the same that a listing may give as seconds
        told = told.timestamp()
    return f"{info.get('size')}-{told}".rstrip("-")


def reason(error: BaseException) -> str:
    """An error in one line, as a page's fault has it."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:200]
