"""Averages of people's scores, helped by the machine's score of every call.

Prediction-powered inference with power tuning (Angelopoulos, Bates, Fannjiang, Jordan, Zrnic 2023; Angelopoulos, Duchi,
Zrnic 2023, "PPI++"), for samples drawn by design: the machine's mean over all calls, times a power, plus the weighted mean of
what people's scores exceed it by. In survey sampling this is the generalised difference estimator (Cassel, Särndal,
Wretman 1976). A biased machine costs width, never correctness; a power of 0 leaves the people's scores alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scoring.averages.design import Design, Target
from scoring.averages.values import Drawn, Estimate, Floats, estimate

MIN_FOR_TUNING = 8
"""Scored calls from which on the power is tuned; with fewer it is 0, as a tuned one would be noise."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """A mean by people's standard, with what it was made of."""

    mean: Estimate
    people: Estimate
    """Weighted mean of people's scores alone."""
    machine: float
    """Mean of the machine's scores over all calls."""
    machine_bias: Estimate
    """By how much the machine scores higher than people."""
    power: float
    """Weight of the machine's scores, 0..1."""
    labels_saved: float | None
    """Share of people's scores that the machine saves for the same interval: 1 - variance with / variance without."""


def corrected_mean(drawn: Sequence[Drawn], machine: Sequence[float], *, target: Target = Target.PERIOD) -> Corrected:
    """The mean that people would have given over all calls of the frame.

    ``machine`` holds the machine's score, 0..100, of every call of the frame, those drawn included. Drawn calls without
    a machine's score raise ValueError, as does an empty ``machine`` or one with fewer calls than were drawn. The power
    is tuned for the least variance and kept in 0..1; the interval pays a degree of freedom for it.
    """
    everyone = np.asarray(machine, dtype=np.float64)
    scores, theirs = paired(drawn)
    if len(everyone) < max(1, len(drawn)):
        raise ValueError(f"machine: expected the scores of all calls of the frame; got {len(everyone)} of {len(drawn)}")
    overall = float(everyone.mean())
    if not drawn:
        nothing = Estimate(0, None)
        return Corrected(nothing, nothing, overall, nothing, 0.0, None)
    design = Design.of(drawn)
    n = len(drawn)
    chosen = power(design, scores, theirs)
    tuned = chosen > 0
    residuals = scores - chosen * theirs
    # The tuned power fits the sample a little too well: one more degree of freedom, as for a regression's slope.
    loss = design.df / (design.df - 1) if tuned else 1.0
    variance = loss * design.variance(residuals, len(everyone), target, scores)
    alone = design.variance(scores, len(everyone), target, scores)
    bias = design.variance(theirs - scores, len(everyone), Target.PERIOD, scores)
    return Corrected(
        estimate(n, design.mean(residuals) + chosen * overall, variance, design.df - tuned),
        estimate(n, design.mean(scores), alone, design.df),
        overall,
        estimate(n, design.mean(theirs - scores), bias, design.df),
        chosen,
        1 - variance / alone if tuned and math.isfinite(alone) and alone > 0 else None,
    )


def paired(drawn: Sequence[Drawn]) -> tuple[Floats, Floats]:
    """People's and the machine's scores of the drawn calls. Raises ValueError where the machine's is missing."""
    theirs = [call.machine for call in drawn if call.machine is not None]
    if len(theirs) < len(drawn):
        raise ValueError(f"machine: expected a score for each drawn call; {len(drawn) - len(theirs)} have none")
    return np.array([call.score for call in drawn], dtype=np.float64), np.array(theirs, dtype=np.float64)


def power(design: Design, scores: Floats, theirs: Floats) -> float:
    """The power with the least variance, in 0..1: covariance of the two means over the variance of the machine's."""
    if len(scores) < MIN_FOR_TUNING or design.df <= 1:
        return 0.0
    variance, together = design.covariance(theirs, theirs), design.covariance(scores, theirs)
    if not math.isfinite(variance) or variance <= 0:
        return 0.0
    return min(1.0, max(0.0, together / variance))
