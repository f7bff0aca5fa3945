"""Work that the engine's tests hand out: it writes a named file, and may come to a bad end."""

from __future__ import annotations

import errno
import hashlib
import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

from marsad.fault import DataError, Fault, UsageError
from marsad.jsonl import write_bytes

Task = dict[str, Any]


class Weighty(dict[str, Any]):
    """A task that can be weakly referred to, so that a test sees which are held."""

    __hash__ = object.__hash__  # type: ignore[assignment]


def write(folder: str, task: Task) -> dict[str, Any]:
    """Takes a while, writes what follows from the task to the file of its name, and counts."""
    if "started" in task:
        Path(task["started"]).touch()
    time.sleep(task.get("seconds", 0))
    content = hashlib.sha256(task["name"].encode()).digest() * 100
    path = Path(folder, task["name"])
    write_bytes(path, content)
    return {"name": task["name"], "bytes": len(content)}


def die(folder: str, task: Task) -> dict[str, Any]:
    """Writes; but of a task that is poisonous kills its worker first, of one that is unlucky only
    the first time."""
    met = Path(folder, f".met-{task['name']}")
    if task.get("poisonous") or (task.get("unlucky") and not met.exists()):
        met.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return write(folder, task)


def fail(folder: str, task: Task) -> dict[str, Any]:
    """Writes; but raises what the task names."""
    match task.get("raises"):
        case "bug":
            raise KeyError("no such\nkey")
        case "full":
            raise OSError(errno.ENOSPC, "No space left on device", f"{folder}/x.parquet")
        case "denied":
            raise PermissionError(errno.EACCES, "Permission denied", f"{folder}/x.parquet")
        case "usage":
            raise UsageError("a model is missing; name one")
        case "data":
            raise DataError(Fault("x.txt", 3, "is empty", "fill it"), Fault("y.txt", 0, "", ""))
        case "memory":
            raise MemoryError
    return write(folder, task)


def answer(task: Task) -> Any:
    """What does not go between processes, where the task asks for it."""
    return threading.Lock() if task.get("lock") else os.getpid()


def environment(task: Task) -> dict[str, str | None]:
    return {name: os.environ.get(name) for name in task["names"]}
