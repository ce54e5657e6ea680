"""Words and parts of words as sparse features, beside the sentence vectors that blur them.

English: words, pairs and triples of words, and groups of two to five letters within a word. Mandarin: one to four
characters, and two or three syllables without tones, so that homophones of a recogniser are equal. Case, punctuation and
the value of numbers do not count, except that ``?``, ``!`` and emoji are terms of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.language.normalise import for_matching, pinyin
from qa.model import Language

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_HAN = re.compile("[\u3400-\u9fff]")
_TOKEN = re.compile("[\u3400-\u9fff]+|[^\\s\u3400-\u9fff]+")
_MAX_CHARACTERS = 1_000
_LETTERS = range(2, 6)
_CHARACTERS = range(1, 5)
_SYLLABLES = range(2, 4)


def terms_of(text: str) -> list[str]:
    """The terms of a text, repeated as often as they occur; of its first 1,000 characters.

    >>> terms_of("Hi, PIN 42?")
    ['?', 'hi', '_h', 'hi', 'i_', ...]
    """
    text = text[:_MAX_CHARACTERS]
    language: Language = "zh" if _HAN.search(text) else "en"
    plain = re.sub(r"\d+(?:[.:]\d+)*", "0", for_matching(text, language))
    found = list(_marks(text))
    words: list[str] = []
    for token in _TOKEN.findall(plain):
        if _HAN.match(token):
            found += _groups(token, _CHARACTERS)
            found += ("~" + "'".join(group) for group in _runs(pinyin(token), _SYLLABLES))
        else:
            words.append(token)
            found += _groups(f"_{token}_", _LETTERS)
    found += words
    padded = ["^", *words, "$"] if words else []
    found += (" ".join(pair) for pair in pairwise(padded))
    found += (" ".join(group) for group in _runs(padded, range(3, 4)))
    return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The terms that count, and how rare each is (inverse document frequency, 1 for a term of every text)."""

    terms: dict[str, int]
    rarity: NDArray[np.float32]

    @classmethod
    def fitted(cls, texts: Iterable[str], *, at_least: int, at_most: int) -> Vocabulary:
        """The ``at_most`` commonest terms that occur in ``at_least`` of the texts."""
        texts = list(texts)
        counts = Counter(term for text in texts for term in set(terms_of(text)))
        kept = sorted((term for term, n in counts.items() if n >= at_least), key=lambda term: (-counts[term], term))
        kept = kept[:at_most]
        rarity = np.array([log((1 + len(texts)) / (1 + counts[term])) + 1 for term in kept], dtype=np.float32)
        return cls({term: index for index, term in enumerate(kept)}, rarity.round(3))

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Vocabulary:
        """Read what ``to_document`` wrote."""
        terms = document["terms"]
        return cls({term: index for index, term in enumerate(terms)}, np.array(document["rarity"], dtype=np.float32))

    def to_document(self) -> dict[str, Any]:
        """The terms in order and their rarity."""
        return {"terms": list(self.terms), "rarity": [round(float(value), 3) for value in self.rarity]}

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """One row of length 1 for each text (0 if it has no known term), one column for each term."""
        from scipy.sparse import csr_matrix

        data: list[float] = []
        columns: list[int] = []
        ends = [0]
        for text in texts:
            counts = Counter(index for term in terms_of(text) if (index := self.terms.get(term)) is not None)
            values = np.array([1 + log(n) for n in counts.values()]) * self.rarity[list(counts)]
            data += (values / np.linalg.norm(values)).tolist() if counts else []
            columns += counts
            ends.append(len(columns))
        shape = len(texts), len(self.terms)
        return csr_matrix((np.array(data, dtype=np.float32), columns, ends), shape=shape)


def _marks(text: str) -> Iterator[str]:
    for character in text:
        if character in "?？!！":
            yield unicodedata.normalize("NFKC", character)
        elif ord(character) > 0x2000 and unicodedata.category(character) == "So":
            yield character


def _groups(text: str, sizes: range) -> Iterator[str]:
    for size in sizes:
        for start in range(len(text) - size + 1):
            yield text[start : start + size]


def _runs(items: Sequence[str], sizes: range) -> Iterator[tuple[str, ...]]:
    for size in sizes:
        for start in range(len(items) - size + 1):
            yield tuple(items[start : start + size])
