"""Growing the dataset: raw pages in, and what was made of them into the dataset."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.rooms import Rooms


def add(commands: Any) -> None:
    """Declares them."""
    ingest = subcommand.add(
        commands,
        "ingest",
        "bring raw pages into a folder: decoded, labelled by line, without duplicates, by event",
        "marsad ingest pages/ crawl.warc.gz --into new/",
        _ingest,
    )
    ingest.add_argument(
        "source",
        nargs="+",
        help="folders or files of .txt, .html, .jsonl, .parquet, .warc, .gz of these; local or at "
        "any fsspec address",
    )
    ingest.add_argument("--into", type=Path, required=True, help="the folder to fill, or to go on")
    ingest.add_argument(
        "--settings", type=Path, help="a folder of settings (default: ingestion/ of the checkout)"
    )
    subcommand.add_runner(ingest)
    ingest.add_argument("--json", action="store_true", help="print the counts as JSON")

    promote = subcommand.add(
        commands,
        "promote",
        "make adjudicated articles of an ingest folder articles of the dataset, all or none",
        'marsad promote DIR --genre news --rights "the publisher\'s" --dry-run',
        _promote,
    )
    promote.add_argument("folder", type=Path, metavar="DIR", help="what marsad ingest filled")
    promote.add_argument("ids", nargs="*", help="article ids (default: all that have gold)")
    promote.add_argument("--genre", help="of those whose line in review/articles.jsonl has none")
    promote.add_argument("--rights", help="of those whose line in review/articles.jsonl has none")
    promote.add_argument("--catalogue", type=Path, help="JSON Lines of new catalogue entities")
    promote.add_argument("--version", help="raise the data's version to this one, X.Y.Z")
    promote.add_argument(
        "--renew", action="store_true", help="make searches, scores and tables again too (long)"
    )
    promote.add_argument("--dry-run", action="store_true", help="prove everything, write nothing")
    promote.add_argument("--json", action="store_true", help="print what came of it as JSON")


def _ingest(home: Rooms, arguments: Arguments) -> int:
    from marsad.ingest import ingest

    done = ingest(
        home,
        arguments.source,
        arguments.into,
        given=arguments.settings,
        runner=arguments.runner,
        address=arguments.address,
        jobs=arguments.jobs,
    )
    if arguments.json:
        print(json.dumps(done.to_json(), ensure_ascii=False))
        return 0
    print(f"{done.new:,} new pages, {done.pages:,} in {arguments.into}")
    for status in ("accepted", "duplicate", "quarantined"):
        print(f"{getattr(done, status):>9,}  {status}")
    for reason, count in done.reasons.items():
        print(f"{count:>9,}    {reason}")
    return 0


def _promote(home: Rooms, arguments: Arguments) -> int:
    from marsad import promote

    wishes = promote.Wishes(
        arguments.genre,
        arguments.rights,
        arguments.catalogue,
        arguments.version,
        arguments.renew,
    )
    dry = arguments.dry_run
    try:
        done = promote.promote(
            home,
            arguments.folder,
            arguments.ids,
            wishes,
            write=not dry,
            says=lambda line: print(line, file=sys.stderr, flush=True),
        )
    except promote.LackingError as error:
        if arguments.json:
            print(json.dumps({"paste": error.paste}, ensure_ascii=False, indent=1))
        else:
            print(error.paste, end="")
        raise
    if arguments.json:
        print(json.dumps({**done.to_json(), "dry_run": dry}, ensure_ascii=False, indent=1))
    else:
        print(promote.text(done, dry=dry), end="")
    return 0
