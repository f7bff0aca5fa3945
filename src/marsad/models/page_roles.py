"""The order in which a page has its lines, as a chain of roles with exactly one headline.

What stands above the headline is no part of the article; below it paragraphs and foreign lines
take turns, and after the last paragraph only foreign lines follow. Each step of a page is some
operations on arrays of all the pages that are so long.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from marsad.models.raw_lines import Ints

Floats = NDArray[np.float64]

LABELS = ("headline", "body", "boilerplate")
ABOVE, HEADLINE, BODY, AMONG, BELOW = range(5)
LABEL_OF = (2, 0, 1, 2, 2)  # of each role
ROLES = len(LABEL_OF)
# Which roles follow each role, which a page can begin with, and which it can end with.
AFTER = ((ABOVE, HEADLINE), (BODY, AMONG, BELOW), (BODY, AMONG, BELOW), (BODY, AMONG), (BELOW,))
STEPS = np.array([[role in after for role in range(ROLES)] for after in AFTER])
FIRST, LAST = (ABOVE, HEADLINE), (HEADLINE, BODY, BELOW)
LEAST = -50.0  # how far below the best role of a line another can score


def roles(labels: Ints) -> Ints | None:
    """The roles of a page's lines by the numbers of their labels; None where the page is not in
    this order."""
    heads, kept = np.flatnonzero(labels == 0), np.flatnonzero(labels != 2)
    if len(heads) != 1 or kept[0] != heads[0]:
        return None
    at = np.arange(len(labels))
    found = np.where(at < heads[0], ABOVE, np.where(at > kept[-1], BELOW, AMONG))
    found[labels == 1] = BODY
    found[heads] = HEADLINE
    return found


class Belief(NamedTuple):
    """`chances` of roles, shape (lines, ROLES); how often each role is expected after each,
    shape (ROLES, ROLES); the logarithm of the sum over all ways through all pages."""

    chances: Floats
    steps: Floats
    total: float


def believe(scores: Floats, weights: Floats, bounds: Ints) -> Belief:
    """What is to be believed of lines whose roles score so, shape (lines, ROLES), when each role
    (column) weighs so after each (row). The lines of page i are `bounds[i]:bounds[i + 1]`.

    Sums are made element by element, so that a page's result depends on no other page.
    """
    order, layers = _layers(bounds)
    top = scores.max(axis=1)
    heights = np.exp(np.maximum(scores - top[:, None], LEAST))[order].T.copy()
    factors = np.where(STEPS, np.exp(weights), 0.0)
    forward, backward = np.zeros_like(heights), np.zeros_like(heights)
    scale, ended = np.ones(len(order)), np.ones(len(order))
    for at, here in enumerate(layers):
        now = forward[:, here]
        if at:
            now += _product(factors.T, forward[:, _first(layers[at - 1], here)])
        else:
            now[list(FIRST)] = 1.0
        now *= heights[:, here]
        scale[here] = _sum(now)
        now /= scale[here]
    below, steps, ways = slice(0, 0), np.zeros_like(factors), 0.0
    for here in reversed(layers):
        on = _first(here, below)
        last = slice(on.stop, here.stop)
        after = heights[:, below] * backward[:, below] / scale[below]
        ended[on] = ended[below]
        backward[:, on] = _product(factors, after)
        steps += factors * ((forward[:, on] / ended[on]) @ after.T)
        backward[list(LAST), last] = 1.0
        ended[last] = _sum(forward[list(LAST), last])
        ways += float(np.log(ended[last]).sum())
        below = here
    total = float(top.sum() + np.log(scale).sum() + ways)
    chances = np.empty((len(order), ROLES))
    chances[order] = (forward * backward / ended).T
    return Belief(chances, steps, total)


def _layers(bounds: Ints) -> tuple[Ints, list[slice]]:
    """An order of lines by how far they are from the top of their page, of these those of the
    longest page first; and where in it lines are that are so far."""
    lengths = np.diff(bounds)
    pages = np.argsort(-lengths, kind="stable")
    counts = len(pages) - np.searchsorted(
        lengths[pages[::-1]], np.arange(lengths.max(initial=0)), "right"
    )
    ends = np.cumsum(counts)
    starts = bounds[:-1][pages]
    places = [starts[:count] + at for at, count in enumerate(counts.tolist())]
    order = np.concatenate([np.zeros(0, np.int64), *places])
    pairs = zip((ends - counts).tolist(), ends.tolist(), strict=True)
    return order, [slice(first, last) for first, last in pairs]


def _first(places: slice, others: slice) -> slice:
    """The first of the places, as many as there are others."""
    return slice(places.start, places.start + others.stop - others.start)


def settle(chances: Floats, bounds: Ints) -> tuple[Ints, Floats]:
    """The number of the label of each line, and the chances of all, shape (lines, LABELS). The
    headline is the likeliest line of its page; every other line has the likelier other label."""
    of_labels = np.zeros((len(chances), len(LABELS)))
    for role, label in enumerate(LABEL_OF):
        of_labels[:, label] += chances[:, role]
    answers = np.where(of_labels[:, 1] >= of_labels[:, 2], 1, 2)
    full = bounds[1:] > bounds[:-1]
    if full.any():
        heads = of_labels[:, 0]
        most = np.maximum.reduceat(heads, bounds[:-1][full])
        owners = np.repeat(np.arange(len(most)), np.diff(bounds)[full])
        best = np.flatnonzero(heads == most[owners])
        answers[best[np.append(True, np.diff(owners[best]) > 0)]] = 0
    return answers, of_labels


def _product(matrix: Floats, columns: Floats) -> Floats:
    """`matrix @ columns`, each column computed alike whatever their number."""
    found: Floats = matrix[:, :1] * columns[0]
    for at in range(1, ROLES):
        found += matrix[:, at : at + 1] * columns[at]
    return found


def _sum(rows: Floats) -> Floats:
    """The sum over roles, in their order whatever the number of columns."""
    found: Floats = rows[0].copy()
    for row in rows[1:]:
        found += row
    return found
