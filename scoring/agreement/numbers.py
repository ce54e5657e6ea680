"""Agreement of numbers: ICC(2,1) and Bland-Altman limits. Units that a rater left out are dropped, as in R's irr."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from scoring.agreement.intervals import LEVEL, student
from scoring.agreement.table import Floats


@dataclass(frozen=True, slots=True)
class Interval:
    """A number with its 95 % interval; the ends are None where there is none."""

    value: float
    low: float | None = None
    high: float | None = None


def icc_2_1(grid: Floats) -> Interval | None:
    """ICC(2,1): two-way random effects, absolute agreement, one rater (Shrout and Fleiss 1979; irr ``icc``).

    ``grid`` is (units, raters) without gaps, 2 or more of each. The interval is McGraw and Wong's (1996), by Satterthwaite's
    F. None when all numbers are equal; no interval when the raters agree to the last digit.
    """
    from scipy.stats import f

    n, k = grid.shape
    grid = grid - grid.mean()
    by_unit, by_rater = grid.mean(axis=1), grid.mean(axis=0)
    ms_units = k * float(by_unit @ by_unit) / (n - 1)
    ms_raters = n * float(by_rater @ by_rater) / (k - 1)
    rest = grid - by_unit[:, None] - by_rater
    ms_error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    between = ms_units + (k - 1) * ms_error + k * (ms_raters - ms_error) / n
    if np.ptp(grid) == 0 or between <= 0:
        return None
    value = (ms_units - ms_error) / between
    if value > 1 - 1e-12:
        return Interval(1.0)
    a = k * value / (n * (1 - value))
    b = 1 + k * value * (n - 1) / (n * (1 - value))
    spread = (a * ms_raters) ** 2 / (k - 1) + (b * ms_error) ** 2 / ((n - 1) * (k - 1))
    if spread <= 0:
        return Interval(value)
    df = (a * ms_raters + b * ms_error) ** 2 / spread
    f_low, f_high = f.ppf((1 + LEVEL) / 2, n - 1, df), f.ppf((1 + LEVEL) / 2, df, n - 1)
    others = k * ms_raters + (k * n - k - n) * ms_error
    low = n * (ms_units - f_low * ms_error) / (f_low * others + n * ms_units)
    high = n * (f_high * ms_units - ms_error) / (others + n * f_high * ms_units)
    return Interval(value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class BlandAltman:
    """Second rater minus first: the mean difference, and the limits that hold 95 % of single differences."""

    bias: Interval
    lower: Interval
    upper: Interval


def bland_altman(first: Floats, second: Floats) -> BlandAltman:
    """Bland and Altman (1986): mean difference ± 1.96 standard deviations, with the intervals given there.

    The arrays are (units,), 2 or more units.
    """
    difference = second - first
    n, mean, sd = len(difference), float(difference.mean()), float(difference.std(ddof=1))
    t = student(n - 1)
    of_mean, of_limit = t * sd / math.sqrt(n), t * sd * math.sqrt(3 / n)

    def around(value: float, half: float) -> Interval:
        return Interval(value, value - half, value + half)

    return BlandAltman(around(mean, of_mean), around(mean - 1.96 * sd, of_limit), around(mean + 1.96 * sd, of_limit))
