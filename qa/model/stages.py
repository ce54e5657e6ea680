"""Seconds by stage of a call's way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def timed(stage: str, stage_s: dict[str, float]) -> Iterator[None]:
    """Write the wall seconds of the block to ``stage_s[stage]``, also when it raises."""
    start = time.perf_counter()
    try:
        yield
    finally:
        stage_s[stage] = round(time.perf_counter() - start, 3)
