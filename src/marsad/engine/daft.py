"""Tasks in Daft, an engine for data frames: a row is a task, done by a batch function of one row on
this machine or on the nodes of a Ray cluster. Comes with the extra `scale`.

Where a node dies, Ray starts its workers on another and Daft gives them its rows again; where that
fails, so does the query, and the tasks that have no result yet are asked for again.
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
from collections.abc import Callable, Generator, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from marsad.engine.attempt import DIED, Outcome, attempt, brief, died
from marsad.engine.pool import THREADS
from marsad.fault import UsageError

WAVE = 4096  # tasks of one query, so that not all of them are held
TRIES = 3  # of a query, as long as it brings something new; after them its tasks are halved
STOPS = 3  # tasks whose workers died, before any came back: then it is not the tasks
PARTS = 8  # parts of the tasks for each worker; a part costs Daft a tenth of a second
ROWS = 16  # of a part at most: a node that dies loses what it did of one
SHARE = 0.125  # of a core that a worker asks Ray for: those of a dead node must fit on another
REACHED = 5.0  # seconds in which a cluster answers
# Neither engine reports to its makers, and Marsad has a bar of its own.
QUIET = {
    "DO_NOT_TRACK": "1",
    "SCARF_NO_ANALYTICS": "1",
    "DAFT_ANALYTICS_ENABLED": "0",
    "DAFT_PROGRESS_BAR": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_DASHBOARD": "1",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".",  # what it says of dead nodes would be on standard output
}


@dataclass(frozen=True)
class Place:
    """Where Daft runs, and how many cores it has there."""

    cores: int
    on_ray: bool = False


def on_this_machine() -> Place:
    """Daft in this process and workers of it. UsageError where the extra is not installed."""
    from marsad.engine import cores

    _prepare()
    try:
        import daft
    except ImportError:
        raise UsageError(_missing("daft")) from None
    _choose(daft.set_runner_native)
    return Place(cores())


def on_ray(address: str | None) -> Place:
    """Daft on the Ray cluster at an address, or on that which this machine is a node of. UsageError
    where the extra is not installed or no cluster answers."""
    _prepare()
    try:
        import daft
        import ray
    except ImportError:
        raise UsageError(_missing("ray")) from None
    if not ray.is_initialized():
        _reach(address)
        try:
            ray.init(
                address=address or "auto",
                runtime_env={"env_vars": {**QUIET, **dict.fromkeys(THREADS, "1")}},
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except Exception as error:
            where = address or "that this machine is a node of"
            mend = "start one with ray start --head, or name its --address HOST:PORT"
            raise UsageError(f"no Ray cluster {where}: {brief(error)}; {mend}") from error
    _choose(daft.set_runner_ray)
    return Place(max(1, int(ray.cluster_resources().get("CPU", 1))), on_ray=True)


def outcomes(
    function: Callable[[Any], Any], tasks: Iterator[tuple[int, Any]], jobs: int, where: Place
) -> Generator[tuple[int, Outcome]]:
    """How each task went, as they end, at most `jobs` at once."""
    came = deaths = 0
    while wave := dict(islice(tasks, WAVE)):
        for place, outcome in _persistently(function, wave, jobs, where):
            came, deaths = came + (outcome.kind != DIED), deaths + (outcome.kind == DIED)
            if deaths == STOPS and not came:
                mend = "see that every node has the same Marsad and the files it is to read"
                raise UsageError(f"no task comes back from Daft: {outcome.value[1]}; {mend}")
            yield place, outcome


def _persistently(
    function: Callable[[Any], Any], wave: dict[int, Any], jobs: int, where: Place
) -> Generator[tuple[int, Outcome]]:
    """Asks for what is missing until each task has gone some way: all of it again as long as that
    brings something new, else by halves, so that a task whose worker always dies is found."""
    import daft

    groups = [(wave, TRIES)]
    while groups:
        missing, tries = groups.pop()
        asked, found = len(missing), "no result came back"
        query = _query(function, missing, min(jobs, asked), where)
        try:
            with daft.execution_config_ctx(maintain_order=False):
                for row in query.iter_rows():
                    if missing.pop(row["place"], None) is not None:
                        yield row["place"], Outcome(**json.loads(row["outcome"]))
        except Exception as error:  # whatever an engine raises where a worker or a node died
            found = _last(error)
        if not missing:
            continue
        if tries > 1 and (len(missing) < asked or len(missing) == 1):
            groups.append((missing, tries - 1))
        elif len(missing) == 1:
            ((place, task),) = missing.items()
            yield place, died(task, f"its worker died ({found})")
        else:
            half = len(missing) // 2
            listed = list(missing.items())
            groups += [(dict(listed[half:]), 2), (dict(listed[:half]), 2)]


def _query(function: Callable[[Any], Any], tasks: dict[int, Any], jobs: int, where: Place) -> Any:
    """The query over the tasks, a data frame of `place` and `outcome`."""
    import daft

    @daft.cls(
        max_concurrency=jobs,
        use_process=True,
        cpus=SHARE if where.on_ray else None,
    )
    class Worker:
        @daft.method.batch(return_dtype=daft.DataType.string(), batch_size=1)  # type: ignore[untyped-decorator]
        def do(self, batch: Any) -> list[str]:
            return [
                json.dumps(asdict(attempt(function, json.loads(one)))) for one in batch.to_pylist()
            ]

    told = [json.dumps(task, ensure_ascii=False) for task in tasks.values()]
    frame = daft.from_pydict({"place": list(tasks), "task": told})
    if where.on_ray:
        parts = max(PARTS * jobs, len(tasks) // ROWS)
        frame = frame.into_partitions(min(len(tasks), parts))
    return frame.select("place", Worker().do(frame["task"]).alias("outcome"))


def _prepare() -> None:
    """Before the first import of either: what they read of the environment, then and in workers."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    for variable in THREADS:
        os.environ.setdefault(variable, "1")
    for logger in ("daft", "daft_local_execution"):  # what they say is in the error that they raise
        logging.getLogger(logger).setLevel(logging.CRITICAL)


def _last(error: Exception) -> str:
    """What an error of an engine says, which may be whole traces of other processes: its end."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).strip().splitlines() or [""]
    return f"{type(error).__name__}: {lines[-1].strip()}"[:200]


def _choose(runner: Callable[[], Any]) -> None:
    try:
        runner()
    except Exception as error:
        mend = "start a new process for another runner"
        raise UsageError(f"Daft already runs elsewhere: {brief(error)}; {mend}") from error


def _reach(address: str | None) -> None:
    """Finds out in seconds that nobody answers, where Ray takes minutes."""
    address = address or os.environ.get("RAY_ADDRESS", "auto")
    if address == "auto":
        return
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not (host and port.isdecimal()):
        raise UsageError(f"{address!r} is no address of a cluster; write HOST:PORT")
    try:
        socket.create_connection((host, int(port)), REACHED).close()
    except (OSError, OverflowError) as error:
        mend = "start it with ray start --head, or correct the address"
        raise UsageError(f"no Ray cluster answers at {address}: {error}; {mend}") from None


def _missing(runner: str) -> str:
    return f"the runner {runner} needs the extra scale; pip install 'marsad[scale]'"
