"""Weights as small JSON: whole numbers of one byte with one scale a row, in base64. Text, so nothing in it can run."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_LARGEST = 127


def pack(weights: NDArray[Any]) -> dict[str, Any]:
    """A matrix (k, d) for JSON; what comes back is off by at most 1/254 of its row's largest weight."""
    scale = np.abs(weights).max(axis=1, initial=0.0) / _LARGEST
    whole = np.round(weights / np.where(scale, scale, 1)[:, None]).astype(np.int8)
    return {
        "shape": list(weights.shape),
        "scale": [float(f"{value:.6g}") for value in scale],
        "int8": b64encode(whole.tobytes()).decode("ascii"),
    }


def unpack(document: dict[str, Any]) -> Matrix:
    """The matrix that ``pack`` wrote; raises ``ValueError`` or ``KeyError`` if it is anything else."""
    whole = np.frombuffer(b64decode(document["int8"], validate=True), dtype=np.int8).reshape(document["shape"])
    return np.asarray(whole * np.array(document["scale"], dtype=np.float32)[:, None], dtype=np.float32)
