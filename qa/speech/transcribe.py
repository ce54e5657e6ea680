"""Speech to words, by faster-whisper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import Language, Reason, RecordingRefused, Word
from qa.settings import Settings
from qa.speech import guard, models
from qa.speech.packing import Window

_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_LANGUAGE_WINDOWS = 4
_SEEK_HZ = 100
_GROUP = 16
_CAREFUL_BEAM = 5
"""Beam of the second try."""
_OTHER_LANGUAGE = 0.8
"""A recording is refused only when the model is this sure that it hears neither English nor Mandarin."""

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
        from faster_whisper import BatchedInferencePipeline, WhisperModel

        name = settings.whisper_model
        source = str(models.whisper_folder(settings)) if name == "bundled-base" else name
        device, compute_type = device_and_type(settings)
        self._model: Any = WhisperModel(
            source, device=device, compute_type=compute_type, cpu_threads=settings.threads_per_worker
        )
        self._batched: Any = BatchedInferencePipeline(self._model)
        self._beam, self._batch = settings.whisper_beam, settings.whisper_batch
        self.provenance: dict[str, Any] = {
            "engine": "faster-whisper",
            "model": name,
            "compute_type": compute_type,
            "device": device,
            "beam": self._beam,
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
            for window, segments in zip(group, self._recognise(audio, language, hotwords.get(language)), strict=True):
                for word in guard.keep_words(segments):
                    span = window.restore(word.start_s, word.end_s)
                    timed = word.model_copy(update={"start_s": round(span.start_s, 3), "end_s": round(span.end_s, 3)})
                    found.append(ChannelWord(window.channel, timed))
        found.sort(key=lambda item: (item.word.start_s, item.word.end_s))
        return Transcript(tuple(found), language, probability)

    def _audio(self, channels: NDArray[np.int16], windows: Sequence[Window]) -> list[NDArray[np.float32]]:
        return [window.samples(channels[window.channel], self.sample_rate_hz) for window in windows]

    def _recognise(
        self, audio: list[NDArray[np.float32]], language: Language, hotwords: str | None
    ) -> list[list[guard.Segment]]:
        """Segments by window, with times in the window's own seconds."""
        options = {
            "language": language,
            "beam_size": self._beam,
            "word_timestamps": True,
            "condition_on_previous_text": False,
            "hotwords": hotwords,
        }
        starts = np.cumsum([0.0] + [len(a) / self.sample_rate_hz for a in audio])
        clips = [{"start": float(a), "end": float(b)} for a, b in pairwise(starts)]
        segments, _ = self._batched.transcribe(
            np.concatenate(audio), clip_timestamps=clips, batch_size=self._batch, vad_filter=False, **options
        )
        by_window: list[list[guard.Segment]] = [[] for _ in audio]
        for segment in segments:
            # `seek` is the window's start in 10 ms frames, cut off after floating-point error: up to two frames early.
            index = int(np.searchsorted(starts, (segment.seek + 2) / _SEEK_HZ, side="right")) - 1
            by_window[index].append(_segment(segment, float(starts[index])))
        for index, found in enumerate(by_window):
            looped = guard.looks_looped(found)
            if looped or guard.looks_lost(found, len(audio[index]) / self.sample_rate_hz):
                careful = self._once_more(audio[index], options)
                if looped or guard.n_timed(careful) > guard.n_timed(found):
                    by_window[index] = careful
        return by_window

    def _once_more(self, samples: NDArray[np.float32], options: dict[str, Any]) -> list[guard.Segment]:
        """One window alone, with a wide beam; without Whisper's higher temperatures, which invent where nobody speaks."""
        options = {**options, "beam_size": _CAREFUL_BEAM, "temperature": 0.0, "vad_filter": False}
        segments, _ = self._model.transcribe(samples, **options)
        return [_segment(segment, 0.0) for segment in segments]

    def _language(self, channels: NDArray[np.int16], windows: Sequence[Window]) -> tuple[Language, float]:
        """English or Mandarin, from the model's probabilities over the first windows, weighed by their length."""
        total = dict.fromkeys(_LANGUAGES, 0.0)
        other: dict[str, float] = {}
        weight = 0.0
        for samples in self._audio(channels, windows):
            _, _, ranked = self._model.detect_language(samples)
            for name, probability in ranked:
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


def _segment(segment: Any, offset_s: float) -> guard.Segment:
    words = tuple(
        Word(
            text=word.word.strip(),
            start_s=max(0.0, float(word.start) - offset_s),
            end_s=max(0.0, float(word.end) - offset_s),
            confidence=min(1.0, max(0.0, float(word.probability))),
        )
        for word in segment.words or ()
        if word.word.strip()
    )
    return guard.Segment(words, float(segment.avg_logprob), float(segment.no_speech_prob))
