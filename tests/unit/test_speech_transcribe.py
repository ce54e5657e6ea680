"""Which windows the recogniser gets, and in which manner they are decoded."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from qa.model import Language, Span
from qa.speech.guard import Segment
from qa.speech.packing import LONG, SHORT, Manner, pack
from qa.speech.transcribe import WhisperTranscriber


class Recording(WhisperTranscriber):
    """Without a model: records what is decoded, and hears nothing."""

    def __init__(self) -> None:
        self.asked: list[tuple[Manner, list[float]]] = []
        self._decoder: Any = SimpleNamespace(decode=self.decode)

    def decode(self, audio: Any, language: Language, hotwords: str | None, manner: Manner) -> list[Segment]:
        self.asked.append((manner, [len(samples) / self.sample_rate_hz for samples in audio]))
        return [Segment((), 0.0, 1.0)] * len(audio)


@pytest.mark.parametrize(
    ("language", "n_channels", "manner", "n_windows"),
    [
        ("en", 1, LONG, 2),  # all voices on one channel
        ("en", 2, SHORT, 8),  # a leg each
        ("zh", 1, SHORT, 4),
    ],
)
def test_english_on_one_channel_is_heard_in_long_windows(
    language: Language, n_channels: int, manner: Manner, n_windows: int
) -> None:
    transcriber = Recording()
    sound = np.zeros((n_channels, 60 * 16_000), dtype=np.int16)
    spans = [Span(start, start + 12.0) for start in (0.0, 13.0, 26.0, 39.0)]
    windows = [window for channel in range(n_channels) for window in pack(spans, channel)]
    transcriber.transcribe(sound, windows, language)
    (asked, lengths_s) = transcriber.asked[0]
    assert asked == manner
    assert len(lengths_s) == n_windows
    assert max(lengths_s) <= manner.window_s
