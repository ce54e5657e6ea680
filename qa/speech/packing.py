"""Speech packed into few full windows for the recogniser, and its times brought back.

Silence costs as much to recognise as speech, and text is invented in it. Speech spans are laid one after another into
windows that end in a pause, and a word's time in a window is mapped back to the recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, Word, union

INTO_NEXT_S = 0.2
"""More than the margin of silence that a piece begins with."""
WINDOW_S = 15.0
"""The encoder's work grows with the square of the length; much shorter windows lack context and cut more sentences.

Longer ones lose fewer words but cost too much: 28 s with the pauses' own sound, decoded with timestamps and a second search
below a word probability of 0.1, gave 185 errors instead of 227 on 13 English mono calls (plain recognition 167) and 364 instead
of 396 on 8 Mandarin ones (338), for 1.3 times the processor time of recognition. For English alone they would do, but mono calls
then come to 11.7 times real time, and the same call reads otherwise on one channel than on two (11 of 242 words).
"""
_FILL = 0.6
"""A window may end when it is this full."""
PAUSE_S = 0.7
"""Beside the margins that spans of speech have. With 0 a tenth more words were wrong."""

_SHORT_S = 6.0
_MOMENT_S = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel, in order, that are recognised together, with silence between them.

    The silence is as long as the pause was, ``PAUSE_S`` at most: the recogniser hears sentences end by it. It is silence and
    not the recording's own sound, in which another leg may talk, or music play.
    """

    channel: int
    pieces: tuple[Span, ...]

    @property
    def _silences_s(self) -> list[float]:
        """After each piece."""
        return [*(min(PAUSE_S, b.start_s - a.end_s) for a, b in pairwise(self.pieces)), 0.0]

    @property
    def duration_s(self) -> float:
        return sum(piece.duration_s for piece in self.pieces) + sum(self._silences_s)

    def samples(self, channel: NDArray[np.int16], sample_rate_hz: int) -> NDArray[np.float32]:
        """The pieces' audio, joined, as floats in -1..1."""
        parts: list[NDArray[np.int16]] = []
        for piece, silence_s in zip(self.pieces, self._silences_s, strict=True):
            parts.append(channel[int(piece.start_s * sample_rate_hz) : int(piece.end_s * sample_rate_hz)])
            parts.append(np.zeros(int(silence_s * sample_rate_hz), dtype=np.int16))
        return np.concatenate(parts).astype(np.float32) / 32768.0

    def restore(self, start_s: float, end_s: float) -> Span:
        """The recording's time for a stretch of the window's time.

        A stretch over a cut belongs to the later piece when it reaches well into it: the recogniser's alignment lets a
        word begin where the one before it ended, so the first word after a cut seems to begin before the cut.
        """
        offset_s = 0.0
        for piece, silence_s in zip(self.pieces, self._silences_s, strict=True):
            last = piece is self.pieces[-1]
            if last or end_s <= offset_s + piece.duration_s + max(silence_s, INTO_NEXT_S):
                break
            offset_s += piece.duration_s + silence_s
        start = piece.start_s + min(max(start_s - offset_s, 0.0), piece.duration_s)
        end = piece.start_s + min(max(end_s - offset_s, 0.0), piece.duration_s)
        return Span(start, max(start, end))

    def restored(self, word: Word) -> Word:
        """A word of the window with its time in the recording, to the millisecond."""
        span = self.restore(word.start_s, word.end_s)
        return word.model_copy(update={"start_s": round(span.start_s, 3), "end_s": round(span.end_s, 3)})


def pack(spans: Sequence[Span], channel: int, *, window_s: float = WINDOW_S) -> list[Window]:
    """Lay speech spans into windows, each of which ends in the longest pause of its last part.

    A span longer than a window is cut into equal parts; spans that touch are one piece, unless a window ends there.
    """
    pieces = [piece for span in spans for piece in _cut(span, window_s)]
    pauses_s = [after.start_s - before.end_s for before, after in pairwise(pieces)]
    windows: list[Window] = []
    first = 0
    while first < len(pieces):
        last, filled_s = first, pieces[first].duration_s
        ends: list[tuple[float, int]] = []  # a piece that may be the last, by the pause after it
        while last + 1 < len(pieces):
            if filled_s >= _FILL * window_s:
                ends.append((pauses_s[last], last))
            filled_s += min(pauses_s[last], PAUSE_S) + pieces[last + 1].duration_s
            if filled_s > window_s:
                last = max(ends)[1] if ends else last
                break
            last += 1
        windows.append(Window(channel, tuple(union(pieces[first : last + 1]))))
        first = last + 1
    return windows


def _cut(span: Span, window_s: float) -> list[Span]:
    parts = max(1, int(np.ceil(span.duration_s / window_s)))
    step_s = span.duration_s / parts
    return [Span(span.start_s + i * step_s, span.start_s + (i + 1) * step_s) for i in range(parts)]


def in_two(span: Span, samples: NDArray[np.float32], sample_rate_hz: int) -> list[Span]:
    """A stretch of ``samples`` cut at the quietest moment of its middle half; a short one stays whole."""
    if span.duration_s < _SHORT_S:
        return [span]
    hop = int(_MOMENT_S * sample_rate_hz)
    first = int((span.start_s + span.duration_s / 4) * sample_rate_hz)
    middle = samples[first : first + int(span.duration_s / 2 * sample_rate_hz)]
    power = np.square(middle[: len(middle) // hop * hop]).reshape(-1, hop).mean(axis=1)
    cut_s = (first + (int(power.argmin()) + 0.5) * hop) / sample_rate_hz
    return [Span(span.start_s, cut_s), Span(cut_s, span.end_s)]
