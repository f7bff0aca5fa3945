"""`marsad fetch`: the texts of referenced articles, brought into the user's cache.

Nothing else in Marsad opens a network connection for data. Every file is held against the
manifest's sha256 before it takes its name, so the cache never has half a file or another one.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import urllib3

from marsad import jsonl
from marsad.article import Article, Received, digest
from marsad.fault import UsageError

JOBS = 8
TRIES = 3
SILENCE = 15.0  # seconds without a byte, or to connect, after which a server is given up
PATIENCE = 120.0  # seconds that one file may take in all


@dataclass(frozen=True)
class Fetched:
    """One file: whether it was there already, or why it could not be had (None where well)."""

    article_id: str
    already: bool = False
    fault: str | None = None


class _RefusedError(Exception):
    """Why a file was not taken."""


def fetch(
    articles: Iterable[Article],
    where: str,
    *,
    jobs: int = JOBS,
    silence: float = SILENCE,
    patience: float = PATIENCE,
    pause: float = 0.5,
) -> Iterator[Fetched]:
    """Brings the files of referenced articles into the cache, `jobs` at a time, and yields each as
    it ends. `where` is the address or folder that the manifest's paths are below. A file that is
    there and whole is left alone; a server's error (5xx, 429, a broken line) is tried again,
    after `pause` seconds and then twice that. Times are in seconds."""
    wanted = list(articles)
    timeout = urllib3.Timeout(connect=silence, read=silence)
    with (
        urllib3.PoolManager(maxsize=jobs, timeout=timeout, retries=False) as http,
        ThreadPoolExecutor(jobs) as pool,
    ):
        runs = [pool.submit(_one, http, known, where, patience, pause) for known in wanted]
        try:
            for run in as_completed(runs):
                yield run.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _one(
    http: urllib3.PoolManager, known: Article, where: str, patience: float, pause: float
) -> Fetched:
    received = known.received
    assert received is not None
    try:
        if known.path.is_file() and digest(known.path.read_bytes()) == received.sha256:
            return Fetched(known.article_id, already=True)
        content = _content(http, received, where, patience, pause)
        if len(content) != received.size or digest(content) != received.sha256:
            raise _RefusedError(
                f"{len(content)} bytes, sha256 {digest(content)[:12]}…; the manifest has "
                f"{received.size}, {received.sha256[:12]}…"
            )
        jsonl.write_bytes(known.path, content)
    except (_RefusedError, UsageError) as error:
        return Fetched(known.article_id, fault=f"{received.path}: {error}")
    except OSError as error:
        return Fetched(known.article_id, fault=f"{received.path}: {error.strerror or error}")
    return Fetched(known.article_id)


def _content(
    http: urllib3.PoolManager, received: Received, where: str, patience: float, pause: float
) -> bytes:
    if not where.startswith(("http://", "https://")):
        path = Path(where, *received.path.split("/"))
        if not path.is_file():
            raise _RefusedError("no such file in the mirror")
        return path.read_bytes()
    url = where + quote(received.path)
    deadline = time.monotonic() + patience
    for attempt in range(TRIES):
        try:
            return _get(http, url, received.size, deadline)
        except (urllib3.exceptions.HTTPError, _BusyError) as error:
            if attempt + 1 == TRIES or time.monotonic() > deadline:
                raise _RefusedError(_said(error)) from None
        time.sleep(pause * 2**attempt)
    raise AssertionError


class _BusyError(Exception):
    """An answer after which trying again may help."""


def _get(http: urllib3.PoolManager, url: str, size: int, deadline: float) -> bytes:
    answer = http.request("GET", url, preload_content=False, redirect=False)
    try:
        if answer.status >= 500 or answer.status == 429:
            raise _BusyError(f"the server answers {answer.status}")
        if 300 <= answer.status < 400:
            raise _RefusedError(
                f"the server sends on to {answer.headers.get('Location')}; not followed"
            )
        if answer.status != 200:
            raise _RefusedError(f"the server answers {answer.status}")
        content = b""
        for part in answer.stream(1 << 16):
            content += part
            if len(content) > size:
                raise _RefusedError(f"longer than the manifest's {size} bytes")
            if time.monotonic() > deadline:
                raise _RefusedError("too slow; given up")
        return content
    finally:
        answer.close()


def _said(error: Exception) -> str:
    if isinstance(error, urllib3.exceptions.NewConnectionError):
        return "no connection"
    if isinstance(error, urllib3.exceptions.TimeoutError):
        return "the server is silent"
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return "the connection broke off"
    return str(error).splitlines()[0]


def place(named: str) -> str:
    """The address or folder that paths are below. Raises UsageError on a folder that is none."""
    if named.startswith(("http://", "https://")):
        return named if named.endswith("/") else f"{named}/"
    if not Path(named).is_dir():
        raise UsageError(f"{named}: no such folder; name a mirror's folder or http address")
    return named


def room(folder: Path, articles: Iterable[Article]) -> None:
    """Raises UsageError where the disk that `folder` is to lie on has no room for the files."""
    needed = sum(a.received.size for a in articles if a.received and not a.path.is_file())
    there = next(p for p in (folder, *folder.parents) if p.exists())
    if shutil.disk_usage(there).free < needed:
        raise UsageError(f"{folder}: {needed} bytes wanted, the disk is full; free some")
