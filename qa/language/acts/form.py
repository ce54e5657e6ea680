"""The form of a sentence: what it looks like, whatever it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import log

import numpy as np

from qa.language.normalise import for_matching
from qa.language.packed import Matrix
from qa.model import Language, SpeakerRole

_HAN = re.compile("[\u3400-\u9fff]")
_SIGNS: dict[str, tuple[str, str]] = {
    # name: (English, Mandarin), looked for in the text as for_matching writes it
    "question_word": (
        r"\b(?:what|what's|when|where|which|who|why|how)\b",
        "什么|哪|怎么|几|多少|为什么|谁|如何|啥|多久|多长",
    ),
    "question_form": (
        r"^(?:(?:and|so|but|okay|then|well) )*(?:can|could|may|would|do|did|does|is|are|was|were|have|has|will|shall)\b"
        r"|\b(?:can|could|may|would|do|did|are|is) (?:i|you|we|that|it|there)\b",
        "吗|呢|吧$|是不是|有没有|能不能|可不可以|可以吗|好吗|行吗|对吗|对吧|请问",
    ),
    "first_person": (r"\b(?:i|i'm|i'll|i've|i'd|me|my|let me)\b", "我(?!们)"),
    "first_person_plural": (r"\b(?:we|we'll|we're|we've|us|our)\b", "我们|咱们|我司|本行|本公司"),
    "first_person_will": (
        r"\b(?:i'll|i will|i'm going to|i'm gonna|let me|i can|i've|we'll|we will|we can|leave it with me)\b",
        "我(?:们)?(?:来|帮|给|替|会|马上|现在|这就|这边|先|去|立即|立刻|为)|包在我|交给我",
    ),
    "second_person": (r"\b(?:you|your|you're|you'll|you've)\b", "您|你"),
    "told_to_do": (
        r"\byou(?:'ll)? (?:need|have|must|should|can|want)\b|^(?:please|just|go)\b",
        "您?(?:需要|必须|得先|自己|可以去)|^请",
    ),
    "negation": (r"\b(?:not|no|never|nothing|nobody|none|without)\b|n't\b", "不|没|无法|未|别"),
    "please": (r"\bplease\b", "请|麻烦|劳驾"),
    "sorry": (r"\b(?:sorry|apolog\w+|pardon)\b", "抱歉|对不起|不好意思|致歉|歉意|见谅"),
    "digits": (r"\d", r"\d|[一二三四五六七八九]{2}"),
    "time": (
        r"\b(?:today|tomorrow|tonight|\w+day|weeks?|days?|hours?|minutes?|month|by|within|until|oclock|am|pm|january"
        r"|february|march|april|june|july|august|september|october|november|december)\b",
        "今天|明天|后天|周[一二三四五六日末]|星期|工作日|小时|分钟|之内|以内|之前|月|[0-9]+[号日天点]|内",
    ),
    "past": (r"\b(?:was|were|had|did|went|got|been|\w{3,}ed)\b", "了|过|上次|之前|昨天|已经"),
    "absolute": (
        r"\b(?:guarantee\w*|promise|definitely|always|never|100|certainly|absolutely)\b",
        "保证|绝对|肯定|一定|百分之百|百分之100|包",
    ),
    "thanks": (r"\b(?:thank|thanks|cheers|grateful)\b", "谢|感谢"),
    "other_person": (
        r"\b(?:manager|supervisor|team|department|colleague|specialist|somebody|someone|they|he|she)\b",
        "主管|经理|领导|部门|同事|专员|他们|负责人",
    ),
}
_PATTERNS = {name: (re.compile(english), re.compile(mandarin)) for name, (english, mandarin) in _SIGNS.items()}
_SHORT_WORDS = 3

FORM_NAMES = (
    *_SIGNS,
    "question_mark",
    "length",
    "short",
    "mandarin",
    "agent",
    "ivr",
    "customer",
    "before_known",
    "before_asks",
    "before_short",
    "said_before",
)
"""What each column of ``form_matrix`` says; all values lie in 0..1."""


def form_matrix(texts: Sequence[str], roles: Sequence[SpeakerRole], before: Sequence[str]) -> Matrix:
    """One row for each text (n, len(FORM_NAMES)); ``before`` is what the other side said just before, or empty."""
    rows = [_form(text, role, said) for text, role, said in zip(texts, roles, before, strict=True)]
    return np.array(rows, dtype=np.float32).reshape(len(texts), len(FORM_NAMES))


def _form(text: str, role: SpeakerRole, before: str) -> list[float]:
    mandarin = bool(_HAN.search(text))
    plain, plain_before = _plain(text), _plain(before)
    words, words_before = _content(plain), _content(plain_before)
    length = len(_units(plain))
    signs = [float(bool(pair[mandarin].search(plain))) for pair in _PATTERNS.values()]
    return [
        *signs,
        float("?" in text or "？" in text),
        min(log(1 + length) / 4, 1.0),
        float(length <= _SHORT_WORDS),
        float(mandarin),
        float(role == SpeakerRole.AGENT),
        float(role == SpeakerRole.IVR),
        float(role == SpeakerRole.CUSTOMER),
        float(bool(before)),
        float(_asks(before, plain_before)),
        float(0 < len(_units(plain_before)) <= _SHORT_WORDS),
        len(words & words_before) / len(words) if words else 0.0,
    ]


def _plain(text: str) -> str:
    language: Language = "zh" if _HAN.search(text) else "en"
    return for_matching(text, language)


def _asks(text: str, plain: str) -> bool:
    mandarin = bool(_HAN.search(text))
    asked = (_PATTERNS[name][mandarin].search(plain) for name in ("question_word", "question_form"))
    return "?" in text or "？" in text or any(asked)


def _units(plain: str) -> list[str]:
    """Words, or Mandarin characters."""
    return re.findall("[\u3400-\u9fff]|[^\\s\u3400-\u9fff]+", plain)


def _content(plain: str) -> set[str]:
    """Words of four letters and more, numbers, and pairs of Mandarin characters."""
    words = {word for word in re.findall("[^\\s\u3400-\u9fff]+", plain) if len(word) > 3 or word[0].isdecimal()}
    runs = re.findall("[\u3400-\u9fff]+", plain)
    return words | {run[start : start + 2] for run in runs for start in range(len(run) - 1)}
