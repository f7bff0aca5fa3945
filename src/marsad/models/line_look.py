"""What the lines of pages look like, as numbers: where each stands, how it begins and ends, which
signs it has, how much of it the page's paragraphs say again, and which words it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.models.raw_lines import KINDS, LATIN, MARK, NUMBER, OTHER, Ints, Keys, RawLines

LONG = 20  # words from which on a line is taken for a paragraph
EDGES = KINDS + 5  # what a line begins or ends with: a kind of sign or letter, white space
ZONES = 3  # before the first paragraph, among them, after the last
LENGTHS = (1, 2, 3, 4, 6, 8, 10, 12, 15, 19, 40)  # in words
SIZES = (1, 3, 6, 12, 19)
LETTERS_A_WORD = (3, 4, 5, 5.5, 6, 6.5, 7, 8)
_PLACE = np.uint64(12)
PLACES = 1 << 12  # lines of a page that can hear an echo; of longer pages the first ones do
ECHO_BITS = 30  # of a stem's key
_ODD = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Looks:
    """The features of lines, `count` in all. `columns` have one for each line, `signs` those of so
    many lines as have them, each with its line. `words` are kinds of keys of words, which are
    features once they are learned, each with its line.
    """

    lines: RawLines
    count: int = 0
    columns: list[NDArray[np.int32]] = field(default_factory=list)
    signs: list[tuple[Ints, Ints]] = field(default_factory=list)
    words: list[tuple[Keys, Ints]] = field(default_factory=list)

    def add(self, values: Any, size: int) -> None:
        """A column of values from 0 to below `size`."""
        self.columns.append((values + self.count).astype(np.int32))
        self.count += size

    def add_signs(self, values: Ints, lines: Ints, size: int) -> None:
        """Values from 0 to below `size` that only these lines have."""
        self.signs.append((values + self.count, lines))
        self.count += size


class Page:
    """What the features of lines are made from: shape (lines,) each."""

    def __init__(self, lines: RawLines) -> None:
        self.lines, self.words = lines, lines.words
        self.own = lines.owners
        self.sizes = np.diff(lines.bounds)
        self.at = np.arange(len(lines)) - lines.bounds[self.own]
        self.left = self.sizes[self.own] - 1 - self.at
        self.length = self.words.counts
        self.long = self.length >= LONG
        self.size = np.searchsorted(SIZES, self.length)
        padded = np.append(lines.signs, np.uint8(0))
        self.starts = _edge(padded[lines.first])
        self.ends = _edge(padded[lines.last - 1])
        self.digits = _between(lines.signs == NUMBER, lines)
        self._zones()
        self.echo, self.share = self._echoes()

    def _zones(self) -> None:
        places = np.flatnonzero(self.long)
        bounds = np.searchsorted(places, self.lines.bounds)
        has = bounds[1:] > bounds[:-1]
        padded = np.append(places, 0)
        first = np.where(has, padded[bounds[:-1]] - self.lines.bounds[:-1], self.sizes)
        last = np.where(has, padded[bounds[1:] - 1] - self.lines.bounds[:-1], -1)
        self.to_first, self.to_last = self.at - first[self.own], self.at - last[self.own]
        self.zone = np.where(self.to_first < 0, 0, np.where(self.to_last > 0, 2, 1))

    def _echoes(self) -> tuple[Ints, NDArray[np.float64]]:
        """How many different stems of a line that is no paragraph the page's paragraphs say too,
        and which share of its stems that is; numbers and short stems do not count."""
        stems, sizes = self.words.stems
        line = self.words.lines
        first = np.where(self.long, 0, np.minimum(self.at + 1, PLACES))
        telling = (sizes > 3) & (self.words.initials != NUMBER)
        heard = np.flatnonzero(telling & (first[line] < PLACES))
        line = line[heard]
        keys = (stems[heard] * _ODD) >> np.uint64(64 - ECHO_BITS)
        keys |= self.own[line].astype(np.uint64) << np.uint64(ECHO_BITS)
        # A paragraph is line 0 of its page, so that it comes first among those that say a stem.
        keys = np.sort(keys << _PLACE | first[line].astype(np.uint64))
        keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
        place, said = (keys & np.uint64(PLACES - 1)).astype(np.int64), keys >> _PLACE
        new = np.append(True, said[1:] != said[:-1])[: len(said)]
        opens = np.flatnonzero(new)
        paragraph = (place[opens] == 0)[np.cumsum(new) - 1]
        short = np.flatnonzero(place)
        page = (said[short] >> np.uint64(ECHO_BITS)).astype(np.int64)
        line = self.lines.bounds[page] + place[short] - 1
        every = np.bincount(line, minlength=len(self.at))
        echo = np.bincount(line[paragraph[short]], minlength=len(self.at))
        return echo, echo / np.maximum(1, every)

    def most(self, values: Any) -> NDArray[np.bool_]:
        """Whether a line has the largest value of its page."""
        full = self.sizes > 0
        found = np.zeros(len(self.sizes), values.dtype)
        if full.any():
            found[full] = np.maximum.reduceat(values, self.lines.bounds[:-1][full])
        same: NDArray[np.bool_] = values == found[self.own]
        return same


def looks(lines: RawLines) -> Looks:
    """The features of lines."""
    page = Page(lines)
    found = Looks(lines)
    found.add(np.zeros(len(lines), np.int64), 1)
    _itself(page, found)
    _place(page, found)
    _echo(page, found)
    _neighbours(page, found)
    _words(page, found)
    return found


def _itself(page: Page, found: Looks) -> None:
    lines, size, zone = page.lines, page.size, page.zone
    length = np.searchsorted(LENGTHS, page.length)
    line, kind, many = _marks(lines)
    every = np.bincount(line, weights=many, minlength=len(lines)).astype(np.int64)
    characters = lines.last - lines.first
    first = page.words.initials
    numbers = np.bincount(page.words.lines[first == NUMBER], minlength=len(lines))
    latin = (first >= LATIN) & (first < NUMBER)
    found.add(length * ZONES + zone, (len(LENGTHS) + 1) * ZONES)
    found.add(page.starts * ZONES + zone, EDGES * ZONES)
    found.add(page.ends * ZONES + zone, EDGES * ZONES)
    found.add(page.ends * 6 + size, EDGES * 6)
    found.add(np.minimum(page.digits, 5), 6)
    found.add(np.minimum(numbers, 4) * 6 + size, 30)
    found.add(np.minimum(np.bincount(page.words.lines[latin], minlength=len(lines)), 2), 3)
    found.add(np.minimum(20 * every // np.maximum(1, characters), 5), 6)
    found.add(np.searchsorted(LETTERS_A_WORD, characters / np.maximum(1, page.length)), 9)
    signs = (kind * 2 + (many > 1)) * 2 + (page.length[line] < 8)
    found.add_signs(signs, line, 4 * KINDS)
    stops = (page.ends >= 4) & (page.ends < 8)  # . ؟ ! …
    found.add(((stops * 6 + size) * ZONES + zone) * 2 + (every > stops), 24 * ZONES)
    for edge, what in ((page.starts, 2), (page.ends, 4)):
        found.add(_alike(page, edge, what) * ZONES + zone, (what + 2) * ZONES)


def _place(page: Page, found: Looks) -> None:
    found.add(5 * page.at // np.maximum(1, page.at + page.left), 6)
    found.add(np.minimum(page.at, 7), 8)
    found.add(np.minimum(page.left, 7), 8)
    found.add(np.clip(page.to_first, -5, 3) + 5, 9)
    found.add(np.clip(page.to_last, -3, 5) + 3, 9)


def _echo(page: Page, found: Looks) -> None:
    zone, size, echo = page.zone, page.size, page.echo
    share = np.minimum((5 * page.share).astype(np.int64), 4)
    found.add(np.minimum(echo, 6) * ZONES + zone, 7 * ZONES)
    found.add(share * ZONES + zone, 5 * ZONES)
    found.add(np.minimum(echo, 4) * 5 + share, 25)
    found.add((np.minimum(echo, 4) * 6 + size) * ZONES + zone, 30 * ZONES)
    stops = (page.ends >= 4) & (page.ends < 8)
    found.add(((stops * ZONES + zone) * 6 + np.minimum(echo, 5)) * 2 + (page.length > 5), 72)
    heard = np.where(page.long, -1, 64 * echo + (32 * page.share).astype(np.int64))
    above = zone == 0
    most = page.most(np.where(above, heard, -1)) & above
    longest = page.most(np.where(above, page.length, -1)) & above
    found.add(page.most(heard), 2)
    found.add(most * 2 + longest, 4)


def _neighbours(page: Page, found: Looks) -> None:
    share = np.minimum((4 * page.share).astype(np.int64), 4)
    far = [(page.size, 6), (page.ends, EDGES), (page.digits > 0, 2)]
    near = [*far, (page.starts, EDGES), (np.minimum(page.echo, 4), 5), (share, 5), (page.long, 2)]
    mark = np.where(page.ends < 4, 0, page.ends)
    for step, shown in ((-2, far), (-1, near), (1, near), (2, far)):
        inside = (page.at + step >= 0) & (page.left - step >= 0)
        there = np.clip(np.arange(len(page.at)) + step, 0, max(0, len(page.at) - 1))
        beside = [(np.where(inside, values[there], size), size + 1) for values, size in shown]
        for values, size in beside:
            found.add(values, size)
        if abs(step) == 1:
            found.add(beside[0][0] * 6 + page.size, 7 * 6)
            found.add(beside[1][0] * EDGES + mark, (EDGES + 1) * EDGES)


def _words(page: Page, found: Looks) -> None:
    """Of lines that are no paragraphs the stems of the words, also as those of the zone; the words
    themselves; the stems that come first, second and last."""
    line = page.words.lines
    at = np.flatnonzero(~page.long[line])
    line = line[at]
    stems, forms = page.words.stems[0][at], page.words.forms(at)
    bounds = page.words.bounds
    zone = (page.zone[line] + 1).astype(np.uint64) << np.uint64(56)
    found.words = [(stems, line), (stems | zone, line), (forms, line)]
    for nth in (at == bounds[line], at == bounds[line] + 1, at == bounds[line + 1] - 1):
        found.words.append((stems[nth], line[nth]))


def _edge(signs: NDArray[np.uint8]) -> Ints:
    """What a line begins or ends with: Arabic, Latin, number or other letter, a kind of mark."""
    table = np.zeros(256, np.int64)
    table[LATIN:NUMBER] = 1
    table[NUMBER], table[OTHER] = 2, 3
    table[MARK : MARK + KINDS] = np.arange(4, 4 + KINDS)
    table[MARK + KINDS :] = 4 + KINDS
    return table[signs]


def _marks(lines: RawLines) -> tuple[Ints, Ints, Ints]:
    """Which kinds of signs which lines have, and how many of them."""
    # Smaller signs come round to the upper end of what a byte holds.
    places = np.flatnonzero(lines.signs - np.uint8(MARK) < KINDS)
    line = np.repeat(np.arange(len(lines)), np.diff(np.searchsorted(places, _bounds(lines))))
    keys = np.sort(line * KINDS + (lines.signs[places] - MARK))
    opens = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    many = np.diff(np.append(opens, len(keys)))
    return keys[opens] // KINDS, keys[opens] % KINDS, many


def _between(is_so: NDArray[np.bool_], lines: RawLines) -> Ints:
    """How many signs of each line are so."""
    return np.diff(np.searchsorted(np.flatnonzero(is_so), _bounds(lines)))


def _bounds(lines: RawLines) -> Ints:
    return np.append(lines.first, len(lines.signs))


def _alike(page: Page, edge: Ints, steps: int) -> Ints:
    """0 where a line's edge is a letter, else 1 and how many of `steps` steps up to all
    paragraphs of the page have that edge too."""
    key = page.own * EDGES + edge
    same = np.bincount(key[page.long], minlength=len(page.sizes) * EDGES)[key]
    paragraphs = np.bincount(page.own[page.long], minlength=len(page.sizes))[page.own]
    found: Ints = np.where(edge == 0, 0, 1 + np.ceil(steps * same / np.maximum(1, paragraphs)))
    return found.astype(np.int64)
