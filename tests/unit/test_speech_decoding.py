"""Windows through Whisper: encoded one by one, searched greedily, and with the full beam where that leaves doubt."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Word
from qa.speech.decoding import RATE_HZ, WindowDecoder
from qa.speech.guard import Segment


def said(duration_s: float, confidence: float) -> Segment:
    """Another word each half second, the last of them with this confidence."""
    starts_s = np.arange(0.0, duration_s, 0.5)
    sure = [1.0] * (len(starts_s) - 1) + [confidence]
    found = (Word(text=f"w{s}", start_s=s, end_s=s + 0.5, confidence=c) for s, c in zip(starts_s, sure, strict=True))
    return Segment(tuple(found), -0.2, 0.1)


class FakeModel:
    """In place of faster-whisper: a window's sound comes out of the encoder as its level, once a position."""

    max_length = 448
    hf_tokenizer = SimpleNamespace(token_to_id=lambda _token: 1)

    def __init__(self) -> None:
        self.model = SimpleNamespace(is_multilingual=True, encode=self.encode)
        self.encoded: list[tuple[int, ...]] = []

    def feature_extractor(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.full((80, len(samples) // 160 + 1), samples[0])

    def get_prompt(self, *_: Any, **__: Any) -> list[int]:
        return [1]

    def encode(self, features: Any, to_cpu: bool) -> NDArray[np.float32]:
        assert to_cpu, "what is taken apart and put together again lies in the computer's memory"
        found = np.array(features)
        self.encoded.append(found.shape)
        return found[:, :1, ::2]


class Searched(WindowDecoder):
    """Records which windows, by their level, are searched how wide; the window at 0.3 leaves doubt."""

    def __init__(self, *, beam: int) -> None:
        self.fake = FakeModel()
        super().__init__(self.fake, beam=beam, batch=2)
        self.searches: list[tuple[int, list[float]]] = []

    def _search(self, batch: Any, tokenizer: Any, prompt: list[int], *, beam: int) -> list[Segment]:
        levels = [round(float(level), 1) for level in batch.states[:, 0, 0]]
        self.searches.append((beam, levels))
        return [
            said(s, 0.1 if beam == 1 and level == 0.3 else 0.9)
            for s, level in zip(batch.durations_s, levels, strict=True)
        ]


def window(level: float, duration_s: float) -> NDArray[np.float32]:
    return np.full(int(duration_s * RATE_HZ), level, dtype=np.float32)


WINDOWS = [window(0.1, 4.0), window(0.2, 14.0), window(0.3, 12.0)]


def test_only_what_is_doubtful_is_searched_again_and_from_the_same_encoder_output() -> None:
    decoder = Searched(beam=5)
    segments = decoder.decode(WINDOWS, "en")
    assert decoder.searches == [(1, [0.2, 0.3]), (5, [0.3]), (1, [0.1])]
    assert [len(segment.words) for segment in segments] == [8, 28, 24], "in the order of the windows"
    assert segments[2].words[-1].confidence == pytest.approx(0.9)


def test_windows_are_encoded_alone_with_a_second_to_spare_and_a_least_length() -> None:
    decoder = Searched(beam=5)
    decoder.decode(WINDOWS, "en")
    assert decoder.fake.encoded == [(1, 80, 1500), (1, 80, 1500), (1, 80, 1000)]


def test_a_beam_of_one_is_never_searched_again() -> None:
    decoder = Searched(beam=1)
    decoder.decode(WINDOWS, "en")
    assert {beam for beam, _ in decoder.searches} == {1}
