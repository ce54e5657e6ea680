"""An agent's coaching report."""

from __future__ import annotations

from dataclasses import dataclass

from qa.model import Outcome, SampleRow
from reports.averages import AgentAverages, agent_averages
from reports.coaching import Suggestion, suggestions
from reports.data import CallRecord, CriterionInfo, ReportData
from reports.links import Links
from reports.quotes import Quote, quote
from reports.scores import Scores, in_time_order, majority_language, scores
from reports.tally import Tally, best_quote, priorities, strengths, tallies
from reports.text import Text
from reports.trend import Trend, trend

QUOTES_PER_PRIORITY = 2


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion over the agent's calls; ``earlier`` is met and scored in the history."""

    info: CriterionInfo
    tally: Tally
    earlier: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Strength:
    info: CriterionInfo
    tally: Tally
    quote: Quote | None


@dataclass(frozen=True, slots=True)
class Priority:
    """What to work on: the calls that show it, and what to try (None for a criterion that no coach has worded)."""

    info: CriterionInfo
    tally: Tally
    quotes: tuple[Quote, ...]
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class AgentView:
    """What the template shows."""

    agent_id: str | None
    name: str
    teams: tuple[str, ...]
    text: Text
    records: tuple[CallRecord, ...]
    scores: Scores
    strengths: tuple[Strength, ...]
    priorities: tuple[Priority, ...]
    sections: tuple[tuple[str, tuple[CriterionRow, ...]], ...]
    trend: Trend | None
    sample: tuple[tuple[SampleRow, CallRecord], ...]
    """Calls of this agent to score again."""
    averages: tuple[AgentAverages, ...]
    """How sure the mean is, one for each team; empty without people's scores."""


def agent_name(records: list[CallRecord], text: Text) -> str:
    """The name in the latest call that has one, else the id, else "unassigned" in the page's language."""
    named = [r.call.agent_name for r in in_time_order(records) if r.call.agent_name]
    return named[-1] if named else (records[0].call.agent_id if records else None) or text("unassigned")


def agent_view(data: ReportData, agent_id: str | None, links: Links) -> AgentView:
    """The report of one agent (None: the calls that name no agent) over the run's calls."""
    records = in_time_order([r for r in data.calls if r.call.agent_id == agent_id])
    text = Text(majority_language(records))
    found = tallies(data, records)
    by_id = {r.call.call_id: r for r in records}

    def info(tally: Tally) -> CriterionInfo:
        return data.criterion(tally.criterion, text.language)

    def proof(tally: Tally) -> tuple[Quote, ...]:
        worst_first = [*tally.having(Outcome.NOT_MET), *tally.having(Outcome.PARTIALLY_MET)]
        return tuple(quote(v, links, text) for v in worst_first[:QUOTES_PER_PRIORITY])

    strong = []
    for tally in strengths(found):
        example = best_quote(tally)
        strong.append(Strength(info(tally), tally, quote(example, links, text) if example else None))
    return AgentView(
        agent_id=agent_id,
        name=agent_name(records, text),
        teams=tuple(sorted({r.call.team for r in records if r.call.team})),
        text=text,
        records=tuple(records),
        scores=scores(records),
        strengths=tuple(strong),
        priorities=tuple(
            Priority(info(t), t, proof(t), suggestions(text.language).get(t.criterion)) for t in priorities(found)
        ),
        sections=by_section([CriterionRow(info(t), t, _earlier(data, agent_id, t, by_id)) for t in found]),
        trend=trend(agent_id, records, data.history),
        sample=tuple((row, by_id[row.call_id]) for row in data.sample if row.call_id in by_id),
        averages=agent_averages(data.averages, agent_id, text),
    )


def by_section(rows: list[CriterionRow]) -> tuple[tuple[str, tuple[CriterionRow, ...]], ...]:
    """Rows under their section's title, sections in order of first appearance."""
    sections: dict[str, list[CriterionRow]] = {}
    for row in rows:
        sections.setdefault(row.info.section, []).append(row)
    return tuple((title, tuple(members)) for title, members in sections.items())


def _earlier(
    data: ReportData, agent_id: str | None, tally: Tally, current: dict[str, CallRecord]
) -> tuple[int, int] | None:
    outcomes = [
        past.outcomes[tally.criterion]
        for past in data.history
        if past.agent_id == agent_id and past.call_id not in current and tally.criterion in past.outcomes
    ]
    n_met = outcomes.count(Outcome.MET)
    n_scored = n_met + outcomes.count(Outcome.PARTIALLY_MET) + outcomes.count(Outcome.NOT_MET)
    return (n_met, n_scored) if n_scored else None
