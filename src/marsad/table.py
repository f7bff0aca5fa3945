"""The score table: a line for each baseline, from the score files, by task."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marsad import card, ceiling, compare, recipe, record, task
from marsad.compare import Comparison
from marsad.fault import DataError, Fault
from marsad.rooms import Rooms

COLUMNS = ("task", "baseline", "metric", "validation", "test", "95 % interval", "fit + predict")
PART = "scores"
PLAIN_WIDTH = 130  # of a table that no terminal shows
Scores = Sequence[Mapping[str, Any]]


def read_scores(home: Rooms) -> list[dict[str, Any]]:
    """The score files of all recipes, by task and, within a task, from the lowest score, with the
    task's ceiling last. Raises DataError where two of one task have different signatures."""
    scores = [record.read_score(home, name) for name in recipe.names(home)]
    tasks = [name for name in task.names(home) if any(s["task"] == name for s in scores)]
    scores += [ceiling.read(home, name) for name in tasks]
    for name in tasks:
        signatures = {score["signature"] for score in scores if score["task"] == name}
        if len(signatures) > 1:
            found = f"scores of {name} have the signatures {' and '.join(sorted(signatures))}"
            mend = "run marsad evaluate --write; different signatures share no table"
            raise DataError(Fault("baselines/scores", 0, found, mend))
    return sorted(
        scores, key=lambda s: (tasks.index(s["task"]), s["role"] == "ceiling", record.value(s))
    )


def cells(score: Mapping[str, Any]) -> tuple[str, ...]:
    """A score's cells, in the order of COLUMNS."""
    low, high = record.interval(score)
    seconds = "–"
    if "fit_seconds" in score:
        seconds = f"{score['fit_seconds'] + score['predict_seconds']:.1f} s"
    return (
        score["task"],
        score["title"],
        score["metric"],
        _figure(score, "validation"),
        _figure(score, "test"),
        f"{low:.3f} – {high:.3f}",
        seconds,
    )


def _figure(score: Mapping[str, Any], split: str) -> str:
    if "over_seeds" in score:
        return f"{record.value(score, split):.3f} ± {score['over_seeds'][split]['sd']:.3f}"
    if score.get("split") != split and split not in score:
        return "–"
    return f"{record.value(score, split):.3f}"


def margins(home: Rooms) -> list[Comparison]:
    """For each task its best baseline, by validation, against the probe that comes nearest on
    test, or against the best floor where it has no probe."""
    probes, floors = (record.best(home, role, "test") for role in ("probe", "floor"))
    rivals = {**floors, **probes}
    found = []
    for name, best in record.best(home).items():
        if name in rivals:
            systems = [compare.read(home, one) for one in (best, rivals[name])]
            found += compare.compare(systems)
    return found


def text_of_margins(found: Sequence[Comparison]) -> str:
    """The margins as lines of Markdown."""
    head = ("best baseline, by validation", "best probe, or floor", "test", "95 % interval", "p")
    lines = ["| " + " | ".join(head) + " |", "|---|---|---:|---|---:|"]
    for one in found:
        low, high = one.interval
        lines.append(
            f"| `{one.a}` | `{one.b}` | {one.difference:+.3f} | {low:+.3f} – {high:+.3f} "
            f"| {one.p_value:.4f} |"
        )
    return "\n".join(lines) + "\n"


def markdown(scores: Scores) -> str:
    """The table as Markdown, with the signatures below."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---|---|---|---:|---:|---|---:|"]
    lines += ["| " + " | ".join(cells(score)) + " |" for score in scores]
    signatures = list(dict.fromkeys(score["signature"] for score in scores))
    return "\n".join([*lines, "", "Signatures: " + ", ".join(f"`{s}`" for s in signatures)]) + "\n"


def latex(scores: Scores) -> str:
    """The table as a LaTeX tabular of the package booktabs, with the signatures as comments."""
    lines = [f"% {s}" for s in dict.fromkeys(score["signature"] for score in scores)]
    lines += [r"\begin{tabular}{lllrrcr}", r"\toprule"]
    lines.append(" & ".join(_escaped(name) for name in COLUMNS) + r" \\")
    last = ""
    for score in scores:
        if score["task"] != last:
            lines.append(r"\midrule")
        last = score["task"]
        lines.append(" & ".join(_escaped(cell) for cell in cells(score)) + r" \\")
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}"]) + "\n"


def _escaped(cell: str) -> str:
    for char in "&%_#$":
        cell = cell.replace(char, f"\\{char}")
    return cell.replace(" – ", "--").replace("–", "--").replace("±", r"$\pm$")


def as_csv(scores: Scores) -> str:
    """The table as CSV: figures in full, a column for each bound."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head = ("task", "baseline", "title", "metric", "validation", "test", "low", "high")
    writer.writerow([*head, "fit_seconds", "predict_seconds", "signature"])
    for score in scores:
        figures = [
            record.value(score, "validation"),
            record.value(score),
            *record.interval(score),
        ]
        seconds = [score.get("fit_seconds", ""), score.get("predict_seconds", "")]
        names = [score[key] for key in ("task", "baseline", "title", "metric")]
        writer.writerow([*names, *figures, *seconds, score["signature"]])
    return out.getvalue()


def as_json(scores: Scores) -> str:
    return json.dumps(list(scores), ensure_ascii=False, indent=1) + "\n"


FORMATS: Mapping[str, Callable[[Scores], str]] = {
    "markdown": markdown,
    "latex": latex,
    "csv": as_csv,
    "json": as_json,
}


def show(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """Prints rows as a table; plain columns where the output is no terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    shown = Table(box=SIMPLE_HEAD)
    for name in columns:
        left = name in ("task", "baseline", "metric", "95 % interval")
        shown.add_column(name, justify="left" if left else "right", no_wrap=name != "baseline")
    last = ""
    for row in rows:
        if last and row[0] != last:
            shown.add_section()
        last = row[0]
        shown.add_row(*row)
    console = Console(width=PLAIN_WIDTH if not sys.stdout.isatty() else None)
    console.print(shown)


def readme(home: Rooms) -> str:
    """The part of README that holds the scores."""
    return f"{markdown(read_scores(home))}\n{text_of_margins(margins(home))}"


def faults(home: Rooms) -> list[Fault]:
    """Where README's table differs from the score files."""
    return card.part_faults(home, PART, readme(home), "run marsad table --write")


def write(home: Rooms) -> None:
    """Renews README's table from the score files."""
    card.write_part(home, PART, readme(home))
