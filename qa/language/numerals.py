"""Spoken numbers: English number words and Chinese numerals as Arabic digits and back, so that equals look equal."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ONES_IN_ORDER = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS_IN_ORDER = "twenty thirty forty fifty sixty seventy eighty ninety"
_ORDINALS_IN_ORDER = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
)
_ONES = {word: value for value, word in enumerate(_ONES_IN_ORDER.split())}
_TENS = {word: 10 * value for value, word in enumerate(_TENS_IN_ORDER.split(), 2)}
_ORDINALS = {word: value for value, word in enumerate(_ORDINALS_IN_ORDER.split(), 1)} | {"thirtieth": 30}
_SCALES = (("hundred", 100), ("thousand", 1_000), ("million", 1_000_000))

ENGLISH_NUMBER_WORDS = frozenset(_ONES) | frozenset(_TENS) | frozenset(_ORDINALS) | {word for word, _ in _SCALES}

_ZH_DIGIT_CHARACTERS = "零一二三四五六七八九"
_ZH_DIGITS = {character: value for value, character in enumerate(_ZH_DIGIT_CHARACTERS)} | {"〇": 0, "两": 2, "幺": 1}
_ZH_UNITS = {"十": 10, "百": 100, "千": 1_000}
_ZH_LARGE = {"万": 10_000, "亿": 100_000_000}
_ZH_LONGEST = 20
"""Characters of the longest numeral that is read: 亿亿亿... would grow without end."""

CHINESE_NUMERALS = frozenset(_ZH_DIGITS) | frozenset(_ZH_UNITS) | frozenset(_ZH_LARGE)

# A cardinal begins with a digit, or with 十 as in 十五; 千万 (by all means), 万一 (in case), 十分 (very) are none.
_ZH_CARDINAL = re.compile("(?:[一二两三四五六七八九]|十(?=[一二三四五六七八九]))[零〇一二两三四五六七八九十百千万亿]+")


def english_numbers_to_digits(tokens: Sequence[str]) -> list[str]:
    """Number words as digits: ``twenty five`` -> ``25``, ``one hundred and five`` -> ``105``, ``ninth`` -> ``9th``.

    Tokens are lower-case words. Digits read out one by one stay apart (``one three`` -> ``1``, ``3``), as do the halves
    of a year (``nineteen sixty one`` -> ``19``, ``61``). ``oh`` is a zero only between two numbers.
    """
    words = list(tokens)
    out: list[str] = []
    position = 0
    while position < len(words):
        found = _ordinal(words, position) or _cardinal(words, position)
        if found is None and words[position] == "oh" and _between_numbers(words, position, out):
            found = "0", position + 1
        text, position = found or (words[position], position + 1)
        out.append(text)
    return out


def chinese_cardinals_to_digits(text: str) -> str:
    """Numerals with units as Arabic digits: ``二十五`` -> ``25``, ``一百零五`` -> ``105``, ``三千五`` -> ``3500``.

    Digits read out one by one (``一三八``) and words that only contain a numeral (``万一``, ``十分``) stay as they are.
    """

    def replaced(match: re.Match[str]) -> str:
        value = _chinese_value(match.group())
        return match.group() if value is None else str(value)

    return _ZH_CARDINAL.sub(replaced, text)


def digits_to_chinese(text: str) -> str:
    """Arabic digits as Chinese ones, one by one: ``138`` -> ``一三八``; a decimal point is read ``点``."""
    text = re.sub(r"(?<=\d)[.:：](?=\d)", "点", text)
    text = re.sub(r"(\d+(?:点\d+)?)[%％]", r"百分之\1", text)
    return re.sub(r"\d", lambda match: _ZH_DIGIT_CHARACTERS[int(match.group())], text)


def chinese_digits_to_arabic(text: str, *, min_run: int) -> str:
    """Chinese digits read out one by one, at least ``min_run`` in a row, as Arabic ones: ``一三八`` -> ``138``."""
    run = re.compile(f"[{''.join(_ZH_DIGITS)}]{{{min_run},}}")
    return run.sub(lambda match: "".join(str(_ZH_DIGITS[character]) for character in match.group()), text)


def _between_numbers(words: list[str], position: int, before: list[str]) -> bool:
    following = words[position + 1 : position + 2]
    is_number = bool(following) and (following[0] in _ONES or following[0] in _TENS or following[0].isdecimal())
    return is_number and bool(before) and before[-1].isdecimal()


def _ordinal(words: list[str], position: int) -> tuple[str, int] | None:
    tens = _TENS.get(words[position], 0)
    after = position + 1 if tens else position
    value = _ORDINALS.get(words[after], 0) if after < len(words) else 0
    if value == 0 or (tens and value > 9):
        return None
    value += tens
    suffix = "th" if 10 < value < 14 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{suffix}", after + 1


def _cardinal(words: list[str], position: int) -> tuple[str, int] | None:
    found = _cardinal_below(words, position, level=len(_SCALES))
    return (str(found[0]), found[1]) if found else None


def _cardinal_below(words: list[str], position: int, *, level: int) -> tuple[int, int] | None:
    """The number that begins at ``position`` and the position after it; level 0 reads numbers below a hundred."""
    if level == 0:
        first, second = [*words[position : position + 2], "", ""][:2]
        if first in _TENS and 1 <= _ONES.get(second, 0) <= 9:
            return _TENS[first] + _ONES[second], position + 2
        small = _ONES.get(first, _TENS.get(first))
        return None if small is None else (small, position + 1)
    scale, size = _SCALES[level - 1]
    found = _cardinal_below(words, position, level=level - 1)
    if found is None and words[position : position + 2] == ["a", scale]:
        found = 1, position + 1
    if found is None or words[found[1] : found[1] + 1] != [scale]:
        return found
    value, after = found[0] * size, found[1] + 1
    rest = _cardinal_below(words, after + (words[after : after + 1] == ["and"]), level=level - 1)
    return (value + rest[0], rest[1]) if rest and rest[0] else (value, after)


def _chinese_value(numeral: str) -> int | None:
    """The value of a well-formed cardinal, or None (``三四十`` is an estimate, ``一三八`` are digits)."""
    if len(numeral) > _ZH_LONGEST:
        return None
    total = section = 0
    digit: int | None = None
    last_unit = 0
    for character in numeral:
        if character in _ZH_DIGITS:
            if digit:
                return None
            digit = _ZH_DIGITS[character]
            if digit == 0:
                last_unit = 1  # after a zero the next digit counts ones: 一百零五
        elif character in _ZH_UNITS:
            last_unit = _ZH_UNITS[character]
            section += (1 if digit is None else digit) * last_unit
            digit = None
        else:
            last_unit = _ZH_LARGE[character]
            part = section + (digit or 0)
            total = (total + part) * last_unit if character == "亿" else total + part * last_unit
            section, digit = 0, None
    if last_unit == 0:
        return None
    # 三千五 is 3,500: a last digit without a unit counts the unit below the one before it, except after 十.
    ones = (digit or 0) * (last_unit // 10 if last_unit >= 100 else 1)
    return total + section + ones
