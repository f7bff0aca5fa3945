"""The command `marsad`. A module of this package holds the subcommands of one purpose, each with
its options and one function, which calls one public function.

What a command needs is imported when it runs: scikit-learn and pyarrow cost a second. Exit status:
0 well, 1 the data is at fault, 2 the command was used wrongly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from marsad import __version__, rooms
from marsad.cli import annotating, data, exploring, fitting, growing, publishing, scoring
from marsad.cli.subcommand import Parser
from marsad.fault import DataError, UsageError

PURPOSES = (data, exploring, scoring, fitting, publishing, growing, annotating)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a subcommand and returns its exit status."""

    def run() -> int:
        parsed = _parser().parse_args(arguments)
        status: int = parsed.run(rooms.find(parsed.root), parsed)
        return status

    return told(run)


def told(run: Callable[[], int]) -> int:
    """The exit status of what is run, its errors told in a line each."""
    try:
        return run()
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
    parser = Parser(
        prog="marsad",
        description="Arabic news about international affairs: build, check, score, compare.",
        epilog="example: marsad evaluate --task ner",
    )
    parser.add_argument("--version", action="version", version=f"marsad {__version__}")
    parser.add_argument("--root", help="the checkout to work in (default: this one)")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    for purpose in PURPOSES:
        purpose.add(commands)
    return parser
