"""How much empathy a sentence of the agent shows: none, weak or strong.

A ridge regression over sentence vectors towards the mean of three raters, cut into their three levels; trained by
``qa.language.train_empathy`` and shipped as JSON. What it knows is in ``docs/model_cards/empathy.md``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from qa.language.packed import Matrix
from qa.language.vectors import Embedder, Vectors, check_embedder, load_embedder
from qa.model import ModelUnavailable

SCHEMA = "qa.empathy/1"


class EmpathyLevel(IntEnum):
    """The levels of the EmpatheticPersonas raters."""

    NONE = 0
    WEAK = 1
    STRONG = 2


@dataclass(frozen=True, slots=True)
class EmpathyHead:
    """Weights (d,) and bias of the raters' mean (about 0..2), and from which score a sentence is weak and strong."""

    embedder: str
    weights: Matrix
    bias: float
    weak_from: float
    strong_from: float

    @classmethod
    def from_document(cls, document: dict[str, Any], *, where: str) -> EmpathyHead:
        """Read the shipped JSON; raises ``ModelUnavailable`` if it is of another shape."""
        try:
            if document["schema"] != SCHEMA:
                raise ValueError(f"schema {document['schema']}")
            weights = np.array(document["weights"], dtype=np.float32)
            weak_from, strong_from = (float(value) for value in document["cuts"])
            if weights.ndim != 1 or weak_from > strong_from:
                raise ValueError(f"weights {weights.shape}, cuts {weak_from} and {strong_from}")
            return cls(str(document["embedder"]), weights, float(document["bias"]), weak_from, strong_from)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelUnavailable(
                f"not an empathy model ({error})", where=where, expected=f"schema {SCHEMA}"
            ) from error

    def scores(self, vectors: Vectors) -> Matrix:
        """The raters' mean as the head expects it, one for each vector (n, d)."""
        return np.asarray(vectors @ self.weights + self.bias, dtype=np.float32)

    def levels(self, vectors: Vectors) -> list[EmpathyLevel]:
        """One level for each vector."""
        scores = self.scores(vectors)
        steps = (scores >= self.weak_from).astype(int) + (scores >= self.strong_from)
        return [EmpathyLevel(int(step)) for step in steps]


@lru_cache(maxsize=1)
def load_empathy_head() -> EmpathyHead:
    """The shipped weights."""
    file = resources.files("qa.language") / "models" / "empathy.json"
    return EmpathyHead.from_document(json.loads(file.read_text(encoding="utf-8")), where=file.name)


def empathy_level(texts: Sequence[str], embedder: Embedder | None = None) -> list[EmpathyLevel]:
    """The empathy of each text, English or Mandarin; ``embedder`` saves encoding again what it has seen.

    Raises ``ModelUnavailable`` if the embedder is not the one that the weights were trained on.
    """
    head, embedder = load_empathy_head(), embedder or load_embedder()
    check_embedder(embedder, head.embedder, where="empathy", script="train_empathy")
    return head.levels(embedder.embed(texts))
