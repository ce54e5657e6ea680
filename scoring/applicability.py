"""When a criterion applies: conditions on the call data, on what is said, and on other answers, nested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from qa.model import Call, Outcome
from scoring.answers import Answer
from scoring.call_data import call_matches, unknown_fields
from scoring.checks import Condition
from scoring.form import Form

_GROUPS = ("any", "all", "none", "at_least")


class AnswerIs(Form):
    """What was answered to another criterion: its outcome, or the level, option or item that was chosen."""

    criterion: str
    outcome: Outcome | tuple[Outcome, ...] | None = None
    answer: str | tuple[str, ...] | None = None

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        if (self.outcome is None) == (self.answer is None):
            raise ValueError(f"expected outcome or answer, got {'none of them' if self.outcome is None else 'both'}")
        return self

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes of which one is asked for."""
        return (self.outcome,) if isinstance(self.outcome, Outcome) else self.outcome or ()

    @property
    def answers(self) -> tuple[str, ...]:
        """The names of which one is asked for."""
        return (self.answer,) if isinstance(self.answer, str) else self.answer or ()


class CallIs(Form):
    """Fields of the call data and the value, or values, that each has to have."""

    call: dict[str, str | tuple[str, ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _knows_the_fields(self) -> Self:
        if unknown := unknown_fields(self.call):
            raise ValueError(f"call: expected fields of the call data or tags.NAME, got {', '.join(unknown)}")
        return self


class Group(Form):
    """Any, all, none, or at least so many of several conditions."""

    any: tuple[AppliesWhen, ...] | None = Field(default=None, min_length=1)
    all: tuple[AppliesWhen, ...] | None = Field(default=None, min_length=1)
    none: tuple[AppliesWhen, ...] | None = Field(default=None, min_length=1)
    at_least: int | None = Field(default=None, ge=1)
    of: tuple[AppliesWhen, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        named = [kind for kind in _GROUPS if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(f"expected exactly one of {', '.join(_GROUPS)}, got {' and '.join(named)}")
        if (self.at_least is None) != (self.of is None):
            raise ValueError("at_least and of belong together")
        if self.at_least is not None and self.of is not None and self.at_least > len(self.of):
            raise ValueError(f"at_least {self.at_least} of {len(self.of)} can never hold")
        return self

    @property
    def parts(self) -> tuple[AppliesWhen, ...]:
        """The conditions that this one is made of."""
        return self.any or self.all or self.none or self.of or ()


def _kind(value: Any) -> str:
    """Which model a condition in the file is, told by its keys (tags are no keys, so that paths stay those of the file)."""
    keys: set[str] = set(value) if isinstance(value, dict) else set()
    if "window" in keys:
        return "something said"  # also a group: only what is said has a place in the call
    if isinstance(value, AnswerIs) or "criterion" in keys:
        return "an answer"
    if isinstance(value, Group) or keys & {*_GROUPS, "of"}:
        return "a group"
    if isinstance(value, CallIs) or "call" in keys:
        return "call data"
    return "something said"


AppliesWhen = Annotated[
    Annotated[AnswerIs, Tag("an answer")]
    | Annotated[Group, Tag("a group")]
    | Annotated[CallIs, Tag("call data")]
    | Annotated[Condition, Tag("something said")],
    Discriminator(_kind),
]
Group.model_rebuild()

Heard = Callable[[Condition], bool]
"""Whether a condition on what is said holds in the call."""


def holds(
    condition: AppliesWhen, answers: Mapping[str, Answer], call: Call | None, heard: Heard | None = None
) -> bool | None:
    """Whether a condition holds; None when that cannot be told (Kleene's three values).

    It cannot be told without the call data, without a way to hear what is said, or from an answer that was not scored
    (which only ``outcome: not_scored`` asks for).
    """
    match condition:
        case AnswerIs():
            return _answered(condition, answers.get(condition.criterion))
        case CallIs():
            return None if call is None else call_matches(condition.call, call)
        case Condition():
            return None if heard is None else heard(condition)
    found = [holds(part, answers, call, heard) for part in condition.parts]
    n_true, n_open = found.count(True), found.count(None)
    if condition.none is not None:
        return False if n_true else None if n_open else True
    needed = len(found) if condition.all is not None else condition.at_least or 1
    return True if n_true >= needed else None if n_true + n_open >= needed else False


def _answered(wanted: AnswerIs, answer: Answer | None) -> bool | None:
    outcome = answer.outcome if answer is not None else Outcome.NOT_SCORED
    if wanted.outcome is not None and outcome in wanted.outcomes:
        return True
    if outcome is Outcome.NOT_SCORED:
        return None
    return answer is not None and bool(set(wanted.answers) & set(answer.names))


def asked_answers(condition: AppliesWhen) -> Iterator[AnswerIs]:
    """The conditions on other answers, here and below."""
    if isinstance(condition, AnswerIs):
        yield condition
    elif isinstance(condition, Group):
        for part in condition.parts:
            yield from asked_answers(part)


def signal_names(condition: AppliesWhen) -> Iterator[str]:
    """Every signal named here or below."""
    if isinstance(condition, Condition):
        yield from condition.signal_names()
    elif isinstance(condition, Group):
        for part in condition.parts:
            yield from signal_names(part)
