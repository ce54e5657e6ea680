"""A scoring form: sections of criteria, declared over signals. See rubrics/README.md for how to write one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from qa.model import Language, RubricRef, Severity
from scoring.checks import CheckParams, Condition
from scoring.form import Form
from scoring.signals.model import Signal

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*(?:[.-][a-z0-9_]+)*$")]
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.-]+)?$")]


class Criterion(Form):
    """One question of the form. ``points`` is what it is worth when met; ``partially_met`` earns half."""

    id: Identifier
    title: str = Field(min_length=1)
    question: str = Field(min_length=1)
    points: float = Field(gt=0, le=1000)
    severity: Severity = Severity.NON_CRITICAL
    auto_fail: bool = False
    applies_when: Condition | None = None
    """Not applicable unless this holds."""
    check: CheckParams

    @model_validator(mode="after")
    def _fails_only_when_critical(self) -> Self:
        if self.auto_fail and self.severity is Severity.NON_CRITICAL:
            raise ValueError("auto_fail: true and severity: non_critical contradict each other")
        return self

    def signal_names(self) -> Iterator[str]:
        """Every signal that this criterion names."""
        if self.applies_when is not None:
            yield from self.applies_when.signal_names()
        yield from self.check.signal_names()


class Section(Form):
    """A heading and its criteria."""

    title: str = Field(min_length=1)
    criteria: tuple[Criterion, ...] = Field(min_length=1)


class Rubric(Form):
    """A whole form; ``sha256`` is that of the file's bytes, set by the loader."""

    id: Identifier
    version: Version
    language: Language
    title: str = Field(min_length=1)
    description: str = ""
    pass_mark: float = Field(default=80, ge=0, le=100)
    """Percent from which a call passes."""
    words: dict[str, str] = Field(default_factory=dict)
    """Pieces of patterns that phrases use as ``{name}``."""
    sounds_like: tuple[str, ...] = ()
    """Chinese words to be recognised by sound, whatever characters the recogniser chose."""
    signals: dict[Identifier, Signal]
    sections: tuple[Section, ...] = Field(min_length=1)
    sha256: str = ""

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """All criteria, in the order of the form."""
        return tuple(criterion for section in self.sections for criterion in section.criteria)

    @property
    def ref(self) -> RubricRef:
        """Which form this is, to the byte."""
        return RubricRef(id=self.id, version=self.version, sha256=self.sha256)
