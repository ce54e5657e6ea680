"""Floors, the opening, windows, gaps, quotes and their times."""

from __future__ import annotations

import pytest

from qa.model import Call, Conversation, SpeakerRole, Turn, Word
from scoring.transcript import Transcript
from tests.scoring_builders import call


def _transcript(*lines: str) -> Transcript:
    return Transcript(call(*lines), "en")


def test_neighbouring_turns_of_one_role_are_one_floor() -> None:
    transcript = _transcript("A: hello", "A: this is tom", "C: hi", "A: yes")
    assert transcript.floors == ((0, 1), (2,), (3,))
    assert transcript.role_floors(SpeakerRole.AGENT) == [(0, 1), (3,)]
    assert transcript.next_floors(2, SpeakerRole.AGENT, 2) == [(3,)]


LONG = "C: hi I would like to ask about the bill that came on Monday"


@pytest.mark.parametrize(
    ("lines", "opening"),
    [
        (("A: hello", LONG, "A: right", "A: ok"), {0}),  # the reason ends the opening
        (("A: hello", "C: hello?", "A: this is tom", LONG, "A: right"), {0, 1, 2}),  # at most two agent turns
        (("A: hello", "C: hi", "A: tom here", "C: hi tom", "A: what is it", LONG), {0, 1, 2}),
        (("I: press one", "A: hello", LONG), {0, 1}),
        ((LONG, "A: hello", "C: yes"), {0, 1}),  # the customer began: the agent's first turn is still an opening
        (("C: hello", LONG), set()),
    ],
)
def test_opening(lines: tuple[str, ...], opening: set[int]) -> None:
    assert _transcript(*lines).window("opening") == opening


def test_windows_together() -> None:
    lines = ["A: hello", LONG] + [f"{who}: turn" for _ in range(5) for who in "AC"] + ["A: bye"]
    transcript = _transcript(*lines)
    assert transcript.window("call") == frozenset(range(13))
    assert transcript.window("after_opening") == frozenset(range(1, 13))
    assert transcript.window("closing") == frozenset(range(6, 13))  # the agent's last four floors: 6, 8, 10, 12


def test_gaps_look_past_overlaps() -> None:
    turns = tuple(
        Turn(index=i, role=SpeakerRole.AGENT, text="x", start_s=start, end_s=end)
        for i, (start, end) in enumerate([(0.0, 10.0), (2.0, 3.0), (25.0, 26.0)])
    )
    gaps = Transcript(Conversation(call=Call(call_id="c"), turns=turns), "en").gaps
    assert [(gap.before, gap.after, gap.seconds) for gap in gaps] == [
        (0, 2, 15.0)
    ]  # not from 3.0, and not after turn 1


def test_no_times_no_gaps() -> None:
    transcript = Transcript(call("A: hello", "C: hi", timed=False), "en")
    assert (transcript.has_times, transcript.gaps) == (False, ())


def test_a_short_sentence_is_quoted_whole_and_a_long_one_by_its_clause() -> None:
    long = "A: Right. " + "word " * 40 + ", but I guarantee it, " + "word " * 40
    transcript = _transcript(long, "A: Hm. I Guarantee It! Bye.")
    at = transcript.folded[0].index("guarantee")
    assert transcript.evidence(0, at, at + 9).quote == "but I guarantee it"
    at = transcript.folded[1].index("guarantee")
    assert transcript.evidence(1, at, at + 9).quote == "I Guarantee It!"


def test_a_turn_without_marks_is_quoted_around_the_match() -> None:
    text = "word " * 60 + "guarantee " + "word " * 60
    evidence = _transcript("A: " + text).evidence(0, 300, 309)
    assert "guarantee" in evidence.quote
    assert evidence.quote in text
    assert len(evidence.quote) <= 170
    assert not evidence.quote.startswith("ord")


def test_times_come_from_the_words_where_there_are_words() -> None:
    words = tuple(
        Word(text=text, start_s=start, end_s=start + 0.4, confidence=0.9)
        for text, start in [("Hello.", 1.0), ("I", 3.0), ("promise", 3.5), ("it.", 4.0)]
    )
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="Hello. I promise it.", start_s=1.0, end_s=4.4, words=words)
    transcript = Transcript(Conversation(call=Call(call_id="c"), turns=(turn,)), "en")
    evidence = transcript.evidence(0, 9, 16)
    assert (evidence.quote, evidence.start_s, evidence.end_s) == ("I promise it.", 3.0, 4.4)


def test_sentence_offsets_from_elsewhere_are_not_trusted() -> None:
    raw = {
        "index": 0,
        "role": "agent",
        "text": "short",
        "sentences": [{"start": 0, "end": 900}, {"start": 7, "end": 9}],
    }
    conversation = Conversation.model_validate({"call": {"call_id": "c"}, "turns": [raw]})
    assert [(unit.start, unit.end) for unit in Transcript(conversation, "en").units] == [(0, 5)]
