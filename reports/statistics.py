"""How sure a number from few calls can be. Each result carries its count."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

FEW_CALLS = 5
"""Below this many calls a mean has no interval and the page says that there are few calls."""

# Student's t, two-sided 95 %, by degrees of freedom 1 to 30 (any statistics table); beyond 30 see _t95.
_T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean of ``n`` numbers with its 95 % interval; the ends are None where there is none (under FEW_CALLS numbers)."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None


def mean_percent(values: Sequence[float]) -> Mean:
    """Mean of call percents (0..100); the interval is cut off at 0 and 100."""
    n = len(values)
    if n == 0:
        return Mean(0, None)
    mean = sum(values) / n
    if n < FEW_CALLS:
        return Mean(n, mean)
    deviation = math.sqrt(sum((v - mean) ** 2 for v in values) / (n - 1))
    half = _t95(n - 1) * deviation / math.sqrt(n)
    return Mean(n, mean, max(0.0, mean - half), min(100.0, mean + half))


def _t95(freedom: int) -> float:
    if freedom <= len(_T95):
        return _T95[freedom - 1]
    z = 1.959964
    return z + (z**3 + z) / (4 * freedom)  # first term of the Cornish-Fisher expansion: off by < 0.002 beyond 30
