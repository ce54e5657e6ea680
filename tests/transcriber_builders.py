"""A recogniser that behaves as sherpa-onnx's does, and model folders without a model in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

SENSE_VOICE_TOKENS = "<unk> 0\n<|zh|> 1\n<|en|> 2\n▁hello 3\n您 4\n"
PARAFORMER_TOKENS = "<blank> 0\n<s> 1\n</s> 2\n您 3\nwi@@ 4\nfi 5\n"


@dataclass
class FakeResult:
    """The fields of ``OfflineRecognitionResult`` that we read."""

    tokens: list[str] = field(default_factory=list)
    timestamps: list[float] = field(default_factory=list)
    lang: str = ""
    ys_log_probs: list[float] = field(default_factory=list)


@dataclass
class FakeStream:
    seconds: float = 0.0
    result: FakeResult = field(default_factory=FakeResult)

    def accept_waveform(self, sample_rate: int, samples: NDArray[np.float32]) -> None:
        self.seconds = len(samples) / sample_rate


class FakeRecogniser:
    """Hears the given pieces in every window, half a second apart, as far as the window goes."""

    def __init__(self, pieces: Sequence[str], lang: str = "", **fields: Any) -> None:
        self.pieces, self.lang, self.fields = list(pieces), lang, fields
        self.batches: list[int] = []

    def create_stream(self) -> FakeStream:
        return FakeStream()

    def decode_streams(self, streams: list[FakeStream]) -> None:
        self.batches.append(len(streams))
        for stream in streams:
            n = min(len(self.pieces), int(stream.seconds / 0.5))
            made = {"timestamps": [i * 0.5 for i in range(n)], **self.fields}
            stream.result = FakeResult(tokens=self.pieces[:n], lang=self.lang, **made)


def model_folder(path: Path, tokens: str = SENSE_VOICE_TOKENS, name: str = "model.int8.onnx") -> Path:
    """A folder that looks like a released model; its model holds nothing."""
    path.mkdir(parents=True, exist_ok=True)
    (path / name).write_bytes(b"\x08\x07")
    (path / "tokens.txt").write_text(tokens, encoding="utf-8")
    return path
