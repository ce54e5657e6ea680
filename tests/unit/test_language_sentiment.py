"""The sentiment head: its file, its arithmetic by hand, and (with the real encoder) how well it does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from importlib import resources
from math import exp

import numpy as np
import pytest

from qa.language.fillers import is_filler
from qa.language.minilm import MINILM
from qa.language.network import Network
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.sentiment import (
    COMMENTS_SCHEMA,
    LABELS,
    CommentExpert,
    SentimentHead,
    SentimentModel,
    load_sentiment,
    turn_sentiment,
)
from qa.language.train_sentiment import read_service_turns
from qa.language.vectors import USE_MULTILINGUAL, load_embedder
from qa.model import ModelUnavailable


@pytest.mark.parametrize(
    ("name", "encoder"),
    [
        ("sentiment.json", USE_MULTILINGUAL),
        ("sentiment_comments.json", USE_MULTILINGUAL),
        ("sentiment_tones.json", MINILM),
    ],
)
def test_shipped_weights_say_where_they_come_from(name: str, encoder: str) -> None:
    file = resources.files("qa.language") / "models" / name
    text = file.read_text(encoding="utf-8")
    document = json.loads(text)
    assert len(text) < 3_000_000
    assert document.get("embedder", document.get("encoder")) == encoder
    assert {"date", "licence", "trained_on"} <= set(document)
    assert all({"name", "licence", "attribution", "n"} <= set(source) for source in document["trained_on"])
    assert load_sentiment().service.weights.shape == (3, 512)


def test_probabilities_by_hand() -> None:
    # One dimension: logits are -2x, 0, 2x + ln 2. For x = 0: odds 1 : 1 : 2. For x = 1: e^-2 : 1 : 2e^2.
    head = SentimentHead("x", np.array([[-2.0], [0.0], [2.0]]), np.array([0.0, 0.0, np.log(2)]))
    at_zero, at_one = head.probabilities(np.array([[0.0], [1.0]], dtype=np.float32))
    assert at_zero == pytest.approx([0.25, 0.25, 0.5])
    total = exp(-2) + 1 + 2 * exp(2)
    assert at_one == pytest.approx([exp(-2) / total, 1 / total, 2 * exp(2) / total])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "qa.sentiment/2"}, "not a sentiment model"),
        ({"labels": ["positive", "neutral", "negative"]}, "not a sentiment model"),
        ({"bias": [0.0, 0.0]}, "weights and bias are"),
        ({"weights": [[0.0], [0.0]]}, "weights and bias are"),
    ],
)
def test_another_file_is_refused(change: dict[str, object], message: str) -> None:
    document = {"schema": "qa.sentiment/1", "labels": list(LABELS), "embedder": "x", "bias": [0, 0, 0]}
    document |= {"weights": [[0.0], [0.0], [0.0]]}
    SentimentHead.from_document(document, where="f.json")
    with pytest.raises(ModelUnavailable, match=r"f\.json: " + message):
        SentimentHead.from_document(document | change, where="f.json")


def no_tones(texts: Sequence[str]) -> Matrix:
    """A fine-tuned encoder that has no opinion."""
    return np.zeros((len(texts), 3), dtype=np.float32)


def comment_expert(
    *, service_weight: float, network_weight: float = 1.0, tones: Callable[[Sequence[str]], Matrix] = no_tones
) -> CommentExpert:
    """One dimension and one term: what holds "great" is positive by e^2 to 1 to 1; what lies high is service talk."""
    layers = {
        "terms": np.zeros((1, 1), dtype=np.float32),
        "direct": np.array([[0, 0, 2]], dtype=np.float32),
        "hidden": np.zeros((2, 1), dtype=np.float32),
        "output": np.zeros((1, 3), dtype=np.float32),
    }
    vocabulary = Vocabulary({"great": 0}, np.ones(1, dtype=np.float32))
    network = Network(vocabulary, layers, np.zeros(1, dtype=np.float32), np.zeros(3, dtype=np.float32))
    return CommentExpert(network, np.array([service_weight]), 0.0, network_weight, tones)


def test_experts_are_mixed_by_the_share_of_service_talk() -> None:
    service = SentimentHead("x", np.zeros((3, 1)), np.array([np.log(2), 0.0, 0.0]))  # always 1/2, 1/4, 1/4
    # Service share 1 / (1 + 1/3) = 3/4. The comment expert: 1, 1, e^2 over their sum.
    model = SentimentModel(service, comment_expert(service_weight=np.log(3)))
    (row,) = model.probabilities(["great"], np.array([[1.0]], dtype=np.float32))
    total = 2 + exp(2)
    assert row == pytest.approx([0.375 + 0.25 / total, 0.1875 + 0.25 / total, 0.1875 + 0.25 * exp(2) / total])
    assert model.probabilities([], np.zeros((0, 1), dtype=np.float32)).shape == (0, 3)


def test_the_encoder_speaks_beside_the_network() -> None:
    asked: list[str] = []

    def tones(texts: Sequence[str]) -> Matrix:
        asked.extend(texts)
        return np.tile(np.array([np.log(3), 0, 0], dtype=np.float32), (len(texts), 1))

    expert = comment_expert(service_weight=np.log(39), network_weight=0.5, tones=tones)
    service = SentimentHead("x", np.zeros((3, 1)), np.array([0.0, np.log(2), 0.0]))  # always 1/4, 1/2, 1/4
    texts = ["great", "great for you", "great stuff", "great 真好"]
    vectors = np.array([[0.0], [1.0], [0.0], [0.0]], dtype=np.float32)  # share 1/2, but 39/40 of the second
    rows = SentimentModel(service, expert).probabilities(texts, vectors, closely=[True, True, False, True])
    # Half the network's 0, 0, 2 and the encoder's ln 3, 0, 0: odds 3 : 1 : e. The network alone: 1 : 1 : e^2.
    plain = np.array([0.25, 0.5, 0.25])
    both, alone = np.array([3, 1, exp(1)]) / (4 + exp(1)), np.array([1, 1, exp(2)]) / (2 + exp(2))
    assert rows[0] == pytest.approx((plain + both) / 2)
    assert rows[1] == pytest.approx((39 * plain + alone) / 40)  # plain service talk
    assert rows[2] == pytest.approx((plain + alone) / 2)  # not marked
    assert rows[3] == pytest.approx((plain + alone) / 2)  # Mandarin
    assert asked == ["great"]


def test_comment_expert_comes_back_from_its_file() -> None:
    expert = comment_expert(service_weight=1.0)
    document = {"schema": COMMENTS_SCHEMA, "labels": list(LABELS), "service_weights": [1.0], "service_bias": 0.0}
    document |= {"network": expert.network.to_document()}
    again = CommentExpert.from_document(json.loads(json.dumps(document)), where="f.json", tones=no_tones)
    vectors = np.array([[1.0]], dtype=np.float32)
    assert again.network.logits(["great"], vectors) == pytest.approx(
        expert.network.logits(["great"], vectors), abs=1e-3
    )
    changes: list[dict[str, object]] = [{"schema": "qa.sentiment/1"}, {"labels": ["a"]}, {"network": {}}]
    for change in changes:
        with pytest.raises(ModelUnavailable, match=r"f\.json: not a model of comments"):
            CommentExpert.from_document(document | change, where="f.json", tones=no_tones)


def test_turn_is_the_mean_of_its_sentences_weighted_by_tone() -> None:
    rows = np.array([[0.0, 1.0, 0.0], [0.9, 0.0, 0.1], [0.0, 0.0, 1.0]])
    # Shares 0.1 + 1 - neutral: 0.1 and 1.1; the filler has none. Negative 1.1 * 0.9 / 1.2, positive 1.1 * 0.1 / 1.2.
    found = turn_sentiment(["I rang on the fifth.", "Nobody calls back.", "Okay."], rows)
    assert (found.negative, found.positive) == (0.825, 0.0917)
    assert found.negative + found.neutral + found.positive == pytest.approx(1)


def test_a_single_sentence_keeps_its_probabilities() -> None:
    found = turn_sentiment(["I am fed up"], np.array([[0.7, 0.2, 0.1]]))
    assert (found.negative, found.neutral, found.positive) == (0.7, 0.2, 0.1)


@pytest.mark.parametrize(
    ("text", "filler"),
    [
        ("", True),
        ("Uh-huh.", True),
        ("Yes, that's right.", True),
        ("okay so", True),
        ("Four four one double seven.", True),
        ("A D E Y E M I", True),
        ("13800005521", True),
        ("嗯嗯，好的。", True),
        ("一三八零零零零五五二一", True),
        ("对，没错。", True),
        ("No, I'm not happy.", False),
        ("right away please", False),
        ("Fed up.", False),
        ("不行", False),
        ("没有人理我", False),
        ("好慢", False),
        ("OK 但是太慢了", False),
    ],
)
def test_fillers(text: str, filler: bool) -> None:
    assert is_filler(text) is filler


def test_only_fillers_are_neutral() -> None:
    found = turn_sentiment(["Okay.", "Yes."], np.array([[0.9, 0.0, 0.1], [0.9, 0.0, 0.1]]))
    assert (found.negative, found.neutral, found.positive) == (0, 1, 0)
    assert turn_sentiment([], np.zeros((0, 3))).neutral == 1


@pytest.mark.engines
@pytest.mark.parametrize(("language", "at_least"), [("en", 0.90), ("zh", 0.86)])  # as in the model card
def test_service_turns_that_it_never_saw(language: str, at_least: float) -> None:
    examples = read_service_turns(language, "test")
    assert len(examples) == 52
    texts = [example.text for example in examples]
    found = load_sentiment().probabilities(texts, load_embedder().embed(texts)).argmax(axis=1)
    right = sum(LABELS[index] == example.label for index, example in zip(found, examples, strict=True))
    assert right / len(examples) >= at_least


@pytest.mark.parametrize("language", ["en", "zh"])
def test_training_and_test_turns_are_apart(language: str) -> None:
    train, test = read_service_turns(language, "train"), read_service_turns(language, "test")
    texts = [example.text for example in [*train, *test]]
    assert len(set(texts)) == len(texts)
    assert {example.label for example in test} == set(LABELS)


@pytest.mark.engines
@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("this is the third time I've called and nobody helps", {"negative"}),
        ("I lost my card", {"negative", "neutral"}),
        ("yes, that's right", {"neutral"}),
        ("这是我第三次打电话了，还是没人帮我", {"negative"}),
        ("我的卡丢了", {"negative", "neutral"}),
        ("对，没错", {"neutral"}),
        ("thank you so much, you've been wonderful", {"positive"}),
        ("太感谢你了，帮了大忙", {"positive"}),
    ],
)
def test_sentences_of_service_calls(text: str, allowed: set[str]) -> None:
    probabilities = load_sentiment().probabilities([text], load_embedder().embed([text]))
    found = turn_sentiment([text], probabilities)
    tones = {"negative": found.negative, "neutral": found.neutral, "positive": found.positive}
    assert max(tones, key=lambda tone: tones[tone]) in allowed
