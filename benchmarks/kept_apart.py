"""How well do the line models label raw pages that nobody tuned on?

    python benchmarks/kept_apart.py       # --json for machines

The pages are benchmarks/pages/, written and labelled apart from whoever made the models, and used
for nothing else; what they are and who labelled them stands there. Models are fitted on train, and
that of `marsad ingest` on ingestion/pages/ too. Macro F1 is over the three labels of all lines; a
page's clean text is exact where all its lines are right as to whether they are the article's.
Intervals are from 1,000 bootstrap resamples of pages.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from marsad import baseline, ingest, rooms, task
from marsad.ingest import labelled_page
from marsad.label import read_layers
from marsad.passage import CLEAN_LABELS

PAGES = Path(__file__).parent / "pages"
INGEST = "structure_page of marsad ingest"  # which learns from ingestion/pages/ too
MODELS = (INGEST, "structure_page", "structure_crf", "structure_linear")
RESAMPLES, SEED = 1000, 20261122


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print every figure as JSON")
    arguments = parser.parse_args()
    found = measure()
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    print(f"{found['pages']} pages, {found['lines']:,} lines")
    print("| baseline | macro F1 | 95 % | exact clean text | 95 % | wrong lines |")
    print("|---|---|---|---|---|---|")
    for name in MODELS:
        one = found[name]
        cells = []
        for figure in ("macro_f1", "exact_clean_text"):
            low, high = one[f"{figure}_interval"]
            cells += [f"{one[figure]:.3f}", f"{low:.3f} – {high:.3f}"]
        print(f"| `{name}` | {' | '.join(cells)} | {one['wrong']} |")
    return 0


def measure() -> dict[str, Any]:
    """The figures of each model, and how many lines it has wrong."""
    home = rooms.find()
    rows = labelled_page.read(PAGES, read_layers(home)["structure"])
    gold = [row.pop("label") for row in rows]
    by_page: dict[str, list[int]] = {}
    for at, row in enumerate(rows):
        by_page.setdefault(row["article_id"], []).append(at)
    found: dict[str, Any] = {"pages": len(by_page), "lines": len(rows)}
    data = task.read_data(home, "structure")
    train = data.rows["train"]
    draw = np.random.default_rng(SEED)
    drawn = draw.integers(len(by_page), size=(RESAMPLES, len(by_page)))
    for name in MODELS:
        taught = ingest.lines(home) if name == INGEST else train
        model = baseline.load(name.partition(" ")[0]).fit(taught)
        answers = [one["label"] for one in model.predict(rows)]
        exact = np.array(
            [
                all((gold[at] in CLEAN_LABELS) == (answers[at] in CLEAN_LABELS) for at in lines)
                for lines in by_page.values()
            ]
        )
        pages = list(by_page.values())
        f1s = []
        for sample in drawn:
            lines = [at for page in sample for at in pages[page]]
            f1s.append(_f1([gold[at] for at in lines], [answers[at] for at in lines]))
        found[name] = {
            "macro_f1": _f1(gold, answers),
            "macro_f1_interval": np.quantile(f1s, (0.025, 0.975)).tolist(),
            "exact_clean_text": float(exact.mean()),
            "exact_clean_text_interval": np.quantile(
                exact[drawn].mean(axis=1), (0.025, 0.975)
            ).tolist(),
            "wrong": sum(right != answer for right, answer in zip(gold, answers, strict=True)),
        }
    return found


def _f1(gold: list[str], answers: list[str]) -> float:
    return float(f1_score(gold, answers, average="macro"))


if __name__ == "__main__":
    sys.exit(main())
