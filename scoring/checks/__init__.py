"""The checks by the name under which a rubric calls them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from scoring.checks.condition import Condition
from scoring.checks.follow_up import FollowUpParams, follow_up
from scoring.checks.hold import HoldParams, hold
from scoring.checks.identity import IdentityParams, identity
from scoring.checks.metric import DeadAirParams, MetricParams, dead_air, metric
from scoring.checks.never import NeverParams, never
from scoring.checks.reply import ReplyParams, reply
from scoring.checks.result import Check, CheckResult, Context
from scoring.checks.said import SaidParams, said
from scoring.checks.trend import SentimentTrendParams, sentiment_trend

CheckParams = Annotated[
    SaidParams
    | NeverParams
    | ReplyParams
    | IdentityParams
    | HoldParams
    | FollowUpParams
    | MetricParams
    | DeadAirParams
    | SentimentTrendParams,
    Field(discriminator="type"),
]

CHECKS: dict[str, Check[Any]] = {
    "said": said,
    "never": never,
    "reply": reply,
    "identity": identity,
    "hold": hold,
    "follow_up": follow_up,
    "metric": metric,
    "dead_air": dead_air,
    "sentiment_trend": sentiment_trend,
}

__all__ = ["CHECKS", "Check", "CheckParams", "CheckResult", "Condition", "Context"]
