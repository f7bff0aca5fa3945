"""Tasks in processes of this machine.

Every worker is a `ProcessPoolExecutor` of one process. When a process dies (out of memory, a
crash), its executor cannot say which of its calls was at fault where it has several workers; so
one worker for each, that the death is laid to the right task and the others never notice.

Workers are spawned, not forked: Arrow, BLAS and the progress bar have threads, whose locks a fork
copies in whatever state they are; and workers of a fork server would see the environment that it
once started with. A worker loads models once, where its function caches them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from marsad.engine.attempt import DIED, Outcome, attempt, died, raised

TRIES = 2
AHEAD = 2  # tasks that a worker has: the one it does and the next, so that it need not wait
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
Numbered = tuple[int, Any]


def outcomes(
    function: Callable[[Any], Any], tasks: Iterator[Numbered], jobs: int
) -> Generator[tuple[int, Outcome]]:
    """How each task went, as they end. One job runs in this very process; more of them in workers,
    which are killed when the generator is closed. Of the tasks only those in flight are held."""
    if jobs == 1:
        for place, task in tasks:
            yield place, attempt(function, task)
        return
    workers: list[_Worker] = []
    again: deque[Numbered] = deque()
    deaths: dict[int, int] = {}

    def given() -> Numbered | None:
        return again.popleft() if again else next(tasks, None)

    try:
        while True:
            for turn in range(AHEAD):  # everyone has work before anyone has a second task
                for worker in workers:
                    if len(worker.calls) <= turn and (one := given()):
                        worker.take(one, function)
                while len(workers) < jobs and not turn and (one := given()):
                    workers.append(_Worker())
                    workers[-1].take(one, function)
            calls = [worker.calls[0][0] for worker in workers if worker.calls]
            if not calls:
                return
            wait(calls, return_when=FIRST_COMPLETED)
            for worker in workers:
                while worker.calls and worker.calls[0][0].done():
                    (place, task), outcome = worker.ended()
                    if outcome.kind == DIED:
                        deaths[place] = deaths.get(place, 0) + 1
                        if deaths[place] < TRIES:
                            again.append((place, task))
                            continue
                    yield place, outcome
                again.extend(worker.left)
                worker.left.clear()
    finally:
        for worker in workers:
            worker.end()


class _Worker:
    """A process, the calls it was given in their order, and what it left undone when it died."""

    def __init__(self) -> None:
        self.calls: deque[tuple[Future[Outcome], Numbered]] = deque()
        self.left: list[Numbered] = []
        self._start()

    def take(self, one: Numbered, function: Callable[[Any], Any]) -> None:
        try:
            call = self.executor.submit(attempt, function, one[1])
        except BrokenProcessPool:  # it died since, between two tasks
            self._start()
            call = self.executor.submit(attempt, function, one[1])
        self.calls.append((call, one))

    def ended(self) -> tuple[Numbered, Outcome]:
        """How its first call went. Where the process died over it, there is a new one."""
        call, (place, task) = self.calls.popleft()
        try:
            return (place, task), call.result()
        except BrokenProcessPool:
            self.left += [one for _, one in self.calls]
            self.calls.clear()
            self.end()
            self._start()
            return (place, task), died(task, "its worker died (out of memory, or a crash)")
        except Exception as error:  # a task or result that does not go between processes
            return (place, task), raised(task, error)

    def end(self) -> None:
        # Executors have no public way to end what runs before Python 3.14.
        for process in list((self.executor._processes or {}).values()):
            process.kill()
        self.executor.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.executor = ProcessPoolExecutor(1, mp_context=spawn, initializer=_begin)


def _begin() -> None:
    """Makes a new process a worker: it leaves Ctrl-C to its parent, ends when that has ended in
    whatever way, and computes in one thread, since there is a worker for every core."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for variable in THREADS:
        os.environ.setdefault(variable, "1")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
