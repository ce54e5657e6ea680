"""Signals by meaning: sentences of the call against the rubric's anchor sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from scoring.signals.book import Hit
from scoring.signals.model import Signal
from scoring.text import word_spans
from scoring.transcript import Transcript

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

_WINDOW_WORDS = {"en": 14, "zh": 18}
"""Longer stretches without marks are compared piece by piece: one sentence in forty words would drown."""
_MIN_WORDS = 2


class Similarity:
    """Cosines between the call's sentences and every anchor, worked out in one batch."""

    def __init__(self, transcript: Transcript, signals: Mapping[str, Signal], embed: Embed) -> None:
        self._transcript = transcript
        self._signals = {name: signal for name, signal in signals.items() if signal.meanings is not None}
        anchors = sorted(
            {text for s in self._signals.values() if s.meanings for text in (*s.meanings.like, *s.meanings.unlike)}
        )
        roles = {role for signal in self._signals.values() for role in signal.roles}
        self._pieces = [piece for piece in _pieces(transcript) if transcript.turns[piece[0]].role in roles]
        folded = [transcript.folded[turn][start:end] for turn, start, end in self._pieces]
        vectors = (
            _unit(embed([*anchors, *folded]))
            if anchors and folded
            else np.zeros((len(anchors) + len(folded), 1), np.float32)
        )
        self._row = {text: row for row, text in enumerate(anchors)}
        self._cosines = vectors[len(anchors) :] @ vectors[: len(anchors)].T

    def hits(self, name: str) -> list[Hit]:
        """The sentences that mean the signal."""
        signal = self._signals[name]
        meanings = signal.meanings
        if meanings is None or not self._pieces:
            return []
        like = self._cosines[:, [self._row[text] for text in meanings.like]].max(axis=1)
        unlike = np.zeros_like(like)
        if meanings.unlike:
            unlike = self._cosines[:, [self._row[text] for text in meanings.unlike]].max(axis=1)
        found = []
        for (turn, start, end), near, far in zip(self._pieces, like, unlike, strict=True):
            if near >= meanings.threshold and near > far and self._transcript.turns[turn].role in signal.roles:
                found.append(Hit(turn, start, end, name, round(min(0.95, float(near)), 3), "semantic"))
        return found


def _pieces(transcript: Transcript) -> list[tuple[int, int, int]]:
    size = _WINDOW_WORDS[transcript.language]
    found = []
    for unit in transcript.units:
        spans = word_spans(unit.text)
        if len(spans) < _MIN_WORDS:
            continue
        if len(spans) <= size * 3 // 2:
            found.append((unit.turn, unit.start, unit.end))
            continue
        for first in range(0, len(spans) - size // 2, size // 2):
            last = min(first + size, len(spans)) - 1
            found.append((unit.turn, unit.start + spans[first][0], unit.start + spans[last][1]))
    return found


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
