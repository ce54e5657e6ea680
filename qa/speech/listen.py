"""The door of the room: from samples to turns with roles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.model import Call, ChannelKind, Language, Reason, RecordingRefused, Span, Turn, total_s
from qa.model.stages import timed
from qa.settings import Settings
from qa.speech import memory
from qa.speech.crosstalk import without_leaks
from qa.speech.engines import SpeechEngines
from qa.speech.packing import pack
from qa.speech.roles import assign_roles
from qa.speech.speaking import speaking
from qa.speech.utterances import by_channel, by_speaker, to_turns

MIN_SPEECH_S = 0.4
MUSIC_S = 4.0
"""Less than this is a tone or a hum that the detector took for music, and not worth a flag."""
FINGERPRINT_VERSION = 11
"""Raise it when this room's results change, so that stored conversations are made anew."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard: turns, the language, how roles were found, engines used, seconds by stage, and flags."""

    turns: tuple[Turn, ...]
    language: Language
    language_probability: float
    role_method: str
    role_confidence: float
    engines: dict[str, dict[str, Any]]
    stage_s: dict[str, float]
    flags: tuple[str, ...]
    speaking: Mapping[str, tuple[Span, ...]]
    """Who speaks when, by the turns' ``speaker``, overlaps kept; on stereo what the gate heard on each leg."""


def listen(
    samples: NDArray[np.int16],
    kind: ChannelKind,
    active: tuple[int, ...],
    call: Call,
    engines: SpeechEngines,
    settings: Settings,
) -> Heard:
    """Hear a recording: ``samples`` (channels, n) at 16 kHz, of which ``active`` are worth listening to.

    On true stereo the channel is the speaker. Otherwise one channel is heard and diarized. Raises ``RecordingRefused``
    when nobody speaks or the language is none of ours.
    """
    stage_s: dict[str, float] = {}
    with timed("activity", stage_s):
        activity = {channel: engines.activity.detect(samples[channel]) for channel in active}
        activity = without_leaks(samples, activity)
        memory.let_go(samples)
        memory.give_back()
    if sum(a.speech_s for a in activity.values()) < MIN_SPEECH_S:
        raise RecordingRefused(Reason.NO_SPEECH, "no speech was found")

    wanted = call.language if call.language in ("en", "zh") else None
    with timed("transcribe", stage_s):
        windows = [window for channel in active for window in pack(activity[channel].speech, channel)]
        transcript = engines.transcriber.transcribe(samples, windows, wanted, engines.hotwords(call))
        memory.give_back()
    if not transcript.words:
        raise RecordingRefused(Reason.NO_SPEECH, "no words were recognised")

    used: dict[str, dict[str, Any]] = {"transcribe": engines.transcriber.provenance}
    if kind is ChannelKind.STEREO:
        utterances = by_channel(transcript.words)
        spoken = {f"channel-{channel}": heard.speech for channel, heard in activity.items()}
    else:
        with timed("diarize", stage_s):
            diarization = engines.diarizer.diarize(samples[active[0]])
            utterances = by_speaker(transcript.words, diarization)
            spoken = speaking(diarization, utterances, samples[active[0]])
            memory.let_go(samples)
        used["diarize"] = engines.diarizer.provenance
    memory.give_back()
    with timed("roles", stage_s):
        roles = assign_roles(utterances, call, transcript.language)
    flags = []
    if roles.confidence < settings.role_confidence_min:
        flags.append("role_uncertain")
    if roles.contradicts_map:
        flags.append("channel_map_contradicted")
    if len({u.speaker for u in utterances}) == 1:
        flags.append("one_voice")
    if any(total_s(a.music) >= MUSIC_S for a in activity.values()):
        flags.append("music")
    return Heard(
        turns=to_turns(roles.utterances),
        language=transcript.language,
        language_probability=round(transcript.language_probability, 3),
        role_method=roles.method,
        role_confidence=round(roles.confidence, 3),
        engines=used,
        stage_s=stage_s,
        flags=tuple(flags),
        speaking=spoken,
    )
