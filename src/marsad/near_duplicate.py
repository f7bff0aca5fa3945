"""Near-duplicates: pairs of texts that share much of their wording."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from marsad.spelling import fold

SIZE = 5
_WORD = re.compile(r"\w+")


def shingles(text: str, size: int = SIZE) -> frozenset[int]:
    """The runs of `size` words of a text, as hashes, with hamza, ya and ta marbuta forms made one
    and diacritics left out; a shorter text is one run."""
    words = _WORD.findall(fold(text))
    last = max(1, len(words) - size + 1)
    return frozenset(hash(tuple(words[at : at + size])) for at in range(last))


def near_duplicates(texts: Mapping[str, str], threshold: float) -> Iterator[tuple[str, str, float]]:
    """The pairs of ids whose texts have a Jaccard similarity of word 5-grams above `threshold`,
    each once, with it. Exact: only pairs that share a run are ever compared."""
    sets = {name: shingles(text) for name, text in texts.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for name, runs in sets.items():
        for run in runs:
            holders[run].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for listed in holders.values():
        if len(listed) == 1:
            continue
        for at, first in enumerate(listed):
            for second in listed[at + 1 :]:
                shared[first, second] += 1
    for (first, second), number in sorted(shared.items()):
        similarity = number / (len(sets[first]) + len(sets[second]) - number)
        if similarity > threshold:
            yield first, second, similarity
