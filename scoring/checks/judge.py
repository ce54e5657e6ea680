"""A language model's verdict on one criterion. It counts only with quotes that were truly said by the right speaker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, Self

from pydantic import Field, model_validator

from qa.model import (
    Evidence,
    JudgeAnswer,
    JudgeFailed,
    JudgeQuestion,
    Outcome,
    Quote,
    Reason,
    SpeakerRole,
)
from scoring.checks.result import CheckResult, Context, not_scored
from scoring.form import Form
from scoring.text import MAX_TURN_CHARACTERS, fold
from scoring.windows import Window, anchor_of

_CONFIDENCE = 0.7
"""A model's own figure for how sure it is means little; this one is below that of a phrase."""
_MAX_REASON_CHARACTERS = 500
_FAILURES = {
    Reason.JUDGE_TIMEOUT: "judge_timeout",
    Reason.JUDGE_BAD_ANSWER: "judge_bad_answer",
    Reason.JUDGE_UNAVAILABLE: "judge_unavailable",
}

Answerable = Literal[Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE]


class JudgeParams(Form):
    """The model is asked the criterion's ``question``; ``guidance`` says what counts and what does not."""

    type: Literal["judge"]
    question: str = Field(default="", max_length=1_000)
    """Instead of the criterion's, for a level or an item with a judge of its own."""
    guidance: str = Field(default="", max_length=4_000)
    role: SpeakerRole | tuple[SpeakerRole, ...] = SpeakerRole.AGENT
    """Whose words prove the verdict; a quote of anybody else drops it."""
    window: Window = "call"
    """The turns that the model is shown, whoever speaks."""
    outcomes: tuple[Answerable, ...] = Field(default=(Outcome.MET, Outcome.NOT_MET), min_length=2)
    without_quote: tuple[Literal[Outcome.MET, Outcome.NOT_MET], ...] = ()
    """Verdicts that may rest on something being absent: ``not_met`` where it is to be said, ``met`` where it never may be."""

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if unknown := set(self.without_quote) - set(self.outcomes):
            raise ValueError(f"without_quote: expected some of outcomes, got {', '.join(sorted(unknown))}")
        return self

    @property
    def roles(self) -> tuple[SpeakerRole, ...]:
        return self.role if isinstance(self.role, tuple) else (self.role,)

    def signal_names(self) -> Iterator[str]:
        yield from anchor_of(self.window)


def judge(context: Context, params: JudgeParams) -> CheckResult:
    """Ask, then believe nothing that does not stand in the transcript."""
    if context.judge is None:
        return not_scored(context.say("judge_off"), Reason.JUDGE_OFF)
    shown = context.region(params.window).turns
    # Beyond what the other checks read, a turn is an attack on the model's patience.
    turns = tuple(
        turn.model_copy(update={"text": turn.text[:MAX_TURN_CHARACTERS]})
        for turn in context.transcript.turns
        if turn.index in shown
    )
    question = JudgeQuestion(
        params.question or context.question, params.guidance, tuple(params.outcomes), context.language, turns
    )
    try:
        answer = context.judge(question)
    except JudgeFailed as failure:
        return not_scored(
            context.say(_FAILURES.get(failure.reason, "judge_unavailable"), fault=failure.what), failure.reason
        )
    return replace(_verdict(context, params, answer, tuple(sorted(shown))), judge=answer.use)


def _verdict(context: Context, params: JudgeParams, answer: JudgeAnswer, shown: tuple[int, ...]) -> CheckResult:
    if answer.outcome not in params.outcomes:
        return not_scored(context.say("judge_bad_answer", fault=answer.outcome), Reason.JUDGE_BAD_ANSWER)
    evidence = []
    for quote in answer.quotes:
        found = _find(context, quote)
        if found is None or found.role not in params.roles or found.turn not in shown:
            return not_scored(context.say("judge_misquotes", turn=quote.turn), Reason.UNVERIFIED_QUOTE)
        evidence.append(found)
    absent_allowed = answer.outcome in params.without_quote or answer.outcome is Outcome.NOT_APPLICABLE
    if not evidence and not absent_allowed:
        return not_scored(context.say("judge_quotes_nothing"), Reason.UNVERIFIED_QUOTE)
    said = " ".join(answer.reason.split())[:_MAX_REASON_CHARACTERS]
    text = context.say("judged", model=answer.use.model, reason=said)
    if not evidence:
        text += " " + context.say("judge_read", n=len(shown))
    return CheckResult(
        answer.outcome,
        text,
        evidence=tuple(evidence),
        confidence=_CONFIDENCE,
        method="judge",
        looked_in=None if evidence else shown,
    )


def _find(context: Context, quote: Quote) -> Evidence | None:
    """The quote as evidence with the transcript's own letters and times; None when the turn does not hold it."""
    if not 0 <= quote.turn < len(context.transcript.turns):
        return None
    turn, wanted = context.transcript.turns[quote.turn], fold(quote.quote).strip()
    at = fold(turn.text).find(wanted) if wanted else -1
    if at < 0:
        return None
    start_s, end_s = context.transcript.times(quote.turn, at, at + len(wanted))
    return Evidence(
        turn=quote.turn, role=turn.role, quote=turn.text[at : at + len(wanted)], start_s=start_s, end_s=end_s
    )
