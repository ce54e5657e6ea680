"""An answer to a criterion, and how what a person gives becomes one. The machine's verdicts are answers as well."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.model import Outcome, UsageError
from scoring.answer_types import Checklist, FreeText, Metric, MultiChoice, Number, Scale, names_of, share_of

if TYPE_CHECKING:
    from scoring.rubric import Criterion

Given = str | float | Sequence[str]
"""What a person gives: an outcome, the name of a level or option, several names, a number, or words."""

_SHARE = {Outcome.MET: 1.0, Outcome.PARTIALLY_MET: 0.5, Outcome.NOT_MET: 0.0}


@dataclass(frozen=True, slots=True)
class Answer:
    """One criterion's answer.

    ``share`` is the part of the points that it earns, 0..1, None where nothing was judged. ``value`` is what was chosen
    or entered, for the types that are more than yes or no.
    """

    outcome: Outcome
    share: float | None = None
    value: str | float | tuple[str, ...] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The levels, options or items that were chosen."""
        return (self.value,) if isinstance(self.value, str) else self.value if isinstance(self.value, tuple) else ()


UNANSWERED = Answer(Outcome.NOT_SCORED)


def by_outcome(outcome: Outcome) -> Answer:
    """A yes-or-no answer: half the points for ``partially_met``; nothing where nothing was judged."""
    return Answer(outcome, _SHARE.get(outcome))


def by_share(share: float, value: str | float | tuple[str, ...]) -> Answer:
    """A graded answer: all of the points is met, none is not met, anything between is partially met."""
    outcome = Outcome.MET if share >= 1 else Outcome.NOT_MET if share <= 0 else Outcome.PARTIALLY_MET
    return Answer(outcome, share, value)


def ticked(checklist: Checklist, met: Sequence[str], n_judged: int, *, halves: int = 0) -> Answer:
    """A checklist's answer: these items met (and ``halves`` more half met) of ``n_judged``."""
    share = (len(met) + halves / 2) / n_judged
    return by_share(float(share == 1) if checklist.require == "all" else share, tuple(met))


def read_answer(criterion: Criterion, given: Given) -> Answer:
    """What a person gave to a criterion, as an answer.

    ``not_applicable`` and ``not_scored`` are always possible. Besides: an outcome for yes_no, the name of a level or an
    option, names for a checklist (those that are met) and a choice of several, a number, or words.

    Raises:
        UsageError: naming the criterion and what it takes.
    """
    if given in (Outcome.NOT_APPLICABLE, Outcome.NOT_SCORED):
        return Answer(Outcome(given))
    answer, names = criterion.answer, names_of(criterion.answer)
    match answer:
        case Scale() | MultiChoice(choose="one"):
            if isinstance(given, str) and given in names:
                return by_share(answer.options[names.index(given)].share, given)
            raise _wrong(criterion, given, f"one of {', '.join(names)}")
        case MultiChoice():
            chosen = _names(criterion, given, names)
            shares = [option.share for option in answer.options if option.name in chosen]
            return by_share(min(1.0, math.fsum(shares)), chosen)
        case Checklist():
            return ticked(answer, _names(criterion, given, names), len(names))
        case Number() | Metric():
            if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
                return by_share(share_of(given, answer.bands), float(given))
            raise _wrong(criterion, given, "a number")
        case FreeText():
            if isinstance(given, str):
                return Answer(Outcome.NOT_APPLICABLE, value=given)
            raise _wrong(criterion, given, "words")
        case _:
            if given in tuple(_SHARE):
                return by_outcome(Outcome(given))
            raise _wrong(criterion, given, ", ".join(_SHARE))


def _names(criterion: Criterion, given: Given, known: tuple[str, ...]) -> tuple[str, ...]:
    """The names given, in the order of the form."""
    listed = given if isinstance(given, list | tuple) else None
    if listed is None or any(name not in known for name in listed):
        raise _wrong(criterion, given, f"a list of some of {', '.join(known)}")
    return tuple(name for name in known if name in listed)


def _wrong(criterion: Criterion, given: Given, expected: str) -> UsageError:
    shown = repr(given)
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return UsageError(
        f"cannot be answered by {shown}",
        where=f"criterion {criterion.id}",
        expected=f"{expected}, or not_applicable, or not_scored",
    )
