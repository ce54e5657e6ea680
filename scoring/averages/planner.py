"""How many calls people must score to know something well enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from scoring.agreement.report import COEFFICIENTS, MIN_ITEMS
from scoring.agreement.table import Ratings
from scoring.averages.values import student

MOST = 1_000_000
"""Plans beyond this many calls are no plans."""


def calls_for_kappa(
    half_width: float, *, kappa: float = 0.6, prevalence: float = 0.7, coefficient: str = "cohen_kappa"
) -> int | None:
    """Calls that two raters must both score so that ``coefficient`` is known to ± ``half_width``; None over a million.

    Worked out with the interval that ``qa agreement`` prints, on the table to be expected when kappa is ``kappa`` and the
    more common of two answers has the share ``prevalence`` (0..1): the longer side of the interval is at most
    ``half_width``. About half of such samples come out a little wider, half a little narrower. At least 20. Raises
    ValueError for numbers out of range.
    """
    if not (0 < half_width < 1 and 0 <= kappa < 1 and 0.5 <= prevalence < 1):
        raise ValueError("expected 0 < half_width < 1, 0 <= kappa < 1 and 0.5 <= prevalence < 1")
    spec = COEFFICIENTS[coefficient]

    def narrow_enough(n: int) -> bool:
        ratings = _expected(kappa, (prevalence, 1 - prevalence), n)
        found = spec.compute(ratings)
        interval, value = spec.interval(ratings, found), found.value
        return interval is not None and max(value - interval[0], interval[1] - value) <= half_width

    return _fewest(narrow_enough, MIN_ITEMS)


def calls_for_mean(
    half_width: float, *, deviation: float, n_calls: int | None = None, correlation: float = 0.0
) -> int | None:
    """Calls to score so that a mean is known to ± ``half_width`` points; None over a million.

    ``deviation`` is the standard deviation of one call's score, in points. ``n_calls`` is how many calls there are, when
    the mean of just these is meant (an agent's month): then never more than all of them. ``correlation`` (0..1) of the
    machine's scores with people's shortens the work when the mean is corrected with the machine's. At least 2. Raises
    ValueError for numbers out of range.
    """
    if not (half_width > 0 and deviation > 0 and 0 <= correlation < 1) or (n_calls is not None and n_calls < 1):
        raise ValueError("expected half_width > 0, deviation > 0, 0 <= correlation < 1 and n_calls >= 1")

    def narrow_enough(n: int) -> bool:
        left = max(0.0, 1 - n / n_calls) if n_calls else 1.0
        return student(n - 1) * deviation * math.sqrt((1 - correlation**2) * left / n) <= half_width

    found = _fewest(narrow_enough, 2)
    return min(found, n_calls) if found and n_calls else found


def _fewest(enough: Callable[[int], bool], least: int) -> int | None:
    """The smallest number from ``least`` on that is enough, of a condition that stays true once it is."""
    low, high = least - 1, least
    while not enough(high):
        if high >= MOST:
            return None
        low, high = high, min(MOST, 2 * high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _expected(kappa: float, shares: Sequence[float], n: int) -> Ratings:
    """The table of ``n`` calls that two raters with this kappa and these shares of answers are expected to give."""
    share = np.array(shares)
    table = (1 - kappa) * np.outer(share, share) + kappa * np.diag(share)
    first, second = (axis.ravel() for axis in np.indices(table.shape))
    unit, rater = np.repeat(np.arange(table.size), 2), np.tile([0, 1], table.size)
    codes, places = np.stack([first, second], axis=1).ravel(), np.arange(len(share), dtype=np.float64)
    labels = [str(place) for place in range(len(share))]
    return Ratings.build(unit, rater, codes, labels, places, numeric=True, weight=table.ravel() * n)
