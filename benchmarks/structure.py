"""How many pages a second do the line models label on one core? `structure_page` through both its
entries, and `structure_crf` and `structure_linear`, which build their features line by line.

    python benchmarks/structure.py           # --json for machines

Pages are raw articles of train and validation with their lines between the first and the last
shuffled. Every model is fitted on train; the slow ones get --few of the pages, and `alike` is the
share of lines of those that a model labels as `structure_page` does. Pages a second are of the best
of --rounds, in seconds of the processor, so that what else the machine does counts little. Takes
about two minutes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np

from marsad import baseline, corpus, rooms, task
from marsad.letters import Letters
from marsad.models.page_line import PageLine
from marsad.models.page_roles import LABELS
from marsad.passage import lines

SEED = 20261122
PEERS = ("structure_crf", "structure_linear")


def pages(many: int) -> list[str]:
    """So many raw pages."""
    read = corpus.read_corpus(rooms.find())
    raws = [one.raw for one in read.articles if read.splits[one.article_id].split != "test"]
    drawn = random.Random(SEED)
    found = []
    for at in range(many):
        first, *middle, last = raws[at % len(raws)].splitlines(keepends=True)
        drawn.shuffle(middle)
        found.append("".join([first, *middle, last]))
    return found


def measure(many: int, few: int, rounds: int) -> list[dict[str, Any]]:
    """A record for each way of labelling pages."""
    texts = pages(many)
    rows = [
        {
            "article_id": str(at),
            "line_id": f"{at}:{line.number}",
            "text": text[line.start : line.end],
        }
        for at, text in enumerate(texts[:few])
        for line in lines(text)
    ]
    train = task.read_data(rooms.find(), "structure").rows["train"]
    page = cast(PageLine, baseline.load("structure_page").fit(train).method)
    batch = _best(lambda: page.label(Letters.of(texts)), rounds)
    wanted = [LABELS[label] for label in page.label(Letters.of(texts[:few])).labels]
    found = [_record("structure_page, texts", texts, batch, 1.0)]
    for name in ("structure_page", *PEERS):
        fitted = baseline.load(name).fit(train).method
        answers: Any = fitted.predict(rows)
        alike = np.mean([one.answer == own for one, own in zip(answers, wanted, strict=True)])
        seconds = _best(lambda of=fitted: of.predict(rows), rounds)
        found.append(_record(f"{name}, rows", texts[:few], seconds, float(alike)))
    return found


def _best(work: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """Seconds of the processor, and on the clock, of the best of some rounds."""
    taken = []
    for _ in range(rounds):
        clock, processor = time.perf_counter(), time.process_time()
        work()
        taken.append((time.process_time() - processor, time.perf_counter() - clock))
        print(".", end="", file=sys.stderr, flush=True)
    return min(taken)


def _record(name: str, texts: Sequence[str], taken: tuple[float, float], alike: float) -> Any:
    processor, clock = taken
    return {
        "model": name,
        "pages": len(texts),
        "characters_a_page": sum(map(len, texts)) / len(texts),
        "pages_per_second": len(texts) / processor,
        "pages_per_second_on_the_clock": len(texts) / clock,
        "milliseconds_a_page": 1000 * processor / len(texts),
        "alike": alike,
    }


def markdown(found: Sequence[dict[str, Any]]) -> str:
    head = ["model", "pages", "pages/s, one core", "ms a page", "same labels"]
    body = [
        [
            one["model"],
            f"{one['pages']:,}",
            f"{one['pages_per_second']:,.0f}",
            f"{one['milliseconds_a_page']:.3f}",
            f"{one['alike']:.3f}",
        ]
        for one in found
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---", *["---:"] * 4], *body])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pages", type=int, default=20_000, help="how many (20000)")
    parser.add_argument("--few", type=int, default=400, help="how many for the slow ones (400)")
    parser.add_argument("--rounds", type=int, default=3, help="the best of how many (3)")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    found = measure(arguments.pages, arguments.few, arguments.rounds)
    print(file=sys.stderr)
    print(json.dumps(found, indent=1) if arguments.json else markdown(found), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
