"""The engine: results in order, and everything else done whatever becomes of a task or worker."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import weakref
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import work
from marsad import engine
from marsad.engine import Failed
from marsad.fault import DataError, UsageError

Task = dict[str, Any]


def names(number: int) -> list[Task]:
    return [{"name": f"{i:05}"} for i in range(number)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], dict[str, bytes]]:
    """The results and files of twelve tasks in this very process."""
    folder = tmp_path_factory.mktemp("alone")
    return list(engine.run(partial(work.write, str(folder)), names(12), jobs=1)), files(folder)


def test_a_pool_gives_what_one_process_does(
    tmp_path: Path, alone: tuple[list[Any], dict[str, bytes]]
) -> None:
    slow_first = [{**task, "seconds": 0.3 if i == 0 else 0} for i, task in enumerate(names(12))]
    results = list(engine.run(partial(work.write, str(tmp_path)), slow_first, jobs=2))
    assert (results, files(tmp_path)) == alone
    assert len(results) == 12


def test_one_job_runs_here_and_two_elsewhere() -> None:
    assert set(engine.run(work.answer, [{}, {}], jobs=1)) == {os.getpid()}
    there = set(engine.run(work.answer, [{}] * 8, jobs=2))
    assert os.getpid() not in there
    assert len(there) == 2


def test_a_killed_worker_loses_nothing_and_a_poisonous_task_only_itself(
    tmp_path: Path, alone: tuple[list[Any], dict[str, bytes]]
) -> None:
    tasks = names(12)
    tasks[2]["unlucky"] = tasks[7]["unlucky"] = True
    tasks[5]["poisonous"] = True
    results = list(engine.run(partial(work.die, str(tmp_path)), tasks, jobs=2))
    wanted, written = alone
    assert results[5] == Failed(tasks[5], "its worker died (out of memory, or a crash)")
    assert results[5].name == "00005"
    assert results[:5] + results[6:] == wanted[:5] + wanted[6:]
    assert files(tmp_path) == {name: of for name, of in written.items() if name != "00005"}


def test_poisonous_tasks_alone_are_all_told(tmp_path: Path) -> None:
    tasks = [{**task, "poisonous": True} for task in names(3)]
    results = list(engine.run(partial(work.die, str(tmp_path)), tasks, jobs=2))
    assert [isinstance(of, Failed) and of.name for of in results] == ["00000", "00001", "00002"]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(
    ("raises", "kind", "said"),
    [
        ("bug", DataError, "00001: KeyError: 'no such\\nkey' at work.py:"),
        ("denied", DataError, "00001: PermissionError: [Errno 13] Permission denied"),
        ("full", UsageError, "x.parquet: cannot be written: No space left on device; free some"),
        ("usage", UsageError, "a model is missing; name one"),
        ("data", DataError, "x.txt:3: is empty; fill it"),
    ],
)
def test_what_a_task_raises_ends_the_run_in_one_line(
    tmp_path: Path, jobs: int, raises: str, kind: type[Exception], said: str
) -> None:
    tasks = names(6)
    tasks[1]["raises"] = raises
    with pytest.raises(kind) as caught:
        list(engine.run(partial(work.fail, str(tmp_path)), tasks, jobs=jobs))
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == (2 if raises == "data" else 1)
    if raises == "data":
        assert [fault.line for fault in caught.value.faults] == [3, 0]  # type: ignore[attr-defined]
    if raises == "bug":
        assert "in fail" in str(caught.value.__cause__)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_task_that_memory_does_not_hold_fails_alone(tmp_path: Path, jobs: int) -> None:
    tasks = names(4)
    tasks[1]["raises"] = "memory"
    results = list(engine.run(partial(work.fail, str(tmp_path)), tasks, jobs=jobs))
    assert results[1] == Failed(tasks[1], "memory is at an end")
    assert set(files(tmp_path)) == {"00000", "00002", "00003"}


def test_a_result_that_does_not_go_between_processes_is_told() -> None:
    with pytest.raises(DataError, match="TypeError: cannot pickle"):
        list(engine.run(work.answer, [{"lock": True}, {}], jobs=2))


def test_of_many_tasks_few_are_held(tmp_path: Path) -> None:
    held: weakref.WeakSet[work.Weighty] = weakref.WeakSet()
    most = 0

    def many() -> Iterator[work.Weighty]:
        nonlocal most
        for task in names(10_000):
            weighty = work.Weighty(task)
            held.add(weighty)
            most = max(most, len(held))
            yield weighty

    results = engine.run(partial(work.write, str(tmp_path)), many(), jobs=2)
    assert [next(results)["name"] for _ in range(200)] == [task["name"] for task in names(200)]
    results.close()  # type: ignore[attr-defined]
    assert 2 <= most <= 12  # two tasks for each of two workers, and what the executors still let go
    assert len(files(tmp_path)) < 10_000


def test_workers_compute_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    tasks = [{"names": ["OMP_NUM_THREADS"]}] * 2
    assert list(engine.run(work.environment, tasks, jobs=2)) == [{"OMP_NUM_THREADS": "1"}] * 2


PROGRAM = """
import functools, signal, sys
import work
from marsad import engine
from marsad.cli import told

def run():
    folder = sys.argv[1]
    tasks = [{"name": f"{i}", "seconds": 60, "started": f"{folder}/.{i}"} for i in range(9)]
    list(engine.run(functools.partial(work.write, folder), tasks, jobs=2))
    return 0

if __name__ == "__main__":
    # Whoever runs the tests in the background may ignore it, which is handed on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    raise SystemExit(told(run))
"""


@pytest.mark.parametrize("signal", ["INT", "KILL"])
def test_ended_at_once_with_its_workers(tmp_path: Path, signal: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, program, tmp_path],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _until(lambda: all((tmp_path / f".{i}").exists() for i in range(2)))
    workers = _children(process.pid)
    assert len(workers) >= 2
    began = time.monotonic()
    if signal == "INT":
        os.killpg(process.pid, 2)  # as a terminal does, to everyone of the group
    else:
        process.kill()
    _, said = process.communicate(timeout=20)
    _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))
    assert time.monotonic() - began < 20
    if signal == "INT":
        assert process.returncode == 130
        assert said == "marsad: interrupted\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"runner": "spark"}, "no runner 'spark'; choose one of pool, daft, ray"),
        ({"jobs": 0}, "0 jobs do nothing"),
        ({"address": "here:1"}, "add --runner ray"),
    ],
)
def test_wrong_use_is_told_before_anything_runs(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        engine.run(work.answer, [], **options)


@pytest.mark.parametrize("runner", ["daft", "ray"])
def test_without_the_extra_it_is_named(runner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(UsageError, match=rf"runner {runner} needs .*'marsad\[scale\]'"):
        engine.run(work.answer, [{}], runner=runner)


def _children(pid: int) -> list[int]:
    return [
        int(path.name)
        for path in Path("/proc").iterdir()
        if path.name.isdecimal() and _parent(path) == pid
    ]


def _parent(path: Path) -> int:
    try:
        return int((path / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _until(holds: Any) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
