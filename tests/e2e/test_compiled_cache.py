"""Several processes that meet an empty cache of compiled functions together leave one that the next can load."""

import os
import subprocess
import sys
from pathlib import Path

_PITCH = """
import numpy as np
from qa.measure.audio import AudioChannels
from qa.measure.prosody import pitch
from qa.model import Span
tone = (8000 * np.sin(2 * np.pi * 200 * np.arange(48_000) / 16_000)).astype(np.int16)
print(round(pitch(AudioChannels(tone[None], 16_000), [(0, Span(0.0, 3.0))]).median_hz))
"""


def test_processes_that_start_together_share_one_cache(tmp_path: Path) -> None:
    env = {**os.environ, "CALLIBRATE_CACHE_DIR": str(tmp_path)}

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen([sys.executable, "-c", _PITCH], env=env, stdout=subprocess.PIPE, text=True)

    together = [start() for _ in range(3)]
    answers = [process.communicate()[0] for process in [*together, start()]]
    assert [answer.strip() for answer in answers] == ["200"] * 4
    assert list(tmp_path.rglob("*.nbi")), "the cache lies in the product's own folder"
