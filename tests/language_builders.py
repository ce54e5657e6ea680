"""Conversations without times, and an embedder that needs no model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

import numpy as np

from qa.language.vectors import USE_MULTILINGUAL, Vectors
from qa.model import Call, Conversation, SpeakerRole, Turn


class FakeEmbedder:
    """Unit vectors drawn from each text's hash: equal for equal texts, without meaning. Remembers what it was given."""

    def __init__(self, *, name: str = USE_MULTILINGUAL, dimension: int = 512) -> None:
        self._name, self._dimension = name, dimension
        self.given: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.given.extend(texts)
        rows = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
            row[:] = np.random.default_rng(seed).standard_normal(self._dimension)
            row /= np.linalg.norm(row)
        return rows


def spoken(*texts: str, language: Literal["en", "zh", "auto"] | None = None, role: str = "customer") -> Conversation:
    """A conversation in which one side says these turns."""
    turns = tuple(Turn(index=index, role=SpeakerRole(role), text=text) for index, text in enumerate(texts))
    return Conversation(call=Call(call_id="c-1", language=language), turns=turns)
