"""Pitch and loudness of a side's speech. Numbers about the sound; nothing is inferred about a person's state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.measure.audio import AudioChannels, Samples
from qa.measure.compiled import load_yin
from qa.model import Span

MIN_SPEECH_S = 1.0
"""With less speech neither pitch nor loudness is given."""

_LOWEST_HZ, _HIGHEST_HZ = 65.0, 400.0
_FRAME_S = 0.064
_HOP_S = 0.032
_PITCH_SAMPLE_S = 20.0
"""So much speech, spread evenly over the call, settles a median; YIN over a whole long call takes many seconds."""
_CHUNK_S = 0.512
_VOICED_CORRELATION = 0.6
_VOICED_BELOW_LOUD_DB = 25.0
_MIN_VOICED_FRAMES = 20
_OCTAVE_ERROR = 0.8

_BLOCK_S = 0.4
"""As in ITU-R BS.1770, with its absolute gate of -70, but without its frequency weighting."""
_GATE_DBFS = -70.0


@dataclass(frozen=True, slots=True)
class Pitch:
    """Median in Hz, and the distance of the 10th to the 90th percentile in semitones."""

    median_hz: float
    range_semitones: float


def loudness_dbfs(audio: AudioChannels, speech: Sequence[tuple[int, Span]]) -> float | None:
    """Median RMS level of 400 ms blocks of speech, in dB relative to full scale; None without a block over -70 dBFS."""
    size = max(1, round(_BLOCK_S * audio.sample_rate_hz))
    levels: list[NDArray[np.float64]] = []
    for channel, span in speech:
        samples = audio.cut(channel, span)
        blocks = samples[: len(samples) // size * size].reshape(-1, size)
        levels.append(_level_db(blocks))
    found = np.concatenate(levels) if levels else np.zeros(0)
    heard = found[found > _GATE_DBFS]
    return float(np.median(heard)) if len(heard) else None


def pitch(audio: AudioChannels, speech: Sequence[tuple[int, Span]]) -> Pitch | None:
    """Pitch of up to 20 s of the speech, by YIN (de Cheveigné and Kawahara 2002); None with too few voiced frames.

    A frame is voiced if it repeats itself after the period found (correlation 0.6) and is not 25 dB below the loud
    ones. Octave errors, of which telephone sound brings up to a third, are nearly half or twice the median or further
    from it and are left out.
    """
    frames = _frames(audio, speech)
    if len(frames) < _MIN_VOICED_FRAMES:
        return None
    found_hz = load_yin()(
        frames,
        fmin=_LOWEST_HZ,
        fmax=_HIGHEST_HZ,
        sr=audio.sample_rate_hz,
        frame_length=frames.shape[1],
        hop_length=frames.shape[1],
        center=False,
    )[:, 0]
    levels = _level_db(frames)
    loud_enough = levels > max(_GATE_DBFS, float(np.percentile(levels, 95)) - _VOICED_BELOW_LOUD_DB)
    periods = audio.sample_rate_hz / found_hz
    repeats = np.array([_self_similarity(frame, period) for frame, period in zip(frames, periods, strict=True)])
    voiced = found_hz[loud_enough & (repeats >= _VOICED_CORRELATION)]
    if len(voiced) < _MIN_VOICED_FRAMES:
        return None
    octave = np.abs(np.log2(voiced / np.median(voiced)))
    voiced = voiced[octave < _OCTAVE_ERROR]
    low, middle, high = np.percentile(voiced, (10, 50, 90))
    return Pitch(median_hz=float(middle), range_semitones=float(12 * np.log2(high / low)))


def _frames(audio: AudioChannels, speech: Sequence[tuple[int, Span]]) -> Samples:
    """Frames of speech as rows; none crosses the border of a stretch."""
    length = round(_FRAME_S * audio.sample_rate_hz)
    hop = round(_HOP_S * audio.sample_rate_hz)
    chunks = [
        (channel, Span(start_s, min(start_s + _CHUNK_S, span.end_s)))
        for channel, span in speech
        for start_s in np.arange(span.start_s, span.end_s, _CHUNK_S)
    ]
    keep = int(_PITCH_SAMPLE_S / _CHUNK_S)
    if len(chunks) > keep:
        chunks = [chunks[index] for index in np.linspace(0, len(chunks) - 1, keep).astype(int)]
    rows = [
        np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]
        for samples in (audio.cut(channel, chunk) for channel, chunk in chunks)
        if len(samples) >= length
    ]
    return np.concatenate(rows) if rows else np.zeros((0, length), dtype=np.float32)


def _self_similarity(frame: Samples, period: float) -> float:
    lag = round(period)
    early, late = frame[:-lag], frame[lag:]
    power = float(np.sqrt(np.dot(early, early) * np.dot(late, late)))
    return float(np.dot(early, late)) / power if power > 0 else 0.0


def _level_db(rows: Samples) -> NDArray[np.float64]:
    power = np.mean(np.square(rows, dtype=np.float64), axis=1)
    return np.asarray(10 * np.log10(np.maximum(power, 1e-12)))
