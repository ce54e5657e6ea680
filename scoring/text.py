"""Text as the matchers read it: lower case, plain quotes, half-width; the length never changes, so offsets stay true."""

from __future__ import annotations

import re

MAX_TURN_CHARACTERS = 20_000
"""What lies beyond is not read: a transcript is an attacker's text. Speech at 200 words a minute takes 20 minutes for it."""

_PLAIN = {ord(mark): "'" for mark in "’‘ʼ`´"} | {ord(mark): '"' for mark in "“”„«»「」『』＂"}
_PLAIN |= {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B)} | {0x3000: " ", 0xA0: " "}

_CHINESE_MARKS = {",": "，", "?": "？", "!": "！", ":": "：", ";": "；", ".": "。"}
_HALF_WIDTH_MARK = re.compile(r"[?!;]|(?<!\d)[,:]|[,:](?!\d)|(?<=[㐀-鿿])\.")

_SENTENCE = re.compile(r"[^。！？!?.…\n]+[。！？!?.…\n]*[\"'”’」』]?")
_CLAUSE_MARKS = "。！？!?.…;；,，、:：\n—–"
_CLAUSE_MARK = re.compile(f"[{_CLAUSE_MARKS}]")
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)*|[㐀-鿿]")


def fold(text: str) -> str:
    """The text in lower case with plain quotes and half-width letters, cut at ``MAX_TURN_CHARACTERS``.

    Every character stays at its offset, so a match in the folded text is a quote from the original.
    """
    plain = text[:MAX_TURN_CHARACTERS].translate(_PLAIN)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    # A few letters (the Turkish dotted I) become two in lower case.
    return "".join(low if len(low := character.lower()) == 1 else character for character in plain)


def full_width_marks(folded: str) -> str:
    """Chinese text with the marks that Chinese uses, whatever the transcript was typed with; marks within numbers stay."""
    return _HALF_WIDTH_MARK.sub(lambda mark: _CHINESE_MARKS[mark.group()], folded)


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Offsets of the sentences, told by their marks; text without marks is one sentence."""
    spans = []
    for found in _SENTENCE.finditer(text):
        piece = found.group()
        start = found.start() + len(piece) - len(piece.lstrip())
        end = found.end() - (len(piece) - len(piece.rstrip()))
        if start < end:
            spans.append((start, end))
    return spans


def clause(text: str, start: int, end: int) -> tuple[int, int]:
    """Offsets of the clause around ``text[start:end]``: up to the nearest mark on either side."""
    left = max(text.rfind(mark, 0, start) for mark in _CLAUSE_MARKS) + 1
    right = _CLAUSE_MARK.search(text, end)
    return left, right.start() if right else len(text)


def words(folded: str) -> list[str]:
    """English words and single Chinese characters of folded text."""
    return _WORD.findall(folded)


def word_spans(folded: str) -> list[tuple[int, int]]:
    """Offsets of what :func:`words` gives."""
    return [found.span() for found in _WORD.finditer(folded)]
