"""What the machine makes of graded criteria, and of conditions between criteria."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import CriterionResult, Evaluation, Feature, SpeakerRole
from scoring import evaluate
from tests.scoring_builders import call, rubric

SIGNALS = """\
signals:
  apple: {title: apple, phrases: [apple]}
  pear: {title: pear, phrases: [pear]}
  cry: {title: cry, role: customer, phrases: [ouch]}
"""


def judged(keys: str, *lines: str, features: tuple[Feature, ...] = (), more: str = "", **data: Any) -> Evaluation:
    """The evaluation of a form with one criterion of these keys (and ``more`` criteria)."""
    only = f"      - {{id: c.one, title: T, question: Q, points: 10, {keys}}}\n"
    body = f"{SIGNALS}sections:\n  - title: S\n    criteria:\n{only}{more}"
    conversation = call(*lines, **data).model_copy(update={"features": features})
    return evaluate(conversation, rubric(body))


def first(keys: str, *lines: str, features: tuple[Feature, ...] = ()) -> CriterionResult:
    return judged(keys, *lines, features=features).results[0]


SCALE = (
    "answer: {type: scale, levels: [{name: none, share: 0},"
    " {name: some, title: a pear, share: 0.5, check: {type: said, met: pear}},"
    " {name: full, share: 1, check: {type: said, met: apple}}]}"
)
NEEDED = "{type: said, met: apple, expected_when: cry}"


@pytest.mark.parametrize(
    ("lines", "outcome", "answer", "points"),
    [
        (("A: an apple and a pear",), "met", "full", 10),  # the best level counts
        (("A: a pear",), "partially_met", "some", 5),
        (("A: hello",), "not_met", "none", 0),
        (("C: an apple", "A: hello"), "not_met", "none", 0),  # the customer's words
    ],
)
def test_scale(lines: tuple[str, ...], outcome: str, answer: str, points: float) -> None:
    result = first(SCALE, *lines)
    assert (result.outcome, result.answer, result.points, result.possible) == (outcome, answer, points, 10)


def test_the_words_behind_a_level_are_its_evidence() -> None:
    result = first(SCALE, "A: hello", "A: a pear for you")
    assert [e.turn for e in result.evidence] == [1]
    assert "pear" in result.evidence[0].quote
    assert "Answer: a pear." in result.explanation
    assert result.confidence is not None


@pytest.mark.parametrize(
    ("lines", "answer"), [(("A: apple",), "fruit"), (("A: pear",), "other"), (("A: hello",), "neither")]
)
def test_one_choice(lines: tuple[str, ...], answer: str) -> None:
    options = (
        "{name: neither, share: 0}, {name: fruit, share: 1, check: {type: said, met: apple}},"
        " {name: other, share: 0.2, check: {type: said, met: pear}}"
    )
    assert first(f"answer: {{type: multi_choice, options: [{options}]}}", *lines).answer == answer


@pytest.mark.parametrize(
    ("lines", "answer", "points"),
    [(("A: apple and pear",), ("red", "green"), 9), (("A: pear",), ("green",), 3), (("A: hi",), (), 0)],
)
def test_several_choices(lines: tuple[str, ...], answer: tuple[str, ...], points: float) -> None:
    options = (
        "{name: red, share: 0.6, check: {type: said, met: apple}},"
        " {name: green, share: 0.3, check: {type: said, met: pear}}"
    )
    result = first(f"answer: {{type: multi_choice, choose: several, options: [{options}]}}", *lines)
    assert result.answer == answer
    assert result.points == pytest.approx(points)


ITEMS = (
    "{name: red, check: {type: said, met: apple, expected_when: cry}}, {name: green, check: {type: said, met: pear}}"
)
HALVES = (
    "{name: red, check: {type: said, met: {all: [apple, pear]}, partially_met: apple}},"
    " {name: green, check: {type: said, met: pear}}"
)
WITH_PERSON = "{name: green, check: {type: said, met: pear}}, {name: kind}"


@pytest.mark.parametrize(
    ("items", "require", "lines", "outcome", "points", "possible"),
    [
        (ITEMS, "share", ("C: ouch", "A: apple, pear"), "met", 10, 10),  # 2 of 2
        (ITEMS, "share", ("C: ouch", "A: pear"), "partially_met", 5, 10),  # 1 of 2
        (ITEMS, "share", ("C: fine", "A: pear"), "met", 10, 10),  # 1 of 1: red is not applicable
        (ITEMS, "all", ("C: ouch", "A: pear"), "not_met", 0, 10),
        (ITEMS, "all", ("C: fine", "A: pear"), "met", 10, 10),
        (HALVES, "share", ("A: apple",), "partially_met", 2.5, 10),  # 0.5 of 2
        (HALVES, "all", ("A: apple",), "not_met", 0, 10),
        (WITH_PERSON, "share", ("A: pear",), "met", 10, 10),  # 1 of 1 that the machine can tell
        (WITH_PERSON, "all", ("A: pear",), "not_scored", 0, 0),  # hangs on the other one
        (WITH_PERSON, "all", ("A: hi",), "not_met", 0, 10),  # whatever the other one is
    ],
)
def test_checklist(
    items: str, require: str, lines: tuple[str, ...], outcome: str, points: float, possible: float
) -> None:
    result = first(f"answer: {{type: checklist, require: {require}, items: [{items}]}}", *lines)
    assert (result.outcome, result.points, result.possible) == (outcome, points, possible)
    assert result.reason_code == ("needs_person" if outcome == "not_scored" else None)


def test_a_checklist_says_what_is_missing() -> None:
    text = first(f"answer: {{type: checklist, items: [{ITEMS}]}}", "C: ouch", "A: pear").explanation
    assert text.startswith("1 of 2 items met. Missing: red.")


@pytest.mark.parametrize(
    ("value", "outcome", "points"),
    [(100, "not_met", 0), (110, "not_met", 0), (110.1, "met", 10), (190, "met", 10), (200, "partially_met", 5)],
)
def test_metric(value: float, outcome: str, points: float) -> None:
    bands = "bands: [{up_to: 110, share: 0}, {up_to: 190, share: 1}, {share: 0.5}]"
    feature = Feature(name="pace_median", value=value, unit="wpm", role=SpeakerRole.AGENT)
    result = first(f"answer: {{type: metric, feature: pace_median, {bands}}}", "A: hi", features=(feature,))
    assert (result.outcome, result.points, result.answer, result.method) == (outcome, points, value, "metric")


@pytest.mark.parametrize(
    ("features", "outcome", "reason"),
    [
        ((), "not_scored", "not_measured"),
        ((Feature(name="f", value=None, unit="s", reason="no_times"),), "not_scored", "no_times"),
        ((Feature(name="f", value=None, unit="s", reason="no_silence"),), "not_applicable", None),  # none to measure
        ((Feature(name="f", value=1.0, unit="s", role=SpeakerRole.CUSTOMER),), "not_scored", "not_measured"),
    ],
)
def test_metric_without_a_value(features: tuple[Feature, ...], outcome: str, reason: str | None) -> None:
    answer = "answer: {type: metric, feature: f, role: null, bands: [{up_to: 5, share: 1}, {share: 0}]}"
    result = first(answer, "A: hi", features=features)
    assert (result.outcome, result.reason_code, result.possible) == (outcome, reason, 0)


def test_what_is_for_people_is_not_scored_by_the_machine() -> None:
    more = "      - {id: c.two, title: T, question: Q, answer: {type: free_text}}\n"
    evaluation = judged("answered_by: person", "A: hi", more=more)
    assert [(r.outcome.value, r.reason_code) for r in evaluation.results] == [
        ("not_scored", "needs_person"),
        ("not_applicable", None),
    ]
    assert evaluation.totals.percent is None


# --- conditions in the engine ------------------------------------------------------------------------------------------

DEPENDS = "      - {id: c.two, title: T, question: Q, points: 1, applies_when: %s, check: {type: said, met: pear}}\n"
SAID = "check: {type: said, met: apple}"


@pytest.mark.parametrize(
    ("keys", "condition", "lines", "expected"),
    [
        (SAID, "{criterion: c.one, outcome: met}", ("A: apple",), ("not_met", None)),
        (SAID, "{criterion: c.one, outcome: met}", ("A: pear",), ("not_applicable", None)),
        (SAID, "{criterion: c.one, outcome: [met, not_met]}", ("A: pear",), ("met", None)),
        (SAID, "{all: [cry, {criterion: c.one, outcome: not_met}]}", ("C: ouch", "A: pear"), ("met", None)),
        (SAID, "{all: [cry, {criterion: c.one, outcome: not_met}]}", ("C: fine", "A: pear"), ("not_applicable", None)),
        (SAID, "{any: [cry, {call: {queue: [cards, loans]}}]}", ("A: pear",), ("met", None)),
        (SAID, "{any: [cry, {call: {queue: loans}}]}", ("A: pear",), ("not_applicable", None)),
        (SAID, "{call: {tags.region: north}}", ("A: pear",), ("met", None)),
        (SAID, "{any: [cry], window: {first_turns: 1}}", ("C: ouch", "A: pear"), ("met", None)),
        (SCALE, "{criterion: c.one, answer: [some, full]}", ("A: pear",), ("met", None)),
        (SCALE, "{criterion: c.one, answer: full}", ("A: pear",), ("not_applicable", None)),
        ("answered_by: person", "{criterion: c.one, outcome: met}", ("A: pear",), ("not_scored", "needs_person")),
        ("answered_by: person", "{any: [pear, {criterion: c.one, outcome: met}]}", ("A: pear",), ("met", None)),
        ("answered_by: person", "{criterion: c.one, outcome: not_scored}", ("A: pear",), ("met", None)),
    ],
)
def test_conditions(keys: str, condition: str, lines: tuple[str, ...], expected: tuple[str, str | None]) -> None:
    evaluation = judged(keys, *lines, more=DEPENDS % condition, queue="cards", tags={"region": "north"})
    result = evaluation.result("c.two")
    assert result is not None
    assert (result.outcome.value, result.reason_code) == expected


def test_what_a_criterion_hangs_on_may_come_after_it() -> None:
    keys = "applies_when: {criterion: c.two, outcome: met}, check: {type: said, met: apple}"
    later = "      - {id: c.two, title: T, question: Q, points: 1, check: {type: said, met: pear}}\n"
    assert [r.outcome.value for r in judged(keys, "A: apple", more=later).results] == ["not_applicable", "not_met"]
    assert [r.outcome.value for r in judged(keys, "A: a pear", more=later).results] == ["not_met", "met"]
