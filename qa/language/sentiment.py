"""The tone of a turn: negative, neutral or positive, from its sentences' vectors.

Two experts, blended by how much a sentence sounds like a service call: a logistic regression that learned from service turns
in English and Mandarin, and what learned from tens of thousands of comments, where feelings are told more plainly and more
variedly: a small network over vectors and terms, beside a fine-tuned English encoder, which knows the order of words.
Trained by ``qa.language.train_sentiment``, ``qa.language.train_comments`` and ``tools.train_tones``, shipped as JSON, run in
numpy. What they know, and how well, is in ``docs/model_cards/sentiment.md``. They read words only, never the voice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.adapter import Adapter, FineTuned
from qa.language.encoder import Encoder
from qa.language.fillers import is_filler
from qa.language.minilm import MINILM, N_BLOCKS, N_HEADS, read_minilm, tokens_of
from qa.language.network import Network, softmax
from qa.language.packed import Matrix
from qa.language.vectors import Vectors
from qa.model import ModelUnavailable, Sentiment

LABELS = ("negative", "neutral", "positive")
SCHEMA = "qa.sentiment/1"
COMMENTS_SCHEMA = "qa.sentiment-comments/1"
SERVICE_FILE, COMMENTS_FILE, TONES_FILE = "sentiment.json", "sentiment_comments.json", "sentiment_tones.json"

_NEUTRAL = Sentiment(negative=0.0, neutral=1.0, positive=0.0)
_HAN = re.compile("[\u3400-\u9fff]")
_LEAST_SHARE = 0.1
_PLAIN_SERVICE = 0.95
"""The share of service talk from which on the encoder is not asked."""
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
    """What learned from comments, and the direction in which service talk lies from them.

    Logits are the network's times ``network_weight`` plus those of ``tones``, the fine-tuned encoder.
    """

    network: Network
    service_weights: NDArray[np.float64]
    service_bias: float
    network_weight: float
    tones: Callable[[Sequence[str]], Matrix]

    @classmethod
    def from_document(
        cls,
        document: dict[str, Any],
        *,
        where: str,
        network_weight: float = 1.0,
        tones: Callable[[Sequence[str]], Matrix],
    ) -> CommentExpert:
        """Read the shipped JSON; raises ``ModelUnavailable`` if it is of another shape."""
        try:
            if document["schema"] != COMMENTS_SCHEMA or tuple(document["labels"]) != LABELS:
                raise ValueError(f"schema {document['schema']}")
            network = Network.from_document(document["network"])
            weights, bias = np.array(document["service_weights"], dtype=float), float(document["service_bias"])
            return cls(network, weights, bias, network_weight, tones)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelUnavailable(
                f"not a model of comments ({error})", where=where, expected=f"schema {COMMENTS_SCHEMA}"
            ) from error

    def service_share(self, vectors: Vectors) -> NDArray[np.float64]:
        """How probably each text is service talk, 0..1."""
        logits = np.clip(vectors @ self.service_weights + self.service_bias, -30, 30)
        return np.asarray(1 / (1 + np.exp(-logits)), dtype=float)

    def probabilities(
        self, texts: Sequence[str], vectors: Vectors, closely: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float64]:
        """One row for each text and its vector; the encoder reads those that are marked, or all."""
        logits = self.network.logits(texts, vectors)
        asked = np.arange(len(texts)) if closely is None else np.flatnonzero(closely)
        if len(asked):
            logits[asked] = logits[asked] * self.network_weight + self.tones([texts[int(index)] for index in asked])
        return np.asarray(softmax(logits), dtype=float)


@dataclass(frozen=True, slots=True)
class SentimentModel:
    """Both experts. Probabilities are the service expert's and the comment expert's, mixed by the share of service talk."""

    service: SentimentHead
    comments: CommentExpert

    @property
    def embedder(self) -> str:
        """The encoder whose vectors it reads."""
        return self.service.embedder

    def probabilities(
        self, texts: Sequence[str], vectors: Vectors, *, closely: Sequence[bool] | None = None
    ) -> NDArray[np.float64]:
        """One row for each text and its vector, one column for each label; rows add up to 1.

        The encoder reads the texts that are marked (without marks, all), except plain service talk, on which the comment
        expert hardly counts, and Mandarin, which it has not learned.
        """
        if not len(texts):
            return np.zeros((0, len(LABELS)))
        share = self.comments.service_share(vectors)
        english = np.array([not _HAN.search(text) for text in texts])
        asked = english & (share < _PLAIN_SERVICE) & (True if closely is None else np.array(closely))
        told = self.comments.probabilities(texts, vectors, asked)
        return np.asarray(share[:, None] * self.service.probabilities(vectors) + (1 - share[:, None]) * told)


@lru_cache(maxsize=1)
def load_sentiment() -> SentimentModel:
    """The shipped weights. The encoder is read when the first text needs it."""
    tones = _document(TONES_FILE)
    return SentimentModel(
        SentimentHead.from_document(_document(SERVICE_FILE), where=SERVICE_FILE),
        CommentExpert.from_document(
            _document(COMMENTS_FILE),
            where=COMMENTS_FILE,
            network_weight=float(tones["network_weight"]),
            tones=lambda texts: load_tones().logits(texts),
        ),
    )


@lru_cache(maxsize=1)
def load_tones() -> FineTuned:
    """The encoder as it was fine-tuned on comments; raises ``ModelUnavailable`` if it is missing or another one."""
    adapter = Adapter.from_document(_document(TONES_FILE), where=TONES_FILE)
    if adapter.encoder != MINILM or adapter.labels != LABELS:
        found = f"{adapter.encoder} with labels {adapter.labels}"
        raise ModelUnavailable(f"an adapter of {found}", where=TONES_FILE, expected=f"{MINILM} with labels {LABELS}")
    encoder = Encoder(adapter.changed(read_minilm()), N_BLOCKS, N_HEADS)
    return FineTuned(encoder, tokens_of, adapter.head, adapter.bias)


def _document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((resources.files("qa.language") / "models" / name).read_text(encoding="utf-8"))
    return found


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
