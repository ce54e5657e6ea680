"""Totals worked by hand: the sum is in the comment of each case."""

from __future__ import annotations

import pytest

from qa.model import CriterionResult, Outcome, Severity
from scoring.totals import auto_failed, critical_errors, points_for, total

Answer = tuple[str, float, str, bool]
"""Outcome, worth, severity, auto-fail."""

PLAIN, CUSTOMER, BUSINESS, COMPLIANCE = "non_critical", "critical_customer", "critical_business", "critical_compliance"


def _results(*answers: Answer) -> list[CriterionResult]:
    found = []
    for position, (outcome, worth, severity, auto_fail) in enumerate(answers):
        points, possible = points_for(Outcome(outcome), worth)
        found.append(
            CriterionResult(
                criterion=f"c.{position}",
                outcome=Outcome(outcome),
                points=points,
                possible=possible,
                severity=Severity(severity),
                auto_fail=auto_fail,
                method="phrase",
                explanation="",
            )
        )
    return found


def _plain(outcome: str, worth: float = 1) -> Answer:
    return (outcome, worth, PLAIN, False)


MET, HALF, MISSED, NA, UNSCORED = "met", "partially_met", "not_met", "not_applicable", "not_scored"

GOLD: list[tuple[str, list[Answer], float, float, float | None, bool | None]] = [
    # name, answers, points, possible, percent, passed at 80
    ("all met", [_plain(MET, 2), _plain(MET, 3)], 5, 5, 100.0, True),  # 2 + 3 of 2 + 3
    ("all missed", [_plain(MISSED, 2), _plain(MISSED, 3)], 0, 5, 0.0, False),  # 0 of 5
    ("half", [_plain(HALF, 3)], 1.5, 3, 50.0, False),  # 3 / 2
    ("mixed", [_plain(MET, 4), _plain(HALF, 2), _plain(MISSED, 4)], 5, 10, 50.0, False),  # 4 + 1 + 0 of 10
    ("exactly the mark", [_plain(MET, 4), _plain(MISSED, 1)], 4, 5, 80.0, True),  # 4 / 5 = 80 %
    ("just under the mark", [_plain(MET, 79), _plain(MISSED, 21)], 79, 100, 79.0, False),  # 79 / 100
    ("n/a stays out", [_plain(MET, 4), _plain(NA, 100)], 4, 4, 100.0, True),  # 4 of 4, not of 104
    ("not scored stays out", [_plain(MET, 4), _plain(UNSCORED, 9), _plain(MISSED, 1)], 4, 5, 80.0, True),  # 4 of 4 + 1
    ("all n/a", [_plain(NA, 2), _plain(NA, 3)], 0, 0, None, None),  # nothing possible: no percentage, not 0
    ("all not scored", [_plain(UNSCORED), _plain(UNSCORED)], 0, 0, None, None),
    ("no criteria", [], 0, 0, None, None),
    ("n/a and not scored", [_plain(NA), _plain(UNSCORED)], 0, 0, None, None),
    ("thirds are rounded", [_plain(MET), _plain(MET), _plain(MISSED)], 2, 3, 66.67, False),  # 66.666...
    ("fractions of points", [_plain(MET, 0.1), _plain(MET, 0.2), _plain(MISSED, 0.3)], 0.3, 0.6, 50.0, False),
    ("critical miss keeps the percentage", [_plain(MET, 19), (MISSED, 1, COMPLIANCE, False)], 19, 20, 95.0, True),
    ("auto-fail", [_plain(MET, 19), (MISSED, 1, COMPLIANCE, True)], 19, 20, 95.0, False),  # 95 %, and still failed
    (
        "two auto-fails",
        [_plain(MET, 8), (MISSED, 1, COMPLIANCE, True), (MISSED, 1, CUSTOMER, True)],
        8,
        10,
        80.0,
        False,
    ),
    (
        "auto-fail half met",
        [_plain(MET, 9), (HALF, 2, COMPLIANCE, True)],
        10,
        11,
        90.91,
        True,
    ),  # 10 / 11; half is no miss
    ("auto-fail not scored", [_plain(MET, 9), (UNSCORED, 2, COMPLIANCE, True)], 9, 9, 100.0, True),
    ("the contract's example", [_plain(MET, 17), _plain(HALF, 1), _plain(MISSED, 2)], 17.5, 20, 87.5, True),
]


@pytest.mark.parametrize(("name", "answers", "points", "possible", "percent", "passed"), GOLD, ids=[g[0] for g in GOLD])
def test_gold(
    name: str, answers: list[Answer], points: float, possible: float, percent: float | None, passed: bool | None
) -> None:
    sums = total(_results(*answers), pass_mark=80)
    assert sums.points == pytest.approx(points, abs=1e-12)
    assert sums.possible == pytest.approx(possible, abs=1e-12)
    assert (sums.percent, sums.passed) == (percent, passed)
    counted = sums.n_met + sums.n_partially_met + sums.n_not_met + sums.n_not_applicable + sums.n_not_scored
    assert counted == len(answers)


def test_every_outcome_is_counted_once() -> None:
    sums = total(_results(*(_plain(o) for o in (MET, MET, HALF, MISSED, MISSED, MISSED, NA, UNSCORED))), pass_mark=80)
    assert (sums.n_met, sums.n_partially_met, sums.n_not_met, sums.n_not_applicable, sums.n_not_scored) == (
        2,
        1,
        3,
        1,
        1,
    )


def test_critical_errors_are_kept_apart_by_who_is_harmed() -> None:
    results = _results(
        (MISSED, 1, COMPLIANCE, False),
        (MISSED, 1, CUSTOMER, False),
        (HALF, 1, COMPLIANCE, False),  # half is no critical error
        (NA, 1, CUSTOMER, False),
        (UNSCORED, 1, BUSINESS, False),
        (MISSED, 1, BUSINESS, False),
        _plain(MISSED),
    )
    errors = critical_errors(results)
    assert (errors.compliance, errors.customer, errors.business) == (("c.0",), ("c.1",), ("c.5",))


@pytest.mark.parametrize(
    ("outcome", "failed"), [(MISSED, True), (HALF, False), (MET, False), (NA, False), (UNSCORED, False)]
)
def test_only_a_miss_fails_the_call(outcome: str, failed: bool) -> None:
    assert auto_failed(_results((outcome, 1, COMPLIANCE, True))) is failed


@pytest.mark.parametrize("mark", [0, 100])
def test_the_mark_itself_passes(mark: float) -> None:
    answer = _plain(MET if mark else MISSED)
    assert total(_results(answer), pass_mark=mark).passed is True
