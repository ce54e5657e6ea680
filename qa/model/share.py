"""A share of calls and how sure it is."""

from __future__ import annotations

import math
from dataclasses import dataclass

_Z = 1.959964
"""Two-sided 95 % of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """``k`` of ``n``, with the Wilson 95 % interval; ``value``, ``low`` and ``high`` are in 0..1, None when n is 0."""

    k: int
    n: int
    value: float | None
    low: float | None
    high: float | None


def wilson(k: int, n: int) -> Share:
    """Wilson's score interval for a share (Wilson 1927)."""
    if n == 0:
        return Share(k, n, None, None, None)
    p, z2 = k / n, _Z * _Z
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z / (1 + z2 / n) * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return Share(k, n, p, max(0.0, centre - half), min(1.0, centre + half))
