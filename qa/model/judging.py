"""A question to a language model about one criterion, and its answer: what ``scoring`` asks and who asks the model agree on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from qa.model.call import Language
from qa.model.conversation import Turn
from qa.model.errors import CallibrateError, Reason
from qa.model.evaluation import JudgeUse, Outcome


@dataclass(frozen=True, slots=True)
class JudgeQuestion:
    """One criterion and the turns that it is judged on. ``outcomes`` are those that may be answered."""

    question: str
    guidance: str
    outcomes: tuple[Outcome, ...]
    language: Language
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that the model names as proof; nothing is known yet about whether they were said."""

    turn: int
    quote: str


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """What the model answered, unverified, and what it cost."""

    outcome: Outcome
    quotes: tuple[Quote, ...]
    reason: str
    use: JudgeUse


class JudgeFailed(CallibrateError):
    """No usable answer came; ``reason`` is the code for the criterion, which is then not scored."""

    def __init__(self, reason: Reason, what: str, *, where: str = "", expected: str = "", fix: str = "") -> None:
        self.reason = reason
        super().__init__(what, where=where, expected=expected, fix=fix)


Judge = Callable[[JudgeQuestion], JudgeAnswer]
"""Asks a language model; raises :class:`JudgeFailed`."""
