"""``if_acts``: a loose phrase and an unsure act confirm each other."""

from __future__ import annotations

import pytest

from qa.model import RubricError
from scoring import evaluate
from tests.scoring_builders import call, rubric
from tests.unit.test_scoring_acts import Acts, acting

BODY = """\
signals:
  owns: {title: takes it on, phrases: [i will], if_acts: [takes_ownership], min_confidence: 0.3}
sections:
  - title: S
    criteria:
      - {id: c, title: T, question: Q, points: 1, check: {type: said, met: owns}}
"""


@pytest.mark.parametrize(
    ("acts", "outcome"),
    [
        ({"takes_ownership": 0.3}, "met"),
        ({"takes_ownership": 0.29}, "not_met"),
        ({"explains": 0.99}, "not_met"),
        ({}, "not_met"),
    ],
)
def test_a_phrase_counts_only_where_the_act_is_likely(acts: Acts, outcome: str) -> None:
    said = acting(("A", [("I will say it again.", acts), ("Fine.", {"agrees": 0.9})]))
    assert evaluate(said, rubric(BODY)).results[0].outcome == outcome


def test_an_act_alone_is_not_enough() -> None:
    said = acting(("A", [("Leave it with me.", {"takes_ownership": 0.99})]))
    assert evaluate(said, rubric(BODY)).results[0].outcome == "not_met"


def test_without_any_acts_the_phrase_is_all_there_is() -> None:
    evaluation = evaluate(call("A: I will call the depot."), rubric(BODY))
    assert evaluation.results[0].outcome == "met"
    assert "acts_skipped" in evaluation.flags


def test_an_act_cannot_be_asked_for_and_excluded() -> None:
    with pytest.raises(RubricError, match="contradict"):
        rubric(BODY.replace("if_acts:", "unless_acts: [takes_ownership], if_acts:"))
