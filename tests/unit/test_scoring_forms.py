"""The form model: what contradicts itself is refused with its place, and criteria are put in order."""

from __future__ import annotations

import pytest

from scoring import find_faults
from scoring.ordering import in_dependency_order
from tests.form_builders import ask, form, section
from tests.scoring_builders import HEAD

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
