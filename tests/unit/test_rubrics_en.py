"""Every spoken criterion of service-core.en: a met case, a miss, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.rubric_cases_en import ANGRY, CASES, OPENING, REASON
from tests.scoring_builders import call, judge


@pytest.mark.parametrize(
    ("criterion", "expected", "lines"), CASES, ids=[f"{c}-{o}-{i}" for i, (c, o, _) in enumerate(CASES)]
)
def test_outcome(criterion: str, expected: str, lines: tuple[str, ...]) -> None:
    result = judge(criterion, call(*lines))
    assert result.outcome == expected, f"{result.explanation} {result.evidence}"


@pytest.mark.parametrize(
    ("criterion", "expected"),
    [("opening.greeting", "met"), ("opening.offer_help", "not_applicable"), ("opening.name", "not_met")],
)
def test_outbound_calls_need_no_company_and_no_offer(criterion: str, expected: str) -> None:
    conversation = call("A: Good evening, am I speaking with Mr Lee?", "C: Yes, speaking.", direction="outbound")
    assert judge(criterion, conversation).outcome == expected


def test_the_name_of_the_call_data_counts_in_any_spelling() -> None:
    conversation = call("A: hello brightwater catherine how can i help", REASON, agent_name="Katherine")
    assert judge("opening.name", conversation).outcome == "met"


def test_a_notice_that_came_too_late_is_quoted() -> None:
    lines = (OPENING, REASON, "A: Your account number?", "C: Four four one two.", "A: This call is recorded.")
    result = judge("compliance.recording_notice", call(*lines))
    assert (result.outcome, result.evidence[0].turn, result.evidence[0].quote) == (
        "not_met",
        4,
        "This call is recorded.",
    )
    assert "wrong time" in result.explanation


def test_absence_says_where_it_was_looked_for() -> None:
    result = judge("closing.further_help", call(OPENING, REASON, "A: On the ninth."))
    assert "2 turns (0, 2)" in result.explanation


def test_an_answered_cue_is_kept_with_the_verdict() -> None:
    result = judge("empathy.acknowledge", call(OPENING, ANGRY, "A: Oh no. That must have been so annoying for you."))
    assert result.cue is not None
    assert (result.cue.turn, result.evidence[0].turn) == (1, 2)
    assert "furious" in result.cue.quote
