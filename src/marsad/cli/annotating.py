"""Annotations as text, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.rooms import Rooms


def add(commands: Any) -> None:
    """Declares them."""
    annotate = subcommand.add(
        commands,
        "annotate",
        "turn annotations into the inline text form and back",
        "marsad annotate export 002_716e8ccbd9555d23 --out forms/",
    )
    actions = annotate.add_subparsers(
        metavar="ACTION", required=True, parser_class=subcommand.Parser
    )
    export = subcommand.add(
        actions,
        "export",
        "write the inline form of articles: blank, gold, or one annotator's",
        "marsad annotate export --annotator gold --out forms/",
        _annotate_export,
    )
    export.add_argument("article", nargs="*", help="article ids (default: all)")
    export.add_argument("--annotator", default="blank", help="blank, gold, or a name")
    export.add_argument("--out", type=Path, required=True, help="the folder to write to")
    imported = subcommand.add(
        actions,
        "import",
        "read filled forms, prove them, and put them on record",
        "marsad annotate import forms/ --annotator reader_a",
        _annotate_import,
    )
    imported.add_argument("form", nargs="+", type=Path, help="files or folders of forms")
    imported.add_argument("--annotator", required=True, help="gold, or the annotator's name")
    imported.add_argument("--dry-run", action="store_true", help="prove the forms, write nothing")
    subcommand.add(
        actions,
        "aliases",
        "gather the catalogue's aliases from the gold mentions",
        "marsad annotate aliases",
        _annotate_aliases,
    )


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
