"""The checks by the name under which a rubric calls them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, ValidatorFunctionWrapHandler, WrapValidator
from pydantic_core import PydanticCustomError

from scoring.checks.condition import Condition
from scoring.checks.follow_up import FollowUpParams, follow_up
from scoring.checks.hold import HoldParams, hold
from scoring.checks.identity import IdentityParams, identity
from scoring.checks.judge import JudgeParams, judge
from scoring.checks.metric import DeadAirParams, MetricParams, dead_air, metric
from scoring.checks.never import NeverParams, never
from scoring.checks.plugins import CheckForm, CheckType, find_plugin, plugin_names
from scoring.checks.reply import ReplyParams, reply
from scoring.checks.result import Check, CheckResult, Context
from scoring.checks.said import SaidParams, said
from scoring.checks.sequence import SequenceParams, sequence
from scoring.checks.trend import SentimentTrendParams, sentiment_trend

CHECKS: dict[str, Check[Any]] = {
    "said": said,
    "never": never,
    "reply": reply,
    "sequence": sequence,
    "identity": identity,
    "hold": hold,
    "follow_up": follow_up,
    "metric": metric,
    "dead_air": dead_air,
    "sentiment_trend": sentiment_trend,
    "judge": judge,
}
"""The built-in ones; :func:`find_check` knows the installed ones as well."""


def find_check(name: str) -> Check[Any]:
    """A built-in or an installed check; raises :class:`~scoring.checks.plugins.BrokenCheck`."""
    return CHECKS[name] if name in CHECKS else find_plugin(name).run


def _resolve(value: Any, built_in: ValidatorFunctionWrapHandler) -> Any:
    """Parameters in a rubric as the model that their ``type`` names, an installed one included."""
    name = value.get("type") if isinstance(value, dict) else None
    if isinstance(value, CheckForm):
        return value
    if not isinstance(name, str) or name in CHECKS:
        return built_in(value)
    installed = plugin_names()
    if name in installed:
        return find_plugin(name).params.model_validate(value)
    known = ", ".join(repr(each) for each in dict.fromkeys((*CHECKS, *installed)))
    raise PydanticCustomError(
        "union_tag_invalid",  # the built-in error with the installed checks named as well
        "expected one of {expected_tags}, got {tag}",
        {"discriminator": "'type'", "tag": name, "expected_tags": known},
    )


CheckParams = Annotated[
    Annotated[
        SaidParams
        | NeverParams
        | ReplyParams
        | SequenceParams
        | IdentityParams
        | HoldParams
        | FollowUpParams
        | MetricParams
        | DeadAirParams
        | SentimentTrendParams
        | JudgeParams,
        Field(discriminator="type"),
    ],
    WrapValidator(_resolve),
]

__all__ = [
    "CHECKS",
    "Check",
    "CheckForm",
    "CheckParams",
    "CheckResult",
    "CheckType",
    "Condition",
    "Context",
    "find_check",
]
