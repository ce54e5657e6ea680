"""Speech packed into few full windows for the recogniser, and its times brought back.

Whisper always encodes 30 s, so a window that is half silence costs as much as a full one. Speech spans are laid one
after another into windows, and a word's time in a window is mapped back to the recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.model import Span

INTO_NEXT_S = 0.2
"""More than the margin of silence that a piece begins with."""
WINDOW_S = 28.0
"""Just under Whisper's 30 s, so that rounding never cuts a word."""


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel, in order, that are recognised together; at most ``WINDOW_S`` long."""

    channel: int
    pieces: tuple[Span, ...]

    @property
    def duration_s(self) -> float:
        return sum(piece.duration_s for piece in self.pieces)

    def samples(self, channel: NDArray[np.int16], sample_rate_hz: int) -> NDArray[np.float32]:
        """The pieces' audio, joined, as floats in -1..1."""
        parts = [channel[int(p.start_s * sample_rate_hz) : int(p.end_s * sample_rate_hz)] for p in self.pieces]
        return np.concatenate(parts).astype(np.float32) / 32768.0

    def restore(self, start_s: float, end_s: float) -> Span:
        """The recording's time for a stretch of the window's time.

        A stretch over a cut belongs to the later piece when it reaches well into it: the recogniser's alignment lets a
        word begin where the one before it ended, so the first word after a cut seems to begin before the cut.
        """
        offset_s = 0.0
        for last, piece in ((i + 1 == len(self.pieces), piece) for i, piece in enumerate(self.pieces)):
            if last or end_s <= offset_s + piece.duration_s + INTO_NEXT_S:
                break
            offset_s += piece.duration_s
        start = piece.start_s + min(max(start_s - offset_s, 0.0), piece.duration_s)
        end = piece.start_s + min(max(end_s - offset_s, 0.0), piece.duration_s)
        return Span(start, max(start, end))


def pack(spans: Sequence[Span], channel: int, *, window_s: float = WINDOW_S) -> list[Window]:
    """Lay speech spans into windows; a span longer than a window is cut into equal parts."""
    windows: list[Window] = []
    pieces: list[Span] = []
    filled_s = 0.0
    for span in spans:
        for piece in _cut(span, window_s):
            if pieces and filled_s + piece.duration_s > window_s:
                windows.append(Window(channel, tuple(pieces)))
                pieces, filled_s = [], 0.0
            pieces.append(piece)
            filled_s += piece.duration_s
    if pieces:
        windows.append(Window(channel, tuple(pieces)))
    return windows


def _cut(span: Span, window_s: float) -> list[Span]:
    parts = max(1, int(np.ceil(span.duration_s / window_s)))
    step_s = span.duration_s / parts
    return [Span(span.start_s + i * step_s, span.start_s + (i + 1) * step_s) for i in range(parts)]
