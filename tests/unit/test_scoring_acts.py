"""Signals by act: what the classifier wrote on the conversation, alone and beside phrases."""

from __future__ import annotations

import pytest

from qa.model import Act, ActScore, Conversation, CriterionResult, Evaluation, RubricError, Sentence
from scoring import evaluate
from tests.scoring_builders import call, rubric

BODY = """\
signals:
  secret: {title: request for a secret, acts: [asks_secret], min_confidence: 0.6}
  sorry: {title: apology, phrases: [sorry], acts: [apologises_for_trouble], unless_acts: [apologises_as_filler]}
  angry: {title: anger, role: customer, acts: [shows_anger, threatens]}
  either: {title: either, any_of: [secret, sorry]}
sections:
  - title: S
    criteria:
      - {id: c.secret, title: T, question: Q, points: 1, check: {type: never, signals: [secret]}}
      - {id: c.sorry, title: T, question: Q, points: 1, check: {type: said, met: sorry}}
      - {id: c.reply, title: T, question: Q, points: 1, check: {type: reply, cue: angry, met: sorry}}
      - {id: c.either, title: T, question: Q, points: 1, check: {type: said, met: either}}
"""

Acts = dict[str, float]


def acting(*turns: tuple[str, list[tuple[str, Acts]]]) -> Conversation:
    """Turns of sentences, each with its acts: ``("A", [("Sorry.", {"apologises_as_filler": 0.9})])``."""
    conversation = call(*(f"{who}: {' '.join(text for text, _ in said)}" for who, said in turns))
    found = []
    for turn, (_, said) in zip(conversation.turns, turns, strict=True):
        sentences, at = [], 0
        for text, acts in said:
            scores = tuple(ActScore(act=Act(name), confidence=sure) for name, sure in acts.items())
            sentences.append(Sentence(start=at, end=at + len(text), acts=scores))
            at += len(text) + 1
        found.append(turn.model_copy(update={"sentences": tuple(sentences)}))
    return conversation.model_copy(update={"turns": tuple(found)})


def judged(*turns: tuple[str, list[tuple[str, Acts]]]) -> dict[str, CriterionResult]:
    evaluation = evaluate(acting(*turns), rubric(BODY))
    return {result.criterion: result for result in evaluation.results}


def test_a_sentence_that_does_it_is_a_hit() -> None:
    results = judged(("A", [("Hello.", {"greets": 0.9}), ("Your whole code, go on.", {"asks_secret": 0.83})]))
    result = results["c.secret"]
    assert (result.outcome, result.method, result.confidence) == ("not_met", "classifier", 0.83)
    assert result.evidence[0].quote == "Your whole code, go on."
    assert results["c.either"].outcome == "met"


@pytest.mark.parametrize(
    ("who", "confidence", "outcome"),
    [("A", 0.6, "not_met"), ("A", 0.59, "met"), ("C", 0.99, "met"), ("I", 0.99, "met")],
)
def test_speaker_and_confidence(who: str, confidence: float, outcome: str) -> None:
    said = [("Give me the code.", {"asks_secret": confidence})]
    assert judged(("A", [("Hi.", {"greets": 0.9})]), (who, said))["c.secret"].outcome == outcome


@pytest.mark.parametrize(
    ("text", "acts", "outcome", "method"),
    [
        ("My apologies for this mess.", {"apologises_for_trouble": 0.7}, "met", "classifier"),
        ("I am sorry about it.", {"explains": 0.7}, "met", "phrase"),  # a phrase alone suffices
        ("I am sorry about it.", {"apologises_for_trouble": 0.9}, "met", "phrase"),
        ("Sorry, what was that?", {"apologises_as_filler": 0.8}, "not_met", "phrase"),  # spoiled
        ("Sorry, what was that?", {"apologises_as_filler": 0.4}, "met", "phrase"),  # not surely enough
        ("Right.", {"apologises_for_trouble": 0.9, "apologises_as_filler": 0.9}, "not_met", "phrase"),
    ],
)
def test_alternatives_and_what_spoils_them(text: str, acts: Acts, outcome: str, method: str) -> None:
    result = judged(("A", [(text, acts)]))["c.sorry"]
    assert (result.outcome, result.method) == (outcome, method)


def test_a_spoiled_sentence_leaves_its_neighbour_alone() -> None:
    said = [("Sorry?", {"apologises_as_filler": 0.9}), ("I am sorry for that.", {"apologises_for_trouble": 0.9})]
    assert judged(("A", said))["c.sorry"].evidence[0].quote == "I am sorry for that."


def test_a_cue_by_act() -> None:
    results = judged(
        ("A", [("Hi.", {"greets": 0.9})]),
        ("C", [("This is the third time.", {"shows_anger": 0.8})]),
        ("A", [("I am sorry.", {"apologises_for_trouble": 0.9})]),
    )
    cue = results["c.reply"].cue
    assert cue is not None
    assert (results["c.reply"].outcome, cue.turn, cue.quote) == ("met", 1, "This is the third time.")


def _plain(*lines: str) -> Evaluation:
    return evaluate(call(*lines), rubric(BODY))


def test_without_acts_it_is_said_that_they_were_skipped() -> None:
    evaluation = _plain("A: hello", "C: hello")
    assert evaluation.flags == ("acts_skipped",)
    assert all("carries no acts" in result.explanation for result in evaluation.results)
    assert [result.outcome for result in evaluation.results] == ["met", "not_met", "not_applicable", "not_met"]


def test_with_acts_nothing_was_skipped() -> None:
    evaluation = evaluate(acting(("A", [("Hello.", {"greets": 0.9})])), rubric(BODY))
    assert evaluation.flags == ()
    assert not any("carries no acts" in result.explanation for result in evaluation.results)


def test_offsets_of_another_text_find_nothing() -> None:
    conversation = acting(("A", [("Hi.", {"asks_secret": 0.9})]))
    for sentence in (Sentence(start=90, end=99), Sentence(start=2, end=1), Sentence(start=3, end=3)):
        acts = (ActScore(act=Act.ASKS_SECRET, confidence=0.9),)
        turn = conversation.turns[0].model_copy(update={"sentences": (sentence.model_copy(update={"acts": acts}),)})
        assert evaluate(conversation.model_copy(update={"turns": (turn,)}), rubric(BODY)).results[0].outcome == "met"


@pytest.mark.parametrize(
    ("signal", "message"),
    [
        ("{title: t, acts: [asks_secrets]}", "signals.secret.acts[0]: expected"),
        ("{title: t, acts: [greets], min_confidence: 2}", "expected <= 1, got 2"),
        ("{title: t, phrases: [a], min_confidence: 0.5}", "min_confidence without acts"),
        ("{title: t, acts: [greets], unless_acts: [greets]}", "acts and unless_acts contradict each other"),
        ("{title: t, acts: [greets], any_of: [sorry]}", "any_of and phrases/meanings/acts/detect contradict"),
    ],
)
def test_signals_that_cannot_be(signal: str, message: str) -> None:
    with pytest.raises(RubricError) as raised:
        rubric(BODY.replace("{title: request for a secret, acts: [asks_secret], min_confidence: 0.6}", signal))
    assert message in str(raised.value)
