"""librosa's compiled functions, safe when several processes meet them for the first time at once.

numba compiles them on first use and keeps the machine code in files. Two processes that fill that cache together can leave
the code of one signature under the name of another (each numbers its files from an index that the other is rewriting), and
whoever loads it later reads the wrong memory and dies. So the cache is a folder of our own, and only one process at a
time loads or fills it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from filelock import FileLock

from qa.settings import Settings


@lru_cache(maxsize=1)
def load_yin() -> Callable[..., Any]:
    """``librosa.yin`` (de Cheveigné and Kawahara 2002), loaded and compiled for float32 frames.

    The first process on a machine compiles for some seconds while others wait; later ones load in about one.
    """
    import numba

    folder = Settings().resolved_cache_dir() / f"numba-{numba.__version__}"
    folder.mkdir(exist_ok=True)
    with FileLock(folder / "filling.lock"):
        numba.config.CACHE_DIR = str(folder)  # type: ignore[attr-defined]  # read where librosa's decorators run
        from librosa import yin

        frames = np.zeros((2, 1024), dtype=np.float32)
        yin(frames, fmin=65.0, fmax=400.0, sr=16_000, frame_length=1024, hop_length=1024, center=False)
    return yin
