"""A team lead's view. Agents stand in the order of their names; no number ranks them."""

from __future__ import annotations

from dataclasses import dataclass

from qa.model import Outcome
from reports.agent import agent_name
from reports.averages import AllTeams, Named, TeamAverages, all_teams, team_averages
from reports.coaching import Suggestion, suggestions
from reports.data import CallRecord, CriterionInfo, ReportData
from reports.links import Links
from reports.scores import Scores, in_time_order, majority_language, scores
from reports.tally import Tally, priorities, tallies
from reports.text import Text

MIN_SHADED = 2
"""A cell with fewer scored calls shows its counts without a shade: one call is no pattern."""


@dataclass(frozen=True, slots=True)
class AgentRow:
    agent_id: str | None
    name: str
    team: str | None
    href: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class Cell:
    """Met of scored calls of one agent on one criterion; ``shade`` 0 (all met) to 4, None without a shade."""

    n_met: int
    n_scored: int
    shade: int | None


@dataclass(frozen=True, slots=True)
class HeatRow:
    info: CriterionInfo
    tally: Tally
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TeamPriority:
    """What several agents can work on together; ``agents`` are those who missed it at least once."""

    info: CriterionInfo
    tally: Tally
    agents: tuple[AgentRow, ...]
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class TeamView:
    """What the template shows; ``whole`` is True for the page over all teams."""

    team: str | None
    whole: bool
    text: Text
    scores: Scores
    agents: tuple[AgentRow, ...]
    sections: tuple[tuple[str, tuple[HeatRow, ...]], ...]
    priorities: tuple[TeamPriority, ...]
    averages: TeamAverages | AllTeams | None
    """How sure the means are; None without people's scores."""


def team_view(data: ReportData, links: Links, team: str | None = None, *, whole: bool = False) -> TeamView:
    """One team's page (None: the calls that name no team), or with ``whole`` the page over all calls."""
    records = in_time_order([r for r in data.calls if whole or r.call.team == team])
    text = Text(majority_language(records))
    members: dict[str | None, list[CallRecord]] = {}
    for record in records:
        members.setdefault(record.call.agent_id, []).append(record)
    agents = agent_rows(members, links, text)
    per_agent = {key: {t.criterion: t for t in tallies(data, calls)} for key, calls in members.items()}
    found = tallies(data, records)
    sections: dict[str, list[HeatRow]] = {}
    for tally in found:
        info = data.criterion(tally.criterion, text.language)
        cells = tuple(_cell(per_agent[agent.agent_id].get(tally.criterion)) for agent in agents)
        sections.setdefault(info.section, []).append(HeatRow(info, tally, cells))

    def shared(tally: Tally) -> TeamPriority:
        who = tuple(a for a in agents if (mine := per_agent[a.agent_id].get(tally.criterion)) and mine.missed)
        info = data.criterion(tally.criterion, text.language)
        return TeamPriority(info, tally, who, suggestions(text.language).get(tally.criterion))

    return TeamView(
        team=team,
        whole=whole,
        text=text,
        scores=scores(records),
        agents=agents,
        sections=tuple((title, tuple(rows)) for title, rows in sections.items()),
        priorities=tuple(shared(t) for t in priorities(found)),
        averages=_all_teams(data, links, text)
        if whole
        else team_averages(data.averages, team, {a.agent_id: Named(a.name, a.href) for a in agents}, text),
    )


def _all_teams(data: ReportData, links: Links, text: Text) -> AllTeams | None:
    teams = sorted({r.call.team for r in data.calls}, key=lambda team: (team is None, team))
    return all_teams(data.averages, {team: Named(team or text("no_team"), links.team(team)) for team in teams})


def agent_rows(members: dict[str | None, list[CallRecord]], links: Links, text: Text) -> tuple[AgentRow, ...]:
    """Agents by name, the calls without an agent last."""
    rows = [
        AgentRow(key, agent_name(calls, text), calls[-1].call.team, links.agent(key), scores(calls))
        for key, calls in members.items()
    ]
    return tuple(sorted(rows, key=lambda row: (row.agent_id is None, row.name.casefold(), row.agent_id or "")))


def _cell(tally: Tally | None) -> Cell:
    if tally is None or tally.n_scored == 0:
        return Cell(0, 0, None)
    if tally.n_scored < MIN_SHADED:
        return Cell(tally.n(Outcome.MET), tally.n_scored, None)
    short = 1 - tally.n(Outcome.MET) / tally.n_scored
    shade = 0 if short == 0 else 1 + sum(short > limit for limit in (0.25, 0.5, 0.75))
    return Cell(tally.n(Outcome.MET), tally.n_scored, shade)
