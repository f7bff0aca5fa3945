"""The score table: one line a baseline, from the score files, by task."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from marsad import baseline, card
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms

COLUMNS = ("task", "baseline", "metric", "test", "95 % interval", "fit + predict")
PART = "scores"
PLAIN_WIDTH = 120  # of a table that no terminal shows


def read_scores(home: Rooms) -> list[dict[str, Any]]:
    """The score files of all recipes, by task and, within a task, from the lowest score. Raises
    DataError where two of one task have different signatures."""
    scores = [baseline.read_score(home, name) for name in baseline.names(home)]
    tasks = list(dict.fromkeys(score["task"] for score in scores))
    for name in tasks:
        signatures = {score["signature"] for score in scores if score["task"] == name}
        if len(signatures) > 1:
            found = f"scores of {name} have the signatures {' and '.join(sorted(signatures))}"
            mend = "run marsad evaluate --write; different signatures share no table"
            raise DataError(Fault("baselines/scores", 0, found, mend))
    return sorted(scores, key=lambda s: (tasks.index(s["task"]), s[s["metric"]]))


def cells(score: Mapping[str, Any]) -> tuple[str, ...]:
    """A score's cells, in the order of COLUMNS."""
    name = score["metric"]
    low, high = score["intervals"][name]
    seconds = score["fit_seconds"] + score["predict_seconds"]
    return (
        score["task"],
        score["title"],
        name,
        f"{score[name]:.3f}",
        f"{low:.3f} – {high:.3f}",
        f"{seconds:.1f} s",
    )


def markdown(scores: Sequence[Mapping[str, Any]]) -> str:
    """The table as Markdown, with the signatures below."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---|---|---:|---|---:|"]
    lines += ["| " + " | ".join(cells(score)) + " |" for score in scores]
    signatures = list(dict.fromkeys(score["signature"] for score in scores))
    return "\n".join([*lines, "", "Signatures: " + ", ".join(f"`{s}`" for s in signatures)]) + "\n"


def show(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """Prints rows as a table; plain columns where the output is no terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD)
    for name in columns:
        right = name in ("test", "validation", "fit + predict")
        shown.add_column(name, justify="right" if right else "left", no_wrap=name != "baseline")
    last = ""
    for row in rows:
        if last and row[0] != last:
            shown.add_section()
        last = row[0]
        shown.add_row(*row)
    console = Console(width=PLAIN_WIDTH if not sys.stdout.isatty() else None)
    console.print(shown)


def as_json(scores: Sequence[Mapping[str, Any]]) -> str:
    return json.dumps(list(scores), ensure_ascii=False, indent=1)


def faults(home: Rooms) -> list[Fault]:
    """Where README's table differs from the score files."""
    return card.part_faults(home, PART, markdown(read_scores(home)), "run marsad table --write")


def write(home: Rooms) -> None:
    """Renews README's table from the score files."""
    card.write_part(home, PART, markdown(read_scores(home)))
