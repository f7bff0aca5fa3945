"""The peak of resident memory, over a stretch of work where the system can tell it."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

_CLEAR = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def restart() -> None:
    """Forgets the peak so far, on Linux; elsewhere the peak stays that of the process."""
    try:
        _CLEAR.write_text("5", encoding="ascii")
    except OSError:
        return


def peak_mb() -> float:
    """The highest resident memory since `restart`, in MB."""
    try:
        for line in _STATUS.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
