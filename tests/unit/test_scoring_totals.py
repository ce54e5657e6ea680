"""Totals worked by hand: the sum is in the comment of each case."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import Call, Evaluation, UsageError
from scoring import evaluate_answers
from tests.form_builders import ask, form, section

Answer = tuple[str, float, str, bool]
"""Outcome, worth, severity, auto-fail."""

PLAIN, CUSTOMER, BUSINESS, COMPLIANCE = "non_critical", "critical_customer", "critical_business", "critical_compliance"


def _evaluated(*answers: Answer, pass_mark: float = 80) -> Evaluation:
    """A person's evaluation on a form of one section that has a criterion for each answer."""
    criteria = [
        ask(f"c.{at}", worth, severity=severity, auto_fail=auto_fail)
        for at, (_, worth, severity, auto_fail) in enumerate(answers)
    ]
    rubric = form(section("all", *criteria), pass_mark=pass_mark)
    return evaluate_answers(rubric, Call(call_id="c-1"), {f"c.{at}": a[0] for at, a in enumerate(answers)}, "r-1")


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
    sums = _evaluated(*answers).totals
    assert sums.points == pytest.approx(points, abs=1e-12)
    assert sums.possible == pytest.approx(possible, abs=1e-12)
    assert (sums.percent, sums.passed) == (percent, passed)
    counted = sums.n_met + sums.n_partially_met + sums.n_not_met + sums.n_not_applicable + sums.n_not_scored
    assert counted == len(answers)


def test_every_outcome_is_counted_once() -> None:
    sums = _evaluated(*(_plain(o) for o in (MET, MET, HALF, MISSED, MISSED, MISSED, NA, UNSCORED))).totals
    assert (sums.n_met, sums.n_partially_met, sums.n_not_met, sums.n_not_applicable, sums.n_not_scored) == (
        2,
        1,
        3,
        1,
        1,
    )


def test_critical_errors_are_kept_apart_by_who_is_harmed() -> None:
    errors = _evaluated(
        (MISSED, 1, COMPLIANCE, False),
        (MISSED, 1, CUSTOMER, False),
        (HALF, 1, COMPLIANCE, False),  # half is no critical error
        (NA, 1, CUSTOMER, False),
        (UNSCORED, 1, BUSINESS, False),
        (MISSED, 1, BUSINESS, False),
        _plain(MISSED),
    ).critical_errors
    assert (errors.compliance, errors.customer, errors.business) == (("c.0",), ("c.1",), ("c.5",))


@pytest.mark.parametrize(
    ("outcome", "failed"), [(MISSED, True), (HALF, False), (MET, False), (NA, False), (UNSCORED, False)]
)
def test_only_a_miss_fails_the_call(outcome: str, failed: bool) -> None:
    assert _evaluated((outcome, 1, COMPLIANCE, True)).auto_fail is failed


@pytest.mark.parametrize("mark", [0, 100])
def test_the_mark_itself_passes(mark: float) -> None:
    answer = _plain(MET if mark else MISSED)
    assert _evaluated(answer, pass_mark=mark).totals.passed is True


def test_a_person_s_evaluation_is_one_like_the_machine_s() -> None:
    rubric = form(
        section("Opening", ask("a", 4), ask("b", 1, on_fail="flag"), id="opening"),
        section("Rest", ask("c", 2, applies_when={"criterion": "a", "outcome": "not_met"}), ask("d", 3)),
    )
    given = {"a": "met", "b": "not_met", "c": "met"}
    made = evaluate_answers(rubric, Call(call_id="c-1"), given, "rater-7", comments={"b": "Too late."})
    assert (made.evaluator, made.rubric.sha256, made.flags) == ("rater-7", rubric.sha256, ("criterion_flagged",))
    assert [(r.criterion, r.section, r.outcome.value, r.points, r.possible, r.method) for r in made.results] == [
        ("a", "opening", "met", 4, 4, "person"),
        ("b", "opening", "not_met", 0, 1, "person"),
        ("c", "Rest", "not_applicable", 0, 0, "none"),  # the form takes it out, whatever was given
        ("d", "Rest", "not_scored", 0, 0, "none"),
    ]
    assert [r.explanation for r in made.results] == ["", "Too late.", "Does not apply to this call.", "Not answered."]
    assert made.totals.percent == 80  # 4 of 4 + 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"a": "yes"}, r"criterion a: cannot be answered by 'yes'; expected met, partially_met, not_met, or not_app"),
        ({"a": ["met"]}, r"criterion a: cannot be answered by \['met'\]"),
        ({"a": True}, r"criterion a: cannot be answered by True"),
        ({"z": "met"}, r"rubric test\.en: no criterion 'z'"),
        ({"tone": "great"}, r"criterion tone: .* expected one of poor, good, or"),
        ({"tone": "met"}, r"criterion tone: cannot be answered by 'met'"),
        ({"wait": "5"}, r"criterion wait: .*; expected a number"),
        ({"wait": float("nan")}, r"criterion wait: cannot be answered by nan"),
        ({"steps": "name"}, r"criterion steps: .*; expected a list of some of name, help"),
        ({"steps": ["name", "x"]}, r"criterion steps: cannot be answered by \['name', 'x'\]"),
        ({"steps": [["name"]]}, r"criterion steps: cannot be answered by"),
    ],
)
def test_an_answer_that_its_criterion_does_not_take(given: dict[str, Any], message: str) -> None:
    levels = [{"name": "poor", "share": 0}, {"name": "good", "share": 1}]
    rubric = form(
        section(
            "all",
            ask("a", 1),
            ask("tone", 1, answer={"type": "scale", "levels": levels}),
            ask("wait", 1, answer={"type": "number", "bands": [{"up_to": 5, "share": 1}, {"share": 0}]}),
            ask("steps", 1, answer={"type": "checklist", "items": [{"name": "name"}, {"name": "help"}]}),
        )
    )
    with pytest.raises(UsageError, match=message):
        evaluate_answers(rubric, Call(call_id="c-1"), given, "r-1")
