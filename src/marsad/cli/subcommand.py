"""What the subcommands share: how one is declared, and what several do around their work."""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from marsad.fault import UsageError
from marsad.rooms import Rooms

Arguments = argparse.Namespace
Run = Callable[[Rooms, Arguments], int]
RUNNERS = ("pool", "daft", "ray")


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}; see {self.prog} --help")


def add(
    among: Any,
    name: str,
    says: str,
    example: str,
    run: Run | None = None,
) -> argparse.ArgumentParser:
    """Declares a subcommand: what it says of itself, an example, and what runs it."""
    description = f"{says[0].upper()}{says[1:]}."
    added: argparse.ArgumentParser = among.add_parser(
        name, help=says, description=description, epilog=f"example: {example}"
    )
    if run:
        added.set_defaults(run=run)
    return added


def positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def add_runner(parser: Any) -> None:
    """Declares where long work runs."""
    parser.add_argument("--jobs", type=positive, help="how many processes (default: cores)")
    parser.add_argument(
        "--runner", choices=RUNNERS, default="pool", help="processes, Daft, or Daft on Ray"
    )
    parser.add_argument("--address", help="of the Ray cluster, host:port (default: this machine's)")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: the spans of all layers live to the end, and collecting, which
    finds nothing to free, takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def say_missing(home: Rooms) -> None:
    from marsad import source

    if line := source.missing(source.read_articles(home)):
        print(line, file=sys.stderr)
