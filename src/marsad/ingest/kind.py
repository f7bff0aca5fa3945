"""What kinds of characters there are, for telling how much of a text is what."""

from __future__ import annotations

import sys
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from marsad.letters import Letters, is_word

# Arabic letters, their presentation forms, others; what is seen and is no letter; what is not seen,
# and what reorders what is; and what does not count: white space, diacritics, tatweel.
ARABIC, PRESENTED, FOREIGN, SYMBOL, INVISIBLE, OVERRIDE, SKIPPED = range(7)
KINDS = 7

_OVERRIDES = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_ARABIC = ((0x0600, 0x06FF), (0x0750, 0x077F), (0x0870, 0x08FF))
_PRESENTED = ((0xFB50, 0xFDFF), (0xFE70, 0xFEFC))
_ASCII, _LETTERS = (0x20, 0x7E), (0x61D, 0x6DC)
_TATWEEL, _REPLACEMENT, _TAH, _ZAH = 0x0640, 0xFFFD, 0x0637, 0x0638
_SPACES = "\t\n\r\v\f\x85"


@cache
def kinds() -> NDArray[np.uint8]:
    """The kind of each code point, by its general category; beyond the basic plane a character is
    a letter of another script or a symbol."""
    table = np.where(is_word()[: sys.maxunicode + 1], FOREIGN, SYMBOL).astype(np.uint8)
    for code in range(0x10000):
        table[code] = _kind(code)
    for first, last in ((0xE0000, 0xE007F), (0xE0100, 0xE01EF)):  # tags, variation selectors
        table[first : last + 1] = INVISIBLE
    return table


def _kind(code: int) -> int:
    category = unicodedata.category(chr(code))
    if code in _OVERRIDES:
        return OVERRIDE
    if chr(code) in _SPACES or category in ("Zs", "Zl", "Zp") or code == _TATWEEL:
        return SKIPPED
    if category in ("Cc", "Cf"):
        return INVISIBLE
    if category[0] == "M":
        return SKIPPED
    if category[0] != "L":
        return SYMBOL
    if any(first <= code <= last for first, last in _ARABIC):
        return ARABIC
    return PRESENTED if any(first <= code <= last for first, last in _PRESENTED) else FOREIGN


def count(letters: Letters, table: NDArray[np.uint8], size: int) -> NDArray[np.int64]:
    """How many characters of each class a text has, `table` giving the class of a code point:
    shape (texts, size)."""
    classes = table.take(letters.codes)
    classes[letters.starts[1:] - 1] = 0  # the line feeds between the texts
    # Most characters are plain Arabic letters, class 0: the others are counted, and make the rest.
    places = np.flatnonzero(classes)
    texts = len(letters)
    keys = np.repeat(np.arange(texts) * size, _owned(letters, places))
    keys += classes.take(places)
    found = np.bincount(keys, minlength=texts * size).reshape(texts, size).astype(np.int64)
    found[:, 0] = np.diff(letters.starts) - 1 - found.sum(axis=1)
    return found


def hidden(letters: Letters) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many characters of each text reorder others, and how many are not seen, those too."""
    codes = letters.codes
    # Nothing hides among ASCII's printable characters, nor among the letters of Arabic: what lies
    # below a range wraps round to above it.
    plain = (codes - np.uint32(_ASCII[0])) <= _ASCII[1] - _ASCII[0]
    plain |= (codes - np.uint32(_LETTERS[0])) <= _LETTERS[1] - _LETTERS[0]
    places = np.flatnonzero(~plain)
    of = kinds().take(codes.take(places))
    reorder = places[of == OVERRIDE]
    return _owned(letters, reorder), _owned(letters, places[(of == OVERRIDE) | (of == INVISIBLE)])


def garbled(letters: Letters) -> NDArray[np.int64]:
    """How many characters of each text look like bytes of Arabic read in another encoding: UTF-8
    as Windows-1252 (Ø§Ù„) or as Windows-1256 (ط§ظ„), Windows-1256 as Windows-1252 (ÇáÑ), and
    U+FFFD, which stands for what no encoding could read."""
    codes = letters.codes
    spoilt = np.flatnonzero(codes == _REPLACEMENT)
    # A letter of Latin-1 before another character beyond ASCII that is no space: é and ß of
    # European names stand between plain letters.
    latin = np.flatnonzero((codes >= 0xC0) & (codes <= 0xFF))
    after = codes.take(latin + 1, mode="clip")
    pairs = latin[(after > 0x7F) & (after != 0xA0) & (after != 0xBB)]
    tahs = np.flatnonzero((codes == _TAH) | (codes == _ZAH))
    apart = np.zeros(len(tahs), np.bool_)
    for step in (1, 2):
        apart[:-step] |= tahs[step:] - tahs[:-step] == 2
    found = _owned(letters, spoilt)
    return found + 2 * _owned(letters, pairs) + 2 * _owned(letters, tahs[apart])


def _owned(letters: Letters, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many of these places, in order, lie in each text."""
    return np.diff(np.searchsorted(places, letters.starts)).astype(np.int64)
