"""A file with audio, known by its content."""

from __future__ import annotations

from qa.model.call import Call, ChannelKind
from qa.model.document import Document


class Recording(Document):
    """One file; ``recording_id`` is the SHA-256 of its bytes, so the same audio is found again wherever it lies."""

    recording_id: str
    path: str
    """Absolute path."""
    file: str
    """The path as the manifest and the coverage table name it, relative to the input folder."""
    n_bytes: int
    call: Call


class AudioFacts(Document):
    """What the decoder found."""

    duration_s: float
    sample_rate_hz: int
    n_channels: int
    channel_kind: ChannelKind
    codec: str
    delay_s: float | None = None
    """For dual mono: how far channel 1 lags behind channel 0."""
    correlation: float | None = None
