"""Counts of speech against gold, on small cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Span, Word
from tools.speech_accuracy import diarization_errors, invented_words, read_rttm, speaker_attributed, without_pauses

RATE_HZ = 16_000
GOLD = [("agent", "good morning how can I help"), ("customer", "my card was declined today")]


def test_names_of_speakers_do_not_matter() -> None:
    found = speaker_attributed([("SPEAKER_01", GOLD[0][1]), ("SPEAKER_00", GOLD[1][1])], GOLD, "en")
    assert (found.units, found.cp_errors, found.di_errors, found.di_unit_errors) == (11, 0, 0, 0)


def test_a_turn_under_the_wrong_speaker_is_confusion_and_no_error_of_recognition() -> None:
    gold = [*GOLD, ("agent", "let me look"), ("customer", "thank you")]
    found = [("a", gold[0][1]), ("b", gold[1][1]), ("b", gold[2][1]), ("b", gold[3][1])]
    counts = speaker_attributed(found, gold, "en")
    # "let me look" is missing from a (3 deletions) and stands in b (3 insertions)
    assert (counts.units, counts.cp_errors, counts.di_errors) == (16, 6, 0)


def test_a_turn_that_holds_two_speakers_is_seen_only_word_by_word() -> None:
    found = [("a", GOLD[0][1] + " " + GOLD[1][1])]
    counts = speaker_attributed(found, GOLD, "en")
    # one speaker for two: the better match keeps the longer 6 words, 5 are inserted there and 5 missing from the other
    assert (counts.cp_errors, counts.di_errors, counts.di_unit_errors) == (10, 10, 0)


def test_mandarin_counts_characters() -> None:
    counts = speaker_attributed(
        [("x", "您好，请讲"), ("y", "我要挂失")], [("agent", "您好请讲"), ("customer", "我想挂失")], "zh"
    )
    assert (counts.units, counts.cp_errors, counts.di_errors) == (8, 1, 1)


def test_nothing_heard_loses_every_word() -> None:
    counts = speaker_attributed([], GOLD, "en")
    assert (counts.units, counts.cp_errors, counts.di_errors) == (11, 11, 11)


def word(start_s: float, end_s: float) -> Word:
    return Word(text="x", start_s=start_s, end_s=end_s, confidence=1.0)


@pytest.mark.parametrize(
    ("start_s", "end_s", "invented"),
    [
        (2.5, 2.8, 0),  # inside
        (0.5, 1.9, 0),  # 0.1 s before: the recogniser's times are not that good
        (0.5, 1.7, 1),  # 0.3 s before
        (4.2, 4.6, 0),
        (4.3, 4.6, 1),
        (1.0, 9.0, 0),  # reaches over it
    ],
)
def test_invented_words_touch_no_gold_speech(start_s: float, end_s: float, invented: int) -> None:
    assert invented_words([word(start_s, end_s)], [Span(2.0, 4.0), Span(20.0, 21.0)]) == invented


def test_rttm_of_one_recording() -> None:
    text = "SPEAKER a 1 0.5 1.0 <NA> <NA> agent <NA> <NA>\nSPEAKER b 1 2 1 <NA> <NA> B <NA> <NA>\nSPKR-INFO a 1\n"
    assert read_rttm(text, "a") == [("agent", Span(0.5, 1.5))]
    assert [name for name, _ in read_rttm(text)] == ["agent", "B"]


def test_der_by_hand() -> None:
    gold = [("agent", Span(0, 4)), ("customer", Span(4, 8))]
    found = [("B", Span(0, 3)), ("A", Span(3, 7)), ("A", Span(9, 10))]
    parts = diarization_errors(found, gold, 10.0)
    # 3-4 s is the agent's and given to A: 1 s confused; 7-8 s missed; 9-10 s false
    assert (parts.speech_s, parts.confusion_s, parts.missed_s, parts.false_alarm_s) == pytest.approx((8, 1, 1, 1))
    assert parts.wrong_s / parts.speech_s == pytest.approx(3 / 8)


def test_der_scores_overlap() -> None:
    parts = diarization_errors([("A", Span(0, 4))], [("agent", Span(0, 4)), ("customer", Span(3, 4))], 4.0)
    assert (parts.speech_s, parts.missed_s) == pytest.approx((5, 1))


def tone(*pieces: tuple[float, float], noise: float = 0.0) -> NDArray[np.int16]:
    """Seconds and level of each piece of a 300 Hz tone, over noise."""
    levels = np.concatenate([np.full(int(seconds * RATE_HZ), level) for seconds, level in pieces])
    time_s = np.arange(len(levels)) / RATE_HZ
    hiss = np.random.default_rng(1).normal(0, noise, len(levels)) if noise else 0.0
    return np.asarray(levels * np.sin(2 * np.pi * 300 * time_s) + hiss, dtype=np.int16)[None]


@pytest.mark.parametrize("noise", [0.0, 40.0])
@pytest.mark.parametrize(("pause_s", "pieces"), [(0.2, 1), (0.6, 2)])
def test_pauses_inside_a_turn_are_cut_out(noise: float, pause_s: float, pieces: int) -> None:
    samples = tone((0.5, 0), (1, 8000), (pause_s, 0), (1, 8000), (0.5, 0), noise=noise)
    found = without_pauses([("agent", Span(0.5, 2.5 + pause_s))], samples, RATE_HZ)
    assert len(found) == pieces
    assert sum(span.duration_s for _, span in found) == pytest.approx(2.0 + (pause_s if pieces == 1 else 0.0), abs=0.05)


def test_soft_speech_is_no_pause() -> None:
    samples = tone((0.5, 0), (1, 8000), (0.6, 800), (1, 8000))  # 20 dB under the rest of the turn
    assert len(without_pauses([("agent", Span(0.5, 3.1))], samples, RATE_HZ)) == 1
