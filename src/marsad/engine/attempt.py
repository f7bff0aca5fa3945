"""One try of a task, as it comes back from wherever it ran: plain JSON, never an exception, since
not every exception survives the way between processes."""

from __future__ import annotations

import errno
import os
import traceback
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from marsad.fault import DataError, Fault, UsageError

DONE, USAGE, DATA, DIED = "done", "usage", "data", "died"
AGAIN = "run the same command again, which goes on from here"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_SHOWN = 80  # characters of a task's name, 200 of what went wrong


@dataclass(frozen=True)
class Failed:
    """Stands for the result of a task whose worker died each time that it was tried."""

    task: Any
    found: str

    @property
    def name(self) -> str:
        return name(self.task)


@dataclass(frozen=True)
class Outcome:
    """How a task went. `value` is of `done` the result; of `usage` what UsageError says; of `data`
    the faults, each a list of its fields; of `died` the task and what ended its worker."""

    kind: str
    value: Any
    trace: str = ""


def attempt(function: Callable[[Any], Any], task: Any) -> Outcome:
    """Runs the function on a task, in the process that calls."""
    try:
        return Outcome(DONE, function(task))
    except MemoryError:
        return died(task, "memory is at an end")
    except UsageError as error:
        return Outcome(USAGE, str(error), traceback.format_exc())
    except DataError as error:
        return Outcome(DATA, [list(astuple(fault)) for fault in error.faults])
    except OSError as error:
        if error.errno not in _FULL:
            return raised(task, error)
        where, full = error.filename or name(task), os.strerror(error.errno)
        said = f"{where}: cannot be written: {full}; free some space, then {AGAIN}"
        return Outcome(USAGE, said, traceback.format_exc())
    except Exception as error:
        return raised(task, error)


def died(task: Any, found: str) -> Outcome:
    return Outcome(DIED, [task, found])


def raised(task: Any, error: BaseException) -> Outcome:
    """What is nobody's fault but the code's: told in one line, with where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    fault = Fault(name(task), 0, f"{brief(error)}{at}", f"report it; once it is mended, {AGAIN}")
    trace = "".join(traceback.format_exception(error))
    return Outcome(DATA, [list(astuple(fault))], trace)


def settle(outcome: Outcome) -> Any:
    """The result, or Failed for it. Raises what was raised, caused by where it was raised."""
    if outcome.kind == DONE:
        return outcome.value
    if outcome.kind == DIED:
        return Failed(*outcome.value)
    cause = RuntimeError(outcome.trace) if outcome.trace else None
    if outcome.kind == USAGE:
        raise UsageError(outcome.value) from cause
    raise DataError(*(Fault(*fault) for fault in outcome.value)) from cause


def brief(error: BaseException) -> str:
    """The type of an error and what it says, on one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def name(task: Any) -> str:
    """What a task is called: its `name` or `shard`, else as much of it as a line bears."""
    if isinstance(task, dict):
        task = task.get("name") or task.get("shard") or task
    return str(task)[:_SHOWN]
