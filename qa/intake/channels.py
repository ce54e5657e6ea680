"""How voices lie on two channels: two legs, the same audio twice, or one of them silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.model import ChannelKind

_WINDOW_S = 4.0
_MAX_WINDOWS = 40
_MAX_DELAY_S = 0.5
_SILENT_DBFS = -60.0
"""A leg whose loudest moments stay below this carries no voice: line noise of G.711 lies about -65 dBFS."""
_SILENT_BELOW_OTHER_DB = 40.0
_SAME_CORRELATION = 0.8
_SAME_GAIN_SPREAD_DB = 4.0


@dataclass(frozen=True, slots=True)
class ChannelReport:
    """What two channels hold. ``active`` are the channels worth listening to, in order."""

    kind: ChannelKind
    active: tuple[int, ...]
    delay_s: float | None = None
    """Dual mono: how far channel 1 lags behind channel 0."""
    correlation: float | None = None
    """Median over windows with sound of the highest normalised cross-correlation within +-0.5 s."""
    gain_db: float | None = None
    """Median level of channel 1 against channel 0."""


def examine(planes: Sequence[NDArray[np.int16]], sample_rate_hz: int) -> ChannelReport:
    """Classify one or two channels of equal length; samples are 16-bit."""
    if len(planes) == 1:
        return ChannelReport(ChannelKind.MONO, (0,))
    loud_dbfs = [_loud_dbfs(plane, sample_rate_hz) for plane in planes]
    louder = int(loud_dbfs[1] > loud_dbfs[0])
    weak_dbfs = loud_dbfs[1 - louder]
    if weak_dbfs < _SILENT_DBFS or weak_dbfs < loud_dbfs[louder] - _SILENT_BELOW_OTHER_DB:
        return ChannelReport(ChannelKind.SILENT_LEG, (louder,))

    peaks, delays, gains = _compare(planes[0], planes[1], sample_rate_hz)
    if not len(peaks):
        return ChannelReport(ChannelKind.STEREO, (0, 1))
    correlation, gain_db = float(np.median(peaks)), float(np.median(gains))
    spread_db = float(np.subtract(*np.percentile(gains, [80, 20])))
    # Cross-talk correlates too, but its gain turns over with each change of speaker; a copy keeps one gain.
    if correlation >= _SAME_CORRELATION and spread_db <= _SAME_GAIN_SPREAD_DB:
        delay_s = float(np.median(delays)) / sample_rate_hz
        return ChannelReport(ChannelKind.DUAL_MONO, (louder,), delay_s, correlation, gain_db)
    return ChannelReport(ChannelKind.STEREO, (0, 1), None, correlation, gain_db)


def _loud_dbfs(plane: NDArray[np.int16], sample_rate_hz: int) -> float:
    """Level of the loudest 2 % of 100 ms frames, in dB of full scale (a sine of full scale is -3 dB)."""
    size = sample_rate_hz // 10
    n_frames = len(plane) // size
    if n_frames == 0:
        return -120.0
    energy = np.empty(n_frames)
    for start in range(0, n_frames, 6000):  # ten minutes at a time: a long recording stays on disk
        block = plane[start * size : min(n_frames, start + 6000) * size].reshape(-1, size)
        block = block.astype(np.float32)
        energy[start : start + len(block)] = (block - block.mean(axis=1, keepdims=True)).var(axis=1)
    loud = float(np.percentile(energy, 98)) / 32768.0**2
    return 10.0 * float(np.log10(loud + 1e-12))


def _compare(
    left: NDArray[np.int16], right: NDArray[np.int16], sample_rate_hz: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Peak correlation, lag in samples and gain in dB, over windows spread through the call that carry sound."""
    size, reach = int(_WINDOW_S * sample_rate_hz), int(_MAX_DELAY_S * sample_rate_hz)
    starts = np.arange(0, max(1, len(left) - size + 1), size)
    windows = []
    for start in starts:
        a = left[start : start + size].astype(np.float32)
        b = right[start : start + size].astype(np.float32)
        a, b = a - a.mean(), b - b.mean()
        windows.append((float(np.dot(a, a) + np.dot(b, b)), a, b))
        if len(windows) > 4 * _MAX_WINDOWS:  # keep the loudest; the memory stays bounded
            windows = sorted(windows, key=lambda w: -w[0])[:_MAX_WINDOWS]
    windows = sorted(windows, key=lambda w: -w[0])[:_MAX_WINDOWS]
    floor = 0.02 * windows[0][0] if windows else 0.0

    peaks, delays, gains = [], [], []
    for energy, a, b in windows:
        if energy <= max(floor, 1.0):
            continue
        n_fft = 1 << int(np.ceil(np.log2(2 * len(a))))
        cross = np.fft.irfft(np.conj(np.fft.rfft(a, n_fft)) * np.fft.rfft(b, n_fft), n_fft)
        lags = np.concatenate([cross[-reach:], cross[: reach + 1]])
        best = int(np.argmax(np.abs(lags)))
        power_a, power_b = float(np.dot(a, a)), float(np.dot(b, b))
        peaks.append(abs(float(lags[best])) / (np.sqrt(power_a * power_b) + 1e-9))
        delays.append(best - reach)
        gains.append(10.0 * np.log10((power_b + 1.0) / (power_a + 1.0)))
    return np.array(peaks), np.array(delays, dtype=float), np.array(gains)
