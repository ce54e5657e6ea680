"""How many voices, and which is which, on vectors made by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.speech.speakers import assign


def takes(
    voices: list[list[int | None]], spread: float = 0.05, closeness: float = 0.0
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Embeddings of windows whose local speakers are the given voices; ``closeness`` pulls all voices together."""
    random = np.random.default_rng(3)
    centres = random.standard_normal((8, 192))
    centres = centres / np.linalg.norm(centres, axis=1, keepdims=True) + closeness * np.ones(192) / np.sqrt(192)
    vectors = np.full((len(voices), 3, 192), np.nan, dtype=np.float32)
    seconds = np.zeros((len(voices), 3))
    for window, locals_ in enumerate(voices):
        for place, voice in enumerate(locals_):
            if voice is not None:
                vectors[window, place] = centres[voice] + spread * random.standard_normal(192)
                seconds[window, place] = 3.0
    return vectors, seconds


TWO: list[list[int | None]] = [[0, 1, None], [1, 0, None], [0, None, None], [None, 1, 0]] * 4


@pytest.mark.parametrize("closeness", [0.0, 1.0])
def test_two_voices_that_change_places_are_followed(closeness: float) -> None:
    hard, _, centroids = assign(*takes(TWO, 0.03, closeness), None, 5)
    assert len(centroids) == 2
    first, second = hard[0, 0], hard[0, 1]
    assert first != second
    for window, locals_ in enumerate(TWO):
        for place, voice in enumerate(locals_):
            expected = -2 if voice is None else (first, second)[voice]
            assert hard[window, place] == expected


def test_one_voice_stays_one() -> None:
    hard, _, centroids = assign(*takes([[0, None, None]] * 12), None, 5)
    assert len(centroids) == 1
    assert set(hard[:, 0]) == {0}


def test_a_leading_announcement_is_a_third_voice() -> None:
    voices: list[list[int | None]] = [[2, None, None], [2, None, None], [2, 0, None]]
    _, _, centroids = assign(*takes(voices + TWO), None, 5)
    assert len(centroids) == 3


def test_a_told_number_is_kept() -> None:
    _, _, centroids = assign(*takes(TWO), 3, 5)
    assert len(centroids) == 3


def test_silence_has_no_speaker() -> None:
    hard, _, _ = assign(*takes([[None, None, None]] * 3), None, 5)
    assert set(hard.ravel()) == {-2}
