"""What batches and the cache save: texts a second of each frozen encoder as its package is called
for one text after another, as `marsad.encoder.encode` calls it, and from the cache.

    pip install 'marsad[encoders]'
    python benchmarks/encoding.py            # --json for machines

Encodes 200 passages of train, with a cache of its own that is thrown away. Takes about a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from marsad import encoder, rooms, task
from marsad.fault import UsageError

SEED = 20261122


def measure(passages: int) -> list[dict[str, Any]]:
    """A record for each encoder. `alike` is how far the numbers of a vector differ at most between
    the peer's call and ours."""
    rows = task.read_data(rooms.find(), "topic").rows["train"]
    texts = sorted({row["text"] for row in rows})
    texts = random.Random(SEED).sample(texts, min(passages, len(texts)))
    found = []
    for name, known in encoder.ENCODERS.items():
        with tempfile.TemporaryDirectory() as folder:
            os.environ["MARSAD_CACHE"] = folder
            encoder.encode(name, ["تمهيد"])  # the weights are read once, and not timed
            single = known.load()
            alone, peer = _timed(lambda of=single: [of([text])[0] for text in texts])
            batched, first = _timed(lambda of=name: encoder.encode(of, texts))
            again, second = _timed(lambda of=name: encoder.encode(of, texts))
        if not np.array_equal(first, second):
            raise UsageError(f"the cache of {name} gives other vectors; open an issue")
        found.append(
            {
                "encoder": name,
                "package": f"{known.package} {version(known.package)}",
                "texts": len(texts),
                "one_at_a_time_per_second": len(texts) / alone,
                "batched_per_second": len(texts) / batched,
                "batched_times": alone / batched,
                "second_pass_seconds": again,
                "second_pass_times": batched / again,
                "alike": float(np.abs(np.array(peer) - first).max()),
            }
        )
        print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def markdown(found: Sequence[dict[str, Any]]) -> str:
    head = ["encoder", "package, one text a call", "batched", "times", "second pass", "times"]
    lines = [head, ["---", *["---:"] * 5]]
    lines += [
        [
            f"`{one['encoder']}`",
            f"{one['one_at_a_time_per_second']:.1f} texts/s",
            f"{one['batched_per_second']:.1f} texts/s",
            f"{one['batched_times']:.1f}",
            f"{one['second_pass_seconds']:.3f} s",
            f"{one['second_pass_times']:.0f}",
        ]
        for one in found
    ]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--passages", type=int, default=200, help="how many (200)")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    try:
        found = measure(arguments.passages)
    except UsageError as error:
        print(f"encoding: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=1) if arguments.json else markdown(found), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
