"""Literal strings that a text must hold for a phrase to match it: looking for them costs far less than matching.

Read from a phrase conservatively. What a phrase leaves open asks for nothing, and a phrase that cannot be read (a construct
beyond the phrase language) asks for nothing as a whole, so that it is always matched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Protocol, TypeVar

import regex

Clause = tuple[str, ...]
"""Any one of these strings has to occur."""
Clauses = tuple[Clause, ...]
"""Every clause has to be fulfilled."""
Required = tuple[Clauses, ...]
"""For one of these at least, every clause; empty when a text may match without any literal."""
Split = Callable[[str], Sequence[str]]
"""The parts of a word of which one has to occur: the word itself, unless misspellings are allowed."""

_MAX_CLAUSES = 3
"""More of them hardly exclude more texts."""
_MAX_STRINGS = 60
_TOKEN = regex.compile(
    r"(?<set>\[\^?(?:[^\]\[\\^]|\\[^\]\[\\])(?:[^\]\[\\]|\\[^\]\[\\])*\])"
    r"|(?<open>\()(?<look>\?(?:<?[=!]|:))?"
    r"|(?<close>\))|(?<or>\|)"
    r"|(?<optional>[?*]|\{0?,\d*\}|\{0\})|(?<repeated>\+|\{[1-9]\d*(?:,\d*)?\})"
    r"|(?<word>[a-z]+|[0-9]+|[㐀-鿿]+)"
    r"|(?<open_place>\\[dDwWsSbB]|\\[^\w\s]|\{[a-z_][a-z0-9_]*\}|[^\\\[\](){}A-Z])"
)


_WORD = regex.compile("[a-z]+|[0-9]+|[㐀-鿿]+")
"""Every literal is one of these, or a part of one."""


class _Unreadable(Exception):
    """A construct that this module does not know."""


def required(phrase: str, split: Split) -> Required:
    """What a phrase, its words filled in and its slots not, asks for; ``split`` is told every word of it."""
    reader = _Reader(phrase, split)
    try:
        ways = reader.alternatives()
        reader.expect_end()
    except _Unreadable:
        return ()
    kept = tuple(_best(way, _MAX_CLAUSES) for way in ways)
    return kept if all(kept) else ()


class Demanding(Protocol):
    """What knows which strings it asks for."""

    @property
    def required(self) -> Required: ...


_P = TypeVar("_P", bound=Demanding)


class LiteralIndex:
    """Which of some texts hold a string, remembered: the phrases of a rubric share most of their words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._all = (1 << len(texts)) - 1
        self._holding: dict[str, int] = {}
        self._original: LiteralIndex | None = None
        self._changed: tuple[int, ...] = ()

    def with_texts(self, changed: Mapping[int, str]) -> LiteralIndex:
        """The same with other texts at some positions: only those that differ are searched anew."""
        differing = {at: text for at, text in changed.items() if text != self.texts[at]}
        if not differing:
            return self
        index = LiteralIndex([differing.get(at, text) for at, text in enumerate(self.texts)])
        index._original, index._changed = self, tuple(differing)
        return index

    def candidates(self, phrases: Iterable[_P]) -> list[tuple[int, list[_P]]]:
        """Positions of the texts in which any of the phrases may match, in order, with those phrases."""
        found: dict[int, list[_P]] = {}
        for phrase in phrases:
            bits = self._where(phrase.required)
            while bits:
                lowest = bits & -bits
                found.setdefault(lowest.bit_length() - 1, []).append(phrase)
                bits ^= lowest
        return sorted(found.items())

    def _where(self, required: Required) -> int:
        """The positions as a set of bits."""
        if not required:
            return self._all
        holding, found = self._holding, 0
        for clauses in required:
            possible = self._all
            for clause in clauses:
                with_clause = 0
                for literal in clause:
                    bits = holding.get(literal)
                    if bits is None:
                        bits = holding[literal] = self._search(literal)
                    with_clause |= bits
                possible &= with_clause
                if not possible:
                    break
            found |= possible
        return found

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """Every piece of the texts' words of the size by which literals are looked up: most stand nowhere in a call."""
        words = {word for text in self.texts for word in _WORD.findall(text)}
        return frozenset(
            word[at : at + size] for word in words if (size := _size(word)) for at in range(len(word) - size + 1)
        )

    def _search(self, literal: str) -> int:
        if self._original is not None:
            return self._search_changed(literal, self._original)
        bits = 0
        size = _size(literal)
        if len(literal) < size or literal[:size] in self._beginnings:
            for position, text in enumerate(self.texts):
                if literal in text:
                    bits |= 1 << position
        return bits

    def _search_changed(self, literal: str, original: LiteralIndex) -> int:
        bits = original._holding.get(literal)
        if bits is None:
            bits = original._holding[literal] = original._search(literal)
        for position in self._changed:
            here = 1 << position
            bits = bits | here if literal in self.texts[position] else bits & ~here
        return bits


class _Reader:
    """A phrase read from left to right."""

    def __init__(self, phrase: str, split: Split) -> None:
        self._phrase, self._split, self._at = phrase, split, 0

    def alternatives(self) -> list[list[Clause]]:
        """The clauses of every way through the phrase, or the group, that begins here."""
        ways: list[list[Clause]] = [[]]
        while (token := self._next()) is not None:
            if token.group("close"):
                self._at = token.start()
                break
            if token.group("or"):
                ways.append([])
            else:
                ways[-1] += self._item(token)
        return ways

    def expect_end(self) -> None:
        if self._at < len(self._phrase):
            raise _Unreadable

    def _item(self, token: regex.Match[str]) -> list[Clause]:
        if token.group("optional") or token.group("repeated"):  # of an open place, or lazy: asks for nothing
            return []
        if token.group("open"):
            return self._group(token)
        if word := token.group("word"):
            if self._quantified() is not None:  # calls? repeats its last letter only
                word = word[:-1]
            return [tuple(self._split(word))] if word else []
        return []

    def _group(self, token: regex.Match[str]) -> list[Clause]:
        ways = self.alternatives()
        closing = self._next()
        if closing is None:
            raise _Unreadable
        optional = self._quantified() == "optional"
        if optional or token.group("look") not in (None, "?:"):
            return []
        if len(ways) == 1:
            return ways[0]
        best = [_best(way, 1) for way in ways]
        if not all(best):
            return []
        return [tuple(dict.fromkeys(literal for clauses in best for literal in clauses[0]))]

    def _next(self) -> regex.Match[str] | None:
        if self._at >= len(self._phrase):
            return None
        token = _TOKEN.match(self._phrase, self._at)
        if token is None:
            raise _Unreadable
        self._at = token.end()
        return token

    def _quantified(self) -> str | None:
        """What the quantifier that comes next, if one does, makes of what stands before it."""
        token = _TOKEN.match(self._phrase, self._at)
        if token is None or token.lastgroup not in ("optional", "repeated"):
            return None
        self._at = token.end()
        return token.lastgroup


def _best(clauses: Iterable[Clause], n: int) -> Clauses:
    """The clauses that fewest texts fulfil: long strings and few."""
    telling = {clause for clause in clauses if len(clause) <= _MAX_STRINGS and min(map(_weight, clause)) > 1}
    return tuple(sorted(telling, key=lambda clause: (-min(map(_weight, clause)), len(clause), clause))[:n])


def _size(word: str) -> int:
    """Of the pieces by which words are looked up: a pair of Chinese characters, or four letters."""
    return 2 if word >= "㐀" else 4


def _weight(literal: str) -> int:
    """A Chinese character says as much as three letters."""
    return len(literal) * (3 if literal >= "㐀" else 1)
