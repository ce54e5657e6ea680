"""A small network over a sentence's vector and its terms, read from JSON and run in numpy.

Terms are summed into a short vector of their own; with the sentence vector they feed one hidden layer. Terms also speak to
the labels directly, as in a linear model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix, pack, unpack
from qa.language.vectors import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

VECTOR_SCALE, TERM_SCALE = 8.0, 3.0
"""Unit vectors have entries near 1 / sqrt(512): inputs of about unit size learn faster."""

LAYERS = ("terms", "direct", "hidden", "output")


@dataclass(frozen=True, slots=True)
class Network:
    """Layers: ``terms`` (vocabulary, d), ``direct`` (vocabulary, labels), ``hidden`` (512 + d, h), ``output`` (h, labels)."""

    vocabulary: Vocabulary
    layers: dict[str, Matrix]
    hidden_bias: Matrix
    output_bias: Matrix

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Network:
        """Read what ``to_document`` wrote; raises ``KeyError`` or ``ValueError`` for anything else."""
        layers = {name: unpack(document["layers"][name]).T for name in LAYERS}
        biases = (np.array(document[name], dtype=np.float32) for name in ("hidden_bias", "output_bias"))
        return cls(Vocabulary.from_document(document["vocabulary"]), layers, *biases)

    def to_document(self) -> dict[str, Any]:
        """The network for JSON; each weight is off by at most 1/254 of the largest that feeds or leaves the same node."""
        return {
            "vocabulary": self.vocabulary.to_document(),
            "layers": {name: pack(self.layers[name].T) for name in LAYERS},
            "hidden_bias": [round(float(value), 4) for value in self.hidden_bias],
            "output_bias": [round(float(value), 4) for value in self.output_bias],
        }

    def logits(self, texts: Sequence[str], vectors: Vectors) -> Matrix:
        """Shape (n, labels)."""
        return self.logits_of(self.vocabulary.matrix(texts), vectors)

    def logits_of(self, terms: csr_matrix, vectors: Vectors) -> Matrix:
        """As ``logits``, for rows of terms that are known already."""
        inputs = np.concatenate([vectors * VECTOR_SCALE, terms @ self.layers["terms"] * TERM_SCALE], axis=1)
        hidden = np.maximum(inputs @ self.layers["hidden"] + self.hidden_bias, 0)
        return np.asarray(hidden @ self.layers["output"] + self.output_bias + terms @ self.layers["direct"])


def softmax(logits: NDArray[Any], axis: int = 1) -> NDArray[Any]:
    """Rows (or whatever lies along ``axis``) that add up to 1."""
    odds = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return np.asarray(odds / odds.sum(axis=axis, keepdims=True))
