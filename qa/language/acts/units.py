"""What the act classifier judges, and the numbers it sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qa.language.acts.form import form_matrix
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.sentences import split
from qa.language.vectors import Embedder
from qa.model import SpeakerRole

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_CONTEXT_SENTENCES = 2


class ActUnit(NamedTuple):
    """A sentence, who says it, and what the other side said just before (empty if nothing)."""

    text: str
    role: SpeakerRole
    before: str = ""


class ActFeatures(NamedTuple):
    """One row for each unit: sentence vectors, vectors of what came before, terms, forms."""

    vectors: Matrix
    context: Matrix
    terms: csr_matrix
    forms: Matrix


def features_of(units: Sequence[ActUnit], embedder: Embedder, vocabulary: Vocabulary) -> ActFeatures:
    """All features; every text goes through the embedder, which encodes none twice."""
    texts = [unit.text for unit in units]
    before = [unit.before for unit in units]
    vectors = embedder.embed(texts)
    return ActFeatures(
        vectors,
        _context(before, embedder, width=vectors.shape[1]),
        vocabulary.matrix(texts),
        form_matrix(texts, [unit.role for unit in units], before),
    )


def _context(before: Sequence[str], embedder: Embedder, *, width: int) -> Matrix:
    """The mean vector of the last two sentences before, in unit length; zeros where nothing came before."""
    last = {text: [text[s.start : s.end] for s in split(text)][-_CONTEXT_SENTENCES:] for text in set(before)}
    sentences = list(dict.fromkeys(sentence for found in last.values() for sentence in found))
    vectors = dict(zip(sentences, embedder.embed(sentences), strict=True))
    rows = np.zeros((len(before), width), dtype=np.float32)
    for row, text in zip(rows, before, strict=True):
        if last[text]:
            mean = np.mean([vectors[sentence] for sentence in last[text]], axis=0)
            row[:] = mean / np.linalg.norm(mean)
    return rows
