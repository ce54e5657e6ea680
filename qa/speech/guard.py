"""Against invented and lost words: loops, text that the recogniser does not believe, speech that it passed over."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from qa.model import Span, Word, total_s

_NO_SPEECH = 0.3
"""Over music, windows of 15 s say 0.32 to 0.83, and those of speech up to 0.35: no sign by itself."""
_UNSURE_LOGPROB = -1.0
_UNBELIEVED = 0.2
"""Mean word probability. Over 360 s of music, tones and noise, without the gate, Whisper base's words lie below 0.15 (loops
apart); its segments of real speech (en-01, zh-04) lie above 0.75."""
_COMPRESSION = 2.4
"""Whisper's own bound: text that compresses better than this repeats itself."""
_LOOP_MIN_WORDS = 6
_SHORT_PHRASE, _LONGEST_PHRASE = 8, 30
_SHORTEST_WORD_S = 0.02
_LOST_S = 1.5
"""A window holds speech without its longer pauses: so long without a word means that words are missing."""
_STRETCHED_S = 2.0
"""A word longer than this covers what is missing ..."""
_LONG_WORD_S = 0.6
"""... and counts as this long."""
_DOUBTED_WORD = 0.2
"""The least sure word after a greedy search. Errors of 4726 words and characters on all sample calls (of 2230 on the mono
ones), and processor seconds of decoding, beside 64 of encoding: greedy alone 411 (220), 59 s; this 381 (203), 81 s; from 0.4
367 (205), 121 s; from 0.6 360 (204), 156 s; a beam of 5 for every window, without a greedy search, 362 (206), 115 s; one of 2
386 (219), 72 s. faster-whisper's own sequential beam of 5: (198) on mono."""
_AS_COMPLETE_S = 0.5
_REACH_S = 0.1
"""Word times are not better than this."""
_SQUEEZED_WORDS = 5
_SPARSE_FROM_S = 5.0
_SPARSEST_WORD_S = 4.0
"""Slow speech brings a word or character every second; over music Whisper puts an interjection into each window."""


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


def holes(words: Sequence[Word], duration_s: float) -> list[Span]:
    """Stretches of a window of speech that no word covers, so that words are missing; none when there is no word at all,
    as then nothing in it is believed, and a second look would only invent something else.
    """
    if not words:
        return []
    found: list[Span] = []
    covered_s = 0.0
    for word in sorted(words, key=lambda word: word.start_s):
        found.append(Span(covered_s, max(covered_s, word.start_s)))
        stretched = word.end_s - word.start_s > _STRETCHED_S
        covered_s = max(covered_s, word.start_s + _LONG_WORD_S if stretched else word.end_s)
    found.append(Span(covered_s, max(covered_s, duration_s)))
    return [
        Span(max(0.0, hole.start_s - _REACH_S), min(duration_s, hole.end_s + _REACH_S))
        for hole in found
        if hole.duration_s > _LOST_S
    ]


def well_placed(words: Sequence[Word], duration_s: float) -> list[Word]:
    """Without the words that share one moment because the alignment collapsed, where a hole shows that they belong there."""
    timed = [word for word in words if word.end_s - word.start_s >= _SHORTEST_WORD_S]
    collapsed = len(words) - len(timed) >= _SQUEEZED_WORDS and holes(timed, duration_s)
    return timed if collapsed else list(words)


def doubtful(segment: Segment, duration_s: float) -> bool:
    """True when a greedy search's text deserves a wider one: a word hardly believed, or speech without words."""
    least = min((word.confidence for word in segment.words), default=0.0)
    return least < _DOUBTED_WORD or _missing_s(segment, duration_s) > 0


def more_complete(first: Segment, second: Segment, duration_s: float) -> Segment:
    """The second, unless it leaves out more of the window: a wider search likes to end early."""
    lost_s = _missing_s(second, duration_s) - _missing_s(first, duration_s)
    return second if lost_s <= _AS_COMPLETE_S else first


def _missing_s(segment: Segment, duration_s: float) -> float:
    """Seconds of the window that no word worth keeping covers; all of it when there is none."""
    kept = keep_words([segment])
    return total_s(holes(well_placed(kept, duration_s), duration_s)) if kept else duration_s


def too_sparse(words: Sequence[Word], duration_s: float) -> bool:
    """True when a window of what was taken for speech holds so few words that it was none; a word repeated is one."""
    n_different = sum(1 for _ in groupby(words, key=lambda word: _key([word])))
    return duration_s >= _SPARSE_FROM_S and n_different * _SPARSEST_WORD_S < duration_s


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
    only_a_loop = 4 * len(without_loops(segment.words)) <= len(segment.words)
    if segment.no_speech > _NO_SPEECH and segment.words and (only_a_loop or looks_looped([segment])):
        return True
    return segment.mean_confidence < _UNBELIEVED


def without_loops(words: Sequence[Word]) -> list[Word]:
    """Drop every further round of a phrase of 1 to 8 words said at least four times running, or of 9 to 30 three times.

    People do say "no no no" and "对对对"; a loop is longer than what anybody says and covers at least six words.
    """
    kept = list(words)
    for size in range(1, _LONGEST_PHRASE + 1):
        least = 4 if size <= _SHORT_PHRASE else 3
        start = 0
        while start + 2 * size <= len(kept):
            phrase = _key(kept[start : start + size])
            rounds = 1
            while _key(kept[start + rounds * size : start + (rounds + 1) * size]) == phrase:
                rounds += 1
            if rounds >= least and rounds * size >= _LOOP_MIN_WORDS:
                del kept[start + size : start + rounds * size]
            start += 1
    return kept


def _key(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.text.lower().strip(".,!?。，！？、") for word in words)
