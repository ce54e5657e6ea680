"""Windows for the recogniser, and words' times brought back."""

from __future__ import annotations

import numpy as np
import pytest

from qa.model import Span
from qa.speech.packing import Window, pack


def test_spans_fill_windows_in_order() -> None:
    # 10 + 15 = 25 s fit; 6 more would make 31 > 28, so a new window begins.
    windows = pack([Span(0, 10), Span(20, 35), Span(50, 56)], channel=1)
    assert [w.pieces for w in windows] == [(Span(0, 10), Span(20, 35)), (Span(50, 56),)]
    assert {w.channel for w in windows} == {1}


def test_a_long_span_is_cut_into_equal_parts() -> None:
    # 60 s need three windows of at most 28 s: 20 s each.
    assert [w.pieces for w in pack([Span(5, 65)], 0)] == [(Span(5, 25),), (Span(25, 45),), (Span(45, 65),)]


def test_no_speech_no_windows() -> None:
    assert pack([], 0) == []


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"),
    [
        (1.0, 2.0, Span(11.0, 12.0)),  # inside the first piece, which begins at 10 s
        (5.5, 6.0, Span(30.5, 31.0)),  # the second piece begins at 5 s of the window and 30 s of the recording
        (4.9, 6.0, Span(30.0, 31.0)),  # over the cut: 0.1 s before, 1.0 s after, so it begins with the second piece
        (4.0, 5.1, Span(14.0, 15.0)),  # hardly over the cut: the alignment let it end late
        (4.2, 5.4, Span(30.0, 30.4)),  # 0.8 s before the cut and 0.4 s after it, so it was said after it
        (6.5, 9.0, Span(31.5, 32.0)),  # beyond the end: clamped
        (9.0, 9.5, Span(32.0, 32.0)),
    ],
)
def test_times_are_restored(start_s: float, end_s: float, expected: Span) -> None:
    window = Window(0, (Span(10, 15), Span(30, 32)))
    assert window.restore(start_s, end_s) == expected


def test_samples_are_the_pieces_joined() -> None:
    channel = np.arange(100, dtype=np.int16)
    got = Window(0, (Span(1, 2), Span(5, 6))).samples(channel, 10) * 32768
    assert got.tolist() == [*range(10, 20), *range(50, 60)]
