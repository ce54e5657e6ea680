"""Invented words are dropped, real repetitions stay."""

from __future__ import annotations

import pytest

from qa.model import Word
from qa.speech.guard import Segment, keep_words, looks_looped, looks_lost, n_timed, without_loops


def words(text: str) -> list[Word]:
    return [Word(text=w, start_s=i, end_s=i + 0.5, confidence=0.9) for i, w in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("no no no I did not", "no no no I did not"),
        ("对 对 对 是 的", "对 对 对 是 的"),
        ("two two two two please", "two two two two please"),  # four digits read out
        ("you you you you you you you", "you"),
        ("thank you. Thank you thank you thank you, bye", "thank you. bye"),
        ("a b c a b c a b c", "a b c a b c a b c"),  # three rounds: somebody insists
        ("a b c a b c a b c a b c end", "a b c end"),
        ("", ""),
    ],
)
def test_loops(said: str, kept: str) -> None:
    assert " ".join(w.text for w in without_loops(words(said))) == kept


def test_a_stretch_that_the_recogniser_does_not_believe_is_dropped() -> None:
    believed = Segment(tuple(words("good morning")), mean_logprob=-0.3, no_speech=0.9)
    doubted = Segment(tuple(words("thanks for watching")), mean_logprob=-1.2, no_speech=0.9)
    assert [w.text for w in keep_words([believed, doubted])] == ["good", "morning"]


def test_looped_text_is_recognised() -> None:
    assert looks_looped([Segment(tuple(words("and so on " * 40)), -0.1, 0.0)])
    assert not looks_looped(
        [Segment(tuple(words("I would like to change the address on my policy please today")), -0.1, 0)]
    )


@pytest.mark.parametrize(
    ("text", "confidence", "no_speech", "kept"),
    [
        ("you", 0.15, 0.5, False),  # hardly believed, whatever the model says about speech
        ("you", 0.25, 0.5, True),  # unsure, and marked so by its confidence
        ("I'm sorry, " * 20, 0.9, 0.7, False),  # a loop where probably nobody speaks
        ("I'm sorry, " * 20, 0.9, 0.1, True),  # a loop over real speech: one round stays
        ("thank you for watching", 0.9, 0.55, True),  # no list of phrases: people say it
    ],
)
def test_words_over_music(text: str, confidence: float, no_speech: float, kept: bool) -> None:
    said = tuple(word.model_copy(update={"confidence": confidence}) for word in words(text))
    assert bool(keep_words([Segment(said, -0.5, no_speech)])) is kept


def timed(*times: tuple[float, float]) -> list[Segment]:
    return [Segment(tuple(Word(text="word", start_s=a, end_s=b, confidence=0.9) for a, b in times), -0.2, 0.0)]


@pytest.mark.parametrize(
    ("segments", "lost"),
    [
        (timed((0.2, 1.0), (1.2, 2.0), (2.5, 4.0)), False),
        (timed((0.2, 1.0), (3.1, 4.0), (4.1, 4.8)), True),  # 2.1 s without a word in the middle
        (timed((0.2, 1.0), (1.0, 2.5)), True),  # the last 2.5 of 5 s
        (timed((2.2, 3.0), (3.2, 4.9)), True),  # the first 2.2 s
        (timed((0.0, 1.0), (1.0, 4.5)), True),  # one word of 3.5 s covers what is missing
        (timed((0.5, 1.0), *[(1.0, 1.0)] * 5, (1.0, 3.9)), True),  # five words at one moment
        (timed((0.5, 1.0), *[(1.0, 1.0)] * 2, (1.0, 3.9)), False),
        ([], False),  # nothing at all: silence, or something that is no speech
        ([Segment(timed((0.2, 1.0))[0].words, -1.5, 0.9)], False),  # and nothing that anybody believes
    ],
)
def test_words_missing_from_a_window_of_five_seconds(segments: list[Segment], lost: bool) -> None:
    assert looks_lost(segments, 5.0) is lost


def test_only_words_with_a_time_count() -> None:
    assert n_timed(timed((0.0, 1.0), (1.0, 1.0), (1.0, 2.0))) == 8
