"""What can go wrong with a request to the hub double."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from hub_call import Request

# Ways to fail, beside a status to answer and a function to call.
WAYS = {
    "drop": "the connection closes before the body is read",
    "lose": "the work is done, and the connection closes without an answer",
    "truncate": "half of the body is lost: of the answer to a GET, of what a PUT stores",
    "alter": "one byte of the body is another: of the answer to a GET, of what a PUT stores",
    "slow": "the answer's body comes in pieces over `seconds`",
    "hang": "nothing comes for `seconds`, then the connection closes",
    "garbage": "the answer is well in status and no JSON in its body",
}


@dataclass
class Fault:
    """What goes wrong with the requests that match, after `skip` of them, `times` times; `hits` is
    how often it did. Of several that match, the first strikes and the others do not count it."""

    how: int | str | Callable[[], object]
    method: str
    path: str
    times: int
    skip: int
    after: bool
    seconds: float
    retry_after: int | None
    hits: int = 0

    def strikes(self, request: Request) -> bool:
        if not re.fullmatch(self.method, request.method) or not re.search(self.path, request.path):
            return False
        if self.skip or self.hits == self.times:
            self.skip = max(0, self.skip - 1)
            return False
        self.hits += 1
        return True


def spoil(content: bytes, how: str) -> bytes:
    """Half of the content, or all of it with another byte in its middle."""
    middle = len(content) // 2
    if how == "truncate" or not content:
        return content[:middle]
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
