"""Chinese words that a recogniser spelled with other characters of the same sound (工号 heard as 公号)."""

from __future__ import annotations

import re
from collections.abc import Iterable, KeysView
from functools import lru_cache
from itertools import pairwise

Syllables = tuple[str, ...]

_CONFUSED = ((re.compile(r"^([zcs])h"), r"\1"), (re.compile(r"(?<=[ie])ng$"), "n"))


@lru_cache(maxsize=20_000)
def _syllable(character: str) -> str:
    from pypinyin import lazy_pinyin  # 0.2 s to load, and English needs none of it

    sound = str(lazy_pinyin(character)[0]) if "㐀" <= character <= "鿿" else ""
    for heard, same in _CONFUSED:
        sound = heard.sub(same, sound)
    return sound


@lru_cache(maxsize=1_024)
def syllables(text: str) -> Syllables:
    """The sound of every character without its tone (its commonest reading); empty for what is not Chinese.

    Sounds that speakers and recognisers mix up are one: zh and z, ch and c, sh and s, ing and in, eng and en.
    """
    return tuple(_syllable(character) for character in text)


@lru_cache(maxsize=1_024)
def sound_pairs(text: str) -> frozenset[Syllables]:
    """The sounds of every two neighbouring characters."""
    return frozenset(pairwise(syllables(text)))


class Repairer:
    """Spells every stretch of a text that sounds like a term as that term; the length stays the same.

    A term has two characters or more: one alone sounds like too many words. Of two that sound alike the first counts.
    """

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_sound: dict[Syllables, str] = {}
        for term in terms:
            self._by_sound.setdefault(syllables(term), term)
        self._lengths: dict[Syllables, list[int]] = {}
        for length, pair in sorted({(len(key), key[:2]) for key in self._by_sound}, reverse=True):
            self._lengths.setdefault(pair, []).append(length)

    @property
    def beginnings(self) -> KeysView[Syllables]:
        """The sounds with which terms begin: a text without any of these pairs holds no term."""
        return self._lengths.keys()

    def __call__(self, folded: str) -> str:
        if self.beginnings.isdisjoint(sound_pairs(folded)):  # most texts hold no term
            return folded
        places = [at for at, pair in enumerate(pairwise(syllables(folded))) if pair in self._lengths]
        return self.spelled(folded, places)

    def spelled(self, folded: str, places: Iterable[int]) -> str:
        """The same for a text of which it is known at which characters a pair of ``beginnings`` stands, in order."""
        sounds = syllables(folded)
        pieces: list[str] = []
        kept = 0
        for at in places:
            if at < kept:
                continue
            for length in self._lengths[sounds[at : at + 2]]:
                found = self._by_sound.get(sounds[at : at + length])
                if found is not None:
                    pieces += (folded[kept:at], found)
                    kept = at + length
                    break
        return "".join((*pieces, folded[kept:])) if pieces else folded


@lru_cache(maxsize=512)
def repairer(terms: tuple[str, ...]) -> Repairer:
    """What repairs for these terms; the last ones asked for are kept."""
    return Repairer(terms)
