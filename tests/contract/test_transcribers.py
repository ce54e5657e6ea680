"""What every transcriber keeps to: sherpa-onnx's conversion around a fake recogniser, and the real faster-whisper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.intake import decode
from qa.model import Language, Span
from qa.settings import Settings
from qa.speech.packing import Window, pack
from qa.speech.sherpa import SherpaTranscriber
from qa.speech.transcribe import Transcriber
from tests.transcriber_builders import PARAFORMER_TOKENS, FakeRecogniser, model_folder

ROOT = Path(__file__).resolve().parents[2]
CLIP_S = 10.0
MANDARIN = ["<|zh|>", "您", "好", "，", "请", "问", "▁App", "▁hel", "lo", "。"]


def sense_voice(folder: Path) -> Transcriber:
    settings = Settings(transcriber="sherpa-onnx", sherpa_model=model_folder(folder))
    return SherpaTranscriber(settings, FakeRecogniser(MANDARIN, "<|zh|>"))


def paraformer(folder: Path) -> Transcriber:
    settings = Settings(transcriber="sherpa-onnx", sherpa_model=model_folder(folder, PARAFORMER_TOKENS))
    heard = ["连", "wi@@", "fi", "好"]
    return SherpaTranscriber(settings, FakeRecogniser(heard, ys_log_probs=[-0.1] * len(heard)))


_LOADED: list[Transcriber] = []


def whisper(_folder: Path) -> Transcriber:
    from qa.speech.transcribe import WhisperTranscriber

    if not _LOADED:
        _LOADED.append(WhisperTranscriber(Settings()))
    return _LOADED[0]


@pytest.fixture(
    params=[
        pytest.param((sense_voice, "zh"), id="sense-voice-fake"),
        pytest.param((paraformer, "zh"), id="paraformer-fake"),
        pytest.param((whisper, "en"), id="faster-whisper", marks=[pytest.mark.engines, pytest.mark.timeout(300)]),
    ]
)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Transcriber, Language]:
    make: Callable[[Path], Transcriber]
    make, language = request.param
    return make(tmp_path / "model"), language


@pytest.fixture(scope="module")
def clip() -> NDArray[np.int16]:
    """Ten seconds of the agent's channel, and the other channel."""
    with decode(ROOT / "audio_samples" / "en-01-routine.flac", Settings()) as audio:
        return np.array(audio.samples[:, : int(CLIP_S * audio.sample_rate_hz)])


def test_no_windows_no_words(subject: tuple[Transcriber, Language], clip: NDArray[np.int16]) -> None:
    transcriber, _ = subject
    assert transcriber.transcribe(clip, [], None).words == ()
    assert transcriber.transcribe(clip, [], "zh").language == "zh"


def test_words_are_ordered_inside_their_pieces_and_rated(
    subject: tuple[Transcriber, Language], clip: NDArray[np.int16]
) -> None:
    transcriber, language = subject
    spans = [Span(0.3, 4.0), Span(4.5, 9.9)]
    found = transcriber.transcribe(clip, pack(spans, 0), None)
    assert found.words
    starts = [item.word.start_s for item in found.words]
    assert starts == sorted(starts)
    for item in found.words:
        word = item.word
        assert item.channel == 0
        assert word.text == word.text.strip() != ""
        assert "<|" not in word.text
        assert 0.0 <= word.confidence <= 1.0
        assert word.start_s <= word.end_s
        assert any(span.start_s - 1e-3 <= word.start_s and word.end_s <= span.end_s + 1e-3 for span in spans)
    assert found.language == language
    assert 0.5 < found.language_probability <= 1.0


def test_a_given_language_stands(subject: tuple[Transcriber, Language], clip: NDArray[np.int16]) -> None:
    transcriber, language = subject
    windows = [Window(0, (Span(0.0, 5.0),))]
    found = transcriber.transcribe(clip, windows, language)
    assert (found.language, found.language_probability) == (language, 1.0)


def test_two_channels_keep_apart(subject: tuple[Transcriber, Language], clip: NDArray[np.int16]) -> None:
    transcriber, language = subject
    both = np.stack([clip[0], clip[0]])
    windows = [Window(channel, (Span(0.0, 6.0),)) for channel in (0, 1)]
    found = transcriber.transcribe(both, windows, language, {language: "Silver Harbor Bank"})
    heard = {c: [item.word.text for item in found.words if item.channel == c] for c in (0, 1)}
    assert heard[0] == heard[1] != []


def test_it_says_what_it_is(subject: tuple[Transcriber, Language]) -> None:
    transcriber, _ = subject
    assert {"engine", "model"} <= set(transcriber.provenance)
