"""One check from parameters to a verdict that stands: proven, heard well enough, or withheld with a reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qa.model import Outcome, Reason
from scoring.checks import CHECKS, find_check
from scoring.checks.plugins import BrokenCheck
from scoring.checks.result import CheckResult, Context, not_scored
from scoring.evidence import ConfidenceFloors, cue_verified, verified
from scoring.signals.book import Hit
from scoring.windows import TimesMissing

_VERDICTS = (Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET)
_MOSTLY = 0.5
"""Absence is told by listening: when more than this share of what was searched is unsure, it is not."""

_log = logging.getLogger(__name__)


def run_check(context: Context, params: Any, floors: ConfidenceFloors) -> CheckResult:
    """Run a check and keep its verdict only when the proof stands.

    A verdict whose words or speaker are unsure is judged once more without them: the same outcome stands on the rest, any
    other is ``low_confidence``. A pattern that explodes, missing times and a foreign check that fails are reasons too.
    """
    result = _run(context, params)
    if not _proven(result, context):
        return _withheld(context, result, "unverified", Reason.UNVERIFIED_QUOTE)
    if _unsure_absence(result, context, floors):
        return _withheld(context, result, "low_confidence", Reason.LOW_CONFIDENCE)
    if not _rests_on_unsure_words(result, context, floors):
        return result
    # A language model is not asked twice: without one its verdict falls here.
    sure = _run(replace(context, signals=context.signals.only(_sure(context, floors)), judge=None), params)
    stands = sure.outcome is result.outcome and _proven(sure, context) and not _unsure_absence(sure, context, floors)
    if stands and not _rests_on_unsure_words(sure, context, floors):
        return sure
    return _withheld(context, result, "low_confidence", Reason.LOW_CONFIDENCE)


def _withheld(context: Context, result: CheckResult, key: str, reason: Reason) -> CheckResult:
    """No verdict after all; what asking a language model took is still told."""
    return replace(not_scored(context.say(key), reason), judge=result.judge)


def _run(context: Context, params: Any) -> CheckResult:
    try:
        if params.type in CHECKS:
            return CHECKS[params.type](context, params)
        return _run_foreign(context, params)
    except TimeoutError:  # a rubric's pattern that explodes on this text; the other criteria are still scored
        return not_scored(context.say("too_slow"), Reason.CHECK_FAILED)
    except TimesMissing:
        return not_scored(context.say("no_times"), Reason.NO_TIMES)


def _run_foreign(context: Context, params: Any) -> CheckResult:
    """An installed check: whatever it does wrong spoils its own criterion only."""
    try:
        result = find_check(params.type)(context, params)
    except (TimeoutError, TimesMissing):
        raise
    except BrokenCheck as fault:
        return not_scored(context.say("check_failed", type=params.type, fault=str(fault)), Reason.CHECK_FAILED)
    except Exception as fault:
        _log.exception("check %s failed", params.type)
        text = context.say("check_failed", type=params.type, fault=type(fault).__name__)
        return not_scored(text, Reason.CHECK_FAILED)
    if not isinstance(result, CheckResult):
        text = context.say("check_failed", type=params.type, fault=type(result).__name__)
        return not_scored(text, Reason.CHECK_FAILED)
    return result


def _proven(result: CheckResult, context: Context) -> bool:
    conversation = context.transcript.conversation
    if not verified(result.evidence, conversation) or not cue_verified(result.cue, conversation):
        return False
    spoken = result.outcome in _VERDICTS and not result.measured
    return not spoken or bool(result.evidence) or result.looked_in is not None


def _unsure_absence(result: CheckResult, context: Context, floors: ConfidenceFloors) -> bool:
    if not result.looked_in or result.outcome not in _VERDICTS:
        return False
    turns = [context.transcript.turns[index] for index in result.looked_in]
    unsure = sum(len(turn.text) for turn in turns if not floors.sure(turn, 0, len(turn.text)))
    return unsure > _MOSTLY * sum(len(turn.text) for turn in turns)


def _rests_on_unsure_words(result: CheckResult, context: Context, floors: ConfidenceFloors) -> bool:
    if result.outcome not in _VERDICTS or result.measured:
        return False
    quotes = [(item.turn, item.quote) for item in result.evidence]
    quotes += [(result.cue.turn, result.cue.quote)] if result.cue is not None else []
    turns = context.transcript.turns
    spans = ((turns[turn], turns[turn].text.find(quote), len(quote)) for turn, quote in quotes)
    return not all(floors.sure(turn, start, start + length) for turn, start, length in spans)


def _sure(context: Context, floors: ConfidenceFloors) -> Callable[[Hit], bool]:
    """Which occurrences of signals were heard well enough, judged on the words that would be quoted."""

    def sure(hit: Hit) -> bool:
        start, end = context.transcript.quotable(hit.turn, hit.start, hit.end)
        return floors.sure(context.transcript.turns[hit.turn], start, end)

    return sure
