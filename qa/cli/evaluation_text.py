"""An evaluation for people in a terminal."""

from __future__ import annotations

from qa.model import CriterionResult, Evaluation, SectionTotals
from scoring.rubric import Rubric


def evaluation_text(evaluation: Evaluation, rubric: Rubric) -> str:
    """The score, then section by section each criterion with its outcome, the reason, and the words that prove it."""
    totals, used = evaluation.totals, evaluation.rubric
    percent = "no score" if totals.percent is None else f"{totals.percent:.1f} %"
    verdict = "auto-fail" if evaluation.auto_fail else {True: "passed", False: "not passed", None: ""}[totals.passed]
    lines = [
        f"{evaluation.call_id}  {used.id} {used.version}",
        f"{percent}  {totals.points:g} of {totals.possible:g} points  {verdict}  {totals.band or ''}".rstrip(),
    ]
    by_section = {sums.section: sums for sums in totals.sections}
    for section in rubric.sections:
        lines += ["", f"{section.title}{_section_points(by_section.get(section.name))}"]
        for criterion in section.criteria:
            result = evaluation.result(criterion.id)
            if result is not None:
                lines += _result_lines(result)
    return "\n".join(lines)


def _section_points(sums: SectionTotals | None) -> str:
    if sums is None or not (sums.possible or sums.earned):
        return ""
    taken = f", {sums.earned:g} taken by {', '.join(sums.zeroed_by)}" if sums.zeroed_by else ""
    return f"  {sums.points:g}/{sums.possible:g}{taken}"


def _gate_mark(result: CriterionResult) -> str:
    if result.gate is None or result.gate.reason is None:
        return ""
    return "  (report only, not counted)" if result.report_only else "  (not calibrated yet)"


def _result_lines(result: CriterionResult) -> list[str]:
    points = f" {result.points:g}/{result.possible:g}" if result.possible or result.points else ""
    mark = _gate_mark(result)
    lines = [
        f"  {result.outcome.replace('_', ' '):<14} {result.criterion}{points}{mark}",
        f"      {result.explanation}",
    ]
    for proof in result.evidence:
        stamp = "" if proof.start_s is None else f" at {int(proof.start_s // 60)}:{int(proof.start_s % 60):02d}"
        lines.append(f"      turn {proof.turn}{stamp}, {proof.role}: “{proof.quote}”")
    return lines
