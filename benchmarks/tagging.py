"""How fast does the CRF tag, and in how much memory does it learn? Ours, and the wrapper
sklearn-crfsuite with the same features and parameters.

    pip install 'marsad[benchmarks]'
    python benchmarks/tagging.py          # --json for machines

Every model is trained in a process of its own, which tells its peak memory, on the train rows of
ner. Then all tag the rows of every split, repeated up to --tokens; tokens a second are of the best
of --rounds, from words to tags, features included, one process. The wrapper has the features as
dicts, which is its documented form, and as lists of names. It tags the outermost spans; ours does
that too, and as the baseline `ner_crf` is: nested, from rows to character spans. Takes about five
minutes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from marsad import baseline, rooms, row, task
from marsad.dataset import Row
from marsad.models.crf import AT_ONCE, Crf
from marsad.models.name_lexicon import Tally
from marsad.models.page import Page

CONTENDERS = {
    "ours": "Marsad, outermost",
    "nested": "Marsad, nested (`ner_crf`)",
    "dicts": "sklearn-crfsuite, dicts",
    "lists": "sklearn-crfsuite, lists",
}
WRAPPER = ("dicts", "lists")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--tokens", type=int, default=300_000, help="how many to tag")
    parser.add_argument("--rounds", type=int, default=3, help="the best of how many")
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    parser.add_argument("--train", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not find_spec("sklearn_crfsuite"):
        mend = "pip install 'marsad[benchmarks]'"
        print(f"tagging: sklearn-crfsuite is not installed; {mend}", file=sys.stderr)
        return 2
    if arguments.train:
        print(json.dumps(train(arguments.train, arguments.folder)))
        return 0
    found = measure(arguments.tokens, arguments.rounds)
    print(json.dumps(found, indent=1) if arguments.json else markdown(found), end="")
    return 0


def method(name: str) -> Crf:
    """The method of the recipe; one level deep but for the nested contender."""
    known: Crf = baseline.load("ner_crf").method
    return known if name == "nested" else replace(known, levels=1)


def train(name: str, folder: Path) -> dict[str, float]:
    """Trains a contender, leaves its model in the folder and says what that took."""
    loaded = baseline.load("ner_crf")
    rows = row.taught(rows_of(("train",), gold=True), loaded.task, loaded.columns)
    crf = method(name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    if name in WRAPPER:
        model = wrapper(folder, crf)
        items, tags = [], []
        for features, gold in crf.sequences(rows, Tally().add(rows), inner=False):
            items.append(as_dicts(features) if name == "dicts" else features)
            tags.append(gold)
        model.fit(items, tags)
    else:
        crf.fit(rows)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if name not in WRAPPER:
        crf.save(folder)
    return {"train_seconds": seconds, "train_peak_mb": peak, "before_training_mb": before}


def wrapper(folder: Path, crf: Crf) -> Any:
    """The wrapper's model, with the parameters of ours, kept in the folder."""
    from sklearn_crfsuite import CRF

    return CRF(
        algorithm="lbfgs",
        c1=crf.c1,
        c2=crf.c2,
        max_iterations=crf.max_iterations,
        all_possible_transitions=True,
        model_filename=str(folder / "model.crfsuite"),
    )


def as_dicts(features: Sequence[Sequence[str]]) -> list[dict[str, float]]:
    return [dict.fromkeys(one, 1.0) for one in features]


def rows_of(splits: Sequence[str], gold: bool = False) -> list[Row]:
    data = task.read_data(rooms.find(), "ner")
    return [one for name in splits for one in (data.rows[name] if gold else data.inputs(name))]


def tokens_of(rows: Sequence[Row]) -> int:
    return sum(len(one["tokens"]) for one in rows)


def measure(tokens: int, rounds: int) -> dict[str, Any]:
    """The figures of each contender, and those of ours beside the wrapper's."""
    found: dict[str, dict[str, Any]] = {}
    # Trained before anything is loaded here: a process begins with the peak of the one that
    # started it.
    with tempfile.TemporaryDirectory() as place:
        for name in CONTENDERS:
            folder = Path(place) / name
            folder.mkdir()
            command = [sys.executable, __file__, "--train", name, "--folder", str(folder)]
            ran = subprocess.run(command, capture_output=True, text=True, check=True)
            found[name] = {"title": CONTENDERS[name], **json.loads(ran.stdout)}
            print(".", end="", file=sys.stderr, flush=True)
        once = rows_of(("train", "validation", "test"))
        rows = once * max(1, round(tokens / tokens_of(once)))
        count = tokens_of(rows)
        taggers = {name: tagger(name, Path(place) / name, rows) for name in CONTENDERS}
        taggers["once"] = tagger("nested", Path(place) / "nested", once)
        best = dict.fromkeys(taggers, float("inf"))
        answers: dict[str, Any] = {}
        for _ in range(rounds):
            for name, tag in taggers.items():
                started = time.perf_counter()
                answers[name] = tag()
                best[name] = min(best[name], time.perf_counter() - started)
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    for name in CONTENDERS:
        found[name]["tokens_per_second"] = count / best[name]
    found["nested"]["tokens_per_second_unrepeated"] = tokens_of(once) / best["once"]
    same = sum(
        a == b
        for ours, theirs in zip(answers["ours"], answers["lists"], strict=True)
        for a, b in zip(ours, theirs, strict=True)
    )
    fastest = max(found[name]["tokens_per_second"] for name in WRAPPER)
    leanest = min(found[name]["train_peak_mb"] for name in WRAPPER)
    return {
        "parameters": {k: v for k, v in asdict(method("nested")).items() if k in PARAMETERS},
        "tokens": count,
        "contenders": found,
        "same_tags_as_wrapper": same / count,
        "times_the_faster_wrapper": found["ours"]["tokens_per_second"] / fastest,
        "memory_of_the_leaner_wrapper": found["ours"]["train_peak_mb"] / leanest,
    }


PARAMETERS = ("levels", "blocks", "c1", "c2", "max_iterations")


def tagger(name: str, folder: Path, rows: list[Row]) -> Callable[[], Any]:
    """Tags all rows from their words on; what it needs besides is loaded here."""
    crf = method(name)
    if name not in WRAPPER:
        crf.restore(folder)
        return (lambda: crf.predict(rows)) if name == "nested" else (lambda: tags(crf, rows))
    ours = method("ours")
    ours.restore(folder.parent / "ours")
    model = wrapper(folder, crf)

    def tag() -> list[list[str]]:
        found: list[list[str]] = []
        for page in pages(ours, rows):
            items = [page.features(part) for part in page.rows]
            found += list(model.predict([as_dicts(i) for i in items] if name == "dicts" else items))
        return found

    return tag


def pages(crf: Crf, rows: list[Row]) -> Any:
    for first in range(0, len(rows), AT_ONCE):
        yield Page(crf.lexicon, (one["tokens"] for one in rows[first : first + AT_ONCE]))


def tags(crf: Crf, rows: list[Row]) -> list[list[str]]:
    """The tags of our outermost chain, as the wrapper gives them."""
    return [one for page in pages(crf, rows) for one in page.decode(crf.chains[0], page.rows)]


def markdown(found: dict[str, Any]) -> str:
    lines = [["CRF", "tokens/s", "training, s", "peak memory, MB"], ["---", "---:", "---:", "---:"]]
    for one in found["contenders"].values():
        figures = (one["tokens_per_second"], one["train_seconds"], one["train_peak_mb"])
        lines.append([one["title"], *(f"{figure:,.0f}" for figure in figures)])
    unrepeated = found["contenders"]["nested"]["tokens_per_second_unrepeated"]
    table = "".join("| " + " | ".join(line) + " |\n" for line in lines)
    return table + (
        f"\nOurs tags {found['times_the_faster_wrapper']:.1f} times as fast as the faster form of "
        f"the wrapper and learns in {found['memory_of_the_leaner_wrapper']:.2f} of the leaner "
        f"one's memory; {found['same_tags_as_wrapper']:.3%} of its tags are the wrapper's. "
        f"Nested, on text that is not repeated: {unrepeated:,.0f} tokens/s.\n"
    )


if __name__ == "__main__":
    sys.exit(main())
