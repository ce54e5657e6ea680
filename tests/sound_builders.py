"""Sounds of a telephone line in which nobody speaks, from a seed: music, tones, noise, silence.

Levels and frequencies of tones follow ITU-T E.180 Supplement 2 (national tones) and Q.23 (DTMF).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
PEAK = 0.3

Wave = NDArray[np.float32]
Builder = Callable[[float, np.random.Generator], Wave]

_SCALE = (0, 2, 4, 5, 7, 9, 11)
_CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14), (2, 5, 9), (4, 7, 11))
_DTMF_ROWS_HZ = (697, 770, 852, 941)
_DTMF_COLUMNS_HZ = (1209, 1336, 1477)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch without speech: 16-bit samples at 16 kHz."""

    name: str
    samples: NDArray[np.int16]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RATE_HZ


def no_speech_pieces(total_s: float, seed: int = 3) -> Iterator[Piece]:
    """Every kind in turn, ``total_s`` in all; every second round is companded as on an 8 kHz mu-law line.

    In 180 s each of the 18 kinds lasts 5 s, once wide and once companded; in 1800 s each lasts 50 s twice.
    """
    each_s = total_s / (2 * len(NO_SPEECH))
    for companded in (False, True):
        for index, (name, build) in enumerate(NO_SPEECH.items()):
            wave = build(each_s, np.random.default_rng([seed, index, companded]))
            wave = mu_law(wave) if companded else wave
            yield Piece(f"{name}, mu-law" if companded else name, to_int16(wave))


def to_int16(wave: Wave) -> NDArray[np.int16]:
    return np.asarray(np.clip(wave * 32767.0, -32768, 32767), dtype=np.int16)


def mu_law(wave: Wave) -> Wave:
    """Through an 8 kHz mu-law line: 300 to 3400 Hz, then G.711's 8 bits."""
    from scipy.signal import butter, resample_poly, sosfilt

    band = butter(4, (300, 3400), btype="bandpass", fs=8000, output="sos")
    narrow = sosfilt(band, resample_poly(wave, 1, 2))
    compressed = np.sign(narrow) * np.log1p(255 * np.minimum(1.0, np.abs(narrow))) / np.log(256)
    levels = np.round(compressed * 127) / 127
    expanded = np.sign(levels) * np.expm1(np.abs(levels) * np.log(256)) / 255
    return np.asarray(resample_poly(expanded, 2, 1), dtype=np.float32)[: len(wave)]


def _time(seconds: float) -> Wave:
    return np.asarray(np.arange(int(seconds * RATE_HZ)) / RATE_HZ, dtype=np.float32)


def _tone(seconds: float, *frequencies_hz: float) -> Wave:
    t = _time(seconds)
    waves = [np.sin(2 * np.pi * f * t) for f in frequencies_hz]
    return np.asarray(PEAK * np.mean(waves, axis=0), dtype=np.float32)


def _switched(wave: Wave, *on_off_s: float) -> Wave:
    """The wave keyed by a cadence: on, off, on, off seconds, over and over."""
    position = (np.arange(len(wave)) / RATE_HZ) % sum(on_off_s)
    edges = np.cumsum((0.0, *on_off_s))
    on = np.zeros(len(wave), dtype=bool)
    for start, end in zip(edges[:-1:2], edges[1::2], strict=True):
        on |= (position >= start) & (position < end)
    return np.asarray(wave * on, dtype=np.float32)


def _note(note: float, seconds: float, harmonics: tuple[float, ...], decay_s: float, attack_s: float = 0.01) -> Wave:
    """A note (MIDI number) with harmonics of given strength, an attack and an exponential decay."""
    t = _time(seconds)
    base_hz = 440.0 * 2 ** ((note - 69) / 12)
    wave = sum(a * np.sin(2 * np.pi * base_hz * (k + 1) * t) for k, a in enumerate(harmonics))
    envelope = np.minimum(1.0, t / attack_s) * np.exp(-t / decay_s)
    release = np.minimum(1.0, (seconds - t) / 0.02)
    return np.asarray(wave * envelope * release, dtype=np.float32)


def _song(seconds: float, notes: Iterator[tuple[float, Wave]]) -> Wave:
    """Notes laid at their times, brought to the common peak."""
    out = np.zeros(int(seconds * RATE_HZ), dtype=np.float32)
    for at_s, wave in notes:
        start = int(at_s * RATE_HZ)
        if start >= len(out):
            break
        piece = wave[: len(out) - start]
        out[start : start + len(piece)] += piece
    return np.asarray(PEAK * out / (np.abs(out).max() + 1e-9), dtype=np.float32)


def chords(seconds: float, rng: np.random.Generator) -> Wave:
    """Sustained pads, a chord every two seconds."""

    def notes() -> Iterator[tuple[float, Wave]]:
        for bar in range(int(seconds / 2) + 1):
            for step in _CHORDS[rng.integers(len(_CHORDS))]:
                yield bar * 2.0, _note(57 + step, 2.1, (1, 0.5, 0.3, 0.15), 3.0, attack_s=0.15)

    return _song(seconds, notes())


def arpeggios(seconds: float, rng: np.random.Generator) -> Wave:
    """Broken chords of a plucked string."""

    def notes() -> Iterator[tuple[float, Wave]]:
        for bar in range(int(seconds / 1.6) + 1):
            chord = _CHORDS[rng.integers(len(_CHORDS))]
            for i in range(8):
                pitch = 52 + chord[i % 3] + 12 * (i // 3 % 2)
                yield bar * 1.6 + i * 0.2, _note(pitch, 0.6, (1, 0.7, 0.4, 0.3, 0.2), 0.3)

    return _song(seconds, notes())


def drums_and_bass(seconds: float, rng: np.random.Generator) -> Wave:
    """Kick, snare, hi-hat and a bass line at 110 beats a minute."""
    beat_s = 60 / 110

    def notes() -> Iterator[tuple[float, Wave]]:
        for beat in range(int(seconds / beat_s) + 1):
            at_s, t = beat * beat_s, _time(0.3)
            kick = np.sin(2 * np.pi * (50 * t + 20 * (1 - np.exp(-t / 0.03)) * 0.03)) * np.exp(-t / 0.08)
            snare = rng.standard_normal(len(t)) * np.exp(-t / 0.05)
            yield at_s, np.asarray(kick if beat % 2 == 0 else 0.5 * snare, dtype=np.float32)
            for half in (0.0, 0.5):
                hat = np.diff(rng.standard_normal(1600), prepend=0.0) * np.exp(-np.arange(1600) / 300)
                yield at_s + half * beat_s, np.asarray(0.12 * hat, dtype=np.float32)
            yield at_s, _note(33 + int(rng.choice(_SCALE)), beat_s, (1, 0.6, 0.4, 0.2), 0.4)

    return _song(seconds, notes())


def music_box(seconds: float, rng: np.random.Generator) -> Wave:
    """A high melody of decaying bells."""

    def notes() -> Iterator[tuple[float, Wave]]:
        at_s = 0.0
        while at_s < seconds:
            yield at_s, _note(76 + int(rng.choice(_SCALE)), 1.5, (1, 0.1, 0.5, 0, 0.2), 0.4, attack_s=0.002)
            at_s += float(rng.choice((0.25, 0.25, 0.5)))

    return _song(seconds, notes())


def strings(seconds: float, rng: np.random.Generator) -> Wave:
    """A bowed melody with vibrato in the range of a voice: the kind of music nearest to speech."""
    parts: list[NDArray[np.float64]] = []
    while sum(map(len, parts)) < seconds * RATE_HZ:
        note_s = float(rng.choice((0.4, 0.8, 1.2)))
        t = _time(note_s)
        base_hz = 440.0 * 2 ** ((48 + int(rng.choice(_SCALE)) + 12 * int(rng.integers(2)) - 69) / 12)
        phase = 2 * np.pi * (base_hz * t + 0.004 * base_hz * np.sin(2 * np.pi * 5.5 * t) / 5.5)
        wave = np.sum([np.sin(k * phase) / k for k in range(1, 12)], axis=0)
        parts.append(wave * np.minimum(1, t / 0.08) * np.minimum(1, (note_s - t) / 0.08))
    wave = np.concatenate(parts)[: int(seconds * RATE_HZ)]
    return np.asarray(PEAK * wave / np.abs(wave).max(), dtype=np.float32)


def waltz(seconds: float, rng: np.random.Generator) -> Wave:
    """Piano-like: a bass note and two chords a bar, with a melody above."""
    beat_s = 0.4

    def notes() -> Iterator[tuple[float, Wave]]:
        for bar in range(int(seconds / (3 * beat_s)) + 1):
            chord, at_s = _CHORDS[rng.integers(len(_CHORDS))], bar * 3 * beat_s
            yield at_s, _note(45 + chord[0], 1.0, (1, 0.6, 0.4, 0.3, 0.2, 0.1), 0.5)
            for beat in (1, 2):
                for step in chord:
                    yield at_s + beat * beat_s, _note(57 + step, 0.5, (1, 0.4, 0.2, 0.1), 0.25)
            yield at_s, _note(72 + int(rng.choice(chord)), 1.2, (1, 0.5, 0.25, 0.12), 0.6)

    return _song(seconds, notes())


def ring_back_us(seconds: float, rng: np.random.Generator) -> Wave:
    return _switched(_tone(seconds, 440, 480), 2.0, 4.0)


def ring_back_uk(seconds: float, rng: np.random.Generator) -> Wave:
    return _switched(_tone(seconds, 400, 450), 0.4, 0.2, 0.4, 2.0)


def ring_back_china(seconds: float, rng: np.random.Generator) -> Wave:
    return _switched(_tone(seconds, 450), 1.0, 4.0)


def busy_us(seconds: float, rng: np.random.Generator) -> Wave:
    return _switched(_tone(seconds, 480, 620), 0.5, 0.5)


def busy_china(seconds: float, rng: np.random.Generator) -> Wave:
    return _switched(_tone(seconds, 450), 0.35, 0.35)


def dtmf(seconds: float, rng: np.random.Generator) -> Wave:
    """Keys pressed for 0.1 to 0.3 s, with pauses."""
    out = np.zeros(int(seconds * RATE_HZ), dtype=np.float32)
    at_s = 0.2
    while at_s < seconds - 0.4:
        key = _tone(float(rng.uniform(0.1, 0.3)), int(rng.choice(_DTMF_ROWS_HZ)), int(rng.choice(_DTMF_COLUMNS_HZ)))
        start = int(at_s * RATE_HZ)
        out[start : start + len(key)] = key
        at_s += len(key) / RATE_HZ + float(rng.uniform(0.1, 0.8))
    return out


def hum(seconds: float, rng: np.random.Generator) -> Wave:
    """Mains hum with its harmonics."""
    return np.asarray(0.3 * _tone(seconds, 50, 100, 150, 250, 350, 450), dtype=np.float32)


def hiss(seconds: float, rng: np.random.Generator) -> Wave:
    return np.asarray(0.02 * rng.standard_normal(int(seconds * RATE_HZ)), dtype=np.float32)


def swelling_noise(seconds: float, rng: np.random.Generator) -> Wave:
    """Noise in the band of a voice that swells like wind, four times a second at most."""
    from scipy.signal import butter, sosfilt

    n = int(seconds * RATE_HZ)
    carrier = sosfilt(butter(2, (200, 1200), btype="bandpass", fs=RATE_HZ, output="sos"), rng.standard_normal(n))
    knots = rng.uniform(0.0, 1.0, int(seconds * 4) + 2)
    swell = np.interp(np.arange(n) / RATE_HZ * 4, np.arange(len(knots)), knots) ** 2
    return np.asarray(0.25 * carrier * swell, dtype=np.float32)


def crackle(seconds: float, rng: np.random.Generator) -> Wave:
    """A bad line: clicks that die away within milliseconds, over faint noise."""
    n = int(seconds * RATE_HZ)
    clicks = (rng.random(n) < 20 / RATE_HZ) * rng.standard_normal(n)
    shape = np.exp(-np.arange(160) / 25) * np.cos(np.arange(160) * 0.9)
    return np.asarray(0.3 * np.convolve(clicks, shape)[:n] + 0.003 * rng.standard_normal(n), dtype=np.float32)


def silence(seconds: float, rng: np.random.Generator) -> Wave:
    return np.zeros(int(seconds * RATE_HZ), dtype=np.float32)


def faint_noise(seconds: float, rng: np.random.Generator) -> Wave:
    """An idle line, at about -70 dBFS."""
    return np.asarray(0.0003 * rng.standard_normal(int(seconds * RATE_HZ)), dtype=np.float32)


NO_SPEECH: dict[str, Builder] = {
    "chords": chords,
    "arpeggios": arpeggios,
    "drums and bass": drums_and_bass,
    "music box": music_box,
    "strings": strings,
    "waltz": waltz,
    "ring-back US": ring_back_us,
    "ring-back UK": ring_back_uk,
    "ring-back China": ring_back_china,
    "busy US": busy_us,
    "busy China": busy_china,
    "DTMF": dtmf,
    "hum": hum,
    "hiss": hiss,
    "swelling noise": swelling_noise,
    "crackle": crackle,
    "silence": silence,
    "faint noise": faint_noise,
}
