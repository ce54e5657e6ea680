"""Who speaks when: the words' speakers win over the diarizer's, and pauses are no speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Span, Word
from qa.speech.diarize import Diarization
from qa.speech.speaking import speaking
from qa.speech.utterances import Utterance

RATE_HZ = 16_000


def voice(*sounding: tuple[float, float], end_s: float = 10.0, noise: float = 2.0) -> NDArray[np.int16]:
    """A loud tone in the given seconds over faint noise."""
    t = np.arange(int(end_s * RATE_HZ)) / RATE_HZ
    wave = np.random.default_rng(1).normal(0.0, noise, len(t))
    for start_s, stop_s in sounding:
        inside = (t >= start_s) & (t < stop_s)
        wave[inside] += 3000.0 * np.sin(2 * np.pi * 300 * t[inside])
    return np.asarray(wave, dtype=np.int16)


def said(speaker: str, start_s: float, end_s: float) -> Utterance:
    return Utterance(speaker, 0, (Word(text="yes", start_s=start_s, end_s=end_s, confidence=0.9),))


def times(spans: tuple[Span, ...]) -> list[tuple[float, float]]:
    return [(round(s.start_s, 2), round(s.end_s, 2)) for s in spans]


@pytest.mark.parametrize(
    ("pause_s", "expected"),
    [
        (0.2, [(1.0, 4.0)]),  # no longer than a stop consonant
        (0.4, [(1.0, 2.0), (2.4, 4.0)]),
    ],
)
def test_a_span_is_cut_at_a_pause(pause_s: float, expected: list[tuple[float, float]]) -> None:
    found = speaking(
        Diarization({"a": (Span(0.5, 4.5),)}), [said("a", 1.0, 4.0)], voice((1.0, 2.0), (2.0 + pause_s, 4.0))
    )
    assert times(found["a"]) == expected


def test_on_a_noisy_line_speech_just_over_the_noise_is_kept() -> None:
    # The tone lies 17 dB over the noise: a frame of noise is still no voice, and every frame of the tone is one.
    found = speaking(Diarization({"a": (Span(0.0, 10.0),)}), [said("a", 0.0, 10.0)], voice((1.0, 9.0), noise=300.0))
    assert times(found["a"]) == [(1.0, 9.0)]


def test_the_words_speaker_takes_the_span() -> None:
    heard = Diarization({"a": (Span(1.0, 5.0),), "b": (Span(7.0, 9.0),)})
    words = [said("a", 1.0, 2.8), said("b", 3.2, 5.0), said("b", 7.0, 9.0)]
    found = speaking(heard, words, voice((1.0, 5.0), (7.0, 9.0)))
    assert times(found["a"]) == [(1.0, 3.0)]
    assert times(found["b"]) == [(3.0, 5.0), (7.0, 9.0)]


def test_two_voices_at_once_are_kept() -> None:
    heard = Diarization({"a": (Span(1.0, 5.0),), "b": (Span(3.0, 4.0),)})
    found = speaking(heard, [said("a", 1.0, 5.0)], voice((1.0, 5.0)))
    assert (times(found["a"]), times(found["b"])) == ([(1.0, 5.0)], [(3.0, 4.0)])


def test_a_voice_without_spans_of_its_own_is_heard_where_its_words_are() -> None:
    found = speaking(Diarization({"a": (Span(1.0, 5.0),)}), [said("b", 1.0, 5.0)], voice((1.0, 5.0)))
    assert {name: times(spans) for name, spans in found.items()} == {"b": [(1.0, 5.0)]}


@pytest.mark.parametrize("samples", [voice(), np.zeros(0, np.int16)])
def test_silence_and_nothing_at_all(samples: NDArray[np.int16]) -> None:
    assert speaking(Diarization({}), [], samples) == {}
