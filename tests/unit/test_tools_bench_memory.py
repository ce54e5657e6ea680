"""The long recordings whose memory is measured, and the table made of it."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

from tools.bench_memory import Measured, make_recording, page

RATE_HZ = 16_000


def test_calls_follow_each_other_with_silence_until_it_is_long_enough(tmp_path: Path) -> None:
    calls = [np.full((2, 5 * RATE_HZ), level, dtype=np.int16) for level in (100, 200)]
    with wave.open(str(make_recording(tmp_path / "long.wav", calls, 36 / 3600)), "rb") as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE_HZ, 36 * RATE_HZ)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).reshape(-1, 2)
    by_second = samples[RATE_HZ // 2 :: RATE_HZ]
    assert by_second[:, 0].tolist() == by_second[:, 1].tolist()
    assert by_second[:, 0].tolist() == [100] * 5 + [0] * 10 + [200] * 5 + [0] * 10 + [100] * 5 + [0]


def test_the_page_has_the_peaks_of_the_recording() -> None:
    row = Measured("mono", 4.0, 2600.0, 2100.0, 1800.0, 40_000, 2_000)
    assert "| 4 | 2100 | 2600 | 40000 | 2000 | 1800 |" in page(row).splitlines()
