"""Signals by meaning: sentences of the call against the rubric's anchor sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

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
_MOST_SURE = 0.95
_DIGITS = 5
"""Of a cosine: what lies below hangs on the batch in which it was worked out, and a verdict must not."""


class Similarity:
    """Cosines between the call's sentences and every anchor, worked out in one batch when the first is asked for."""

    def __init__(self, transcript: Transcript, signals: Mapping[str, Signal], embed: Embed) -> None:
        self._transcript, self._embed = transcript, embed
        self._signals = {name: signal for name, signal in signals.items() if signal.meanings is not None}

    def hits(self, name: str) -> Iterator[tuple[float, Hit]]:
        """The sentences that may mean the signal, each with how alike it is, the most alike first."""
        signal = self._signals[name]
        meanings = signal.meanings
        if meanings is None or not self._pieces:
            return
        like = self._nearest(meanings.like)
        unlike = self._nearest(meanings.unlike) if meanings.unlike else np.zeros_like(like)
        rows = np.flatnonzero(like > unlike)
        rows = rows[np.argsort(-like[rows], kind="stable")]
        for row, cosine in zip(rows.tolist(), like[rows].tolist(), strict=True):
            turn, start, end = self._pieces[row]
            if self._transcript.turns[turn].role in signal.roles:
                yield cosine, Hit(turn, start, end, name, round(min(_MOST_SURE, cosine), 3), "semantic")

    @cached_property
    def _pieces(self) -> list[tuple[int, int, int]]:
        roles = {role for signal in self._signals.values() for role in signal.roles}
        return [piece for piece in _pieces(self._transcript) if self._transcript.turns[piece[0]].role in roles]

    def _nearest(self, anchors: Sequence[str]) -> NDArray[np.float64]:
        """For each of the pieces its largest cosine with an anchor."""
        row_of, cosines = self._cosines
        nearest = cosines[[row_of[text] for text in anchors]].max(axis=0)
        return np.asarray(nearest.astype(np.float64).round(_DIGITS))

    @cached_property
    def _cosines(self) -> tuple[dict[str, int], Vectors]:
        """Which row an anchor has, and one row for every anchor, one column for every piece."""
        meanings = [signal.meanings for signal in self._signals.values() if signal.meanings is not None]
        anchors = sorted({text for each in meanings for text in (*each.like, *each.unlike)})
        pieces = [self._transcript.folded[turn][start:end] for turn, start, end in self._pieces]
        vectors = _unit(self._embed([*anchors, *pieces]))
        n = len(anchors)
        return {text: row for row, text in enumerate(anchors)}, vectors[:n] @ vectors[n:].T


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
