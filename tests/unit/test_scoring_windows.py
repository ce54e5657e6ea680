"""Parts of a call: first and last, before, after and around something said, in turns and in seconds."""

from __future__ import annotations

import pytest

from qa.model import CriterionResult, RubricError, Word
from scoring import evaluate
from tests.scoring_builders import call, rubric

SIGNALS = """\
signals:
  apple: {title: apple, phrases: [apple]}
  pear: {title: pear, phrases: [pear]}
  ouch: {title: ouch, role: customer, phrases: [ouch]}
"""


def check(spec: str, *lines: str, timed: bool = True, signals: str = SIGNALS) -> CriterionResult:
    body = (
        f"{signals}sections:\n  - title: S\n    criteria:\n      - id: c.one\n        title: T\n        question: Q?\n"
        f"        points: 1\n        check: {spec}\n"
    )
    return evaluate(call(*lines, timed=timed), rubric(body)).results[0]


# Turn n begins at 4.5 n s and takes 4 s.
CALL = ("A: zero", "C: one ouch", "A: two", "C: three", "A: four", "C: five", "A: six")


def with_apple(turn: int, text: str = "an apple") -> tuple[str, ...]:
    return (*CALL[:turn], f"A: {text}", *CALL[turn + 1 :])


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ("{first_turns: 3}", (0, 2), (4, 6)),
        ("{first_turns: 2, of: agent}", (0, 2), (4, 6)),
        ("{first_turns: 1, of: customer}", (0,), (2, 4, 6)),
        ("{last_turns: 1}", (6,), (0, 2, 4)),
        ("{last_turns: 2, of: agent}", (4, 6), (0, 2)),
        ("{first_turns: 99}", (0, 2, 4, 6), ()),
        ("{first_s: 9.5}", (0, 2), (4, 6)),  # turn 2 begins at 9.0 s
        ("{first_s: 9}", (0,), (2, 4, 6)),
        ("{last_s: 4}", (6,), (0, 2, 4)),  # the last turn ends at 31.0 s
        ("{last_s: 9}", (6,), (0, 2, 4)),  # turn 4 ends at 22.0 s = 31 - 9
        ("{last_s: 9.1}", (4, 6), (0, 2)),
        ("{before: ouch}", (0,), (2, 4, 6)),
        ("{after: ouch}", (2, 4, 6), (0,)),
        ("{after: ouch, turns: 1}", (2,), (0, 4, 6)),
        ("{after: ouch, turns: 2, of: agent}", (2, 4), (0, 6)),
        ("{after: ouch, seconds: 4}", (2,), (0, 4, 6)),  # until 8.5 + 4 = 12.5 s
        ("{before: ouch, seconds: 1}", (0,), (2, 4, 6)),
        ("{around: ouch, turns: 1}", (0, 2), (4, 6)),
        ("{around: ouch, seconds: 1}", (0, 2), (4, 6)),
    ],
)
def test_windows(window: str, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    spec = f"{{type: said, window: {window}, met: apple}}"
    assert [check(spec, *with_apple(turn)).outcome for turn in inside] == ["met"] * len(inside)
    assert [check(spec, *with_apple(turn)).outcome for turn in outside] == ["not_met"] * len(outside)


@pytest.mark.parametrize(
    ("window", "outcome"),
    [("{before: ouch}", "met"), ("{after: ouch}", "not_met"), ("{around: ouch, turns: 1}", "not_met")],
)
def test_an_anchor_that_never_comes(window: str, outcome: str) -> None:
    result = check(f"{{type: said, window: {window}, met: apple}}", "A: an apple", "C: hello")
    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("text", "window", "outcome"),
    [
        ("a pear, then an apple", "{after: pear}", "met"),
        ("an apple, then a pear", "{after: pear}", "not_met"),
        ("an apple, then a pear", "{before: pear}", "met"),
        ("a pear, then an apple", "{before: pear}", "not_met"),
    ],
)
def test_before_and_after_within_one_turn(text: str, window: str, outcome: str) -> None:
    assert check(f"{{type: said, window: {window}, met: apple}}", f"A: {text}").outcome == outcome


def test_seconds_are_those_of_the_words_where_there_are_words() -> None:
    conversation = call("A: well then an apple")
    words = tuple(
        Word(text=text, start_s=start, end_s=start + 0.5, confidence=0.9)
        for text, start in (("well", 0.0), ("then", 1.0), ("an", 2.0), ("apple", 3.0))
    )
    turns = (conversation.turns[0].model_copy(update={"words": words}),)
    spoken = conversation.model_copy(update={"turns": turns})
    body = SIGNALS + (
        "sections: [{title: S, criteria: [{id: c.one, title: T, question: Q, points: 1,"
        " check: {type: said, window: {first_s: LIMIT}, met: apple}}]}]\n"
    )
    for limit, outcome in (("2.5", "not_met"), ("3.2", "met")):
        assert evaluate(spoken, rubric(body.replace("LIMIT", limit))).results[0].outcome == outcome


@pytest.mark.parametrize("window", ["{first_s: 9}", "{last_s: 9}", "{around: ouch, seconds: 3}"])
def test_seconds_need_times(window: str) -> None:
    result = check(f"{{type: said, window: {window}, met: apple}}", *with_apple(2), timed=False)
    assert (result.outcome, result.reason_code) == ("not_scored", "no_times")
    assert check("{type: said, window: {first_turns: 3}, met: apple}", *with_apple(2), timed=False).outcome == "met"


WINDOW = "window: {after: ouch, turns: 1}"


@pytest.mark.parametrize(
    ("condition", "met_at_2", "met_at_4"),
    [
        (f"{{signal: apple, {WINDOW}}}", "met", "not_met"),
        (f"{{any: [apple, pear], {WINDOW}}}", "met", "not_met"),
        (f"{{all: [apple], {WINDOW}}}", "met", "not_met"),
        (f"{{none: [apple], {WINDOW}}}", "not_met", "met"),
        (f"{{at_least: 1, of: [apple, pear], {WINDOW}}}", "met", "not_met"),
        (f"{{any: [{{signal: apple, {WINDOW}}}, pear]}}", "met", "not_met"),
        (f"{{all: [{{none: [{{signal: apple, {WINDOW}}}]}}, apple]}}", "not_met", "met"),
        (f"{{any: [{{signal: apple, window: call}}], {WINDOW}}}", "met", "met"),  # a part's own window goes before
    ],
)
def test_windows_and_conditions_combine(condition: str, met_at_2: str, met_at_4: str) -> None:
    spec = f"{{type: said, met: {condition}}}"
    assert [check(spec, *with_apple(turn)).outcome for turn in (2, 4)] == [met_at_2, met_at_4]


def test_a_signal_s_own_window() -> None:
    signals = SIGNALS.replace("apple, phrases", "apple, window: {last_turns: 1}, phrases")
    spec = "{type: said, met: apple}"
    assert check(spec, *with_apple(6), signals=signals).outcome == "met"
    assert check(spec, *with_apple(4), signals=signals).outcome == "not_met"


def test_absence_says_where_it_was_looked_for() -> None:
    result = check("{type: said, window: {after: ouch, turns: 2}, met: apple}", *CALL)
    assert result.explanation == "Not heard: apple. Looked in the turns after ouch (2): 1 turns (2)."


@pytest.mark.parametrize(
    ("window", "message"),
    [
        ("{}", "expected exactly one of first_turns"),
        ("{first_turns: 1, last_turns: 1}", "got first_turns and last_turns"),
        ("{first_turns: 0}", "expected >= 1, got 0"),
        ("{first_s: 3, turns: 2}", "turns and first_s contradict each other"),
        ("{around: ouch}", "around needs turns or seconds"),
        ("{around: ouch, turns: 1, seconds: 1}", "turns and seconds contradict each other"),
        ("{after: ouch, of: agent}", "of says whose turns are counted"),
        ("{after: moan}", "expected a declared signal, got 'moan'"),
        ("start", "expected 'call', 'opening'"),
        ("{first: 3}", "expected a known key, got 'first'"),
    ],
)
def test_windows_that_cannot_be(window: str, message: str) -> None:
    with pytest.raises(RubricError) as raised:
        check(f"{{type: said, window: {window}, met: apple}}", "A: x")
    assert message in str(raised.value)
    assert str(raised.value).startswith("test.yaml:16: sections[0].criteria[0].check.window")


def test_a_window_around_itself_is_a_circle() -> None:
    signals = SIGNALS.replace("apple, phrases", "apple, window: {after: apple}, phrases")
    with pytest.raises(RubricError, match="made of itself"):
        check("{type: said, met: apple}", "A: x", signals=signals)
