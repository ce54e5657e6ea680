"""No words where nobody speaks, with the real engines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from qa.intake import decode
from qa.model import Call, ChannelKind, Reason, RecordingRefused, Span
from qa.settings import Settings
from qa.speech import SpeechEngines, listen
from qa.speech.packing import pack
from tests.sound_builders import NO_SPEECH, RATE_HZ, no_speech_pieces, to_int16

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
SETTINGS = Settings(threads_per_worker=2)
pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]


@cache
def engines() -> SpeechEngines:
    return SpeechEngines(SETTINGS)


def test_three_minutes_of_music_tones_and_noise_are_refused() -> None:
    sound = np.concatenate([piece.samples for piece in no_speech_pieces(180.0)])[None]
    with pytest.raises(RecordingRefused) as refused:
        listen(sound, ChannelKind.MONO, (0,), Call(call_id="music"), engines(), SETTINGS)
    assert refused.value.reason is Reason.NO_SPEECH


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_guard_alone_stops_them_too(language: str) -> None:
    """The second line of defence: what the recogniser makes of music when the gate fails."""
    sound = np.concatenate([piece.samples for piece in no_speech_pieces(90.0)])[None]
    windows = pack([Span(start, start + 15.0) for start in range(0, 90, 15)], 0, window_s=15.0)
    assert [w.word.text for w in engines().transcriber.transcribe(sound, windows, language).words] == []  # type: ignore[arg-type]


def test_words_stay_where_the_voices_are() -> None:
    """Speech, then half a minute of a line on hold, then speech: no word lies in the hold, and none is lost beside it."""
    with decode(SAMPLES / "en-02-fee-hold.wav", SETTINGS) as audio:
        voice = np.array(audio.samples[0, : 15 * RATE_HZ])
    random = np.random.default_rng(4)
    hold = np.concatenate(
        [to_int16(NO_SPEECH[name](7.5, random)) for name in ("ring-back US", "strings", "chords", "DTMF")]
    )
    sound = np.concatenate([voice, hold, voice])[None]
    heard = listen(sound, ChannelKind.MONO, (0,), Call(call_id="hold", language="en"), engines(), SETTINGS)
    words = [word for turn in heard.turns for word in turn.words]
    assert [word.text for word in words if 15.3 < (word.start_s + word.end_s) / 2 < 44.7] == []
    before, after = sum(word.end_s <= 15.3 for word in words), sum(word.start_s >= 44.7 for word in words)
    assert before > 20
    assert abs(before - after) <= 2
    assert "music" in heard.flags
