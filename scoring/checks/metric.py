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


class MetricParams(Form):
    """``feature`` of ``role`` between ``minimum`` and ``maximum`` (inclusive), over ``per_s`` seconds where it is a count."""

    type: Literal["metric"]
    feature: Literal["interruptions", "pace_median"]
    role: SpeakerRole = SpeakerRole.AGENT
    minimum: float | None = None
    maximum: float | None = None
    per_s: float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _has_a_band(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("expected minimum or maximum")
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum {self.minimum:g} and maximum {self.maximum:g} contradict each other")
        if self.per_s is not None and self.feature != "interruptions":
            raise ValueError(f"per_s and feature: {self.feature} contradict each other: it is no count")
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
        return not_scored(context.say("no_times"), Reason.NO_TIMES)
    duration_s = _duration_s(context)
    count = value
    if params.per_s is not None:
        if duration_s is None:
            return not_scored(context.say("no_times"), Reason.NO_TIMES)
        # A call shorter than the period is granted the whole allowance, a longer one its share.
        value = value / max(1.0, duration_s / params.per_s)
    fits = (params.minimum is None or value >= params.minimum) and (params.maximum is None or value <= params.maximum)
    band = f"{'' if params.minimum is None else f'{params.minimum:g}'}..{'' if params.maximum is None else f'{params.maximum:g}'}"
    if params.per_s is not None:
        text = context.say("rate", n=f"{count:g}", rate=f"{value:.1f}", band=band, minutes=f"{params.per_s / 60:g}")
    else:
        text = context.say("measured", value=f"{value:.0f}", unit=unit, band=band)
    return CheckResult(Outcome.MET if fits else Outcome.NOT_MET, text, confidence=confidence, method="metric")


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
    if not context.transcript.has_times:
        return None, "", 0.0
    if params.feature == "interruptions":
        return float(len(interruptions(context.transcript))), "", _ESTIMATED_CONFIDENCE
    unit = "words/min" if context.language == "en" else "characters/min"
    return median_pace(context.transcript, params.role, context.language), unit, _ESTIMATED_CONFIDENCE


def _duration_s(context: Context) -> float | None:
    conversation = context.transcript.conversation
    if conversation.duration_s is not None:
        return conversation.duration_s
    return max((turn.end_s for turn in conversation.turns if turn.end_s is not None), default=None)
