"""Small recordings made in a test: voices of noise, written in many formats."""

from __future__ import annotations

import struct
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000


def talk(seconds: float, seed: int, *, rate_hz: int = RATE_HZ, level: float = 0.2) -> NDArray[np.float32]:
    """Something with the rhythm of speech: noise in syllables, with pauses of its own. It says nothing."""
    random = np.random.default_rng(seed)
    n = int(seconds * rate_hz)
    syllables = np.repeat(random.random(n // (rate_hz // 5) + 1) > 0.45, rate_hz // 5)[:n]
    return (random.standard_normal(n) * syllables * level).astype(np.float32)


def write_wav(path: Path, channels: NDArray[np.float32], rate_hz: int = RATE_HZ) -> Path:
    """16-bit PCM; ``channels`` has shape (channels, samples) or (samples,)."""
    planes = np.atleast_2d(channels)
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(planes.shape[0])
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((np.clip(planes.T, -1, 1) * 32767).astype("<i2").tobytes())
    return path


def write_float_wav(path: Path, samples: NDArray[np.float32], rate_hz: int = RATE_HZ) -> Path:
    """32-bit float, one channel, as it is: NaN and infinity too."""
    body = samples.astype("<f4").tobytes()
    head = struct.pack("<IHHIIHH", 16, 3, 1, rate_hz, rate_hz * 4, 4, 32)
    path.write_bytes(
        b"RIFF" + struct.pack("<I", 36 + len(body)) + b"WAVEfmt " + head + b"data" + struct.pack("<I", len(body)) + body
    )
    return path


def write_encoded(path: Path, channels: NDArray[np.float32], codec: str, rate_hz: int = RATE_HZ) -> Path:
    """Any codec that PyAV encodes, in the container of the file's ending."""
    import av

    planes = np.atleast_2d(channels)
    layout = "stereo" if planes.shape[0] == 2 else "mono"
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate_hz, layout=layout)
        samples = (np.clip(planes, -1, 1) * 32767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples.T).reshape(1, -1), format="s16", layout=layout)
        frame.sample_rate = rate_hz
        resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate_hz, frame_size=stream.frame_size)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            for packet in stream.encode(piece):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path
