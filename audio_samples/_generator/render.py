"""From placed turns to the channels of a recording: levels, telephone band, companding, noise, layout."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfiltfilt

from _generator.music import hold_music
from _generator.script import Audio, Script
from _generator.timeline import Timeline
from _generator.voice import RATE

TELEPHONE_BAND_HZ = (300.0, 3400.0)
WIDE_BAND_HZ = (80.0, 7000.0)
FADE_S = 0.004
CEILING = 0.89
LEGS = {"agent": "agent", "ivr": "agent", "customer": "customer"}

Signal = NDArray[np.float64]


def render(script: Script, timeline: Timeline, seed: int) -> Signal:
    """Samples in [-1, 1] at the recording's rate, shape (channels, n)."""
    audio = script.audio
    random = np.random.default_rng([seed, 1, *script.call_id.encode()])
    legs = _legs(script, timeline, random)
    if audio.crosstalk_db is not None:
        leak = 10 ** (audio.crosstalk_db / 20)
        legs = {
            "agent": legs["agent"] + leak * legs["customer"],
            "customer": legs["customer"] + leak * legs["agent"],
        }
    channels = [_line(leg, audio, random) for leg in _arrange(legs, audio)]
    return np.stack(channels)


def _legs(script: Script, timeline: Timeline, random: np.random.Generator) -> dict[str, Signal]:
    audio = script.audio
    length = round(timeline.duration_s * RATE)
    legs = {"agent": np.zeros(length), "customer": np.zeros(length)}
    target_db = {"agent": audio.agent_db, "ivr": audio.agent_db, "customer": audio.customer_db}
    for turn in timeline.turns:
        role = turn.line.role
        wish_db = target_db[role] + turn.line.gain_db + float(random.uniform(-1.0, 1.0))
        samples = _faded(at_level(turn.samples.astype(np.float64), wish_db))
        start = round(turn.start_s * RATE)
        samples = samples[: length - start]
        legs[LEGS[role]][start : start + len(samples)] += samples
    for event in timeline.events:
        if event.kind == "music":
            music = at_level(hold_music(event.end_s - event.start_s, RATE, random), audio.agent_db - 4.0)
            start = round(event.start_s * RATE)
            legs["agent"][start : start + len(music)] += music[: length - start]
    return legs


def _arrange(legs: dict[str, Signal], audio: Audio) -> list[Signal]:
    """Who is heard on which channel."""
    both = legs["agent"] + legs["customer"]
    if audio.layout == "stereo":
        order = ["agent", "customer"] if audio.agent_channel == 0 else ["customer", "agent"]
        return [legs[name] for name in order]
    if audio.layout == "silent_leg":
        return [both, np.zeros_like(both)]
    return [both]


def _line(leg: Signal, audio: Audio, random: np.random.Generator) -> Signal:
    """What the line does to one leg: sampling rate, band, noise, companding."""
    silent = not leg.any()
    factor = int(np.gcd(audio.rate, RATE))
    signal: Signal = np.asarray(resample_poly(leg, audio.rate // factor, RATE // factor), dtype=np.float64)
    if audio.noise_db is not None and not (silent and audio.layout == "silent_leg"):
        signal = signal + noise(len(signal), audio.rate, audio.noise_db, random)
    low, high = TELEPHONE_BAND_HZ if audio.band == "telephone" else WIDE_BAND_HZ
    high = min(high, 0.95 * audio.rate / 2)
    bands = butter(4, [low, high], btype="bandpass", fs=audio.rate, output="sos")
    signal = np.asarray(sosfiltfilt(bands, signal), dtype=np.float64)
    peak = float(np.abs(signal).max())
    if peak > CEILING:
        signal = signal * (CEILING / peak)
    return compand(signal, audio.g711) if audio.g711 else signal


def at_level(signal: Signal, level_db: float) -> Signal:
    """Scale so that the parts with sound have this level (dB below full scale)."""
    heard = signal[np.abs(signal) > 0.02 * np.abs(signal).max()]
    rms = float(np.sqrt(np.mean(heard**2)))
    return np.asarray(signal * (10 ** (level_db / 20) / rms), dtype=np.float64)


def noise(length: int, rate: int, level_db: float, random: np.random.Generator) -> Signal:
    """Line noise: white with more at the low end, slowly breathing."""
    white = random.standard_normal(length)
    tilt = butter(1, 900.0, btype="lowpass", fs=rate, output="sos")
    mixed = 0.6 * white + 1.6 * np.asarray(sosfiltfilt(tilt, white))
    breath = 1.0 + 0.15 * np.sin(2 * np.pi * np.arange(length) / (rate * 7.3) + random.uniform(0, 6.28))
    return np.asarray(at_level(mixed, level_db) * breath, dtype=np.float64)


def compand(signal: Signal, law: str) -> Signal:
    """Through G.711 and back: eight bits on a mu-law or A-law curve."""
    magnitude = np.clip(np.abs(signal), 0.0, 1.0)
    if law == "mulaw":
        coded = np.round(127 * np.log1p(255 * magnitude) / np.log(256)) / 127
        expanded = np.expm1(coded * np.log(256)) / 255
    elif law == "alaw":
        a = 87.6
        scale = 1 + np.log(a)
        linear = magnitude < 1 / a
        curve = np.where(linear, a * magnitude, 1 + np.log(np.maximum(a * magnitude, 1.0))) / scale
        coded = (np.floor(np.minimum(curve, 0.9999) * 128) + 0.5) / 128
        expanded = np.where(coded < 1 / scale, coded * scale / a, np.exp(coded * scale - 1) / a)
    else:
        raise ValueError(f"g711: expected mulaw or alaw, got {law}")
    return np.asarray(np.sign(signal) * expanded, dtype=np.float64)


def _faded(signal: Signal) -> Signal:
    count = min(round(FADE_S * RATE), len(signal) // 2)
    ramp = np.linspace(0.0, 1.0, count)
    faded = signal.copy()
    faded[:count] *= ramp
    faded[-count:] *= ramp[::-1]
    return faded
