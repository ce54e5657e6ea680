"""Hold music made of nothing but sines: slow chords, a bass and a plucked tune."""

import numpy as np
from numpy.typing import NDArray

BEAT_S = 0.5
CHORDS_MIDI = [(57, 60, 64), (53, 57, 60), (55, 59, 62), (52, 55, 59)]
TUNE_STEPS = [12, 7, 9, 4, 12, 16, 14, 7]


def _tone(midi: int, seconds: float, rate: int, decay_s: float, overtones: int) -> NDArray[np.float64]:
    t = np.arange(round(seconds * rate)) / rate
    base_hz = 440.0 * 2 ** ((midi - 69) / 12)
    wave = sum(np.sin(2 * np.pi * base_hz * k * t) / k**1.7 for k in range(1, overtones + 1))
    envelope = np.exp(-t / decay_s) * np.minimum(1.0, t / 0.02)
    return np.asarray(wave * envelope, dtype=np.float64)


def hold_music(seconds: float, rate: int, random: np.random.Generator) -> NDArray[np.float64]:
    """A calm loop that fades in and out."""
    length = round(seconds * rate)
    out = np.zeros(length + 4 * rate)
    beats = int(seconds / BEAT_S)
    first = int(random.integers(len(CHORDS_MIDI)))
    for beat in range(beats):
        chord = CHORDS_MIDI[(first + beat // 4) % len(CHORDS_MIDI)]
        start = round(beat * BEAT_S * rate)
        notes = [(chord[0] + TUNE_STEPS[(beat + int(random.integers(2))) % 8], 0.9, 0.5)]
        if beat % 4 == 0:
            notes += [(note, 0.45, 1.8) for note in chord] + [(chord[0] - 12, 0.6, 1.5)]
        for midi, gain, decay_s in notes:
            tone = gain * _tone(midi, 2.2, rate, decay_s, overtones=5)
            out[start : start + len(tone)] += tone
    out = out[:length]
    ramp = np.minimum(1.0, np.minimum(np.arange(length), np.arange(length)[::-1]) / (0.4 * rate))
    return np.asarray(out * ramp, dtype=np.float64)
