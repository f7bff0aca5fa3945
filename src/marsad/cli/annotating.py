"""Annotations out to annotators and back, of the dataset and of an ingest folder."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments, positive
from marsad.fault import UsageError
from marsad.rooms import LAYERS, Rooms

FOLDER = "an ingest folder, whose articles are meant instead of the dataset's"


def add(commands: Any) -> None:
    """Declares them."""
    annotate = subcommand.add(
        commands,
        "annotate",
        "give articles to annotators, and put on record what comes back",
        "marsad annotate export 002_716e8ccbd9555d23 --out forms/",
    )
    actions = annotate.add_subparsers(
        metavar="ACTION", required=True, parser_class=subcommand.Parser
    )
    _add_export(actions)
    _add_import(actions)
    disagreement = subcommand.add(
        actions,
        "disagreement",
        "show where two annotators of an ingest folder differ, and how far they agree",
        "marsad annotate disagreement batch/ --between reader_a reader_b",
        _annotate_disagreement,
    )
    disagreement.add_argument("folder", type=Path, help="the ingest folder")
    disagreement.add_argument("article", nargs="*", help="article ids (default: all)")
    disagreement.add_argument(
        "--between", nargs=2, default=(), metavar="NAME", help="two annotators, if there are more"
    )
    disagreement.add_argument("--json", action="store_true", help="print everything as JSON")
    _add_silver(actions)
    subcommand.add(
        actions,
        "aliases",
        "gather the catalogue's aliases from the gold mentions",
        "marsad annotate aliases",
        _annotate_aliases,
    )


def _add_export(actions: Any) -> None:
    export = subcommand.add(
        actions,
        "export",
        "write articles for annotators, as inline forms or tasks of Label Studio",
        "marsad annotate export --from batch/ --to label-studio --limit 200 --out tasks/",
        _annotate_export,
    )
    export.add_argument("article", nargs="*", help="article ids (default: all)")
    export.add_argument("--from", dest="folder", type=Path, metavar="DIR", help=FOLDER)
    export.add_argument(
        "--to", default="inline", choices=("inline", "label-studio"), help="default: inline"
    )
    shows = export.add_mutually_exclusive_group()
    shows.add_argument(
        "--annotator",
        help="whose annotations stand in it: blank, gold, silver (of an ingest folder), or a name "
        "(default: blank; with --from silver, the least sure article first)",
    )
    shows.add_argument("--blank", action="store_true", help="nobody's, so that nothing primes")
    shows.add_argument(
        "--adjudicate",
        action="store_true",
        help="both judgements of the articles that two judged, the most different first",
    )
    export.add_argument("--limit", type=positive, help="how many articles at most (with --from)")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")


def _add_import(actions: Any) -> None:
    imported = subcommand.add(
        actions,
        "import",
        "prove what annotators send back, and put it on record",
        "marsad annotate import export.json --from batch/ --annotator reader_a --completed-by 3",
        _annotate_import,
    )
    imported.add_argument(
        "form", nargs="+", type=Path, help="forms, folders of forms, or Label Studio's JSON export"
    )
    imported.add_argument("--from", dest="folder", type=Path, metavar="DIR", help=FOLDER)
    imported.add_argument(
        "--annotator", required=True, help="gold for an adjudication, or the annotator's name"
    )
    imported.add_argument(
        "--completed-by",
        metavar="WHO",
        help="whose annotations of the export: the number or address of the Label Studio user",
    )
    imported.add_argument(
        "--replace", action="store_true", help="in place of what the annotator has on record"
    )
    imported.add_argument("--dry-run", action="store_true", help="prove it, write nothing")


def _add_silver(actions: Any) -> None:
    silver = subcommand.add(
        actions,
        "silver",
        "give the accepted articles of an ingest folder silver labels, with how sure each is",
        "marsad annotate silver incoming/ --jobs 2",
        _annotate_silver,
    )
    silver.add_argument("folder", type=Path, help="the folder that marsad ingest filled")
    silver.add_argument("--layers", nargs="+", choices=LAYERS, default=(), help="(default: all)")
    subcommand.add_runner(silver)
    silver.add_argument("--json", action="store_true", help="print a JSON object")


def _annotate_silver(home: Rooms, arguments: Arguments) -> int:
    from dataclasses import asdict

    from marsad.silver.shards import annotate

    done = annotate(
        home,
        arguments.folder,
        arguments.layers,
        jobs=arguments.jobs,
        runner=arguments.runner,
        address=arguments.address,
    )
    if arguments.json:
        print(json.dumps(asdict(done)))
        return 1 if done.failed else 0
    counts = ", ".join(f"{count} {layer}" for layer, count in done.labels.items())
    print(f"{done.articles} articles: {counts} labels, all silver")
    print(f"{done.shards} shards labelled, {done.skipped} were already")
    for line in done.failed:
        print(f"marsad: {line}; run the same command again", file=sys.stderr)
    return 1 if done.failed else 0


def _annotate_export(home: Rooms, arguments: Arguments) -> int:
    if arguments.folder:
        return _export_review(home, arguments)
    from marsad import annotate

    if arguments.to != "inline" or arguments.adjudicate or arguments.limit:
        mend = "for the dataset's articles run marsad export label-studio"
        raise UsageError(
            f"--to, --adjudicate and --limit need an ingest folder, --from DIR; {mend}"
        )
    annotator = arguments.annotator or annotate.BLANK
    written = annotate.export(home, arguments.article, annotator, arguments.out)
    print(f"{len(written)} forms in {arguments.out}")
    return 0


def _export_review(home: Rooms, arguments: Arguments) -> int:
    from marsad.review import writing

    sent = writing.write_review(
        home,
        arguments.folder,
        arguments.out,
        arguments.to,
        arguments.article,
        shows="blank" if arguments.blank else arguments.annotator or "silver",
        adjudicate=arguments.adjudicate,
        limit=arguments.limit,
    )
    print(f"{len(sent.articles)} of {sent.of} articles in {arguments.out}")
    return 0


def _annotate_import(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    if arguments.folder:
        read = _import_review(home, arguments)
    elif arguments.completed_by or arguments.replace:
        raise UsageError("--completed-by and --replace need an ingest folder; add --from DIR")
    else:
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


def _import_review(home: Rooms, arguments: Arguments) -> list[Any]:
    from marsad.review import reading

    found = reading.read_review(
        home,
        arguments.folder,
        arguments.form,
        arguments.annotator,
        completed_by=arguments.completed_by,
        replace=arguments.replace,
        write=not arguments.dry_run,
    )
    for why, count in sorted(found.left_out.items()):
        print(f"left out: {count} {why}", file=sys.stderr)
    for new in found.new_entities:
        forms = ", ".join(new.forms) or "a holder"
        says = f"{new.entity_id} ({new.type or 'no mention'}: {forms})"
        print(f"not in the catalogue yet: {says}", file=sys.stderr)
    return list(found.annotations.values())


def _annotate_disagreement(home: Rooms, arguments: Arguments) -> int:
    from marsad.review import disagreement

    found = disagreement.read_disagreement(arguments.folder, arguments.article, arguments.between)
    if arguments.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        print(found.to_text(), end="")
    return 0


def _annotate_aliases(home: Rooms, arguments: Arguments) -> int:
    from marsad import annotate

    changed = annotate.gather_aliases(home)
    print(f"aliases of {changed} entities renewed")
    return 0
