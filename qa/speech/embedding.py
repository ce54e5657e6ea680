"""Speaker vectors by CAM++ (Wang et al., 2023, arXiv 2303.00332), run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.speech import memory

FRAME_S = 0.01
DIMENSION = 192
_BATCH = 16
_GROUP = 512
"""Segments in memory at a time: all those of twenty minutes, and 60 MB at most."""
_RATE_HZ = 16_000
_SHIFT, _WINDOW = int(FRAME_S * _RATE_HZ), int(0.025 * _RATE_HZ)
_N_MELS = 80
_BLOCK = 6000
_BLOCKS_KEPT = 20
"""Twenty minutes of features: 40 MB, where all of a four-hour recording would take half a gigabyte."""


class Features:
    """Kaldi filter banks of a recording, one row of 80 every 10 ms, made a minute at a time where they are asked for."""

    def __init__(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> None:
        self._n_frames = max(0, 1 + (len(samples) - _WINDOW) // _SHIFT)
        self._block = lru_cache(maxsize=_BLOCKS_KEPT)(partial(_filter_banks, samples, self._n_frames))

    def __len__(self) -> int:
        return self._n_frames

    def rows(self, frames: NDArray[np.intp]) -> NDArray[np.float32]:
        """The rows of these frames, in their order; shape (frames, 80)."""
        found = np.empty((len(frames), _N_MELS), dtype=np.float32)
        blocks = frames // _BLOCK
        for block in np.unique(blocks):
            here = blocks == block
            found[here] = self._block(int(block))[frames[here] % _BLOCK]
        return found


def _filter_banks(samples: NDArray[np.float32] | NDArray[np.int16], n_frames: int, block: int) -> NDArray[np.float32]:
    import torch
    from torchaudio.compliance import kaldi

    start, end = block * _BLOCK, min(n_frames, (block + 1) * _BLOCK)
    wave = samples[start * _SHIFT : (end - 1) * _SHIFT + _WINDOW].astype(np.float32)
    if samples.dtype == np.int16:
        wave /= 32768.0
    memory.let_go(samples)
    found = kaldi.fbank(torch.from_numpy(wave)[None], num_mel_bins=_N_MELS, sample_frequency=_RATE_HZ, dither=0.0)
    return np.asarray(found)


class CamPlusPlus:
    """Speaker embedding of 16 kHz speech: 80 log mel features a 10 ms frame in, 192 numbers out."""

    sample_rate_hz = _RATE_HZ
    dimension = DIMENSION

    def __init__(self, model: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # else it keeps the largest batch it ever saw
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def features(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> Features:
        """The features of a recording; samples are floats in -1..1 or 16-bit."""
        return Features(samples)

    def embed(self, segments: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One vector a segment of features (frames, 80); shape (segments, 192). Segments are taken as they are needed."""
        rest = iter(segments)
        found = [np.zeros((0, DIMENSION), dtype=np.float32)]
        while group := list(islice(rest, _GROUP)):
            found.append(self._embedded(group))
            group.clear()  # before the next are made
            memory.give_back()  # on a four-hour call half a gigabyte by the end
        return np.concatenate(found)

    def _embedded(self, segments: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """Similar lengths share a batch."""
        vectors = np.zeros((len(segments), DIMENSION), dtype=np.float32)
        order = sorted(range(len(segments)), key=lambda i: len(segments[i]))
        for start in range(0, len(order), _BATCH):
            batch = order[start : start + _BATCH]
            length = len(segments[batch[-1]])
            stacked = np.stack([_tiled(segments[i] - segments[i].mean(axis=0), length) for i in batch])
            vectors[batch] = self._session.run(None, {"features": stacked.astype(np.float32)})[0]
        return vectors


def _tiled(features: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """Repeat a shorter segment to the batch's length: padding with silence would change its vector more."""
    rounds = -(-length // len(features))
    return np.tile(features, (rounds, 1))[:length] if rounds > 1 else features
