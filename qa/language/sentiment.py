"""The tone of a turn: negative, neutral or positive, from its sentences' vectors.

A multinomial logistic regression over sentence vectors, trained by ``qa.language.train_sentiment`` and shipped as JSON;
at run time it is one matrix product in numpy. What it knows, and how well, is in ``docs/model_cards/sentiment.md``. It
reads words only, never the voice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.fillers import is_filler
from qa.language.vectors import Vectors
from qa.model import ModelUnavailable, Sentiment

LABELS = ("negative", "neutral", "positive")
SCHEMA = "qa.sentiment/1"

_NEUTRAL = Sentiment(negative=0.0, neutral=1.0, positive=0.0)
_LEAST_SHARE = 0.1
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class SentimentHead:
    """Weights (3, d) and biases (3,) in the order of ``LABELS``, good for the vectors of ``embedder`` only."""

    embedder: str
    weights: NDArray[np.float64]
    bias: NDArray[np.float64]

    @classmethod
    def from_document(cls, document: dict[str, Any], *, where: str) -> SentimentHead:
        """Read the shipped JSON; raises ``ModelUnavailable`` if it is of another shape."""
        if document.get("schema") != SCHEMA or tuple(document.get("labels", ())) != LABELS:
            raise ModelUnavailable(
                "not a sentiment model", where=where, expected=f"schema {SCHEMA} with labels {LABELS}"
            )
        weights, bias = np.array(document["weights"], dtype=float), np.array(document["bias"], dtype=float)
        if weights.ndim != 2 or weights.shape[0] != len(LABELS) or bias.shape != (len(LABELS),):
            shapes = f"{weights.shape} and {bias.shape}"
            raise ModelUnavailable(f"weights and bias are {shapes}", where=where, expected="(3, d) and (3,)")
        return cls(str(document["embedder"]), weights, bias)

    def probabilities(self, vectors: Vectors) -> NDArray[np.float64]:
        """One row for each vector, one column for each label; rows add up to 1."""
        logits = vectors @ self.weights.T + self.bias
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@lru_cache(maxsize=1)
def load_head() -> SentimentHead:
    """The shipped weights."""
    file = resources.files("qa.language") / "models" / "sentiment.json"
    return SentimentHead.from_document(json.loads(file.read_text(encoding="utf-8")), where=file.name)


def turn_sentiment(sentences: Sequence[str], probabilities: NDArray[np.float64]) -> Sentiment:
    """The tone of a turn from its sentences and their rows of probabilities.

    Sentences are averaged by how much tone they carry, ``0.1 + 1 - neutral``: "I see. It was on the fifth. Nobody ever
    calls back." is negative, although two of three sentences are not. Fillers do not count; only fillers are neutral.
    """
    rows = probabilities[[index for index, sentence in enumerate(sentences) if not is_filler(sentence)]]
    if not len(rows):
        return _NEUTRAL
    shares = _LEAST_SHARE + 1 - rows[:, LABELS.index("neutral")]
    negative, _, positive = (float(value) for value in shares @ rows / shares.sum())
    negative, positive = round(negative, _DECIMALS), round(positive, _DECIMALS)
    return Sentiment(negative=negative, neutral=round(1 - negative - positive, _DECIMALS), positive=positive)
