"""A scoring form: sections of criteria, declared over signals. See rubrics/README.md for how to write one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from qa.model import Language, OnFail, RubricRef, Severity
from scoring.answer_types import AnswerType, FreeText, Metric, Number, YesNo, checks_of
from scoring.applicability import AppliesWhen, signal_names
from scoring.checks import CheckParams
from scoring.evidence import ConfidenceFloors
from scoring.form import Form
from scoring.gate_rule import GateRule
from scoring.selection import AppliesTo
from scoring.signals.model import Signal

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$")]


class Criterion(Form):
    """One question of the form. ``points`` is what it is worth when met; ``partially_met`` earns half."""

    id: Identifier
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    points: float = Field(default=1, gt=0, le=1000)
    """May be left out in a form weighted by section, where points only weigh a section's criteria against each other."""
    bonus: bool = False
    """Points that are added without being possible: a miss costs nothing."""
    severity: Severity = Severity.NON_CRITICAL
    auto_fail: bool = False
    """A miss fails the call and leaves the percentage as it is."""
    on_fail: OnFail | None = None
    """What else a miss does."""
    applies_when: AppliesWhen | None = None
    """Not applicable unless this holds."""
    answer: AnswerType = YesNo()
    """How it can be answered."""
    check: CheckParams | None = None
    """How the machine answers yes or no; levels, options and items have checks of their own."""
    answered_by: Literal["machine", "person"] | None = None
    """Left out: the machine, except for what only people can answer (a number, a free text)."""
    gate: GateRule | None = None
    """What it asks of the machine instead of the form's ``gate``; keys left out are the form's."""

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.auto_fail and self.severity is Severity.NON_CRITICAL:
            raise ValueError("auto_fail: true and severity: non_critical contradict each other")
        if self.on_fail is OnFail.ZERO_CALL and self.severity is Severity.NON_CRITICAL:
            raise ValueError("on_fail: zero_call and severity: non_critical contradict each other")
        if self.auto_fail and self.on_fail is OnFail.FLAG:
            raise ValueError("auto_fail: true and on_fail: flag contradict each other: a flag fails nothing")
        if self.bonus and (self.on_fail or self.severity is not Severity.NON_CRITICAL):
            other = f"on_fail: {self.on_fail}" if self.on_fail else f"severity: {self.severity}"
            raise ValueError(f"bonus: true and {other} contradict each other: a bonus can only be won")
        if isinstance(self.answer, FreeText):
            for name in ("points", "bonus", "severity", "on_fail"):
                if name in self.model_fields_set:
                    raise ValueError(f"{name} and answer.type: free_text contradict each other: words have no verdict")
        self._has_an_answerer()
        return self

    def _has_an_answerer(self) -> None:
        kind = self.answer.type
        if self.check is not None and not isinstance(self.answer, YesNo):
            raise ValueError(f"check and answer.type: {kind} contradict each other: {kind} has no check beside it")
        automatic = self.check is not None or bool(checks_of(self.answer)) or isinstance(self.answer, Metric)
        if self.answered_by == "machine" and isinstance(self.answer, Number | FreeText):
            raise ValueError(f"answered_by: machine and answer.type: {kind} contradict each other: only people can")
        if self.for_people and automatic:
            raise ValueError("answered_by: person and a check contradict each other: use one of them")
        if not self.for_people and not automatic:
            place = "check" if isinstance(self.answer, YesNo) else "checks"
            raise ValueError(f"expected {place}, or answered_by: person, got neither")

    @property
    def for_people(self) -> bool:
        """The machine leaves it to people."""
        return self.answered_by == "person" or isinstance(self.answer, Number | FreeText)

    @property
    def worth(self) -> float:
        """What it is worth when met; a free text is worth nothing."""
        return 0.0 if isinstance(self.answer, FreeText) else self.points

    @property
    def fails_call(self) -> bool:
        """A miss fails the whole call."""
        return self.auto_fail or self.on_fail is OnFail.ZERO_CALL

    @property
    def checks(self) -> tuple[CheckParams, ...]:
        """Its own check, and those of its levels, options and items."""
        return (*((self.check,) if self.check is not None else ()), *checks_of(self.answer))

    def signal_names(self) -> Iterator[str]:
        """Every signal that this criterion names."""
        if self.applies_when is not None:
            yield from signal_names(self.applies_when)
        for check in self.checks:
            yield from check.signal_names()


class Section(Form):
    """A heading and its criteria."""

    id: Identifier | None = None
    """Needed where a derived form or a report names the section by more than its title."""
    title: str = Field(min_length=1)
    weight: float | None = Field(default=None, gt=0, le=1000)
    """What the whole section is worth, in a form weighted by section."""
    criteria: tuple[Criterion, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        """Its id, else its title."""
        return self.id or self.title


class PercentBand(Form):
    """A name for the percentages from ``from`` up to the next band."""

    name: str = Field(min_length=1)
    lowest: float = Field(alias="from", ge=0, le=100)


class Rubric(Form):
    """A whole form; ``sha256`` is set by the loader: over the bytes of its file and of all files that it is made from."""

    id: Identifier
    version: Version
    language: Language
    title: str = Field(min_length=1)
    description: str = ""
    extends: str | None = None
    """The form that this one is made from: its id, or its file beside this one."""
    applies_to: AppliesTo = AppliesTo()
    """The calls that it is for; every call in its language when left out."""
    weights: Literal["criterion", "section"] = "criterion"
    """What the points are spread over: each criterion has its own, or each section has its weight."""
    pass_mark: float = Field(default=80, ge=0, le=100)
    """Percent from which a call passes."""
    cap_percent: bool = True
    """The percentage stays at 100 however many bonus points there are."""
    bands: tuple[PercentBand, ...] = ()
    sure_from: ConfidenceFloors = ConfidenceFloors()
    """How sure words and speaker must be for a verdict to rest on them."""
    gate: GateRule = GateRule()
    """How far the machine must agree with people for its verdicts to count."""
    words: dict[str, str] = Field(default_factory=dict)
    """Pieces of patterns that phrases use as ``{name}``."""
    sounds_like: tuple[str, ...] = ()
    """Chinese words to be recognised by sound, whatever characters the recogniser chose."""
    signals: dict[Identifier, Signal] = Field(default_factory=dict)
    sections: tuple[Section, ...] = Field(min_length=1)
    sha256: str = ""

    @model_validator(mode="after")
    def _bands_cover_everything(self) -> Self:
        if not self.bands:
            return self
        lowest, names = [band.lowest for band in self.bands], [band.name for band in self.bands]
        if len(set(lowest)) < len(lowest) or len(set(names)) < len(names):
            raise ValueError("bands: expected each name and each from once")
        if min(lowest) != 0:
            raise ValueError(f"bands: expected one from 0, got {min(lowest):g} as the lowest")
        return self

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in the order of the form."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    @property
    def ref(self) -> RubricRef:
        """Which form this is, to the byte."""
        return RubricRef(id=self.id, version=self.version, sha256=self.sha256)

    def gate_of(self, criterion: Criterion) -> GateRule:
        """What the machine's verdicts on a criterion must fulfil to count."""
        return self.gate.changed_by(criterion.gate)

    def band(self, percent: float | None) -> str | None:
        """The name of the band in which a percentage lies; None without bands or without a percentage."""
        if percent is None:
            return None
        reached = [band for band in self.bands if band.lowest <= percent]
        return max(reached, key=lambda band: band.lowest).name if reached else None
