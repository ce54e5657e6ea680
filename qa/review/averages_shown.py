"""A run's averages as its pages show them."""

from __future__ import annotations

from collections.abc import Sequence

from qa.review.averages import NO_TEAM, averages_of, session_over
from qa.store import Store
from reports.data import AgentAverage, Averages, CallRecord, MixFlip, TeamAverage
from reports.statistics import Mean
from scoring.averages import AgentAverage as Found
from scoring.averages import Basis, Estimate, GroupAverage


def shown_averages(store: Store, run_id: str, calls: Sequence[CallRecord]) -> Averages | None:
    """The averages of a run with these calls; None while no closed session has calls drawn from it."""
    session = session_over(store, {record.call.call_id for record in calls})
    if session is None:
        return None
    found = averages_of(store, run_id, ((r.conversation, e) for r in calls for e in r.evaluations), session)
    return Averages(
        session.session_id,
        found.n_checked,
        found.n_without_chance,
        found.n_unscored,
        tuple(_team(team, group) for team, group in found.teams.items()),
    )


def _team(name: str, group: GroupAverage) -> TeamAverage:
    return TeamAverage(
        None if name == NO_TEAM else name,
        _mean(group.mean.mean.within()),
        _mean(group.mean.people.within()),
        group.mean.machine,
        group.basis is Basis.PEOPLE,
        tuple(_agent(agent) for agent in group.agents),
        group.reliability,
        tuple(MixFlip(f.better, f.worse, f.raw_difference, f.adjusted_difference) for f in group.flips if f.sure),
    )


def _agent(found: Found) -> AgentAverage:
    return AgentAverage(
        found.agent,
        found.n_calls,
        found.n_checked,
        machine=_mean(found.machine),
        same_mix=_mean(found.mix.adjusted.within()),
        people=_mean(found.people),
        corrected=_mean(found.corrected),
        best=_mean(found.shrunken),
        places=(found.place.best, found.place.worst) if found.place else None,
        flips=found.mix.flips,
    )


def _mean(found: Estimate | None) -> Mean:
    return Mean(0, None) if found is None else Mean(found.n, found.value, found.low, found.high)
