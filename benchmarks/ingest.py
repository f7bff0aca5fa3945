"""How fast is `marsad ingest`, in how much memory, and what does it find, as the pages grow in
number? Ours by processes and by Daft, a bare process pool, and `datasets.map`.

    pip install 'marsad[benchmarks,datasets,scale]'
    python benchmarks/ingest.py           # --json for machines

The pages are synthetic (benchmarks/synthetic.py), plain text in JSONL: layouts and boilerplate of
the dataset's articles, 10 % copies, 3 % hard negatives, a hundred pages of each day. Each contender
runs in a process of its own, so that its memory can be told; --jobs workers each. What is timed:

- stages: one process, each stage over the first 5,000 pages, processor time, best of three;
- ingest: `marsad ingest` from nothing to verdicts, the line model fitted before; memory is the
  highest of the main process and of any worker, the workers counted as if all had been highest
  together; recall and precision are of the planted copies that have the verdict duplicate;
- bare: `concurrent.futures.ProcessPoolExecutor.map` of the function that makes a shard's files
  over the same shards, workers started beforehand: no plan, no resume, no verdicts;
- daft: `marsad ingest --runner daft`;
- daft alone: Daft reads the JSONL, runs the same stages as a batch function, and writes Parquet
  where and as it likes; no verdicts; 10,000 pages at most, for with 100,000 it came to no end;
- datasets: `datasets.map(batched=True, num_proc=…)` of the same stages; no verdicts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from synthetic import Maker

from marsad import ingest, memory, rooms
from marsad.ingest import reading, shard, verdict
from marsad.ingest.folder import DUPLICATE, Folder
from marsad.ingest.shard import Place
from marsad.ingest.stage import Sight

SIZES = (1_000, 10_000, 100_000, 300_000)
MOST = {"bare": 100_000, "daft_alone": 10_000, "datasets": 100_000}  # pages that some are run on
LINES = 10_000  # pages in a file
FIRST, A_DAY = date(2015, 1, 1), 100  # the day of the first page, and how many are of one day
STAGED = 5_000  # pages that stages are timed on
NAMES = {
    "ours": "`marsad ingest`",
    "bare": "bare process pool",
    "daft": "`marsad ingest --runner daft`",
    "daft_alone": "Daft alone",
    "datasets": "`datasets.map`",
}
CONTENDERS = tuple(NAMES)
WITH_VERDICTS = ("ours", "daft")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="how many pages")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    parser.add_argument("--contender", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if missing := [name for name in ("daft", "datasets") if not find_spec(name)]:
        mend = "pip install 'marsad[benchmarks,datasets,scale]'"
        print(f"ingest: {missing[0]} is not installed; {mend}", file=sys.stderr)
        return 2
    if arguments.contender:
        print(json.dumps(alone(arguments.contender, arguments.folder, arguments.jobs)))
        return 0
    found = measure(sorted(arguments.sizes), arguments.jobs)
    print(json.dumps(found, indent=1) if arguments.json else _table(found))
    return 0


def measure(sizes: list[int], jobs: int) -> dict[str, Any]:
    """The figures of every contender at every size."""
    found: dict[str, Any] = {"jobs": jobs, "sizes": {}}
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        truth = write(root / "pages", sizes[-1])
        warm(root)
        found["stages"] = by_stage(root)
        for size in sizes:
            folder = root / str(size)
            (folder / "source").mkdir(parents=True)
            for number in range(0, size, LINES):
                cut(root / "pages" / f"{number:07d}.jsonl", folder / "source", size - number)
            figures = {}
            for contender in CONTENDERS:
                if size <= MOST.get(contender, size):
                    figures[contender] = started(contender, folder, jobs, size)
                    print(size, contender, figures[contender], file=sys.stderr, flush=True)
            for contender in WITH_VERDICTS:
                planted = {copy: of for copy, of in truth.items() if copy < size}
                figures[contender] |= judged(Folder(folder / contender), planted)
            found["sizes"][size] = figures
    return found


def write(folder: Path, count: int) -> dict[int, int]:
    """Writes so many pages, LINES in a file; returns what each copy is a copy of."""
    folder.mkdir()
    truth = {}
    every = Maker(rooms.find()).pages(count)
    for number in range(0, count, LINES):
        with (folder / f"{number:07d}.jsonl").open("w", encoding="utf-8") as file:
            for _, page in zip(range(min(LINES, count - number)), every, strict=False):
                record = {"text": page.text, "date": str(FIRST + timedelta(page.number // A_DAY))}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                if page.copy_of is not None:
                    truth[page.number] = page.copy_of
    return truth


def cut(path: Path, to: Path, lines: int) -> None:
    """A file of pages in another folder, no more than so many lines of it."""
    if lines >= LINES:
        (to / path.name).hardlink_to(path)
        return
    with path.open("rb") as file:
        (to / path.name).write_bytes(
            b"".join(line for _, line in zip(range(lines), file, strict=False))
        )


def warm(root: Path) -> None:
    """An ingest folder with the fitted line model, which every contender starts from."""
    (root / "one").mkdir()
    cut(root / "pages" / "0000000.jsonl", root / "one", 10)
    ingest.ingest(rooms.find(), [str(root / "one")], root / "warm", jobs=1)


def claimed(folder: Path, name: str) -> Place:
    """An ingest folder of a contender, with settings and model, not planned."""
    into = folder / name
    for part in ("settings", "models"):
        shutil.copytree(folder.parent / "warm" / part, into / part)
    return Place(rooms.find().root, into)


def started(contender: str, folder: Path, jobs: int, size: int) -> dict[str, float]:
    """Runs a contender in a process of its own."""
    command = [sys.executable, __file__, "--contender", contender, "--folder", str(folder)]
    done = subprocess.run(
        [*command, "--jobs", str(jobs)], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures | {"per_second": size / figures["seconds"]}


def alone(contender: str, folder: Path, jobs: int) -> dict[str, float]:
    """Runs a contender here: seconds, and memory in MB of this process and of all workers."""
    memory.restart()
    seconds = _WAYS[contender](folder, jobs)
    own = memory.peak_mb()
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"seconds": seconds, "main_mb": own, "workers_mb": jobs * workers}


def _ours(folder: Path, jobs: int, runner: str = "pool") -> float:
    place = claimed(folder, "ours" if runner == "pool" else runner)
    begin = time.perf_counter()
    source = str(folder / "source")
    ingest.ingest(rooms.find(), [source], place.into, runner=runner, jobs=jobs)
    return time.perf_counter() - begin


def _bare(folder: Path, jobs: int) -> float:
    place = claimed(folder, "bare")
    ingest.plan(place.folder, [str(folder / "source")])
    tasks = [place.task(name) for name in place.folder.shards()]
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(_ready, range(jobs)))
        begin = time.perf_counter()
        list(pool.map(shard.work, tasks))
        return time.perf_counter() - begin


def _ready(_: int) -> None:
    time.sleep(0.2)


def _daft_alone(folder: Path, jobs: int) -> float:
    import daft

    place = claimed(folder, "daft_alone")
    begin = time.perf_counter()
    pages = daft.read_json(str(folder / "source" / "*.jsonl"))

    @daft.cls(max_concurrency=jobs, use_process=True)
    class Worker:
        @daft.method.batch(return_dtype=daft.DataType.string(), batch_size=1000)
        def do(self, batch: Any) -> list[str]:
            return staged(place, batch.to_pylist())

    pages.select(Worker().do(pages["text"])).write_parquet(str(folder / "daft_alone" / "out"))
    return time.perf_counter() - begin


def _datasets(folder: Path, jobs: int) -> float:
    import datasets

    datasets.disable_progress_bars()
    place = claimed(folder, "datasets")
    begin = time.perf_counter()
    files = sorted(map(str, (folder / "source").glob("*.jsonl")))
    rows = datasets.load_dataset(
        "json", data_files=files, split="train", cache_dir=str(folder / "hf")
    )
    done = rows.map(
        lambda batch: {"headline": staged(place, batch["text"])},
        batched=True,
        num_proc=jobs,
        remove_columns=rows.column_names,
    )
    done.to_parquet(str(folder / "datasets.parquet"))
    return time.perf_counter() - begin


_WAYS: dict[str, Callable[[Path, int], float]] = {
    "ours": _ours,
    "bare": _bare,
    "daft": lambda folder, jobs: _ours(folder, jobs, "daft"),
    "daft_alone": _daft_alone,
    "datasets": _datasets,
}


def staged(place: Place, texts: list[str]) -> list[str]:
    """The headlines of pages, which have gone through all stages."""
    found: list[str] = shard.stages(place).run(received(texts)).column("headline").to_pylist()
    return found


def received(texts: list[str]) -> Any:
    """Pages as a reader gives them."""
    import pyarrow as pa

    from marsad.ingest import page

    content = [text.encode("utf-8") for text in texts]
    rows = {
        "page_id": [str(at) for at in range(len(texts))],
        "received": content,
        "sha256": [hashlib.sha256(each).hexdigest() for each in content],
        "media": ["text"] * len(texts),
    }
    schema = page.received()
    empty = {name: [None] * len(texts) for name in schema.names if name not in rows}
    return pa.RecordBatch.from_pydict({**rows, **empty}, schema=schema)


def by_stage(root: Path) -> dict[str, float]:
    """Microseconds a page of reading and of each stage, in this process."""
    place = Place(rooms.find().root, root / "warm")
    found = shard.stages(place)
    (root / "some").mkdir()
    cut(root / "pages" / "0000000.jsonl", root / "some", STAGED)
    planned = list(reading.shards([str(root / "some")], set(), found.intake))
    best: dict[str, float] = {}
    for _ in range(3):
        took: Counter[str] = Counter()
        count = 0
        for part in planned:
            batches = reading.read(part, found.intake)
            while (batch := _timed(took, "read", lambda: next(batches, None))) is not None:  # noqa: B023
                count += batch.num_rows
                sight = Sight()
                for name, stage in found.parts():
                    batch = _timed(took, name, partial(stage, batch, sight))
        for name, seconds in took.items():
            each = 1e6 * seconds / count
            best[name] = min(best.get(name, each), each)
    return best


def _timed(took: Counter[str], name: str, run: Callable[[], Any]) -> Any:
    begin = time.process_time()
    done = run()
    took[name] += time.process_time() - begin
    return done


def judged(folder: Folder, truth: Mapping[int, int]) -> dict[str, float]:
    """Recall and precision, 0 to 1, of the planted copies."""
    called = set()
    for row in verdict.read(folder):
        if row["status"] == DUPLICATE:
            name, _, line = row["page_id"].rpartition("#")
            called.add(int(Path(name).stem) + int(line) - 1)
    right = len(called & set(truth))
    return {"recall": right / max(1, len(truth)), "precision": right / max(1, len(called))}


def _table(found: Mapping[str, Any]) -> str:
    lines = ["| stage | microseconds a page |", "|---|---|"]
    lines += [f"| {name} | {each:.0f} |" for name, each in found["stages"].items()]
    head = "| pages | | pages/s | of bare | main MB | workers MB | recall | precision |"
    lines += ["", head, "|---|---|---|---|---|---|---|---|"]
    for size, figures in found["sizes"].items():
        bare = figures.get("bare", {}).get("per_second")
        for name, one in figures.items():
            share = f"{one['per_second'] / bare:.2f}" if bare else ""
            score = [f"{one[key]:.3f}" if key in one else "" for key in ("recall", "precision")]
            cells = [f"{one['per_second']:,.0f}", share]
            cells += [f"{one[key]:,.0f}" for key in ("main_mb", "workers_mb")]
            lines.append(f"| {size:,} | {NAMES[name]} | {' | '.join([*cells, *score])} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
