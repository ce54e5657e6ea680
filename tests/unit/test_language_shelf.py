"""Stored sentence vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from qa.language.shelf import VectorShelf, shelved
from qa.language.vectors import Vectors


class Counting:
    """Embeds a text as its length and its number of vowels, and keeps what it was asked for."""

    name = "counting"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [[len(text) / 3, sum(c in "aeiou" for c in text) / 7] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(rows), 2)


def test_only_what_is_missing_is_computed_and_each_text_once() -> None:
    embedder = Counting()
    shelf = VectorShelf(embedder)
    assert not shelf.grown
    first = shelf.embed(["hello", "world", "hello"])
    assert embedder.asked == ["hello", "world"]
    assert shelf.grown and "world" in shelf and "word" not in shelf

    later = VectorShelf(embedder, shelf.to_bytes())
    assert not later.grown
    again = later.embed(["hello", "你好", "world"])
    assert embedder.asked == ["hello", "world", "你好"]
    assert later.grown
    assert np.array_equal(again[[0, 2]], first[:2])


def test_fresh_and_stored_vectors_are_the_same_to_the_bit() -> None:
    shelf = VectorShelf(Counting())
    fresh = shelf.embed(["a thirdly long text"])
    stored = VectorShelf(Counting(), shelf.to_bytes()).embed(["a thirdly long text"])
    assert fresh.dtype == stored.dtype == np.float32
    assert np.array_equal(fresh, stored)
    assert np.array_equal(fresh, fresh.astype(np.float16).astype(np.float32))


def test_no_texts_and_an_empty_shelf() -> None:
    shelf = VectorShelf(Counting())
    assert shelf.embed([]).shape == (0, 2)
    assert VectorShelf(Counting(), shelf.to_bytes()).embed(["x"]).shape == (1, 2)


@pytest.mark.parametrize("cut", [1, 8, 30])
def test_stored_bytes_that_were_cut_are_refused(cut: int) -> None:
    shelf = VectorShelf(Counting())
    shelf.embed(["one", "two", "three"])
    with pytest.raises(ValueError, match="expected"):
        VectorShelf(Counting(), shelf.to_bytes()[:-cut])


def test_a_forms_own_sentences_stay_off_the_conversations_shelf() -> None:
    embedder = Counting()
    anchors, sentences = VectorShelf(embedder), VectorShelf(embedder)
    anchors.embed(["anchor"])
    rows = shelved(anchors, sentences)(["anchor", "said", "anchor"])
    assert np.array_equal(rows, VectorShelf(Counting()).embed(["anchor", "said", "anchor"]))
    assert "said" in sentences and "anchor" not in sentences
