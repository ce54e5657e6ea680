"""The phrase language of a rubric and its regular expressions.

A phrase is a regular expression with three shorthands: a space stands for any pause between two words (marks,
hesitations), ``...`` for a few words in between, ``{name}`` for an entry of the rubric's ``words``; a dot stays within the
sentence. Matching is done on
folded text (:func:`scoring.text.fold`) and under a time limit, because rubric files come from their users. Groups capture
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import regex

from qa.model import Language

SEARCH_TIMEOUT_S = 1.0
"""For one pattern on one turn; a sane pattern takes well under a millisecond."""

_MAX_PHRASE_CHARACTERS = 2_000
_GROUP = regex.compile(r"(?<!\\)\((?!\?)")
_SHORTHAND = regex.compile(r"\[[^\]]*\]|\\.| ?\.\.\. ?|\.| +")
_WITHIN_SENTENCE = r"[^.。!！?？\n]"
_SLOT = regex.compile(r"\{([a-z_][a-z0-9_]*)\}")
# Both are defined once in a pattern and called by name: written out at every space, compiling took six times as long.
_PAUSE: dict[Language, str] = {
    "en": r"(?:[^\w']+(?:(?:um+|uh+|er+m?|ah|like|you know|i mean|just|actually|really|please|then|also|maybe)[^\w']+){0,2})",
    "zh": r"(?:[\W嗯呃啊哦呢哈嘛]{0,4})",
}
_FEW_WORDS: dict[Language, str] = {
    "en": r"(?:[^\w']+(?:(?!(?:not|never|no|n't)\b|\w+n't\b)[\w']+[^\w']+){0,6}?)",
    "zh": r"(?:[^。！？!?\n]{0,10}?)",
}

_CAPITAL = regex.compile(r"(?<!\\)[A-Z]")

Pattern = regex.Pattern[str]
Words = tuple[tuple[str, str], ...]
"""A rubric's ``words`` as sorted pairs, so that compiled patterns can be looked up by them."""


class PhraseError(ValueError):
    """A phrase that cannot be compiled; the text says why."""


def compile_phrase(phrase: str, words: Words, language: Language) -> Pattern:
    """One phrase as a pattern for folded text; raises :class:`PhraseError`."""
    return _compiled(_translate(phrase, dict(words), language), language)


def compile_phrases(phrases: tuple[str, ...], words: Words, language: Language) -> Pattern | None:
    """Several phrases as one pattern (one pass over the text instead of many); None for no phrases.

    Compiling takes a thousand times as long as matching, so the last patterns are kept.
    """
    return _compile_all(phrases, words, language) if phrases else None


@lru_cache(maxsize=2_048)
def _compile_all(phrases: tuple[str, ...], words: Words, language: Language) -> Pattern:
    return _compiled("|".join(_translate(phrase, dict(words), language) for phrase in phrases), language)


def find_all(pattern: Pattern, folded: str) -> Iterator[tuple[int, int]]:
    """Offsets of the matches; raises ``TimeoutError`` when the pattern takes too long on this text."""
    for found in pattern.finditer(folded, timeout=SEARCH_TIMEOUT_S):
        if found.end() > found.start():
            yield found.span()


def _translate(phrase: str, words: Mapping[str, str], language: Language) -> str:
    if len(phrase) > _MAX_PHRASE_CHARACTERS:
        raise PhraseError(f"expected at most {_MAX_PHRASE_CHARACTERS} characters, got {len(phrase)}")
    filled = _fill(phrase, words, depth=0)
    filled = _GROUP.sub("(?:", filled).replace("'", "'?")
    filled = _SHORTHAND.sub(lambda found: _expand(found.group()), filled)
    if language == "en":
        return rf"(?<![\w'])(?:{filled})(?!\w|'t)"
    return f"(?:{filled})"


def _expand(found: str) -> str:
    if found[0] in "[\\":  # a set of characters, an escaped one: as it stands
        return found
    if found == ".":
        return _WITHIN_SENTENCE
    return "(?&few)" if "." in found else "(?&pause)"


def _fill(phrase: str, words: Mapping[str, str], depth: int) -> str:
    if depth > 5:
        raise PhraseError("words refer to each other in a circle")

    def value(slot: regex.Match[str]) -> str:
        name = slot.group(1)
        if name not in words:
            raise PhraseError(f"no entry {name!r} in words")
        return "(?:" + _fill(words[name], words, depth + 1) + ")"

    return _SLOT.sub(value, phrase)


def _compiled(alternatives: str, language: Language) -> Pattern:
    defined = f"(?(DEFINE)(?P<pause>{_PAUSE[language]})(?P<few>{_FEW_WORDS[language]}))"
    expression = f"{defined}(?:{alternatives})"
    # The text is folded: only a pattern with capitals needs the flag, which makes compiling three times as slow.
    flags = regex.IGNORECASE if _CAPITAL.search(expression) else 0
    try:
        pattern = regex.compile(expression, flags | regex.VERSION0)
    except regex.error as fault:
        raise PhraseError(f"not a regular expression: {fault}") from fault
    if pattern.match(""):
        raise PhraseError("matches the empty text")
    return pattern
