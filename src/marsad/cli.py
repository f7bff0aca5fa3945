"""The command `marsad`: its subcommands and their options; what each does stands in `command`.

Exit status: 0 well, 1 the data is at fault, 2 the command was used wrongly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from marsad import __version__, command, rooms
from marsad.fault import DataError, UsageError
from marsad.rooms import Rooms
from marsad.split import SPLITS

Arguments = argparse.Namespace


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand and returns its exit status."""
    try:
        parsed = _parser().parse_args(arguments)
        status: int = parsed.run(rooms.find(parsed.root), parsed)
        return status
    except DataError as error:
        for fault in error.faults:
            print(f"marsad: {fault}", file=sys.stderr)
        return 1
    except UsageError as error:
        print(f"marsad: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        print("marsad: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="marsad",
        description="Arabic news about international affairs: build, check, score, compare.",
        epilog="example: marsad evaluate --task ner",
    )
    parser.add_argument("--version", action="version", version=f"marsad {__version__}")
    parser.add_argument("--root", help="the checkout to work in (default: this one)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    build = _command(
        commands,
        "build",
        "make data/ and the card's front matter from articles/ and annotations/",
        "marsad build",
        command.build,
    )
    build.add_argument("--out", type=Path, help="write Parquet and card to this folder instead")
    build.add_argument(
        "--with",
        dest="also",
        choices=("referenced",),
        help="take this tier in too; its texts are fetched first",
    )

    fetch = _command(
        commands,
        "fetch",
        "bring the texts of referenced articles into the cache, each verified",
        "marsad fetch ant",
        command.fetch,
    )
    fetch.add_argument("source", nargs="?", help="one source (default: all)")
    fetch.add_argument("--mirror", help="a folder or address that holds the same files")
    fetch.add_argument("--json", action="store_true", help="print what became of each file as JSON")

    check = _command(
        commands,
        "check",
        "prove that the dataset holds, fault by fault",
        "marsad check",
        command.check,
    )
    check.add_argument("--json", action="store_true", help="print the faults as JSON")

    evaluate = _command(
        commands,
        "evaluate",
        "fit and score the baselines",
        "marsad evaluate --task ner --split validation",
        command.evaluate,
    )
    evaluate.add_argument("--task", action="append", help="only this task (may be repeated)")
    evaluate.add_argument(
        "--baseline", action="append", help="only this one, such as ner_crf, or a recipe file"
    )
    evaluate.add_argument("--split", choices=SPLITS[1:], help="only this split (default: both)")
    evaluate.add_argument("--write", action="store_true", help="record predictions and scores")
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")

    tune = _command(
        commands,
        "tune",
        "search a baseline's parameters on validation, over its recipe's [search]",
        "marsad tune structure_crf",
        command.tune,
    )
    tune.add_argument("baseline", help="the recipe's id, such as structure_crf")
    tune.add_argument("--write", action="store_true", help="record the search")
    tune.add_argument("--json", action="store_true", help="print the search as JSON")

    score = _command(
        commands,
        "score",
        "score a file of predictions: JSON Lines, one answer for each row",
        "marsad score ner predictions.jsonl --split test",
        command.score,
    )
    score.add_argument("task", help="structure, topic, stance or ner")
    score.add_argument("file", type=Path, help="the predictions")
    score.add_argument("--split", default="test", choices=SPLITS)
    score.add_argument("--json", action="store_true", help="print every figure as JSON")

    table = _command(
        commands, "table", "print the table of recorded scores", "marsad table", command.table
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

    compare = _command(
        commands,
        "compare",
        "tell whether systems are apart: a paired bootstrap over articles",
        "marsad compare stance_tfidf my_predictions.jsonl",
        command.compare,
    )
    compare.add_argument(
        "system", nargs="+", help="a baseline's id, a score file (.json) or predictions (.jsonl)"
    )
    compare.add_argument("--split", default="test", choices=SPLITS[1:])
    compare.add_argument("--figure", help="another figure than the task's main one, such as recall")
    compare.add_argument("--resamples", type=_positive, help="how many (default: 10000)")
    compare.add_argument("--json", action="store_true", help="print the comparisons as JSON")

    reproduce = _command(
        commands,
        "reproduce",
        "make every recorded score again and print the differences",
        "marsad reproduce --task topic",
        command.reproduce,
    )
    reproduce.add_argument("--task", action="append", help="only this task (may be repeated)")
    reproduce.add_argument("--baseline", action="append", help="only this one, such as ner_crf")
    reproduce.add_argument("--json", action="store_true", help="print the differences as JSON")

    fit = _command(
        commands,
        "fit",
        "fit a baseline and save it, on our train rows or rows of yours",
        "marsad fit ner_crf --out model/ --rows conll.jsonl",
        command.fit,
    )
    fit.add_argument("baseline", help="a baseline's id or a recipe file")
    fit.add_argument("--out", type=Path, required=True, help="the folder to save it to")
    fit.add_argument("--rows", type=Path, help="rows with gold, .jsonl or .parquet")
    fit.add_argument("--validation", type=Path, help="rows for early stopping, where it is done")

    predict = _command(
        commands,
        "predict",
        "answer rows with a saved baseline",
        "marsad predict model/ --split test --out predictions.jsonl",
        command.predict,
    )
    predict.add_argument("model", type=Path, help="the folder that marsad fit wrote")
    predict.add_argument("--rows", type=Path, help="the rows, .jsonl or .parquet")
    predict.add_argument("--split", default="test", choices=SPLITS, help="or a split of ours")
    predict.add_argument("--out", type=Path, required=True, help="the predictions to write")

    harness = _command(
        commands,
        "harness",
        "turn the samples of an lm-evaluation-harness run into predictions",
        "marsad harness samples_marsad_ner_ar.jsonl --out predictions.jsonl",
        command.harness,
    )
    harness.add_argument("samples", type=Path, help="a file of lm-eval run --log_samples")
    harness.add_argument("--out", type=Path, required=True, help="the predictions to write")

    agreement = _command(
        commands,
        "agreement",
        "compute how far the two judgements agree, before adjudication",
        "marsad agreement --split test",
        command.agreement,
    )
    agreement.add_argument(
        "--split",
        choices=(*SPLITS, "referenced"),
        help="only this split, or the referenced tier (default: all that is in this repository)",
    )
    agreement.add_argument("--json", action="store_true", help="print every figure as JSON")
    agreement.add_argument("--write", action="store_true", help="renew README's table")

    stats = _command(
        commands,
        "stats",
        "count what is in the dataset and audit what could mislead in it",
        "marsad stats --json",
        command.stats,
    )
    stats.add_argument("--json", action="store_true", help="print every figure as JSON")
    stats.add_argument("--write", action="store_true", help="renew README's figures")

    report = _command(
        commands,
        "report",
        "write pages of error analysis, in Arabic: the best baseline of each task, or those named",
        "marsad report ner_crf --out report/",
        command.report,
    )
    report.add_argument(
        "baseline", nargs="*", help="an id, or TASK=FILE for a file of predictions (default: best)"
    )
    report.add_argument("--out", type=Path, default=Path("report"), help="the folder to write to")
    report.add_argument("--split", default="test", choices=SPLITS)
    report.add_argument("--json", action="store_true", help="print the analysis; write no page")

    annotate = _command(
        commands,
        "annotate",
        "turn annotations into the inline text form and back",
        "marsad annotate export 002_716e8ccbd9555d23 --out forms/",
    )
    actions = annotate.add_subparsers(metavar="ACTION", required=True, parser_class=_Parser)
    export = _command(
        actions,
        "export",
        "write the inline form of articles: blank, gold, or one annotator's",
        "marsad annotate export --annotator gold --out forms/",
        command.annotate_export,
    )
    export.add_argument("article", nargs="*", help="article ids (default: all)")
    export.add_argument("--annotator", default="blank", help="blank, gold, or a name")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")
    imported = _command(
        actions,
        "import",
        "read filled forms, prove them, and put them on record",
        "marsad annotate import forms/ --annotator reader_a",
        command.annotate_import,
    )
    imported.add_argument("form", nargs="+", type=Path, help="files or folders of forms")
    imported.add_argument("--annotator", required=True, help="gold, or the annotator's name")
    imported.add_argument("--dry-run", action="store_true", help="prove the forms, write nothing")
    _command(
        actions,
        "aliases",
        "gather the catalogue's aliases from the gold mentions",
        "marsad annotate aliases",
        command.annotate_aliases,
    )
    return parser


def _command(
    among: Any,
    name: str,
    says: str,
    example: str,
    run: Callable[[Rooms, Arguments], int] | None = None,
) -> argparse.ArgumentParser:
    description = f"{says[0].upper()}{says[1:]}."
    added: argparse.ArgumentParser = among.add_parser(
        name, help=says, description=description, epilog=f"example: {example}"
    )
    if run:
        added.set_defaults(run=run)
    return added


def _positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)
