"""Interruptions and response latencies: what counts, and what only looks like it."""

from __future__ import annotations

import pytest

from qa.measure import interruptions, response_latencies, runs, utterances
from qa.measure.speech import language_of
from qa.model import Conversation, Span, SpeakerRole
from tests.measure_builders import timed, with_words

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER


def who_interrupts(conversation: Conversation) -> str:
    return "".join(run.role[0] for run in interruptions(runs(conversation), language_of(conversation)))


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        # The customer speaks until 5; the agent begins at 4.5 (0.5 s before) and keeps the floor.
        (timed(("c", 0, 5), ("a", 4.5, 8)), "a"),
        (timed(("a", 0, 5), ("c", 4.5, 8)), "c"),
        # 0.3 s before is enough, 0.2 s is how turns usually meet.
        (timed(("c", 0, 5), ("a", 4.7, 8)), "a"),
        (timed(("c", 0, 5), ("a", 4.8, 8)), ""),
        # The customer goes on for 1.5 s, or for longer: the agent did not get the floor then.
        (timed(("c", 0, 6), ("a", 4.5, 8)), "a"),
        (timed(("c", 0, 6.1), ("a", 4.5, 8)), ""),
        # Back-channels: two words, or no longer than a second.
        (timed(("c", 0, 5), ("a", 4.5, 8, "uh huh")), ""),
        (timed(("c", 0, 5), ("a", 4.5, 8, "no you listen")), "a"),
        (timed(("c", 0, 5), ("a", 4.5, 5.5)), ""),
        (timed(("c", 0, 5), ("a", 4.5, 5.6)), "a"),
        # In Mandarin three characters.
        (timed(("c", 0, 5, "我的卡丢了怎么办"), ("a", 4.5, 6, "好的好"), language="zh"), ""),
        (timed(("c", 0, 5, "我的卡丢了怎么办"), ("a", 4.5, 6, "卡号多少"), language="zh"), "a"),
        # Talking over a back-channel interrupts nobody.
        (timed(("c", 0, 5, "mm hm"), ("a", 4.5, 8)), ""),
        # The agent ends first: talked over, not taken.
        (timed(("c", 0, 5), ("a", 3.6, 5)), ""),
        (timed(("c", 0, 9), ("a", 3, 5)), ""),
        # The customer stops but goes on within 1.5 s while the agent still speaks: nobody yielded.
        (timed(("c", 0, 5), ("a", 4.5, 9), ("c", 6, 10)), ""),
        # ... after more than 1.5 s it is a new turn (and the customer's interruption only if the agent then stops).
        (timed(("c", 0, 5), ("a", 4.5, 12), ("c", 6.6, 10)), "a"),
        (timed(("c", 0, 5), ("a", 4.5, 7), ("c", 6.6, 10)), "ac"),
        # A back-channel of the customer meanwhile takes nothing back.
        (timed(("c", 0, 5), ("a", 4.5, 9), ("c", 6, 6.4, "uh huh")), "a"),
        # One sentence cut in two turns (0.2 s apart) runs on.
        (timed(("c", 0, 5), ("a", 4.5, 8), ("c", 5.2, 9)), ""),
        # Two parts of the agent's sentence are one interruption, and neither alone would be longer than a second.
        (timed(("c", 0, 5), ("a", 4.5, 5.3, "no no no"), ("a", 5.4, 6, "stop it now")), "a"),
        # Machines are not interrupted, and nobody interrupts himself.
        (timed(("i", 0, 5), ("c", 4.5, 8)), ""),
        (timed(("a", 0, 5), ("a", 4.5, 8)), ""),
        # Speaking at the same moment is an overlap that the earlier one does not lose.
        (timed(("c", 0, 1.4), ("a", 0, 5)), ""),
        # Each interruption counts once.
        (timed(("c", 0, 5), ("a", 4.5, 8), ("c", 9, 14), ("a", 13, 16)), "aa"),
    ],
)
def test_interruptions(conversation: Conversation, expected: str) -> None:
    assert who_interrupts(conversation) == expected


def test_a_noise_inside_a_turn_is_talked_over_by_nobody() -> None:
    # The turn lasts until 9 s, but its words end at 2 s and begin again at 8 s.
    conversation = timed(("c", 0, 9, "i lost my card yesterday hello"), ("a", 2.5, 6))
    conversation = with_words(
        conversation,
        0,
        ("i", 0, 0.4),
        ("lost", 0.4, 0.8),
        ("my", 0.8, 1),
        ("card", 1, 1.5),
        ("yesterday", 1.5, 2),
        ("hello", 8, 9),
    )
    assert who_interrupts(conversation) == ""


def test_utterances_join_what_was_cut() -> None:
    # 0.3 s apart is one utterance, 0.4 s two; the lengths add up.
    found = utterances(runs(timed(("a", 0, 1), ("a", 1.3, 2), ("a", 2.4, 3), ("c", 1, 1.2, "yes"))))
    assert [(run.role, run.span, run.length) for run in found] == [
        (AGENT, Span(0, 2), 12),
        (CUSTOMER, Span(1, 1.2), 1),
        (AGENT, Span(2.4, 3), 6),
    ]


def test_response_latencies() -> None:
    conversation = timed(
        ("a", 0, 4),
        ("c", 4.5, 8),  # 0.5 s after the agent
        ("a", 8.2, 8.8, "uh huh"),  # no answer
        ("c", 9, 11),  # the customer goes on
        ("a", 12, 15),  # 1.0 s after the customer
        ("c", 14.8, 18),  # 0.2 s before the agent ends
    )
    found = response_latencies(runs(conversation), "en")
    assert found[AGENT] == pytest.approx([1.0])
    assert found[CUSTOMER] == pytest.approx([0.5, -0.2])
