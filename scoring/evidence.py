"""The proof behind a verdict: words that were said, by that speaker, at that time, and heard well enough."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import isclose

from pydantic import Field

from qa.model import Conversation, Cue, Evidence, Turn
from scoring.form import Form
from scoring.transcript import times_of, words_within

_TIME_TOLERANCE_S = 0.001
"""Times are compared after a way through files that may round."""


class ConfidenceFloors(Form):
    """How sure words and speaker have to be for a verdict to rest on them; 0 lets everything through.

    The defaults let good calls through: of 288 quotes in the 16 sample calls as recognised the least sure has 0.48, and it
    is garbled; from 0.5 up the first verdicts of 400 fall (1 at 0.5, 3 at 0.6, 7 at 0.7). A speaker is one of two.
    """

    words: float = Field(default=0.45, ge=0, le=1)
    """Mean probability of the quoted words, or of their turn where words carry none."""
    role: float = Field(default=0.5, ge=0, le=1)
    """Probability that the turn is that speaker's."""

    def sure(self, turn: Turn, start: int, end: int) -> bool:
        """True when ``start:end`` of the turn was heard well enough; what carries no confidence is taken as it is."""
        if turn.role_confidence is not None and turn.role_confidence < self.role:
            return False
        heard = word_confidence(turn, start, end)
        return heard is None or heard >= self.words


def word_confidence(turn: Turn, start: int, end: int) -> float | None:
    """Mean probability of the words in ``start:end`` of a turn's text, else that of the turn; None where neither is known."""
    whole = start <= 0 and end >= len(turn.text)
    words = turn.words if whole else words_within(turn, start, end)
    return sum(word.confidence for word in words) / len(words) if words else turn.confidence


def verified(evidence: Iterable[Evidence], conversation: Conversation) -> bool:
    """True when every quote stands in the turn that it names, said by that role, at exactly its time in that turn.

    A quote that stands there several times may be any of them. Where the turn has no times the quote has none either.
    """
    return all(_stands(item, conversation) for item in evidence)


def cue_verified(cue: Cue | None, conversation: Conversation) -> bool:
    """The same for what called for an answer; a cue carries no time."""
    if cue is None:
        return True
    turn = _turn(cue.turn, conversation)
    return turn is not None and cue.role == turn.role and bool(cue.quote) and cue.quote in turn.text


def _stands(item: Evidence, conversation: Conversation) -> bool:
    turn = _turn(item.turn, conversation)
    if turn is None or item.role != turn.role or not item.quote:
        return False
    return any(
        _same(item.start_s, start_s) and _same(item.end_s, end_s)
        for start_s, end_s in (times_of(turn, at, at + len(item.quote)) for at in _places(item.quote, turn.text))
    )


def _turn(index: int, conversation: Conversation) -> Turn | None:
    return conversation.turns[index] if 0 <= index < len(conversation.turns) else None


def _places(quote: str, text: str) -> Iterator[int]:
    at = text.find(quote)
    while at >= 0:
        yield at
        at = text.find(quote, at + 1)


def _same(given: float | None, true: float | None) -> bool:
    if given is None or true is None:
        return given is true
    return isclose(given, true, abs_tol=_TIME_TOLERANCE_S)
