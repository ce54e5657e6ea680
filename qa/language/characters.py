"""Which characters follow one another in Mandarin service talk, and which sound they have there."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import groupby
from math import log
from typing import Any, Self

SCHEMA = "qa.language.characters/1"
ORDER = 3
"""Four characters instead of three gave 416 errors instead of 421 on twelve calls and clips, for twice the size."""
START, END, NUMBER = "^", "$", "0"
NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿幺0123456789")
"""Any number may follow any other: to the model all are one character."""
RUN = re.compile("[\u3400-\u9fff0-9]{1,300}")
"""Chinese characters and digits between punctuation and other scripts; what somebody says for minutes without any is cut, as
the work grows with the square of a run's length."""
_PARTS = re.compile("[\u3400-\u9fff]+|[0-9]+")
_ALPHABET = 8_000
"""About as many characters as are in use: what was never seen is shared among them."""
_REMEMBERED = 200_000
"""Probabilities, some tens of megabytes: a worker lives for a night."""
_COMMON = 3
"""A character that was read with a sound less often does not count as having it."""


class CharacterModel:
    """How likely a character is after the two before it (counts of up to three, smoothed: Witten and Bell 1991), and which
    characters have a sound, such as ``zhang4``.
    """

    def __init__(self, counts: Mapping[str, int], sounds: Mapping[str, str]) -> None:
        self._counts, self.sounds = counts, sounds
        self._seen: Counter[str] = Counter()
        self._different: Counter[str] = Counter()
        for gram, n in counts.items():
            self._seen[gram[:-1]] += n
            self._different[gram[:-1]] += 1
        self._known: dict[tuple[str, str], float] = {}

    @classmethod
    def counted(cls, texts: Iterable[str]) -> Self:
        """The model of these texts; a run of Chinese characters and digits is a sentence."""
        counts: Counter[str] = Counter()
        read: Counter[tuple[str, str]] = Counter()
        for text in texts:
            for run in RUN.findall(text):
                padded = START * (ORDER - 1) + _one_number(run) + END
                for end in range(ORDER, len(padded) + 1):
                    counts.update(padded[start:end] for start in range(end - ORDER, end))
                read.update(
                    (sound, each) for sound, each in zip(read_out(run), run, strict=True) if each not in NUMERALS
                )
        sounds: dict[str, str] = {}
        for (sound, character), n in sorted(read.items()):
            if n >= _COMMON:
                sounds[sound] = sounds.get(sound, "") + character
        return cls(counts, sounds)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Read what ``to_document`` wrote."""
        counts = {
            joined[start : start + size]: int(n)
            for size, by_count in enumerate(document["grams"], start=1)
            for n, joined in by_count.items()
            for start in range(0, len(joined), size)
        }
        return cls(counts, document["sounds"])

    def to_document(self) -> dict[str, Any]:
        """Groups of each size, joined into one text for each count, and the characters of each sound."""
        grams: list[dict[str, str]] = []
        for size in range(1, ORDER + 1):
            by_count: dict[int, str] = {}
            for gram, n in sorted((gram, n) for gram, n in self._counts.items() if len(gram) == size):
                by_count[n] = by_count.get(n, "") + gram
            grams.append({str(n): joined for n, joined in sorted(by_count.items())})
        return {"schema": SCHEMA, "order": ORDER, "grams": grams, "sounds": dict(self.sounds)}

    def log_probability(self, before: str, character: str) -> float:
        """Of ``character`` after ``before``, of which the last two count; both with numbers as one character."""
        key = before[-(ORDER - 1) :], character
        if key not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            probability = 1 / _ALPHABET
            for length in range(len(key[0]) + 1):
                context = key[0][len(key[0]) - length :]
                if seen := self._seen[context]:
                    new = self._different[context]
                    probability = (self._counts.get(context + character, 0) + new * probability) / (seen + new)
            self._known[key] = log(probability)
        return self._known[key]


def _one_number(run: str) -> str:
    """A run with each number as one character."""
    return "".join(NUMBER if numeral else "".join(group) for numeral, group in groupby(run, NUMERALS.__contains__))


def read_out(run: str) -> list[str]:
    """The sound of each character of a run, chosen by the words that they form; of a digit the digit."""
    from pypinyin import Style, pinyin

    sounds: list[str] = []
    for part in _PARTS.findall(run):
        if part.isdigit():
            sounds += part
        else:  # a character without a known sound stands for itself; pypinyin's types do not say that a list may come back
            sounds += [sound for (sound,) in pinyin(part, style=Style.TONE3, errors=list)]  # type: ignore[arg-type]
    return sounds
