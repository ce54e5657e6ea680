"""The embedder contract on the fake and on the real encoder, and the real one's cache."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qa.language.vectors import USE_MULTILINGUAL, Embedder, UniversalSentenceEncoder, Vectors, load_embedder
from tests.language_builders import FakeEmbedder


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.engines)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return FakeEmbedder() if request.param == "fake" else load_embedder()


def test_contract(embedder: Embedder) -> None:
    texts = ["I lost my card", "本次通话将被录音", "I lost my card", ""]
    rows = embedder.embed(texts)
    assert rows.dtype == np.float32
    assert rows.shape == (4, 512)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert np.array_equal(rows[0], rows[2])
    assert np.allclose(embedder.embed(texts[1:2])[0], rows[1], atol=1e-5)
    assert embedder.embed([]).shape == (0, 512)
    assert embedder.name == USE_MULTILINGUAL


@pytest.mark.engines
def test_same_meaning_is_closer_than_another_in_both_languages() -> None:
    english, mandarin, other = load_embedder().embed(
        ["This call is recorded for quality", "为了保证质量，本次通话将被录音", "The parcel arrives on Friday"]
    )
    assert english @ mandarin > 0.4
    assert english @ other < 0.2


class _CountingModel:
    """Stands in for the package's model and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    def encode(self, texts: list[str]) -> Vectors:
        self.asked.append(list(texts))
        return np.array([[len(text) + 1.0, 1.0] for text in texts], dtype=np.float32)


def _with_model(**options: Any) -> tuple[UniversalSentenceEncoder, _CountingModel]:
    encoder, model = UniversalSentenceEncoder(**options), _CountingModel()
    encoder._model = model
    return encoder, model


def test_a_text_is_encoded_once() -> None:
    encoder, model = _with_model()
    first = encoder.embed(["a", "bb", "a"])
    again = encoder.embed(["bb", "ccc"])
    assert model.asked == [["a", "bb"], ["ccc"]]
    assert np.array_equal(first[1], again[0])


def test_the_longest_unused_text_is_forgotten() -> None:
    encoder, model = _with_model(cache_size=2)
    encoder.embed(["a", "bb"])
    encoder.embed(["a"])  # now bb is the one unused longest
    encoder.embed(["ccc"])
    encoder.embed(["a"])
    encoder.embed(["bb"])
    assert model.asked == [["a", "bb"], ["ccc"], ["bb"]]


def test_a_cache_smaller_than_one_call_still_answers() -> None:
    encoder, model = _with_model(cache_size=0)
    assert len(encoder.embed(["a", "bb", "a"])) == 3
    encoder.embed(["a"])
    assert model.asked == [["a", "bb"], ["a"]]


def test_only_the_beginning_of_an_endless_text_counts() -> None:
    encoder, model = _with_model()
    encoder.embed(["x" * 100_000])
    assert model.asked == [["x" * 1_000]]


def test_the_encoder_is_loaded_once() -> None:
    assert load_embedder() is load_embedder()


@pytest.mark.parametrize("options", [{"threads": 0}, {"cache_size": -1}])
def test_nonsense_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="expected threads >= 1"):
        UniversalSentenceEncoder(**options)
