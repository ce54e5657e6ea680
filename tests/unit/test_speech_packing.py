"""Windows for the recogniser, and words' times brought back."""

from __future__ import annotations

import numpy as np
import pytest

from qa.model import Span
from qa.speech.packing import Window, in_two, pack


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        # 8 + 0.7 of silence + 6 = 14.7 s fit; the next 2 s would not.
        ([(0, 8), (20, 26), (30, 32)], [[(0, 8), (20, 26)], [(30, 32)]]),
        # A window may end from 9 s on: after 9.5 s (pause 0.3), 11.8 (pause 2) or 14.5 s; the longest pause has it.
        ([(0, 9.5), (9.8, 11.8), (13.8, 15.8), (16, 20)], [[(0, 9.5), (9.8, 11.8)], [(13.8, 15.8), (16, 20)]]),
        # The pause of 4 s comes too early: 5 s would leave the window two thirds empty.
        ([(0, 5), (9, 17), (17.1, 20)], [[(0, 5), (9, 17)], [(17.1, 20)]]),
        # Spans that touch are one piece, and the place where they touch is one to end at.
        ([(0, 6), (6, 12), (12, 18)], [[(0, 12)], [(12, 18)]]),
        # 40 s without a pause need three windows of at most 15 s.
        ([(2, 42)], [[(2, 2 + 40 / 3)], [(2 + 40 / 3, 2 + 80 / 3)], [(2 + 80 / 3, 42)]]),
    ],
)
def test_windows_end_in_pauses(spans: list[tuple[float, float]], expected: list[list[tuple[float, float]]]) -> None:
    windows = pack([Span(*span) for span in spans], channel=1)
    assert {w.channel for w in windows} == {1}
    for window, pieces in zip(windows, expected, strict=True):
        assert [(p.start_s, p.end_s) for p in window.pieces] == [pytest.approx(piece) for piece in pieces]


def test_no_speech_no_windows() -> None:
    assert pack([], 0) == []


@pytest.mark.parametrize(
    ("start_s", "end_s", "expected"),
    [
        (1.0, 2.0, Span(11.0, 12.0)),  # inside the first piece, which begins at 10 s
        (6.2, 6.7, Span(30.5, 31.0)),  # the second piece begins at 5.7 s of the window and 30 s of the recording
        (4.9, 6.7, Span(30.0, 31.0)),  # over the cut, and 1 s into the second piece: it begins with that
        (4.0, 5.6, Span(14.0, 15.0)),  # ends in the silence of 0.7 s between them: the alignment let it end late
        (7.2, 9.0, Span(31.5, 32.0)),  # beyond the end: clamped
        (9.0, 9.5, Span(32.0, 32.0)),
    ],
)
def test_times_are_restored(start_s: float, end_s: float, expected: Span) -> None:
    window = Window(0, (Span(10, 15), Span(30, 32)))
    assert window.restore(start_s, end_s) == expected


def test_a_stretch_over_a_cut_without_silence_belongs_to_the_piece_that_it_reaches_well_into() -> None:
    window = Window(0, (Span(10, 15), Span(15, 18)))
    assert window.restore(4.0, 5.1) == Span(14.0, 15.0)
    assert window.restore(4.2, 5.4) == Span(15.0, 15.4)


def test_samples_are_the_pieces_with_silence_between() -> None:
    channel = np.arange(100, dtype=np.int16)
    window = Window(0, (Span(1, 2), Span(2.5, 3), Span(6, 7)))
    got = window.samples(channel, 10) * 32768
    assert got.tolist() == [*range(10, 20), *[0] * 5, *range(25, 30), *[0] * 7, *range(60, 70)]
    assert window.duration_s == pytest.approx(len(got) / 10)


@pytest.mark.parametrize(("quiet_s", "cut_s"), [(5.0, 5.1), (6.6, 6.7), (2.4, 5.1)])
def test_a_long_stretch_is_cut_where_it_is_quiet(quiet_s: float, cut_s: float) -> None:
    # The middle half of 2 to 10 s is 4 to 8 s: quiet at 2.4 s is none of it, and half as loud at 5 s is the best there is.
    samples = np.ones(120, dtype=np.float32)
    samples[50:52] = 0.5
    samples[int(quiet_s * 10) : int(quiet_s * 10) + 2] = 0.0
    first, second = in_two(Span(2, 10), samples, 10)
    assert (first.start_s, first.end_s, second.start_s, second.end_s) == pytest.approx((2.0, cut_s, cut_s, 10.0))


def test_a_short_stretch_stays_whole() -> None:
    assert in_two(Span(2, 7), np.ones(120, dtype=np.float32), 10) == [Span(2, 7)]
