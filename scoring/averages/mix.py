"""Agents' means as they would be if all had the same mix of calls, beside the raw ones, and who changes places.

Direct standardisation: each agent's mean by type of call, weighted by all agents' mix. A type that an agent never had is
filled in from a model of agent plus type (regression with poststratification). An agent who is better at every type of call
and still has the lower raw mean, because of harder calls, is Simpson's paradox: such pairs are named.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.averages.values import Estimate, Floats, estimate, student

MIN_SHARED = 0.5
"""Share of the common mix that an agent's own types of call must cover, else the adjusted mean would be mostly guessed."""
_EQUAL = 1e-9
Codes = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Mixed:
    """One call: whose, of which type, and its score in 0..100."""

    agent: str
    call_type: str
    score: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """An agent's mean, raw and for the common mix of calls.

    ``adjusted`` has no value when the types that the agent had make up less than half of the common mix.
    """

    raw: Estimate
    adjusted: Estimate
    n_types_filled: int
    """Types of call that the agent never had: their part is the model's."""
    flips: bool
    """True when the mean is above the group's in one and below in the other."""


@dataclass(frozen=True, slots=True)
class Flip:
    """Two agents whose order turns round: ``better`` has the higher adjusted mean and the lower raw one."""

    better: str
    worse: str
    raw_difference: float
    """``better`` minus ``worse``, below 0."""
    adjusted_difference: float
    """``better`` minus ``worse``, above 0."""
    sure: bool
    """True when the 95 % interval of the adjusted difference lies above 0."""
    everywhere: bool
    """True when ``better`` has the higher mean in every type of call that both had (Simpson's paradox proper)."""


@dataclass(frozen=True, slots=True)
class MixAdjustment:
    """All agents, the common mix (shares by type), and the pairs that flip: sure ones first, then the largest."""

    agents: dict[str, Adjusted]
    mix: dict[str, float]
    flips: tuple[Flip, ...]


def adjust_for_mix(calls: Sequence[Mixed]) -> MixAdjustment:
    """Adjust the means of at least one agent to the mix of all calls.

    Errors take one variance for calls of one agent and type, pooled over all. Empty input gives an empty answer.
    """
    if not calls:
        return MixAdjustment({}, {}, ())
    agents, agent = np.unique([call.agent for call in calls], return_inverse=True)
    types, kind = np.unique([call.call_type for call in calls], return_inverse=True)
    score = np.array([call.score for call in calls], dtype=np.float64)
    cells = _cells(agent, kind, score, (len(agents), len(types)))
    mix = cells.n.sum(axis=0) / len(score)
    adjusted, variance = cells.mean @ mix, (mix**2 / np.maximum(cells.n, 1)).sum(axis=1) * cells.variance
    n = cells.n.sum(axis=1)
    raw = np.bincount(agent, score) / n
    comparable = (cells.n > 0) @ mix >= MIN_SHARED
    centre = float(score.mean())
    found = {}
    for i, name in enumerate(agents.tolist()):
        known = estimate(int(n[i]), float(adjusted[i]), float(variance[i]), cells.df)
        found[name] = Adjusted(
            _raw(score[agent == i]),
            known if comparable[i] else Estimate(int(n[i]), None),
            int((cells.n[i] == 0).sum()),
            bool(comparable[i] and (raw[i] - centre) * (adjusted[i] - centre) < 0),
        )
    flips = _flips(agents.tolist(), raw, np.where(comparable, adjusted, np.nan), variance, cells)
    return MixAdjustment(found, {str(t): float(share) for t, share in zip(types, mix, strict=True)}, flips)


@dataclass(frozen=True, slots=True)
class _Cells:
    n: Floats
    """Calls by agent and type."""
    mean: Floats
    """Their mean, the model's where there are none."""
    variance: float
    """Of one call within its cell; infinite when no cell has two."""
    df: int


def _cells(agent: Codes, kind: Codes, score: Floats, shape: tuple[int, int]) -> _Cells:
    place = agent * shape[1] + kind
    size = shape[0] * shape[1]
    n = np.bincount(place, minlength=size).astype(np.float64)
    mean = np.bincount(place, score, minlength=size) / np.maximum(n, 1)
    df = len(score) - int((n > 0).sum())
    variance = float(((score - mean[place]) ** 2).sum()) / df if df else math.inf
    n, mean = n.reshape(shape), mean.reshape(shape)
    return _Cells(n, np.where(n > 0, mean, _model(n, mean)), variance, df)


def _model(n: Floats, mean: Floats) -> Floats:
    """Agent plus type, by least squares over all calls (backfitting until it stands still)."""
    by_agent, by_type = np.zeros((len(n), 1)), np.zeros((1, n.shape[1]))
    for _ in range(1000):
        before = by_type
        by_agent = (n * (mean - by_type)).sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
        by_type = (n * (mean - by_agent)).sum(axis=0, keepdims=True) / n.sum(axis=0, keepdims=True)
        by_type = by_type - by_type.mean()
        if np.abs(by_type - before).max() < 1e-9:
            break
    # The types were centred last: one more step makes the agents fit them.
    by_agent = (n * (mean - by_type)).sum(axis=1, keepdims=True) / n.sum(axis=1, keepdims=True)
    return np.asarray(by_agent + by_type)


def _raw(scores: Floats) -> Estimate:
    n = len(scores)
    return estimate(n, float(scores.mean()), float(scores.var(ddof=1)) / n if n > 1 else math.inf, n - 1)


def _ahead(values: Floats) -> npt.NDArray[np.bool_]:
    """Who is above whom; what rounding alone parts is equal, and what has no value is above nobody."""
    return np.asarray(values[:, None] - values[None, :] > _EQUAL)


def _flips(names: Sequence[str], raw: Floats, adjusted: Floats, variance: Floats, cells: _Cells) -> tuple[Flip, ...]:
    found = []
    first, second = np.nonzero(_ahead(raw).T & _ahead(adjusted))
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        difference = float(adjusted[a] - adjusted[b])
        both = (cells.n[a] > 0) & (cells.n[b] > 0)
        half = student(cells.df) * math.sqrt(variance[a] + variance[b]) if cells.df else math.inf
        everywhere = bool(both.any() and (cells.mean[a] > cells.mean[b])[both].all())
        found.append(Flip(names[a], names[b], float(raw[a] - raw[b]), difference, difference > half, everywhere))
    return tuple(sorted(found, key=lambda f: (not f.sure, -f.adjusted_difference, f.better, f.worse)))
