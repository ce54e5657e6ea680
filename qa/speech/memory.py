"""Memory of a worker that lives for thousands of calls."""

from __future__ import annotations

import ctypes
import mmap
import sys
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

_M_ARENA_MAX = -8


def spare() -> None:
    """Call before the engines load: from then on all threads share one arena."""
    _glibc()


def give_back() -> None:
    """Return to the system what the last call no longer needs; does nothing where the C library is not glibc.

    The engines allocate and free tens of megabytes per window from several threads; glibc keeps that in arenas which only
    grow. One arena, and a trim after each call and each stage of a long one, halve what a worker holds, at no measurable
    cost in time.
    """
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def let_go(samples: NDArray[Any]) -> None:
    """Unmap the pages of a recording that were read; those read again come from the system's cache, or from disk.

    The decoded file is mapped, so reading four hours of stereo would count as 900 MB of ours. Does nothing for an array that
    is no view of a mapped file.
    """
    owner: Any = samples
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        owner.madvise(mmap.MADV_DONTNEED)


@cache
def _glibc() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    if not hasattr(library, "malloc_trim"):
        return None
    library.mallopt(_M_ARENA_MAX, 1)
    return library
