"""The way in to a run's reports."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from qa.model import CoverageRow, Language, SampleRow, Status
from reports.data import CallRecord, ReportData, RunInfo
from reports.links import Links
from reports.scores import Scores, in_time_order, scores
from reports.team import AgentRow, agent_rows
from reports.text import Text

ATTENTION_LIMIT = 25
_ORDER = (Status.REFUSED, Status.SCORED, Status.SKIPPED)


@dataclass(frozen=True, slots=True)
class CoverageLine:
    """One file and, when this run has it, the page of its call."""

    row: CoverageRow
    href: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class TeamLine:
    team: str | None
    href: str
    n_agents: int
    scores: Scores


@dataclass(frozen=True, slots=True)
class Attention:
    """A call that a person should look at first, and why."""

    record: CallRecord
    href: str
    auto_fail: bool
    criticals: tuple[str, ...]
    """Titles of the critical criteria it missed."""
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexView:
    """What the template shows."""

    text: Text
    run: RunInfo
    speed: float | None
    """Seconds of audio per second of the run."""
    coverage: tuple[CoverageLine, ...]
    reasons: tuple[tuple[str, int], ...]
    """Why files were refused or skipped, with counts."""
    scores: Scores
    teams: tuple[TeamLine, ...]
    agents: tuple[AgentRow, ...]
    attention: tuple[Attention, ...]
    n_more_attention: int
    """Calls that would follow in that list."""
    sample: tuple[tuple[SampleRow, str | None, str], ...]
    """The draw, where each call's empty sheet is (not its page, which shows the verdicts) and its agent's name."""
    other: tuple[Language, str]
    """The other language and the index in it."""


def index_view(data: ReportData, links: Links, language: Language) -> IndexView:
    """The index in one language; the same facts in each."""
    text = Text(language)
    records = in_time_order(data.calls)
    by_agent: dict[str | None, list[CallRecord]] = {}
    by_team: dict[str | None, list[CallRecord]] = {}
    for record in records:
        by_agent.setdefault(record.call.agent_id, []).append(record)
        by_team.setdefault(record.call.team, []).append(record)
    agents = agent_rows(by_agent, links, text)
    attention = _attention(data, records, links, text)
    names = {row.agent_id: row.name for row in agents}
    other: Language = "zh" if language == "en" else "en"
    return IndexView(
        text=text,
        run=data.run,
        speed=data.run.audio_s / data.run.wall_s if data.run.wall_s > 0 and data.run.audio_s > 0 else None,
        coverage=tuple(_coverage(data, links, text)),
        reasons=_reasons(data, text),
        scores=scores(records),
        teams=tuple(_team_line(team, by_team[team], links) for team in sorted(by_team, key=lambda t: (t is None, t))),
        agents=agents,
        attention=tuple(attention[:ATTENTION_LIMIT]),
        n_more_attention=max(0, len(attention) - ATTENTION_LIMIT),
        sample=tuple(
            (row, links.sheet(row), names.get(row.agent_id) or row.agent_id or text("unassigned"))
            for row in data.sample
        ),
        other=(other, index_file(other)),
    )


def index_file(language: Language) -> str:
    """``index.html`` is English; the Chinese one lies beside it."""
    return "index.html" if language == "en" else f"index.{language}.html"


def _coverage(data: ReportData, links: Links, text: Text) -> list[CoverageLine]:
    rows = sorted(data.coverage, key=lambda row: (_ORDER.index(row.status), row.file))
    return [
        CoverageLine(row, links.call(row.call_id), text.named("reason", row.reason_code) if row.reason_code else "")
        for row in rows
    ]


def _reasons(data: ReportData, text: Text) -> tuple[tuple[str, int], ...]:
    counted = Counter(row.reason_code for row in data.coverage if row.reason_code)
    return tuple(
        (text.named("reason", reason), n) for reason, n in sorted(counted.items(), key=lambda i: (-i[1], i[0]))
    )


def _team_line(team: str | None, records: list[CallRecord], links: Links) -> TeamLine:
    return TeamLine(team, links.team(team), len({r.call.agent_id for r in records}), scores(records))


def _attention(data: ReportData, records: list[CallRecord], links: Links, text: Text) -> list[Attention]:
    found = []
    for record in records:
        errors = [e.critical_errors for e in record.evaluations]
        missed = dict.fromkeys(c for e in errors for c in (*e.compliance, *e.customer, *e.business))
        auto_fail = any(e.auto_fail for e in record.evaluations)
        if missed or auto_fail or record.doubts:
            titles = tuple(data.criterion(c, text.language).title for c in missed)
            found.append(Attention(record, links.call_page(record), auto_fail, titles, record.doubts))
    return sorted(found, key=lambda a: (not a.auto_fail, not a.criticals))
