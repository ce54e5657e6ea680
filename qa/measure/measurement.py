"""All features of one call."""

from __future__ import annotations

from qa.measure.audio import AudioChannels
from qa.measure.exchanges import SIDES, interruptions, median_or_none, response_latencies
from qa.measure.pace import PACE_UNITS, paces
from qa.measure.prosody import MIN_SPEECH_S, loudness_dbfs, pitch
from qa.measure.speech import DEAD_AIR_S, Run, language_of, overlap_s, runs, silences, spans_of
from qa.model import Conversation, Feature, Language, Reason, Span, SpeakerRole, total_s, union

NO_SILENCE = "no_silence"

_DECIMALS = {"s": 3, "ratio": 4, "1": 0, "words/min": 1, "characters/min": 1, "Hz": 1, "semitones": 2, "dBFS": 1}
_NO_TURNS = {SpeakerRole.AGENT: Reason.NO_AGENT_TURNS, SpeakerRole.CUSTOMER: Reason.NO_CUSTOMER_TURNS}
_OTHER = {SpeakerRole.AGENT: SpeakerRole.CUSTOMER, SpeakerRole.CUSTOMER: SpeakerRole.AGENT}
_TIMED = (
    ("talk_time", "s"),
    ("talk_ratio", "ratio"),
    ("interruptions", "1"),
    ("response_latency_median", "s"),
)
_VOICE = (("pitch_median", "Hz"), ("pitch_range", "semitones"), ("loudness_median", "dBFS"))


def measure(conversation: Conversation, audio: AudioChannels | None) -> tuple[Feature, ...]:
    """Every feature of the table in ``qa.measure``: those of the whole call, of the agent, of the customer.

    What cannot be measured has the value None and a reason: ``no_times``, ``no_audio``, ``no_agent_turns``,
    ``no_customer_turns``, ``channel_unknown``, ``too_little_speech``, ``no_silence``.
    """
    speech = runs(conversation)
    found = [_duration(conversation, audio), *_call_features(conversation, speech)]
    for side in SIDES:
        found += _side_features(conversation, speech, side)
        found += _voice_features(conversation, speech, audio, side)
    return tuple(found)


def _feature(
    name: str, value: float | None, unit: str, role: SpeakerRole | None = None, *, reason: str | None = None
) -> Feature:
    """A rounded feature; the reason is kept only where there is no value."""
    rounded = None if value is None else round(value, _DECIMALS[unit])
    return Feature(name=name, value=rounded, unit=unit, role=role, reason=reason if value is None else None)


def _duration(conversation: Conversation, audio: AudioChannels | None) -> Feature:
    seconds = conversation.duration_s
    if seconds is None and audio is not None:
        seconds = audio.duration_s
    if seconds is None and conversation.has_times:
        seconds = max(turn.end_s for turn in conversation.turns if turn.end_s is not None)
    return _feature("duration", seconds, "s", reason=Reason.NO_TIMES)


def _call_features(conversation: Conversation, speech: list[Run]) -> list[Feature]:
    if not speech:
        units = {"silence": "s", "silence_ratio": "ratio", "longest_silence": "s", "longest_silence_start": "s"}
        units |= {"dead_air": "1", "overlap": "s", "overlap_ratio": "ratio"}
        return [_feature(name, None, unit, reason=Reason.NO_TIMES) for name, unit in units.items()]
    spoken = spans_of(speech)
    gaps = silences(conversation)
    longest = max(gaps, key=lambda gap: gap.duration_s, default=None)
    silent_s, talked_s, overlapped_s = total_s(gaps), total_s(spoken), overlap_s(speech)
    return [
        _feature("silence", silent_s, "s"),
        _feature("silence_ratio", _share(silent_s, silent_s + talked_s), "ratio", reason=Reason.TOO_LITTLE_SPEECH),
        _feature("longest_silence", longest.duration_s if longest else 0.0, "s"),
        _feature("longest_silence_start", longest.start_s if longest else None, "s", reason=NO_SILENCE),
        _feature("dead_air", len(silences(conversation, min_s=DEAD_AIR_S)), "1"),
        _feature("overlap", overlapped_s, "s"),
        _feature("overlap_ratio", _share(overlapped_s, talked_s), "ratio", reason=Reason.TOO_LITTLE_SPEECH),
    ]


def _side_features(conversation: Conversation, speech: list[Run], side: SpeakerRole) -> list[Feature]:
    language = language_of(conversation)
    turns = conversation.by_role(side)
    units = dict(_TIMED) | {"pace_median": PACE_UNITS[language]}
    values: dict[str, float | None] = dict.fromkeys(units)
    reason = _NO_TURNS[side] if not turns else Reason.NO_TIMES if not speech else Reason.TOO_LITTLE_SPEECH
    if turns and speech:
        values |= _timed_values(speech, side, language)
        values["pace_median"] = median_or_none(paces(turns, language))
    count = _feature("turns", len(turns) or None, "1", side, reason=reason)
    return [count, *(_feature(name, values[name], unit, side, reason=reason) for name, unit in units.items())]


def _timed_values(speech: list[Run], side: SpeakerRole, language: Language) -> dict[str, float | None]:
    own_s, other_s = (total_s(spans_of(speech, role)) for role in (side, _OTHER[side]))
    return {
        "talk_time": own_s,
        "talk_ratio": _share(own_s, own_s + other_s),
        "interruptions": sum(run.role == side for run in interruptions(speech, language)),
        "response_latency_median": median_or_none(response_latencies(speech, language)[side]),
    }


def _voice_features(
    conversation: Conversation, speech: list[Run], audio: AudioChannels | None, side: SpeakerRole
) -> list[Feature]:
    reason, stretches = _voice_stretches(conversation, speech, audio, side)
    if audio is None or reason is not None:
        return [_feature(name, None, unit, side, reason=reason) for name, unit in _VOICE]
    tone, level = pitch(audio, stretches), loudness_dbfs(audio, stretches)
    values = (tone.median_hz if tone else None, tone.range_semitones if tone else None, level)
    return [
        _feature(name, value, unit, side, reason=Reason.TOO_LITTLE_SPEECH)
        for (name, unit), value in zip(_VOICE, values, strict=True)
    ]


def _voice_stretches(
    conversation: Conversation, speech: list[Run], audio: AudioChannels | None, side: SpeakerRole
) -> tuple[Reason | None, list[tuple[int, Span]]]:
    """Where this side alone is heard, as (channel, span); or the reason why nowhere."""
    if audio is None:
        return Reason.NO_AUDIO, []
    if not conversation.by_role(side):
        return _NO_TURNS[side], []
    if not speech:
        return Reason.NO_TIMES, []
    others = union(run.span for run in speech if run.role != side)
    stretches = [
        (channel, span)
        for run in speech
        if run.role == side and (channel := audio.channel_of(run.channel)) is not None
        for span in _without(run.span, others)
    ]
    if not stretches and any(run.role == side and audio.channel_of(run.channel) is None for run in speech):
        return Reason.CHANNEL_UNKNOWN, []
    if sum(span.duration_s for _, span in stretches) < MIN_SPEECH_S:
        return Reason.TOO_LITTLE_SPEECH, []
    return None, stretches


def _without(span: Span, others: list[Span]) -> list[Span]:
    """What is left of a span after the others, which are sorted and apart, are taken out."""
    left: list[Span] = []
    start_s = span.start_s
    for other in others:
        if other.start_s >= span.end_s:
            break
        if other.start_s > start_s:
            left.append(Span(start_s, other.start_s))
        start_s = max(start_s, other.end_s)
    if start_s < span.end_s:
        left.append(Span(start_s, span.end_s))
    return left


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0 else None
