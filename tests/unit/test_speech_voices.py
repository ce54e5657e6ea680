"""Phrases move to the voice that they sound like, on vectors made by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, Word
from qa.speech.voices import Voices, second_look

ALICE, BOB = np.array([1.0, 0.0], np.float32), np.array([0.0, 1.0], np.float32)


class Heard(Voices):
    """Alice speaks in even seconds, Bob in odd ones; ``blur`` makes them sound alike."""

    def __init__(self, blur: float = 0.0) -> None:
        object.__setattr__(self, "features", np.zeros((10_000, 80), np.float32))
        object.__setattr__(self, "blur", blur)
        object.__setattr__(self, "asked", [])

    def vectors(self, spans: Sequence[Span]) -> NDArray[np.float32]:
        self.asked.extend(spans)  # type: ignore[attr-defined]
        rows = [(BOB if int(span.start_s) % 2 else ALICE) + self.blur for span in spans]  # type: ignore[attr-defined]
        return np.stack([row / np.linalg.norm(row) for row in rows])


def phrases(*lengths_s: float) -> list[Word]:
    """One word a phrase, each beginning on its own second."""
    return [Word(text="yes.", start_s=i, end_s=i + s, confidence=0.9) for i, s in enumerate(lengths_s)]


def test_a_phrase_with_the_wrong_voice_moves() -> None:
    words = phrases(0.9, 0.9, 0.9, 0.9, 0.9, 0.9)
    assert second_look(words, ["a", "b", "a", "b", "a", "a"], Heard()) == ["a", "b", "a", "b", "a", "b"]


def test_a_short_phrase_stays_where_it_was() -> None:
    words = phrases(0.9, 0.9, 0.9, 0.9, 0.9, 0.4)
    voices = Heard()
    assert second_look(words, ["a", "b", "a", "b", "a", "a"], voices)[-1] == "a"
    assert len(voices.asked) == 5  # type: ignore[attr-defined]


def test_voices_too_alike_move_nothing() -> None:
    # A blur of 3 leaves the two vectors a cosine of 0.96 apart: a gain of 0.04 is under the margin.
    words = phrases(0.9, 0.9, 0.9, 0.9, 0.9, 0.9)
    said = ["a", "b", "a", "b", "a", "a"]
    assert second_look(words, said, Heard(blur=3.0)) == said


def test_one_voice_needs_no_second_look() -> None:
    words = phrases(0.9, 0.9)
    voices = Heard()
    assert second_look(words, ["a", "a"], voices) == ["a", "a"]
    assert voices.asked == []  # type: ignore[attr-defined]


def test_words_beyond_the_features_are_left_alone() -> None:
    words = [*phrases(0.9, 0.9, 0.9), Word(text="late", start_s=101.0, end_s=102.0, confidence=0.9)]
    assert second_look(words, ["a", "b", "a", "a"], Heard()) == ["a", "b", "a", "a"]


class Scattered(Voices):
    """Vectors by the second in which a phrase begins."""

    def __init__(self, by_second: Sequence[NDArray[np.float32]]) -> None:
        object.__setattr__(self, "features", np.zeros((10_000, 80), np.float32))
        object.__setattr__(self, "by_second", by_second)

    def vectors(self, spans: Sequence[Span]) -> NDArray[np.float32]:
        return np.stack([self.by_second[int(span.start_s)] for span in spans])  # type: ignore[attr-defined]


def test_a_splinter_of_a_voice_comes_home_and_a_third_voice_stays() -> None:
    # Alice's and Bob's phrases are 0 and 1 alike. The small voice "c" is 0.96 like Alice's, 0.04 short of her own: a
    # splinter. At 0.5 it is 0.5 short, and 1.0 lies between the two main voices: more than 0.4 of it, a voice of its own.
    for likeness, expected in ((0.96, "a"), (0.5, "c")):
        third = np.array([likeness, 0.0, np.sqrt(1 - likeness**2)], np.float32)
        alice, bob = np.array([1, 0, 0], np.float32), np.array([0, 1, 0], np.float32)
        said = ["a", "b", "a", "b", "a", "b", "a", "c"]
        voices = Scattered([*([alice, bob] * 3), alice, third])
        # In the rounds before, a phrase moves only to a voice that it is nearer to: "c" has one phrase and is nearest to
        # itself.
        assert second_look(phrases(*[0.9] * 8), said, voices)[-1] == expected


def test_a_third_voice_that_talks_a_lot_is_never_folded() -> None:
    alice, bob = np.array([1, 0, 0], np.float32), np.array([0, 1, 0], np.float32)
    twin = np.array([0.96, 0, 0.28], np.float32)
    said = ["a", "b", "c"] * 3
    assert second_look(phrases(*[0.9] * 9), said, Scattered([alice, bob, twin] * 3)) == said
