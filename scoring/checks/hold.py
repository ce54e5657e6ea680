"""Before and after a hold: asked or announced with a reason; thanked or apologised on return. The worst hold decides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import model_validator

from qa.model import Outcome, Reason
from scoring.checks.result import CheckResult, Context, absent, found, not_applicable, not_scored
from scoring.form import Form
from scoring.holds import Hold, HoldSignals, find_holds

_RANK = {Outcome.NOT_MET: 0, Outcome.PARTIALLY_MET: 1, Outcome.MET: 2}


class HoldParams(Form):
    """``part: permission`` needs ``asks`` and ``reason``; ``part: thanks`` takes ``hold.returns``."""

    type: Literal["hold"]
    part: Literal["permission", "thanks"]
    hold: HoldSignals
    asks: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _fits_the_part(self) -> Self:
        given = self.asks is not None and self.reason is not None
        if self.part == "permission" and not given:
            raise ValueError("part: permission needs asks and reason")
        if self.part == "thanks" and (self.asks or self.reason):
            raise ValueError("part: thanks and asks/reason contradict each other")
        return self

    def signal_names(self) -> Iterator[str]:
        yield from self.hold.signal_names()
        yield from (name for name in (self.asks, self.reason) if name is not None)


def hold(context: Context, params: HoldParams) -> CheckResult:
    """Judge every hold and keep the worst."""
    holds = find_holds(context.signals, params.hold)
    if not holds:
        if context.transcript.has_times:
            return not_applicable(context.say("no_hold", seconds=f"{params.hold.min_s:g}"))
        return not_scored(context.say("no_times"), Reason.NO_TIMES)
    judge = _permission if params.part == "permission" else _thanks
    results = [judge(context, params, each) for each in holds]
    return min(results, key=lambda result: _RANK[result.outcome])


def _permission(context: Context, params: HoldParams, each: Hold) -> CheckResult:
    wait = _wait(context, each)
    if not each.announcements:
        explanation = context.say("hold_unannounced", wait=wait)
        return absent(context, Outcome.NOT_MET, explanation, looked_in=(each.before,))
    turns = {hit.turn for hit in each.announcements}
    names = [name for name in (params.asks, params.reason) if name is not None]
    good = tuple(hit for name in names for hit in context.signals.hits(name) if hit.turn in turns)
    if good:
        return found(context, Outcome.MET, context.say("hold_announced", turn=good[0].turn, wait=wait), good)
    bare = context.say("hold_bare", turn=each.announcements[0].turn, wait=wait)
    return found(context, Outcome.PARTIALLY_MET, bare, each.announcements)


def _thanks(context: Context, params: HoldParams, each: Hold) -> CheckResult:
    floors = [floor for floor in context.transcript.floors if floor[-1] >= each.after]
    agent = [floor for floor in floors if context.transcript.turns[floor[0]].role == "agent"][:1]
    back = {index for floor in agent for index in floor if index >= each.after}
    hits = tuple(hit for hit in context.signals.hits(params.hold.returns) if hit.turn in back)
    wait = _wait(context, each)
    if hits:
        return found(context, Outcome.MET, context.say("hold_thanked", turn=hits[0].turn, wait=wait), hits)
    where = min(back, default=each.after)
    explanation = context.say("hold_not_thanked", turn=where, wait=wait)
    return absent(context, Outcome.NOT_MET, explanation, looked_in=sorted(back))


def _wait(context: Context, each: Hold) -> str:
    if each.seconds is None:
        return context.say("wait_untimed", before=each.before, after=each.after)
    return context.say("wait", seconds=f"{each.seconds:.0f}", before=each.before, after=each.after)
