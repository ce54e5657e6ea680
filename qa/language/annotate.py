"""What the room adds to a conversation: simplified text, sentence borders, acts of sentences and the tone of turns."""

from __future__ import annotations

import re
from typing import Any

from qa.language.acts import load_act_head, with_acts
from qa.language.normalise import to_simplified
from qa.language.sentences import split
from qa.language.sentiment import SentimentModel, load_sentiment, turn_sentiment
from qa.language.vectors import EachOnce, Embedder, check_embedder
from qa.model import Conversation, Language, SpeakerRole, Turn

# Japanese kana and Korean are neither; accented Latin letters belong to English (café).
_HAN_CHARACTER = re.compile("[\u3400-\u9fff]")
_LATIN_WORD = re.compile("[A-Za-z\u00c0-\u024f]+(?:['’][A-Za-z]+)*")
_HAN_CHARACTERS_PER_WORD = 1.6
"""A Chinese word has one to two characters; 25 English words and 40 characters make sentences of like length."""


def annotate(conversation: Conversation, *, embedder: Embedder | None = None) -> Conversation:
    """The conversation with sentences, and with an embedder also acts and sentiment, on every turn that had none.

    The language is detected if the call names none. Mandarin text is converted to simplified characters first. IVR
    turns get no sentiment: a machine has no tone. Without an embedder nothing gets acts or sentiment. Raises
    ``ModelUnavailable`` if the embedder is not the one that the weights were trained on.
    """
    conversation = _with_language(conversation)
    chinese = conversation.language == "zh"
    turns = [_with_sentences(simplified(turn) if chinese else turn) for turn in conversation.turns]
    if embedder is not None:
        once = EachOnce(embedder)
        turns = _with_sentiment(
            with_acts(turns, once, load_act_head(), conversation.language or "en"), once, load_sentiment()
        )
    return conversation.model_copy(update={"turns": tuple(turns)})


def detect_language(text: str) -> Language | None:
    """``zh`` or ``en`` by the script of most words, None if the text has no word in either.

    For conversations that switch between the two the majority of the words decides; equal counts are Mandarin, since
    English terms are common in Mandarin calls and not the other way round.
    """
    chinese = len(_HAN_CHARACTER.findall(text)) / _HAN_CHARACTERS_PER_WORD
    english = len(_LATIN_WORD.findall(text))
    if not chinese and not english:
        return None
    return "zh" if chinese >= english else "en"


def _with_language(conversation: Conversation) -> Conversation:
    if conversation.language is not None:
        return conversation
    found = detect_language("\n".join(turn.text for turn in conversation.turns))
    if found is None:
        return conversation
    return conversation.model_copy(update={"call": conversation.call.model_copy(update={"language": found})})


def simplified(turn: Turn) -> Turn:
    """The turn in simplified characters, its words too."""
    text = to_simplified(turn.text)
    if text == turn.text and not turn.words:
        return turn
    words = tuple(word.model_copy(update={"text": to_simplified(word.text)}) for word in turn.words)
    update: dict[str, Any] = {"text": text, "words": words}
    if len(text) != len(turn.text):
        update["sentences"] = ()  # their offsets no longer hold
    return turn.model_copy(update=update)


def _with_sentences(turn: Turn) -> Turn:
    return turn if turn.sentences else turn.model_copy(update={"sentences": split(turn.text)})


def _with_sentiment(turns: list[Turn], embedder: Embedder, model: SentimentModel) -> list[Turn]:
    check_embedder(embedder, model.embedder, where="sentiment", script="train_sentiment")
    wanted = [turn for turn in turns if turn.sentiment is None and turn.role != SpeakerRole.IVR]
    if not wanted:
        return turns
    texts = [text for turn in wanted for text in turn.sentence_texts()]
    # Scoring asks for the customer's tone only: the agent's is read quickly.
    closely = [turn.role != SpeakerRole.AGENT for turn in wanted for _ in turn.sentence_texts()]
    probabilities = model.probabilities(texts, embedder.embed(texts), closely=closely)
    found: dict[int, Turn] = {}
    start = 0
    for turn in wanted:
        sentences = turn.sentence_texts()
        rows = probabilities[start : start + len(sentences)]
        start += len(sentences)
        found[turn.index] = turn.model_copy(update={"sentiment": turn_sentiment(sentences, rows)})
    return [found.get(turn.index, turn) for turn in turns]
