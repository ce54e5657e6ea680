"""Chinese words that a recogniser spelled with other characters of the same sound (工号 heard as 公号)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

Syllables = tuple[str, ...]

_CONFUSED = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"(?<=[ie])ng$"), "n"))


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # 0.2 s to load, and English needs none of it

    sound = str(lazy_pinyin(character)[0]) if "㐀" <= character <= "鿿" else ""
    for heard, same in _CONFUSED:
        sound = heard.sub(same, sound)
    return sound


def syllables(text: str) -> Syllables:
    """The sound of every character without its tone (its commonest reading); empty for what is not Chinese.

    Sounds that speakers and recognisers mix up are one: zh and z, ch and c, sh and s, ing and in, eng and en.
    """
    return tuple(_syllable(character) for character in text)


def index(terms: Iterable[str]) -> dict[Syllables, str]:
    """Terms by their sound; of two terms that sound alike the first stays."""
    found: dict[Syllables, str] = {}
    for term in terms:
        found.setdefault(syllables(term), term)
    return found


def repair(folded: str, terms: Mapping[Syllables, str]) -> str:
    """The text with every stretch that sounds like a term spelled as that term; the length stays the same."""
    if not terms or not folded:
        return folded
    sounds = syllables(folded)
    lengths = sorted({len(key) for key in terms}, reverse=True)
    pieces: list[str] = []
    at = 0
    while at < len(folded):
        for length in lengths:
            term = terms.get(sounds[at : at + length])
            if term is not None:
                pieces.append(term)
                at += length
                break
        else:
            pieces.append(folded[at])
            at += 1
    return "".join(pieces)
