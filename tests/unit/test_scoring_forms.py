"""The form model: what contradicts itself is refused with its place; what the machine makes of graded criteria."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import CriterionResult, Evaluation, Feature, SpeakerRole
from scoring import evaluate, find_faults
from scoring.ordering import in_dependency_order
from tests.form_builders import ask, form, section
from tests.scoring_builders import HEAD, call, rubric

BODY = """\
signals:
  apple: {title: apple, phrases: [apple]}
  pear: {title: pear, phrases: [pear]}
  cry: {title: cry, role: customer, phrases: [ouch]}
sections:
  - title: First
    criteria:
      - id: c.one
        title: T
        question: Q?
        points: 2
        check: {type: said, met: apple}
      - id: c.two
        title: T
        question: Q?
        points: 1
        answered_by: person
"""
ONE, TWO = "sections[0].criteria[0]", "sections[0].criteria[1]"
TWO_ENDS = "answered_by: person\n"

FAULTS: list[tuple[str, str, str, str]] = [
    # name, what is replaced, by what, the message
    (
        "no check",
        "        check: {type: said, met: apple}\n",
        "",
        f"r.yaml:12: {ONE}: expected check, or answered_by: person",
    ),
    (
        "unknown check",
        "type: said, met: apple",
        "type: sayd, met: apple",
        f"r.yaml:16: {ONE}.check.type: expected one of",
    ),
    (
        "person and check",
        "check: {type: said, met: apple}",
        "check: {type: said, met: apple}\n        answered_by: person",
        f"r.yaml:12: {ONE}: answered_by: person and a check contradict each other",
    ),
    ("no points", "        points: 1\n", "", f"r.yaml:17: {TWO}.points: expected this key, got none"),
    (
        "weight in a form by criterion",
        "title: First\n",
        "title: First\n    weight: 30\n",
        "r.yaml:11: sections[0].weight: weight and weights: criterion contradict each other: got 30",
    ),
    (
        "no weight in a form by section",
        "signals:\n",
        "weights: section\nsignals:\n",
        "r.yaml:11: sections[0].weight: expected this key (weights: section), got none",
    ),
    (
        "no such weights",
        "signals:\n",
        "weights: both\nsignals:\n",
        "r.yaml:5: weights: expected 'criterion' or 'section'",
    ),
    (
        "bonus that harms",
        "points: 2\n",
        "points: 2\n        bonus: true\n        severity: critical_customer\n",
        f"r.yaml:12: {ONE}: bonus: true and severity: critical_customer contradict each other",
    ),
    (
        "bonus that fails",
        "points: 2\n",
        "points: 2\n        bonus: true\n        on_fail: zero_section\n",
        f"r.yaml:12: {ONE}: bonus: true and on_fail: zero_section contradict each other",
    ),
    (
        "fatal that harms nobody",
        "points: 2\n",
        "points: 2\n        on_fail: zero_call\n",
        f"r.yaml:12: {ONE}: on_fail: zero_call and severity: non_critical contradict each other",
    ),
    (
        "fatal flag",
        "points: 2\n",
        "points: 2\n        severity: critical_customer\n        auto_fail: true\n        on_fail: flag\n",
        f"r.yaml:12: {ONE}: auto_fail: true and on_fail: flag contradict each other",
    ),
    (
        "no such on_fail",
        "points: 2\n",
        "points: 2\n        on_fail: stop\n",
        f"r.yaml:16: {ONE}.on_fail: expected 'zero_call'",
    ),
    (
        "text with points",
        TWO_ENDS,
        "answer: {type: free_text}\n",
        f"r.yaml:17: {TWO}: points and answer.type: free_text contradict each other",
    ),
    (
        "number by machine",
        TWO_ENDS,
        "answered_by: machine\n        answer: {type: number, bands: [{up_to: 1, share: 1}, {share: 0}]}\n",
        f"r.yaml:17: {TWO}: answered_by: machine and answer.type: number contradict each other",
    ),
    (
        "no such answer",
        TWO_ENDS,
        "answer: {type: stars}\n",
        f"r.yaml:21: {TWO}.answer.type: expected one of 'yes_no', 'scale'",
    ),
    (
        "scale with a check beside it",
        "points: 2\n",
        "points: 2\n        answer: {type: scale, levels: [{name: a, share: 0}, {name: b, share: 1}]}\n",
        f"r.yaml:12: {ONE}: check and answer.type: scale contradict each other",
    ),
    (
        "scale that falls",
        TWO_ENDS,
        "answer: {type: scale, levels: [{name: a, share: 1}, {name: b, share: 0}]}\n",
        f"r.yaml:21: {TWO}.answer: expected levels from the worst to the best, got shares 1, 0",
    ),
    (
        "scale with half its checks",
        TWO_ENDS,
        "answer: {type: scale, levels: [{name: a, share: 0, check: {type: said, met: pear}}, {name: b, share: 1}]}\n",
        f"r.yaml:21: {TWO}.answer: expected a check on every level but the worst",
    ),
    (
        "share over 1",
        TWO_ENDS,
        "answer: {type: scale, levels: [{name: a, share: 0}, {name: b, share: 10}]}\n",
        f"r.yaml:21: {TWO}.answer.levels[1].share: expected <= 1, got 10",
    ),
    (
        "choice worth nothing",
        TWO_ENDS,
        "answer: {type: multi_choice, options: [{name: a, share: 0}, {name: b, share: 0}]}\n",
        f"r.yaml:21: {TWO}.answer: expected an option with share > 0",
    ),
    (
        "item twice",
        TWO_ENDS,
        "answered_by: person\n        answer: {type: checklist, items: [{name: a}, {name: a}]}\n",
        f"r.yaml:22: {TWO}.answer: expected each name once, got 'a' again",
    ),
    (
        "item with a reserved name",
        TWO_ENDS,
        "answered_by: person\n        answer: {type: checklist, items: [{name: not_scored}]}\n",
        "expected a name of its own, got 'not_scored'",
    ),
    (
        "bands that fall",
        TWO_ENDS,
        "answer: {type: number, bands: [{up_to: 9, share: 1}, {up_to: 5, share: 0.5}, {share: 0}]}\n",
        f"r.yaml:21: {TWO}.answer: expected up_to rising from band to band, got 9, 5",
    ),
    (
        "bands with an end",
        TWO_ENDS,
        "answer: {type: number, bands: [{up_to: 9, share: 1}, {up_to: 15, share: 0.5}]}\n",
        f"r.yaml:21: {TWO}.answer: expected up_to on every band but the last",
    ),
    (
        "percent bands with a gap",
        "signals:\n",
        "bands: [{name: good, from: 80}]\nsignals:\n",
        "bands: expected one from 0, got 80 as the lowest",
    ),
    (
        "percent bands of one name",
        "signals:\n",
        "bands: [{name: good, from: 80}, {name: good, from: 0}]\nsignals:\n",
        "bands: expected each name and each from once",
    ),
    (
        "unknown criterion",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{criterion: c.on, outcome: met}}\n",
        f"r.yaml:22: {TWO}.applies_when.criterion: expected the id of another criterion, got 'c.on'; did you mean 'c.one'?",
    ),
    (
        "unknown criterion, deep",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{any: [cry, {{none: [{{criterion: d, outcome: met}}]}}]}}\n",
        f"r.yaml:22: {TWO}.applies_when.any[1].none[0].criterion: expected the id of another criterion, got 'd'",
    ),
    (
        "unknown signal in a condition",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{all: [{{criterion: c.one, outcome: met}}, cri]}}\n",
        f"r.yaml:22: {TWO}.applies_when.all[1]: expected a declared signal, got 'cri'; did you mean 'cry'?",
    ),
    (
        "unknown outcome",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{criterion: c.one, outcome: yes}}\n",
        f"r.yaml:22: {TWO}.applies_when.outcome: expected 'met'",
    ),
    (
        "a name where there are none",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{criterion: c.one, answer: good}}\n",
        f"r.yaml:22: {TWO}.applies_when.answer: expected outcome, as c.one has no named answers, got 'good'",
    ),
    (
        "outcome and answer",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{criterion: c.one, outcome: met, answer: good}}\n",
        f"r.yaml:22: {TWO}.applies_when: expected outcome or answer, got both",
    ),
    (
        "any and all",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{any: [cry], all: [cry]}}\n",
        f"r.yaml:22: {TWO}.applies_when: expected exactly one of any, all, none, at_least, got any and all",
    ),
    (
        "more than there are",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{at_least: 2, of: [cry]}}\n",
        f"r.yaml:22: {TWO}.applies_when: at_least 2 of 1 can never hold",
    ),
    (
        "unknown call data",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{call: {{que: cards}}}}\n",
        f"r.yaml:22: {TWO}.applies_when: call: expected fields of the call data or tags.NAME, got que",
    ),
    (
        "itself",
        TWO_ENDS,
        f"{TWO_ENDS}        applies_when: {{criterion: c.two, outcome: met}}\n",
        f"r.yaml:22: {TWO}.applies_when: expected no circle, got criteria that wait for each other: c.two -> c.two",
    ),
    (
        "section twice",
        TWO_ENDS,
        f"{TWO_ENDS}  - title: First\n    criteria: []\n",
        "r.yaml:23: sections[1].criteria: expected at least 1",
    ),
    ("remove without a base", "signals:\n", "remove: [c.one]\nsignals:\n", "r.yaml:5: remove: remove needs extends"),
    (
        "call of no kind",
        "signals:\n",
        "applies_to: {line: 2}\nsignals:\n",
        "r.yaml:5: applies_to.line: expected a known key",
    ),
    (
        "direction",
        "signals:\n",
        "applies_to: {direction: up}\nsignals:\n",
        "r.yaml:5: applies_to.direction: expected 'inbound' or 'outbound', got 'up'",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "message"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_fault(name: str, old: str, new: str, message: str) -> None:
    good = HEAD + BODY
    assert find_faults(good, "r.yaml") == []
    assert old in good
    faults = find_faults(good.replace(old, new, 1), "r.yaml")
    assert any(message in fault for fault in faults), faults


def test_a_circle_of_three_is_told_in_full() -> None:
    circle = BODY.replace("        check: {type: said, met: apple}\n", "        answered_by: person\n")
    lines = [
        f"      - {{id: c.{name}, title: T, question: Q, points: 1, answered_by: person,"
        f" applies_when: {{criterion: c.{other}, outcome: met}}}}\n"
        for name, other in (("x", "y"), ("y", "z"), ("z", "x"))
    ]
    (fault,) = find_faults(HEAD + circle + "".join(lines), "r.yaml")
    assert "r.yaml:2" in fault
    assert "criteria that wait for each other" in fault
    assert all(f"c.{name}" in fault for name in "xyz")


def test_criteria_that_depend_come_later_and_others_stay_in_order() -> None:
    waiting = {"criterion": "c", "outcome": "met"}
    made = form(section("s", ask("a", 1), ask("b", 1, applies_when=waiting), ask("c", 1), ask("d", 1)))
    order = [criterion.id for criterion in in_dependency_order(made)]
    assert sorted(order) == ["a", "b", "c", "d"]
    assert order.index("c") < order.index("b")


# --- the machine's answers ---------------------------------------------------------------------------------------------

SIGNALS = BODY[: BODY.index("sections:")]


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
