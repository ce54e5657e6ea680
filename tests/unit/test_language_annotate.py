"""What annotate adds, and what it leaves alone."""

from __future__ import annotations

from typing import Literal

import pytest

from qa.language import annotate, detect_language, load_embedder
from qa.model import Act, ActScore, Conversation, ModelUnavailable, Sentence, Sentiment, SpeakerRole, Turn, Word
from tests.language_builders import FakeEmbedder, spoken


def with_turn(conversation: Conversation, turn: Turn) -> Conversation:
    return conversation.model_copy(update={"turns": (turn,)})


def test_sentences_without_an_embedder() -> None:
    found = annotate(spoken("Hello. I lost my card.", "", language="en"))
    assert found.turns[0].sentence_texts() == ["Hello.", "I lost my card."]
    assert found.turns[1].sentences == ()
    assert all(turn.sentiment is None for turn in found.turns)


def test_mandarin_becomes_simplified_with_its_words() -> None:
    words = (Word(text="電話", start_s=0, end_s=1, confidence=1), Word(text="等著", start_s=1, end_s=2, confidence=1))
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="電話。等著。", words=words)
    found = annotate(with_turn(spoken("x", language="zh"), turn)).turns[0]
    assert found.text == "电话。等着。"
    assert [word.text for word in found.words] == ["电话", "等着"]
    assert found.sentence_texts() == ["电话。", "等着。"]


def test_chinese_words_in_an_english_call_stay() -> None:
    assert annotate(spoken("his name is 陳露", language="en")).turns[0].text == "his name is 陳露"


def test_what_is_there_is_left_alone() -> None:
    tone = Sentiment(negative=0.2, neutral=0.3, positive=0.5)
    acts = (ActScore(act=Act.GREETS, confidence=0.9),)
    turn = Turn(
        index=0,
        role=SpeakerRole.AGENT,
        text="One. Two.",
        sentences=(Sentence(start=0, end=9, acts=acts),),
        sentiment=tone,
    )
    embedder = FakeEmbedder()
    found = annotate(with_turn(spoken("x", language="en"), turn), embedder=embedder)
    assert found.turns == (turn,)
    assert embedder.given == []
    assert annotate(found, embedder=embedder) == found


def test_sentiment_for_people_not_for_machines() -> None:
    conversation = spoken("Hello there. I have a question.", "", language="en")
    ivr = Turn(index=2, role=SpeakerRole.IVR, text="Press one.")
    embedder = FakeEmbedder()
    found = annotate(conversation.model_copy(update={"turns": (*conversation.turns, ivr)}), embedder=embedder)
    first, empty, machine = (turn.sentiment for turn in found.turns)
    assert first is not None
    assert first.negative + first.neutral + first.positive == pytest.approx(1)
    assert empty == Sentiment(negative=0, neutral=1, positive=0)
    assert machine is None
    assert embedder.given == ["Hello there.", "I have a question.", "Press one."]  # each once, for acts and tone


def test_vectors_of_another_encoder_are_refused() -> None:
    with pytest.raises(ModelUnavailable, match="sentence vectors come from other; expected use-multilingual-3"):
        annotate(spoken("Hello there."), embedder=FakeEmbedder(name="other"))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I lost my card", "en"),
        ("我的卡丢了", "zh"),
        ("我的 debit card 丢了，怎么办", "zh"),  # 7 characters / 1.6 = 4.4 words against 2
        ("so my name is 王丽 and I lost it", "en"),  # 2 / 1.6 = 1.25 words against 8
        ("ok 好的", "zh"),  # 1.25 against 1
        ("café", "en"),
        ("12345 ...", None),
        ("", None),
        ("カード", None),
    ],
)
def test_language_by_script(text: str, language: str | None) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("named", "text", "expected"),
    [(None, "我的卡丢了", "zh"), ("auto", "I lost my card", "en"), ("en", "我的卡丢了", "en"), (None, "123", None)],
)
def test_language_is_detected_where_none_is_named(
    named: Literal["en", "auto"] | None, text: str, expected: str | None
) -> None:
    assert annotate(spoken(text, language=named)).language == expected


@pytest.mark.engines
@pytest.mark.parametrize(
    ("language", "texts", "tones"),
    [
        (
            "en",
            [
                "Good morning, how can I help?",
                "I've had enough of this, nobody ever calls me back.",
                "Wonderful, thank you!",
            ],
            [None, "negative", "positive"],
        ),
        (
            "zh",
            ["您好，請問有什麼可以幫您？", "氣死我了，打了三次電話都沒人管！", "太好了，謝謝你！"],
            [None, "negative", "positive"],
        ),
    ],
)
def test_tone_with_the_real_encoder(language: Literal["en", "zh"], texts: list[str], tones: list[str | None]) -> None:
    found = annotate(spoken(*texts, language=language), embedder=load_embedder())
    for turn, tone in zip(found.turns, tones, strict=True):
        assert turn.sentiment is not None
        if tone:
            assert getattr(turn.sentiment, tone) > 0.5
