"""Where long work runs: a function over tasks, on one machine or on many.

A task is small and says what to read; the function reads it, writes its own named file whole, and
returns what is small. So a task done twice is harmless, and one whose worker died is done again.
No scheduler, queue or cluster code of our own: `concurrent.futures`, or Daft, alone or on Ray.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sized
from typing import TypeVar

from marsad.engine import pool
from marsad.engine.attempt import Failed, Outcome, settle
from marsad.fault import UsageError
from marsad.progress import progress

Task = TypeVar("Task")
Result = TypeVar("Result")

RUNNERS = ("pool", "daft", "ray")

__all__ = ["RUNNERS", "Failed", "cores", "run"]


def run(
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    *,
    runner: str = "pool",
    jobs: int | None = None,
    address: str | None = None,
    says: str = "working",
) -> Iterator[Result | Failed]:
    """The result of each task, in their order, with a bar that says what is done.

    `function` is at the top of a module, or a `functools.partial` of such; tasks and results are
    JSON. `jobs` is how many run at once, where it is 1 in this very process: by default as many as
    there are cores, two at least so that a worker's death is not ours, of the cluster at
    `address` (host:port; by default the one that this machine is a node of) where `runner` is ray.
    A task whose worker dies is tried again; where it dies again, a `Failed` stands in its place.
    What the function raises ends the run, and is raised as UsageError or DataError of a line each.
    UsageError too where the runner cannot be had.
    """
    if runner not in RUNNERS:
        raise UsageError(f"no runner {runner!r}; choose one of {', '.join(RUNNERS)}")
    if jobs is not None and jobs < 1:
        raise UsageError(f"{jobs} jobs do nothing; name at least 1")
    if address is not None and runner != "ray":
        raise UsageError(f"an address is of a Ray cluster; add --runner ray to {address}")
    numbered = enumerate(tasks)
    if runner == "pool":
        outcomes = pool.outcomes(function, numbered, jobs or max(2, cores()))
    else:
        from marsad.engine import daft

        start = daft.on_ray(address) if runner == "ray" else daft.on_this_machine()
        outcomes = daft.outcomes(function, numbered, jobs or start.cores, start)
    total = len(tasks) if isinstance(tasks, Sized) else None
    return _ordered(outcomes, progress(outcomes, says, total))


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _ordered(
    outcomes: Generator[tuple[int, Outcome]], shown: Iterable[tuple[int, Outcome]]
) -> Iterator[Result | Failed]:
    """Results in the order of tasks, from outcomes in any; early ones wait for those before."""
    early: dict[int, Result | Failed] = {}
    after = 0
    try:
        for place, outcome in shown:
            early[place] = settle(outcome)
            while after in early:
                yield early.pop(after)
                after += 1
    finally:
        outcomes.close()  # ends the workers, also where whoever asked has seen enough
