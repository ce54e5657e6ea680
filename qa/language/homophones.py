"""What a recogniser heard as the wrong character of the right sound, written as service talk would write it.

A noisy channel (Shannon 1948; for spelling Kernighan, Church and Gale 1990): of all ways to write what was heard, the one
whose characters are likely after one another, less a price for every character that differs from what was heard. The price
grows with the recogniser's own confidence, so a sure character is never changed, and no character is added or taken away.
What it knows, and how well, is in ``docs/model_cards/homophones.md``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log
from pathlib import Path

from qa.language.annotate import simplified
from qa.language.characters import END, NUMBER, NUMERALS, ORDER, RUN, SCHEMA, START, CharacterModel, read_out
from qa.model import Conversation, ModelUnavailable, Turn, Word

MODEL = Path(__file__).with_name("models") / "mandarin_characters.json"
_NAME = re.compile("[\u3400-\u9fff]+")
_CHANGE, _BY_CONFIDENCE, _OTHER_TONE, _OTHER_SYLLABLE = 2.0, 2.0, 0.5, 4.0
"""Prices, as differences of log probability: of any change, times the log odds of the recogniser's confidence, of another tone,
of a syllable that is only close. From 1.5 to 3, 1.5 to 2.5, 0 to 1 and 3 to 4 it makes no difference beyond chance on calls; a
low weight of the confidence harms talk of other matters.
"""
_LEAST_PRICE, _TOO_DEAR = 0.5, 9.0
_LEAST_SURE, _MOST_SURE = 0.02, 0.98
_BEAM = 8
_NAMED = log(0.5)
"""The next character of a name that is expected in the call, after the ones before it."""
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FINALS = (("ing", "in"), ("eng", "en"), ("ang", "an"))
"""Sounds that speakers and telephone lines run together."""


class Homophones:
    """Chooses among the characters of one sound."""

    def __init__(self, model: CharacterModel) -> None:
        self._model = model
        self._by_syllable: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for sound, characters in model.sounds.items():
            self._by_syllable[_syllable(sound)] += [(character, sound) for character in characters]

    def rewritten(self, heard: str, confidences: Sequence[float], names: Sequence[str] = ()) -> str:
        """A run of Chinese characters and digits, each with its confidence, as it is most likely written; as many characters.

        ``names`` may come up in the call: their characters are likely after one another.
        """
        begun: defaultdict[str, list[str]] = defaultdict(list)  # what of a name stands before its next character
        named: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        for name in names:
            for end, sound in enumerate(read_out(name)):
                named[_syllable(sound)].append((name[end], sound))
                if end:
                    begun[name[end]].append(name[:end])
        choices = [
            self._choices(character, sound, confidence, named)
            for character, sound, confidence in zip(heard, read_out(heard), confidences, strict=True)
        ]
        if all(len(offered) == 1 for offered in choices):
            return heard
        remembered = max(ORDER - 1, *(len(name) for name in names), 0)
        paths = [(0.0, "", START * (ORDER - 1))]  # score, what is written, and the same as the model sees it
        for offered in [*choices, {END: 0.0}]:
            best: dict[str, tuple[float, str, str]] = {}
            for score, written, seen in paths:
                for character, price in offered.items():
                    if character in NUMERALS:
                        likely, after = 0.0, seen if seen.endswith(NUMBER) else seen + NUMBER
                    else:
                        likely, after = self._model.log_probability(seen, character), seen + character
                    if character in begun and written.endswith(tuple(begun[character])):
                        likely = max(likely, _NAMED)
                    path = score + likely - price, written + character, after
                    state = after[-remembered:]
                    if state not in best or best[state] < path:
                        best[state] = path
            paths = sorted(best.values(), reverse=True)[:_BEAM]
        return paths[0][1][:-1]

    def _choices(
        self, heard: str, sound: str, confidence: float, named: Mapping[str, list[tuple[str, str]]]
    ) -> dict[str, float]:
        """What may be written for a character, each with its price."""
        sure = min(max(confidence, _LEAST_SURE), _MOST_SURE)
        price = max(_LEAST_PRICE, _CHANGE + _BY_CONFIDENCE * log(sure / (1 - sure)))
        if heard in NUMERALS or price > _TOO_DEAR:
            return {heard: 0.0}
        syllable = _syllable(sound)
        offered = {each: price + _OTHER_SYLLABLE for near in _near(syllable) for each, _ in self._by_syllable[near]}
        for each, toned in [*self._by_syllable[syllable], *named.get(syllable, ())]:
            offered[each] = min(offered.get(each, _TOO_DEAR + price), price + (0.0 if toned == sound else _OTHER_TONE))
        return offered | {heard: 0.0}


@lru_cache(maxsize=1)
def load_homophones() -> Homophones:
    """The model that comes with the product; raises ``ModelUnavailable`` when it is missing or of another kind."""
    try:
        document = json.loads(MODEL.read_bytes())
    except (OSError, ValueError) as error:
        raise ModelUnavailable("the characters of Mandarin cannot be read", where=str(MODEL)) from error
    if document.get("schema") != SCHEMA:
        raise ModelUnavailable("another kind of model", where=str(MODEL), expected=SCHEMA)
    return Homophones(CharacterModel.from_document(document))


def with_homophones(conversation: Conversation, names: Sequence[str] = ()) -> Conversation:
    """A conversation that was heard, with its Mandarin words as they are most likely written.

    Words keep their times and confidences. Text without words was typed by somebody and stays, as does English.
    ``names`` are expected in the call, such as the agent's.
    """
    if conversation.language != "zh":
        return conversation
    homophones = load_homophones()
    chinese = [name for name in names if _NAME.fullmatch(name)]
    turns = tuple(_rewritten(simplified(turn), homophones, chinese) for turn in conversation.turns)
    return conversation.model_copy(update={"turns": turns})


def _rewritten(turn: Turn, homophones: Homophones, names: Sequence[str]) -> Turn:
    confidences = [word.confidence for word in turn.words for _ in _spoken(word.text)]
    if len(confidences) != len(_spoken(turn.text)):
        return turn  # its words are not its text
    given = iter(confidences)
    text = RUN.sub(lambda run: homophones.rewritten(run[0], [next(given) for _ in run[0]], names), turn.text)
    if text == turn.text:
        return turn
    written = iter(_spoken(text))
    words = tuple(
        _with_text(word, RUN.sub(lambda run: "".join(next(written) for _ in run[0]), word.text)) for word in turn.words
    )
    return turn.model_copy(update={"text": text, "words": words})


def _spoken(text: str) -> str:
    return "".join(RUN.findall(text))


def _with_text(word: Word, text: str) -> Word:
    return word if word.text == text else word.model_copy(update={"text": text})


def _syllable(sound: str) -> str:
    return sound.rstrip("12345")


@lru_cache(maxsize=1_000)
def _near(syllable: str) -> frozenset[str]:
    """The syllables that are easily taken for this one."""
    found = set()
    for pair in _INITIALS:
        for one, other in (pair, pair[::-1]):
            if syllable.startswith(one) and not (one in "zcs" and syllable[1:2] == "h"):
                found.add(other + syllable.removeprefix(one))
    for pair in _FINALS:
        for one, other in (pair, pair[::-1]):
            if syllable.endswith(one):
                found.add(syllable.removesuffix(one) + other)
    return frozenset(found - {syllable})
