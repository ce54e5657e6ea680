"""Speech to words, by faster-whisper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Language, Reason, RecordingRefused, Span, Word
from qa.settings import Settings
from qa.speech import guard, memory, models
from qa.speech.decoding import WindowDecoder
from qa.speech.packing import Window, in_two

_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_LANGUAGE_WINDOWS = 4
_GROUP = 32
_SURE_AGAIN = 0.35
"""Mean word probability. What was left out may be a breath or a noise: a second look must be surer than the first."""
_OTHER_LANGUAGE = 0.8
"""A recording is refused only when the model is this sure that it hears neither English nor Mandarin."""
_NEARLY_ALL = 0.8

NO_HOTWORDS: Mapping[Language, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChannelWord:
    """A word with the channel on which it was heard."""

    channel: int
    word: Word


@dataclass(frozen=True, slots=True)
class Transcript:
    """Words in order of their start, over all channels."""

    words: tuple[ChannelWord, ...]
    language: Language
    language_probability: float


class Transcriber(Protocol):
    """Turns packed speech into words with times and probabilities.

    ``hotwords`` are words to expect, by language; an engine that cannot use them leaves them aside.
    """

    provenance: dict[str, Any]

    def transcribe(
        self,
        channels: NDArray[np.int16],
        windows: Sequence[Window],
        language: Language | None,
        hotwords: Mapping[Language, str] = NO_HOTWORDS,
    ) -> Transcript: ...


class WhisperTranscriber:
    """faster-whisper over full windows, several at a time. ``language=None`` finds out between English and Mandarin."""

    sample_rate_hz = 16_000

    def __init__(self, settings: Settings) -> None:
        from faster_whisper import WhisperModel

        name = settings.whisper_model
        source = str(models.whisper_folder(settings)) if name == "bundled-base" else name
        device, compute_type = device_and_type(settings)
        model = WhisperModel(source, device=device, compute_type=compute_type, cpu_threads=settings.threads_per_worker)
        self._decoder = WindowDecoder(model, beam=settings.whisper_beam, batch=settings.whisper_batch)
        self.provenance: dict[str, Any] = {
            "engine": "faster-whisper",
            "model": name,
            "compute_type": compute_type,
            "device": device,
            "beam": settings.whisper_beam,
        }

    def transcribe(
        self,
        channels: NDArray[np.int16],
        windows: Sequence[Window],
        language: Language | None,
        hotwords: Mapping[Language, str] = NO_HOTWORDS,
    ) -> Transcript:
        """Recognise ``windows``, cut from ``channels`` (channels, samples) at 16 kHz.

        Raises ``RecordingRefused`` (unsupported_language) when the speech is surely neither English nor Mandarin.
        """
        if not windows:
            return Transcript((), language or "en", 0.0)
        probability = 1.0
        if language is None:
            language, probability = self._language(channels, windows[:_LANGUAGE_WINDOWS])
        found: list[ChannelWord] = []
        # In groups: the features of a four-hour recording at once would take gigabytes.
        for start in range(0, len(windows), _GROUP):
            group = windows[start : start + _GROUP]
            audio = self._audio(channels, group)
            memory.let_go(channels)
            for window, words in zip(group, self._recognise(audio, language, hotwords.get(language)), strict=True):
                found += [ChannelWord(window.channel, window.restored(word)) for word in words]
        found.sort(key=lambda item: (item.word.start_s, item.word.end_s))
        return Transcript(tuple(found), language, probability)

    def _audio(self, channels: NDArray[np.int16], windows: Sequence[Window]) -> list[NDArray[np.float32]]:
        return [window.samples(channels[window.channel], self.sample_rate_hz) for window in windows]

    def _recognise(
        self, audio: Sequence[NDArray[np.float32]], language: Language, hotwords: str | None
    ) -> list[list[Word]]:
        """The words worth keeping by window, with times in the window's own seconds.

        Whisper likes to end after the first of several speakers, or to loop. What it left out is decoded again, from
        where the words end.
        """
        rate_hz = self.sample_rate_hz
        words: list[list[Word]] = [[] for _ in audio]
        stretches = [(i, Span(0.0, len(samples) / rate_hz)) for i, samples in enumerate(audio)]
        for again in (False, True, True):
            cut = [audio[i][int(s.start_s * rate_hz) : int(s.end_s * rate_hz)] for i, s in stretches]
            left_out: list[tuple[int, Span]] = []
            for (i, stretch), segment in zip(stretches, self._decoder.decode(cut, language, hotwords), strict=True):
                if again and segment.mean_confidence < _SURE_AGAIN:
                    continue
                kept = guard.well_placed(guard.keep_words([segment]), stretch.duration_s)
                words[i] += [_later(word, stretch.start_s) for word in kept]
                for hole in guard.holes(kept, stretch.duration_s):
                    hole = Span(stretch.start_s + hole.start_s, stretch.start_s + hole.end_s)
                    # The same sound gives the same text, so what is left of nearly all must be cut.
                    whole = hole.duration_s > _NEARLY_ALL * stretch.duration_s
                    left_out += [(i, part) for part in (in_two(hole, audio[i], rate_hz) if whole else [hole])]
            stretches = left_out
            if not stretches:
                break
        lengths_s = [len(samples) / rate_hz for samples in audio]
        return [[] if guard.too_sparse(w, s) else w for w, s in zip(words, lengths_s, strict=True)]

    def _language(self, channels: NDArray[np.int16], windows: Sequence[Window]) -> tuple[Language, float]:
        """English or Mandarin, from the model's probabilities over the first windows, weighed by their length."""
        total: dict[str, float] = dict.fromkeys(_LANGUAGES, 0.0)
        other: dict[str, float] = {}
        weight = 0.0
        audio = self._audio(channels, windows)
        for samples, ranked in zip(audio, self._decoder.languages(audio), strict=True):
            for name, probability in ranked.items():
                where = total if name in total else other
                where[name] = where.get(name, 0.0) + probability * len(samples)
            weight += len(samples)
        foreign = max(other.items(), key=lambda item: item[1], default=("", 0.0))
        if foreign[1] > _OTHER_LANGUAGE * weight:
            raise RecordingRefused(
                Reason.UNSUPPORTED_LANGUAGE,
                f"the speech sounds like {foreign[0]!r}",
                expected="en or zh",
                fix="If that is wrong, name the language in the manifest.",
            )
        language = max(_LANGUAGES, key=lambda name: total[name])
        return language, total[language] / (sum(total.values()) or 1.0)


def device_and_type(settings: Settings) -> tuple[str, str]:
    """The device to use and the arithmetic that suits it: float16 on a GPU, 8-bit integers on a processor."""
    import ctranslate2

    device = settings.device
    if device == "auto":
        device = "cuda" if ctranslate2.get_cuda_device_count() > 0 else "cpu"
    compute_type = settings.whisper_compute_type
    if compute_type == "auto":
        compute_type = "float16" if device == "cuda" else "int8"
    return device, compute_type


def _later(word: Word, by_s: float) -> Word:
    return word.model_copy(update={"start_s": word.start_s + by_s, "end_s": word.end_s + by_s})
