"""Written calls as a recogniser would hand them over: without marks, with wrong words, with homophones. Seeded by call."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.model import Conversation, Language

_SUBSTITUTED, _DELETED = 0.6, 0.25  # the rest is inserted: about what Whisper base does on telephone speech
_ENGLISH_UNIT = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CHINESE_UNIT = re.compile("[\u4e00-\u9fff]")
_SOUND = re.compile(r"[aeiouy]+|(.)\1+")


@dataclass(frozen=True, slots=True)
class Noise:
    """``words``: share of words (zh: characters) made wrong; ``homophones``: share replaced by one of the same sound."""

    name: str
    marks: bool = True
    words: float = 0.0
    homophones: float = 0.0


VARIANTS = (
    Noise("as written"),
    Noise("no case, no marks", marks=False),
    Noise("10 % word errors", words=0.10),
    Noise("20 % word errors", words=0.20),
    Noise("10 % homophones", homophones=0.10),
)


class Vocabulary:
    """The words of some calls, from which wrong words are taken, and which of them sound alike."""

    def __init__(self, calls: Sequence[Conversation], language: Language) -> None:
        self.language = language
        unit = _unit(language)
        self.words = sorted(
            {match[0].lower() for call in calls for turn in call.turns for match in unit.finditer(turn.text)}
        )
        self._alike: dict[str, list[str]] = {}
        for word in self.words:
            self._alike.setdefault(_sound(word, language), []).append(word)

    def homophone(self, word: str, draw: random.Random) -> str | None:
        """Another word of the same sound, None where there is none."""
        others = [other for other in self._alike.get(_sound(word.lower(), self.language), ()) if other != word.lower()]
        return draw.choice(others) if others else None

    def wrong(self, word: str, draw: random.Random) -> str:
        """What a recogniser might write instead: a homophone, else a word with the same first letter, else any."""
        found = self.homophone(word, draw)
        if found is None:
            same = [other for other in self.words if other[:1] == word[:1].lower() and other != word.lower()]
            found = draw.choice(same or self.words)
        return found


def noisy(call: Conversation, noise: Noise, vocabulary: Vocabulary) -> Conversation:
    """The call with noise; times stay, sentences are to be found again. The same call gets the same noise every time."""
    draw = random.Random(f"{call.call.call_id} {noise.name}")  # noqa: S311 (no secret)
    change = _changer(noise, vocabulary, draw)
    turns = []
    for turn in call.turns:
        text = change(turn.text)
        if not noise.marks:
            text = re.sub(r"[^\w'\s]+", " ", text).lower().strip()
        turns.append(turn.model_copy(update={"text": text, "sentences": ()}))
    return call.model_copy(update={"turns": tuple(turns)})


def _changer(noise: Noise, vocabulary: Vocabulary, draw: random.Random) -> Callable[[str], str]:
    space = "" if vocabulary.language == "zh" else " "

    def word(match: re.Match[str]) -> str:
        said = match[0]
        if draw.random() < noise.homophones:
            return vocabulary.homophone(said, draw) or said
        if draw.random() >= noise.words:
            return said
        kind = draw.random()
        if kind < _SUBSTITUTED:
            return vocabulary.wrong(said, draw)
        if kind < _SUBSTITUTED + _DELETED:
            return ""
        return said + space + draw.choice(vocabulary.words)

    unit = _unit(vocabulary.language)
    return lambda text: unit.sub(word, text)


def _unit(language: Language) -> re.Pattern[str]:
    return _CHINESE_UNIT if language == "zh" else _ENGLISH_UNIT


def _sound(word: str, language: Language) -> str:
    if language == "zh":
        from qa.language.normalise import pinyin

        return " ".join(pinyin(word))
    # Consonants only: what is left of a word on a bad line (their/there, your/you're, weak/week).
    bare = re.sub(r"[^a-z]", "", word)
    return bare[:1] + _SOUND.sub("", bare[1:])
