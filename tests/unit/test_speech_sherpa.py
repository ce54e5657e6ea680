"""sherpa-onnx's pieces as words, and model folders that cannot be one."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.model import ModelUnavailable, Reason, RecordingRefused, Span, UsageError
from qa.settings import Settings
from qa.speech.packing import Window
from qa.speech.pieces import NOT_GIVEN, join_pieces
from qa.speech.sherpa import SherpaTranscriber, checked_folder, load
from tests.transcriber_builders import PARAFORMER_TOKENS, FakeRecogniser, model_folder

SILENCE = np.zeros((1, 160_000), dtype=np.int16)
WINDOWS = [Window(0, (Span(0.0, 5.0),)), Window(0, (Span(5.0, 10.0),))]


@pytest.mark.parametrize(
    ("pieces", "suffix", "words"),
    [
        (["▁hel", "lo", "▁there"], False, ["hello", "there"]),
        ([" hel", "lo", " there", "."], False, ["hello", "there."]),
        (["▁don", "'", "t", ",", "▁no"], False, ["don't,", "no"]),
        (["3", ".", "5", "%"], False, ["3.5%"]),
        (["▁", "▁", "hi"], False, ["hi"]),
        (["a", "▁", "b"], False, ["a", "b"]),
        (["您", "好", "，", "请"], False, ["您", "好，", "请"]),
        (["开", "▁App", "吗", "？"], False, ["开", "App", "吗？"]),
        (["好", "，", "App"], False, ["好，", "App"]),
        (["App", "，", "pin"], False, ["App，", "pin"]),
        (["您好", "吗"], False, ["您", "好", "吗"]),
        (["手机App码"], False, ["手", "机", "App", "码"]),
        (["<|zh|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "您"], False, ["您"]),
        (["<unk>", "您", "</s>"], True, ["您"]),
        (["。", "您"], False, ["您"]),
        (["wi@@", "fi", "pin"], True, ["wifi", "pin"]),
        (["wi@@", "fi", "好", "a@@", "pp"], True, ["wifi", "好", "app"]),
        (["wi@@"], True, ["wi"]),
        ([], False, []),
    ],
)
def test_pieces_become_words(pieces: list[str], suffix: bool, words: list[str]) -> None:
    starts = [0.2 * i for i in range(len(pieces))]
    found = join_pieces(pieces, starts, [0.5] * len(pieces), 10.0, joined_by_suffix=suffix)
    assert [word.text for word in found] == words


def test_times_and_confidences_of_words() -> None:
    # hel 1.0, lo 1.2, 好 1.5, and the window ends at 5.0: a piece lasts until the next one, at most 0.4 s.
    found = join_pieces(["▁hel", "lo", "好"], [1.0, 1.2, 1.5], [0.8, 0.4, 0.9], 5.0, joined_by_suffix=False)
    assert [(w.start_s, w.end_s) for w in found] == [(1.0, 1.5), (1.5, 1.9)]
    assert [w.confidence for w in found] == pytest.approx([0.6, 0.9])


def test_times_stay_in_order_and_inside_the_window() -> None:
    found = join_pieces(["您", "好", "吗"], [2.0, 1.0, 9.0], [0.5] * 3, 3.0, joined_by_suffix=False)
    assert [(w.start_s, w.end_s) for w in found] == [(2.0, 2.0), (2.0, 2.4), (3.0, 3.0)]


def transcriber(tmp_path: Path, recogniser: FakeRecogniser, tokens: str | None = None) -> SherpaTranscriber:
    folder = model_folder(tmp_path / "m", tokens) if tokens else model_folder(tmp_path / "m")
    return SherpaTranscriber(Settings(sherpa_model=folder, whisper_batch=4), recogniser)


def test_confidence_is_a_constant_where_the_model_gives_none(tmp_path: Path) -> None:
    engine = transcriber(tmp_path, FakeRecogniser(["您", "好"]))
    words = engine.transcribe(SILENCE, WINDOWS, "zh").words
    assert {item.word.confidence for item in words} == {NOT_GIVEN}
    assert engine.provenance["confidence"] == "not given"


def test_confidence_is_the_models_where_it_gives_one(tmp_path: Path) -> None:
    engine = transcriber(tmp_path, FakeRecogniser(["您", "好"], ys_log_probs=[-0.5, 0.1]))
    words = engine.transcribe(SILENCE, WINDOWS[:1], "zh").words
    assert [item.word.confidence for item in words] == pytest.approx([math.exp(-0.5), 1.0])
    assert engine.provenance["confidence"] == "as given by the model"


def test_windows_go_in_batches_and_come_back_in_their_place(tmp_path: Path) -> None:
    recogniser = FakeRecogniser(["您", "好"])
    windows = [Window(0, (Span(float(i), i + 1.0),)) for i in range(9)]
    found = transcriber(tmp_path, recogniser).transcribe(SILENCE, windows, "zh")
    assert recogniser.batches == [4, 4, 1]
    assert [item.word.start_s for item in found.words][:4] == [0.0, 0.5, 1.0, 1.5]


@pytest.mark.parametrize(
    ("pieces", "lang", "expected"),
    [("您 好", "<|zh|>", "zh"), ("▁hi", "<|en|>", "en"), ("您 好", "", "zh"), ("hi", "", "en")],
)
def test_language_by_tag_or_by_script(tmp_path: Path, pieces: str, lang: str, expected: str) -> None:
    found = transcriber(tmp_path, FakeRecogniser(pieces.split(), lang)).transcribe(SILENCE, WINDOWS, None)
    assert (found.language, found.language_probability) == (expected, 1.0)


def test_another_language_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused, match="'ja'") as caught:
        transcriber(tmp_path, FakeRecogniser(["は"], "<|ja|>")).transcribe(SILENCE, WINDOWS, None)
    assert caught.value.reason is Reason.UNSUPPORTED_LANGUAGE


def test_nothing_heard_is_no_language(tmp_path: Path) -> None:
    found = transcriber(tmp_path, FakeRecogniser(["<|nospeech|>"], "<|nospeech|>")).transcribe(SILENCE, WINDOWS, None)
    assert (found.words, found.language_probability) == ((), 0.0)


def test_a_model_without_times_is_refused(tmp_path: Path) -> None:
    engine = transcriber(tmp_path, FakeRecogniser(["您"], timestamps=[]), PARAFORMER_TOKENS)
    with pytest.raises(ModelUnavailable, match="no times"):
        engine.transcribe(SILENCE, WINDOWS, "zh")


def test_family_and_file_of_a_folder(tmp_path: Path) -> None:
    assert checked_folder(model_folder(tmp_path / "a")).family == "sense-voice"
    both = model_folder(model_folder(tmp_path / "b", PARAFORMER_TOKENS), PARAFORMER_TOKENS, "model.onnx")
    assert checked_folder(both).family == "paraformer"
    assert checked_folder(both).model.name == "model.int8.onnx"


def broken(folder: Path, how: str) -> Path:
    model_folder(folder)
    tokens, model = folder / "tokens.txt", folder / "model.int8.onnx"
    if how == "no model":
        model.unlink()
    elif how == "lfs":
        model.write_text("version https://git-lfs.github.com/spec/v1\n")
    elif how == "empty model":
        model.write_bytes(b"")
    elif how == "no tokens":
        tokens.unlink()
    elif how == "empty tokens":
        tokens.write_text("")
    elif how == "bytes":
        tokens.write_bytes(b"\xff\xfe")
    else:
        tokens.write_text("<unk> 0\nhello\n")
    return folder


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ("no model", "no model file; expected model.int8.onnx or model.onnx"),
        ("lfs", "no ONNX model"),
        ("empty model", "no ONNX model"),
        ("no tokens", "cannot be read"),
        ("empty tokens", "is empty"),
        ("bytes", "UnicodeDecodeError"),
        ("line", "tokens.txt:2: 'hello'; expected a symbol and its number"),
    ],
)
def test_a_folder_that_is_no_model(tmp_path: Path, how: str, says: str) -> None:
    with pytest.raises(UsageError, match=says.replace(".", r"\.")):
        checked_folder(broken(tmp_path / "m", how))


def test_no_folder_and_no_setting(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names no folder"):
        checked_folder(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="CALLIBRATE_SHERPA_MODEL is not set"):
        SherpaTranscriber(Settings())


def test_without_the_package_the_fix_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", None)
    with pytest.raises(ModelUnavailable, match=r"callibrate\[sherpa\]"):
        load(checked_folder(model_folder(tmp_path / "m")), Settings())


class _Makers:
    """In place of the package: notes which constructor was called with what."""

    class OfflineRecognizer:
        @staticmethod
        def from_sense_voice(**options: Any) -> tuple[str, dict[str, Any]]:
            return "sense-voice", options

        @staticmethod
        def from_paraformer(**options: Any) -> tuple[str, dict[str, Any]]:
            return "paraformer", options


@pytest.mark.parametrize(("tokens", "family"), [(None, "sense-voice"), (PARAFORMER_TOKENS, "paraformer")])
def test_the_family_chooses_the_constructor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tokens: str | None, family: str
) -> None:
    monkeypatch.setitem(sys.modules, "sherpa_onnx", _Makers)
    folder = checked_folder(model_folder(tmp_path / "m", tokens) if tokens else model_folder(tmp_path / "m"))
    made: Any = load(folder, Settings(threads_per_worker=3))
    assert made[0] == family
    assert made[1]["num_threads"] == 3
    assert made[1]["tokens"].endswith("tokens.txt")
