"""A call's samples, as measure takes them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.model import Span

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class AudioChannels:
    """Samples of shape (channels, n); ``Turn.channel`` is an index into the first axis.

    Floats lie in -1..1; 16-bit integers, as intake maps them from disk, become floats only where they are cut, so that
    a recording of hours takes no memory. Raises ``ValueError`` for another shape or a rate that is not positive.
    """

    samples: Samples | NDArray[np.int16]
    sample_rate_hz: int = 16_000

    def __post_init__(self) -> None:
        if self.samples.ndim != 2 or self.samples.shape[0] == 0:
            raise ValueError(f"samples: expected shape (channels, n), got {self.samples.shape}")
        if self.sample_rate_hz <= 0:
            raise ValueError(f"sample_rate_hz: expected > 0, got {self.sample_rate_hz}")

    @property
    def duration_s(self) -> float:
        return float(self.samples.shape[1] / self.sample_rate_hz)

    def channel_of(self, channel: int | None) -> int | None:
        """The row that carries a turn; in mono every turn, with more channels only a turn that names one that exists."""
        n_channels = self.samples.shape[0]
        if n_channels == 1:
            return 0
        return channel if channel is not None and 0 <= channel < n_channels else None

    def cut(self, channel: int, span: Span) -> Samples:
        """The samples of a span, in -1..1; what lies outside of the recording is left out."""
        start, end = (max(0, round(time_s * self.sample_rate_hz)) for time_s in (span.start_s, span.end_s))
        part = self.samples[channel, start:end]
        if part.dtype == np.int16:
            return np.asarray(part, dtype=np.float32) / np.float32(32768)
        return np.asarray(part, dtype=np.float32)
