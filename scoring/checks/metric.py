"""Measured numbers against a band: interruptions, pace, dead air."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from qa.model import Feature, Outcome, Reason, SpeakerRole
from scoring.checks.result import CheckResult, Context, not_scored
from scoring.form import Form
from scoring.holds import HoldSignals, find_holds
from scoring.timing import interruptions, median_pace

_MEASURED_CONFIDENCE = 0.9
_ESTIMATED_CONFIDENCE = 0.75
_FROM_TIMES = ("interruptions", "pace_median")
"""Worked out from turn times where the recording's own features are missing."""
_NO_COUNT = ("_median", "_ratio", "_range", "_start")
"""Endings of features that do not grow with the length of the call."""


class Between(Form):
    """From ``minimum`` to ``maximum``, both inclusive; one of them may be left out."""

    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _is_a_band(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("expected minimum or maximum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} and maximum {self.maximum:g} contradict each other")
        return self

    def holds(self, value: float) -> bool:
        """True when the value lies in the band."""
        return (self.minimum is None or value >= self.minimum) and (self.maximum is None or value <= self.maximum)

    def __str__(self) -> str:
        if self.minimum is None:
            return f"≤ {self.maximum:g}"
        return f"≥ {self.minimum:g}" if self.maximum is None else f"{self.minimum:g}..{self.maximum:g}"


class MetricParams(Between):
    """Met when ``feature`` of ``role`` (null: of the whole call) lies in the band, partially met in the wider one.

    ``per_s`` makes a count or a sum of seconds a rate over so many seconds.
    """

    type: Literal["metric"]
    feature: str = Field(min_length=1)
    role: SpeakerRole | None = SpeakerRole.AGENT
    partially_met: Between | None = None
    per_s: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _fits_the_feature(self) -> Self:
        if self.per_s is not None and self.feature.endswith(_NO_COUNT):
            raise ValueError(f"per_s and feature: {self.feature} contradict each other: it is no count")
        wider = self.partially_met
        if wider is not None and not all(
            wider.holds(edge) for edge in (self.minimum, self.maximum) if edge is not None
        ):
            raise ValueError(f"partially_met: expected a band around {self}, got {wider}")
        return self

    def signal_names(self) -> Iterator[str]:
        yield from ()


class DeadAirParams(Form):
    """No silence over ``maximum_s`` unless it was announced as a hold."""

    type: Literal["dead_air"]
    maximum_s: float = Field(default=15.0, gt=0)
    hold: HoldSignals

    def signal_names(self) -> Iterator[str]:
        yield from self.hold.signal_names()


def metric(context: Context, params: MetricParams) -> CheckResult:
    """The measured feature where there is one, else worked out from turn times."""
    feature = context.transcript.conversation.feature(params.feature, params.role)
    value, unit, confidence = _value(context, params, feature)
    if value is None:
        return _unmeasured(context, params, feature)
    duration_s = _duration_s(context)
    count = value
    if params.per_s is not None:
        if duration_s is None:
            return not_scored(context.say("no_times"), Reason.NO_TIMES)
        # A call shorter than the period is granted the whole allowance, a longer one its share.
        value = value / max(1.0, duration_s / params.per_s)
    outcome = Outcome.NOT_MET
    if params.holds(value):
        outcome = Outcome.MET
    elif params.partially_met is not None and params.partially_met.holds(value):
        outcome = Outcome.PARTIALLY_MET
    if params.per_s is not None and params.feature == "interruptions":
        text = context.say("rate", n=f"{count:g}", rate=f"{value:.1f}", band=params, minutes=f"{params.per_s / 60:g}")
    else:
        per = "" if params.per_s is None else f" / {params.per_s:g} s"
        shown = f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"
        text = context.say("measured", value=shown, unit=("" if unit == "1" else unit) + per, band=params)
    return CheckResult(outcome, text, confidence=confidence, method="metric")


def dead_air(context: Context, params: DeadAirParams) -> CheckResult:
    """Gaps between turns that are too long and were not announced."""
    if not context.transcript.has_times:
        return not_scored(context.say("no_times"), Reason.NO_TIMES)
    announced = {hold.before for hold in find_holds(context.signals, params.hold) if hold.announcements}
    customer_waits = {hit.turn for hit in context.signals.hits(params.hold.customer_waits)}
    long = [gap for gap in context.transcript.gaps if gap.seconds > params.maximum_s and gap.before not in announced]
    silent = [gap for gap in long if not any(gap.before - 1 <= turn <= gap.before for turn in customer_waits)]
    limit = f"{params.maximum_s:g}"
    if not silent:
        text = context.say("no_dead_air", limit=limit)
        return CheckResult(Outcome.MET, text, confidence=_MEASURED_CONFIDENCE, method="metric")
    worst = max(silent, key=lambda gap: gap.seconds)
    text = context.say("dead_air", seconds=f"{worst.seconds:.0f}", before=worst.before, after=worst.after, limit=limit)
    return CheckResult(Outcome.NOT_MET, text, confidence=_MEASURED_CONFIDENCE, method="metric")


def _value(context: Context, params: MetricParams, feature: Feature | None) -> tuple[float | None, str, float]:
    if feature is not None and feature.value is not None:
        return feature.value, feature.unit, _MEASURED_CONFIDENCE
    if not context.transcript.has_times or params.role is None:
        return None, "", 0.0
    if params.feature == "interruptions" and params.role is SpeakerRole.AGENT:
        return float(len(interruptions(context.transcript))), "", _ESTIMATED_CONFIDENCE
    if params.feature == "pace_median":
        unit = "words/min" if context.language == "en" else "characters/min"
        return median_pace(context.transcript, params.role, context.language), unit, _ESTIMATED_CONFIDENCE
    return None, "", 0.0


def _unmeasured(context: Context, params: MetricParams, feature: Feature | None) -> CheckResult:
    """Why there is no value: the measuring room's own reason, no times to work it out from, or nobody measured it."""
    if feature is not None and feature.reason in tuple(Reason):
        return not_scored(context.say("unmeasured", what=params.feature), Reason(feature.reason))
    if params.feature in _FROM_TIMES:
        return not_scored(context.say("no_times"), Reason.NO_TIMES)
    return not_scored(context.say("unmeasured", what=params.feature), Reason.NOT_MEASURED)


def _duration_s(context: Context) -> float | None:
    conversation = context.transcript.conversation
    if conversation.duration_s is not None:
        return conversation.duration_s
    return max((turn.end_s for turn in conversation.turns if turn.end_s is not None), default=None)
