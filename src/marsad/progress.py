"""Progress of long work: a bar on a terminal, nothing in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TypeVar

Item = TypeVar("Item")


def progress(items: Iterable[Item], says: str, total: int | None = None) -> Iterable[Item]:
    """The items as they come, with a bar on standard error where that is a terminal. `total` is
    how many there are, where `items` does not say."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console
    from rich.progress import track

    return track(items, says, total, console=Console(stderr=True), transient=True)
