"""Text understanding in English and Mandarin: sentences, normalisation, vectors, sentiment."""

from qa.language.annotate import annotate, detect_language
from qa.language.normalise import for_error_rate, for_matching, pinyin, to_half_width, to_simplified
from qa.language.sentences import split
from qa.language.vectors import Embedder, UniversalSentenceEncoder, load_embedder

__all__ = [
    "Embedder",
    "UniversalSentenceEncoder",
    "annotate",
    "detect_language",
    "for_error_rate",
    "for_matching",
    "load_embedder",
    "pinyin",
    "split",
    "to_half_width",
    "to_simplified",
]
