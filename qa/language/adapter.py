"""What a fine-tuned encoder learned, as a small file: low-rank changes of its matrices, and a head for the labels.

Each changed matrix is W + A B with A of a few columns (LoRA, Hu et al. 2021); the sum is made once, when the file is read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qa.language.encoder import Encoder, Weights
from qa.language.packed import Matrix, pack, unpack
from qa.model import ModelUnavailable

SCHEMA = "qa.adapter/1"

Change = tuple[Matrix, Matrix]
"""A (inputs, rank) and B (rank, outputs)."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """Changes by the name of the layer, and a linear head (width, labels) over the pooled outputs."""

    encoder: str
    labels: tuple[str, ...]
    changes: Mapping[str, Change]
    head: Matrix
    bias: Matrix

    @classmethod
    def from_document(cls, document: dict[str, Any], *, where: str) -> Adapter:
        """Read what ``to_document`` wrote; raises ``ModelUnavailable`` for anything else."""
        try:
            if document["schema"] != SCHEMA:
                raise ValueError(f"schema {document['schema']}")
            changes = {
                name: (unpack(change["down"]).T, unpack(change["up"])) for name, change in document["changes"].items()
            }
            bias = np.array(document["bias"], dtype=np.float32)
            return cls(document["encoder"], tuple(document["labels"]), changes, unpack(document["head"]).T, bias)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelUnavailable(f"not an adapter ({error})", where=where, expected=f"schema {SCHEMA}") from error

    def to_document(self) -> dict[str, Any]:
        """The adapter for JSON; each weight is off by at most 1/254 of the largest of its rank or label."""
        return {
            "schema": SCHEMA,
            "encoder": self.encoder,
            "labels": list(self.labels),
            "bias": [round(float(value), 4) for value in self.bias],
            "head": pack(self.head.T),
            "changes": {name: {"down": pack(down.T), "up": pack(up)} for name, (down, up) in self.changes.items()},
        }

    def changed(self, weights: Weights) -> Weights:
        """The encoder's weights with the changes added."""
        changed = {name + ".weight": weights[name + ".weight"] + down @ up for name, (down, up) in self.changes.items()}
        return {**weights, **changed}


@dataclass(frozen=True, slots=True)
class FineTuned:
    """An encoder with its adapter: texts in, logits out."""

    encoder: Encoder
    tokens_of: Callable[[Sequence[str]], list[list[int]]]
    head: Matrix
    bias: Matrix

    def logits(self, texts: Sequence[str]) -> Matrix:
        """Shape (n, labels)."""
        return np.asarray(self.encoder.pooled(self.tokens_of(texts)) @ self.head + self.bias)
