"""Every feature of a call by hand, every reason, pitch and loudness of known tones, and how much of a long call is heard."""

from __future__ import annotations

import re

import numpy as np
import pytest

import qa.measure
from qa.measure import AudioChannels, measure
from qa.measure.pace import paces
from qa.measure.prosody import _frames
from qa.model import Conversation, Feature, Span, SpeakerRole
from tests.measure_builders import timed, tones, with_words

AGENT, CUSTOMER = SpeakerRole.AGENT, SpeakerRole.CUSTOMER

CALL = timed(
    ("a", 1.0, 4.0, "thank you for calling maple bank"),  # 6 words in 3 s: 120 words/min
    ("c", 4.5, 6.5, "hi i lost my card"),  # 5 words in 2 s: 150
    ("a", 6.0, 9.0, "okay may i have your name please thanks"),  # 8 words in 3 s: 160; 0.5 s early, floor taken
    ("c", 29.0, 30.0, "john smith"),  # too short for pace
    duration_s=33.0,
)
# Speech: 1-4, 4.5-9, 29-30 = 8.5 s; silences 0.5 and 20 s = 20.5 s between 1 and 30 s; overlap 6.0-6.5.


def value(features: tuple[Feature, ...], name: str, role: SpeakerRole | None = None) -> float | str | None:
    """The value, or the reason for none."""
    (found,) = [feature for feature in features if (feature.name, feature.role) == (name, role)]
    assert (found.value is None) == (found.reason is not None)
    return found.reason if found.value is None else found.value


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("duration", None, 33.0),
        ("silence", None, 20.5),
        ("silence_ratio", None, 0.7069),  # 20.5 / 29
        ("longest_silence", None, 20.0),
        ("longest_silence_start", None, 9.0),
        ("dead_air", None, 1),
        ("overlap", None, 0.5),
        ("overlap_ratio", None, 0.0588),  # 0.5 / 8.5
        ("turns", AGENT, 2),
        ("turns", CUSTOMER, 2),
        ("talk_time", AGENT, 6.0),
        ("talk_time", CUSTOMER, 3.0),
        ("talk_ratio", AGENT, 0.6667),
        ("talk_ratio", CUSTOMER, 0.3333),
        ("interruptions", AGENT, 1),
        ("interruptions", CUSTOMER, 0),
        ("response_latency_median", AGENT, -0.5),
        ("response_latency_median", CUSTOMER, 0.5),  # "john smith" is as short as a back-channel
        ("pace_median", AGENT, 140.0),  # of 120 and 160
        ("pace_median", CUSTOMER, 150.0),
        ("pitch_median", AGENT, "no_audio"),
        ("pitch_range", CUSTOMER, "no_audio"),
        ("loudness_median", AGENT, "no_audio"),
    ],
)
def test_by_hand(name: str, role: SpeakerRole | None, expected: float | str) -> None:
    assert value(measure(CALL, None), name, role) == expected


def test_without_times() -> None:
    found = measure(timed(("a", None, None), ("c", 1, 2)), tones(3))
    assert value(found, "duration") == 3.0  # of the audio
    assert value(found, "turns", AGENT) == 1
    rest = [feature for feature in found if feature.name not in ("duration", "turns")]
    assert {feature.reason for feature in rest} == {"no_times"}


def test_without_times_and_audio() -> None:
    found = measure(timed(("a", None, None), ("c", 1, 2)), None)
    assert value(found, "duration") == "no_times"
    assert value(found, "pitch_median", AGENT) == "no_audio"


def test_without_one_side() -> None:
    found = measure(timed(("a", 0, 4), ("u", 5, 6)), None)
    assert {f.reason for f in found if f.role == CUSTOMER and "_median" in f.name and f.unit != "s"} == {
        "no_customer_turns",
        "no_audio",
    }
    assert value(found, "turns", CUSTOMER) == "no_customer_turns"
    assert value(found, "talk_ratio", CUSTOMER) == "no_customer_turns"
    assert value(found, "talk_ratio", AGENT) == 1.0
    assert value(found, "response_latency_median", AGENT) == "too_little_speech"


def test_without_turns() -> None:
    found = measure(timed(duration_s=5.0), tones(5))
    assert value(found, "duration") == 5.0
    assert value(found, "silence") == "no_times"
    assert value(found, "talk_time", AGENT) == "no_agent_turns"


def test_one_turn_has_no_silence() -> None:
    found = measure(timed(("a", 0, 4)), None)
    assert value(found, "longest_silence") == 0.0
    assert value(found, "longest_silence_start") == "no_silence"
    assert value(found, "duration") == 4.0  # the end of the last turn


@pytest.mark.parametrize(
    ("conversation", "expected"),
    [
        (timed(("a", 0, 3, "one two three four five")), [100.0]),
        (timed(("a", 0, 3, "one two three four")), []),
        (timed(("a", 2, 2, "one two three four five")), []),  # no time, no pace
        (timed(("a", 0, 3, "您好请问怎么称呼"), language="zh"), [160.0]),  # 8 characters in 3 s
        (timed(("a", 0, 3, "您好请问怎么称"), language="zh"), []),
        (timed(("a", 0, 3, "您好请问怎么称呼"), language=None), [160.0]),
        (
            # 6 words; spoken 0-1 and 5-6, so 2 s and not 6.
            with_words(
                timed(("a", 0, 6, "a b c d e f")),
                0,
                *[("a", 0.0, 0.3), ("b", 0.3, 0.6), ("c", 0.6, 1.0), ("d", 5.0, 5.3), ("e", 5.3, 5.6), ("f", 5.6, 6.0)],
            ),
            [180.0],
        ),
    ],
)
def test_pace(conversation: Conversation, expected: list[float]) -> None:
    found = [f for f in measure(conversation, None) if f.name == "pace_median" and f.role == AGENT]
    assert found[0].value == (expected[0] if expected else None)
    assert paces(conversation.turns, "zh" if found[0].unit == "characters/min" else "en") == pytest.approx(expected)


def test_pace_unit_follows_the_language() -> None:
    units = {
        language: measure(timed(("a", 0, 3, text), language=None), None)[-4].unit
        for language, text in (("en", "hello there"), ("zh", "您好"))
    }
    assert units == {"en": "words/min", "zh": "characters/min"}


@pytest.mark.parametrize("sample_rate_hz", [8_000, 16_000])
def test_pitch_and_loudness_of_known_tones(sample_rate_hz: int) -> None:
    # RMS 0.1 is -20 dBFS, 0.01 is -40 dBFS. The customer glides: half at 200 Hz, half at 252 Hz, 4 semitones apart.
    audio = tones(10, (0, 0, 4, 120, 0.1), (1, 4, 6, 200, 0.01), (1, 6, 8, 251.98, 0.01), sample_rate_hz=sample_rate_hz)
    found = measure(timed(("a", 0, 4), ("c", 4, 8)), audio)
    assert value(found, "pitch_median", AGENT) == pytest.approx(120, abs=1)
    assert value(found, "pitch_range", AGENT) == pytest.approx(0, abs=0.1)
    assert value(found, "pitch_range", CUSTOMER) == pytest.approx(4, abs=0.2)
    assert value(found, "loudness_median", AGENT) == pytest.approx(-20, abs=0.2)
    assert value(found, "loudness_median", CUSTOMER) == pytest.approx(-40, abs=0.2)


def test_in_mono_overlapped_speech_is_nobodys() -> None:
    # From 3 to 4 s both speak: with it the agent's loudness would rise.
    audio = tones(8, (0, 0, 4, 120, 0.1), (0, 3, 8, 220, 0.1), n_channels=1)
    found = measure(timed(("a", 0, 4), ("c", 3, 8)), audio)
    assert value(found, "pitch_median", AGENT) == pytest.approx(120, abs=1)
    assert value(found, "pitch_median", CUSTOMER) == pytest.approx(220, abs=2)
    assert value(found, "loudness_median", AGENT) == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize(
    ("conversation", "audio", "reason"),
    [
        (timed(("a", 0, 0.9)), tones(2, (0, 0, 2, 120, 0.1)), "too_little_speech"),
        (timed(("a", 0, 4)), tones(5), "too_little_speech"),  # digital silence
        (timed(("a", 10, 14)), tones(5, (0, 0, 5, 120, 0.1)), "too_little_speech"),  # beyond the end
        (timed(("a", 0, 4), ("c", 0, 4)), tones(5, (0, 0, 4, 120, 0.1)), "too_little_speech"),  # never alone
        (timed(("c", 0, 4)), tones(5), "no_agent_turns"),
    ],
)
def test_no_voice_to_measure(conversation: Conversation, audio: AudioChannels, reason: str) -> None:
    found = measure(conversation, audio)
    assert value(found, "pitch_median", AGENT) == reason
    assert value(found, "loudness_median", AGENT) == reason


def test_a_turn_of_no_channel_is_not_guessed() -> None:
    conversation = timed(("a", 0, 4))
    turn = conversation.turns[0].model_copy(update={"channel": None})
    conversation = conversation.model_copy(update={"turns": (turn,)})
    assert value(measure(conversation, tones(5, (0, 0, 4, 120, 0.1))), "pitch_median", AGENT) == "channel_unknown"
    mono = tones(5, (0, 0, 4, 120, 0.1), n_channels=1)
    assert value(measure(conversation, mono), "pitch_median", AGENT) == pytest.approx(120, abs=1)


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(1).standard_normal((1, 5 * 16_000)).astype(np.float32) * 0.1
    found = measure(timed(("a", 0, 5)), AudioChannels(noise))
    assert value(found, "pitch_median", AGENT) == "too_little_speech"
    assert value(found, "loudness_median", AGENT) == pytest.approx(-20, abs=0.2)


@pytest.mark.parametrize(("shape", "rate"), [((16_000,), 16_000), ((0, 5), 16_000), ((1, 5), 0)])
def test_audio_of_another_shape_is_refused(shape: tuple[int, ...], rate: int) -> None:
    with pytest.raises(ValueError, match="expected"):
        AudioChannels(np.zeros(shape, dtype=np.float32), rate)


def test_names_and_units_are_those_of_the_documented_table() -> None:
    documented = set(re.findall(r"^``(\w+)``", qa.measure.__doc__ or "", flags=re.MULTILINE))
    found = measure(CALL, None)
    assert {feature.name for feature in found} == documented
    assert len({(feature.name, feature.role) for feature in found}) == len(found)


def _long_call(minutes: int, *, sample_rate_hz: int) -> tuple[Conversation, AudioChannels]:
    turns = [("ac"[n % 2], 5.0 * n, 5.0 * n + 4.5) for n in range(12 * minutes)]
    parts = [(0, start, end, 120.0 + 80 * (n % 2), 0.1) for n, (_, start, end) in enumerate(turns)]
    return timed(*turns), tones(60.0 * minutes, *parts, n_channels=1, sample_rate_hz=sample_rate_hz)


def test_pitch_of_a_long_call_is_taken_from_twenty_seconds_of_its_speech() -> None:
    _, audio = _long_call(60, sample_rate_hz=8_000)
    speech = [(0, Span(5.0 * n, 5.0 * n + 4.5)) for n in range(12 * 60)]
    # 20 s in chunks of 0.512 s are 39 chunks; one of 4096 samples holds 15 frames of 512 at a hop of 256.
    assert len(_frames(audio, speech)) <= 39 * 15
