"""How fast is letter folding with an exact offset map? Ours, and the plain loop over letters.

    python benchmarks/folding.py          # --json for machines

The texts are the dataset's own raw articles. Ours folds each by itself, and all in batches of a
hundred, as `marsad ingest` does; the loop looks every letter up in a dict and notes where it stood.
All give the same letters and offsets, which is proved first. Characters a second, the best of
--rounds, in one process.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from marsad import article, rooms
from marsad.letters import Letters, fold_with_offsets
from marsad.spelling import FOLDS

BATCH = 100
TABLE = {mark: letter for marks, letter in FOLDS for mark in marks}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="the best of how many")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    found = measure(arguments.rounds)
    if arguments.json:
        print(json.dumps(found, indent=1))
        return 0
    print("| | characters/s | times the loop |\n|---|---|---|")
    for name in ("loop", "one by one", "batches"):
        rate = found[name]
        print(f"| {name} | {rate / 1e6:,.1f} million | {rate / found['loop']:.1f} |")
    return 0


def measure(rounds: int) -> dict[str, Any]:
    """Characters a second of each way."""
    texts = [known.raw for known in article.read_here(rooms.find())]
    for text in texts:
        folded, offsets = fold_with_offsets(text)
        assert (folded, offsets.tolist()) == loop(text)
    ways: dict[str, Callable[[Sequence[str]], Any]] = {
        "loop": lambda every: [loop(text) for text in every],
        "one by one": lambda every: [fold_with_offsets(text) for text in every],
        "batches": lambda every: [
            Letters.of(every[at : at + BATCH]).folded for at in range(0, len(every), BATCH)
        ],
    }
    size = sum(map(len, texts))
    return {
        name: size / min(_seconds(way, texts) for _ in range(rounds)) for name, way in ways.items()
    }


def loop(text: str) -> tuple[str, list[int]]:
    """The plain way: letter by letter."""
    letters, offsets = [], []
    for at, char in enumerate(text):
        letter = TABLE.get(char, char)
        if letter:
            letters.append(letter)
            offsets.append(at)
    return "".join(letters), [*offsets, len(text)]


def _seconds(way: Callable[[Sequence[str]], Any], texts: Sequence[str]) -> float:
    begin = time.perf_counter()
    way(texts)
    return time.perf_counter() - begin


if __name__ == "__main__":
    sys.exit(main())
