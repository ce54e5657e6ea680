"""Signals that need more than words: a sign said often enough, what is taken up, who asks and who answers, faint promises."""

from __future__ import annotations

import pytest

from qa.model import Act, ActScore, Conversation, RubricError, Sentence
from scoring import evaluate
from tests.scoring_builders import call, rubric

SIGNALS = """\
signals:
  rude: {title: rudeness, phrases: [tut], at_least: 2}
  resented: {title: resented words, phrases: [hm], followed_by: [snaps]}
  snaps: {title: protest, role: customer, phrases: [how dare]}
  restated:
    title: restatement
    detect: {kind: restatement, openers: [so you], opened_by: [meant], agreed_by: agrees, common: [the]}
  mostly_theirs:
    title: restatement
    detect: {kind: restatement, openers: [so you], min_share: 0.5, not_from: [read_out], common: [the]}
  read_out: {title: reading from the record, phrases: [it says]}
  told: {title: disclosure, phrases: [your bill]}
  explained: {title: explanation, phrases: [because of]}
  meant: {title: restatement, acts: [reads_back]}
  agrees: {title: agreement, role: customer, phrases: [exactly]}
  asks_name: {title: name, phrases: [name]}
  asks_email: {title: email, phrases: [email]}
  asked: {title: request, phrases: [may i have]}
  declines: {title: refusal, role: customer, phrases: [no way]}
  identified:
    title: identifier
    role: customer
    detect: {kind: answer, asked: [asks_name, asks_email], request: asked, refusal: declines}
  loose: {title: loose phrase, phrases: [the], if_acts: [reads_back], acts_needed: true}
  promise: {title: promise, phrases: [we will call]}
  booking: {title: booking, phrases: [the visit]}
  time: {title: time, phrases: [monday]}
"""


def outcome(spec: str, conversation: Conversation) -> str:
    """What one criterion with the check says of the conversation."""
    criterion = f"{{id: c.one, title: T, question: Q, points: 1, check: {spec}}}"
    form = rubric(f"{SIGNALS}sections:\n  - title: S\n    criteria:\n      - {criterion}\n")
    return evaluate(conversation, form).results[0].outcome.value


def doing(conversation: Conversation, turn: int, act: Act) -> Conversation:
    """The conversation with an act on the whole of a turn."""
    turns = list(conversation.turns)
    text = turns[turn].text
    sentence = Sentence(start=0, end=len(text), acts=(ActScore(act=act, confidence=0.9),))
    turns[turn] = turns[turn].model_copy(update={"sentences": (sentence,)})
    return conversation.model_copy(update={"turns": tuple(turns)})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: tut",), "met"),  # once misleads
        (("A: tut", "C: x", "A: well, tut"), "not_met"),
        (("A: tut", "C: tut"), "met"),  # the customer's own does not add up
    ],
)
def test_a_sign_that_has_to_be_said_twice(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("{type: never, signals: [rude]}", call(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: hm", "C: how dare you"), "not_met"),
        (("A: hm", "A: well", "C: oh", "C: how dare you"), "not_met"),  # turns that a recogniser cut
        (("A: hm", "C: fine"), "met"),
        (("A: hm", "C: fine", "A: good", "C: how dare you"), "met"),  # the answer to something else
        (("C: how dare you", "A: hm"), "met"),
        (("A: hm",), "met"),
        (("C: hm", "A: how dare you"), "met"),
    ],
)
def test_a_sign_that_counts_by_what_follows_it(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("{type: never, signals: [resented]}", call(*lines)) == expected


def test_what_follows_has_to_be_a_declared_signal() -> None:
    one = "{id: c, title: T, question: Q, points: 1, check: {type: never, signals: [resented]}}"
    with pytest.raises(RubricError, match="expected a declared signal, got 'snap'"):
        rubric(f"{SIGNALS.replace('[snaps]', '[snap]')}sections:\n  - title: S\n    criteria:\n      - {one}\n")


SAID = "C: the kitchen tap has been leaking since easter"


@pytest.mark.parametrize(
    ("reply", "answer", "acts", "expected"),
    [
        ("A: so you see the kitchen tap", "C: what", False, "met"),  # opened by a phrase: two shared words
        ("A: the kitchen tap again", "C: what", False, "not_met"),  # opened by nothing
        ("A: the kitchen tap again", "C: what", True, "not_met"),  # opened by an act: three are needed
        ("A: the kitchen tap leaking again", "C: what", True, "met"),
        ("A: the kitchen then", "C: exactly", True, "met"),  # one, and the customer agrees
        ("A: the kitchen then", "C: well. exactly", True, "not_met"),  # agrees with something else
        ("A: the bathroom then", "C: exactly", True, "not_met"),  # nothing shared
    ],
)
def test_restatement(reply: str, answer: str, acts: bool, expected: str) -> None:
    conversation = call("A: hello", SAID, reply, answer)
    if acts:
        conversation = doing(conversation, 2, Act.READS_BACK)
    assert outcome("{type: said, met: restated}", conversation) == expected


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("A: so you see the kitchen tap leaking", "met"),
        ("A: so you see the kitchen tap and a boiler engineer coming on monday morning", "not_met"),  # mostly news
        ("A: so you see it says the kitchen tap leaking", "not_met"),  # from the screen
    ],
)
def test_a_restatement_is_mostly_what_the_customer_said(reply: str, expected: str) -> None:
    assert outcome("{type: said, met: mostly_theirs}", call("A: hello", SAID, reply)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: because of the weather",), "not_applicable"),  # nobody was identified: general talk
        (("A: may i have your name", "C: Lee", "A: because of the weather"), "partially_met"),
        (("A: may i have your name and email", "C: Lee, lee at x", "A: because of the weather"), "met"),
        (("A: may i have your name", "C: no way", "A: hm", "C: Lee is fine", "A: your bill"), "not_met"),  # refused
    ],
)
def test_what_is_explained_after_an_identifier_is_the_callers_own(lines: tuple[str, ...], expected: str) -> None:
    spec = "{type: identity, identifiers: identified, discloses: told, tells: explained}"
    assert outcome(spec, call("C: hello", *lines)) == expected


LONG = "and then the two of us will go over all that was agreed"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: may I have your name", "C: Lee"), "met"),
        (("A: name?", "C: Lee"), "met"),  # short is asking
        (
            (f"A: May I have a moment, {LONG}. I send an email about it.", "C: good"),
            "not_met",
        ),  # asks for another thing
        (("A: may I have your name", "C: no way"), "not_met"),
        (("A: may I have your name", "C: Lee. No way will this be sorted"), "met"),  # refuses nothing that was asked
    ],
)
def test_identifier_given(lines: tuple[str, ...], expected: str) -> None:
    assert outcome("{type: said, met: identified}", call(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("A: the visit is noted",), "not_applicable"),
        (("A: the visit is on monday",), "met"),
        (("A: the visit is noted. see you monday",), "not_applicable"),  # the time of another sentence
        (("A: the visit is on monday", "C: x", "A: we will call"), "not_met"),  # a firm promise needs its own
        (("A: we will call monday",), "met"),
    ],
)
def test_a_fainter_promise(lines: tuple[str, ...], expected: str) -> None:
    spec = "{type: follow_up, promise: promise, fainter_promise: booking, time: time, within_agent_turns: 0}"
    assert outcome(spec, call(*lines)) == expected


@pytest.mark.parametrize(
    ("acts", "expected"), [((), "not_met"), ((Act.READS_BACK,), "met"), ((Act.GREETS,), "not_met")]
)
def test_a_phrase_too_loose_to_stand_alone(acts: tuple[Act, ...], expected: str) -> None:
    conversation = call("A: the kitchen")
    for act in acts:
        conversation = doing(conversation, 0, act)
    assert outcome("{type: said, met: loose}", conversation) == expected
