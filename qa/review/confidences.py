"""What the machine's confidences are worth, from closed calibration sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qa.model import UsageError
from qa.review.calibration.questions import Question, closed_session
from qa.review.gating import compared
from qa.review.halves import half_of
from qa.store import Store
from scoring.confidence import (
    MIN_CHECKED,
    Bin,
    Handover,
    Way,
    error_by_chance,
    expected_calibration_error,
    fit,
    handover,
    reliability_table,
    way_for,
)
from scoring.rubric import Rubric

_READER = "confidence"


@dataclass(frozen=True, slots=True)
class ConfidenceReport:
    """Confidences as they are, and calibrated; every number is from verdicts that the curve was not fitted to.

    Errors are expected calibration errors, 0..1. ``by_chance`` is what true confidences would show on as many verdicts.
    """

    n: int
    way: Way
    table: tuple[Bin, ...]
    error: float
    by_chance: float
    calibrated: tuple[Bin, ...]
    error_calibrated: float
    handover: Handover


def checked_verdicts(store: Store, form: Rubric) -> list[Question]:
    """The questions of closed sessions that people and machine answered, where the machine said how sure it was."""
    sessions = [closed_session(store, s.session_id, _READER) for s in store.calibration.sessions() if s.closed]
    sessions.sort(key=lambda each: (str(each.session.closed_at), each.session.session_id))
    found = (q for questions in compared(form, sessions).values() for q in questions)
    return [q for q in found if q.machine is not None and q.machine.confidence is not None]


def confidence_report(questions: Sequence[Question], *, wrong: float, person: float) -> ConfidenceReport:
    """How far confidences are from frequencies, and what it costs to have people look at unsure verdicts.

    The calls are dealt into two parts, and each part's verdicts get the curve fitted to the other's: one call's verdicts
    hang together, so they stay together. ``wrong`` is what a wrong verdict costs, ``person`` what a person's look does.

    Raises:
        UsageError: fewer than 20 checked verdicts in a part, or a cost that is not above 0.
    """
    part = np.array([half_of(q.call_id) for q in questions], dtype=np.int64)
    sure = np.array([q.machine.confidence if q.machine else None for q in questions], dtype=np.float64)
    right = np.array([_agrees(q) for q in questions], dtype=np.float64)
    smallest = min(int((part == each).sum()) for each in (0, 1))
    if smallest < MIN_CHECKED:
        raise UsageError(
            f"{len(questions)} verdicts with a confidence were checked by people",
            expected=f"{MIN_CHECKED} or more in each half of the calls",
            fix="Close a calibration session with more calls",
        )
    calibrated = np.empty_like(sure)
    for each in (0, 1):
        calibrated[part == each] = fit(sure[part != each], right[part != each])(sure[part == each])
    table, after = reliability_table(sure, right), reliability_table(calibrated, right)
    return ConfidenceReport(
        n=len(questions),
        way=way_for(smallest),
        table=tuple(table),
        error=expected_calibration_error(table) or 0.0,
        by_chance=error_by_chance(table) or 0.0,
        calibrated=tuple(after),
        error_calibrated=expected_calibration_error(after) or 0.0,
        handover=handover(calibrated, right, wrong=wrong, person=person),
    )


def _agrees(q: Question) -> bool:
    machine, consensus = q.machine_rating, q.consensus
    return machine is not None and consensus is not None and machine.label == consensus.label
