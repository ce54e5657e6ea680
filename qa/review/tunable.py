"""What of a form people's answers may move: thresholds of signals, and the edges of the bands of measured numbers.

Wordings, points and criteria are a person's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from scoring.checks.metric import MetricParams
from scoring.rubric import Rubric

STEPS = (-0.15, -0.1, -0.05, 0.05, 0.1, 0.15)
"""How far a threshold may move from where it is; an edge of a band by such a share of itself."""
_LOWEST, _HIGHEST = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Threshold:
    """How alike a meaning has to be (``threshold``), or how sure the classifier of acts (``min_confidence``)."""

    name: str
    """The signal's."""
    key: Literal["threshold", "min_confidence"]

    def value(self, form: Rubric) -> float:
        signal = form.signals[self.name]
        return (
            signal.min_confidence if self.key == "min_confidence" or not signal.meanings else signal.meanings.threshold
        )

    def candidates(self, form: Rubric) -> set[float]:
        """Where it may move to."""
        before = self.value(form)
        return {round(min(_HIGHEST, max(_LOWEST, before + step)), 3) for step in STEPS} - {before}

    def moved(self, form: Rubric, value: float) -> Rubric:
        signal = form.signals[self.name]
        if self.key == "threshold" and signal.meanings is not None:
            signal = signal.model_copy(update={"meanings": signal.meanings.model_copy(update={"threshold": value})})
        else:
            signal = signal.model_copy(update={"min_confidence": value})
        return form.model_copy(update={"signals": {**form.signals, self.name: signal}})


@dataclass(frozen=True, slots=True)
class Edge:
    """An end of the band in which a measured number is met."""

    name: str
    """The criterion's id."""
    key: Literal["minimum", "maximum"]

    def value(self, form: Rubric) -> float:
        (check,) = [c.check for c in form.criteria if c.id == self.name]
        return float(getattr(check, self.key))

    def candidates(self, form: Rubric) -> set[float]:
        """Where it may move to: never past the other edge, nor out of the wider band of partially met."""
        before = self.value(form)
        return {
            value
            for step in STEPS
            if (value := float(f"{before * (1 + step):.3g}")) != before and self._fits(form, value)
        }

    def moved(self, form: Rubric, value: float) -> Rubric:
        sections = [
            section.model_copy(
                update={
                    "criteria": tuple(
                        c.model_copy(update={"check": self._check(c.check, value)}) if c.id == self.name else c
                        for c in section.criteria
                    )
                }
            )
            for section in form.sections
        ]
        return form.model_copy(update={"sections": type(form.sections)(sections)})

    def _check(self, check: Any, value: float) -> Any:
        return check.model_copy(update={self.key: value})

    def _fits(self, form: Rubric, value: float) -> bool:
        (check,) = [c.check for c in form.criteria if c.id == self.name]
        try:
            MetricParams.model_validate(self._check(check, value).model_dump(exclude_unset=True))
        except ValueError:
            return False
        return True


Tunable = Threshold | Edge


def tunables(form: Rubric) -> Iterator[Tunable]:
    """Everything of a form that may move, in its order."""
    for name, signal in form.signals.items():
        if signal.meanings is not None:
            yield Threshold(name, "threshold")
        if signal.acts or signal.if_acts or signal.unless_acts:
            yield Threshold(name, "min_confidence")
    for criterion in form.criteria:
        if isinstance(criterion.check, MetricParams):
            if criterion.check.minimum is not None:
                yield Edge(criterion.id, "minimum")
            if criterion.check.maximum is not None:
                yield Edge(criterion.id, "maximum")


def changes(form: Rubric, moved: list[Tunable]) -> dict[str, Any]:
    """The part of a form's file that says what was moved, for a form that extends the one before."""
    signals = dict.fromkeys(each.name for each in moved if isinstance(each, Threshold))
    edges = {each.name for each in moved if isinstance(each, Edge)}
    sections = [
        {
            **({"id": section.id} if section.id else {"title": section.title}),
            "criteria": [
                {"id": c.id, "check": c.check.model_dump(mode="json", by_alias=True, exclude_unset=True)}
                for c in section.criteria
                if c.id in edges and c.check is not None
            ],
        }
        for section in form.sections
        if edges & {c.id for c in section.criteria}
    ]
    found: dict[str, Any] = {}
    if signals:
        found["signals"] = {
            name: form.signals[name].model_dump(mode="json", by_alias=True, exclude_unset=True) for name in signals
        }
    if sections:
        found["sections"] = sections
    return found
