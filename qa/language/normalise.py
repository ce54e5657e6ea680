"""One spelling for one meaning: simplified characters, half width, and the stated normalisations for scoring words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from qa.language.numerals import (
    chinese_cardinals_to_digits,
    chinese_digits_to_arabic,
    digits_to_chinese,
    english_numbers_to_digits,
)
from qa.model import Language

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff]")
_NOT_A_WORD_CHARACTER = re.compile(r"[\W_]+")
# U+FF01..U+FF5E are the ASCII characters in the width of a Chinese character.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'"})
# Written by recognisers, unknown to the converter; characters of equal number, so that offsets stay true.
_ALSO_SIMPLIFIED = (("甚么", "什么"), ("妳", "你"), ("馀", "余"))
_ZH_DIGIT = "[零〇一二两三四五六七八九幺]"
_ZH_LONE_DIGIT = re.compile(
    r"(?<![零〇一二两三四五六七八九十百千万亿几第])(?:[一二三四五六七八九十](?=[号月日])|[二两三四五六七八九十](?=点))"
    r"|(?<=\d[块元])[一二三四五六七八九](?![零〇一二两三四五六七八九十百千万亿])"
    r"|(?<=百分之)[零一二三四五六七八九十](?![零〇一二两三四五六七八九十百千万亿])"
)
_ZH_DIGITS_WITH_UNIT = re.compile(r"(\d+)(?:\.(\d+))?([千万亿])")
_ZH_UNIT_ZEROS = {"千": 3, "万": 4, "亿": 8}
# As in the normaliser that comes with Whisper (Radford et al. 2022, appendix C).
_HESITATIONS = frozenset({"uh", "um", "er", "erm", "hmm", "mm", "huh", "mhm", "mmm"})
_SPELLINGS = {"ok": "okay", "o'clock": "oclock", "mr": "mister", "mrs": "missus", "dr": "doctor"}


def to_simplified(text: str) -> str:
    """Traditional characters as simplified ones; the length stays the same, so character offsets stay true.

    OpenCC's ``tw2s`` and not ``t2s``: recognisers write Taiwanese forms such as 等著 (等着), which ``t2s`` keeps.
    """
    if not _HAN.search(text):
        return text
    converted: str = _converter().convert(text)
    for old, new in _ALSO_SIMPLIFIED:
        converted = converted.replace(old, new)
    return converted


def to_half_width(text: str) -> str:
    """Full-width letters, digits, punctuation and spaces as their ASCII characters; length unchanged."""
    return text.translate(_HALF_WIDTH)


def for_error_rate(text: str, language: Language) -> str:
    """The text as word (en) and character (zh) error rates compare it; apply it to reference and hypothesis alike.

    English: lower case; punctuation out, contractions kept; hesitations (uh, um, hmm ...) out; number words as digits
    and every number one digit a word, so that ``twenty five``, ``25`` and ``two five`` are equal; ``$5`` is
    ``5 dollars``, ``5%`` ``5 percent``; ok = okay, Mr = mister,
    Wi-Fi = wifi, e-mail = email, P.I.N. = pin.
    Mandarin: simplified, lower case, half width; numbers as Chinese digits one by one (``25`` and ``二十五`` are 二五, ``2万`` is
    ``两万``, ``两`` counts as 二, ``幺`` as 一, ``十`` as 一零); punctuation and spaces out.
    """
    text = to_half_width(text).lower()
    return _mandarin_characters(text) if language == "zh" else " ".join(_english_words(text, split_numbers=True))


def for_matching(text: str, language: Language) -> str:
    """The text as phrases are looked up in it.

    English: lower case, words with single spaces, number words as digits, digits read out one by one joined.
    Mandarin: simplified, lower case, no punctuation or spaces, numbers as Arabic digits: those with units, three or more
    digits read out one by one (four or more when commas or spaces stand between; 三四天 stays), and single ones in dates,
    clock times, prices and percentages (八号, 两点, 25块五, 百分之五; 一点 stays, as it also means a little).
    """
    text = to_half_width(text).lower()
    if language == "zh":
        text = _mandarin_numbers(to_simplified(text))
        return re.sub(r"[\W_]+(?!\d)|(?<!\d)[\W_]+", "", text)
    words = _english_words(text, split_numbers=False)
    return re.sub(r"(?<=\b\d) (?=\d\b)", "", " ".join(words))


def pinyin(text: str) -> tuple[str, ...]:
    """Syllables without tones, so that homophones are equal: ``验证码`` -> ``("yan", "zheng", "ma")``.

    Words of other scripts come back in lower case, one item each; punctuation and spaces are left out.
    """
    from pypinyin import lazy_pinyin

    parts = re.findall(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+", to_simplified(to_half_width(text)).lower())
    return tuple(syllable for part in parts for syllable in lazy_pinyin(part))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("tw2s")


def _mandarin_characters(text: str) -> str:
    text = _ZH_DIGITS_WITH_UNIT.sub(_without_unit, to_simplified(text))
    text = digits_to_chinese(chinese_cardinals_to_digits(text))
    for spoken, digits in (("两", "二"), ("幺", "一"), ("〇", "零"), ("十", "一零")):
        text = text.replace(spoken, digits)
    return _NOT_A_WORD_CHARACTER.sub("", text)


def _without_unit(number: re.Match[str]) -> str:
    """2万 as 20000, 1.5万 as 15000, as 两万 and 一万五千 are; what the unit cannot hold (1.23456万) stays."""
    whole, fraction, zeros = number[1], number[2] or "", _ZH_UNIT_ZEROS[number[3]]
    return whole + fraction.ljust(zeros, "0") if len(fraction) <= zeros else number.group()


def _mandarin_numbers(text: str) -> str:
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"百分之\1", text)
    # A number read out in groups: 五二，九零. Two single digits with a comma between are a list.
    text = re.sub(f"{_ZH_DIGIT}(?:[\\s,]*{_ZH_DIGIT}){{3,}}", lambda m: re.sub(r"[\s,]+", "", m.group()), text)
    text = chinese_digits_to_arabic(chinese_cardinals_to_digits(text), min_run=3)
    return _ZH_LONE_DIGIT.sub(
        lambda m: "10" if m.group() == "十" else chinese_digits_to_arabic(m.group(), min_run=1), text
    )


def _english_words(text: str, *, split_numbers: bool) -> list[str]:
    text = text.translate(_QUOTES)
    text = re.sub(r"\b([ap])\.\s?m\b\.?", r"\1m", text)
    text = re.sub(r"\b(?:[a-z]\.){2,}", lambda match: match.group().replace(".", ""), text)
    text = re.sub(r"\b(wi|e)[- ](fi|mails?)\b", r"\1\2", text)
    text = re.sub(r"\$\s?([\d.,]*\d)", r"\1 dollars", text)
    text = re.sub(r"£\s?([\d.,]*\d)", r"\1 pounds", text)
    text = re.sub(r"€\s?([\d.,]*\d)", r"\1 euros", text)
    text = re.sub(r"(?<=\d)%", " percent", text)
    # 1,250 and 12.50 and 10:30 are read without their points, but for a phrase 12.50 is not 1250.
    text = re.sub(r"(?<=\d)[.,:](?=\d)" if split_numbers else r"(?<=\d),(?=\d{3})", "", text)
    text = re.sub(r"(?<=\d)(?!(?:st|nd|rd|th)\b)(?=[a-z])", " ", text)  # 9am, but not 9th
    words = re.findall(r"\d+(?:[.:]\d+)+|[^\W_]+(?:'[^\W_]+)*", text)
    words = [_SPELLINGS.get(word, word) for word in words if word not in _HESITATIONS]
    words = english_numbers_to_digits(words)
    if not split_numbers:
        return words
    return [part for word in words for part in (word if word.isdecimal() else (word,))]
