"""Conversations made of times, and channels made of tones."""

from __future__ import annotations

from typing import Literal

import numpy as np

from qa.measure import AudioChannels
from qa.measure.audio import Samples
from qa.model import Call, Conversation, Span, SpeakerRole, Turn, Word

ROLES = {"a": SpeakerRole.AGENT, "c": SpeakerRole.CUSTOMER, "i": SpeakerRole.IVR, "u": SpeakerRole.UNKNOWN}
SIX_WORDS = "one two three four five six"


def timed(
    *turns: tuple[str, float | None, float | None] | tuple[str, float | None, float | None, str],
    language: Literal["en", "zh"] | None = "en",
    duration_s: float | None = None,
) -> Conversation:
    """Turns as (a, c, i or u; start; end; text), the agent on channel 0 and the customer on channel 1."""
    built = [
        Turn(
            index=index,
            role=ROLES[turn[0]],
            start_s=turn[1],
            end_s=turn[2],
            text=turn[3] if len(turn) == 4 else SIX_WORDS,
            channel=1 if turn[0] == "c" else 0,
        )
        for index, turn in enumerate(turns)
    ]
    return Conversation(call=Call(call_id="c-1", language=language), turns=tuple(built), duration_s=duration_s)


def with_words(conversation: Conversation, index: int, *words: tuple[str, float, float]) -> Conversation:
    """The same conversation with word times on one turn."""
    built = tuple(Word(text=text, start_s=start_s, end_s=end_s, confidence=0.9) for text, start_s, end_s in words)
    turns = list(conversation.turns)
    turns[index] = turns[index].model_copy(update={"words": built})
    return conversation.model_copy(update={"turns": tuple(turns)})


def tones(
    duration_s: float, *parts: tuple[int, float, float, float, float], n_channels: int = 2, sample_rate_hz: int = 16_000
) -> AudioChannels:
    """Silence with voice-like tones (fundamental and two harmonics): (channel, start, end, Hz, RMS amplitude)."""
    samples: Samples = np.zeros((n_channels, round(duration_s * sample_rate_hz)), dtype=np.float32)
    for channel, start_s, end_s, hz, level in parts:
        span = Span(start_s, end_s)
        time_s = np.arange(round(span.duration_s * sample_rate_hz)) / sample_rate_hz
        wave = sum(np.sin(2 * np.pi * hz * harmonic * time_s) / harmonic for harmonic in (1, 2, 3))
        wave = wave / np.sqrt(np.mean(np.square(wave))) * level
        begin = round(start_s * sample_rate_hz)
        samples[channel, begin : begin + len(time_s)] += wave.astype(np.float32)
    return AudioChannels(samples, sample_rate_hz)
