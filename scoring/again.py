"""A call scored again with a changed form: what is judged as before keeps its verdict, the totals are worked out anew."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from qa.model import Call, CriterionResult, Evaluation, Reason
from scoring.answers import Answer
from scoring.applicability import asked_answers
from scoring.assembly import CRITERION_FLAGGED, assemble
from scoring.checks import CheckResult
from scoring.fingerprint import Fingerprint, signals_behind
from scoring.rubric import Criterion, Rubric
from scoring.signals.margin import within

Judge = Callable[[Rubric], Evaluation]
"""Scores the call in hand with a form: :func:`scoring.evaluate` with everything but the form filled in."""


def stamped(evaluation: Evaluation, fingerprints: Mapping[str, Fingerprint]) -> Evaluation:
    """The evaluation with each verdict's fingerprint (see :mod:`scoring.fingerprint`), so that it can be kept later."""
    results = []
    for result in evaluation.results:
        now = fingerprints.get(result.criterion)
        digest = now.digest if now is not None else None
        results.append(result if result.fingerprint == digest else result.model_copy(update={"fingerprint": digest}))
    return evaluation.model_copy(update={"results": tuple(results)})


def kept_results(earlier: Evaluation, fingerprints: Mapping[str, Fingerprint]) -> dict[str, CriterionResult]:
    """The verdicts of an earlier evaluation of the same conversation that stand under a form with these fingerprints."""
    return {
        result.criterion: result
        for result in earlier.results
        if (now := fingerprints.get(result.criterion)) is not None
        and result.fingerprint == now.digest
        and all(within(earlier.margins, name, value) for name, value in now.thresholds.items())
        and result.reason_code != Reason.CHECK_FAILED  # a pattern that took too long may not do so again
    }


def evaluate_again(
    form: Rubric, call: Call, earlier: Evaluation, kept: Mapping[str, CriterionResult], judge: Judge
) -> Evaluation:
    """The evaluation that scoring from the start would give, with only the criteria that are not in ``kept`` judged.

    ``judge`` is called with the part of the form that is left to judge, and not at all when everything is kept.
    """
    if not kept:
        return judge(form)
    left = [criterion for criterion in form.criteria if criterion.id not in kept]
    judged = judge(_part(form, left)) if left else None
    results = {result.criterion: result for result in judged.results} if judged is not None else {}
    results |= kept
    # A signal that no verdict hangs on any more may keep its margin: at worst something is judged that need not be.
    margins = {**earlier.margins, **judged.margins} if judged is not None else earlier.margins
    return assemble(
        form,
        call,
        {name: Answer(result.outcome, result.share, result.answer) for name, result in results.items()},
        {name: _verdict(result) for name, result in results.items()},
        flags=tuple(flag for flag in earlier.flags if flag != CRITERION_FLAGGED),
        margins=margins,
        hits=judged.hits if judged is not None else earlier.hits,
    )


def _verdict(result: CriterionResult) -> CheckResult:
    return CheckResult(
        result.outcome,
        result.explanation,
        evidence=result.evidence,
        confidence=result.confidence,
        method=result.method,
        cue=result.cue,
        reason=Reason(result.reason_code) if result.reason_code is not None else None,
        judge=result.judge,
    )


def _part(form: Rubric, wanted: Collection[Criterion]) -> Rubric:
    """The form with only these criteria, those that they ask about, and their signals."""
    by_id = {criterion.id: criterion for criterion in form.criteria}
    needed: set[str] = set()
    waiting = [criterion.id for criterion in wanted]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            condition = by_id[name].applies_when
            waiting += [each.criterion for each in asked_answers(condition)] if condition is not None else []
    signals = signals_behind(form, (signal for name in needed for signal in by_id[name].signal_names()))
    sections = (
        section.model_copy(update={"criteria": tuple(c for c in section.criteria if c.id in needed)})
        for section in form.sections
    )
    return form.model_copy(
        update={
            "sections": tuple(section for section in sections if section.criteria),
            "signals": {name: signal for name, signal in form.signals.items() if name in signals},
        }
    )
