"""How sure silver labels are: the chance that a model gives, scaled so that labels of chance 0.8
are right in eight of ten cases, as learned on validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from marsad.models.linear import Floats, sigmoid
from marsad.models.topic import platt

LEAST = 1e-4  # a probability is at least so far from 0 and from 1


def logit(chances: Floats) -> Floats:
    """The log odds of probabilities, finite also of 0 and 1."""
    inside = np.clip(chances, LEAST, 1 - LEAST)
    found: Floats = np.log(inside / (1 - inside))
    return found


@dataclass(frozen=True)
class Scale:
    """Turns chances into confidences by a sigmoid of their log odds; as it is made, it changes
    none."""

    slope: float = 1.0
    shift: float = 0.0

    @classmethod
    def of(cls, chances: Sequence[float], right: Sequence[bool]) -> Scale:
        """Learns from chances and whether the labels were right. Where that is not more often so
        the higher the chance is, or always or never, there is nothing to learn."""
        if not chances:
            return cls()
        slope, shift = platt(logit(np.array(chances)), np.array(right))
        return cls(slope, shift) if slope > 0 else cls()

    def __call__(self, chances: Sequence[float]) -> list[float]:
        found: list[float] = sigmoid(logit(np.array(chances)) * self.slope + self.shift).tolist()
        return found
