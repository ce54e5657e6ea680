"""Steps in order: what is missing, where it belongs, and what was said at the wrong place."""

from __future__ import annotations

import pytest

from qa.model import CriterionResult, RubricError
from scoring import evaluate
from tests.scoring_builders import call, rubric

SIGNALS = """\
signals:
  notice: {title: recording notice, phrases: [recorded]}
  asks: {title: request for consent, phrases: [may i]}
  terms: {title: terms, phrases: [terms]}
  price: {title: price, phrases: [price]}
  extra: {title: tip, phrases: [tip]}
  data: {title: personal data, role: customer, phrases: [my number]}
  yes: {title: consent, role: customer, phrases: ["yes", sure]}
"""
STEPS = """\
{type: sequence, steps: [
  {title: recording notice, says: notice, before: data},
  {title: request, says: asks, consent: "yes"},
  {title: tip, says: extra, optional: true},
  {title: terms, says: terms, within_agent_turns: 2},
  {title: price, says: price, within_s: 20}]OPTIONS}
"""


def check(*lines: str, options: str = "", timed: bool = True, steps: str = STEPS) -> CriterionResult:
    spec = " ".join(steps.replace("OPTIONS", options).split())
    body = (
        f"{SIGNALS}sections:\n  - title: S\n    criteria:\n      - id: c.one\n        title: T\n        question: Q?\n"
        f"        points: 1\n        check: {spec}\n"
    )
    return evaluate(call(*lines, timed=timed), rubric(body)).results[0]


GOOD = ("A: calls are recorded", "A: may I?", "C: yes", "A: the terms", "C: hm", "A: the price")


def test_all_steps_in_order() -> None:
    result = check(*GOOD)
    assert result.outcome == "met"
    assert result.explanation == "Said in order: recording notice, request, terms, price."
    assert [(proof.turn, proof.role) for proof in result.evidence] == [
        (0, "agent"), (1, "agent"), (2, "customer"), (3, "agent"), (5, "agent"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "lines",
    [
        ("A: recorded. may I?", "C: sure", "A: terms and price"),  # several in a turn
        ("A: recorded", "A: may I?", "C: yes", "A: a tip", "A: terms", "A: price"),  # the optional one as well
        ("A: a tip", *GOOD),  # an optional step at the wrong place is no fault
        ("A: price", *GOOD),  # a step said too early and again in time
        ("A: recorded", "A: may I?", "C: what?", "A: may I?", "C: yes", "A: terms", "A: price"),  # asked twice
        (*GOOD, "C: my number is 5"),
        # the terms twice: only the second time is the price near enough (turn 3 ends at 17.5 s, turn 7 begins at 61 s)
        (*GOOD[:4], "30s", "C: hm", "A: terms again", "A: price"),
    ],
)
def test_ways_to_meet_it(lines: tuple[str, ...]) -> None:
    steps = STEPS.replace(", within_agent_turns: 2", "")
    assert check(*lines, steps=steps).outcome == "met", check(*lines, steps=steps).explanation


@pytest.mark.parametrize(
    ("lines", "outcome", "explanation"),
    [
        (
            GOOD[:5],
            "not_met",
            "Step 5 of 5 is missing: price; it belongs after turn 3. It was not said anywhere in the call.",
        ),
        (
            (*GOOD[:3], GOOD[5]),
            "not_met",
            "Step 4 of 5 is missing: terms; it belongs after turn 2 and before turn 3. It was not said anywhere in the call.",
        ),
        (
            ("A: hello", "C: my number is 5", *GOOD),
            "not_met",  # too late is a miss
            "Step 1 of 5 is missing: recording notice; it belongs before turn 1. It was said in turn 2.",
        ),
        (
            ("A: recorded", "A: may I?", "C: no", "A: terms", "A: price"),
            "not_met",
            "Step 2 of 5 is missing: request; it belongs after turn 0 and before turn 3."
            " It was said in turn 1, but the customer's answer was not awaited.",
        ),
        (
            ("A: recorded", "A: terms", "A: may I?", "C: yes", "A: price"),
            "partially_met",  # all said, in another order
            "Step 4 of 5 is missing: terms; it belongs after turn 3 and before turn 4. It was said in turn 1.",
        ),
        (
            (*GOOD[:3], "A: one", "C: x", "A: two", "C: x", "A: terms", "A: price"),
            "partially_met",  # the third agent turn after the request
            "Step 4 of 5 is missing: terms; it belongs after turn 2 and before turn 8. It was said in turn 7.",
        ),
        (
            (*GOOD[:4], "40s", "A: price"),
            "partially_met",
            "Step 5 of 5 is missing: price; it belongs after turn 3. It was said in turn 4.",
        ),
    ],
)
def test_the_miss_says_which_step_and_where_it_belongs(lines: tuple[str, ...], outcome: str, explanation: str) -> None:
    result = check(*lines)
    assert (result.outcome, result.explanation) == (outcome, explanation)
    assert result.evidence


def test_nothing_said_says_where_it_was_looked_for() -> None:
    result = check("A: hello", "C: hello")
    assert (result.outcome, result.evidence) == ("not_met", ())
    assert result.explanation == (
        "Step 1 of 5 is missing: recording notice; it belongs in the whole call. It was not said anywhere in the call."
    )


def test_an_answer_between_question_and_next_step_is_awaited() -> None:
    # The customer agrees only after the terms: the terms came too early.
    result = check("A: recorded", "A: may I?", "A: terms", "C: yes", "A: price")
    assert (result.outcome, "Step 4 of 5" in result.explanation) == ("partially_met", True)


@pytest.mark.parametrize(
    ("options", "outcome"),
    [("", "not_met"), (", partially_met_from: 2", "partially_met"), (", partially_met_from: 3", "not_met")],
)
def test_some_of_the_steps(options: str, outcome: str) -> None:
    assert check("A: recorded", "A: may I?", "C: yes", "A: bye", options=options).outcome == outcome


def test_another_order_may_be_no_better_than_a_miss() -> None:
    lines = ("A: recorded", "A: terms", "A: may I?", "C: yes", "A: price")
    assert check(*lines, options=", wrong_order: not_met").outcome == "not_met"


def test_seconds_need_times() -> None:
    assert check(*GOOD, timed=False).reason_code == "no_times"


def test_steps_of_several_signals() -> None:
    steps = (
        "{type: sequence, steps: [{title: a, says: {all: [notice, terms]}}, {title: b, says: {any: [price, extra]}}]}"
    )
    assert check("A: terms", "A: recorded", "A: a tip", steps=steps).outcome == "met"
    assert check("A: terms", "A: a tip", "A: recorded", steps=steps).outcome == "partially_met"
    steps = steps.replace("all: [notice, terms]", "at_least: 2, of: [notice, terms, asks]")
    assert check("A: may I", "A: terms", "A: price", "A: recorded", steps=steps).outcome == "met"


def test_a_flood_of_the_same_words_takes_no_time() -> None:
    flood = "A: " + "recorded may i terms price " * 700
    assert check(flood, "C: yes", flood).outcome == "met"


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ("{type: sequence, steps: [{title: a, says: notice}]}", "steps: expected at least 2 entries"),
        (
            "{type: sequence, steps: [{title: a, says: notice}, {title: b, says: {none: [terms]}}]}",
            "expected something said",
        ),
        (
            "{type: sequence, steps: [{title: a, says: notice, optional: true}, {title: b, says: terms, optional: true}]}",
            "expected at least one that is not optional",
        ),
        (
            "{type: sequence, steps: [{title: a, says: notice}, {title: b, says: term}]}",
            "expected a declared signal, got 'term'",
        ),
        ("{type: sequence, steps: [{title: a, says: notice}, {title: b, says: terms, consent: ja}]}", "got 'ja'"),
        (STEPS.replace("OPTIONS", ", partially_met_from: 4"), "expected less than the 4 steps"),
    ],
)
def test_sequences_that_cannot_be(steps: str, message: str) -> None:
    with pytest.raises(RubricError) as raised:
        check("A: x", steps=steps)
    assert message in str(raised.value)


def test_in_chinese() -> None:
    body = """\
signals:
  notice: {title: 录音提示, phrases: [录音]}
  terms: {title: 条款, phrases: [条款]}
sections:
  - title: S
    criteria:
      - id: c.one
        title: T
        question: Q?
        points: 1
        check: {type: sequence, steps: [{title: 录音提示, says: notice}, {title: 条款, says: terms}]}
"""
    result = evaluate(call("A: 您好。", "A: 本次通话会录音。", language="zh"), rubric(body, language="zh")).results[0]
    assert result.explanation == "缺少第 2 步（共 2 步）：条款；应在第 1 轮之后。 整通电话中都没有说。"
