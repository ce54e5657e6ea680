"""One call recorded in six ways, and with legs that leak: the same words, each once, with the real engines."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from qa.intake import decode
from qa.language import for_error_rate
from qa.model import Call, ChannelKind
from qa.settings import Settings
from qa.speech import SpeechEngines, listen
from tests.audio_builders import RATE_HZ, write_wav

SAMPLES = Path(__file__).resolve().parents[2] / "audio_samples"
SETTINGS = Settings(threads_per_worker=2)

pytestmark = [pytest.mark.engines, pytest.mark.timeout(600)]

Planes = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    kind: ChannelKind
    text: str
    turns: tuple[str, ...]


@cache
def engines() -> SpeechEngines:
    return SpeechEngines(SETTINGS)


@cache
def legs() -> Planes:
    with decode(SAMPLES / "en-01-routine.flac", SETTINGS) as audio:
        return np.asarray(audio.samples / 32768.0, dtype=np.float32)


def variant(name: str) -> Planes:
    left, right = legs()
    both = 0.7 * (left + right)
    late = np.concatenate([np.zeros(int(0.08 * RATE_HZ)), both])[: len(both)] * 10 ** (-6 / 20)
    planes = {
        "stereo": [left, right],
        "dual mono": [both, both],
        "dual mono, late and quiet": [both, late],
        "mono": [both],
        "silent leg": [both, np.zeros_like(both)],
        "swapped legs": [right, left],
        "leaking legs": [left + 0.1 * right, right + 0.1 * left],
    }[name]
    return np.asarray(np.stack(planes), dtype=np.float32)


def hear(planes: Planes, folder: Path) -> Found:
    with decode(write_wav(folder / "call.wav", planes), SETTINGS) as audio:
        kind = audio.facts.channel_kind
        call = Call(call_id="c", language="en")
        heard = listen(audio.samples, kind, audio.channels.active, call, engines(), SETTINGS)
    words = sorted((word.start_s, word.text) for turn in heard.turns for word in turn.words)
    turns = tuple(for_error_rate(turn.text, "en") for turn in heard.turns)
    return Found(kind, for_error_rate(" ".join(text for _, text in words), "en"), turns)


@pytest.fixture(scope="module")
def stereo(tmp_path_factory: pytest.TempPathFactory) -> Found:
    found = hear(variant("stereo"), tmp_path_factory.mktemp("stereo"))
    assert found.kind is ChannelKind.STEREO
    assert len(found.text.split()) > 60
    return found


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("dual mono", ChannelKind.DUAL_MONO),
        ("dual mono, late and quiet", ChannelKind.DUAL_MONO),
        ("mono", ChannelKind.MONO),
        ("silent leg", ChannelKind.SILENT_LEG),
        ("swapped legs", ChannelKind.STEREO),
        ("leaking legs", ChannelKind.STEREO),
    ],
)
def test_a_variant_keeps_kind_and_words(name: str, kind: ChannelKind, stereo: Found, tmp_path: Path) -> None:
    found = hear(variant(name), tmp_path)
    assert found.kind is kind
    assert jiwer.wer(stereo.text, found.text) <= 0.03
    long_turns = [turn for turn in found.turns if len(turn.split()) >= 4]
    assert len(set(long_turns)) == len(long_turns), "a turn is there twice"
