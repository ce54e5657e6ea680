"""Golden cases: forms x answers with totals worked by hand; the sum is in the comment of each case.

Pass mark 80 unless the form says otherwise. What a case does not answer is not scored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from qa.model import Call, Outcome
from scoring import Rubric, evaluate, evaluate_answers
from scoring.answers import Given, read_answer
from scoring.totals import total
from tests.form_builders import ask, form, section, write
from tests.scoring_builders import call, core

MET, HALF, MISSED, NA, UNSCORED = "met", "partially_met", "not_met", "not_applicable", "not_scored"
COMPLIANCE = {"severity": "critical_compliance"}
CUSTOMER = {"severity": "critical_customer"}
BANDS = [{"name": "good", "from": 80}, {"name": "fair", "from": 50}, {"name": "poor", "from": 0}]


def when(criterion: str, outcome: str | list[str] = MET) -> dict[str, Any]:
    return {"criterion": criterion, "outcome": outcome}


PLAIN = form(section("one", ask("a", 4), ask("b", 4)), section("two", ask("c", 2)), bands=BANDS)
WEIGHTED = form(
    section("one", ask("a"), ask("b", 2), weight=30), section("two", ask("c"), ask("d"), weight=70), weights="section"
)
RATIO = form(section("one", ask("a"), weight=1), section("two", ask("b"), weight=3), weights="section")
THIRDS = form(section("one", ask("a"), ask("b"), ask("c"), weight=10), weights="section")
BONUS = form(section("one", ask("a", 15), ask("b", 5)), section("extra", ask("x", 2, bonus=True)), bands=BANDS)
UNCAPPED = form(section("one", ask("a", 10), ask("x", 2, bonus=True)), cap_percent=False, bands=BANDS)
WEIGHTED_BONUS = form(
    section("one", ask("a"), ask("x", 5, bonus=True), weight=50),
    section("two", ask("b", 4), weight=50),
    weights="section",
)
FATAL = form(
    section("one", ask("a", 8)),
    section("two", ask("f", 1, on_fail="zero_call", **COMPLIANCE), ask("g", 1, on_fail="zero_call", **CUSTOMER)),
    bands=BANDS,
)
AUTO = form(
    section("one", ask("a", 18), ask("f", 1, auto_fail=True, **COMPLIANCE), ask("g", 1, auto_fail=True, **CUSTOMER))
)
ZERO = form(
    section("one", ask("a", 3), ask("z", 1, on_fail="zero_section"), ask("x", 1, bonus=True)),
    section("two", ask("b", 5), ask("y", 1, on_fail="zero_section")),
)
ZERO_BOTH = form(
    section("one", ask("a", 3), ask("z", 1, on_fail="zero_section", auto_fail=True, **CUSTOMER)),
    section("two", ask("b", 5), ask("f", 1, on_fail="zero_call", **COMPLIANCE)),
)
ZERO_WEIGHTED = form(
    section("one", ask("a"), ask("z", on_fail="zero_section"), weight=40),
    section("two", ask("b"), weight=60),
    weights="section",
)
FLAG = form(section("one", ask("a", 9), ask("l", 1, on_fail="flag")))
CHAIN = form(
    section(
        "one", ask("c", 4, applies_when=when("b")), ask("b", 2, applies_when=when("a")), ask("a", 1)
    )  # the last is asked first
)
NESTED = form(
    section(
        "one",
        ask("a", 1),
        ask("b", 1),
        ask("c", 1),
        ask(
            "n",
            7,
            applies_when={"any": [when("a"), {"all": [when("b", MISSED), {"none": [when("c", [MET, HALF])]}]}]},
        ),
    )
)
TWO_OF = form(
    section(
        "one",
        ask("a", 1),
        ask("b", 1),
        ask("c", 1),
        ask("n", 5, applies_when={"at_least": 2, "of": [when("a"), when("b"), when("c")]}),
    )
)
BY_CALL = form(
    section(
        "one",
        ask("a", 6),
        ask(
            "o", 4, applies_when={"all": [{"call": {"direction": "outbound"}}, {"none": [{"call": {"tags.vip": "y"}}]}]}
        ),
    )
)
UNSURE = form(section("one", ask("a", 1), ask("n", 3, applies_when=when("a", UNSCORED))))
TONE = {
    "type": "scale",
    "levels": [
        {"name": "poor", "share": 0},
        {"name": "fair", "share": 0.5},
        {"name": "good", "share": 0.8},
        {"name": "great", "share": 1},
    ],
}
SCALE = form(
    section(
        "one",
        ask("tone", 5, answer=TONE),
        ask("why", 5, applies_when={"criterion": "tone", "answer": ["poor", "fair"]}),
    )
)
ONE_OF = form(
    section(
        "one",
        ask(
            "way",
            10,
            answer={
                "type": "multi_choice",
                "options": [
                    {"name": "refund", "share": 1},
                    {"name": "voucher", "share": 0.7},
                    {"name": "nothing", "share": 0},
                ],
            },
        ),
    )
)
SEVERAL = form(
    section(
        "one",
        ask(
            "offers",
            10,
            answer={
                "type": "multi_choice",
                "choose": "several",
                "options": [
                    {"name": "credit", "share": 0.4},
                    {"name": "call_back", "share": 0.4},
                    {"name": "visit", "share": 0.6},
                ],
            },
        ),
    )
)
ITEMS = [{"name": name} for name in ("greets", "name", "company", "help")]
CHECKLIST = form(
    section(
        "one",
        ask("steps", 8, answer={"type": "checklist", "items": ITEMS}),
        ask("n", 2, applies_when={"criterion": "steps", "answer": "help"}),
    )
)
ALL_ITEMS = form(section("one", ask("steps", 8, answer={"type": "checklist", "items": ITEMS, "require": "all"})))
NUMBER = form(
    section(
        "one",
        ask(
            "wait",
            4,
            answer={
                "type": "number",
                "unit": "min",
                "bands": [{"up_to": 5, "share": 1}, {"up_to": 10, "share": 0.5}, {"share": 0}],
            },
        ),
    )
)
TEXT = form(section("one", ask("a", 3), write("notes")), section("words", write("praise")))
STRICT = form(section("one", ask("a", 9), ask("b", 1)), pass_mark=95)


@dataclass(frozen=True)
class Case:
    """A form, what a person answered, and the totals by hand."""

    form: Rubric
    given: dict[str, Given]
    points: float
    possible: float
    percent: float | None
    passed: bool | None
    more: dict[str, Any] = field(default_factory=dict)
    """Further fields of the totals."""
    call: Call | None = None


def called(**data: Any) -> Call:
    return Call.model_validate({"call_id": "c-1", **data})


CASES = {
    # --- points by criterion ---
    "all met": Case(PLAIN, {"a": MET, "b": MET, "c": MET}, 10, 10, 100, True, {"band": "good"}),  # 4 + 4 + 2
    "one missed": Case(PLAIN, {"a": MET, "b": MISSED, "c": MET}, 6, 10, 60, False, {"band": "fair"}),  # 4 + 0 + 2
    "one half": Case(PLAIN, {"a": MET, "b": HALF, "c": MET}, 8, 10, 80, True, {"band": "good"}),  # 4 + 2 + 2
    "three halves": Case(PLAIN, {"a": HALF, "b": HALF, "c": HALF}, 5, 10, 50, False, {"band": "fair"}),  # 2 + 2 + 1
    "all missed": Case(PLAIN, {"a": MISSED, "b": MISSED, "c": MISSED}, 0, 10, 0, False, {"band": "poor"}),  # 0 of 10
    "the mark itself": Case(PLAIN, {"a": MET, "b": MET, "c": MISSED}, 8, 10, 80, True),  # 8 / 10 = the mark
    "a section n/a": Case(PLAIN, {"a": MET, "b": MET, "c": NA}, 8, 8, 100, True),  # 8 of 8: c is out of both sums
    "the other section n/a": Case(PLAIN, {"a": NA, "b": NA, "c": HALF}, 1, 2, 50, False),  # 1 of 2
    "all n/a": Case(PLAIN, {"a": NA, "b": NA, "c": NA}, 0, 0, None, None, {"band": None}),  # nothing possible
    "nothing answered": Case(PLAIN, {}, 0, 0, None, None, {"n_not_scored": 3}),
    "one unscored": Case(PLAIN, {"a": UNSCORED, "b": MET, "c": MISSED}, 4, 6, 66.67, False),  # 4 of 4 + 2 = 66.666...
    "n/a and unscored": Case(PLAIN, {"a": NA, "b": UNSCORED, "c": NA}, 0, 0, None, None, {"n_not_applicable": 2}),
    "a mark of its own": Case(STRICT, {"a": MET, "b": MISSED}, 9, 10, 90, False),  # 90 < 95
    # --- weights by section ---
    "weighted all met": Case(WEIGHTED, {"a": MET, "b": MET, "c": MET, "d": MET}, 100, 100, 100, True),  # 30 + 70
    "weighted one missed": Case(
        WEIGHTED, {"a": MISSED, "b": MET, "c": MET, "d": MET}, 90, 100, 90, True
    ),  # 30 x 2/3 = 20; + 70
    "weighted section n/a": Case(
        WEIGHTED, {"a": NA, "b": NA, "c": MET, "d": MISSED}, 35, 70, 50, False
    ),  # the 30 fall away; 70 / 2 = 35
    "weighted criterion n/a": Case(
        WEIGHTED, {"a": NA, "b": MET, "c": MET, "d": MET}, 100, 100, 100, True
    ),  # b alone carries the 30
    "weighted half of what is left": Case(
        WEIGHTED, {"a": NA, "b": HALF, "c": MET, "d": MET}, 85, 100, 85, True
    ),  # 15 + 70
    "weighted all n/a": Case(WEIGHTED, {"a": NA, "b": NA, "c": NA, "d": NA}, 0, 0, None, None),
    "weighted, one section unscored": Case(
        WEIGHTED, {"a": HALF, "b": MISSED}, 5, 30, 16.67, False
    ),  # 30 x 0.5/3 = 5 of 30
    "weights that are a ratio": Case(RATIO, {"a": HALF, "b": MET}, 3.5, 4, 87.5, True),  # 0.5 + 3 of 1 + 3
    "three thirds are the whole": Case(THIRDS, {"a": MET, "b": MET, "c": MET}, 10, 10, 100, True),  # 3 x 10/3
    "two thirds": Case(THIRDS, {"a": MET, "b": MET, "c": MISSED}, 6.666666667, 10, 66.67, False),  # 20/3
    # --- bonus ---
    "bonus over 100": Case(
        BONUS, {"a": MET, "b": MET, "x": MET}, 22, 20, 100, True, {"bonus": 2, "band": "good"}
    ),  # 22 / 20 = 110 %, capped
    "bonus fills a gap": Case(BONUS, {"a": MET, "b": MISSED, "x": MET}, 17, 20, 85, True, {"bonus": 2}),  # 15 + 0 + 2
    "bonus missed costs nothing": Case(BONUS, {"a": MET, "b": MET, "x": MISSED}, 20, 20, 100, True, {"bonus": 0}),
    "half a bonus": Case(BONUS, {"a": MET, "b": MISSED, "x": HALF}, 16, 20, 80, True, {"bonus": 1}),  # 15 + 1: the mark
    "bonus n/a": Case(BONUS, {"a": MET, "b": MISSED, "x": NA}, 15, 20, 75, False, {"bonus": 0}),
    "bonus of nothing possible": Case(BONUS, {"a": NA, "b": NA, "x": MET}, 2, 0, None, None, {"bonus": 2}),  # 2 of 0
    "bonus uncapped": Case(UNCAPPED, {"a": MET, "x": MET}, 12, 10, 120, True, {"band": "good"}),  # 12 / 10
    "bonus beside weights": Case(
        WEIGHTED_BONUS, {"a": MET, "x": MET, "b": MISSED}, 55, 100, 55, False, {"bonus": 5}
    ),  # 50 + 5 unscaled + 0
    # --- fatal errors ---
    "fatals not missed": Case(FATAL, {"a": MET, "f": MET, "g": MET}, 10, 10, 100, True, {"zeroed_by": ()}),
    "one fatal": Case(
        FATAL, {"a": MET, "f": MISSED, "g": MET}, 0, 10, 0, False, {"zeroed_by": ("f",), "band": "poor"}
    ),  # 9 earned, 0 left
    "two fatals": Case(FATAL, {"a": MET, "f": MISSED, "g": MISSED}, 0, 10, 0, False, {"zeroed_by": ("f", "g")}),
    "a fatal half met": Case(FATAL, {"a": MET, "f": HALF, "g": MET}, 9.5, 10, 95, True),  # 8 + 0.5 + 1: half is no miss
    "a fatal n/a": Case(FATAL, {"a": MET, "f": NA, "g": MET}, 9, 9, 100, True),  # 8 + 1
    "a fatal unscored": Case(FATAL, {"a": MET, "f": UNSCORED, "g": MET}, 9, 9, 100, True),
    "a fatal is all there is": Case(FATAL, {"a": NA, "f": MISSED, "g": NA}, 0, 1, 0, False),  # 0 of 1
    "auto-fail keeps the percentage": Case(
        AUTO, {"a": MET, "f": MISSED, "g": MET}, 19, 20, 95, False
    ),  # 19 / 20, failed
    "two auto-fails": Case(AUTO, {"a": MET, "f": MISSED, "g": MISSED}, 18, 20, 90, False),
    "auto-fail n/a": Case(AUTO, {"a": MET, "f": NA, "g": MET}, 19, 19, 100, True),
    "a section zeroed": Case(
        ZERO, {"a": MET, "z": MISSED, "x": NA, "b": MET, "y": MET}, 6, 10, 60, False
    ),  # 0 of 4; 6 of 6
    "a zeroed section takes its bonus": Case(
        ZERO, {"a": MET, "z": MISSED, "x": MET, "b": MET, "y": MET}, 6, 10, 60, False, {"bonus": 0}
    ),  # not 7
    "the bonus of a section that stands": Case(
        ZERO, {"a": MET, "z": MET, "x": MET, "b": MET, "y": MISSED}, 5, 10, 50, False, {"bonus": 1}
    ),  # 3 + 1 + 1; 0 of 6
    "both sections zeroed": Case(ZERO, {"a": MET, "z": MISSED, "x": MET, "b": MET, "y": MISSED}, 0, 10, 0, False),
    "a section zeroed and the call failed": Case(
        ZERO_BOTH, {"a": MET, "z": MISSED, "b": MET, "f": MET}, 6, 10, 60, False, {"zeroed_by": ()}
    ),  # 0 + 6
    "section and call zeroed": Case(
        ZERO_BOTH, {"a": MET, "z": MISSED, "b": MET, "f": MISSED}, 0, 10, 0, False, {"zeroed_by": ("f",)}
    ),
    "a weighted section zeroed": Case(ZERO_WEIGHTED, {"a": MET, "z": MISSED, "b": MET}, 60, 100, 60, False),  # 0 + 60
    "a zeroed section with the rest n/a": Case(
        ZERO_WEIGHTED, {"a": NA, "z": MISSED, "b": NA}, 0, 40, 0, False
    ),  # 0 of 40
    "a flag takes nothing": Case(FLAG, {"a": MET, "l": MISSED}, 9, 10, 90, True),  # 9 / 10
    # --- conditions on other answers ---
    "a chain that holds": Case(CHAIN, {"a": MET, "b": MET, "c": MISSED}, 3, 7, 42.86, False),  # 1 + 2 of 7
    "a chain broken first": Case(
        CHAIN, {"a": MISSED, "b": MET, "c": MET}, 0, 1, 0, False, {"n_not_applicable": 2}
    ),  # b falls, so c falls
    "a chain broken second": Case(CHAIN, {"a": MET, "b": MISSED, "c": MET}, 1, 3, 33.33, False),  # c falls: 1 of 1 + 2
    "a chain from n/a": Case(CHAIN, {"a": NA, "b": MET, "c": MET}, 0, 0, None, None, {"n_not_applicable": 3}),
    "a chain from unscored": Case(
        CHAIN, {"b": MET, "c": HALF}, 4, 6, 66.67, False
    ),  # cannot be told: b and c stand as given, 2 + 2 of 6
    "nested, first branch": Case(NESTED, {"a": MET, "b": MET, "c": MET, "n": MET}, 10, 10, 100, True),  # 3 + 7
    "nested, second branch": Case(
        NESTED, {"a": MISSED, "b": MISSED, "c": MISSED, "n": MET}, 7, 10, 70, False
    ),  # b missed, c not met or half
    "nested, second branch spoiled": Case(
        NESTED, {"a": MISSED, "b": MISSED, "c": HALF, "n": MET}, 0.5, 3, 16.67, False
    ),
    "nested, no branch": Case(NESTED, {"a": MISSED, "b": MET, "c": MISSED, "n": MET}, 1, 3, 33.33, False),
    "nested, cannot be told": Case(
        NESTED, {"a": MISSED, "b": MISSED, "n": MET}, 7, 9, 77.78, False
    ),  # c unscored: n stands, 7 of 1 + 1 + 7
    "nested, told in spite of a gap": Case(
        NESTED, {"a": MISSED, "b": MET, "n": MET}, 1, 2, 50, False
    ),  # b met settles it, c or no c: n falls
    "two of three": Case(TWO_OF, {"a": MET, "b": MET, "c": MISSED, "n": MET}, 7, 8, 87.5, True),  # 2 + 5 of 8
    "one of three": Case(TWO_OF, {"a": MET, "b": MISSED, "c": MISSED, "n": MET}, 1, 3, 33.33, False),  # n falls
    "one of three, one open": Case(TWO_OF, {"a": MET, "b": MISSED, "n": MET}, 6, 7, 85.71, True),  # 1 + 5 of 7
    "asked for unscored": Case(UNSURE, {"n": MET}, 3, 3, 100, True),  # holds because a is not scored
    "asked for unscored, but scored": Case(UNSURE, {"a": MET, "n": MET}, 1, 1, 100, True),
    # --- conditions on call data ---
    "outbound": Case(
        BY_CALL, {"a": MET, "o": MISSED}, 6, 10, 60, False, call=called(direction="outbound")
    ),  # 6 of 6 + 4
    "inbound": Case(BY_CALL, {"a": MET, "o": MISSED}, 6, 6, 100, True, call=called(direction="inbound")),
    "outbound, but vip": Case(
        BY_CALL, {"a": MET, "o": MISSED}, 6, 6, 100, True, call=called(direction="outbound", tags={"vip": "y"})
    ),
    "direction not known": Case(BY_CALL, {"a": MET, "o": MISSED}, 6, 6, 100, True, call=called()),  # not outbound
    "no call data at all": Case(BY_CALL, {"a": MET, "o": MISSED}, 6, 10, 60, False),  # cannot be told: o stands
    # --- scale, choice, checklist, number, text ---
    "scale good": Case(
        SCALE, {"tone": "good", "why": MET}, 4, 5, 80, True, {"n_partially_met": 1}
    ),  # 0.8 x 5; why falls
    "scale great": Case(SCALE, {"tone": "great", "why": MET}, 5, 5, 100, True, {"n_met": 1}),
    "scale fair": Case(SCALE, {"tone": "fair", "why": MET}, 7.5, 10, 75, False),  # 2.5 + 5
    "scale poor": Case(SCALE, {"tone": "poor", "why": MISSED}, 0, 10, 0, False, {"n_not_met": 2}),
    "scale n/a": Case(SCALE, {"tone": NA, "why": MET}, 0, 0, None, None),  # why falls with it
    "choice": Case(ONE_OF, {"way": "voucher"}, 7, 10, 70, False),  # 0.7 x 10
    "choice of nothing": Case(ONE_OF, {"way": "nothing"}, 0, 10, 0, False),
    "several": Case(SEVERAL, {"offers": ["credit", "call_back"]}, 8, 10, 80, True),  # 0.4 + 0.4
    "several over the whole": Case(
        SEVERAL, {"offers": ["credit", "call_back", "visit"]}, 10, 10, 100, True
    ),  # 1.4 -> 1
    "several, none": Case(SEVERAL, {"offers": []}, 0, 10, 0, False),
    "checklist": Case(CHECKLIST, {"steps": ["greets", "name", "help"], "n": MISSED}, 6, 10, 60, False),  # 3/4 x 8
    "checklist without the item": Case(CHECKLIST, {"steps": ["greets", "name"], "n": MET}, 4, 8, 50, False),  # 2/4 x 8
    "checklist whole": Case(CHECKLIST, {"steps": ["greets", "name", "company", "help"], "n": MET}, 10, 10, 100, True),
    "all of a checklist": Case(ALL_ITEMS, {"steps": ["greets", "name", "company", "help"]}, 8, 8, 100, True),
    "all but one": Case(ALL_ITEMS, {"steps": ["greets", "name", "help"]}, 0, 8, 0, False),  # all or nothing
    "number in the first band": Case(NUMBER, {"wait": 5}, 4, 4, 100, True),  # up to and including 5
    "number in the second": Case(NUMBER, {"wait": 5.01}, 2, 4, 50, False),  # 0.5 x 4
    "number in the last": Case(NUMBER, {"wait": 10.5}, 0, 4, 0, False),
    "text has no points": Case(
        TEXT, {"a": MET, "notes": "kind"}, 3, 3, 100, True, {"n_met": 1, "n_not_applicable": 2}
    ),  # words count nowhere
    "only text": Case(TEXT, {"a": NA, "notes": "x", "praise": "y"}, 0, 0, None, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_golden(case: Case) -> None:
    criteria = {criterion.id: criterion for criterion in case.form.criteria}
    answers = {name: read_answer(criteria[name], given) for name, given in case.given.items()}
    sums = total(case.form, answers, case.call)
    assert sums.points == pytest.approx(case.points, abs=1e-8)
    assert sums.possible == pytest.approx(case.possible, abs=1e-8)
    assert (sums.percent, sums.passed) == (case.percent, case.passed)
    assert {name: getattr(sums, name) for name in case.more} == case.more
    # What is true of every call.
    assert sums.points == pytest.approx(sum(s.points for s in sums.sections))
    assert sums.possible == pytest.approx(sum(s.possible for s in sums.sections))
    assert [s.section for s in sums.sections] == [s.name for s in case.form.sections]
    counted = [getattr(sums, f"n_{outcome.value}") for outcome in Outcome]
    assert sum(counted) == len(case.form.criteria)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 60


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_machine_s_answers_given_by_a_person_have_the_same_totals(language: str) -> None:
    lines = {
        "en": (
            "A: Good morning, Brightwater Energy, this is Helen, how can I help?",
            "C: I am furious, it is broken.",
            "A: Sorry.",
        ),
        "zh": ("A: 您好，光明能源，我是小王，请问有什么可以帮您？", "C: 我很生气，又坏了。", "A: 抱歉。"),
    }
    conversation = call(*lines[language], language=language)
    machine = evaluate(conversation, core(language))
    given = {result.criterion: result.outcome.value for result in machine.results}
    person = evaluate_answers(core(language), conversation.call, given, "rater")
    assert person.totals == machine.totals
    assert [(r.points, r.possible) for r in person.results] == [(r.points, r.possible) for r in machine.results]
    assert (person.critical_errors, person.auto_fail) == (machine.critical_errors, machine.auto_fail)
    assert machine.totals.possible > 0
