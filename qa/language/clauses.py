"""Long stretches of speech cut into clauses: at a comma or pause, else before a word that usually opens a clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_ENGLISH_WORDS = 25
MAX_CHINESE_CHARACTERS = 40

# Weights are whole numbers, so that sums are exact: 25 words and 40 characters weigh the same.
_WORD_WEIGHT, _CHARACTER_WEIGHT = 8, 5
_LONGEST_SENTENCE = MAX_ENGLISH_WORDS * _WORD_WEIGHT
_LONGEST_CLAUSE = 24 * _CHARACTER_WEIGHT
_SHORTEST_CLAUSE = 8 * _CHARACTER_WEIGHT
_LONGEST_WORD = 40
"""Characters; a longer run without a space is cut, whatever it is."""

_CJK = "\u3400-\u9fff\uf900-\ufaff"
_UNIT = re.compile(f"[{_CJK}]|[^\\s{_CJK}]{{1,{_LONGEST_WORD}}}")
_PUNCTUATION = re.compile(r"[,.!?;:，。！？；：、…]")
_PAUSE = re.compile(r"[,，、:：—–]")
_EDGE_PUNCTUATION = ".,!?;:\"'“”‘’()"

_PAUSE_STRENGTH, _STRONG, _WEAK, _NONE = 3, 2, 1, 0

_STRONG_ENGLISH = frozenset({"so", "but", "and", "because", "then", "okay", "ok", "well", "or", "if", "when"})
_WEAK_ENGLISH = frozenset(
    {"i", "i'm", "i'd", "i'll", "i've", "we", "we're", "we'll", "we've", "you're", "it's", "that's", "there's", "let's"}
    | {"let", "what", "what's", "how", "why", "where", "who", "please", "before", "after", "until", "unless", "since"}
    | {"while", "thank", "thanks"}
)
_AUXILIARIES = frozenset({"can", "could", "would", "do", "did", "may", "have", "are", "is", "will"})
_SUBJECTS = frozenset({"i", "you", "we", "there", "it", "that"})
_STRONG_CHINESE = re.compile("然后|但是|可是|所以|因为|不过|那么|如果|而且|还有|请问|麻烦")
_WEAK_CHINESE = re.compile(
    "我想|我要|我是|我这|我先|我帮|我给|您好|你好|请您|好的|那我|那您|那你|就是|另外|现在|为了|谢谢|感谢|非常|稍等"
)
_QUESTION_PARTICLES = frozenset("吗呢吧")
_OTHER_PARTICLES = frozenset("啊呀啦嘛了")


@dataclass(frozen=True, slots=True)
class Unit:
    """A Chinese character or a word of another script: its place in the text and how much it weighs."""

    start: int
    end: int
    weight: int


def units_of(text: str, start: int, end: int) -> list[Unit]:
    """The words and Chinese characters of ``text[start:end]``; punctuation that stands alone is none."""
    return [
        Unit(match.start(), match.end(), _CHARACTER_WEIGHT if _is_chinese(match.group()) else _WORD_WEIGHT)
        for match in _UNIT.finditer(text, start, end)
        if any(character.isalnum() for character in match.group())
    ]


def cut_points(text: str, units: Sequence[Unit]) -> list[int]:
    """Indexes of the units that begin a new clause; none if the stretch is short enough.

    A clause has 8 to 24 Chinese characters or 5 to 15 English words. In that range the strongest sign of a border wins,
    the last of equals; without any, the first sign after it. What is longer than a whole sentence may be and shows no
    sign at all is cut at the clause's limit.
    """
    left = sum(unit.weight for unit in units)
    if not units or left <= _limit(text, units):
        return []
    cuts: list[int] = []
    first = 0
    while left > _LONGEST_CLAUSE:
        found = _next_cut(text, units, first, left)
        if found is None:
            break
        first, weight = found
        left -= weight
        cuts.append(first)
    return cuts


def _next_cut(text: str, units: Sequence[Unit], first: int, left: int) -> tuple[int, int] | None:
    """Where the clause that begins at ``first`` ends, and its weight; None if the rest may stay whole."""
    best, best_weight, best_strength = first, 0, _NONE
    weight = 0
    for index in range(first, len(units)):
        if left - weight < _SHORTEST_CLAUSE or weight > _LONGEST_SENTENCE:
            break
        beyond = weight > _LONGEST_CLAUSE
        if beyond and best_strength > _NONE:
            break
        if weight >= _SHORTEST_CLAUSE:
            strength = _border_strength(text, units, index)
            if strength > best_strength or (strength == best_strength and not beyond):
                best, best_weight, best_strength = index, weight, strength
        weight += units[index].weight
    if best == first or (best_strength == _NONE and left <= _LONGEST_SENTENCE):
        return None
    return best, best_weight


def _limit(text: str, units: Sequence[Unit]) -> int:
    """Without punctuation even a shorter stretch may hold several sentences."""
    punctuated = _PUNCTUATION.search(text, units[0].start, units[-1].end + 1)
    return _LONGEST_SENTENCE if punctuated else _LONGEST_CLAUSE


def _border_strength(text: str, units: Sequence[Unit], index: int) -> int:
    """How likely a clause ends before this unit."""
    before, here = units[index - 1], units[index]
    gap = text[before.end - 1 : here.start]
    chinese = _is_chinese(text[here.start])
    if _PAUSE.search(gap) or (chinese and _is_chinese(gap[0]) and gap[1:].isspace()):
        return _PAUSE_STRENGTH
    if not chinese:
        opener = _english_opener(text, units, index)
        # "do i need": the clause begins with the first of several openers.
        return opener if opener and not _english_opener(text, units, index - 1) else _NONE
    return _chinese_strength(text, here.start)


def _chinese_strength(text: str, start: int) -> int:
    before, here = text[start - 1], text[start]
    if here in _QUESTION_PARTICLES | _OTHER_PARTICLES:
        return _NONE  # 了吗 is one ending
    if before in _QUESTION_PARTICLES or _STRONG_CHINESE.match(text, start):
        return _STRONG
    particle = (
        before in _OTHER_PARTICLES and text[start - 2 : start] != "为了" and text[start - 1 : start + 1] != "了解"
    )
    return _WEAK if particle or _WEAK_CHINESE.match(text, start) else _NONE


def _english_opener(text: str, units: Sequence[Unit], index: int) -> int:
    word = _word(text, units, index)
    if word in _STRONG_ENGLISH:
        return _STRONG
    asks = word in _AUXILIARIES and _word(text, units, index + 1) in _SUBJECTS
    return _WEAK if asks or word in _WEAK_ENGLISH else _NONE


def _word(text: str, units: Sequence[Unit], index: int) -> str:
    if not 0 <= index < len(units):
        return ""
    return text[units[index].start : units[index].end].lower().strip(_EDGE_PUNCTUATION)


def _is_chinese(text: str) -> bool:
    return "\u3400" <= text[0] <= "\u9fff" or "\uf900" <= text[0] <= "\ufaff"
