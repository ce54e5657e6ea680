"""The act classifier: one calibrated logistic regression for each act, shipped as JSON (`qa.acts/1`).

How it was trained and how well it does: ``docs/model_cards/acts.md``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from qa.language.acts.units import ActFeatures, ActUnit, features_of
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix, pack, unpack
from qa.language.vectors import Embedder, check_embedder
from qa.model import Act, Language, ModelUnavailable

SCHEMA = "qa.acts/1"
BLOCKS = ActFeatures._fields
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class ActHead:
    """Weights (acts, d) for each block of features, biases (acts,), and the least probability that counts for an act."""

    embedder: str
    acts: tuple[Act, ...]
    vocabulary: Vocabulary
    weights: Mapping[str, Matrix]
    bias: Matrix
    thresholds: Mapping[Language, Mapping[Act, float]]

    @classmethod
    def from_document(cls, document: dict[str, Any], *, where: str) -> ActHead:
        """Read the shipped JSON; raises ``ModelUnavailable`` if it is of another shape."""
        try:
            if document["schema"] != SCHEMA:
                raise ValueError(f"schema {document['schema']}")
            acts = tuple(Act(name) for name in document["acts"])
            weights = {block: unpack(document["weights"][block]) for block in BLOCKS}
            bias = np.array(document["bias"], dtype=np.float32)
            if any(len(rows) != len(acts) for rows in (*weights.values(), bias)):
                raise ValueError(f"weights are not for {len(acts)} acts")
            thresholds: dict[Language, dict[Act, float]] = {
                language: {Act(name): float(value) for name, value in document["thresholds"][language].items()}
                for language in LANGUAGES
            }
            vocabulary = Vocabulary.from_document(document["vocabulary"])
            return cls(str(document["embedder"]), acts, vocabulary, weights, bias, thresholds)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelUnavailable(f"not an act model ({error})", where=where, expected=f"schema {SCHEMA}") from error

    def to_document(self) -> dict[str, Any]:
        """What ``from_document`` reads."""
        return {
            "schema": SCHEMA,
            "embedder": self.embedder,
            "acts": list(self.acts),
            "thresholds": {language: dict(found) for language, found in self.thresholds.items()},
            "bias": [round(float(value), 4) for value in self.bias],
            "weights": {block: pack(rows) for block, rows in self.weights.items()},
            "vocabulary": self.vocabulary.to_document(),
        }

    def logits(self, features: ActFeatures) -> Matrix:
        """Shape (n, acts), before the logistic function."""
        total = np.tile(self.bias, (len(features.vectors), 1))
        for block, rows in zip(BLOCKS, features, strict=True):
            total += rows @ self.weights[block].T
        return np.asarray(total)

    def probabilities(self, units: Sequence[ActUnit], embedder: Embedder) -> Matrix:
        """Shape (n, acts), each in 0..1, calibrated: whether the unit performs the act."""
        check_embedder(embedder, self.embedder, where="acts", script="train_acts")
        return logistic(self.logits(features_of(units, embedder, self.vocabulary)))

    def confidences(self, units: Sequence[ActUnit], embedder: Embedder, language: Language) -> Matrix:
        """As ``probabilities``, on the scale on which every act counts from 0.5.

        The odds are divided by the odds at the act's threshold: an act that is nearly always meant when its words occur counts
        from a low probability, one that is easily mistaken from a high one.
        """
        limits = np.array([self.thresholds[language][act] for act in self.acts], dtype=np.float32)
        chances = np.clip(self.probabilities(units, embedder), 1e-6, 1 - 1e-6)
        return logistic(np.log(chances / (1 - chances)) - np.log(limits / (1 - limits)))


def logistic(logits: Matrix) -> Matrix:
    """1 / (1 + exp(-x)), without overflow."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), dtype=np.float32)


@lru_cache(maxsize=1)
def load_act_head() -> ActHead:
    """The shipped classifier."""
    file = resources.files("qa.language") / "models" / "acts.json"
    return ActHead.from_document(json.loads(file.read_text(encoding="utf-8")), where=file.name)
