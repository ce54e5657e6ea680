"""The checks on small rubrics: conditions, order, replies, holds, follow-ups, metrics, sentiment."""

from __future__ import annotations

from typing import Any

import pytest

from qa.model import Conversation, CriterionResult, Feature, RubricError, Sentiment, SpeakerRole
from scoring import evaluate
from tests.scoring_builders import call, rubric

SIGNALS = """\
signals:
  apple: {title: apple, phrases: [apple]}
  pear: {title: pear, phrases: [pear]}
  plum: {title: plum, phrases: [plum]}
  fruit: {title: fruit, any_of: [apple, pear]}
  ripe_apple: {title: ripe apple, phrases: [apple], not_with: [plum]}
  cry: {title: cry, role: customer, phrases: [ouch]}
  moan: {title: moan, role: customer, phrases: [hm]}
  leaves: {title: leaving, role: customer, phrases: [bye]}
"""


def check(spec: str, *lines: str, applies: str = "", **data: Any) -> CriterionResult:
    """One criterion with the given check on the given call."""
    return _first(spec, call(*lines, **data), applies)


def _first(spec: str, conversation: Conversation, applies: str = "") -> CriterionResult:
    body = SIGNALS + (
        "sections:\n  - title: S\n    criteria:\n      - id: c.one\n        title: T\n        question: Q?\n        points: 1\n"
        + (f"        applies_when: {applies}\n" if applies else "")
        + f"        check: {spec}\n"
    )
    return evaluate(conversation, rubric(body)).results[0]


SAID: list[tuple[str, tuple[str, ...], str]] = [
    ("met: apple", ("A: an apple",), "met"),
    ("met: apple", ("C: an apple", "A: no"), "not_met"),
    ("met: fruit", ("A: a pear",), "met"),
    ("met: {all: [apple, pear]}", ("A: apple", "A: pear"), "met"),
    ("met: {all: [apple, pear]}", ("A: apple",), "not_met"),
    ("met: {all: [apple, pear]}, partially_met: fruit", ("A: apple",), "partially_met"),
    ("met: {none: [apple]}", ("A: pear",), "met"),
    ("met: {none: [apple]}", ("A: apple",), "not_met"),
    ("met: {at_least: 2, of: [apple, pear, plum]}", ("A: pear and plum",), "met"),
    ("met: {at_least: 2, of: [apple, pear, plum]}", ("A: pear",), "not_met"),
    ("met: {signal: apple, before: pear}", ("A: apple", "A: pear"), "met"),
    ("met: {signal: apple, before: pear}", ("A: pear", "A: apple"), "not_met"),
    ("met: {signal: apple, before: pear}", ("A: apple",), "met"),
    ("met: {signal: apple, after: pear}", ("A: apple",), "not_met"),
    ("met: {signal: apple, after: pear}", ("A: pear then apple",), "met"),
    ("met: {signal: apple, after_last: pear}", ("A: pear", "A: apple", "A: pear"), "not_met"),
    ("met: {signal: apple, after_last: pear}", ("A: pear", "A: pear", "A: apple"), "met"),
    ("met: {signal: apple, after: cry, within_agent_turns: 1}", ("A: hi", "C: ouch", "A: apple"), "met"),
    (
        "met: {signal: apple, after: cry, within_agent_turns: 1}",
        ("A: hi", "C: ouch", "A: no", "C: x", "A: apple"),
        "not_met",
    ),
    ("met: ripe_apple", ("A: apple",), "met"),
    ("met: ripe_apple", ("A: apple and plum",), "not_met"),
    ("met: apple, expected_when: cry", ("A: no", "C: fine"), "not_applicable"),
    ("met: apple, expected_when: cry", ("A: no", "C: ouch"), "not_met"),
    ("met: apple, expected_when: cry", ("A: apple", "C: fine"), "met"),
    ("met: apple, customer_leaves: leaves", ("A: no", "C: bye"), "not_scored"),
    ("met: apple, customer_leaves: leaves", ("A: no", "C: bye", "A: yep"), "not_met"),
    ("met: {call: {queue: cards}}", ("A: x",), "met"),
    ("met: {call: {queue: [loans, mortgages]}}", ("A: x",), "not_met"),
    (
        "met: apple, window: closing",
        ("A: apple", "C: 1", "A: 2", "C: 3", "A: 4", "C: 5", "A: 6", "C: 7", "A: 8"),
        "not_met",
    ),
]


@pytest.mark.parametrize(("spec", "lines", "expected"), SAID, ids=[f"{i}-{s[2]}" for i, s in enumerate(SAID)])
def test_said(spec: str, lines: tuple[str, ...], expected: str) -> None:
    assert check(f"{{type: said, {spec}}}", *lines, queue="cards").outcome == expected


@pytest.mark.parametrize(
    ("applies", "expected"),
    [
        ("{call: {direction: outbound}}", "not_applicable"),
        ("{none: [{call: {direction: outbound}}]}", "met"),
        ("cry", "met"),
    ],
)
def test_applies_when(applies: str, expected: str) -> None:
    assert check("{type: said, met: apple}", "A: apple", "C: ouch", applies=applies).outcome == expected


@pytest.mark.parametrize(
    ("lines", "turn"),
    [
        (("A: pear",), None),
        (("A: pear", "A: an apple"), 1),
        (("C: apple", "A: I never said apple"), None),
    ],
)
def test_never(lines: tuple[str, ...], turn: int | None) -> None:
    result = check("{type: never, signals: [apple]}", *lines)
    assert result.outcome == ("met" if turn is None else "not_met")
    assert [evidence.turn for evidence in result.evidence] == ([] if turn is None else [turn])


REPLY = "{type: reply, cue: cry, met: apple, partially_met: pear, within_agent_turns: 2, spoiled_by: plum, fainter_cue: moan}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: hi", "C: fine"), "not_applicable"),
        (("A: hi", "C: ouch", "A: apple"), "met"),
        (("A: hi", "C: ouch", "A: pear"), "partially_met"),
        (("A: hi", "C: ouch", "A: pear", "C: x", "A: apple"), "met"),  # the second turn counts
        (("A: hi", "C: ouch", "A: x", "C: x", "A: x", "C: x", "A: apple"), "not_met"),  # the third does not
        (("A: apple", "C: ouch", "A: x"), "not_met"),  # before the cue
        (("A: hi", "C: ouch", "A: x", "C: ouch", "A: x", "C: ouch", "A: apple"), "met"),  # one of several cues
        (("A: hi", "C: ouch", "A: apple and plum"), "not_met"),  # spoiled
        (("A: hi", "C: ouch"), "not_met"),  # nobody answered
        (("A: hi", "C: hm", "A: apple"), "met"),  # a faint cue, answered in full
        (("A: hi", "C: hm", "A: pear"), "not_applicable"),  # a faint cue calls for nothing
    ],
)
def test_reply(lines: tuple[str, ...], expected: str) -> None:
    assert check(REPLY, *lines).outcome == expected


def test_reply_without_a_customer_is_not_scored() -> None:
    result = check(REPLY, "A: apple")
    assert (result.outcome, result.reason_code) == ("not_scored", "no_customer_turns")


def _measured(name: str, value: float | None, role: SpeakerRole | None = SpeakerRole.AGENT) -> Conversation:
    return call("A: hello there", "C: hi").model_copy(
        update={"features": (Feature(name=name, value=value, unit="u", role=role),), "duration_s": 600.0}
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [(4.0, "met"), (5.0, "not_met")],  # 600 s: 2 per 300 s allow 4
)
def test_interruptions_are_a_rate(value: float, expected: str) -> None:
    spec = "{type: metric, feature: interruptions, maximum: 2, per_s: 300}"
    assert _first(spec, _measured("interruptions", value)).outcome == expected


def test_a_short_call_is_granted_the_whole_allowance() -> None:
    conversation = _measured("interruptions", 2.0).model_copy(update={"duration_s": 60.0})
    assert _first("{type: metric, feature: interruptions, maximum: 2, per_s: 300}", conversation).outcome == "met"


def test_interruptions_from_turn_times() -> None:
    def turns(agent_start: float, agent_end: float, words: str) -> Conversation:
        base = call("C: I was going to tell you about the bill", f"A: {words}")
        first, second = base.turns
        second = second.model_copy(update={"start_s": agent_start, "end_s": agent_end})
        return base.model_copy(update={"turns": (first, second)})

    spec = "{type: metric, feature: interruptions, maximum: 0, per_s: 300}"
    assert _first(spec, turns(2.0, 6.0, "let me stop you right there")).outcome == "not_met"
    assert _first(spec, turns(2.0, 6.0, "mm hm")).outcome == "met"  # a back-channel
    assert _first(spec, turns(3.8, 6.0, "let me stop you right there")).outcome == "met"  # 0.2 s is no interruption
    assert _first(spec, turns(2.0, 3.0, "let me stop you right there")).outcome == "met"  # the customer goes on


@pytest.mark.parametrize(
    ("value", "expected"), [(109.0, "not_met"), (110.0, "met"), (190.0, "met"), (191.0, "not_met")]
)
def test_pace_band(value: float, expected: str) -> None:
    spec = "{type: metric, feature: pace_median, minimum: 110, maximum: 190}"
    assert _first(spec, _measured("pace_median", value)).outcome == expected


def test_pace_from_turn_times() -> None:
    # 8 words in 4 s are 120 words a minute; the two-word turn says nothing about pace.
    lines = ("A: one two three four five six seven eight", "C: no", "A: oh yes")
    result = check("{type: metric, feature: pace_median, minimum: 110, maximum: 190}", *lines)
    assert (result.outcome, result.explanation) == ("met", "120 words/min; range 110..190.")


@pytest.mark.parametrize("feature", ["interruptions", "pace_median"])
def test_metrics_without_times_are_not_scored(feature: str) -> None:
    result = check(
        f"{{type: metric, feature: {feature}, maximum: 200}}", "A: one two three four five", "C: x", timed=False
    )
    assert (result.outcome, result.reason_code) == ("not_scored", "no_times")


HOLD = "{announces: apple, on_hold: plum, returns: pear, customer_waits: cry, customer_calls: moan}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: x", "C: y", "15s", "A: z"), "met"),  # 15 s is not over 15 s
        (("A: x", "C: y", "16s", "A: z"), "not_met"),
        (("A: apple", "C: y", "60s", "A: z"), "met"),  # announced as a hold
        (("A: x", "C: ouch", "60s", "C: z"), "met"),  # the customer asked to wait
    ],
)
def test_dead_air(lines: tuple[str, ...], expected: str) -> None:
    assert check(f"{{type: dead_air, maximum_s: 15, hold: {HOLD}}}", *lines).outcome == expected


def test_dead_air_without_times_is_not_scored() -> None:
    result = check(f"{{type: dead_air, hold: {HOLD}}}", "A: x", timed=False)
    assert (result.outcome, result.reason_code) == ("not_scored", "no_times")


THANKS = f"{{type: hold, part: thanks, hold: {HOLD}}}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: apple", "9s", "A: x"), "not_applicable"),
        (("A: apple", "10s", "A: pear"), "met"),
        (("A: apple", "10s", "A: x", "A: pear"), "met"),  # still the same floor
        (("A: apple", "10s", "A: x", "C: y", "A: pear"), "not_met"),
        (("A: apple", "20s", "A: pear", "C: y", "A: apple", "20s", "A: x"), "not_met"),  # the worst of two holds
        (("A: what is it?", "20s", "A: x"), "not_applicable"),  # the agent waits for an answer
        (("A: what is it", "20s", "C: this"), "not_applicable"),  # the customer thinks
    ],
)
def test_hold_thanks(lines: tuple[str, ...], expected: str) -> None:
    assert check(THANKS, *lines).outcome == expected


PERMISSION = f"{{type: hold, part: permission, asks: apple, reason: pear, hold: {HOLD}}}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: apple", "C: y", "20s", "A: x"), "met"),
        (("A: apple", "C: two minutes?", "A: Yes, sir.", "C: y", "20s", "A: x"), "met"),  # only confirmed in between
        (("A: apple", "C: y", "A: I have found your order.", "20s", "A: x"), "not_met"),  # of another wait
    ],
)
def test_hold_permission(lines: tuple[str, ...], expected: str) -> None:
    assert check(PERMISSION, *lines).outcome == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: apple", "A: pear"), "not_scored"),  # no floor in between: not told apart
        (("A: apple", "C: ok", "A: pear"), "met"),
        (("A: apple plum", "C: ok", "A: x"), "not_met"),  # a hold by name
        (("A: x", "C: y"), "not_scored"),
    ],
)
def test_holds_without_times_go_by_what_is_said(lines: tuple[str, ...], expected: str) -> None:
    result = check(THANKS, *lines, timed=False)
    assert result.outcome == expected
    assert (result.reason_code == "no_times") is (expected == "not_scored")


FOLLOW_UP = "{type: follow_up, promise: apple, time: pear, within_agent_turns: 1}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: x",), "not_applicable"),
        (("A: apple pear",), "met"),
        (("A: pear. apple",), "not_met"),  # the time of another sentence before it
        (("A: apple. pear",), "met"),
        (("A: apple", "C: when", "A: pear"), "met"),
        (("A: apple", "C: when", "A: x", "C: when", "A: pear"), "not_met"),
        (("A: apple pear", "C: x", "A: x", "C: x", "A: apple"), "not_met"),  # every promise
        (("A: apple", "C: pear"), "not_met"),  # the customer's time
    ],
)
def test_follow_up(lines: tuple[str, ...], expected: str) -> None:
    assert check(FOLLOW_UP, *lines).outcome == expected


def _felt(*scores: float) -> Conversation:
    """Customer turns with sentiment scores between -1 and 1."""
    base = call("A: hello", *(f"C: word {i}" for i in range(len(scores))))
    turns = [base.turns[0]]
    for turn, score in zip(base.turns[1:], scores, strict=True):
        sentiment = Sentiment(negative=max(0.0, -score), neutral=1 - abs(score), positive=max(0.0, score))
        turns.append(turn.model_copy(update={"sentiment": sentiment}))
    return base.model_copy(update={"turns": tuple(turns)})


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ((-0.8, -0.2, 0.4), "met"),  # first third -0.8, last third 0.4
        ((0.2, -0.6, -0.8), "not_met"),  # 0.2 to -0.8
        ((-0.8, -0.8, -0.8), "met"),  # no worse
        ((0.2, 0.1, -0.3), "not_applicable"),  # never negative: the probability stays below 0.5
    ],
)
def test_sentiment_trend(scores: tuple[float, ...], expected: str) -> None:
    assert _first("{type: sentiment_trend}", _felt(*scores)).outcome == expected


def test_no_sentiment_is_not_scored() -> None:
    result = check("{type: sentiment_trend}", "A: x", "C: y")
    assert (result.outcome, result.reason_code) == ("not_scored", "no_sentiment")


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("{type: metric, feature: pace_median}", "expected minimum or maximum"),
        (
            "{type: metric, feature: pace_median, minimum: 9, maximum: 2}",
            "minimum 9 and maximum 2 contradict each other",
        ),
        (
            "{type: metric, feature: pace_median, maximum: 9, per_s: 60}",
            "per_s and feature: pace_median contradict each other",
        ),
        ("{type: said, met: {none: [apple], before: pear}}", "before and none contradict each other"),
        ("{type: said, met: {signal: apple, within_agent_turns: 2}}", "within_agent_turns needs after"),
        ("{type: said, met: {at_least: 2}}", "at_least and of belong together"),
        ("{type: said, met: {at_least: 3, of: [apple, pear]}}", "can never hold"),
        ("{type: said, met: {call: {colour: red}}}", "expected fields of the call data or tags.NAME, got colour"),
        (f"{{type: hold, part: permission, hold: {HOLD}}}", "part: permission needs asks and reason"),
        (f"{{type: hold, part: thanks, asks: apple, hold: {HOLD}}}", "contradict each other"),
    ],
)
def test_contradictions_are_refused_by_name(spec: str, message: str) -> None:
    with pytest.raises(RubricError, match=message):
        check(spec, "A: x")


def test_two_signals_of_one_name_are_named_once_and_turns_in_order() -> None:
    body = """\
signals:
  one: {title: fruit, phrases: [apple]}
  two: {title: fruit, phrases: [pear]}
  bad: {title: oath, phrases: [damn]}
  worse: {title: oath, phrases: [blast]}
sections:
  - title: S
    criteria:
      - {id: c.both, title: T, question: Q, points: 1, check: {type: said, met: {all: [one, two, bad]}, partially_met: two}}
      - {id: c.any, title: T, question: Q, points: 1, check: {type: said, met: {any: [two, one]}}}
      - {id: c.never, title: T, question: Q, points: 1, check: {type: never, signals: [bad, worse]}}
"""
    both, either, never = evaluate(call("A: an apple", "C: yes", "A: a pear"), rubric(body)).results
    assert both.explanation == "Heard: fruit (turn 2). Not heard: oath."
    assert either.explanation == "Heard: fruit (turn 0, 2)."
    assert "oath, oath" not in never.explanation
