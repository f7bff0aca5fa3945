"""What can be wrong with the data, and how it is told: the place, the finding, the mend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong with the data, at one place.

    `line` is 1-based, 0 where a file has no meaningful line.
    """

    file: str
    line: int
    found: str
    mend: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        text = f"{place}: {self.found}; {self.mend}"
        return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


class DataError(Exception):
    """The data is at fault (exit status 1). Holds one or more `Fault`s."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults

    def __reduce__(self) -> tuple[type[DataError], tuple[Fault, ...]]:
        """So that it comes out of another process with its faults."""
        return type(self), self.faults


class UsageError(Exception):
    """The command was used wrongly (exit status 2). One line that names the mend."""
