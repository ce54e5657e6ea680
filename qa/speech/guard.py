"""Against invented and lost words: loops, text that the recogniser does not believe, speech that it passed over."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from qa.model import Word

_NO_SPEECH = 0.6
_UNSURE_LOGPROB = -1.0
_UNBELIEVED = 0.2
"""Mean word probability. Over 360 s of music, tones and noise, without the gate, Whisper base's words lie below 0.15 (loops
apart); its segments of real speech (en-01, zh-04) lie above 0.75."""
_LOOP_NO_SPEECH = 0.5
_COMPRESSION = 2.4
"""Whisper's own bound: text that compresses better than this repeats itself."""
_LOOP_MIN_WORDS = 6
_SHORTEST_WORD_S = 0.02
_LOST_S = 2.0
"""A window holds speech without its pauses: so long without a word means that words are missing."""
_STRETCHED_S = 3.0
_SQUEEZED_WORDS = 5


@dataclass(frozen=True, slots=True)
class Segment:
    """What the recogniser gave for a stretch: words, mean log probability, probability that nobody speaks."""

    words: tuple[Word, ...]
    mean_logprob: float
    no_speech: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def mean_confidence(self) -> float:
        return sum(word.confidence for word in self.words) / (len(self.words) or 1)


def looks_looped(segments: Sequence[Segment]) -> bool:
    """True when the text repeats itself so much that it is a decoding loop."""
    text = " ".join(segment.text for segment in segments).encode()
    return len(text) > 60 and len(text) / len(zlib.compress(text)) > _COMPRESSION


def looks_lost(segments: Sequence[Segment], duration_s: float) -> bool:
    """True when a window of packed speech has words and yet a stretch without any, or words without a time of their own.

    Decoding several windows at once has no second try: now and then the text ends early, or its alignment collapses and
    many words share one moment. Both leave a hole.
    """
    if not keep_words(segments):
        return False  # nothing in it is believed: a second try would only invent something else
    words = [word for segment in segments for word in segment.words]
    edges = [0.0, *(time_s for word in words for time_s in (word.start_s, word.end_s)), duration_s]
    holes = [after - before for before, after in zip(edges[::2], edges[1::2], strict=True)]
    squeezed = sum(word.end_s - word.start_s < _SHORTEST_WORD_S for word in words)
    stretched = any(word.end_s - word.start_s > _STRETCHED_S for word in words)
    return max(holes) > _LOST_S or stretched or squeezed >= _SQUEEZED_WORDS


def n_timed(segments: Sequence[Segment]) -> int:
    """How many characters stand in words that have a time of their own."""
    words = [word for segment in segments for word in segment.words]
    return sum(len(word.text) for word in words if word.end_s - word.start_s >= _SHORTEST_WORD_S)


def keep_words(segments: Sequence[Segment]) -> list[Word]:
    """The words worth keeping, loops reduced to one round."""
    words: list[Word] = []
    for segment in segments:
        if not _invented(segment):
            words += segment.words
    return without_loops([w for w in words if w.end_s - w.start_s >= _SHORTEST_WORD_S or w.confidence > 0.3])


def _invented(segment: Segment) -> bool:
    """Text where nobody speaks: by rules about probabilities, never by a list of phrases, which people do say."""
    if segment.no_speech > _NO_SPEECH and segment.mean_logprob < _UNSURE_LOGPROB:
        return True
    if segment.no_speech > _LOOP_NO_SPEECH and looks_looped([segment]):
        return True
    return segment.mean_confidence < _UNBELIEVED


def without_loops(words: Sequence[Word]) -> list[Word]:
    """Drop every further round of a phrase (1 to 8 words) said at least four times running.

    People do say "no no no" and "对对对"; a loop is longer than what anybody says and covers at least six words.
    """
    kept = list(words)
    for size in range(1, 9):
        start = 0
        while start + 2 * size <= len(kept):
            phrase = _key(kept[start : start + size])
            rounds = 1
            while _key(kept[start + rounds * size : start + (rounds + 1) * size]) == phrase:
                rounds += 1
            if rounds >= 4 and rounds * size >= _LOOP_MIN_WORDS:
                del kept[start + size : start + rounds * size]
            start += 1
    return kept


def _key(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text.lower().strip(".,!?。，！？、") for word in words)
