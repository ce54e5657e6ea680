"""The expert's final answers: which questions wait for one, and how they are handed in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from qa.model import UsageError
from qa.model.calibration import FinalAnswer
from qa.review.calibration.filled_in import filled_rows
from qa.review.calibration.handing_in import given_in, plain
from qa.review.calibration.questions import Question, closed_session
from qa.review.calibration.sessions import forms_of
from qa.review.calibration.sheet import described
from qa.store import Store
from reports.tables import inert
from scoring.answers import Given, read_answer

OPEN_COLUMNS = (
    "session", "call_id", "form", "criterion", "question", "possible_answers", "answers_given", "answer", "reason",
)  # fmt: skip
_READ = ("session", "call_id", "form", "criterion", "answer", "reason")


@dataclass(frozen=True, slots=True)
class Decision:
    """What the expert decides on one criterion of one call."""

    call_id: str
    criterion: str
    answer: Given
    reason: str


def open_questions(store: Store, session_id: str, reader: str) -> list[Question]:
    """The questions that raters answer differently and the expert has not decided. Raises StillBlind before closing."""
    return [q for q in closed_session(store, session_id, reader).questions() if q.differs and q.final is None]


def decide(store: Store, session_id: str, author: str, decisions: Sequence[Decision]) -> list[FinalAnswer]:
    """Save the expert's final answers, all or none; an earlier decision stays on record and no longer holds.

    Raises:
        UsageError: no such call or criterion, an answer that the criterion does not take, no reason, the author is not
            the session's expert; StillBlind before closing.
    """
    session = store.calibration.session(session_id)
    forms = forms_of(session)
    calls = {call.call_id: call for call in session.calls}
    now = datetime.now(UTC)
    finals = []
    for decision in decisions:
        call = calls.get(decision.call_id)
        if call is None:
            raise UsageError(
                f"no call {decision.call_id!r}", where=f"session {session_id}", expected="one of its calls"
            )
        criterion = next((c for c in forms[call.rubric_id].criteria if c.id == decision.criterion), None)
        if criterion is None:
            raise UsageError(f"no criterion {decision.criterion!r}", where=f"form {call.rubric_id}")
        if not decision.reason.strip():
            raise UsageError(f"{criterion.id} of {call.call_id} has no reason", expected="why this is the final answer")
        read_answer(criterion, decision.answer)
        answer = decision.answer if isinstance(decision.answer, str | float) else tuple(decision.answer)
        finals.append(
            FinalAnswer(
                call_id=call.call_id,
                rubric_id=call.rubric_id,
                criterion=criterion.id,
                answer=answer,
                reason=decision.reason.strip(),
                author=author,
                decided_at=now,
            )
        )
    store.calibration.add_finals(session_id, finals)
    return finals


def write_open_questions(store: Store, session_id: str, reader: str, path: Path) -> int:
    """Write the undecided questions as a CSV file for the expert to fill in; returns how many there are."""
    questions = open_questions(store, session_id, reader)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(OPEN_COLUMNS)
        for q in questions:
            given = "; ".join(
                f"{who}: {r.label}" + (f" ({q.results[who].explanation})" if q.results[who].explanation else "")
                for who, r in q.ratings.items()
            )
            possible = described(q.criterion, q.form.language)
            cells = (session_id, q.call_id, q.form.id, q.criterion.id, q.criterion.question, possible, given, "", "")
            writer.writerow([inert(cell) for cell in cells])
    return len(questions)


def read_decisions(store: Store, session_id: str, path: Path) -> list[Decision]:
    """The decisions in a filled-in file of open questions; rows without an answer are left open.

    Raises:
        UsageError: with file, row and column, as for a rater's file.
    """
    session = store.calibration.session(session_id)
    forms = forms_of(session)
    calls = {inert(call.call_id): call for call in session.calls}
    found: dict[tuple[str, str], Decision] = {}
    for row in filled_rows(path, "consensus", _READ):
        cells = row.cells
        if str(cells["session"] or "") != inert(session_id):
            raise UsageError("another session's file", where=row.where("session"), expected=repr(session_id))
        call = calls.get(str(cells["call_id"] or ""))
        if call is None:
            raise UsageError("no such call", where=row.where("call_id"), expected=f"a call of session {session_id}")
        form = forms[call.rubric_id]
        criterion = next((c for c in form.criteria if c.id == cells["criterion"]), None)
        if criterion is None:
            raise UsageError("no such criterion", where=row.where("criterion"), expected=f"a criterion of {form.id}")
        answer = given_in(row, "answer", criterion, form)
        if answer is None:
            continue
        if cells["reason"] is None:
            raise UsageError(
                "the reason is missing", where=row.where("reason"), expected="why this is the final answer"
            )
        key = (call.call_id, criterion.id)
        if key in found:
            raise UsageError("decided already above", where=row.where("criterion"), expected="each question once")
        found[key] = Decision(*key, answer, plain(cells["reason"]))
    return list(found.values())
