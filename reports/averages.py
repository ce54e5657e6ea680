"""Averages that say how sure they are, on the pages of teams and agents: the numbers, and where they stand in a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reports.data import AgentAverage, Averages, TeamAverage
from reports.statistics import Mean
from reports.text import Text

_STEP = 20
"""Percent between the lines of a drawing."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A straight scale from ``low`` to 100 percent across a drawing; ``ticks`` are percents with their positions."""

    low: int
    ticks: tuple[tuple[int, str], ...]

    @classmethod
    def over(cls, means: Iterable[Mean]) -> Scale:
        """Long enough for all of these, in whole steps, so that small differences can be seen and none is cut off."""
        ends = [end for m in means for end in (m.value, m.low) if end is not None]
        low = min(100 - _STEP, _STEP * math.floor(min(ends, default=0.0) / _STEP))
        low = max(0, low)
        return cls(low, tuple((p, _position(p, low)) for p in range(low, 101, _STEP)))

    def mark(self, mean: Mean) -> Mark | None:
        """Where a mean and the ends of its interval stand; None without a value."""
        if mean.value is None:
            return None
        if mean.low is None or mean.high is None:
            return Mark(_position(mean.value, self.low), None, None)
        return Mark(*(_position(p, self.low) for p in (mean.value, mean.low, mean.high)))


@dataclass(frozen=True, slots=True)
class Mark:
    """Positions across the drawing; ``low`` and ``high`` are None where there is no interval."""

    at: str
    low: str | None
    high: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """How a page names an agent or a team; without an address where the run has no page."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class AgentLine:
    """An agent among the others of the team."""

    who: Named
    average: AgentAverage
    place: str
    raw: Mark | None
    best: Mark | None


@dataclass(frozen=True, slots=True)
class TeamLine:
    """A team among the others of the run."""

    who: Named
    average: TeamAverage
    n_calls: int
    n_checked: int
    raw: Mark | None
    mean: Mark | None


@dataclass(frozen=True, slots=True)
class FlipLine:
    better: Named
    worse: Named
    raw_difference: float
    adjusted_difference: float


@dataclass(frozen=True, slots=True)
class TeamAverages:
    """A team's averages as its page shows them; agents in the order of the page."""

    average: TeamAverage
    mean: Mark | None
    scale: Scale
    agents: tuple[AgentLine, ...]
    flips: tuple[FlipLine, ...]


@dataclass(frozen=True, slots=True)
class AllTeams:
    """The teams of a run, for the page over all of them."""

    scale: Scale
    teams: tuple[TeamLine, ...]


@dataclass(frozen=True, slots=True)
class AgentAverages:
    """One agent's means in one team, from the rawest to the surest: the key of each in the catalogue, and its mark."""

    team: str | None
    average: AgentAverage
    place: str
    of_team: TeamAverage
    scale: Scale
    rows: tuple[tuple[str, Mean, Mark | None], ...]


def team_averages(
    found: Averages | None, team: str | None, agents: Mapping[str | None, Named], text: Text
) -> TeamAverages | None:
    """One team's averages; None where there are none."""
    average = _of(found, team)
    if average is None:
        return None
    by_id = {a.agent_id: a for a in average.agents}
    shown = [(who, by_id[key]) for key, who in agents.items() if key is not None and key in by_id]
    scale = Scale.over([average.mean, *(m for _, a in shown for m in (a.machine, a.best))])
    return TeamAverages(
        average,
        scale.mark(average.mean),
        scale,
        tuple(AgentLine(who, a, _place(a, text), scale.mark(a.machine), scale.mark(a.best)) for who, a in shown),
        tuple(
            FlipLine(
                agents.get(f.better, Named(f.better)),
                agents.get(f.worse, Named(f.worse)),
                f.raw_difference,
                f.adjusted_difference,
            )
            for f in average.flips
        ),
    )


def all_teams(found: Averages | None, teams: Mapping[str | None, Named]) -> AllTeams | None:
    """All teams' averages; None where there are none."""
    if found is None:
        return None
    shown = [(teams[t.team], t) for t in found.teams if t.team in teams]
    raw = {t.team: Mean(sum(a.n_calls for a in t.agents), t.machine) for _, t in shown}
    scale = Scale.over([m for _, t in shown for m in (t.mean, raw[t.team])])
    lines = [
        TeamLine(who, t, raw[t.team].n, sum(a.n_checked for a in t.agents), scale.mark(raw[t.team]), scale.mark(t.mean))
        for who, t in shown
    ]
    return AllTeams(scale, tuple(lines))


def agent_averages(found: Averages | None, agent_id: str | None, text: Text) -> tuple[AgentAverages, ...]:
    """An agent's averages, one for each team that the agent took calls in."""
    shown = []
    for team in found.teams if found else ():
        for average in team.agents:
            if average.agent_id != agent_id:
                continue
            keys = ("machine", "same_mix", *(("people", "corrected") if team.by_people else ()), "best")
            means: Sequence[tuple[str, Mean]] = [(key, getattr(average, key)) for key in keys]
            scale = Scale.over([*(mean for _, mean in means), team.mean])
            rows = tuple((key, mean, scale.mark(mean)) for key, mean in means)
            shown.append(AgentAverages(team.team, average, _place(average, text), team, scale, rows))
    return tuple(shown)


def _place(average: AgentAverage, text: Text) -> str:
    """The place, or the range of places where intervals overlap; a dash where nothing is known."""
    if average.places is None:
        return "–"
    best, worst = average.places
    return str(best) if best == worst else text("range", low=best, high=worst)


def _of(found: Averages | None, team: str | None) -> TeamAverage | None:
    return next((t for t in found.teams if t.team == team), None) if found else None


def _position(percent: float, low: int) -> str:
    return f"{(min(100.0, max(low, percent)) - low) / (100 - low):.2%}"
