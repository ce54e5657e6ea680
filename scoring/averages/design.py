"""Averages weighted by the design: each drawn call speaks for 1 / chance calls (Hájek 1971)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from scoring.averages.values import Drawn, Estimate, Floats, estimate


class Target(StrEnum):
    """What an interval is about."""

    PERIOD = "period"
    """The mean that people would have given had they scored every call of the frame. Sure once all are scored."""
    PERFORMANCE = "performance"
    """The mean to expect of such calls: the calls there were are a sample too. For agents and comparisons."""


def weighted_mean(drawn: Sequence[Drawn], *, n_calls: int | None = None, target: Target = Target.PERIOD) -> Estimate:
    """The mean score of all calls of the frame, by Hájek's estimator: sum(score / chance) / sum(1 / chance).

    ``n_calls`` is the number of calls in the frame (else estimated by the weights). The variance is Deville's (1999): for
    stratified draws the textbook's, with the finite population correction, and a good approximation for unequal
    chances. Strata with one drawn call are joined for it. No interval under two drawn calls. No clipping to the scale.
    """
    if not drawn:
        return Estimate(0, None)
    design = Design.of(drawn)
    scores = np.array([call.score for call in drawn], dtype=np.float64)
    value = design.mean(scores)
    return estimate(len(drawn), value, design.variance(scores, n_calls, target, scores), design.df)


class Design:
    """The weights and strata of a drawn sample, made ready for means and variances of anything measured on it."""

    def __init__(self, probability: Floats, strata: Sequence[Floats]) -> None:
        self.probability = probability
        self.weight = 1 / probability
        self.strata = strata
        """Places of each stratum's calls in the sample."""
        self.df = len(probability) - len(strata)

    @classmethod
    def of(cls, drawn: Sequence[Drawn]) -> Design:
        """The design of these calls; strata that drew one call are joined into one, or with the first other."""
        places = defaultdict(list)
        for place, call in enumerate(drawn):
            places[call.stratum].append(place)
        alone = [place for some in places.values() if len(some) == 1 for place in some]
        strata = [some for some in places.values() if len(some) > 1]
        if len(alone) > 1 or not strata:
            strata.append(alone)
        elif alone:
            strata[0] = strata[0] + alone
        return cls(np.array([call.probability for call in drawn]), [np.array(some) for some in strata])

    def mean(self, values: Floats) -> float:
        """Hájek's mean."""
        return float(self.weight @ values / self.weight.sum())

    def covariance(self, one: Floats, other: Floats) -> float:
        """The covariance of two Hájek means over repeated draws; infinite where a stratum cannot tell it."""
        share = self.weight / self.weight.sum()
        first, second = share * (one - self.mean(one)), share * (other - self.mean(other))
        total = 0.0
        for places in self.strata:
            left = 1 - self.probability[places]
            uncertain = int((left > 0).sum())
            if uncertain == 0:
                continue
            if uncertain == 1:
                return float("inf")  # one call alone tells nothing of how another would have differed
            part = left / left.sum()
            a, b = first[places], second[places]
            total += float((left * (a - part @ a)) @ (b - part @ b)) / (1 - float(part @ part))
        return total

    def spread(self, one: Floats, other: Floats) -> float:
        """The covariance of two measures over the frame's calls."""
        share = self.weight / self.weight.sum()
        rest = 1 - float(share @ share)
        return float((share * (one - share @ one)) @ (other - share @ other)) / rest if rest > 0 else 0.0

    def variance(self, residuals: Floats, n_calls: int | None, target: Target, scores: Floats) -> float:
        """The variance of a mean whose error over repeated draws is that of ``residuals``."""
        found = self.covariance(residuals, residuals)
        if target is Target.PERFORMANCE:
            found += self.spread(scores, scores) / (n_calls or float(self.weight.sum()))
        return found
