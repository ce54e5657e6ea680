"""What averages are made of, and what they come out as.

An average takes :class:`Drawn` calls only, and there is no such thing without a known chance of being drawn: a call that was
picked by hand or added for a flag has none, so it cannot get into any average.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LEVEL = 0.95
LOWEST, HIGHEST = 0.0, 100.0
"""Scores are percents of a call's possible points."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call that a design drew with a known chance, with a person's score of it. Scores are in 0..100.

    Raises ValueError when the chance is not in (0, 1], or a score is not a finite number.
    """

    score: float
    probability: float
    stratum: Hashable = "all"
    machine: float | None = None
    """The machine's score of the same call."""

    def __post_init__(self) -> None:
        if not 0 < self.probability <= 1:
            raise ValueError(f"probability: expected over 0, up to 1; got {self.probability}")
        if not math.isfinite(self.score) or (self.machine is not None and not math.isfinite(self.machine)):
            raise ValueError(f"score: expected a finite number; got {self.score}, machine {self.machine}")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An average of ``n`` calls: its standard error and 95 % interval, which are None where they cannot be told."""

    n: int
    value: float | None
    error: float | None = None
    low: float | None = None
    high: float | None = None

    def within(self, low: float = LOWEST, high: float = HIGHEST) -> Estimate:
        """The interval cut off at the ends of the scale; the value stays as it is."""
        if self.low is None or self.high is None:
            return self
        return replace(self, low=min(max(low, self.low), high), high=max(min(high, self.high), low))

    def overlaps(self, other: Estimate) -> bool:
        """Whether the intervals share a point; a missing interval is taken to share every point."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return True
        return self.low <= other.high and other.low <= self.high


def estimate(n: int, value: float, variance: float, df: float) -> Estimate:
    """An average with Student's interval on ``df`` degrees of freedom; no interval under one degree."""
    if df < 1 or not math.isfinite(variance):
        return Estimate(n, value)
    error = math.sqrt(max(0.0, variance))
    half = student(df) * error
    return Estimate(n, value, error, value - half, value + half)


@lru_cache(maxsize=1024)
def student(df: float) -> float:
    """The two-sided 95 % quantile of Student's t; that of the normal distribution for an infinite ``df``."""
    from scipy.stats import norm, t

    return float(norm.ppf((1 + LEVEL) / 2) if math.isinf(df) else t.ppf((1 + LEVEL) / 2, df))
