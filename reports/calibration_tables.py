"""The calibration report for spreadsheets and for other programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from qa.model import Evidence
from reports.calibration_data import CalibrationReport, Figure, Reliability, Verdict
from reports.workbook import Value, fill_sheet

SCHEMA = "qa.calibration_report/1"
_WIDTHS: dict[str, float] = {
    "criterion": 30,
    "title": 30,
    "question": 50,
    "verdict": 18,
    "answers": 40,
    "comment": 60,
    "session": 22,
}

Row = dict[str, Value]


def report_json(report: CalibrationReport) -> str:
    """``qa.calibration_report/1``: everything in the report, numbers bare (docs/calibration.md says which count)."""
    return json.dumps({"schema": SCHEMA, **_plain(report)}, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def write_calibration_workbook(report: CalibrationReport, path: Path) -> None:
    """Sheets ``verdicts``, ``raters``, ``pairs``, ``sessions`` and ``calls``. Figures from fewer than 20 calls are left empty."""
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "Callibrate"
    book.remove(book.active)
    for name, rows in (
        ("verdicts", list(_verdicts(report))),
        ("raters", list(_raters(report))),
        ("pairs", list(_pairs(report))),
        ("sessions", list(_sessions(report))),
        ("calls", list(_calls(report))),
    ):
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["nothing"]
        fill_sheet(book.create_sheet(name), columns, [[row.get(c) for c in columns] for row in rows], _WIDTHS)
    book.save(path)


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Evidence):
        return value.to_dict()
    return value.isoformat() if isinstance(value, datetime) else value


def _verdicts(report: CalibrationReport) -> Iterator[Row]:
    for line in sorted(report.criteria, key=lambda line: list(Verdict).index(line.verdict)):
        head: Row = {"verdict": line.verdict.value, "form": f"{line.form} {line.version}", "criterion": line.criterion}
        words: Row = {"title": line.title, "question": line.question}
        counts: Row = {name: getattr(line.counts, name) for name in type(line.counts).__dataclass_fields__}
        yield head | words | _reliability("people", line.people) | _reliability("machine", line.machine) | counts


def _reliability(prefix: str, found: Reliability) -> Row:
    row: Row = {f"{prefix} calls": found.n_calls}
    for name, figure in found.figures.items():
        row |= _figure(f"{prefix} {name}", figure)
    row[f"{prefix} answers"] = ", ".join(f"{label} {share:.0%}" for label, share in found.prevalence.items())
    return row


def _figure(name: str, figure: Figure) -> Row:
    if not figure.shown:
        return {name: None, f"{name} low": None, f"{name} high": None}
    return {name: figure.value, f"{name} low": figure.low, f"{name} high": figure.high}


def _raters(report: CalibrationReport) -> Iterator[Row]:
    for rater in report.raters:
        row: Row = {"rater": rater.rater, "calls": rater.n_calls}
        row |= _figure("bias", rater.bias)
        row |= {"same answers": rater.cell.n_same, "comparisons": rater.cell.n_pairs}
        yield row | _figure("drift", rater.drift) | {"drifted": str(rater.drifted).lower()}


def _pairs(report: CalibrationReport) -> Iterator[Row]:
    for line in report.criteria:
        for rater, cell in line.cells.items():
            yield {
                "form": f"{line.form} {line.version}",
                "criterion": line.criterion,
                "rater": rater,
                "same answers": cell.n_same,
                "comparisons": cell.n_pairs,
                "calls": cell.n_calls,
            }


def _sessions(report: CalibrationReport) -> Iterator[Row]:
    for session in report.sessions:
        row: Row = {"session": session.session_id, "title": session.title, "closed": session.closed_at.isoformat()}
        row |= {"raters": ", ".join(session.raters), "expert": session.expert, "calls": session.n_calls}
        row |= {"targeted or chosen": session.n_targeted} | _figure("percent_agreement", session.agreement)
        for rater in report.raters:
            if session.session_id in rater.by_session:
                bias = rater.by_session[session.session_id]
                row[f"bias of {rater.rater}"] = bias.value if bias.shown else None
        yield row


def _calls(report: CalibrationReport) -> Iterator[Row]:
    for call in report.calls:
        for question in call.questions:
            said = [*question.given, *((question.machine,) if question.machine else ())]
            for given in said:
                yield {
                    "session": call.session_id,
                    "call_id": call.call_id,
                    "criterion": question.criterion,
                    "who": given.who,
                    "answer": given.answer,
                    "comment": given.comment,
                }
            if question.final:
                yield {
                    "session": call.session_id,
                    "call_id": call.call_id,
                    "criterion": question.criterion,
                    "who": f"final ({question.final.who})",
                    "answer": question.final.answer,
                    "comment": question.final.comment,
                }
