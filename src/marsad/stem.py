"""Light stems of Arabic words: the article, proclitics and common endings left out."""

from __future__ import annotations

import re
from functools import lru_cache

from marsad.spelling import fold

_WORD = re.compile(r"\w+")
PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و")
SUFFIXES = ("ات", "ون", "ين", "ها", "يه", "ه", "ي")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A folded word without at most one prefix and one suffix; at least three letters stay."""
    for prefix in PREFIXES:
        if word.startswith(prefix) and len(word) > len(prefix) + 2:
            word = word[len(prefix) :]
            break
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            return word[: -len(suffix)]
    return word


def stems(text: str) -> list[str]:
    """The stems of a text's words, in order."""
    return [stem(word) for word in _WORD.findall(fold(text))]
