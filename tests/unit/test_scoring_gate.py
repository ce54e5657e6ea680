"""The gate: where it opens, and what a report-only verdict leaves of the totals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qa.model import Evaluation, Outcome
from qa.model.gate import GateReason, GateState
from scoring import Rubric, evaluate_answers
from scoring.agreement import Ratings
from scoring.gate import gate_state, gated
from scoring.gate_rule import GateRule
from tests.form_builders import ask, form, section
from tests.scoring_builders import call

TALK = call("A: hello")
SHUT = GateState(report_only=True, reason=GateReason.LOW_AGREEMENT, coefficient="gwet_ac1", needed=0.6)
OPEN = GateState(report_only=False, coefficient="gwet_ac1", needed=0.6)


def pairs(**counts: int) -> Ratings:
    """``yy`` calls on which both say met, ``nn`` not met, ``yn`` the machine met and people not."""
    said = [pair for pair, n in counts.items() for _ in range(n)]
    codes = np.array([[letter == "y" for letter in pair] for pair in said], dtype=np.int64)
    n = len(said)
    return Ratings.build(
        np.repeat(np.arange(n), 2), np.tile([0, 1], n), codes.ravel(), ("not_met", "met"), np.array([0.0, 1.0])
    )


@pytest.mark.parametrize(
    ("ratings", "report_only", "reason"),
    [
        (pairs(yy=25, nn=25), False, None),
        (pairs(yy=20, nn=20, yn=10), True, GateReason.LOW_AGREEMENT),
        (pairs(yy=20, nn=20, yn=5, ny=5), True, GateReason.LOW_AGREEMENT),
        (pairs(yy=60), False, GateReason.ONE_ANSWER),  # counts, and is marked
        (pairs(yy=57, yn=3), False, GateReason.ONE_ANSWER),  # a machine that always says met: AC1 .95, kappa 0
        (pairs(yy=10, nn=9), False, GateReason.NOT_CALIBRATED),  # 19 calls
        (pairs(yn=10, ny=9), False, GateReason.NOT_CALIBRATED),
        (None, False, GateReason.NOT_CALIBRATED),
    ],
)
def test_the_gate_opens_by_the_lower_end(ratings: Ratings | None, report_only: bool, reason: GateReason | None) -> None:
    found = gate_state(GateRule(), ratings)
    assert (found.report_only, found.reason) == (report_only, reason)
    if found.low is not None:
        assert (found.low < 0.6) is report_only


def test_the_lower_end_is_the_border_itself() -> None:
    ratings = pairs(yy=20, nn=20, yn=4)
    low = gate_state(GateRule(), ratings).low
    assert low is not None
    assert not gate_state(GateRule(min_agreement=low), ratings).report_only
    assert gate_state(GateRule(min_agreement=math.nextafter(low, 1)), ratings).report_only


@pytest.mark.parametrize("before", ["automatic", "report_only"])
def test_without_calibration_the_form_decides(before: str) -> None:
    rule = GateRule.model_validate({"before_calibration": before})
    for ratings in (None, pairs(yy=19)):
        assert gate_state(rule, ratings).report_only is (before == "report_only")
    assert not gate_state(rule, pairs(yy=25, nn=25)).report_only  # agreement opens it


def test_kappa_learns_nothing_from_one_answer() -> None:
    found = gate_state(GateRule(coefficient="cohen_kappa", before_calibration="report_only"), pairs(yy=60))
    assert (found.report_only, found.reason, found.n_calls) == (True, GateReason.ONE_ANSWER, 60)


def test_a_criterion_changes_only_the_keys_that_it_gives() -> None:
    made = form(
        section("S", ask("a", 1, gate={"min_agreement": 0.8}), ask("b", 1)),
        gate={"coefficient": "cohen_kappa", "before_calibration": "report_only"},
    )
    a, b = (made.gate_of(criterion) for criterion in made.criteria)
    assert (a.min_agreement, a.coefficient, a.before_calibration) == (0.8, "cohen_kappa", "report_only")
    assert (b.min_agreement, b.coefficient, b.before_calibration) == (0.6, "cohen_kappa", "report_only")


def scored(made: Rubric, **answers: str) -> Evaluation:
    return evaluate_answers(made, TALK.call, answers, "machine")


def test_totals_are_those_of_the_form_without_the_criterion() -> None:
    rest = [section("S", ask("a", 2), ask("b", 3)), section("T", ask("c", 1))]
    whole = form(section("S", ask("a", 2), ask("b", 3), ask("x", 5, severity="critical_customer", auto_fail=True,
                 on_fail="zero_call")), section("T", ask("c", 1)))  # fmt: skip
    answers = {"a": "met", "b": "partially_met", "c": "met"}
    found = gated(whole, scored(whole, **answers, x="not_met"), {"x": SHUT, "a": OPEN})
    without = scored(form(*rest), **answers)
    # 2 + 1.5 + 1 of 6
    assert (found.totals.points, found.totals.possible, found.totals.percent) == (4.5, 6, 75.0)
    assert found.totals == without.totals.model_copy(update={"n_report_only": 1})
    assert (found.auto_fail, found.critical_errors) == (False, without.critical_errors)
    x = found.result("x")
    assert x is not None
    assert (x.outcome, x.points, x.possible, x.gate) == (Outcome.NOT_MET, 0, 0, SHUT)


def test_a_weighted_section_shares_its_weight_among_the_rest() -> None:
    made = form(section("S", ask("a"), ask("x"), weight=10), section("T", ask("c"), weight=30), weights="section")
    found = gated(made, scored(made, a="met", x="not_met", c="not_met"), {"x": SHUT})
    assert (found.totals.points, found.totals.possible) == (10, 40)


def test_a_flag_of_a_report_only_miss_goes_and_comes_back() -> None:
    made = form(section("S", ask("a", 1), ask("x", 1, on_fail="flag")))
    plain = scored(made, a="met", x="not_met")
    shut = gated(made, plain, {"x": SHUT})
    assert (plain.flags, shut.flags) == (("criterion_flagged",), ())
    assert gated(made, shut, {}) == plain
    assert gated(made, shut, {"x": SHUT}) is shut
    opened = gated(made, shut, {"x": OPEN})
    assert (opened.totals, opened.flags) == (plain.totals, plain.flags)
