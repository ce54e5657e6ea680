"""What was said in a closed session, question by question: a question is one criterion of one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from qa.model import CriterionResult, Evaluation, Outcome
from qa.model.calibration import CalibrationSession, FinalAnswer, StillBlind
from qa.review.calibration.sessions import forms_of
from qa.review.calibration.sheet import BY_PERSON, NOTHING
from qa.store import Store
from scoring import Criterion, Rubric
from scoring.agreement import OUTCOME_SCALE
from scoring.answer_types import FreeText
from scoring.answers import read_answer


@dataclass(frozen=True, slots=True)
class Rating:
    """An answer as a category, and its place from 0 to 1; None for one outside the order (not applicable, not scored)."""

    label: str
    place: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """One criterion of one call, with what everybody said: ratings and comments by rater, the machine's, the expert's."""

    session: CalibrationSession
    call_id: str
    form: Rubric
    criterion: Criterion
    ratings: Mapping[str, Rating]
    results: Mapping[str, CriterionResult]
    machine: CriterionResult | None
    final: FinalAnswer | None
    targeted: bool = False
    """The call came in for a flag."""

    @property
    def unanimous(self) -> bool:
        """Two or more raters answered, and all the same."""
        return len(self.ratings) > 1 and len({rating.label for rating in self.ratings.values()}) == 1

    @property
    def differs(self) -> bool:
        """At least two raters gave different answers."""
        return len({rating.label for rating in self.ratings.values()}) > 1

    @property
    def consensus(self) -> Rating | None:
        """The expert's final answer, else the one that all raters gave; None where neither is there."""
        if self.final is not None:
            answer = read_answer(self.criterion, self.final.answer)
            return rating(self.criterion, answer.outcome, answer.value)
        return next(iter(self.ratings.values())) if self.unanimous else None

    @property
    def machine_rating(self) -> Rating | None:
        """None where the machine gave no verdict."""
        if self.machine is None or self.machine.outcome is Outcome.NOT_SCORED:
            return None
        return rating(self.criterion, self.machine.outcome, self.machine.answer)


@dataclass(slots=True)
class ClosedSession:
    """A closed session with everything that was said in it."""

    session: CalibrationSession
    forms: Mapping[str, Rubric]
    evaluations: Sequence[Evaluation]
    finals: Sequence[FinalAnswer]
    machine: Mapping[str, Evaluation] = field(default_factory=dict)
    """The machine's evaluation by the same form, by call id."""

    def questions(self) -> Iterator[Question]:
        """Every criterion of every call; free texts have no verdict and are left out."""
        said: dict[tuple[str, str], dict[str, CriterionResult]] = {}
        for evaluation in self.evaluations:
            for result in evaluation.results:
                if result.outcome is not Outcome.NOT_SCORED or result.method == BY_PERSON:
                    said.setdefault((evaluation.call_id, result.criterion), {})[evaluation.evaluator] = result
        finals = {(final.call_id, final.criterion): final for final in self.finals}  # the last one holds
        for call in self.session.calls:
            form = self.forms[call.rubric_id]
            verdicts = self.machine.get(call.call_id)
            for criterion in form.criteria:
                if isinstance(criterion.answer, FreeText):
                    continue
                key = (call.call_id, criterion.id)
                results = said.get(key, {})
                yield Question(
                    self.session,
                    call.call_id,
                    form,
                    criterion,
                    {who: rating(criterion, result.outcome, result.answer) for who, result in results.items()},
                    results,
                    verdicts.result(criterion.id) if verdicts else None,
                    finals.get(key),
                    call.targeted,
                )


def rating(criterion: Criterion, outcome: Outcome, value: str | float | tuple[str, ...] | None) -> Rating:
    """An answer as a category: names that were chosen are categories of their own, numbers count by their outcome."""
    if value is None or isinstance(value, float) or outcome in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED):
        return Rating(outcome.value, OUTCOME_SCALE.get(outcome))
    share = read_answer(criterion, value).share
    return Rating(value if isinstance(value, str) else "+".join(value) or NOTHING, share)


def closed_session(store: Store, session_id: str, reader: str) -> ClosedSession:
    """Everything of a closed session. Raises StillBlind while it is open."""
    session = store.calibration.session(session_id)
    if not session.closed:
        raise StillBlind(
            "nobody sees the comparison before closing", where=f"session {session_id}", fix="Run qa calibration close"
        )
    refs = {form.ref.id: form.ref for form in session.forms}
    machine = {
        call.call_id: found
        for call in session.calls
        if (found := store.find_scored(call.conversation_id, refs[call.rubric_id].sha256)) is not None
    }
    evaluations = store.calibration.scores(session_id, reader)
    return ClosedSession(session, forms_of(session), evaluations, store.calibration.finals(session_id), machine)
