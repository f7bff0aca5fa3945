"""What an article is about, as far as its first words say: the stems of headline and lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from marsad.letters import Letters, Words
from marsad.stem import stem

if TYPE_CHECKING:
    import pyarrow as pa

MOST = 1 << 18  # words whose stems are remembered
_STEMS: dict[int, int] = {}  # what is known of a word, by its hash: the hash of its stem


def lead_stems(words: Words, size: int) -> pa.ListArray:
    """Hashes of the stems of the first `size` words of each text of folded letters, each once:
    lists of uint32."""
    import pyarrow as pa

    bounds = words.bounds
    numbers = np.minimum(np.diff(bounds), size)
    starts = np.cumsum(numbers) - numbers
    places = np.repeat(bounds[:-1] - starts, numbers) + np.arange(numbers.sum())
    owners = np.repeat(np.arange(len(numbers)), numbers)
    different, first, back = np.unique(words.hashes[places], return_index=True, return_inverse=True)
    known = _STEMS
    if len(known) > MOST:
        known.clear()
    hashed = different.tolist()
    spelt = {
        word: stem(_text(words, place))
        for word, place in zip(hashed, places[first].tolist(), strict=True)
        if word not in known
    }
    # The upper half of the hash of a stem, which is one word.
    of_stems = Letters.of(spelt.values()).words.hashes >> np.uint64(32)
    known.update(zip(spelt, of_stems.tolist(), strict=True))
    stems = np.fromiter(map(known.__getitem__, hashed), np.uint64, len(hashed))
    keys = np.unique(owners.astype(np.uint64) << np.uint64(32) | stems[back])
    offsets = np.searchsorted(keys >> np.uint64(32), np.arange(len(numbers) + 1))
    values = pa.array(keys.astype(np.uint32))
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values)


def _text(words: Words, at: int) -> str:
    codes = words.letters.codes[words.starts[at] : words.ends[at]]
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
