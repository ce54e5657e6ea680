"""95 % intervals: Wilson's for shares of calls, the percentile bootstrap over calls for rates whose units cluster in calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import qa.model.share

MIN_CALLS = 5
"""Below this a bootstrap over calls says nothing, and none is given."""
_ROUNDS = 2000
_RULE_OF_THREE = 3.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """``numerator / denominator`` with its 95 % interval; ``low`` and ``high`` are None with too few calls."""

    numerator: float
    denominator: float
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """None when there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None


def wilson(right: int, n: int) -> Estimate:
    """The share ``right / n`` with Wilson's score interval; no interval when ``n`` is 0."""
    share = qa.model.share.wilson(right, n)
    return Estimate(right, n, share.low, share.high)


def bootstrap(numerators: Sequence[float], denominators: Sequence[float], *, seed: int = 20) -> Estimate:
    """Sum over sum, one entry a call, with the percentile bootstrap over calls (Efron 1979; 2,000 seeded rounds).

    Where nothing was ever counted the upper end is three events (the rule of three): resampling zeros gives only zeros.
    """
    over, under = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    total, base = float(over.sum()), float(under.sum())
    if len(over) < MIN_CALLS or base <= 0:
        return Estimate(total, base)
    if not over.any():
        return Estimate(0.0, base, 0.0, _RULE_OF_THREE / base)
    picks = np.random.default_rng(seed).integers(0, len(over), size=(_ROUNDS, len(over)))
    sums = under[picks].sum(axis=1)
    rates = over[picks].sum(axis=1)[sums > 0] / sums[sums > 0]
    low, high = np.percentile(rates, [2.5, 97.5])
    return Estimate(total, base, float(low), float(high))
