"""Critical error accuracy: worked by hand, kept apart by class, adding up over agents."""

from __future__ import annotations

import pytest

from qa.model import Call, Evaluation
from qa.model.copc import CLASSES, CriticalAccuracy, critical_accuracy
from scoring import evaluate_answers
from tests.form_builders import ask, form, section

FORM = form(
    section(
        "all",
        ask("plain", 96),
        ask("polite", 1, severity="critical_customer"),
        ask("fee", 1, severity="critical_business"),
        ask("notice", 1, severity="critical_compliance"),
        ask("identity", 1, severity="critical_compliance"),
    )
)
GOOD = {"plain": "met", "polite": "met", "fee": "met", "notice": "met", "identity": "met"}


def scored(**changes: str) -> Evaluation:
    return evaluate_answers(FORM, Call(call_id="c"), GOOD | changes, "rater")


def by_name(calls: list[tuple[Evaluation, ...]]) -> dict[str, CriticalAccuracy]:
    return {accuracy.name: accuracy for accuracy in critical_accuracy(calls)}


def test_a_call_of_99_percent_with_a_compliance_error_shows_both() -> None:
    evaluation = scored(notice="not_met")
    assert (evaluation.totals.percent, evaluation.totals.passed) == (99, True)  # 96 + 1 + 1 + 0 + 1 of 100
    found = by_name([(evaluation,)])
    assert [(a.name, a.without.k, a.without.n, a.n_errors, a.n_judged) for a in found.values()] == [
        ("customer", 1, 1, 0, 1),
        ("business", 1, 1, 0, 1),
        ("compliance", 0, 1, 1, 2),
    ]


TEAM = {
    "ann": [scored(), scored(notice="not_met"), scored(notice="not_met", identity="not_met", fee="not_applicable")],
    "bob": [scored(identity="partially_met"), scored(notice="not_scored", identity="not_applicable")],
}


def test_a_team_by_hand() -> None:
    found = by_name([(e,) for calls in TEAM.values() for e in calls])
    compliance = found["compliance"]
    # Five calls, on one of them nothing of the class was judged; of the other four two are without an error (half is none).
    assert (compliance.without.k, compliance.without.n, compliance.n_unjudged) == (2, 4, 1)
    assert compliance.without.value == 0.5
    # Wilson, z2 = 3.8415: centre 0.5, half = 1.96 / (1 + 0.9604) x sqrt(0.25/4 + 3.8415/64) = 0.9998 x 0.3500 = 0.34995
    assert (compliance.without.low, compliance.without.high) == pytest.approx((0.1500, 0.8500), abs=1e-4)
    # identity: judged on four, missed on one; notice: judged on four, missed on two.
    assert [(c.criterion, c.without.k, c.without.n) for c in compliance.criteria] == [
        ("identity", 3, 4),
        ("notice", 2, 4),
    ]
    assert (compliance.n_errors, compliance.n_judged) == (3, 8)
    assert (found["business"].without.k, found["business"].without.n, found["business"].n_unjudged) == (4, 4, 1)
    assert (found["customer"].without.k, found["customer"].without.n) == (5, 5)


def test_agents_add_up_to_the_team() -> None:
    agents = [by_name([(e,) for e in calls]) for calls in TEAM.values()]
    team = by_name([(e,) for calls in TEAM.values() for e in calls])
    for name in CLASSES:
        for count in ("n_errors", "n_judged", "n_unjudged"):
            assert sum(getattr(agent[name], count) for agent in agents) == getattr(team[name], count)
        assert sum(agent[name].without.k for agent in agents) == team[name].without.k
        assert sum(agent[name].without.n for agent in agents) == team[name].without.n
        assert team[name].without.n + team[name].n_unjudged == 5


def test_a_call_with_two_evaluations_is_one_call() -> None:
    found = by_name([(scored(), scored(notice="not_met"))])["compliance"]
    assert (found.without.k, found.without.n, found.n_errors, found.n_judged) == (0, 1, 1, 2)


def test_nothing_judged_has_no_accuracy() -> None:
    nothing: list[list[tuple[Evaluation, ...]]] = [[], [()], [(scored(polite="not_applicable"),)]]
    for calls in nothing:
        customer = by_name(calls)["customer"]
        assert (customer.without.value, customer.without.low, customer.criteria) == (None, None, ())
