"""Speech to words by sherpa-onnx: SenseVoice or Paraformer from a local folder, for Mandarin with some English.

The folder is one of the released model folders of sherpa-onnx (``model.int8.onnx`` or ``model.onnx``, and ``tokens.txt``).
sherpa-onnx ends the process when it cannot read a model, so everything it would stumble over is looked at before.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Language, ModelUnavailable, Reason, RecordingRefused, UsageError, Word
from qa.settings import Settings
from qa.speech import guard
from qa.speech.packing import Window
from qa.speech.pieces import NOT_GIVEN, join_pieces, plain
from qa.speech.transcribe import NO_HOTWORDS, ChannelWord, Transcript

Family = Literal["sense-voice", "paraformer"]
_MODEL_FILES = ("model.int8.onnx", "model.onnx")
_ONNX_FIRST_BYTE = b"\x08"
"""An ONNX file begins with its version field. A page of text or a Git LFS pointer saved in its place does not."""
_SENSE_VOICE_MARK = "<|zh|>"
_OTHER_LANGUAGE = 0.5
_HAN = re.compile(r"[\u3400-\u9fff]")


class Recogniser(Protocol):
    """What we use of ``sherpa_onnx.OfflineRecognizer``."""

    def create_stream(self) -> Any: ...
    def decode_streams(self, streams: list[Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class SherpaFolder:
    """A checked model folder."""

    model: Path
    tokens: Path
    family: Family


class SherpaTranscriber:
    """SenseVoice or Paraformer over full windows. SenseVoice hears the language itself, whatever it is told.

    Tests give a ``recogniser`` of their own; otherwise it is made from the folder of the settings. Hot words are left
    aside: neither model takes any.
    """

    sample_rate_hz = 16_000

    def __init__(self, settings: Settings, recogniser: Recogniser | None = None) -> None:
        folder = checked_folder(settings.sherpa_model)
        self._folder = folder
        self._recogniser = recogniser or load(folder, settings)
        self._batch = settings.whisper_batch
        self.provenance: dict[str, Any] = {
            "engine": "sherpa-onnx",
            "model": folder.model.parent.name,
            "file": folder.model.name,
            "family": folder.family,
            "confidence": "as given by the model",
        }

    def transcribe(
        self,
        channels: NDArray[np.int16],
        windows: Sequence[Window],
        language: Language | None,
        hotwords: Mapping[Language, str] = NO_HOTWORDS,
    ) -> Transcript:
        """Recognise ``windows``, cut from ``channels`` (channels, samples) at 16 kHz.

        Raises ``RecordingRefused`` (unsupported_language) when most of the speech is neither English nor Mandarin, and
        ``ModelUnavailable`` for a model that gives no times.
        """
        if not windows:
            return Transcript((), language or "en", 0.0)
        results = self._recognise(channels, windows)
        probability = 1.0
        if language is None:
            language, probability = _language(windows, results)
        found: list[ChannelWord] = []
        for window, result in zip(windows, results, strict=True):
            segment = guard.Segment(tuple(self._words(result, window.duration_s)), 0.0, 0.0)
            found += [ChannelWord(window.channel, window.restored(word)) for word in guard.keep_words([segment])]
        found.sort(key=lambda item: (item.word.start_s, item.word.end_s))
        return Transcript(tuple(found), language, probability)

    def _recognise(self, channels: NDArray[np.int16], windows: Sequence[Window]) -> list[Any]:
        """The recogniser's answers by window; the audio of one batch at a time is held."""
        results: list[Any] = []
        for start in range(0, len(windows), self._batch):
            streams = []
            for window in windows[start : start + self._batch]:
                stream = self._recogniser.create_stream()
                stream.accept_waveform(
                    self.sample_rate_hz, window.samples(channels[window.channel], self.sample_rate_hz)
                )
                streams.append(stream)
            self._recogniser.decode_streams(streams)
            results += [stream.result for stream in streams]
        return results

    def _words(self, result: Any, window_s: float) -> list[Word]:
        """The words of one window, in its own seconds."""
        if len(result.timestamps) != len(result.tokens):
            raise ModelUnavailable(
                "the model gives no times for its words",
                where=str(self._folder.model),
                expected="SenseVoice, or a Paraformer exported with timestamps (2023-09-14 or later)",
            )
        logs = list(getattr(result, "ys_log_probs", ()))
        if len(logs) == len(result.tokens):
            confidences = [min(1.0, math.exp(value)) for value in logs]
        else:
            confidences = [NOT_GIVEN] * len(result.tokens)
            self.provenance["confidence"] = "not given"
        by_suffix = self._folder.family == "paraformer"
        return join_pieces(result.tokens, result.timestamps, confidences, window_s, joined_by_suffix=by_suffix)


def checked_folder(path: Path | None) -> SherpaFolder:
    """The files of a model folder; raises ``UsageError`` for what is missing or is not what its name says."""
    setting = "CALLIBRATE_SHERPA_MODEL"
    expected = f"a folder with {' or '.join(_MODEL_FILES)}, and tokens.txt"
    if path is None:
        raise UsageError(f"{setting} is not set", expected=expected, fix="docs/engines.md says where models come from.")
    folder = path.expanduser()
    if not folder.is_dir():
        raise UsageError(f"{setting} names no folder", where=str(folder), expected=expected)
    model = next((folder / name for name in _MODEL_FILES if (folder / name).is_file()), None)
    if model is None:
        raise UsageError("no model file", where=str(folder), expected=" or ".join(_MODEL_FILES))
    with model.open("rb") as stream:
        if stream.read(1) != _ONNX_FIRST_BYTE:
            raise UsageError("this is no ONNX model", where=str(model), fix="Download it again (with Git LFS).")
    tokens = folder / "tokens.txt"
    return SherpaFolder(model, tokens, _family(tokens))


def load(folder: SherpaFolder, settings: Settings) -> Recogniser:
    """The recogniser of a checked folder; raises ``ModelUnavailable`` when sherpa-onnx is not installed."""
    try:
        import sherpa_onnx
    except ImportError:
        raise ModelUnavailable("sherpa-onnx is not installed", fix="pip install 'callibrate[sherpa]'") from None
    options = {
        "tokens": str(folder.tokens),
        "num_threads": settings.threads_per_worker,
        "provider": "cuda" if settings.device == "cuda" else "cpu",
    }
    make = sherpa_onnx.OfflineRecognizer
    recogniser: Recogniser
    if folder.family == "sense-voice":
        recogniser = make.from_sense_voice(model=str(folder.model), language="auto", use_itn=True, **options)
    else:
        recogniser = make.from_paraformer(paraformer=str(folder.model), **options)
    return recogniser


def _family(tokens: Path) -> Family:
    """SenseVoice's vocabulary has language tags, Paraformer's has none."""
    try:
        lines = tokens.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot be read ({type(error).__name__})", where=str(tokens), expected="tokens.txt of the model"
        ) from None
    for number, line in enumerate(lines, start=1):
        # The symbol itself may be a space, so the line is read from its end.
        if not re.search(r"(?:^|\s)\d+$", line):
            raise UsageError(f"{line[:40]!r}", where=f"{tokens}:{number}", expected="a symbol and its number")
    if not lines:
        raise UsageError("is empty", where=str(tokens), expected="a symbol and its number on each line")
    return "sense-voice" if any(line.split(maxsplit=1)[0] == _SENSE_VOICE_MARK for line in lines) else "paraformer"


def _language(windows: Sequence[Window], results: Sequence[Any]) -> tuple[Language, float]:
    """The language of most speech, with its share: by SenseVoice's tag, or by the script where a model gives none."""
    shares: dict[str, float] = {}
    for window, result in zip(windows, results, strict=True):
        text = "".join(result.tokens)
        if not plain(text).strip():
            continue
        heard = result.lang.strip("<|>") if result.lang else ("zh" if _HAN.search(text) else "en")
        shares[heard] = shares.get(heard, 0.0) + window.duration_s
    total = sum(shares.values())
    if not total:
        return "en", 0.0
    name, seconds = max(shares.items(), key=lambda item: item[1])
    if name not in ("en", "zh") and seconds > _OTHER_LANGUAGE * total:
        raise RecordingRefused(
            Reason.UNSUPPORTED_LANGUAGE,
            f"the speech sounds like {name!r}",
            expected="en or zh",
            fix="If that is wrong, name the language in the manifest.",
        )
    english, mandarin = shares.get("en", 0.0), shares.get("zh", 0.0)
    return ("zh", mandarin / total) if mandarin >= english else ("en", english / total)
