"""The recordings made for the evaluation of speech."""

from __future__ import annotations

import numpy as np
import pytest

from qa.model import Span
from tools.speech_trials import with_silence

RATE_HZ = 16_000
SPEECH = np.ones((2, 10 * RATE_HZ), dtype=np.int16)


def test_silence_is_put_between_turns_until_it_is_the_share_asked_for() -> None:
    # 10 s, of which 9 s are talk in three turns: x more seconds of silence make (1 + x) / (10 + x) = 0.3, x = 20/7.
    made = with_silence(SPEECH, [Span(0.0, 3.0), Span(3.5, 6.5), Span(7.0, 10.0)])
    assert made.shape[1] / RATE_HZ == pytest.approx(10 + 20 / 7, abs=0.001)
    silent = np.flatnonzero(made[0] == 0) / RATE_HZ
    assert silent[0] == pytest.approx(3.25), "in the middle of the first gap"
    assert len(silent) == pytest.approx(20 / 7 * RATE_HZ, abs=2)


@pytest.mark.parametrize("turns", [[Span(0.0, 3.0), Span(6.0, 10.0)], [Span(0.0, 10.0)], []])
def test_enough_silence_or_nowhere_to_put_it(turns: list[Span]) -> None:
    assert with_silence(SPEECH, turns) is SPEECH
