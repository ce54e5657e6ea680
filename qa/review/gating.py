"""The gate of a run: how far the machine agreed with people in closed calibration sessions, criterion by criterion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa.model import Evaluation
from qa.model.gate import GateState
from qa.review.calibration.questions import ClosedSession, Question, closed_session
from qa.review.calibration.ratings_table import table_of
from qa.store import Store
from scoring.fingerprint import fingerprints
from scoring.gate import gate_state, gated

if TYPE_CHECKING:
    from scoring.rubric import Criterion, Rubric

Gates = Mapping[str, Mapping[str, GateState]]
"""By a form's SHA-256 and a criterion's id. What only people answer has no gate."""

LATEST = 200
"""Calls that count for a criterion, the latest: what the machine did in the sessions of years ago says little of today."""

_READER = "gate"


def read_gates(store: Store, forms: Sequence[Rubric]) -> Gates:
    """The state of every gate of these forms, from the closed sessions of the store.

    A call counts where people came to a consensus and the machine gave a verdict, in a session whose form judges the
    criterion as this form does, whatever its version. Targeted calls were chosen for what the machine said of them, so
    they tell nothing of the others and are left out. A call scored in several sessions counts as in the last.
    """
    closed = [session for session in store.calibration.sessions() if session.closed]
    closed.sort(key=lambda session: (str(session.closed_at), session.session_id))
    sessions = [closed_session(store, session.session_id, _READER) for session in closed]
    return {form.sha256: _states(form, sessions) for form in forms}


def apply_gates(gates: Gates, forms: Iterable[Rubric], evaluations: Iterable[Evaluation]) -> list[Evaluation]:
    """The evaluations, each made with one of the forms, with each verdict's gate and totals over those that count."""
    by_sha256 = {form.sha256: form for form in forms}
    return [gated(by_sha256[each.rubric.sha256], each, gates.get(each.rubric.sha256, {})) for each in evaluations]


def compared(form: Rubric, sessions: Iterable[ClosedSession]) -> dict[str, list[Question]]:
    """By criterion id the questions on which machine and people can be compared, the latest call last."""
    found: dict[str, dict[str, Question]] = {}
    today = _judged(form)
    for session in sessions:
        targeted = {call.call_id for call in session.session.calls if call.targeted}
        then = {each.sha256: _judged(each) for each in session.forms.values() if each.id == form.id}
        for q in session.questions():
            name = q.criterion.id
            if q.form.id != form.id or name not in today or then[q.form.sha256].get(name) != today[name]:
                continue
            if q.call_id in targeted or q.machine_rating is None or q.consensus is None:
                continue
            calls = found.setdefault(name, {})
            calls.pop(q.call_id, None)  # so that the later one stands last
            calls[q.call_id] = q
    return {name: list(calls.values()) for name, calls in found.items()}


def _states(form: Rubric, sessions: Iterable[ClosedSession]) -> dict[str, GateState]:
    questions = compared(form, sessions)
    return {
        criterion.id: _state(form, criterion, questions.get(criterion.id, ())[-LATEST:])
        for section in form.sections
        for criterion in section.criteria
        if not criterion.for_people
    }


def _state(form: Rubric, criterion: Criterion, questions: Sequence[Question]) -> GateState:
    pairs = [
        (q, {"machine": q.machine_rating, "consensus": q.consensus})
        for q in questions
        if q.machine_rating is not None and q.consensus is not None
    ]
    return gate_state(form.gate_of(criterion), table_of(pairs).pooled() if pairs else None)


def _judged(form: Rubric) -> dict[str, object]:
    """What each criterion's verdicts hang on: its fingerprint, or for a language model's what it is asked."""
    known = fingerprints(form, code="") if form.sections else {}
    return {
        criterion.id: known.get(criterion.id)
        or (criterion.question, criterion.check, criterion.answer, criterion.applies_when)
        for section in form.sections
        for criterion in section.criteria
    }
