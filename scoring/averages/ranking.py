"""Whether a ranking of agents can be trusted, and what may be said of each agent's place."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.averages.shrinkage import Shrunken
from scoring.averages.values import Estimate

GOOD_RELIABILITY = 0.8
"""From here on a measure is commonly held fit for decisions about single people (Nunnally and Bernstein 1994)."""


@dataclass(frozen=True, slots=True)
class Place:
    """The places, 1 the best, that an agent may have; ``rank`` is None unless there is only one."""

    best: int
    worst: int

    @property
    def rank(self) -> int | None:
        """The place, when no other agent's interval overlaps."""
        return self.best if self.best == self.worst else None


def places(agents: Mapping[str, Estimate]) -> dict[str, Place]:
    """Each agent's possible places: one is above another only when the intervals do not overlap.

    Agents without an interval may have any place; those without a value are left out.
    """
    known = {name: e for name, e in agents.items() if e.value is not None}
    low = np.sort([-math.inf if e.low is None else e.low for e in known.values()])
    high = np.sort([math.inf if e.high is None else e.high for e in known.values()])
    found = {}
    for name, e in known.items():
        above = 0 if e.high is None else len(low) - int(np.searchsorted(low, e.high, side="right"))
        below = 0 if e.low is None else int(np.searchsorted(high, e.low, side="left"))
        found[name] = Place(1 + above, len(known) - below)
    return found


def reliability(shrunken: Shrunken) -> float | None:
    """The share, in 0..1, of the variance between agents' measured means that is real; None with too few agents."""
    if shrunken.signal_variance is None or shrunken.noise_variance is None:
        return None
    total = shrunken.signal_variance + shrunken.noise_variance
    return shrunken.signal_variance / total if total > 0 else None


def spearman_brown(reliability: float, times: float) -> float:
    """The reliability with ``times`` as many calls an agent (Spearman 1910, Brown 1910)."""
    return times * reliability / (1 + (times - 1) * reliability)


def times_as_many(reliability: float, wanted: float) -> float | None:
    """How many times as many calls an agent give the ``wanted`` reliability (below 1); None when nothing is real."""
    if reliability <= 0:
        return None
    return math.inf if wanted >= 1 else wanted * (1 - reliability) / (reliability * (1 - wanted))
