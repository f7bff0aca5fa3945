"""The dataset and the scores as pages to look at."""

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
    explore = subcommand.add(
        commands,
        "explore",
        "write the dataset, its scores and agreement as a site that opens from disk",
        "marsad explore --open",
        _explore,
    )
    explore.add_argument(
        "--out",
        type=Path,
        default=Path("explore"),
        help="the folder to write to (default: %(default)s)",
    )
    explore.add_argument("--open", action="store_true", help="open it in the browser")
    explore.add_argument(
        "--referenced",
        action="store_true",
        help="take in the referenced articles that were fetched; the site then holds their texts",
    )
    explore.add_argument("--json", action="store_true", help="print what was written as JSON")


def _explore(home: Rooms, arguments: Arguments) -> int:
    from marsad import explore

    with subcommand.uncollected():
        found = explore.write(home, arguments.out, referenced=arguments.referenced)
    if arguments.json:
        print(json.dumps(found.to_json(), ensure_ascii=False, indent=1))
    else:
        size = f"{found.articles} articles, {found.files} files, {found.bytes / 1e6:.1f} MB"
        print(f"{found.index}: {size}, in {found.seconds:.1f} s")
    if arguments.referenced:
        subcommand.say_missing(home)
    if arguments.open:
        import webbrowser

        if not webbrowser.open(found.index.resolve().as_uri()):
            print(f"marsad: no browser to open; open {found.index} yourself", file=sys.stderr)
    return 0
