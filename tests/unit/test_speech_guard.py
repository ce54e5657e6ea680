"""Invented words are dropped, real repetitions stay."""

from __future__ import annotations

import pytest

from qa.model import Span, Word
from qa.speech.guard import (
    Segment,
    doubtful,
    holes,
    keep_words,
    looks_looped,
    more_complete,
    too_sparse,
    well_placed,
    without_loops,
)


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
        ("a b c d e f g h i " * 2, "a b c d e f g h i " * 2),  # nine words said again
        ("a b c d e f g h i " * 3, "a b c d e f g h i"),
        ("", ""),
    ],
)
def test_loops(said: str, kept: str) -> None:
    assert " ".join(w.text for w in without_loops(words(said))) == kept.strip()


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


def timed(*times: tuple[float, float]) -> list[Word]:
    return [Word(text="word", start_s=a, end_s=b, confidence=0.9) for a, b in times]


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        (timed((0.2, 1.0), (1.2, 2.0), (2.5, 4.0)), []),
        (timed((0.2, 1.0), (2.6, 4.0), (4.1, 4.8)), [Span(0.9, 2.7)]),  # 1.6 s without a word, and 0.1 s at each end
        (timed((0.2, 1.0), (1.0, 2.5)), [Span(2.4, 5.0)]),
        (timed((2.2, 3.0), (3.2, 4.9)), [Span(0.0, 2.3)]),
        (timed((0.0, 1.0), (1.0, 4.5)), [Span(1.5, 5.0)]),  # a word of 3.5 s counts as 0.6 s: it covers what is missing
        (timed((3.2, 4.9), (0.2, 3.0)), [Span(0.7, 3.3)]),  # in any order
        ([], []),  # nothing at all: silence, or something that is no speech
    ],
)
def test_holes_of_a_window_of_five_seconds(said: list[Word], missing: list[Span]) -> None:
    got = [(hole.start_s, hole.end_s) for hole in holes(said, 5.0)]
    assert got == [pytest.approx((hole.start_s, hole.end_s)) for hole in missing]


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (timed((0.5, 1.0), *[(1.0, 1.0)] * 5, (4.0, 4.9)), 2),  # five words at one moment, and a hole for them
        (timed((0.5, 1.0), *[(1.0, 1.0)] * 5, (1.0, 2.9), (2.9, 4.9)), 8),  # and no hole
        (timed((0.5, 1.0), *[(1.0, 1.0)] * 4, (4.0, 4.9)), 6),
    ],
)
def test_words_that_share_one_moment(said: list[Word], kept: int) -> None:
    assert len(well_placed(said, 5.0)) == kept


@pytest.mark.parametrize(
    ("said", "duration_s", "sparse"),
    [
        ("oh", 15.0, True),  # one interjection in a window of music
        ("oh oh oh oh oh", 15.0, True),
        ("oh yes it", 15.0, True),
        ("oh yes it is", 15.0, False),
        ("yes", 4.9, False),  # a short answer between pauses
        ("", 4.9, False),
        ("oh yes", 8.1, True),
    ],
)
def test_a_window_with_hardly_a_word_was_no_speech(said: str, duration_s: float, sparse: bool) -> None:
    assert too_sparse(words(said), duration_s) is sparse


def placed(*starts_s: float, confidence: float = 0.9) -> Segment:
    """Words of half a second that begin at these times."""
    said = (Word(text=f"w{s}", start_s=s, end_s=s + 0.5, confidence=confidence) for s in starts_s)
    return Segment(tuple(said), mean_logprob=-0.3, no_speech=0.1)


FULL = placed(0.0, 0.6, 1.2, 1.8, 2.4, 3.0, 3.6)


@pytest.mark.parametrize(
    ("segment", "duration_s", "expected"),
    [
        (FULL, 4.2, False),
        (FULL, 6.5, True),  # 2.4 s after the last word
        (placed(0.0, 0.6, 3.0, 3.6), 4.2, True),  # 1.9 s between two words
        (placed(0.0, 0.6, 1.2, confidence=0.15), 1.8, True),  # hardly believed
        (Segment((*FULL.words[:6], placed(3.6, confidence=0.15).words[0]), -0.3, 0.1), 4.2, True),  # one such word
        (Segment((), 0.0, 0.1), 2.0, True),  # speech without a word
    ],
)
def test_a_text_with_a_hole_or_a_doubted_word_deserves_a_wider_search(
    segment: Segment, duration_s: float, expected: bool
) -> None:
    assert doubtful(segment, duration_s) is expected


def test_a_wider_search_wins_unless_it_leaves_more_out() -> None:
    short, empty = placed(0.0, 0.6), Segment((), 0.0, 0.1)
    assert more_complete(short, FULL, 4.2) is FULL
    assert more_complete(FULL, short, 4.2) is FULL
    assert more_complete(FULL, empty, 4.2) is FULL
    as_complete = placed(0.1, 0.6, 1.2, 1.8, 2.4, 3.0, 3.6)
    assert more_complete(FULL, as_complete, 4.2) is as_complete
