"""Where a turn's sentences begin and end, in English and Mandarin, with and without punctuation.

Recognisers often write no punctuation, and speakers run on. What is longer than a sentence of ordinary speech is cut
into clauses (``qa.language.clauses``), so that every unit says about one thing. All passes are linear in the length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from qa.language.clauses import cut_points, units_of
from qa.model import Sentence

_CJK = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_CLOSERS = "\"'”’」』）)】》"
_MARKS = re.compile(f"[.!?。！？…；;｡\n]+[{_CLOSERS}]*")
_LONGEST_ABBREVIATION = 12

_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "mt", "vs", "messrs", "e.g", "i.e", "rev", "gen", "capt", "sgt"})
"""A full stop after these never ends a sentence."""
_ABBREVIATIONS = frozenset(
    {"a.m", "p.m", "etc", "inc", "ltd", "co", "corp", "jr", "sr", "dept", "ext", "acct", "approx", "apt", "st", "ave"}
    | {
        "blvd",
        "u.s",
        "u.k",
        "u.s.a",
        "jan",
        "feb",
        "mar",
        "apr",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
    }
)
"""After these it does if a capital follows."""
_BEFORE_NUMBERS = frozenset({"no", "nos", "ext", "apt", "approx", "fig", "p", "pp"})
"""After these it does unless a number follows: ``No. 5``, but ``No. I did not.``"""


def split(text: str) -> tuple[Sentence, ...]:
    """The sentences in order, with exact character offsets and no white space at their ends.

    Abbreviations (``Dr.``, ``p.m.``, ``No. 5``), decimals, addresses (``example.com``) and initials end no sentence.
    What is longer than 25 English words or 40 Chinese characters (without any punctuation: 15 or 24) is cut into
    clauses. Every letter and digit of the text lies in exactly one sentence; a text without any has no sentence.
    """
    return tuple(
        Sentence(start=start, end=end) for left, right in _marked(text) for start, end in _clauses(text, left, right)
    )


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """Stretches that end with a sentence mark, and what is left after the last."""
    start = 0
    for match in _MARKS.finditer(text):
        if _ends_sentence(text, match):
            yield start, match.end()
            start = match.end()
    yield start, len(text)


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    marks = match.group().rstrip(_CLOSERS)
    if not set(marks) <= {".", "…"}:
        return True
    before = text[max(0, match.start() - _LONGEST_ABBREVIATION) : match.start()]
    following = text[match.end() : match.end() + 1]
    if not following or _CJK.match(following):
        return True
    if _CJK.match(before[-1:]):
        return not following.isdecimal()
    if not following.isspace():
        return False  # 3.50, example.com, U.S.A
    after = text[match.end() : match.end() + 3].lstrip()[:1]
    if len(marks) > 1 or marks == "…":
        return not after.islower()  # "I was... waiting"
    return _full_stop_ends_sentence(word=re.split(r"[\s(\"“]", before)[-1].lower(), after=after)


def _full_stop_ends_sentence(*, word: str, after: str) -> bool:
    if word in _TITLES or (word in _BEFORE_NUMBERS and after.isdecimal()):
        return False
    if word in _ABBREVIATIONS:
        return after.isupper() or not after
    return word == "i" or not (len(word) == 1 and word.isalpha())  # an initial: "J. Smith"


def _clauses(text: str, left: int, right: int) -> Iterator[tuple[int, int]]:
    """The stretch as one sentence, or as several if it is too long; nothing if it holds no word."""
    units = units_of(text, left, right)
    if not units:
        return
    borders = [left, *(units[index].start for index in cut_points(text, units)), right]
    for start, end in pairwise(borders):
        piece = text[start:end]
        yield start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
