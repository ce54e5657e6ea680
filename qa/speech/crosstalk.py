"""Cross-talk between the legs of a stereo call: one leg's voice, faint on the other, must not be heard twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, intersection, union
from qa.speech.activity import Activity

_RATE_HZ = 16_000
_HOP_S = 0.1
_WINDOW_S = 0.4
_REACH_S = 0.1
"""Echo over a hybrid or a handset comes back within this time."""
_CHUNK_S = 20.0
_QUIETER_DB = 6.0
_ALIKE = 0.5
"""Normalised cross-correlation from which a quieter leg holds the other's voice. Two voices that talk at once stay below
0.3; a voice of one's own, as loud as the leak, brings a leak down to 0.7 and one twice as loud to 0.45."""
_SOUND_DBFS = -50.0
_SHARD_S = 0.3
"""What is left of a span between leaks must be longer than this to be speech of its own."""


def without_leaks(samples: NDArray[np.int16], activity: Mapping[int, Activity]) -> dict[int, Activity]:
    """``activity`` by channel, less the speech that is a faint copy of what the other channel holds at that time.

    ``samples`` (channels, n) at 16 kHz; anything but two active channels comes back as it is.
    """
    if len(activity) != 2:
        return dict(activity)
    (left, heard_left), (right, heard_right) = sorted(activity.items())
    leaks: dict[int, list[Span]] = {left: [], right: []}
    for span in _chunks(intersection(heard_left.speech, heard_right.speech)):
        verdicts = _verdicts(samples[left], samples[right], span)
        for channel, sign in ((left, -1), (right, 1)):
            for frame in np.flatnonzero(verdicts == sign):
                start_s = span.start_s + frame * _HOP_S
                leaks[channel].append(Span(start_s, min(span.end_s, start_s + _HOP_S)))
    return {
        channel: replace(heard, speech=_less(heard.speech, union(leaks[channel], gap_s=0.01)))
        for channel, heard in activity.items()
    }


def _chunks(spans: list[Span]) -> Iterator[Span]:
    for span in spans:
        for start_s in np.arange(span.start_s, span.end_s, _CHUNK_S):
            yield Span(float(start_s), min(span.end_s, float(start_s) + _CHUNK_S))


def _verdicts(left: NDArray[np.int16], right: NDArray[np.int16], span: Span) -> NDArray[np.int8]:
    """For each hop of the span: -1 the left holds a leak of the right, 1 the other way round, 0 neither.

    A hop without sound takes the verdict of the nearest with sound: a word's soft end belongs to the word.
    """
    n_hops = max(1, int(np.ceil(span.duration_s / _HOP_S)))
    a, b = (_windows(plane, span.start_s, n_hops) for plane in (left, right))
    power_a, power_b = np.square(a).sum(axis=1), np.square(b).sum(axis=1)
    n_fft, reach = 2 * a.shape[1], int(_REACH_S * _RATE_HZ)
    cross = np.fft.irfft(np.conj(np.fft.rfft(a, n_fft)) * np.fft.rfft(b, n_fft), n_fft)
    peak = np.abs(np.concatenate([cross[:, -reach:], cross[:, : reach + 1]], axis=1)).max(axis=1)
    alike = peak / (np.sqrt(power_a * power_b) + 1e-9) >= _ALIKE
    louder_db = 10.0 * np.log10((power_a + 1e-9) / (power_b + 1e-9))
    verdicts: NDArray[np.int8] = np.where(alike & (np.abs(louder_db) >= _QUIETER_DB), np.sign(louder_db), 0).astype(
        np.int8
    )
    sound = 10.0 * np.log10(np.maximum(power_a, power_b) / a.shape[1] + 1e-12) > _SOUND_DBFS
    known = np.flatnonzero(sound)
    if not len(known):
        return np.zeros(n_hops, dtype=np.int8)
    nearest = known[np.abs(np.arange(n_hops)[:, None] - known).argmin(axis=1)]
    return np.asarray(verdicts[nearest], dtype=np.int8)


def _windows(plane: NDArray[np.int16], start_s: float, n_hops: int) -> NDArray[np.float32]:
    """Windows around the hops' middles, without their mean, in -1..1; beyond the recording there is silence."""
    size, hop = int(_WINDOW_S * _RATE_HZ), int(_HOP_S * _RATE_HZ)
    first = int(start_s * _RATE_HZ) + hop // 2 - size // 2
    length = (n_hops - 1) * hop + size
    inside = plane[max(0, first) : max(0, first + length)].astype(np.float32) / np.float32(32768)
    before = max(0, -first)
    padded = np.pad(inside, (before, max(0, length - before - len(inside))))
    windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
    return np.asarray(windows - windows.mean(axis=1, keepdims=True), dtype=np.float32)


def _less(speech: tuple[Span, ...], leaks: list[Span]) -> tuple[Span, ...]:
    """Speech without the leaks, and without the shards between them."""
    kept: list[Span] = []
    for span in speech:
        inside = [leak for leak in leaks if leak.overlap_s(span) > 0]
        edges = [span.start_s, *(t for leak in inside for t in (leak.start_s, leak.end_s)), span.end_s]
        parts = [Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]
        kept += [part for part in parts if not inside or part.duration_s >= _SHARD_S]
    return tuple(kept)
