"""Each agent's mean from few scored calls: what is known about calls in general is learnt from all agents together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from scoring.averages.design import Design
from scoring.averages.prediction import MIN_FOR_TUNING, paired
from scoring.averages.values import Drawn, Estimate, Floats, estimate


@dataclass(frozen=True, slots=True)
class AgentCalls:
    """An agent's calls of the period: those that people scored, and the machine's score, 0..100, of each call."""

    drawn: Sequence[Drawn]
    machine: Sequence[float]


@dataclass(frozen=True, slots=True)
class AgentMeans:
    """Means by agent, of people's scores alone and corrected (prediction-powered); the power is one for all."""

    people: Mapping[str, Estimate]
    corrected: Mapping[str, Estimate]
    power: float


def machine_means(agents: Mapping[str, AgentCalls]) -> dict[str, Estimate]:
    """Means of the machine's scores: its own standard, unchecked. The errors take one variance for all agents' calls."""
    scores = {name: np.asarray(calls.machine, dtype=np.float64) for name, calls in agents.items() if len(calls.machine)}
    variance, df = _pooled([s - s.mean() for s in scores.values()])
    return {name: estimate(len(s), float(s.mean()), variance / len(s), df) for name, s in scores.items()}


def agent_means(agents: Mapping[str, AgentCalls]) -> AgentMeans:
    """Means by people's standard of the agents that have scored calls, as a measure of performance.

    A handful of calls tells nothing of an agent's own spread or of the machine's worth for this agent, so the variance of
    a call and the power are pooled over agents: each agent's weighted mean stays unbiased, its error is steadier. Raises
    ValueError as :func:`scoring.averages.corrected_mean` does.
    """
    known = {name: calls for name, calls in agents.items() if calls.drawn}
    pairs = {name: paired(calls.drawn) for name, calls in known.items()}
    designs = {name: Design.of(calls.drawn) for name, calls in known.items()}
    centred = {
        name: (scores - design.mean(scores), theirs - design.mean(theirs))
        for (name, (scores, theirs)), design in zip(pairs.items(), designs.values(), strict=True)
    }
    power = _power(list(centred.values()))
    of_scores, df = _pooled([scores for scores, _ in centred.values()])
    of_rest, _ = _pooled([scores - power * theirs for scores, theirs in centred.values()], spent=int(power > 0))
    people, corrected = {}, {}
    for name, calls in known.items():
        (scores, theirs), design, n = pairs[name], designs[name], len(calls.drawn)
        everyone = np.asarray(calls.machine, dtype=np.float64)
        if len(everyone) < n:
            raise ValueError(f"machine: expected the scores of all calls of {name}; got {len(everyone)} of {n}")
        share = design.weight / design.weight.sum()
        drawing = float(share @ share) * max(0.0, 1 - n / len(everyone))
        own = of_scores / len(everyone)
        people[name] = estimate(n, design.mean(scores), drawing * of_scores + own, df)
        value = design.mean(scores - power * theirs) + power * float(everyone.mean())
        corrected[name] = estimate(n, value, drawing * of_rest + own, df - (power > 0))
    return AgentMeans(people, corrected, power)


def call_deviation(agents: Mapping[str, AgentCalls]) -> float | None:
    """Standard deviation of a call's score around its agent's mean, by the machine; None without two calls of an agent."""
    variance, df = _pooled([np.asarray(c.machine) - np.mean(c.machine) for c in agents.values() if len(c.machine)])
    return math.sqrt(variance) if df > 0 else None


def _pooled(deviations: Sequence[Floats], *, spent: int = 0) -> tuple[float, int]:
    """Variance of a call around its agent's mean, and its degrees of freedom; infinite with none."""
    df = sum(len(d) - 1 for d in deviations) - spent
    return (sum(float(d @ d) for d in deviations) / df if df > 0 else math.inf), df


def _power(centred: Sequence[tuple[Floats, Floats]]) -> float:
    """The slope of people's scores on the machine's within agents, in 0..1; 0 with too few calls to tell."""
    if sum(len(scores) - 1 for scores, _ in centred) < MIN_FOR_TUNING:
        return 0.0
    together = sum(float(scores @ theirs) for scores, theirs in centred)
    variance = sum(float(theirs @ theirs) for _, theirs in centred)
    return min(1.0, max(0.0, together / variance)) if variance > 0 else 0.0
