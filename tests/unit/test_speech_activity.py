"""The gate before recognition: music, tones and noise are no speech; one leg's voice is not heard on the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.model import Span, total_s
from qa.speech import crosstalk, memory
from qa.speech.activity import Activity, OmniActivity, confirmed
from qa.speech.models import AUDIO_EVENTS, VOICE_ACTIVITY
from tests.audio_builders import RATE_HZ, talk
from tests.sound_builders import NO_SPEECH, mu_law, no_speech_pieces, to_int16


@pytest.fixture(scope="module")
def detector() -> OmniActivity:
    return OmniActivity(str(VOICE_ACTIVITY.checked()), str(AUDIO_EVENTS.checked()))


class Scripted:
    """A detector that answers what it was given, for any samples."""

    def __init__(self, answer: dict[str, object]) -> None:
        self.answer = answer

    def detect(self, samples: NDArray[np.int16]) -> dict[str, object]:
        return self.answer


def heard(voice: list[tuple[float, float]], **events: list[tuple[float, float]]) -> Activity:
    """What the gate makes of given answers, for ten seconds of sound."""
    named: dict[str, list[tuple[float, float]]] = {"speech": [], "music": [], "singing": []}
    return confirmed(to_int16(talk(10.0, 1)), Scripted({"timestamps": voice}), Scripted({"events": named | events}))


@pytest.mark.parametrize("name", NO_SPEECH)
@pytest.mark.parametrize("companded", [False, True])
def test_no_sound_of_a_line_is_speech(detector: OmniActivity, name: str, companded: bool) -> None:
    wave = NO_SPEECH[name](4.0, np.random.default_rng(8))
    assert detector.detect(to_int16(mu_law(wave) if companded else wave)).speech == ()


def test_music_is_named(detector: OmniActivity) -> None:
    found = detector.detect(to_int16(NO_SPEECH["waltz"](6.0, np.random.default_rng(9))))
    assert total_s(found.music) > 5.0


def test_too_short_to_hear(detector: OmniActivity) -> None:
    assert detector.detect(np.zeros(100, dtype=np.int16)) == Activity((), ())


@pytest.mark.parametrize(
    ("voice", "events", "speech_s"),
    [
        ([(2, 4)], {"speech": [(2, 4)]}, 2.3),  # 2 s and a margin of 0.15 s on either side
        ([(2, 4)], {"speech": [(2, 2.6)]}, 2.3),  # 0.6 s of 2 s: the least that confirms
        ([(2, 4)], {"speech": [(2, 2.5)]}, 0.0),
        ([(2, 4)], {"music": [(0, 10)]}, 0.0),
        ([(2, 4)], {"singing": [(0, 10)]}, 0.0),
        ([(2, 4)], {"singing": [(0, 10)], "speech": [(2.5, 3.5)]}, 2.3),
        ([(2, 4)], {"music": [(0, 10)], "speech": [(2, 4)]}, 2.3),
        ([], {"speech": [(2, 4)]}, 0.0),
        ([(2, 4), (4.6, 6)], {"speech": [(2, 6)]}, 4.0),  # 0.3 s between the margins: 2.3 s and 1.7 s
        ([(2, 4), (4.2, 6)], {"speech": [(2, 6)]}, 4.3),  # the margins meet in the middle of the pause
    ],
)
def test_a_voice_needs_an_event_of_speech(
    voice: list[tuple[float, float]], events: dict[str, list[tuple[float, float]]], speech_s: float
) -> None:
    assert heard(voice, **events).speech_s == pytest.approx(speech_s, abs=1e-6)


def test_margins_end_in_the_middle_of_a_pause() -> None:
    found = heard([(0.1, 4), (4.2, 6), (9, 9.9)], speech=[(0, 10)]).speech
    edges = [edge for span in found for edge in (span.start_s, span.end_s)]
    assert edges == pytest.approx([0.0, 4.1, 4.1, 6.15, 8.85, 10.0])


@pytest.mark.parametrize(
    ("music", "speech", "named"),
    [
        ([(1, 5)], [], True),
        ([(1, 2.5)], [], False),
        ([(1, 2), (2.5, 3.5)], [], True),  # one tune with a rest
        ([(1, 4)], [(1, 4)], False),  # a voice that was taken for a tune
        ([(1, 9)], [(1, 4)], True),  # talking over music for a while
    ],
)
def test_what_counts_as_music(music: list[tuple[float, float]], speech: list[tuple[float, float]], named: bool) -> None:
    assert bool(heard(speech, speech=speech, music=music).music) is named


def test_silence_is_not_even_looked_at() -> None:
    mute = Scripted({})  # would raise KeyError
    assert confirmed(np.zeros(RATE_HZ * 3, dtype=np.int16), mute, mute) == Activity((), ())


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="reads /proc")
def test_what_the_detectors_worked_in_is_given_back(detector: OmniActivity) -> None:
    minute = to_int16(talk(60.0, 1))
    detector.detect(minute[: 5 * RATE_HZ])
    memory.give_back()
    before_mb = own_mb()
    detector.detect(minute)
    memory.give_back()
    assert own_mb() - before_mb < 30  # they keep 1.3 MB a second while they are open


def own_mb() -> float:
    """Memory of this process that is no file's."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1000 for line in rollup.splitlines() if line.startswith("Anonymous:"))


TURNS = ((Span(1.0, 4.0), Span(8.0, 11.0)), (Span(4.5, 7.5),))


def legs(leak: float, *, delay_s: float = 0.01, both: bool = False) -> NDArray[np.int16]:
    """Two legs of 12 s, each with ``leak`` of the other; ``both`` lets the right one talk from 9 to 10 s as well."""
    voices = np.stack([np.random.default_rng(i).standard_normal(12 * RATE_HZ) * 0.1 for i in (1, 2)])
    speaking = np.zeros_like(voices)
    for channel, spans in enumerate(TURNS):
        for span in spans:
            speaking[channel, int(span.start_s * RATE_HZ) : int(span.end_s * RATE_HZ)] = 1
    if both:
        speaking[1, 9 * RATE_HZ : 10 * RATE_HZ] = 1
    voices *= speaking
    late = np.roll(voices[::-1], int(delay_s * RATE_HZ), axis=1)
    noise = np.random.default_rng(3).standard_normal(voices.shape) * 0.0003
    return to_int16((voices + leak * late + noise).astype(np.float32))


EVERYWHERE = {channel: Activity((Span(1.0, 11.0),), ()) for channel in (0, 1)}


@pytest.mark.parametrize("leak", [0.3, 0.1, 0.03])
@pytest.mark.parametrize("delay_s", [0.0, 0.01, 0.05])
def test_a_leak_is_no_speech_of_the_leg(leak: float, delay_s: float) -> None:
    found = crosstalk.without_leaks(legs(leak, delay_s=delay_s), EVERYWHERE)
    for channel, other in ((0, 1), (1, 0)):
        for own in TURNS[channel]:  # to within two hops at each end
            assert sum(own.overlap_s(s) for s in found[channel].speech) >= own.duration_s - 0.4
        for theirs in TURNS[other]:
            assert sum(theirs.overlap_s(s) for s in found[channel].speech) <= 0.6


def test_talking_at_once_is_kept_beside_a_leak() -> None:
    found = crosstalk.without_leaks(legs(0.1, both=True), EVERYWHERE)
    assert sum(Span(9, 10).overlap_s(s) for s in found[1].speech) >= 0.8


def test_clean_legs_lose_nothing() -> None:
    own = {channel: Activity(TURNS[channel], ()) for channel in (0, 1)}
    assert crosstalk.without_leaks(legs(0.0), own) == own


def test_one_channel_is_left_alone() -> None:
    assert crosstalk.without_leaks(legs(0.1), {1: EVERYWHERE[1]}) == {1: EVERYWHERE[1]}


def test_the_set_has_the_length_asked_for_and_the_same_sounds_each_time() -> None:
    first, again = (list(no_speech_pieces(18.0)) for _ in range(2))
    assert sum(piece.duration_s for piece in first) == pytest.approx(18.0, abs=0.01)
    assert len({piece.name for piece in first}) == len(first) == 2 * len(NO_SPEECH)
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first, again, strict=True))
