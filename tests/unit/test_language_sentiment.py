"""The sentiment head: its file, its arithmetic by hand, and (with the real encoder) how well it does."""

from __future__ import annotations

import json
from importlib import resources
from math import exp

import numpy as np
import pytest

from qa.language.fillers import is_filler
from qa.language.sentiment import LABELS, SentimentHead, load_head, turn_sentiment
from qa.language.train_sentiment import judged, read_service_turns
from qa.language.vectors import USE_MULTILINGUAL, load_embedder
from qa.model import ModelUnavailable


def test_shipped_weights_say_where_they_come_from() -> None:
    file = resources.files("qa.language") / "models" / "sentiment.json"
    text = file.read_text(encoding="utf-8")
    document = json.loads(text)
    assert len(text) < 2_000_000
    assert document["embedder"] == USE_MULTILINGUAL
    assert {"date", "licence", "measured", "trained_on"} <= set(document)
    assert all({"name", "licence", "attribution", "n"} <= set(source) for source in document["trained_on"])
    assert load_head().weights.shape == (3, 512)


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
    found = judged(load_head(), load_embedder().embed([example.text for example in examples]))
    right = sum(label == example.label for label, example in zip(found, examples, strict=True))
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
    probabilities = load_head().probabilities(load_embedder().embed([text]))
    found = turn_sentiment([text], probabilities)
    tones = {"negative": found.negative, "neutral": found.neutral, "positive": found.positive}
    assert max(tones, key=lambda tone: tones[tone]) in allowed
