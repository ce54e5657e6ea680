"""The gate: the machine's verdicts on a criterion count only while it agrees with people as far as the form asks.

docs/gate.md says what that means for an auditor.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from qa.model import CriterionResult, Evaluation, OnFail, Outcome
from qa.model.gate import GateReason, GateState
from scoring.agreement import Ratings, estimate
from scoring.agreement.report import MIN_ITEMS
from scoring.answers import Answer, by_outcome
from scoring.assembly import CRITERION_FLAGGED
from scoring.gate_rule import GateRule
from scoring.rubric import Rubric
from scoring.totals import add_up, auto_failed, critical_errors, worths

_KIND_TO_ONE_ANSWER = ("gwet_ac1", "gwet_ac2", "percent_agreement")
"""Where everybody gives one answer these go to 1; the others are not defined, and low just before that."""


class Figure(Protocol):
    """A coefficient with the lower end of its interval, None where there is none."""

    @property
    def low(self) -> float | None: ...


def gate_state(rule: GateRule, ratings: Ratings | None) -> GateState:
    """What a rule makes of the ratings of the machine and the consensus of people (two raters) on one criterion.

    ``None`` stands for no such ratings. Under 20 calls there is no interval (docs/agreement.md), and the form's
    ``before_calibration`` holds. It also holds where too little but one answer was seen: AC1 alone would trust a machine
    that always gives the common answer, so kappa has to beat chance beside it. Where only one answer was ever given,
    percent agreement stands in for AC1 and AC2.
    """
    n = 0 if ratings is None else ratings.n_paired
    state = GateState(
        report_only=rule.before_calibration == "report_only",
        reason=GateReason.NOT_CALIBRATED,
        coefficient=rule.coefficient,
        needed=rule.min_agreement,
        n_calls=n,
    )
    if ratings is None or n == 0:
        return state
    found = estimate(ratings, rule.coefficient)
    if found.value is None and rule.coefficient in _KIND_TO_ONE_ANSWER:
        found = estimate(ratings, "percent_agreement")
    if found.n < n:  # an ordered coefficient leaves out what stands outside the order
        state = state.model_copy(update={"n_calls": found.n})
    if found.value is None and n >= MIN_ITEMS:
        return state.model_copy(update={"reason": GateReason.ONE_ANSWER})
    if found.low is None:
        return state
    enough = found.low >= rule.min_agreement
    if enough and not beats_chance(estimate(ratings, "cohen_kappa")):
        return state.model_copy(update={"reason": GateReason.ONE_ANSWER, "value": found.value, "low": found.low})
    told = {"report_only": not enough, "reason": None if enough else GateReason.LOW_AGREEMENT}
    return state.model_copy(update={**told, "value": found.value, "low": found.low})


def beats_chance(found: Figure) -> bool:
    """True when the lower end of a coefficient for which the common answer is worth nothing (kappa, alpha) is above 0."""
    return found.low is not None and found.low > 0


def gated(form: Rubric, evaluation: Evaluation, states: Mapping[str, GateState]) -> Evaluation:
    """The machine's evaluation with each verdict's gate, and totals over those that count.

    ``states`` by criterion id; one without a state has no gate. Gives the same whatever gates the evaluation had before.
    """
    if all(result.gate == states.get(result.criterion) for result in evaluation.results):
        return evaluation
    left_out = {name for name, state in states.items() if state.report_only}
    if left_out == {result.criterion for result in evaluation.results if result.report_only}:
        marked = (r.model_copy(update={"gate": states.get(r.criterion)}) for r in evaluation.results)
        return evaluation.model_copy(update={"results": tuple(marked)})
    settled = {r.criterion: _answer(r) for r in evaluation.results}
    earned = worths(form, settled, left_out)
    results = tuple(
        r.model_copy(
            update={
                "gate": states.get(r.criterion),
                "points": earned[r.criterion].points,
                "possible": earned[r.criterion].possible,
            }
        )
        for r in evaluation.results
    )
    flagged = any(r.on_fail is OnFail.FLAG and r.outcome is Outcome.NOT_MET and not r.report_only for r in results)
    flags = tuple(flag for flag in evaluation.flags if flag != CRITERION_FLAGGED)
    return evaluation.model_copy(
        update={
            "results": results,
            "totals": add_up(form, settled, earned, left_out),
            "critical_errors": critical_errors(results),
            "auto_fail": auto_failed(results),
            "flags": (*flags, CRITERION_FLAGGED) if flagged else flags,
        }
    )


def _answer(result: CriterionResult) -> Answer:
    """The answer behind a verdict; those stored before answers had shares were yes or no."""
    share = by_outcome(result.outcome).share if result.share is None else result.share
    return Answer(result.outcome, share, result.answer)
