"""The tone of a turn: negative, neutral or positive, from its sentences' vectors.

Two experts, blended by how much a sentence sounds like a service call: a logistic regression that learned from service turns
in English and Mandarin, and a small network that learned from tens of thousands of comments, where feelings are told more
plainly and more variedly. Trained by ``qa.language.train_sentiment``, shipped as JSON, run in numpy. What they know, and how
well, is in ``docs/model_cards/sentiment.md``. They read words only, never the voice.
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
from qa.language.network import Network, softmax
from qa.language.vectors import Vectors
from qa.model import ModelUnavailable, Sentiment

LABELS = ("negative", "neutral", "positive")
SCHEMA = "qa.sentiment/1"
COMMENTS_SCHEMA = "qa.sentiment-comments/1"

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
        return softmax(vectors @ self.weights.T + self.bias)


@dataclass(frozen=True, slots=True)
class CommentExpert:
    """The network that learned from comments, and the direction in which service talk lies from them."""

    network: Network
    service_weights: NDArray[np.float64]
    service_bias: float

    @classmethod
    def from_document(cls, document: dict[str, Any], *, where: str) -> CommentExpert:
        """Read the shipped JSON; raises ``ModelUnavailable`` if it is of another shape."""
        try:
            if document["schema"] != COMMENTS_SCHEMA or tuple(document["labels"]) != LABELS:
                raise ValueError(f"schema {document['schema']}")
            weights = np.array(document["service_weights"], dtype=float)
            return cls(Network.from_document(document["network"]), weights, float(document["service_bias"]))
        except (KeyError, ValueError, TypeError) as error:
            raise ModelUnavailable(
                f"not a model of comments ({error})", where=where, expected=f"schema {COMMENTS_SCHEMA}"
            ) from error

    def service_share(self, vectors: Vectors) -> NDArray[np.float64]:
        """How probably each text is service talk, 0..1."""
        logits = np.clip(vectors @ self.service_weights + self.service_bias, -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=float)


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """Both experts. Probabilities are the service expert's and the comment expert's, mixed by the share of service talk."""

    service: SentimentHead
    comments: CommentExpert

    @property
    def embedder(self) -> str:
        """The encoder whose vectors it reads."""
        return self.service.embedder

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> NDArray[np.float64]:
        """One row for each text and its vector, one column for each label; rows add up to 1."""
        if not len(texts):
            return np.zeros((0, len(LABELS)))
        share = self.comments.service_share(vectors)[:, None]
        told = softmax(self.comments.network.logits(texts, vectors))
        return np.asarray(share * self.service.probabilities(vectors) + (1 - share) * told)


@lru_cache(maxsize=1)
def load_sentiment() -> SentimentModel:
    """The shipped weights."""
    folder = resources.files("qa.language") / "models"
    service, comments = folder / "sentiment.json", folder / "sentiment_comments.json"
    return SentimentModel(
        SentimentHead.from_document(json.loads(service.read_text(encoding="utf-8")), where=service.name),
        CommentExpert.from_document(json.loads(comments.read_text(encoding="utf-8")), where=comments.name),
    )


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
