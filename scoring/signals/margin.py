"""How far a threshold may move before anything that was compared with it comes out otherwise.

Every value that a signal compares with a threshold of the form goes through here. What follows is a function of how these
comparisons came out, so a verdict stands while every threshold behind it stays within its margin.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ALIKENESS = "threshold"
SURENESS = "min_confidence"


def threshold_key(signal: str, kind: str) -> str:
    """Under which name an evaluation keeps the margin of one of a signal's thresholds."""
    return f"{signal}.{kind}"


Bounds = Mapping[str, tuple[float, float]]
"""Margins as an evaluation keeps them, by the name that :func:`threshold_key` gives; without one a threshold may be anything."""


def within(margins: Bounds, threshold: str, value: float) -> bool:
    """Whether a threshold of this value makes nothing come out otherwise."""
    margin = margins.get(threshold)
    return margin is None or margin[0] < value <= margin[1]


@dataclass(slots=True)
class Margin:
    """A threshold above ``above`` and up to ``up_to`` gives the same: no value compared with it lies between.

    Cosines and confidences, and with them all thresholds, lie in -1..1.
    """

    above: float = -1.0
    up_to: float = 1.0

    def reached(self, value: float, threshold: float) -> bool:
        """Whether a value reaches the threshold."""
        if value >= threshold:
            self.up_to = min(self.up_to, value)
            return True
        self.above = max(self.above, value)
        return False

    @property
    def narrow(self) -> bool:
        """True when there is a threshold that would give something else."""
        return self.above > -1.0 or self.up_to < 1.0
