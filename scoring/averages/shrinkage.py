"""Agents' means drawn towards what is expected of them, each as far as its own calls leave it unsure (empirical Bayes)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from scoring.averages.values import Estimate, Floats, student

MIN_AGENTS = 4
"""Morris's estimator needs more than three means."""
MIN_AGENTS_FOR_LINE = 8
"""Fewer agents than this are drawn to their common mean, as a line through so few could be chance."""
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Shrunken:
    """What shrinking found out about a group of agents."""

    agents: Mapping[str, Estimate]
    """Each agent's shrunken mean, with an interval that counts that centre and spread are estimates too."""
    expected: Mapping[str, float]
    """What each was drawn to."""
    signal_variance: float | None
    """Variance of the agents' true means around what was expected; 0 when the calls show no difference."""
    noise_variance: float | None
    """Mean variance of an agent's measured mean."""


def shrink(means: Mapping[str, Estimate], predictor: Mapping[str, float] | None = None) -> Shrunken:
    """Draw each agent's mean towards the group's, or towards a line on ``predictor``.

    Morris (1983), "Parametric empirical Bayes inference", section 5; with a predictor (the machine's mean of all the
    agent's calls) it is the small-area model of Fay and Herriot (1979): how far the line is believed is learnt from how
    far the measured means scatter around it. Agents without an error are left out. With fewer than four agents nothing
    is shrunk and the variances are None; with fewer than eight, or equal predictions, the predictor is not used.
    Intervals are cut off at no scale.
    """
    known = {name: m for name, m in sorted(means.items()) if m.value is not None and m.error is not None}
    if len(known) < MIN_AGENTS or all(m.error == 0 for m in known.values()):
        return Shrunken(known, {}, None, None)
    y = np.array([m.value for m in known.values()], dtype=np.float64)
    v = np.array([m.error for m in known.values()], dtype=np.float64) ** 2
    x = np.ones((len(y), 1))
    if predictor is not None and len(known) >= MIN_AGENTS_FOR_LINE:
        slope = np.array([predictor[name] for name in known], dtype=np.float64)
        if np.ptp(slope) > 0:
            x = np.column_stack([np.ones(len(y)), slope - slope.mean()])
    k, r = x.shape
    signal = _signal_variance(y, v, x)
    line = _Line(y, x, v + signal)
    pull = (k - r - 2) / (k - r) * v * line.weight
    value = y + pull * (line.expected - y)
    typical = float(line.weight @ v / line.weight.sum())
    doubt = 2 / (k - r - 2) * pull**2 * (typical + signal) * line.weight
    variance = v * (1 - pull) + pull * v * line.weight * line.variance + doubt * (y - line.expected) ** 2
    half = student(math.inf) * np.sqrt(variance)
    agents = {
        name: Estimate(m.n, float(z), float(s), float(z - h), float(z + h))
        for (name, m), z, s, h in zip(known.items(), value, np.sqrt(variance), half, strict=True)
    }
    expected = {name: float(e) for name, e in zip(known, line.expected, strict=True)}
    return Shrunken(agents, expected, signal, float(v.mean()))


class _Line:
    """The weighted least squares fit of ``y`` on ``x``: what it expects, and the variance of that."""

    def __init__(self, y: Floats, x: Floats, variance: Floats) -> None:
        self.weight: Floats = 1 / np.maximum(variance, 1e-12)
        inverse = np.linalg.inv((x.T * self.weight) @ x)
        self.expected: Floats = x @ (inverse @ (x.T @ (self.weight * y)))
        self.variance: Floats = np.einsum("ij,jk,ik->i", x, inverse, x)


def _signal_variance(y: Floats, v: Floats, x: Floats) -> float:
    """Morris's estimate of the variance of true means around the line, by iteration; never below 0."""
    k, r = x.shape
    signal = max(0.0, float(y.var(ddof=1) - v.mean()))
    for _ in range(_STEPS):
        line = _Line(y, x, v + signal)
        better = max(0.0, float(line.weight @ (k / (k - r) * (y - line.expected) ** 2 - v) / line.weight.sum()))
        if abs(better - signal) <= 1e-9 * (1 + signal):
            return better
        signal = better
    return signal
