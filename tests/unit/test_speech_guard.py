"""Invented words are dropped, real repetitions stay."""

from __future__ import annotations

import pytest

from qa.model import Word
from qa.speech.guard import Segment, keep_words, looks_looped, without_loops


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
