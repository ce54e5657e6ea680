"""Short windows through Whisper: encoded at their own length, decoded several at a time, aligned word by word.

faster-whisper pads whatever it hears to Whisper's 30 s, and its encoder's work grows with the square of the length.
CTranslate2 takes shorter input: on one core of a server 16 s cost 0.4 s instead of 1.4. The text stays as good, provided that
a window ends in a pause, and that what is missing is decoded again (`qa.speech.transcribe`).

Windows are encoded one by one, as the attention of several at once leaves the processor's cache (a quarter slower on the
same core), and decoded together. Each is decoded greedily first. One whose words are doubtful or that leaves a hole is
searched with the full beam too, from the same encoder output, and the more complete text wins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.model import Language, Word
from qa.speech.guard import Segment, doubtful, more_complete

RATE_HZ = 16_000
_FRAME_HZ = 100
_LEAST_FRAMES, _MOST_FRAMES = 1000, 3000
"""With a much shorter context the decoder finds no end and says the same again: 5 s of Mandarin 14 times at 500 frames, twice
at 1000, once at 1500. On half of the sample calls a least of 1000 gave 216 errors of 2326, one of 1600 gave 244."""
_TAIL_FRAMES = 100
"""Emptiness after the last word."""
_TOKENS_PER_FRAME = 0.16
"""More than anybody says; without a bound a loop takes four times as long."""
_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the word after it, and before it; as in faster-whisper."""


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Windows of like length, by their ``indices``, and what the encoder made of them: (windows, positions, features)."""

    indices: list[int]
    durations_s: list[float]
    n_frames: int
    states: NDArray[np.float32]

    def only(self, rows: Sequence[int]) -> _Encoded:
        """Some of the windows, by their place in the batch."""
        return _Encoded(
            [self.indices[row] for row in rows],
            [self.durations_s[row] for row in rows],
            self.n_frames,
            self.states[list(rows)],
        )


class WindowDecoder:
    """A loaded ``faster_whisper.WhisperModel``, used window by window: no state goes from one to the next."""

    def __init__(self, model: Any, *, beam: int, batch: int) -> None:
        self._model, self._beam, self._batch = model, beam, batch

    def decode(
        self, audio: Sequence[NDArray[np.float32]], language: Language, hotwords: str | None = None
    ) -> list[Segment]:
        """One segment for each window of at most 30 s (16 kHz, -1..1), with times in the window's own seconds."""
        from faster_whisper.tokenizer import Tokenizer

        model = self._model
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
        prompt = model.get_prompt(tokenizer, [], without_timestamps=True, hotwords=hotwords)
        segments: list[Segment] = [Segment((), 0.0, 1.0)] * len(audio)
        for batch in self._encoded(audio):
            found = self._search(batch, tokenizer, prompt, beam=1)
            rows = [row for row, segment in enumerate(found) if doubtful(segment, batch.durations_s[row])]
            if self._beam > 1 and rows:
                searched = self._search(batch.only(rows), tokenizer, prompt, beam=self._beam)
                for row, segment in zip(rows, searched, strict=True):
                    found[row] = more_complete(found[row], segment, batch.durations_s[row])
            for i, segment in zip(batch.indices, found, strict=True):
                segments[i] = segment
        return segments

    def languages(self, audio: Sequence[NDArray[np.float32]]) -> list[dict[str, float]]:
        """The probability of each of Whisper's languages ("en", "zh", ...), by window."""
        ranked: list[dict[str, float]] = [{}] * len(audio)
        for batch in self._encoded(audio):
            for i, found in zip(batch.indices, self._model.model.detect_language(_view(batch)), strict=True):
                ranked[i] = {token.strip("<|>"): float(probability) for token, probability in found}
        return ranked

    def _search(self, batch: _Encoded, tokenizer: Any, prompt: list[int], *, beam: int) -> list[Segment]:
        """The text found by a beam search of this width, and its words with their times."""
        from faster_whisper.transcribe import get_suppressed_tokens

        model, encoded = self._model, _view(batch)
        results = model.model.generate(
            encoded,
            [prompt] * len(batch.indices),
            beam_size=beam,
            max_length=min(model.max_length, len(prompt) + int(batch.n_frames * _TOKENS_PER_FRAME)),
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
            return_scores=True,
            return_no_speech_prob=True,
        )
        texts = [
            [{"tokens": result.sequences_ids[0], "start": 0.0, "end": duration_s, "seek": 0}]
            for result, duration_s in zip(results, batch.durations_s, strict=True)
        ]
        spoken = [int(duration_s * _FRAME_HZ) for duration_s in batch.durations_s]
        model.add_word_timestamps(texts, tokenizer, encoded, spoken, _OPENING, _CLOSING, 0.0)
        segments = []
        for result, (text,) in zip(results, texts, strict=True):
            n_tokens = len(result.sequences_ids[0])
            mean_logprob = result.scores[0] * n_tokens / (n_tokens + 1)  # the end of the text is a token too
            segments.append(Segment(_words(text["words"]), float(mean_logprob), float(result.no_speech_prob)))
        return segments

    def _encoded(self, audio: Sequence[NDArray[np.float32]]) -> Iterator[_Encoded]:
        """Batches of windows of like length, longest first."""
        from faster_whisper.transcribe import get_ctranslate2_storage

        order = sorted(range(len(audio)), key=lambda i: -len(audio[i]))
        for start in range(0, len(order), self._batch):
            indices = order[start : start + self._batch]
            features = [self._model.feature_extractor(audio[i])[:, :-1] for i in indices]
            longest = features[0].shape[1] + _TAIL_FRAMES
            n_frames = min(_MOST_FRAMES, max(_LEAST_FRAMES, longest + longest % 2))
            states = []
            for found in features:
                padded = np.zeros((1, found.shape[0], n_frames), dtype=np.float32)
                padded[0, :, : found.shape[1]] = found[:, :n_frames]
                states.append(np.array(self._model.model.encode(get_ctranslate2_storage(padded), to_cpu=True)))
            yield _Encoded(indices, [len(audio[i]) / RATE_HZ for i in indices], n_frames, np.concatenate(states))


def _view(batch: _Encoded) -> Any:
    from faster_whisper.transcribe import get_ctranslate2_storage

    return get_ctranslate2_storage(batch.states)


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
