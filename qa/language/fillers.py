"""Turns that say nothing by themselves: back-channels, fillers, bare answers, spelled letters and read-out numbers."""

from __future__ import annotations

import re

from qa.language.numerals import CHINESE_NUMERALS, ENGLISH_NUMBER_WORDS

_ENGLISH = frozenset(
    {
        "uh",
        "um",
        "er",
        "erm",
        "ah",
        "oh",
        "hm",
        "hmm",
        "mm",
        "mhm",
        "mmhmm",
        "huh",
        "uhhuh",
        "yes",
        "yeah",
        "yep",
        "yup",
    }
    | {"no", "nope", "nah", "ok", "okay", "right", "sure", "alright", "all", "well", "so", "hello", "hi", "hey", "bye"}
    | {
        "goodbye",
        "correct",
        "exactly",
        "and",
        "then",
        "the",
        "it's",
        "that's",
        "is",
        "got",
        "it",
        "see",
        "double",
        "dash",
    }
)
_CHINESE = re.compile(
    "嗯|呃|额|啊|哦|噢|喔|哎|诶|欸|喂|是的|是|对的|对|好的|好|行|可以|没有|没错|不是|你好|您好|再见|拜拜|明白|知道了|了|呀|吧|呢|哈|那个|这个|就是|杠|减"
    f"|[{''.join(sorted(CHINESE_NUMERALS))}]"
)
_CJK = re.compile("[\u3400-\u9fff]+")
_WORD = re.compile("[^\\W_\u3400-\u9fff]+(?:['’][^\\W_\u3400-\u9fff]+)*")


def is_filler(text: str) -> bool:
    """True if the text is made of fillers, bare answers, greetings, single letters and numbers only (or of nothing)."""
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    if any(_CHINESE.sub("", run) for run in _CJK.findall(text)):
        return False
    return all(len(w) == 1 or w in _ENGLISH or w in ENGLISH_NUMBER_WORDS or w[0].isdecimal() for w in words)
