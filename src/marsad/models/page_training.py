"""How the chain of a page's roles is learned: maximum likelihood by L-BFGS."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from marsad.models.page_roles import LABEL_OF, LABELS, ROLES, Floats, believe
from marsad.models.raw_lines import Ints


def train(
    features: Any, roles: Ints, bounds: Ints, l2: float, max_iterations: int
) -> tuple[NDArray[np.float32], Floats]:
    """The weight of each feature for each role, shape (features, ROLES), and of each role (column)
    after each (row). `features` is a sparse matrix of lines by features; the lines of page i are
    `bounds[i]:bounds[i + 1]`.

    A weight is one for the label and one for the role: what roles of one label share is learned
    from all of them. Both are drawn to 0 by `l2`.
    """
    from scipy.optimize import minimize

    size = features.shape[1]
    shared = np.eye(len(LABELS))[list(LABEL_OF)]
    gold = np.eye(ROLES)[roles]
    columns = features.T.tocsr()
    taken = _taken(roles, bounds)
    cuts = np.cumsum([size * len(LABELS), size * ROLES])

    def split(values: Floats) -> tuple[Floats, Floats, Floats]:
        shapes = ((size, len(LABELS)), (size, ROLES), (ROLES, ROLES))
        parts = zip(np.split(values, cuts), shapes, strict=True)
        of_label, of_role, steps = (part.reshape(shape) for part, shape in parts)
        return of_label, of_role, steps

    def loss(values: Floats) -> tuple[float, Floats]:
        of_label, of_role, steps = split(values)
        scores = features @ (of_label @ shared.T + of_role)
        found = believe(scores, steps, bounds)
        right = (scores * gold).sum() + (taken * steps).sum()
        slope = columns @ (found.chances - gold)
        slopes = np.concatenate(
            [part.ravel() for part in (slope @ shared, slope, found.steps - taken)]
        )
        return found.total - right + l2 / 2 * values @ values, slopes + l2 * values

    start = np.zeros(cuts[-1] + ROLES * ROLES)
    if len(roles):
        options = {"maxiter": max_iterations}
        start = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    of_label, of_role, steps = split(start)
    return (of_label @ shared.T + of_role).astype(np.float32), steps


def _taken(roles: Ints, bounds: Ints) -> Floats:
    """How often each role comes after each."""
    inside = np.ones(len(roles), np.bool_)
    inside[bounds[:-1]] = False
    after = np.flatnonzero(inside)
    counts = np.bincount(roles[after - 1] * ROLES + roles[after], minlength=ROLES * ROLES)
    return counts.reshape(ROLES, ROLES).astype(np.float64)
