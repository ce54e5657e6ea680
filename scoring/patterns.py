"""The phrase language of a rubric and its regular expressions.

A phrase is a regular expression with three shorthands: a space stands for any pause between two words (marks,
hesitations), ``...`` for a few words in between, ``{name}`` for an entry of the rubric's ``words`` or a slot
(:mod:`scoring.slots`); a dot stays within the sentence. With a tolerance, words may be misspelt by so much. Matching is done on
folded text (:func:`scoring.text.fold`) and under a time limit, because rubric files come from their users. Groups capture
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

import regex

from qa.model import Language
from scoring import literals
from scoring.slots import NAMES, SLOTS

SEARCH_TIMEOUT_S = 1.0
"""For one pattern on one turn; a sane pattern takes well under a millisecond."""

_MAX_PHRASE_CHARACTERS = 2_000
_HAN_RUN = regex.compile(r"[㐀-鿿]{2,}")
_GROUP = regex.compile(r"(?<!\\)\((?!\?)")
_SHORTHAND = regex.compile(r"\[[^\]]*\]|\\w\+(?= +[^ .?*{])|\\.| ?\.\.\. ?|\.| +")
_WHOLE_WORD = r"\w+"
_WITHIN_SENTENCE = r"[^.。!！?？\n]"
_LOOK_AROUND = regex.compile(r"(?<!\\)\(\?[=!<]")
_TOKEN = regex.compile(
    r"\[[^\]]*\]|\\.|\(\?[:&a-z]*|\{[\d,]*\}|\{[a-z_][a-z0-9_]*\}|(?<word>[a-z]+)(?<repeated>[?*+{])?|.", regex.DOTALL
)
_SHORTEST_MISSPELT = 4
_NAME_TOLERANCE = 0.25
"""Of a name's letters: recognisers write Helen as Hellen and Catherine as Katherin."""
_PLAIN_WORD = regex.compile("[a-z]+")
_SLOT = regex.compile(r"\{([a-z_][a-z0-9_]*)\}")
# Both are defined once in a pattern and called by name: written out at every space, compiling took six times as long.
_PAUSE: dict[Language, str] = {
    "en": r"(?:[^\w']+(?:(?:um+|uh+|er+m?|ah|like|you know|i mean|just|actually|really|please|then|also|maybe)[^\w']+){0,2})",
    "zh": r"(?:[\W嗯呃啊哦呢哈嘛]{0,4})",
}
_FEW_WORDS: dict[Language, str] = {
    "en": r"(?:[^\w']+(?:(?!(?:not|never|no|n't)\b|\w+n't\b)[\w']++[^\w']+){0,6}?)",
    "zh": r"(?:[^。！？!?\n]{0,10}?)",
}

_CAPITAL = regex.compile(r"(?<!\\)[A-Z]")

Words = tuple[tuple[str, str], ...]
"""A rubric's ``words`` as sorted pairs, so that compiled patterns can be looked up by them."""


@dataclass(frozen=True, slots=True, eq=False)
class Phrase:
    """A phrase compiled, and the strings that a text must hold to be worth searching."""

    expression: regex.Pattern[str]
    required: literals.Required


Pattern = tuple[Phrase, ...]
"""Phrases any of which may match; where several match from the same character, the first of them."""


class PhraseError(ValueError):
    """A phrase that cannot be compiled; the text says why."""


class Phrasebook:
    """Compiles the phrases of a rubric with its words; one for all rubrics with the same words (:func:`phrasebook`)."""

    def __init__(self, words: Words, language: Language) -> None:
        self.words, self.language = dict(words), language
        self._words_ask_for_names = _asks_for_names(value for _, value in words)

    def pattern(self, phrases: tuple[str, ...], tolerance: float = 0.0, names: Words = ()) -> Pattern | None:
        """Several phrases as one pattern (see :func:`compile_phrases`); ``names`` fill slots where any phrase asks for them."""
        if not phrases:
            return None
        return _compile_all(self, phrases, tolerance, names if names and self.asks_for_names(phrases) else ())

    @lru_cache(maxsize=4_096)  # noqa: B019 (books are few, and kept anyway)
    def asks_for_names(self, phrases: tuple[str, ...]) -> bool:
        """Whether the pattern is another one for every call."""
        return self._words_ask_for_names or _asks_for_names(phrases)


@lru_cache(maxsize=64)
def phrasebook(words: Words, language: Language) -> Phrasebook:
    """The book of a rubric; the last ones asked for are kept, so that patterns are looked up by identity of their book."""
    return Phrasebook(words, language)


def compile_phrase(phrase: str, words: Words, language: Language, tolerance: float = 0.0) -> Pattern:
    """One phrase as a pattern for folded text; raises :class:`PhraseError`."""
    return _compile_all(phrasebook(words, language), (phrase,), tolerance, ())


def compile_phrases(
    phrases: tuple[str, ...], words: Words, language: Language, tolerance: float = 0.0, names: Words = ()
) -> Pattern | None:
    """Several phrases as one pattern (one pass over the text instead of many); None for no phrases.

    ``tolerance`` is the share of an English word's letters that may be wrong, missing or too many, for words from four
    letters and phrases without look-arounds; Chinese is compared by sound instead (:mod:`scoring.homophones`). ``names``
    are slots that the call fills. Compiling takes a thousand times as long as matching, so the last patterns are kept.
    """
    return phrasebook(words, language).pattern(phrases, tolerance, names)


def _asks_for_names(texts: Iterable[str]) -> bool:
    return any(f"{{{slot}}}" in text for text in texts for slot in NAMES)


@lru_cache(maxsize=512)
def literal_words(phrases: tuple[str, ...], book: Phrasebook) -> tuple[str, ...]:
    """The stretches of two or more Chinese characters that phrases ask for, each also without an optional last one."""
    filled = " ".join(_fill(phrase, book.words, SLOTS["zh"], depth=0) for phrase in phrases)
    found = _HAN_RUN.findall(regex.sub(r"\[[^\]]*\]", " ", filled))
    return tuple(sorted({*found, *(run[:-1] for run in found if len(run) > 2)}))


@lru_cache(maxsize=2_048)
def _compile_all(book: Phrasebook, phrases: tuple[str, ...], tolerance: float, names: Words) -> Pattern:
    return tuple(
        _compile_one(book, phrase, tolerance, names if names and book.asks_for_names((phrase,)) else ())
        for phrase in phrases
    )


@lru_cache(maxsize=8_192)
def _compile_one(book: Phrasebook, phrase: str, tolerance: float, names: Words) -> Phrase:
    slots = SLOTS[book.language] | dict(names)
    translated, required = _translate(phrase, book.words, slots, book.language, tolerance)
    # Without regard to case a letter stands for more than itself.
    return Phrase(_compiled(translated, book.language), () if _CAPITAL.search(translated) else required)


def find_all(pattern: Sequence[Phrase], folded: str) -> Iterator[tuple[int, int]]:
    """Offsets of the matches, which do not overlap; raises ``TimeoutError`` when a phrase takes too long on this text."""
    found = [(span, number) for number, phrase in enumerate(pattern) if (span := _search(phrase, folded, 0))]
    while found:
        (start, end), _ = min(found, key=lambda each: (each[0][0], each[1]))
        yield start, end
        found = [
            (again, number)
            for span, number in found
            if (again := span if span[0] >= end else _search(pattern[number], folded, end))
        ]


def _search(phrase: Phrase, folded: str, start: int) -> tuple[int, int] | None:
    """The first match that begins at ``start`` or later and has any letters."""
    for found in phrase.expression.finditer(folded, start, timeout=SEARCH_TIMEOUT_S):
        if found.end() > found.start():
            return found.span()
    return None


def _translate(
    phrase: str, words: Mapping[str, str], slots: Mapping[str, str], language: Language, tolerance: float
) -> tuple[str, literals.Required]:
    """A phrase as a regular expression, and which strings a text must hold for it to match."""
    if len(phrase) > _MAX_PHRASE_CHARACTERS:
        raise PhraseError(f"expected at most {_MAX_PHRASE_CHARACTERS} characters, got {len(phrase)}")
    filled = _GROUP.sub("(?:", _fill(phrase, words, slots, depth=0))
    if language != "en" or _LOOK_AROUND.search(filled):
        tolerance = 0.0
    needed = literals.required(filled, partial(_unharmed, tolerance=tolerance))
    if tolerance:
        filled = _TOKEN.sub(lambda token: _misspelt(token, tolerance), filled)
    # Slots are filled last: "eight" heard as "right" is another word, not a number.
    filled = _GROUP.sub("(?:", _fill(filled, slots, {}, depth=0)).replace("'", "'?")
    whole_words = language == "en" and "(?<" not in filled  # what looks behind is matched from its end
    filled = _SHORTHAND.sub(lambda found: _expand(found.group(), whole_words), filled)
    if language == "en":
        return rf"(?<![\w'])(?:{filled})(?!\w|'t)", needed
    return f"(?:{filled})", needed


def _expand(found: str, whole_words: bool) -> str:
    if found == _WHOLE_WORD:  # a word ends at the pause after it, so no shorter one needs to be tried
        return r"\w++" if whole_words else found
    if found[0] in "[\\":  # a set of characters, an escaped one: as it stands
        return found
    if found == ".":
        return _WITHIN_SENTENCE
    return "(?&few)" if "." in found else "(?&pause)"


def name_pattern(forms: tuple[str, ...]) -> str:
    """The forms of a name as a slot: any of them, each word spelled nearly so (see :data:`_NAME_TOLERANCE`)."""
    return "|".join(" ".join(_name_word(word) for word in form.split()) for form in forms)


def _name_word(word: str) -> str:
    return _misspelt_word(word, _NAME_TOLERANCE) if _PLAIN_WORD.fullmatch(word) else regex.escape(word)


def _misspelt_word(word: str, tolerance: float) -> str:
    """A word as a pattern with as many letters wrong, missing or too many as its length allows."""
    edits = _edits(word, tolerance)
    return f"(?:{word}){{e<={edits}:[a-z]}}" if edits else word


def _edits(word: str, tolerance: float) -> int:
    return int(len(word) * tolerance) if len(word) >= _SHORTEST_MISSPELT else 0


def _unharmed(word: str, *, tolerance: float) -> list[str]:
    """The parts of a word of which one stands in every misspelling of it: one more part than letters may be wrong."""
    n = _edits(word, tolerance) + 1 if _PLAIN_WORD.fullmatch(word) else 1
    edges = [len(word) * part // n for part in range(n + 1)]
    return [word[start:end] for start, end in pairwise(edges)]


def _misspelt(token: regex.Match[str], tolerance: float) -> str:
    word, repeated = token.group("word"), token.group("repeated")
    if word is None:
        return token.group()
    if repeated is None:
        return _misspelt_word(word, tolerance)
    return f"{_misspelt_word(word[:-1], tolerance)}{word[-1]}{repeated}"  # calls? repeats its last letter only


def _fill(phrase: str, words: Mapping[str, str], slots: Mapping[str, str], depth: int) -> str:
    if depth > 5:
        raise PhraseError("words refer to each other in a circle")

    def value(slot: regex.Match[str]) -> str:
        name = slot.group(1)
        if name in words:
            return "(?:" + _fill(words[name], words, slots, depth + 1) + ")"
        if name in slots:
            return slot.group()
        raise PhraseError(f"no entry {name!r} in words, and no slot of that name")

    return _SLOT.sub(value, phrase)


def _compiled(alternatives: str, language: Language) -> regex.Pattern[str]:
    defined = f"(?(DEFINE)(?P<pause>{_PAUSE[language]})(?P<few>{_FEW_WORDS[language]}))"
    expression = f"(?:{alternatives}){defined}"  # the other way round, no match would be sought by its first letter
    # The text is folded: only phrases with capitals need the flag, which makes compiling three times as slow.
    flags = regex.IGNORECASE if _CAPITAL.search(alternatives) else 0
    try:
        pattern = regex.compile(expression, flags | regex.VERSION0)
    except regex.error as fault:
        raise PhraseError(f"not a regular expression: {fault}") from fault
    if pattern.match(""):
        raise PhraseError("matches the empty text")
    return pattern
