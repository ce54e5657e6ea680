"""Words that take a phrase back: negation, quotation, somebody else's speech, a question, a condition."""

from __future__ import annotations

import re
from typing import Literal

from qa.model import Language
from scoring.text import clause

Guard = Literal["negated", "quoted", "asked", "supposed"]

_REACH_CHARACTERS = 200
"""No guard reaches further back than a few words; a clause without marks may be the whole turn."""
_EN_NEGATOR = re.compile(
    r"\b(?:(?:do|does|did|ca|could|wo|would|should|is|are|was|were|have|has|had|ai|must|need)n'?t|not|never|nobody|none"
    r"|cannot|unable|without|neither|nor|nothing|rather than|instead of|no need)(?:\W+[\w']+){0,4}\W*$"
)
_EN_BARE_NO = re.compile(r"\bno\W+$")
_EN_CLAUSE_WORD = re.compile(r"\b(?:but|so|and|because|then|okay|alright)\b")
_EN_OWN_START = re.compile(r"(?:i|we|you|let|that|is|are|thanks?|sorry|it|do|does|what|how|so)\b")
_ZH_NEGATOR = re.compile(
    r"(?:不(?!好意思|客气|错|过|管|仅|但|光|止|然|到位|便|周|足)|没(?!问题|关系|事|错)|(?<![特分区个级差性类鉴识])别(?!的|人|处|着急|担心)|无法|未(?!来)|勿|莫|甭|休想).{0,2}$"
)
_ZH_TAKEN_BACK = re.compile(r"^.{0,1}(?:不了|不用|不需要|不必|不着|就不|就免|不起)")
_REPORTED = {
    "en": re.compile(
        r"\b(?:he|she|they|who|somebody|someone|guy|people|lady|man|woman|colleague|driver|scammer|caller|text|letter|email)\W+"
        r"(?:\w+\W+)?(?:said|says|say|saying|told|tells|goes|went|asked|asks|claims?|claimed|reads?)\W+(?:[\w']+\W+){0,3}$"
    ),
    "zh": re.compile(
        r"(?:他|她|他们|人家|有人|别人|对方|骗子|上一个|上次那个|前一个)[^，。！？,]{0,4}(?:说|讲|问|告诉)[^，。！？]{0,6}$"
    ),
}
_QUESTION_START = re.compile(
    r"^\W*(?:and\W+|so\W+)?(?:do|does|did|is|are|was|were|can|could|would|will|have|has|who|what|why)\b"
)
# 什么 and 怎么 end in 么 as well; 能不能 asks without any particle.
_ZH_QUESTION = re.compile(r"(?:吗|么)\W*$|([是能要会该用需应可])不\1|有没有")
_SUPPOSED = {
    "en": re.compile(r"\b(?:if|unless|whether|suppose)\b(?:\W+[\w']+){0,5}\W*$"),
    "zh": re.compile(r"(?:如果|要是|假如|万一|要(?=张)|除非).{0,6}$"),
}


def spoiled_by(folded: str, start: int, end: int, language: Language, guards: tuple[Guard, ...]) -> Guard | None:
    """Which guard takes ``folded[start:end]`` back, or None when it stands as said."""
    left, right = clause(folded, start, end)
    before, after = folded[max(left, start - _REACH_CHARACTERS) : start], folded[end:right]
    if "negated" in guards and _negated(folded[start:end], before, after, language):
        return "negated"
    if "quoted" in guards and (_inside_quotes(folded, start, end) or _REPORTED[language].search(folded[:start][-80:])):
        return "quoted"
    if "asked" in guards and _asked(folded, left, right, language):
        return "asked"
    if "supposed" in guards and _SUPPOSED[language].search(before):
        return "supposed"
    return None


def _negated(phrase: str, before: str, after: str, language: Language) -> bool:
    if language == "zh":
        return bool(_ZH_NEGATOR.search(before[-8:]) or _ZH_TAKEN_BACK.match(after))
    parts = _EN_CLAUSE_WORD.split(before)
    near = parts[-1]
    if _EN_NEGATOR.search(near):
        return True
    return bool(_EN_BARE_NO.search(near)) and not _EN_OWN_START.match(phrase)


def _inside_quotes(folded: str, start: int, end: int) -> bool:
    opening = folded.count('"', 0, start)
    return opening % 2 == 1 and '"' in folded[end:]


def _asked(folded: str, left: int, right: int, language: Language) -> bool:
    mark = folded[right : right + 1]
    if mark in ("?", "？"):
        return True
    if language == "zh":
        return bool(_ZH_QUESTION.search(folded[left:right]))
    return bool(_QUESTION_START.match(folded[left:right]))
