"""How fast is our Parquet read? Each config with `datasets` from data/, beside the same rows as
`Dataset.to_parquet` exports them.

    pip install 'marsad[datasets]'
    python benchmarks/reading.py            # --json for machines

Both are read in one process, in turn, again and again: by `load_dataset` of the folder and of the
bare files, into a cache folder that is new each time; by pyarrow; and from the warm cache, the rows
of test in turn and some at random. Each time is the best of several. A ratio is ours over theirs in
processor time, which other work on the machine hardly touches; beside it stands that of a copy of
the exported files, which is noise. Takes a minute or two.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from marsad import rooms
from marsad.dataset import CONFIGS
from marsad.parquet import parquet_path
from marsad.split import SPLITS

REPETITIONS, ACCESSES = 15, 200
SEED = 20261122
WAYS = ("folder", "files", "pyarrow", "iterate", "random_access")
Work = Callable[[], Any]


def measure(repetitions: int) -> list[dict[str, Any]]:
    """A record for each config: seconds by way of reading, and ratios."""
    import datasets

    datasets.disable_progress_bars()
    home = rooms.find()
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        roots = {"ours": home.root, "theirs": folder / "theirs", "copy": folder / "copy"}
        export(home.root, roots["theirs"], folder)
        shutil.copytree(roots["theirs"], roots["copy"])
        for config in CONFIGS:
            files = {name: _files(root, config) for name, root in roots.items()}
            work = {way: _work(way, config, roots, files, folder) for way in WAYS}
            found.append(
                {
                    "config": config,
                    "rows": sum(map(_rows, files["ours"].values())),
                    "kilobytes": {name: _size(files[name]) // 1024 for name in ("ours", "theirs")},
                    **{way: _measured(work[way], repetitions) for way in WAYS},
                }
            )
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def export(root: Path, to: Path, folder: Path) -> None:
    """A folder of the same card and the same rows, written by `datasets`."""
    import datasets

    to.mkdir()
    shutil.copy(root / "README.md", to / "README.md")
    for config in CONFIGS:
        loaded = datasets.load_dataset(str(root), config, cache_dir=tempfile.mkdtemp(dir=folder))
        for split, path in _files(to, config).items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            loaded[split].to_parquet(path)


def _files(root: Path, config: str) -> dict[str, str]:
    return {split: str(parquet_path(root / "data", config, split)) for split in SPLITS}


def _rows(path: str) -> int:
    import pyarrow.parquet as pq

    return int(pq.ParquetFile(path).metadata.num_rows)


def _size(files: Mapping[str, str]) -> int:
    return sum(Path(path).stat().st_size for path in files.values())


def _work(
    way: str,
    config: str,
    roots: Mapping[str, Path],
    files: Mapping[str, Mapping[str, str]],
    folder: Path,
) -> dict[str, Work]:
    """What to time for ours, theirs and the copy. New cache folders are removed with everything."""
    import datasets
    import pyarrow.parquet as pq

    def new() -> str:
        return tempfile.mkdtemp(dir=folder)

    def load(name: str) -> Any:
        return datasets.load_dataset("parquet", data_files=dict(files[name]), cache_dir=new())

    def one(name: str) -> Work:
        if way == "folder":
            return lambda: datasets.load_dataset(str(roots[name]), config, cache_dir=new())
        if way == "files":
            return lambda: load(name)
        if way == "pyarrow":
            return lambda: [pq.ParquetFile(path).read() for path in files[name].values()]
        rows = load(name)["test"]
        if way == "iterate":
            return lambda: list(rows)
        places = random.Random(SEED).choices(range(len(rows)), k=ACCESSES)
        return lambda: [rows[at] for at in places]

    return {name: one(name) for name in roots}


def _measured(ways: Mapping[str, Work], repetitions: int) -> dict[str, float]:
    """The best seconds of ours and theirs by the clock; and by processor time, all threads
    together, the ratio of ours to theirs and that of the copy to theirs."""
    order = random.Random(SEED)
    clock = dict.fromkeys(ways, float("inf"))
    processor = dict(clock)
    for work in ways.values():
        work()  # what is done once in a process, and the file system's cache, is not timed
    for _ in range(repetitions):
        for name in order.sample(list(ways), len(ways)):
            started = time.perf_counter(), time.process_time()
            ways[name]()
            ended = time.perf_counter(), time.process_time()
            clock[name] = min(clock[name], ended[0] - started[0])
            processor[name] = min(processor[name], ended[1] - started[1])
    return {
        "ours": clock["ours"],
        "theirs": clock["theirs"],
        "ratio": processor["ours"] / processor["theirs"],
        "noise": processor["copy"] / processor["theirs"],
    }


def markdown(found: Sequence[dict[str, Any]]) -> str:
    """Milliseconds of ours and theirs, their ratio and, in brackets, the noise."""
    head = ["config", "rows", "KB ours, theirs", *(way.replace("_", " ") for way in WAYS)]
    lines = [head, ["---", *["---:"] * (len(head) - 1)]]
    for one in found:
        cells = [
            f"{way['ours'] * 1000:.0f}, {way['theirs'] * 1000:.0f} ms: "
            f"{way['ratio']:.2f} ({way['noise']:.2f})"
            for way in (one[name] for name in WAYS)
        ]
        sizes = ", ".join(f"{size:,}" for size in one["kilobytes"].values())
        lines.append([f"`{one['config']}`", f"{one['rows']:,}", sizes, *cells])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="how many (15)")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    try:
        found = measure(arguments.repetitions)
    except ImportError as error:
        print(f"reading: {error.name} is missing; pip install 'marsad[datasets]'", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=1) if arguments.json else markdown(found), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
