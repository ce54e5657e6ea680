"""How the customer's sentiment went: the last third of the call against the first."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import fmean
from typing import Literal

from pydantic import Field

from qa.model import Outcome, Reason, SpeakerRole, Turn
from scoring.checks.result import CheckResult, Context, not_applicable, not_scored
from scoring.form import Form

_CONFIDENCE = 0.6


class SentimentTrendParams(Form):
    """A customer turn is negative when its negative probability reaches ``negative_from``."""

    type: Literal["sentiment_trend"]
    negative_from: float = Field(default=0.5, gt=0, le=1)
    tolerance: float = Field(default=0.05, ge=0)
    """How far the last third may lie below the first before it counts (sentiment runs from -1 to 1)."""

    def signal_names(self) -> Iterator[str]:
        yield from ()


def sentiment_trend(context: Context, params: SentimentTrendParams) -> CheckResult:
    """Met when the mean of the last third is not below that of the first."""
    customer = context.transcript.conversation.by_role(SpeakerRole.CUSTOMER)
    if not customer:
        return not_scored(context.say("no_customer_turns"), Reason.NO_CUSTOMER_TURNS)
    scored = [turn for turn in customer if turn.sentiment is not None]
    if not scored:
        return not_scored(context.say("no_sentiment"), Reason.NO_SENTIMENT)
    negative = [turn for turn in scored if turn.sentiment and turn.sentiment.negative >= params.negative_from]
    if not negative:
        return not_applicable(context.say("never_negative"))
    size = max(1, len(scored) // 3)
    first, last = _mean(scored[:size]), _mean(scored[-size:])
    text = context.say("sentiment", first=f"{first:+.2f}", last=f"{last:+.2f}", n=len(scored))
    outcome = Outcome.MET if last >= first - params.tolerance else Outcome.NOT_MET
    shown = scored[-1] if outcome is Outcome.NOT_MET else negative[0]
    evidence = (context.transcript.evidence(shown.index, 0, min(len(shown.text), 40)),) if shown.text else ()
    return CheckResult(outcome, text, evidence=evidence, confidence=_CONFIDENCE, method="sentiment")


def _mean(turns: list[Turn]) -> float:
    return fmean(turn.sentiment.score for turn in turns if turn.sentiment is not None)
