"""Draws of which every call's chance is known: random, stratified, quota, and targeted by urgency.

Every design takes candidates in any order and gives the same rows for the same seed, ordered by stratum and call id. A
design that follows a call's signs marks its rows as targeted; their chances are exact, so they may enter weighted averages.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from qa.model import SampleRow, UsageError
from qa.review.sampling.allocation import Allocation, share_out
from qa.review.sampling.candidates import UNASSIGNED, Candidate
from qa.review.sampling.chance import probabilities, shuffled, with_probabilities

ALL = "all"
"""The frame of a draw from every call, and the stratum of a draw without strata."""
FEWEST_FOR_SPREAD = 2
"""Calls that a stratum needs so that its own spread can be told."""


class Dimension(StrEnum):
    """What a draw can be stratified by."""

    AGENT = "agent"
    TEAM = "team"
    CALL_TYPE = "call_type"
    LANGUAGE = "language"
    CHANNEL_KIND = "channel_kind"
    AGENT_LEVEL = "agent_level"
    """Thirds of the calls, by the mean that the machine gives to all calls of their agent."""


_VALUE: Mapping[Dimension, Callable[[Candidate], str | None]] = {
    Dimension.AGENT: lambda call: call.agent_id,
    Dimension.TEAM: lambda call: call.team,
    Dimension.CALL_TYPE: lambda call: call.call_type,
    Dimension.LANGUAGE: lambda call: call.language,
    Dimension.CHANNEL_KIND: lambda call: call.channel_kind,
}


class Urgency(StrEnum):
    """What makes a call likelier in a targeted draw."""

    RISK = "risk"
    """An auto-fail, crisis words, doubtful words or doubtful roles."""
    UNCERTAINTY = "uncertainty"
    """The machine's confidences lie near the point where its verdicts would turn."""
    DISAGREEMENT = "disagreement"
    """Earlier people judged otherwise than the machine."""


def hired_within(calls: Iterable[Candidate], days: int) -> list[Candidate]:
    """The cohort of new hires: calls taken at most ``days`` after the agent was hired. Unknown dates are left out."""
    return [c for c in calls if c.tenure_days is not None and 0 <= c.tenure_days <= days]


def draw_random(calls: Iterable[Candidate], size: int, seed: int, *, frame: str = ALL) -> tuple[SampleRow, ...]:
    """Simple random sample without replacement. Raises UsageError when ``size`` is below 1."""
    return draw_stratified(calls, size, seed, by=(), frame=frame)


def draw_stratified(
    calls: Iterable[Candidate],
    size: int,
    seed: int,
    *,
    by: Sequence[Dimension],
    allocation: Allocation = Allocation.PROPORTIONAL,
    frame: str = ALL,
) -> tuple[SampleRow, ...]:
    """Simple random samples within strata by every combination of ``by`` that occurs.

    Each stratum gets one call (Neyman: two), the rest goes by ``allocation``. With too few places for that, the draw is
    systematic over all calls with the chances that the allocation means, and there is one stratum, ``all``. Neyman takes
    the spread of the machine's scores for that of people's. Raises UsageError when ``size`` is below 1.
    """
    _need_places(size)
    strata = _strata(calls, by)
    sizes = {name: len(members) for name, members in strata.items()}
    floor = FEWEST_FOR_SPREAD if allocation is Allocation.NEYMAN else 1
    weights = _weights(strata, allocation)
    if size < sum(min(floor, n) for n in sizes.values()):
        measures = {call_id: weights[name] / sizes[name] for name, members in strata.items() for call_id in members}
        everyone = {call_id: call for members in strata.values() for call_id, call in members.items()}
        return _with_chances(everyone, probabilities(measures, size), seed, frame=frame)
    total = sum(weights.values())
    above = {name: max(0.0, size * weights[name] / total - min(floor, sizes[name])) if total else 0.0 for name in sizes}
    return _within(strata, share_out(size, sizes, above, floor=floor), seed, frame)


def draw_quota(
    calls: Iterable[Candidate], per_stratum: int, seed: int, *, by: Sequence[Dimension] = (Dimension.AGENT,), frame: str = ALL
) -> tuple[SampleRow, ...]:  # fmt: skip
    """The same number of calls for each agent (or other stratum), all of them where there are fewer.

    Raises UsageError when ``per_stratum`` is below 1.
    """
    _need_places(per_stratum)
    strata = _strata(calls, by)
    return _within(strata, {name: min(per_stratum, len(members)) for name, members in strata.items()}, seed, frame)


def draw_targeted(
    calls: Iterable[Candidate], size: int, seed: int, urgency: Urgency, *, boost: float = 10.0, frame: str = ALL
) -> tuple[SampleRow, ...]:
    """Draw urgent calls likelier: one of the highest urgency has ``boost`` times the chance of one without any.

    No call's chance is 0, so the sample still speaks for all calls once it is weighted. Fixed size; the chances are
    exact. Raises UsageError when ``size`` is below 1 or ``boost`` below 1.
    """
    _need_places(size)
    if not 1 <= boost < float("inf"):
        raise UsageError("the boost is out of range", expected="1 or more", fix="Set --boost, 10 for instance.")
    everyone = {call.call_id: call for call in calls}
    found = {call_id: _urgency(call, urgency) for call_id, call in everyone.items()}
    chances = probabilities({call_id: 1 + (boost - 1) * degree for call_id, (degree, _) in found.items()}, size)
    return _with_chances(everyone, chances, seed, {call_id: why for call_id, (_, why) in found.items()}, frame=frame)


def _urgency(call: Candidate, urgency: Urgency) -> tuple[float, str]:
    """Degree in 0..1 and the reason that is written down."""
    match urgency:
        case Urgency.RISK:
            return float(bool(call.risks)), "+".join(call.risks) or "no_risk"
        case Urgency.UNCERTAINTY:
            return call.uncertainty, f"uncertainty {call.uncertainty:.2f}"
        case Urgency.DISAGREEMENT:
            return call.disagreement, f"disagreement {call.disagreement:.2f}"


_THIRDS = ("low", "middle", "high")
_Strata = dict[str, dict[str, Candidate]]


def _strata(calls: Iterable[Candidate], by: Sequence[Dimension]) -> _Strata:
    strata: _Strata = defaultdict(dict)
    listed = list(calls)
    level = _levels(listed) if Dimension.AGENT_LEVEL in by else {}
    value_of: dict[Dimension, Callable[[Candidate], str | None]] = {
        **_VALUE,
        Dimension.AGENT_LEVEL: lambda call: level[call.agent_id or UNASSIGNED],
    }
    for call in listed:
        values = [(dimension, value_of[dimension](call) or UNASSIGNED) for dimension in by]
        strata[", ".join(f"{dimension}={_quoted(value)}" for dimension, value in values) or ALL][call.call_id] = call
    return dict(sorted(strata.items()))


def _levels(calls: Sequence[Candidate]) -> dict[str, str]:
    """Each agent's third, by the mean. A mean over many calls tells agents apart far better than a score tells calls."""
    of_agent: dict[str, list[Candidate]] = defaultdict(list)
    for call in calls:
        of_agent[call.agent_id or UNASSIGNED].append(call)
    scores = {agent: [c.percent for c in mine if c.percent is not None] for agent, mine in of_agent.items()}
    mean = {agent: math.fsum(some) / len(some) if some else 0.0 for agent, some in scores.items()}
    level, done = {}, 0
    for agent in sorted(of_agent, key=lambda agent: (mean[agent], agent)):
        n = len(of_agent[agent])
        level[agent] = _THIRDS[int(3 * (done + n / 2) / len(calls))]  # where the middle one of the agent's calls stands
        done += n
    return level


def _quoted(value: str) -> str:
    """Two strata never get one name, whatever an agent is called."""
    return value.replace("\\", r"\\").replace(",", r"\,").replace("=", r"\=")


def _weights(strata: _Strata, allocation: Allocation) -> dict[str, float]:
    if allocation is Allocation.EQUAL:
        return dict.fromkeys(strata, 1.0)
    spreads = dict.fromkeys(strata, 1.0)
    if allocation is Allocation.NEYMAN:
        spreads = _spreads(strata)
    return {name: len(members) * spreads[name] for name, members in strata.items()}


def _spreads(strata: _Strata) -> dict[str, float]:
    """Standard deviation of the machine's scores; that of all calls where a stratum has fewer than two scores."""
    scores = {name: sorted(c.percent for c in m.values() if c.percent is not None) for name, m in strata.items()}
    everyone = sorted(score for some in scores.values() for score in some)
    overall = statistics.stdev(everyone) if len(everyone) >= FEWEST_FOR_SPREAD else 1.0
    return {n: statistics.stdev(some) if len(some) >= FEWEST_FOR_SPREAD else overall for n, some in scores.items()}


def _within(strata: _Strata, taken: Mapping[str, int], seed: int, frame: str) -> tuple[SampleRow, ...]:
    return tuple(
        members[call_id].row(name, taken[name] / len(members), seed, "random", frame=frame)
        for name, members in strata.items()
        for call_id in sorted(shuffled(members, seed)[: taken[name]])
    )


def _with_chances(
    calls: Mapping[str, Candidate],
    chances: Mapping[str, float],
    seed: int,
    reasons: Mapping[str, str] | None = None,
    *,
    frame: str,
) -> tuple[SampleRow, ...]:
    """With ``reasons`` the rows are targeted ones."""
    targeted = reasons is not None
    return tuple(
        calls[call_id].row(
            ALL,
            chances[call_id],
            seed,
            reasons[call_id] if reasons else "random",
            targeted=targeted,
            weighted=targeted,
            frame=frame,
        )
        for call_id in sorted(with_probabilities(chances, seed))
    )


def _need_places(size: int) -> None:
    if size < 1:
        raise UsageError("a sample needs at least one call", expected="1 or more", fix="Set --size.")
