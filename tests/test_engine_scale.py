"""Daft, on this machine and on a Ray cluster of two nodes, one of which is killed in mid-run: what
comes of it equals what one process makes, byte for byte. Needs the extra scale."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import work
from marsad import engine

pytest.importorskip("daft")
pytest.importorskip("ray")
TESTS = Path(__file__).parent
ROOT = TESTS.parent
Task = dict[str, Any]

# Daft runs in one place in the life of a process, so every runner has a process of its own.
PROGRAM = """
import json, sys
from dataclasses import asdict
from functools import partial
import work
from marsad import engine
from marsad.cli import told

def run():
    function, folder, options, tasks = map(json.loads, sys.argv[1:])
    results = engine.run(partial(getattr(work, function), folder), tasks, **options)
    listed = [asdict(of) if isinstance(of, engine.Failed) else of for of in results]
    print(json.dumps(listed))
    return 0

if __name__ == "__main__":
    raise SystemExit(told(run))
"""


def started(
    function: str, folder: Path, tasks: list[Task], **options: Any
) -> subprocess.Popen[str]:
    folder.mkdir(exist_ok=True)
    given = [json.dumps(one) for one in (function, str(folder), options, tasks)]
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *given],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"},
    )


def results(process: subprocess.Popen[str]) -> list[Any]:
    said, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    told: list[Any] = json.loads(said)
    return told


def names(number: int, seconds: float = 0) -> list[Task]:
    return [{"name": f"{i:05}", "seconds": seconds} for i in range(number)]


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name[0] != "."}


def in_one_process(folder: Path, tasks: list[Task]) -> list[Any]:
    folder.mkdir()
    quick = [{**task, "seconds": 0} for task in tasks]
    return list(engine.run(partial(work.write, str(folder)), quick, jobs=1))


@pytest.fixture
def cluster() -> Iterator[dict[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, TESTS / "ray_nodes.py"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    yield json.loads(process.stdout.readline())
    process.stdin.close()
    process.wait(timeout=60)


def test_daft_on_this_machine(tmp_path: Path) -> None:
    tasks = names(12)
    tasks[5]["poisonous"] = True
    tasks[8]["unlucky"] = True
    there = results(started("die", tmp_path / "daft", tasks, runner="daft", jobs=2))
    wanted = in_one_process(tmp_path / "alone", names(12))
    assert there[5]["task"] == tasks[5]
    assert there[5]["found"].startswith("its worker died")
    assert there[:5] + there[6:] == wanted[:5] + wanted[6:]
    (tmp_path / "alone" / "00005").unlink()
    assert files(tmp_path / "daft") == files(tmp_path / "alone")


def test_what_a_task_raises_in_daft_is_one_line(tmp_path: Path) -> None:
    tasks = names(4)
    tasks[1]["raises"] = "full"
    process = started("fail", tmp_path, tasks, runner="daft", jobs=2)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said.startswith("marsad: ")
    assert "x.parquet: cannot be written: No space left on device; free some space" in said
    assert said.count("\n") == 1


def test_where_nothing_comes_back_the_run_ends(tmp_path: Path) -> None:
    tasks = [{**task, "poisonous": True} for task in names(5)]
    process = started("die", tmp_path, tasks, runner="daft", jobs=2)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert said.startswith("marsad: no task comes back from Daft: its worker died (")
    assert said.count("\n") == 1


def test_no_cluster_is_told_in_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    process = started("write", tmp_path, names(1), runner="ray", address="127.0.0.1:1")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert said.startswith("marsad: no Ray cluster answers at 127.0.0.1:1: ")
    assert said.count("\n") == 1
    assert time.monotonic() - began < 30


def test_a_node_of_a_ray_cluster_is_killed_in_mid_run(
    tmp_path: Path, cluster: dict[str, Any]
) -> None:
    tasks = names(40, seconds=0.3)
    process = started("die", tmp_path / "ray", tasks, runner="ray", address=cluster["address"])
    _until(lambda: len(files(tmp_path / "ray")) >= 10 or process.poll() is not None)
    node = [cluster["raylet"], *_below(cluster["raylet"])]
    assert len(node) > 2  # the raylet, its agent and workers
    for pid in reversed(node):  # workers, then their raylet
        os.kill(pid, signal.SIGKILL)
    done = len(files(tmp_path / "ray"))
    assert 10 <= done < 30  # in mid-run
    assert results(process) == in_one_process(tmp_path / "alone", tasks)
    assert files(tmp_path / "ray") == files(tmp_path / "alone")
    assert len(files(tmp_path / "ray")) == 40


def test_an_ingest_on_a_cluster_that_loses_a_node_is_that_of_one_process(
    tmp_path: Path, cluster: dict[str, Any]
) -> None:
    source, settings = tmp_path / "source", tmp_path / "settings"
    shutil.copytree(ROOT / "ingestion", settings, ignore=shutil.ignore_patterns("pages"))
    reading = settings / "reading.toml"
    said = reading.read_text("utf-8").replace("shard_files = 1_000", "shard_files = 1")
    reading.write_text(said, "utf-8")
    source.mkdir()
    pages = sorted((ROOT / "benchmarks" / "pages").glob("*.txt"))
    for number in range(24):
        lines = (
            json.dumps({"text": f"{path.read_bytes().decode('utf-8')}\n{number} {at}"})
            for at, path in enumerate(pages * 8)
        )
        (source / f"{number:02}.jsonl").write_text("\n".join(lines))
    alone, ray = tmp_path / "alone", tmp_path / "ray"
    command = [sys.executable, "-m", "marsad", "--root", str(ROOT), "ingest", str(source)]
    command += ["--settings", str(settings), "--json", "--into"]
    once = subprocess.run(
        [*command, alone, "--jobs", "1"], check=True, stdout=subprocess.PIPE, text=True
    )
    shutil.copytree(alone / "models", ray / "models")
    shutil.copytree(settings, ray / "settings")
    address = ["--runner", "ray", "--address", cluster["address"]]
    process = subprocess.Popen(
        [*command, ray, *address],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0"},
    )
    _until(lambda: len(list(ray.glob("pages/[0-9]*"))) >= 4 or process.poll() is not None)
    for pid in reversed([cluster["raylet"], *_below(cluster["raylet"])]):
        os.kill(pid, signal.SIGKILL)
    assert len(list(ray.glob("pages/[0-9]*"))) < 24  # in mid-run
    out, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    assert json.loads(out) == json.loads(once.stdout)
    assert json.loads(out)["pages"] == 24 * 8 * len(pages)
    for part in ("pages", "verdicts"):
        written = {path.name for path in (alone / part).iterdir()}
        assert {path.name for path in (ray / part).iterdir()} == written
        for name in written:
            rows = pq.ParquetFile(ray / part / name).read().to_pylist()
            assert rows == pq.ParquetFile(alone / part / name).read().to_pylist()


def _below(pid: int) -> list[int]:
    """The processes that come from one, nearest first."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [one for child in map(int, children.split()) for one in (child, *_below(child))]


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)
