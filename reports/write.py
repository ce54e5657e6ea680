"""Everything that a run leaves behind for people, written into one folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reports.agent import agent_view
from reports.call import call_view
from reports.data import CallRecord, ReportData
from reports.index import index_file, index_view
from reports.links import Links
from reports.page import render
from reports.tables import (
    write_calibration_ratings_csv,
    write_calibration_sample_csv,
    write_coverage_csv,
    write_evaluations_jsonl,
)
from reports.tally import results_by_criterion
from reports.team import team_view


def write_reports(data: ReportData, out: Path) -> list[Path]:
    """Write pages and tables into ``out`` (made when missing) and return their paths, ``index.html`` first.

    The audio files that the calls point to are the caller's to put there. Raises ValueError when a call's
    ``audio_href`` leaves the folder.
    """
    written = []
    for name, content in pages(data):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
        written.append(path)
    write_coverage_csv(data.coverage, out / "coverage.csv")
    write_evaluations_jsonl((e for record in data.calls for e in record.evaluations), out / "evaluations.jsonl")
    write_calibration_sample_csv(data.sample, out / "calibration_sample.csv")
    criteria = {r.call.call_id: _criteria(data, r) for r in data.calls}
    write_calibration_ratings_csv(data.sample, criteria, out / "calibration_ratings.csv")
    tables = ("coverage.csv", "evaluations.jsonl", "calibration_sample.csv", "calibration_ratings.csv")
    return [*written, *(out / name for name in tables)]


def pages(data: ReportData) -> Iterator[tuple[str, str]]:
    """Each text file of the run by its path in the folder: pages, and the conversations as JSON."""
    links = Links(data)
    for language in ("en", "zh"):
        index = index_view(data, links, language)
        yield index_file(language), render("index.html.j2", index.text, root="", view=index, links=links, data=data)
    whole = team_view(data, links, whole=True)
    yield "team.html", render("team.html.j2", whole.text, root="", view=whole, links=links, data=data)
    for team in sorted({r.call.team for r in data.calls}, key=lambda t: (t is None, t)):
        view = team_view(data, links, team)
        yield links.team(team), render("team.html.j2", view.text, root="../", view=view, links=links, data=data)
    for agent_id in sorted({r.call.agent_id for r in data.calls}, key=lambda a: (a is None, a)):
        agent = agent_view(data, agent_id, links)
        yield links.agent(agent_id), render("agent.html.j2", agent.text, root="../", view=agent, links=links, data=data)
    for record in data.calls:
        call = call_view(data, record, links)
        yield links.call_page(record), render("call.html.j2", call.text, root="../", view=call, links=links, data=data)
        yield links.conversation(record.call.call_id), record.conversation.to_json(indent=1) + "\n"


def _criteria(data: ReportData, record: CallRecord) -> list[str]:
    scored = results_by_criterion(record)
    return [criterion for criterion in data.criterion_order() if criterion in scored]
