"""A group of agents (a team, say) at a glance: every average with its doubt, ready to be shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scoring.averages.agents import AgentCalls, agent_means, machine_means
from scoring.averages.design import Target
from scoring.averages.mix import Adjusted, Flip, Mixed, adjust_for_mix
from scoring.averages.prediction import MIN_FOR_TUNING, Corrected, corrected_mean
from scoring.averages.ranking import Place, places, reliability
from scoring.averages.shrinkage import shrink
from scoring.averages.values import Drawn, Estimate

UNKNOWN_TYPE = "unknown"


@dataclass(frozen=True, slots=True)
class CallScore:
    """A call of the group: the machine's score, 0..100, and what people gave it if the sample drew it."""

    agent: str
    machine: float
    call_type: str | None = None
    drawn: Drawn | None = None


class Basis(StrEnum):
    """Whose standard the agents' means are by."""

    PEOPLE = "people"
    """People's scores, helped by the machine's."""
    MACHINE = "machine"
    """The machine's alone: too few calls were scored by people."""


@dataclass(frozen=True, slots=True)
class AgentAverage:
    """One agent. Values are in 0..100; None where there is nothing to tell it from."""

    agent: str
    n_calls: int
    n_checked: int
    machine: Estimate
    people: Estimate | None
    corrected: Estimate | None
    shrunken: Estimate | None
    """The number to show: the corrected mean (or the machine's, see ``basis``), drawn to what is expected of the agent."""
    mix: Adjusted
    """The machine's mean, raw and for the group's mix of calls."""
    place: Place | None


@dataclass(frozen=True, slots=True)
class GroupAverage:
    """A group of agents, by agent's id."""

    mean: Corrected
    basis: Basis
    agents: tuple[AgentAverage, ...]
    reliability: float | None
    """Share of the variance between the agents' measured means that is real, 0..1."""
    mix: dict[str, float]
    flips: tuple[Flip, ...]


def group_average(calls: Sequence[CallScore]) -> GroupAverage:
    """All averages of one group. ``calls`` are all its calls of the period that the machine could score; not empty.

    Agents' means are by people's standard when people scored enough calls of two or more an agent to tell how far calls
    of one agent differ, and then only of agents with a scored call. Raises ValueError for no calls.
    """
    if not calls:
        raise ValueError("calls: expected at least one")
    by_agent: dict[str, list[CallScore]] = defaultdict(list)
    for call in calls:
        by_agent[call.agent].append(call)
    agents = {
        name: AgentCalls([c.drawn for c in mine if c.drawn], [c.machine for c in mine])
        for name, mine in sorted(by_agent.items())
    }
    drawn = [call.drawn for call in calls if call.drawn]
    by_machine, by_people = machine_means(agents), agent_means(agents)
    enough = sum(max(0, len(a.drawn) - 1) for a in agents.values()) >= MIN_FOR_TUNING
    measured = by_people.corrected if enough else by_machine
    unaided = shrink(measured)
    # What the machine says of all of an agent's calls tells a lot of few scored ones, but nothing of its own mean.
    shrunken = shrink(measured, {n: float(np.mean(a.machine)) for n, a in agents.items()}) if enough else unaided
    shown = {name: e.within() for name, e in shrunken.agents.items()}
    place = places(shrunken.agents)
    mix = adjust_for_mix([Mixed(c.agent, c.call_type or UNKNOWN_TYPE, c.machine) for c in calls])
    return GroupAverage(
        corrected_mean(drawn, [c.machine for c in calls], target=Target.PERIOD),
        Basis.PEOPLE if enough else Basis.MACHINE,
        tuple(
            AgentAverage(
                name,
                len(a.machine),
                len(a.drawn),
                by_machine[name].within(),
                _within(by_people.people.get(name)),
                _within(by_people.corrected.get(name)),
                shown.get(name),
                mix.agents[name],
                place.get(name),
            )
            for name, a in agents.items()
        ),
        reliability(unaided),
        mix.mix,
        mix.flips,
    )


def _within(found: Estimate | None) -> Estimate | None:
    return found.within() if found else None
