"""A BERT-like encoder, run in numpy: tokens in, one vector a text out.

Weights go by the names that BERT's publishers gave them, linear layers as (inputs, outputs), so that the same dictionary
feeds this module and the training script.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

from qa.language.network import softmax
from qa.language.packed import Matrix

Weights = Mapping[str, Matrix]

LINEAR = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
"""The linear layers of one block."""

_EPSILON = 1e-12
_BATCH = 32
_ERF = tuple(np.float32(value) for value in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592))


@dataclass(frozen=True, slots=True)
class Encoder:
    """``n_blocks`` blocks with ``n_heads`` heads each, over the weights of one model."""

    weights: Weights
    n_blocks: int
    n_heads: int

    def pooled(self, rows: Sequence[Sequence[int]]) -> Matrix:
        """For each row of token numbers the mean of the last block's outputs: shape (n, width).

        Rows of one length are run together, so nothing is padded and no token needs a mask.
        """
        found = np.zeros((len(rows), self.weights["embeddings.LayerNorm.weight"].shape[0]), dtype=np.float32)
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for place, row in enumerate(rows):
            by_length[len(row)].append(place)
        for places in by_length.values():
            for start in range(0, len(places), _BATCH):
                part = places[start : start + _BATCH]
                found[part] = self._hidden(np.array([rows[place] for place in part])).mean(axis=1)
        return found

    def _hidden(self, tokens: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Matrix:
        """The last block's outputs for (batch, length) token numbers: shape (batch, length, width)."""
        positions = self.weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        kind = self.weights["embeddings.token_type_embeddings.weight"][0]
        hidden = self._norm(self.weights["embeddings.word_embeddings.weight"][tokens] + positions + kind, "embeddings")
        for block in range(self.n_blocks):
            name = f"encoder.layer.{block}."
            seen = self._linear(self._attention(hidden, name), name + "attention.output.dense")
            hidden = self._norm(hidden + seen, name + "attention.output")
            inner = gelu(self._linear(hidden, name + "intermediate.dense"))
            hidden = self._norm(hidden + self._linear(inner, name + "output.dense"), name + "output")
        return hidden

    def _attention(self, hidden: Matrix, name: str) -> Matrix:
        batch, length, width = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{name}attention.self.{part}")
            .reshape(batch, length, self.n_heads, -1)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(sqrt(query.shape[-1]))
        seen = np.asarray(softmax(scores, axis=-1) @ value, dtype=np.float32)
        return seen.transpose(0, 2, 1, 3).reshape(batch, length, width)

    def _linear(self, inputs: Matrix, name: str) -> Matrix:
        flat = inputs.reshape(-1, inputs.shape[-1])  # one large product is faster than many small ones
        outputs = flat @ self.weights[name + ".weight"] + self.weights[name + ".bias"]
        return np.asarray(outputs.reshape(*inputs.shape[:-1], -1), dtype=np.float32)

    def _norm(self, inputs: Matrix, name: str) -> Matrix:
        centred = inputs - inputs.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        scaled = centred / spread * self.weights[name + ".LayerNorm.weight"]
        return np.asarray(scaled + self.weights[name + ".LayerNorm.bias"], dtype=np.float32)


def gelu(inputs: Matrix) -> Matrix:
    """x times the share of a normal distribution that lies below x.

    The error function by Abramowitz and Stegun's formula 7.1.26, off by less than 0.000001: twice as fast here as an exact one.
    """
    size = np.abs(inputs)
    size *= np.float32(sqrt(0.5))
    step = np.reciprocal(size * np.float32(0.3275911) + 1)
    tail = step * _ERF[0]
    for factor in _ERF[1:]:
        tail += factor
        tail *= step
    np.square(size, out=size)
    np.negative(size, out=size)
    tail *= np.exp(size, out=size)
    tail *= inputs * np.float32(0.5)
    return np.where(inputs > 0, inputs - tail, tail)
