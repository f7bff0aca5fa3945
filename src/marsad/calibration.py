"""Calibration: how far the probabilities that a system gives are those with which it is right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BINS = 10  # of equal width, from 0 to 1


def calibration(
    chances: NDArray[np.float64], gold: NDArray[np.bool_], *, one_label: bool
) -> dict[str, Any]:
    """The Brier score and the expected calibration error (ECE) of probabilities of shape (rows,
    labels) against gold of the same shape, 0 to 1, lower is better.

    Where a row has one label, the Brier score sums over labels and the ECE is that of the
    likeliest one; where it may have several, both are over every decision about a label. `bins`
    has for each bin of probability its edges, its mean, the share that is right, and how many.
    """
    squares = (chances - gold) ** 2
    if one_label:
        top = chances.argmax(1)
        told, right = chances.max(1), gold[np.arange(len(gold)), top]
        brier = float(squares.sum(1).mean())
    else:
        told, right = chances.ravel(), gold.ravel()
        brier = float(squares.mean())
    places = np.minimum((told * BINS).astype(int), BINS - 1)
    bins: list[Mapping[str, float]] = []
    for at in range(BINS):
        inside = places == at
        if inside.any():
            mean, share = float(told[inside].mean()), float(right[inside].mean())
            edges = {"low": at / BINS, "high": (at + 1) / BINS}
            bins.append({**edges, "probability": mean, "right": share, "units": int(inside.sum())})
    gaps = [abs(one["probability"] - one["right"]) * one["units"] for one in bins]
    return {"ece": sum(gaps) / len(told), "brier": brier, "bins": bins}
