"""Runs, silences and overlap, by hand."""

from __future__ import annotations

import pytest

from qa.measure import runs, silences
from qa.measure.speech import overlap_s, spoken_length
from qa.model import Conversation, Span
from tests.measure_builders import timed, with_words


@pytest.mark.parametrize(
    ("text", "language", "length"),
    [
        ("I've lost my card.", "en", 4),
        ("well - no", "en", 2),  # a dash is no word
        ("", "en", 0),
        ("我的卡丢了。", "zh", 5),
        ("尾号 368", "zh", 5),  # digits are read one by one
        ("我的 PIN 码", "zh", 4),  # a Latin word counts as one
        ("，。", "zh", 0),
    ],
)
def test_spoken_length(text: str, language: str, length: int) -> None:
    assert spoken_length(text, "zh" if language == "zh" else "en") == length


def test_a_turn_without_word_times_is_one_run() -> None:
    (run,) = runs(timed(("a", 1, 4, "hello there")))
    assert (run.span, run.length, run.channel) == (Span(1, 4), 2, 0)


def test_words_cut_a_turn_at_pauses_over_one_second() -> None:
    # Pauses: 0.5 s, exactly 1.0 s (no cut), 1.5 s (cut).
    conversation = with_words(
        timed(("a", 0, 10, "a b c d e")),
        0,
        *[("a", 0.0, 0.5), ("b", 1.0, 1.5), ("c", 2.5, 3.0), ("d", 4.5, 5.0), ("e", 5.0, 5.5)],
    )
    assert [(run.span, run.length) for run in runs(conversation)] == [(Span(0.0, 3.0), 3), (Span(4.5, 5.5), 2)]


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (timed(("a", 1, 4), ("c", 5, 7)), [(4, 5)]),  # ringing until 1 s is none
        (timed(("a", 1, 4), ("c", 4, 7)), []),
        (timed(("a", 1, 4), ("c", 3, 7), ("a", 9, 10)), [(7, 9)]),
        (timed(("a", 1, 9), ("c", 3, 5), ("c", 12, 13)), [(9, 12)]),  # the inner turn ends no silence
        (timed(("i", 0, 3), ("u", 4, 6), ("a", 8, 9)), [(3, 4), (6, 8)]),  # machines and strangers speak too
        (timed(("a", 1, 4)), []),
        (timed(("a", 1, 4), ("c", None, None)), []),
        (timed(), []),
    ],
)
def test_silences(conversation: Conversation, expected: list[tuple[float, float]]) -> None:
    assert [(span.start_s, span.end_s) for span in silences(conversation)] == expected


def test_silences_of_a_length() -> None:
    conversation = timed(("a", 0, 1), ("c", 16, 17), ("a", 32.1, 33))
    # 15.0 s is not over 15 s, 15.1 s is.
    assert [span.start_s for span in silences(conversation, min_s=15.0)] == [17]


@pytest.mark.parametrize(
    ("conversation", "seconds"),
    [
        (timed(("a", 0, 5), ("c", 4, 8)), 1),
        (timed(("a", 0, 5), ("c", 5, 8)), 0),
        (timed(("a", 0, 9), ("c", 1, 2), ("c", 3, 5)), 3),
        (timed(("a", 0, 9), ("i", 1, 2)), 0),  # over an announcement
        (timed(("a", 0, 5), ("a", 4, 8)), 0),
    ],
)
def test_overlap(conversation: Conversation, seconds: float) -> None:
    assert overlap_s(runs(conversation)) == seconds


def test_a_pause_inside_a_turn_is_silence() -> None:
    conversation = with_words(timed(("a", 0, 30, "wait back")), 0, ("wait", 0, 1), ("back", 29, 30))
    assert silences(conversation) == (Span(1, 29),)
