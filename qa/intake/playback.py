"""A small copy of a recording for the report's player."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_BIT_RATE = 24_000
"""Bits a second per channel: telephone speech in Opus is clear at this rate, about 0.2 MB a minute in mono."""


def playback_copy(samples: NDArray[np.int16], sample_rate_hz: int, out_path: Path) -> Path:
    """Write ``samples`` (channels, n) as Ogg Opus, which every current browser plays; returns ``out_path``."""
    import av

    out_path.parent.mkdir(parents=True, exist_ok=True)
    layout = "stereo" if samples.shape[0] == 2 else "mono"
    partial = out_path.with_name(out_path.name + ".part")
    with av.open(str(partial), "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=sample_rate_hz, layout=layout)
        stream.bit_rate = _BIT_RATE * samples.shape[0]
        for start in range(0, samples.shape[1], sample_rate_hz * 10):
            block = np.ascontiguousarray(samples[:, start : start + sample_rate_hz * 10].T).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout=layout)
            frame.sample_rate = sample_rate_hz
            frame.pts = start
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    partial.replace(out_path)
    return out_path
