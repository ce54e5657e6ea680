"""Speaker vectors by CAM++ (Wang et al., 2023, arXiv 2303.00332), run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FRAME_S = 0.01
DIMENSION = 192
_WINDOW_S = 0.025
_BATCH = 16
_BLOCK = 6000


class CamPlusPlus:
    """Speaker embedding of 16 kHz speech: 80 log mel features a 10 ms frame in, 192 numbers out."""

    sample_rate_hz = 16_000
    dimension = DIMENSION

    def __init__(self, model: Path, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False  # else it keeps the largest batch it ever saw
        self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])

    def features(self, samples: NDArray[np.float32] | NDArray[np.int16]) -> NDArray[np.float32]:
        """Kaldi filter banks, shape (frames, 80), one row every 10 ms; samples are floats in -1..1 or 16-bit."""
        import torch
        from torchaudio.compliance import kaldi

        shift, window = int(FRAME_S * self.sample_rate_hz), int(_WINDOW_S * self.sample_rate_hz)
        n_frames = max(0, 1 + (len(samples) - window) // shift)
        features = np.empty((n_frames, 80), dtype=np.float32)
        for start in range(0, n_frames, _BLOCK):  # all frames of four hours at once would take 3 GB
            end = min(n_frames, start + _BLOCK)
            block = samples[start * shift : (end - 1) * shift + window].astype(np.float32)
            if samples.dtype == np.int16:
                block /= 32768.0
            features[start:end] = kaldi.fbank(
                torch.from_numpy(block)[None], num_mel_bins=80, sample_frequency=self.sample_rate_hz, dither=0.0
            )
        return features

    def embed(self, segments: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        """One vector a segment of features (frames, 80); shape (segments, 192). Similar lengths share a batch."""
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
