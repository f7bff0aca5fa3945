"""Scores: of baselines and of files of predictions, shown, compared and explained."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.fault import DataError
from marsad.rooms import Rooms
from marsad.split import SPLITS


def add(commands: Any) -> None:
    """Declares them."""
    evaluate = subcommand.add(
        commands,
        "evaluate",
        "fit and score the baselines",
        "marsad evaluate --task ner --split validation",
        _evaluate,
    )
    evaluate.add_argument("--task", action="append", help="only this task (may be repeated)")
    evaluate.add_argument(
        "--baseline", action="append", help="only this one, such as ner_crf, or a recipe file"
    )
    evaluate.add_argument("--split", choices=SPLITS[1:], help="only this split (default: both)")
    evaluate.add_argument("--write", action="store_true", help="record predictions and scores")
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")

    score = subcommand.add(
        commands,
        "score",
        "score a file of predictions: JSON Lines, one answer for each row",
        "marsad score ner predictions.jsonl --split test",
        _score,
    )
    score.add_argument("task", help="structure, topic, stance or ner")
    score.add_argument("file", type=Path, help="the predictions")
    score.add_argument("--split", default="test", choices=SPLITS)
    score.add_argument("--json", action="store_true", help="print every figure as JSON")

    table = subcommand.add(
        commands, "table", "print the table of recorded scores", "marsad table", _table
    )
    either = table.add_mutually_exclusive_group()
    either.add_argument(
        "--check", action="store_true", help="re-score all predictions; fail where a figure differs"
    )
    either.add_argument("--write", action="store_true", help="renew README's table")
    table.add_argument(
        "--format", default="text", choices=("text", "markdown", "latex", "csv", "json")
    )
    table.add_argument("--chart", type=Path, help="draw it to this file, .svg or .png, instead")

    compare = subcommand.add(
        commands,
        "compare",
        "tell whether systems are apart: a paired bootstrap over articles",
        "marsad compare stance_tfidf my_predictions.jsonl",
        _compare,
    )
    compare.add_argument(
        "system", nargs="+", help="a baseline's id, a score file (.json) or predictions (.jsonl)"
    )
    compare.add_argument("--split", default="test", choices=SPLITS[1:])
    compare.add_argument("--figure", help="another figure than the task's main one, such as recall")
    compare.add_argument("--resamples", type=subcommand.positive, help="how many (default: 10000)")
    compare.add_argument("--json", action="store_true", help="print the comparisons as JSON")

    reproduce = subcommand.add(
        commands,
        "reproduce",
        "make every recorded score again and print the differences",
        "marsad reproduce --task topic",
        _reproduce,
    )
    reproduce.add_argument("--task", action="append", help="only this task (may be repeated)")
    reproduce.add_argument("--baseline", action="append", help="only this one, such as ner_crf")
    reproduce.add_argument("--json", action="store_true", help="print the differences as JSON")

    report = subcommand.add(
        commands,
        "report",
        "write pages of error analysis, in Arabic: the best baseline of each task, or those named",
        "marsad report ner_crf --out report/",
        _report,
    )
    report.add_argument(
        "baseline", nargs="*", help="an id, or TASK=FILE for a file of predictions (default: best)"
    )
    report.add_argument("--out", type=Path, default=Path("report"), help="the folder to write to")
    report.add_argument("--split", default="test", choices=SPLITS)
    report.add_argument("--json", action="store_true", help="print the analysis; write no page")

    harness = subcommand.add(
        commands,
        "harness",
        "turn the samples of an lm-evaluation-harness run into predictions",
        "marsad harness samples_marsad_ner_ar.jsonl --out predictions.jsonl",
        _harness,
    )
    harness.add_argument("samples", type=Path, help="a file of lm-eval run --log_samples")
    harness.add_argument("--out", type=Path, required=True, help="the predictions to write")


def _evaluate(home: Rooms, arguments: Arguments) -> int:
    from marsad import evaluate, recipe
    from marsad.run import SCORED

    splits = (arguments.split,) if arguments.split else SCORED
    wanted = {"tasks": arguments.task, "baselines": arguments.baseline}
    runs = evaluate.evaluate(home, **wanted, splits=splits, write=arguments.write)
    if arguments.json:
        print(json.dumps([evaluate.summary(run) for run in runs], ensure_ascii=False))
    else:
        evaluate.show(runs)
    for known in evaluate.left_out(home, arguments.task) if not arguments.baseline else ():
        print(f"left out: {recipe.lacking(known)}", file=sys.stderr)
    return 0


def _score(home: Rooms, arguments: Arguments) -> int:
    from marsad import score, task
    from marsad.answer import read_predictions

    data = task.read_data(home, arguments.task)
    answers = read_predictions(arguments.file, data, arguments.split)
    scored = score.score(data, answers, arguments.split)
    if arguments.json:
        print(score.dumps(scored.to_json()), end="")
        return 0
    for name, value in scored.figures.items():
        low, high = scored.intervals[name]
        print(f"{name:18} {value:.4f}   95 % interval {low:.4f} – {high:.4f}")
    print(f"{scored.rows} rows of {scored.articles} articles, split {scored.split}")
    print(scored.signature)
    return 0


def _table(home: Rooms, arguments: Arguments) -> int:
    from marsad import ceiling, chart, rescore, table

    if arguments.write:
        table.write(home)
        chart.write(home)
    if arguments.check:
        rescore.require(home)
        if faults := [*rescore.forged(home), *ceiling.forged(home), *table.faults(home)]:
            raise DataError(*faults)
        print("README's table agrees with the score files, and these with the predictions")
        return 0
    scores = table.read_scores(home)
    if arguments.chart:
        chart.draw(scores, arguments.chart)
        print(arguments.chart)
    elif arguments.format == "text":
        table.show([table.cells(score) for score in scores], table.COLUMNS)
    else:
        print(table.FORMATS[arguments.format](scores), end="")
    return 0


def _compare(home: Rooms, arguments: Arguments) -> int:
    from marsad import compare

    systems = [compare.read(home, name, arguments.split) for name in arguments.system]
    resamples = arguments.resamples or compare.RESAMPLES
    found = compare.compare(systems, arguments.figure, resamples)
    if arguments.json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    else:
        print(compare.text(found, systems[0]), end="")
    return 0


def _reproduce(home: Rooms, arguments: Arguments) -> int:
    from marsad import evaluate, recipe, reproduce

    recipes = evaluate.chosen(home, arguments.task, arguments.baseline)
    found = list(reproduce.reproduce(home, recipes))
    if arguments.json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    else:
        print(reproduce.text(found), end="")
    for known in evaluate.left_out(home, arguments.task) if not arguments.baseline else ():
        print(f"left out: {recipe.lacking(known)}", file=sys.stderr)
    return 0 if all(one.same for one in found) else 1


def _report(home: Rooms, arguments: Arguments) -> int:
    from marsad import report

    if arguments.json:
        found = report.subjects(home, arguments.baseline, arguments.split)
        print(json.dumps(report.as_json(found), ensure_ascii=False, indent=1))
        return 0
    for path in report.write(home, arguments.baseline, arguments.out, arguments.split):
        print(path)
    return 0


def _harness(home: Rooms, arguments: Arguments) -> int:
    from marsad import jsonl, lm_eval

    rows = lm_eval.predictions(arguments.samples)
    jsonl.write(arguments.out, rows)
    print(f"{len(rows)} answers in {arguments.out}")
    return 0
