"""Where signals were found, kept for the next time: what stands is not searched again, and what does not stand is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from qa.model import Act, ActScore, Conversation, Evaluation, Sentence
from scoring import Rubric, evaluate, parse_rubric
from scoring.fingerprint import signal_fingerprints
from scoring.patterns import find_all
from scoring.signals import Hit
from scoring.signals.kept import KeptHits
from tests.scoring_builders import HEAD, call

CODE = "code-1"
BODY = """\
words: {hi: "hello|good day"}
signals:
  greets: {title: a greeting, phrases: ["{hi}"]}
  name: {title: a name, phrases: ["my name is"], window: {after: greets}}
  promise: {title: a promise, phrases: ["i will"], if_acts: [takes_ownership], min_confidence: 0.5}
  early: {title: early, any_of: [greets, promise]}
sections:
  - title: S
    criteria:
      - {id: greeting, title: G, question: "Q?", points: 1, check: {type: said, met: greets}}
      - {id: name, title: N, question: "Q?", points: 1, check: {type: said, met: name}}
      - {id: promise, title: P, question: "Q?", points: 1, check: {type: said, met: promise}}
      - {id: early, title: E, question: "Q?", points: 1, check: {type: said, met: early}}
"""


def form(*changes: tuple[str, str]) -> Rubric:
    body = HEAD + BODY
    for old, new in changes:
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    return parse_rubric(body, "test.yaml")


def talk(*surest: float) -> Conversation:
    """A greeting and a name, then promises that the classifier is so sure of."""
    conversation = call("A: Hello, my name is Ann.", *("A: I will call you back." for _ in surest), "C: Good day.")

    def acting(number: int, text: str) -> tuple[Sentence, ...]:
        acts = (ActScore(act=Act.TAKES_OWNERSHIP, confidence=surest[number - 1]),) if 0 < number <= len(surest) else ()
        return (Sentence(start=0, end=len(text), acts=acts),)

    turns = (t.model_copy(update={"sentences": acting(t.index, t.text)}) for t in conversation.turns)
    return conversation.model_copy(update={"turns": tuple(turns)})


def embed(texts: Sequence[str]) -> Any:
    return np.ones((len(texts), 2), dtype=np.float32)


def scored(rubric: Rubric, conversation: Conversation, earlier: Evaluation | None = None) -> Evaluation:
    return evaluate(conversation, rubric, embed=embed, kept=KeptHits(signal_fingerprints(rubric, CODE), earlier))


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts in which phrases are looked for, whatever the phrases."""
    texts: list[str] = []

    def listed(pattern: Any, folded: str) -> Any:
        texts.append(folded)
        return find_all(pattern, folded)

    monkeypatch.setattr("scoring.signals.book.find_all", listed)
    return texts


GREETING, PROMISE = "hello, my name is ann.", "i will call you back."


@pytest.mark.parametrize(
    ("changes", "again"),
    [
        ([], []),
        ([("title: G,", "title: Greets,")], []),  # nothing that a signal hangs on
        ([("min_confidence: 0.5", "min_confidence: 0.6")], []),  # within the margin: 0.4 and 0.9 were compared with it
        ([("min_confidence: 0.5", "min_confidence: 0.95")], []),  # beyond it, but where the phrases stand is known
        ([('phrases: ["i will"]', 'phrases: ["i will", "call you"]')], [PROMISE, PROMISE]),
        # a word of greets, and name lies after greets
        ([("hello|good day", "hello|good morning")], [GREETING, GREETING]),
    ],
)
def test_only_what_a_change_touches_is_searched(
    searched: list[str], changes: list[tuple[str, str]], again: list[str]
) -> None:
    conversation = talk(0.9, 0.45)
    earlier = scored(form(), conversation)
    assert sorted(searched) == sorted([GREETING, GREETING, PROMISE, PROMISE])
    searched.clear()
    after = form(*changes)
    found = scored(after, conversation, earlier)
    assert sorted(searched) == again
    assert found.to_dict() == evaluate(conversation, after, embed=embed).to_dict()


def test_a_turn_far_below_a_threshold_is_passed_over_and_searched_when_the_threshold_comes_near(
    searched: list[str],
) -> None:
    conversation = talk(0.9, 0.2)
    earlier = scored(form(), conversation)
    assert searched.count(PROMISE) == 1
    assert earlier.margins["promise.min_confidence"] == (0.2, 0.9)
    searched.clear()
    lower = form(("min_confidence: 0.5", "min_confidence: 0.15"))
    found = scored(lower, conversation, earlier)
    assert searched == [PROMISE]  # the one that was passed over
    assert [e.turn for r in found.results if r.criterion == "promise" for e in r.evidence] == [1, 2]
    # And from there back: everything is known by now.
    searched.clear()
    assert scored(form(), conversation, found).results == earlier.results
    assert searched == []


def test_the_margin_hangs_on_phrases_and_not_on_turns_without_any() -> None:
    conversation = talk(0.9, 0.45)
    silent = conversation.turns[2].model_copy(update={"text": "we shall call them back"})
    conversation = conversation.model_copy(update={"turns": (*conversation.turns[:2], silent, *conversation.turns[3:])})
    assert scored(form(), conversation).margins["promise.min_confidence"] == (-1.0, 0.9)


def test_margins_come_along_with_what_is_kept() -> None:
    conversation = talk(0.9, 0.45)
    earlier = scored(form(), conversation)
    later = scored(form(), conversation, earlier)
    assert later.margins == earlier.margins == {"promise.min_confidence": (0.45, 0.9)}
    assert later.hits == earlier.hits


def test_other_code_keeps_nothing(searched: list[str]) -> None:
    earlier = scored(form(), talk(0.9))
    searched.clear()
    kept = KeptHits(signal_fingerprints(form(), "code-2"), earlier)
    assert evaluate(talk(0.9), form(), embed=embed, kept=kept).results == earlier.results
    assert len(searched) == 3


def test_what_is_kept_comes_back_as_it_was() -> None:
    fingerprints = signal_fingerprints(form(), CODE)
    kept = KeptHits(fingerprints)
    hits = (Hit(0, 1, 5, "greets", 0.123456789, "semantic", "label"), Hit(3, 0, 2, "promise"))
    kept.put("early", hits)
    kept.put("greets", ())
    kept.put("no signal of this form", hits)
    earlier = scored(form(), talk()).model_copy(update={"hits": kept.to_bytes()})
    later = KeptHits(fingerprints, earlier)
    assert later.get("early") == (hits, {})
    assert later.get("greets") == ((), {})
    assert later.get("name") is None
    assert later.get("no signal of this form") is None
    assert later.to_bytes() == kept.to_bytes()


def test_nothing_is_kept_where_meanings_were_not_compared() -> None:
    kept = KeptHits(signal_fingerprints(form(), CODE))
    assert evaluate(talk(0.9), form(), kept=kept).hits == b""


def test_where_signals_were_found_is_no_part_of_the_document() -> None:
    evaluation = scored(form(), talk(0.9))
    assert evaluation.hits
    assert "hits" not in evaluation.to_dict()
    assert Evaluation.from_json(evaluation.to_json()).hits == b""
