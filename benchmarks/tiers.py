"""Do authored articles help on real ones? Baselines fitted on the train rows of the authored tier,
of the referenced tier, and of both, and scored on the test rows of each tier.

    marsad fetch ant
    python benchmarks/tiers.py            # --json for machines

Prints the task's main figure with its 95 % interval over 1,000 resamples of articles. Takes about
three minutes; needs the referenced texts in the cache.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from marsad import baseline, dataset, recipe, rooms, score, task
from marsad.answer import check_answers
from marsad.corpus import read_corpus
from marsad.fault import UsageError
from marsad.task import TaskData

BASELINES = (
    "topic_majority",
    "topic_tfidf",
    "stance_majority",
    "stance_tfidf",
    "ner_gazetteer",
    "ner_crf",
)
TRAIN = {
    "authored": ("authored",),
    "referenced": ("referenced",),
    "both": ("authored", "referenced"),
}
TEST = ("collected", "authored", "referenced")


def measure(names: Sequence[str]) -> list[dict[str, Any]]:
    """A record for each baseline, train and test tier: figure, interval, rows and articles."""
    home = rooms.find()
    rows = dataset.build_rows(read_corpus(home, referenced=True))
    articles = {row["article_id"]: row for part in rows["articles"].values() for row in part}
    found = []
    for name in names:
        known = task.read_data(home, recipe.read_recipe(home, name).task)
        for learned, tiers in TRAIN.items():
            fitted = baseline.load(name)
            train = [row for row in rows[known.task.config]["train"] if row["tier"] in tiers]
            fitted.fit(train)
            for tier in TEST:
                part = [row for row in rows[known.task.config]["test"] if row["tier"] == tier]
                data = replace(known, rows={"train": train, "test": part}, articles=articles)
                found.append(
                    {"baseline": name, "train": learned, "test": tier} | _figure(data, fitted)
                )
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def _figure(data: TaskData, fitted: baseline.Baseline) -> dict[str, Any]:
    answers = fitted.predict(data.inputs("test"))
    checked = check_answers(enumerate(answers, 1), data, "test", "answers")
    scored = score.score(data, checked)
    main = scored.metric
    return {
        "metric": main,
        "figure": scored.figures[main],
        "interval": scored.intervals[main],
        "rows": scored.rows,
        "articles": scored.articles,
    }


def markdown(found: Sequence[dict[str, Any]]) -> str:
    """The records as a table: a line for each baseline and test tier, a column for each train."""
    head = ["baseline", "tested on", "rows", *(f"train: {name}" for name in TRAIN)]
    lines = [head, ["---", "---", "---:", *("---:" for _ in TRAIN)]]
    for name in dict.fromkeys(one["baseline"] for one in found):
        for tier in TEST:
            cells = [one for one in found if one["baseline"] == name and one["test"] == tier]
            shown = [
                f"{c['figure']:.3f} ({c['interval'][0]:.3f} – {c['interval'][1]:.3f})"
                for c in cells
            ]
            lines.append([f"`{name}`", tier, str(cells[0]["rows"]), *shown])
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("baseline", nargs="*", default=BASELINES)
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    try:
        found = measure(arguments.baseline)
    except UsageError as error:
        print(f"tiers: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=1) if arguments.json else markdown(found), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
