"""The word pieces of a recogniser as words: one a character in Mandarin, pieces joined in English, tags removed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from qa.model import Word

NOT_GIVEN = 0.7
"""The confidence of a word whose model gives none: not sure, and not so unsure that reports would mark every word."""

_LONGEST_PIECE_S = 0.4
"""These models say when a piece begins and not when it ends; a piece lasts until the next, but not through a pause."""
_TAG = re.compile(r"<\|[^|>]*\|>|<(?:unk|blank|blk|s|/s|sos/eos)>")
_WORD_START = " \u2581"  # SentencePiece writes a space as U+2581
_CONTINUES = "@@"
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS_ONLY = re.compile(r"[^\w%$€£¥]+")


@dataclass(slots=True)
class _Open:
    """A word that is still growing."""

    text: str
    start_s: float
    end_s: float
    confidences: list[float]


def plain(piece: str) -> str:
    """A piece without tags such as ``<|zh|>``."""
    return _TAG.sub("", piece)


def join_pieces(
    pieces: Sequence[str],
    starts_s: Sequence[float],
    confidences: Sequence[float],
    window_s: float,
    *,
    joined_by_suffix: bool,
) -> list[Word]:
    """Words in order, within 0..``window_s`` seconds.

    A word's confidence is the mean of its pieces'. ``joined_by_suffix``: ``@@`` at the end of a piece says that the word
    goes on (Paraformer); otherwise a space or U+2581 at its beginning says that a word begins (SentencePiece). A piece
    of several Chinese characters shares its time among them; punctuation goes to the word before it.
    """
    words: list[_Open] = []
    joins = False
    previous_s = 0.0
    for at, piece in enumerate(pieces):
        start_s = min(max(float(starts_s[at]), previous_s), window_s)
        previous_s = start_s
        text = plain(piece)
        begins = text[:1] in _WORD_START if text else False
        goes_on = joined_by_suffix and text.endswith(_CONTINUES)
        text = text.removesuffix(_CONTINUES) if goes_on else text
        text = text.strip(_WORD_START)
        if not text:
            # A lone mark of a new word: the next piece must not be glued to the last word.
            joins = joins and not begins
            continue
        following_s = float(starts_s[at + 1]) if at + 1 < len(starts_s) else window_s
        end_s = min(max(following_s, start_s), start_s + _LONGEST_PIECE_S, window_s)
        confidence = min(1.0, max(0.0, confidences[at]))
        if _MARKS_ONLY.fullmatch(text):
            # Marks before the first word belong to none. In "don't" and "3.5" the word goes on after the mark; where a
            # new one begins, its own piece says so, except after Chinese marks.
            if words:
                words[-1].text += text
            joins = joins and text.isascii()
            continue
        if joins and not begins and not _HAN.search(text):
            word = words[-1]
            word.text, word.end_s = word.text + text, end_s
            word.confidences.append(confidence)
        else:
            words += _parts(text, start_s, end_s, confidence)
        joins = goes_on if joined_by_suffix else not _HAN.search(text[-1])
    return [
        Word(
            text=word.text,
            start_s=round(word.start_s, 3),
            end_s=round(word.end_s, 3),
            confidence=sum(word.confidences) / len(word.confidences),
        )
        for word in words
    ]


def _parts(text: str, start_s: float, end_s: float, confidence: float) -> list[_Open]:
    parts = re.findall(r"[\u3400-\u9fff][^\w\s]*|[^\u3400-\u9fff\s]+", text)
    step_s = (end_s - start_s) / len(parts)
    return [_Open(part, start_s + i * step_s, start_s + (i + 1) * step_s, [confidence]) for i, part in enumerate(parts)]
