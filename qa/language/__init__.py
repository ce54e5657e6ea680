"""Text understanding in English and Mandarin: sentences, normalisation, vectors, acts, sentiment, empathy."""

from qa.language.annotate import annotate, detect_language
from qa.language.empathy import EmpathyLevel, empathy_level
from qa.language.homophones import with_homophones
from qa.language.normalise import for_error_rate, for_matching, pinyin, to_half_width, to_simplified
from qa.language.sentences import split
from qa.language.vectors import Embedder, UniversalSentenceEncoder, load_embedder

__all__ = [
    "Embedder",
    "EmpathyLevel",
    "UniversalSentenceEncoder",
    "annotate",
    "detect_language",
    "empathy_level",
    "for_error_rate",
    "for_matching",
    "load_embedder",
    "pinyin",
    "split",
    "to_half_width",
    "to_simplified",
    "with_homophones",
]
