"""95 % intervals for the coefficients, by a method whose real coverage was measured.

The delta method on a power of ``1 - value``, after a few made-up units at random were added (``Ratings.with_made_up``).
Plain delta intervals (irrCAC's) cover 60 to 90 % where one answer is common and the sample small, because such a sample often
shows no disagreement at all. Power, number of made-up units and quantile were chosen per coefficient by simulation;
``tools/simulate_agreement.py`` measures them again, docs/benchmarks.md has the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from scoring.agreement.coefficients import Disagreement
from scoring.agreement.table import ALONE, Ratings

LEVEL = 0.95
_NORMAL = NormalDist().inv_cdf((1 + LEVEL) / 2)


@dataclass(frozen=True, slots=True)
class Method:
    """How an interval is made: ``made_up`` units are added, and the error is symmetric on ``(1 - value) ** power``.

    ``normal`` takes the normal quantile, as Agresti and Coull do, instead of Student's t over the items: counts of two or three
    answers have no variance of their own to estimate, and the made-up units widen the interval of a small sample already.
    """

    made_up: float
    power: float
    normal: bool = False


def delta_interval(
    coefficient: Callable[[Ratings], Disagreement], ratings: Ratings, plain: Disagreement, method: Method
) -> tuple[float, float] | None:
    """The interval of ``coefficient``, which is ``plain`` on ``ratings``; units of one item (cluster) are one observation.

    It lies within -1 to 1 and always holds the coefficient itself. None when the ratings show no variance at all.
    """
    found = coefficient(ratings.with_made_up(method.made_up))
    n_items = _items(plain)
    if n_items < 2:
        return None
    error = standard_error(found)
    if not error > 0:
        return None
    distance = 1 - found.value
    if distance <= 0:
        return None
    middle = distance**method.power
    quantile = _NORMAL if method.normal else student(n_items - 1)
    half = quantile * error * method.power * middle / distance
    low = 1 - (middle + half) ** (1 / method.power)
    high = 1 - max(0.0, middle - half) ** (1 / method.power)
    return max(-1.0, min(plain.value, low)), min(1.0, max(plain.value, high))


def standard_error(found: Disagreement) -> float:
    """By the delta method: the spread of the items' influences. Items are the clusters, or the units where there are none."""
    total = found.weight.sum()
    share = found.weight / total
    alone = np.ones(len(share), dtype=bool) if found.cluster is None else found.cluster == ALONE
    squares = float(share[alone] @ found.influence[alone] ** 2) / total
    if found.cluster is not None:
        by_item = np.bincount(found.cluster[~alone], (share * found.influence)[~alone])
        squares += float(by_item @ by_item)
    n_items = _items(found)
    return math.sqrt(squares * n_items / (n_items - 1))


def _items(found: Disagreement) -> float:
    if found.cluster is None:
        return float(found.weight.sum())
    alone = found.cluster == ALONE
    return float(found.weight[alone].sum()) + len(np.unique(found.cluster[~alone]))


@lru_cache(maxsize=256)
def student(df: float) -> float:
    """The two-sided 95 % quantile of Student's t."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, df))
