"""An evaluation put together from answers: the machine's by the engine, a person's by the same door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qa.model import Call, CriterionResult, Evaluation, OnFail, Outcome, UsageError
from scoring.answer_types import FreeText
from scoring.answers import Answer, Given, read_answer
from scoring.checks.result import CheckResult
from scoring.totals import add_up, auto_failed, critical_errors, settle, worths
from scoring.wording import word

if TYPE_CHECKING:
    from scoring.rubric import Criterion, Rubric
    from scoring.totals import Worth

CRITERION_FLAGGED = "criterion_flagged"
_BY_A_PERSON = "person"


def evaluate_answers(
    rubric: Rubric,
    call: Call,
    given: Mapping[str, Given],
    evaluator: str,
    *,
    comments: Mapping[str, str] | None = None,
) -> Evaluation:
    """A person's evaluation of a call, from what was given to each criterion (see :func:`scoring.answers.read_answer`).

    What was left out is ``not_scored``; what the form says is not applicable is so whatever was given. ``comments`` by
    criterion become the explanations.

    Raises:
        UsageError: an unknown criterion, or an answer that its criterion does not take.
    """
    criteria = {criterion.id: criterion for criterion in rubric.criteria}
    said = comments or {}
    if unknown := sorted((given.keys() | said.keys()) - criteria.keys()):
        raise UsageError(f"no criterion {unknown[0]!r}", where=f"rubric {rubric.id}", expected="ids of its criteria")
    answers = {name: read_answer(criteria[name], value) for name, value in given.items()}
    verdicts = {
        name: CheckResult(answer.outcome, said.get(name, ""), method=_BY_A_PERSON) for name, answer in answers.items()
    }
    return assemble(rubric, call, answers, verdicts, evaluator=evaluator)


def assemble(
    rubric: Rubric,
    call: Call,
    answers: Mapping[str, Answer],
    verdicts: Mapping[str, CheckResult],
    *,
    evaluator: str = "machine",
    flags: tuple[str, ...] = (),
    margins: Mapping[str, tuple[float, float]] | None = None,
    hits: bytes = b"",
) -> Evaluation:
    """An evaluation: points and totals follow from the answers, proof and reasons come from the verdicts beside them."""
    settled = settle(rubric, answers, call)
    earned = worths(rubric, settled)
    results = []
    for section in rubric.sections:
        for criterion in section.criteria:
            answer = settled[criterion.id]
            verdict = verdicts.get(criterion.id)
            if verdict is None or verdict.outcome is not answer.outcome:
                verdict = _settled_by_the_form(rubric, criterion, answer)
            results.append(_result(section.name, criterion, answer, verdict, earned[criterion.id]))
    flagged = any(r.on_fail is OnFail.FLAG and r.outcome is Outcome.NOT_MET for r in results)
    return Evaluation(
        call_id=call.call_id,
        rubric=rubric.ref,
        evaluator=evaluator,
        totals=add_up(rubric, settled, earned),
        critical_errors=critical_errors(results),
        auto_fail=auto_failed(results),
        results=tuple(results),
        flags=(*flags, CRITERION_FLAGGED) if flagged else flags,
        hits=hits,
        margins=dict(margins or {}),
    )


def _settled_by_the_form(rubric: Rubric, criterion: Criterion, answer: Answer) -> CheckResult:
    """The verdict on a criterion that was not answered, or that the form takes out whatever was answered."""
    if answer.outcome is Outcome.NOT_SCORED:
        return CheckResult(answer.outcome, word(rubric.language, "unanswered_item"), method="none")
    key = "free_text" if isinstance(criterion.answer, FreeText) else "not_applicable_here"
    return CheckResult(answer.outcome, word(rubric.language, key), method="none")


def _result(section: str, criterion: Criterion, answer: Answer, verdict: CheckResult, worth: Worth) -> CriterionResult:
    return CriterionResult(
        criterion=criterion.id,
        section=section,
        outcome=answer.outcome,
        answer=answer.value,
        share=answer.share,
        points=worth.points,
        possible=worth.possible,
        severity=criterion.severity,
        auto_fail=criterion.fails_call,
        on_fail=criterion.on_fail,
        confidence=verdict.confidence,
        method=verdict.method,
        explanation=verdict.explanation,
        evidence=verdict.evidence,
        cue=verdict.cue,
        reason_code=verdict.reason.value if verdict.reason is not None else None,
        judge=verdict.judge,
    )
