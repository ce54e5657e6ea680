"""Short windows through Whisper: encoded at their own length, decoded several at a time, aligned word by word.

faster-whisper pads whatever it hears to Whisper's 30 s, and its encoder's work grows with the square of the length (two
thirds of all recognition, on a processor). CTranslate2 takes shorter input: on one core of a server 15 s cost 0.19 s instead
of 0.74. The text stays as good, provided that a window ends in a pause, and that what is missing is decoded again
(`qa.speech.transcribe`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.model import Language, Word
from qa.speech.guard import Segment

RATE_HZ = 16_000
_FRAME_HZ = 100
_LEAST_FRAMES, _MOST_FRAMES = 1600, 3000
"""With a context shorter than this the decoder finds no end and says the same again: 5 s of Mandarin 14 times at 500 frames,
twice at 1000, once at 1500."""
_TAIL_FRAMES = 100
"""Emptiness after the last word."""
_TOKENS_PER_FRAME = 0.16
"""More than anybody says; without a bound a loop takes four times as long."""
_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the word after it, and before it; as in faster-whisper."""


class WindowDecoder:
    """A loaded ``faster_whisper.WhisperModel``, used window by window: no state goes from one to the next."""

    def __init__(self, model: Any, *, beam: int, batch: int) -> None:
        self._model, self._beam, self._batch = model, beam, batch

    def decode(
        self, audio: Sequence[NDArray[np.float32]], language: Language, hotwords: str | None = None
    ) -> list[Segment]:
        """One segment for each window of at most 30 s (16 kHz, -1..1), with times in the window's own seconds."""
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        model = self._model
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
        prompt = model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=hotwords)
        suppressed = get_suppressed_tokens(tokenizer, [-1])
        segments: list[Segment] = [Segment((), 0.0, 1.0)] * len(audio)
        for indices, n_frames, encoded in self._encoded(audio):
            results = model.model.generate(
                encoded,
                [prompt] * len(indices),
                beam_size=self._beam,
                max_length=min(model.max_length, len(prompt) + int(n_frames * _TOKENS_PER_FRAME)),
                suppress_tokens=suppressed,
                return_scores=True,
                return_no_speech_prob=True,
            )
            durations_s = [len(audio[i]) / RATE_HZ for i in indices]
            texts = [
                [{"tokens": result.sequences_ids[0], "start": 0.0, "end": duration_s, "seek": 0}]
                for result, duration_s in zip(results, durations_s, strict=True)
            ]
            spoken = [int(duration_s * _FRAME_HZ) for duration_s in durations_s]
            model.add_word_timestamps(texts, tokenizer, encoded, spoken, _OPENING, _CLOSING, 0.0)
            for i, result, (text,) in zip(indices, results, texts, strict=True):
                n_tokens = len(result.sequences_ids[0])
                mean_logprob = result.scores[0] * n_tokens / (n_tokens + 1)  # the end of the text is a token too
                segments[i] = Segment(_words(text["words"]), float(mean_logprob), float(result.no_speech_prob))
        return segments

    def languages(self, audio: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        """The probability of each of Whisper's languages ("en", "zh", ...), by window."""
        ranked: list[dict[str, float]] = [{}] * len(audio)
        for indices, _, encoded in self._encoded(audio):
            for i, found in zip(indices, self._model.model.detect_language(encoded), strict=True):
                ranked[i] = {token.strip("<|>"): float(probability) for token, probability in found}
        return ranked

    def _encoded(self, audio: Sequence[NDArray[np.float32]]) -> Iterator[tuple[list[int], int, Any]]:
        """Batches of windows of like length, longest first: their indices, frames, and what the encoder made of them."""
        order = sorted(range(len(audio)), key=lambda i: -len(audio[i]))
        for start in range(0, len(order), self._batch):
            indices = order[start : start + self._batch]
            features = [self._model.feature_extractor(audio[i])[:, :-1] for i in indices]
            longest = features[0].shape[1] + _TAIL_FRAMES
            n_frames = min(_MOST_FRAMES, max(_LEAST_FRAMES, longest + longest % 2))
            padded = np.zeros((len(indices), features[0].shape[0], n_frames), dtype=np.float32)
            for row, found in zip(padded, features, strict=True):
                row[:, : found.shape[1]] = found[:, :n_frames]
            yield indices, n_frames, self._model.encode(padded)


def _words(found: Sequence[dict[str, Any]]) -> tuple[Word, ...]:
    return tuple(
        Word(
            text=word["word"].strip(),
            start_s=max(0.0, float(word["start"])),
            end_s=max(0.0, float(word["start"]), float(word["end"])),
            confidence=min(1.0, max(0.0, float(word["probability"]))),
        )
        for word in found
        if word["word"].strip()
    )
