"""Patience with a hub: a call is tried again, with growing waits, while the hub is busy or the way
to it broken; what stays wrong is told in one line with its mend. No line holds a token.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from marsad.fault import DataError, Fault, UsageError

TRIES = 5
BUSY = (429, 500, 502, 503, 504)
LONGEST = 60.0  # seconds to wait before the next try
AGAIN = "run the same command again, which is safe"
MENDS = {
    401: "log in with hf auth login, or set HF_TOKEN to a token that has the right to do this",
    403: "use a token that has the right to do this, or ask the {kind}'s owner for it",
    404: "correct the {kind}'s name, or use a token that can see it",
    409: f"somebody else is at it; {AGAIN}",
    412: "somebody else has committed meanwhile; look at the new plan, then publish again",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)
_LIBRARIES = ("huggingface_hub", "hf_xet")
Answer = TypeVar("Answer")


def patiently(
    call: Callable[[], Answer], name: str, says: Callable[[str], None], kind: str = "dataset"
) -> Answer:
    """What a call gives; `says` is told of every wait, `name` is what faults call the dataset, or
    whatever else it is the `kind` of. Raises DataError, whose cause is the hub's error, where the
    last try fails or no other helps, UsageError where it is not the hub that is at fault."""
    for number in range(1, TRIES + 1):
        try:
            return call()
        except DataError:
            raise
        except Exception as error:
            fault, wait = _told(error, name, number, kind)
            if wait is None or number == TRIES:
                raise DataError(fault) from error
            says(f"{fault.found}; trying again in {wait:.0f} s")
            time.sleep(wait)
    raise AssertionError


def status(error: BaseException | None) -> int | None:
    """The HTTP status that an error, or what caused it, is of."""
    answered = _answered(error)
    return int(answered.response.status_code) if answered else None


def _told(error: Exception, name: str, number: int, kind: str) -> tuple[Fault, float | None]:
    """An error as a fault, and how long to wait after this try before another, if any helps."""
    if isinstance(error, RuntimeError) and isinstance(error.__cause__, Exception):
        return _told(error.__cause__, name, number, kind)  # as the library wraps a failed upload
    wait: float | None = min(LONGEST, 2.0 ** (number - 1))
    if answered := _answered(error):
        code, said = answered.response.status_code, getattr(answered, "server_message", None)
        if code in BUSY:
            after = answered.response.headers.get("Retry-After", "")
            if after.isdecimal():
                wait = min(LONGEST, float(after))
            return Fault(name, 0, f"the hub is busy ({code})", f"wait a while and {AGAIN}"), wait
        more = f": {' '.join(str(said).split())[:120]}" if said else ""
        mend = MENDS.get(code, "see what the hub says").format(kind=kind)
        return Fault(name, 0, f"the hub answers {code}{more}", mend), None
    if any(type(one).__name__ == "OfflineModeIsEnabled" for one in _chain(error)):
        raise UsageError("HF_HUB_OFFLINE is set; unset it to reach a hub") from None
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return Fault(name, 0, "the hub answers what cannot be read", AGAIN), wait
    if isinstance(error, OSError) and error.errno and (error.filename or error.errno in _FULL):
        place = error.filename or "the disk"
        mend = "make room for it, or mend its permissions"
        raise UsageError(f"{place}: {error.strerror}; {mend}") from None
    library = type(error).__module__.split(".")[0]
    if isinstance(error, OSError) or library.startswith(("httpx", "httpcore")):
        found = f"the connection to the hub failed ({type(error).__name__})"
        return Fault(name, 0, found, f"mend the connection and {AGAIN}"), wait
    if isinstance(error, RuntimeError) or library in _LIBRARIES:
        return Fault(name, 0, f"the transfer failed ({type(error).__name__})", AGAIN), wait
    raise error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what caused it, and so on."""
    while error is not None:
        yield error
        error = error.__cause__


def _answered(error: BaseException | None) -> Any:
    """The error of a chain that holds the hub's answer, None where the hub gave none."""
    held = (one for one in _chain(error) if hasattr(getattr(one, "response", None), "status_code"))
    return next(held, None)
