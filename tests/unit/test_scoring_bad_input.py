"""Bad input: a clear error, or a reasoned not_scored, never a fault of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Act, ActScore, Conversation, Evaluation, RubricError, Sentence, SpeakerRole, Word
from scoring import evaluate, patterns
from tests.scoring_builders import call, core, rubric

EVERY_CHECK = """\
signals:
  word: {title: word, phrases: ["(help|please) ... (you|me)", "{amount}"], tolerance: 0.3}
  meant: {title: meaning, meanings: {like: [help]}}
  done: {title: act, acts: [greets], unless_acts: [refuses]}
  near: {title: near, phrases: [help], window: {around: word, turns: 1}}
  named: {title: name, phrases: ["i am {agent_name}"], window: {first_turns: 2, of: agent}}
  cue: {title: cue, role: customer, phrases: [help]}
sections:
  - title: S
    criteria:
      - {id: c.said, title: T, question: Q, points: 1, check: {type: said, met: {any: [word, meant, done, near, named]}}}
      - {id: c.never, title: T, question: Q, points: 1, check: {type: never, signals: [word]}}
      - {id: c.timed, title: T, question: Q, points: 1, check: {type: said, met: word, window: {first_s: 30}}}
      - {id: c.reply, title: T, question: Q, points: 1, check: {type: reply, cue: cue, met: word}}
      - id: c.steps
        title: T
        question: Q
        points: 1
        check: {type: sequence, steps: [{title: a, says: word, consent: cue}, {title: b, says: done, within_s: 9}]}
      - {id: c.metric, title: T, question: Q, points: 1, check: {type: metric, feature: talk_ratio, maximum: 1}}
      - {id: c.judge, title: T, question: Q, points: 1, check: {type: judge}}
"""
TEXTS = {
    "nothing": "",
    "blank": " \t\n",
    "emoji": "help 😀 you 👩‍👩‍👧‍👧🏳️‍🌈" * 20,
    "right to left": "שלום help you \u202eabc\u202c مرحبا",
    "100,000 letters": "a" * 100_000,
    "100,000 characters": "您" * 100_000,
    "a flood of the phrase": "please help you five dollars " * 3_500,
    "nearly the phrase": "plese hlep yuo " * 6_000,
    "marks": "?!.,;" * 20_000,
    "spaces": " " * 100_000,
    "control characters": "\x00\x1b[31m\ufeff\u2028help you",
    "lone surrogates are none": "\ud83d help you".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "html": "<script>alert(1)</script> help you",
    "capitals that grow": "İ" * 5_000 + " help you",
    "combining": "h\u0301e\u0301lp you",
}


def spoiled(text: str, language: str, *, timed: bool) -> Conversation:
    conversation = call("A: x", "C: x", "A: y", language=language, timed=timed)
    turns = tuple(turn.model_copy(update={"text": text}) for turn in conversation.turns)
    return conversation.model_copy(update={"turns": turns})


def _embed(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.ones((len(texts), 2), dtype=np.float32)


def reasoned(evaluation: Evaluation) -> None:
    """Every result has an outcome; what was not scored says why."""
    for result in evaluation.results:
        assert (result.reason_code is not None) == (result.outcome == "not_scored"), result
        assert result.explanation


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_any_text_is_scored_or_reasoned(name: str, language: str, timed: bool) -> None:
    conversation = spoiled(TEXTS[name], language, timed=timed)
    evaluation = evaluate(conversation, rubric(EVERY_CHECK, language=language), embed=_embed)
    assert len(evaluation.results) == 7
    reasoned(evaluation)
    assert ("turn_cut" in evaluation.flags) is (len(TEXTS[name]) > 20_000)


EXPLODING = [
    "(a|a)+b",
    "(a+)+b",
    "(a|aa)+b",
    "(.*)*b",
    "a*a*a*a*a*a*a*a*b",
]


@pytest.mark.parametrize("tolerance", [0, 0.3])
@pytest.mark.parametrize("phrase", EXPLODING)
def test_a_pattern_that_explodes_is_stopped(phrase: str, tolerance: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patterns, "SEARCH_TIMEOUT_S", 0.05)
    body = f"""\
signals:
  bad: {{title: bad, phrases: ["{phrase}"], tolerance: {tolerance}}}
  fine: {{title: fine, phrases: [aaa]}}
sections:
  - title: S
    criteria:
      - {{id: c.bad, title: T, question: Q, points: 1, check: {{type: said, met: bad}}}}
      - {{id: c.window, title: T, question: Q, points: 1, check: {{type: said, met: fine, window: {{after: bad}}}}}}
      - {{id: c.applies, title: T, question: Q, points: 1, applies_when: bad, check: {{type: never, signals: [fine]}}}}
      - {{id: c.fine, title: T, question: Q, points: 1, check: {{type: never, signals: [fine]}}}}
"""
    results = evaluate(call("A: " + "a" * 20_000), rubric(body)).results
    reasons = [result.reason_code for result in results]
    # A pattern that this engine happens to manage is no fault either.
    assert reasons in (["check_failed"] * 3 + [None], [None] * 4)


@pytest.mark.parametrize(
    ("times", "reasons"),
    [
        ({"start_s": None, "end_s": None}, {"c.timed": "no_times"}),
        ({"end_s": None}, {"c.timed": "no_times"}),
        ({"start_s": 9.0, "end_s": 1.0}, {}),  # ends before it begins
        ({"start_s": -5.0, "end_s": -1.0}, {}),
        ({"start_s": 0.0, "end_s": 1e12}, {}),
        ({"start_s": float("nan"), "end_s": float("nan")}, None),
        ({"start_s": float("inf"), "end_s": float("inf")}, None),
    ],
)
def test_times_that_cannot_be(times: dict[str, Any], reasons: dict[str, str] | None) -> None:
    conversation = call("A: please help you", "C: help me", "A: please help you")
    turns = tuple(turn.model_copy(update=times) for turn in conversation.turns)
    evaluation = evaluate(conversation.model_copy(update={"turns": turns}), rubric(EVERY_CHECK))
    reasoned(evaluation)
    for criterion, reason in (reasons or {}).items():
        result = evaluation.result(criterion)
        assert result is not None
        assert result.reason_code == reason


def test_words_and_sentences_of_another_text() -> None:
    conversation = call("A: please help you")
    words = tuple(Word(text=text, start_s=90, end_s=80, confidence=0.5) for text in ("you", "", "please", "x"))
    acts = (ActScore(act=Act.GREETS, confidence=1),)
    sentences = (Sentence(start=5, end=5_000, acts=acts), Sentence(start=9, end=2, acts=acts), Sentence(start=0, end=0))
    turn = conversation.turns[0].model_copy(update={"words": words, "sentences": sentences})
    evaluation = evaluate(conversation.model_copy(update={"turns": (turn,)}), rubric(EVERY_CHECK))
    reasoned(evaluation)
    assert not any(result.reason_code == "unverified_quote" for result in evaluation.results)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("lines", [(), ("?: please help you",), ("C: please help you",), ("I: please help you",)])
def test_no_agent_no_verdict(lines: tuple[str, ...], language: str) -> None:
    for form in (core(language), rubric(EVERY_CHECK, language=language)):
        evaluation = evaluate(call(*lines, language=language), form)
        assert {result.reason_code for result in evaluation.results} == {"no_agent_turns"}
        assert evaluation.totals.percent is None


def test_a_role_that_nobody_knows_is_a_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from qa.cli import main

    path = tmp_path / "c.json"
    path.write_text(call("A: hi").to_json().replace('"agent"', '"robot"'), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["score", str(path), "--rubric", "service-core.en"])
    assert ended.value.code == 2
    line = capsys.readouterr().err
    assert "turns[0].role" in line
    assert "'agent', 'customer', 'ivr' or 'unknown'" in line
    assert line.count("\n") == 1


def test_unknown_speakers_count_for_nobody() -> None:
    evaluation = evaluate(call("A: hello", "?: please help you", "C: ok"), rubric(EVERY_CHECK))
    assert [result.outcome for result in evaluation.results][:2] == ["not_met", "met"]
    assert all(proof.role != SpeakerRole.UNKNOWN for result in evaluation.results for proof in result.evidence)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("type: never", "type: nevr", "check.type: expected one of"),
        ("maximum: 1", "maximum: 1, minimum: 2", "minimum 2 and maximum 1 contradict each other"),
        (
            "maximum: 1",
            "maximum: 1, partially_met: {maximum: 0.5}",
            "partially_met: expected a band around ≤ 1, got ≤ 0.5",
        ),
        (
            "feature: talk_ratio",
            "feature: talk_ratio, per_s: 60",
            "per_s and feature: talk_ratio contradict each other",
        ),
        ("type: judge", "type: judge, outcomes: [met]", "outcomes: expected at least 2 entries"),
        (
            "type: judge",
            "type: judge, without_quote: [met], outcomes: [not_met, partially_met]",
            "without_quote: expected some",
        ),
        ("type: judge", "type: judge, outcomes: [met, not_scored]", "expected"),
    ],
)
def test_contradictory_fields_are_refused_by_name(old: str, new: str, message: str) -> None:
    with pytest.raises(RubricError) as raised:
        rubric(EVERY_CHECK.replace(old, new, 1))
    assert message in str(raised.value)
    assert str(raised.value).startswith("test.yaml:")
