"""The command `marsad`: one function a subcommand, each calling one public function.

Exit status: 0 well, 1 the data is at fault, 2 the command was used wrongly.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from marsad import __version__, rooms
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
        _build,
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
        _fetch,
    )
    fetch.add_argument("source", nargs="?", help="one source (default: all)")
    fetch.add_argument("--mirror", help="a folder or address that holds the same files")
    fetch.add_argument("--json", action="store_true", help="print what became of each file as JSON")

    check = _command(
        commands, "check", "prove that the dataset holds, fault by fault", "marsad check", _check
    )
    check.add_argument("--json", action="store_true", help="print the faults as JSON")

    evaluate = _command(
        commands,
        "evaluate",
        "fit and score the baselines",
        "marsad evaluate --task ner --split validation",
        _evaluate,
    )
    evaluate.add_argument("--task", action="append", help="only this task (may be repeated)")
    evaluate.add_argument("--baseline", action="append", help="only this one, such as ner_crf")
    evaluate.add_argument("--split", default="test", choices=SPLITS[1:])
    evaluate.add_argument("--write", action="store_true", help="record predictions and scores")
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")

    score = _command(
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

    table = _command(
        commands, "table", "print the table of recorded scores", "marsad table", _table
    )
    either = table.add_mutually_exclusive_group()
    either.add_argument(
        "--check", action="store_true", help="re-score all predictions; fail where a figure differs"
    )
    either.add_argument("--write", action="store_true", help="renew README's table")
    table.add_argument("--format", default="text", choices=("text", "markdown", "json"))

    agreement = _command(
        commands,
        "agreement",
        "compute how far the two judgements agree, before adjudication",
        "marsad agreement --split test",
        _agreement,
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
        _stats,
    )
    stats.add_argument("--json", action="store_true", help="print every figure as JSON")
    stats.add_argument("--write", action="store_true", help="renew README's figures")

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
        _annotate_export,
    )
    export.add_argument("article", nargs="*", help="article ids (default: all)")
    export.add_argument("--annotator", default="blank", help="blank, gold, or a name")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")
    imported = _command(
        actions,
        "import",
        "read filled forms, prove them, and put them on record",
        "marsad annotate import forms/ --annotator reader_a",
        _annotate_import,
    )
    imported.add_argument("form", nargs="+", type=Path, help="files or folders of forms")
    imported.add_argument("--annotator", required=True, help="gold, or the annotator's name")
    imported.add_argument("--dry-run", action="store_true", help="prove the forms, write nothing")
    _command(
        actions,
        "aliases",
        "gather the catalogue's aliases from the gold mentions",
        "marsad annotate aliases",
        _annotate_aliases,
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


def _build(home: Rooms, arguments: Arguments) -> int:
    from marsad.build import build

    for line in build(home, arguments.out, referenced=arguments.also == "referenced"):
        print(line)
    if arguments.also is None:
        _say_missing(home)
    return 0


def _fetch(home: Rooms, arguments: Arguments) -> int:
    from marsad import fetch, source
    from marsad.progress import progress

    sources = source.read_sources(home)
    if arguments.source:
        sources = {arguments.source: source.read_source(home, arguments.source)}
    found = []
    for known in sources.values():
        print(f"{known.title}\nlicence: {known.licence}\ncite: {known.citation}", file=sys.stderr)
        articles = source.read_articles(home, known)
        where = fetch.place(arguments.mirror or known.url)
        fetch.room(source.folder(known), articles)
        for one in progress(fetch.fetch(articles, where), known.name, len(articles)):
            found.append({"source": known.name, **vars(one)})
            if one.fault:
                print(f"marsad: {one.article_id}: {one.fault}", file=sys.stderr)
    failed = sum(one["fault"] is not None for one in found)
    already = sum(one["already"] for one in found)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        new = len(found) - failed - already
        print(f"{len(found)} texts: {new} fetched, {already} there already, {failed} failed")
    return 1 if failed else 0


def _say_missing(home: Rooms) -> None:
    from marsad import source

    if line := source.missing(source.read_articles(home)):
        print(line, file=sys.stderr)


def _check(home: Rooms, arguments: Arguments) -> int:
    from marsad.check import check

    gc.disable()  # the spans of all layers live to the end; collecting finds nothing to free
    try:
        faults = check(home)
    finally:
        gc.enable()
    if arguments.json:
        print(json.dumps([vars(fault) for fault in faults], ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            print(fault)
        print(f"{len(faults)} faults" if faults else "all well")
        _say_missing(home)
    return 1 if faults else 0


def _evaluate(home: Rooms, arguments: Arguments) -> int:
    from marsad import evaluate

    runs = evaluate.evaluate(
        home,
        tasks=arguments.task,
        baselines=arguments.baseline,
        split=arguments.split,
        write=arguments.write,
    )
    if arguments.json:
        print(json.dumps([run.score.to_json() | {"baseline": run.recipe.id} for run in runs]))
    else:
        evaluate.show(runs, arguments.split)
    return 0


def _score(home: Rooms, arguments: Arguments) -> int:
    from marsad import score, task

    data = task.read_data(home, arguments.task)
    answers = task.read_predictions(arguments.file, data, arguments.split)
    scored = score.score(home, data, answers, arguments.split)
    if arguments.json:
        print(json.dumps(scored.to_json(), ensure_ascii=False, indent=1))
        return 0
    for name, value in scored.figures.items():
        low, high = scored.intervals[name]
        print(f"{name:18} {value:.4f}   95 % interval {low:.4f} – {high:.4f}")
    print(f"{scored.rows} rows of {scored.articles} articles, split {scored.split}")
    print(scored.signature)
    return 0


def _table(home: Rooms, arguments: Arguments) -> int:
    from marsad import baseline, table

    if arguments.write:
        table.write(home)
    if arguments.check:
        if faults := [*baseline.forged(home), *table.faults(home)]:
            raise DataError(*faults)
        print("README's table agrees with the score files, and these with the predictions")
        return 0
    scores = table.read_scores(home)
    if arguments.format == "json":
        print(table.as_json(scores))
    elif arguments.format == "markdown":
        print(table.markdown(scores), end="")
    else:
        table.show([table.cells(score) for score in scores], table.COLUMNS)
    return 0


def _agreement(home: Rooms, arguments: Arguments) -> int:
    from marsad import agreement_report

    report = agreement_report.report(home, arguments.split)
    if arguments.write:
        agreement_report.write(home)
    if arguments.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        print(agreement_report.text(report), end="")
    return 0


def _stats(home: Rooms, arguments: Arguments) -> int:
    from marsad import stats
    from marsad.corpus import read_corpus

    found = stats.stats(read_corpus(home))
    if arguments.write:
        stats.write(home, found)
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
    else:
        print(stats.text(found), end="")
    return 0


def _annotate_export(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    written = annotate.export(home, arguments.article, arguments.annotator, arguments.out)
    print(f"{len(written)} forms in {arguments.out}")
    return 0


def _annotate_import(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    read = annotate.import_forms(
        home, arguments.form, arguments.annotator, write=not arguments.dry_run
    )
    for one in read:
        print(
            f"{one.article_id}: {len(one.structure)} lines, {len(one.topic)} passages, "
            f"{len(one.stance)} stances, {len(one.ner)} entities"
        )
    print("all well, nothing written" if arguments.dry_run else "all well, on record")
    return 0


def _annotate_aliases(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    changed = annotate.gather_aliases(home)
    print(f"aliases of {changed} entities renewed")
    return 0
