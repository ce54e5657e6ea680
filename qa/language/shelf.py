"""Sentence vectors that outlive the process: kept in half precision, and computed only where they are missing."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from qa.language.vectors import Embedder, Vectors

_HEADER = struct.Struct("<II")
"""Dimensions and number of vectors; the texts' digests follow, then the vectors."""
_DIGEST_BYTES = 16


class VectorShelf:
    """Vectors of the texts of one owner, a conversation or a form; texts it does not hold are embedded and added.

    What comes back is always rounded to half precision, whether it was on the shelf or not, so that a verdict does not
    hang on whether its vectors were stored (a cosine moves by about 0.00002).
    """

    def __init__(self, embedder: Embedder, stored: bytes = b"") -> None:
        """Raises ``ValueError`` if ``stored`` is not what ``to_bytes`` gave."""
        self._embedder = embedder
        self._rows, digests = _read(stored) if stored else (np.zeros((0, 0), np.float16), [])
        self._row_of = {digest: row for row, digest in enumerate(digests)}
        self._n_stored = len(digests)

    def __contains__(self, text: str) -> bool:
        return _digest(text) in self._row_of

    @property
    def grown(self) -> bool:
        """True when it holds more than it was made with."""
        return len(self._row_of) > self._n_stored

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts: shape (n, d)."""
        digests = [_digest(text) for text in texts]
        missing = {d: text for d, text in zip(digests, texts, strict=True) if d not in self._row_of}
        if missing or not texts:
            fresh = self._embedder.embed([*missing.values()])
            if not texts:
                return fresh
            self._add(list(missing), fresh)
        return np.asarray(self._rows[[self._row_of[digest] for digest in digests]], dtype=np.float32)

    def to_bytes(self) -> bytes:
        """For a store: 16 bytes a text and 2 a dimension."""
        rows = self._rows
        return b"".join((_HEADER.pack(rows.shape[1], len(rows)), *self._row_of, rows.tobytes()))

    def _add(self, digests: list[bytes], fresh: Vectors) -> None:
        self._row_of |= {digest: len(self._row_of) + row for row, digest in enumerate(digests)}
        rows = fresh.astype("<f2")
        self._rows = np.concatenate([self._rows, rows]) if len(self._rows) else rows


def shelved(anchors: VectorShelf, sentences: VectorShelf) -> Callable[[Sequence[str]], Vectors]:
    """An ``embed`` for scoring: a form's own texts from its shelf, everything else from the conversation's."""

    def embed(texts: Sequence[str]) -> Vectors:
        known = np.array([text in anchors for text in texts], dtype=bool)
        parts = [
            (known, anchors.embed([text for text, is_known in zip(texts, known, strict=True) if is_known])),
            (~known, sentences.embed([text for text, is_known in zip(texts, known, strict=True) if not is_known])),
        ]
        rows = np.zeros((len(texts), max(part.shape[1] for _, part in parts)), dtype=np.float32)
        for where, part in parts:
            if len(part):
                rows[where] = part
        return rows

    return embed


def _read(stored: bytes) -> tuple[NDArray[np.float16], list[bytes]]:
    dimensions, n = _HEADER.unpack_from(stored)
    start = _HEADER.size + n * _DIGEST_BYTES
    if len(stored) != start + n * dimensions * 2:
        raise ValueError(f"stored vectors: expected {start + n * dimensions * 2} bytes, got {len(stored)}")
    digests = [stored[at : at + _DIGEST_BYTES] for at in range(_HEADER.size, start, _DIGEST_BYTES)]
    return np.frombuffer(stored, dtype="<f2", offset=start).reshape(n, dimensions), digests


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
