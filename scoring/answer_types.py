"""How a criterion can be answered: yes or no, on a scale, by choice, item by item, with a number, in free words."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from qa.model import SpeakerRole
from scoring.checks import CheckParams
from scoring.form import Form

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]
"""Part of the criterion's points, 0 to 1."""


_ALWAYS_POSSIBLE = ("not_applicable", "not_scored")


class Option(Form):
    """One level of a scale, or one option of a choice: the answer when its ``check`` is met."""

    name: Name
    title: str = ""
    share: Share
    check: CheckParams | None = None


class Item(Form):
    """One line of a checklist; without a ``check`` a person ticks it."""

    name: Name
    title: str = ""
    check: CheckParams | None = None


class Band(Form):
    """Numbers up to and including ``up_to`` (and above the band before); the last band has no ``up_to``."""

    up_to: float | None = None
    share: Share


class YesNo(Form):
    """Met, partially met (half the points) or not met."""

    type: Literal["yes_no"] = "yes_no"


class Scale(Form):
    """One of the named levels, from the worst to the best, each worth a share of the points."""

    type: Literal["scale"]
    options: tuple[Option, ...] = Field(alias="levels", min_length=2)

    @model_validator(mode="after")
    def _rises(self) -> Self:
        _each_once(option.name for option in self.options)
        shares = [option.share for option in self.options]
        if any(low >= high for low, high in itertools.pairwise(shares)):
            raise ValueError(f"expected levels from the worst to the best, got shares {_listed(shares)}")
        checks = [option.check for option in self.options]
        if any(checks) and (checks[0] or not all(checks[1:])):
            raise ValueError("expected a check on every level but the worst (the answer when none is met), or on none")
        return self


class MultiChoice(Form):
    """One of the options, or several: then their shares are added, up to the whole."""

    type: Literal["multi_choice"]
    options: tuple[Option, ...] = Field(min_length=2)
    choose: Literal["one", "several"] = "one"

    @model_validator(mode="after")
    def _has_distinct_options(self) -> Self:
        _each_once(option.name for option in self.options)
        if not any(option.share for option in self.options):
            raise ValueError("expected an option with share > 0, got none")
        checks = [option.check for option in self.options]
        if any(checks) and checks.count(None) != (1 if self.choose == "one" else 0):
            but = " but one (the answer when none is met)" if self.choose == "one" else ""
            raise ValueError(f"expected a check on every option{but}, or on none")
        return self


class Checklist(Form):
    """Items, each met or not. ``require: share``: the part that is met counts; ``all``: nothing counts unless all are met."""

    type: Literal["checklist"]
    items: tuple[Item, ...] = Field(min_length=1)
    require: Literal["share", "all"] = "share"

    @model_validator(mode="after")
    def _has_distinct_items(self) -> Self:
        _each_once(item.name for item in self.items)
        return self


class Number(Form):
    """A number that a person enters; the band in which it lies gives the share."""

    type: Literal["number"]
    unit: str = ""
    bands: tuple[Band, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        _check_bands(self.bands)
        return self


class Metric(Form):
    """A measured feature of a role (none: of the whole call); the band in which it lies gives the share."""

    type: Literal["metric"]
    feature: str = Field(min_length=1)
    role: SpeakerRole | None = SpeakerRole.AGENT
    bands: tuple[Band, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _bands_rise(self) -> Self:
        _check_bands(self.bands)
        return self


class FreeText(Form):
    """Words that a person writes; it has no verdict and no points."""

    type: Literal["free_text"]


AnswerType = Annotated[
    YesNo | Scale | MultiChoice | Checklist | Number | Metric | FreeText, Field(discriminator="type")
]


def names_of(answer: AnswerType) -> tuple[str, ...]:
    """What can be answered besides an outcome: the names of levels, options or items."""
    return tuple(part.name for part in _parts(answer))


def checks_of(answer: AnswerType) -> tuple[CheckParams, ...]:
    """The checks of its levels, options or items."""
    return tuple(part.check for part in _parts(answer) if part.check is not None)


def _parts(answer: AnswerType) -> tuple[Option, ...] | tuple[Item, ...]:
    match answer:
        case Scale(options=options) | MultiChoice(options=options):
            return options
        case Checklist(items=items):
            return items
        case _:
            return ()


def share_of(number: float, bands: tuple[Band, ...]) -> float:
    """The share of the band in which the number lies."""
    return next(band.share for band in bands if band.up_to is None or number <= band.up_to)


def _check_bands(bands: tuple[Band, ...]) -> None:
    limits = [band.up_to for band in bands[:-1]]
    if None in limits or bands[-1].up_to is not None:
        raise ValueError("expected up_to on every band but the last")
    known = [limit for limit in limits if limit is not None]
    if any(low >= high for low, high in itertools.pairwise(known)):
        raise ValueError(f"expected up_to rising from band to band, got {_listed(known)}")


def _each_once(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in _ALWAYS_POSSIBLE:
            raise ValueError(f"expected a name of its own, got {name!r}, which is always a possible answer")
        if name in seen:
            raise ValueError(f"expected each name once, got {name!r} again")
        seen.add(name)


def _listed(numbers: Iterable[float]) -> str:
    return ", ".join(f"{number:g}" for number in numbers)
