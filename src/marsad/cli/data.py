"""The dataset itself: built, fetched, proved, counted."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from marsad.cli import subcommand
from marsad.cli.subcommand import Arguments
from marsad.rooms import Rooms
from marsad.split import SPLITS


def add(commands: Any) -> None:
    """Declares them."""
    build = subcommand.add(
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

    fetch = subcommand.add(
        commands,
        "fetch",
        "bring the texts of referenced articles into the cache, each verified",
        "marsad fetch ant",
        _fetch,
    )
    fetch.add_argument("source", nargs="?", help="one source (default: all)")
    fetch.add_argument("--mirror", help="a folder or address that holds the same files")
    fetch.add_argument("--json", action="store_true", help="print what became of each file as JSON")

    check = subcommand.add(
        commands,
        "check",
        "prove that the dataset holds, fault by fault",
        "marsad check",
        _check,
    )
    check.add_argument("--json", action="store_true", help="print the faults as JSON")

    stats = subcommand.add(
        commands,
        "stats",
        "count what is in the dataset and audit what could mislead in it",
        "marsad stats --json",
        _stats,
    )
    stats.add_argument("--json", action="store_true", help="print every figure as JSON")
    stats.add_argument("--write", action="store_true", help="renew README's figures")

    agreement = subcommand.add(
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


def _build(home: Rooms, arguments: Arguments) -> int:
    from marsad.build import build

    for line in build(home, arguments.out, referenced=arguments.also == "referenced"):
        print(line)
    if arguments.also is None:
        subcommand.say_missing(home)
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


def _check(home: Rooms, arguments: Arguments) -> int:
    from marsad.check import check

    with subcommand.uncollected():
        faults = check(home)
    if arguments.json:
        print(json.dumps([vars(fault) for fault in faults], ensure_ascii=False, indent=1))
    else:
        for fault in faults:
            print(fault)
        print(f"{len(faults)} faults" if faults else "all well")
        subcommand.say_missing(home)
    return 1 if faults else 0


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
