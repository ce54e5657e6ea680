"""A promise of something to happen after the call, and the time that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from qa.model import Outcome, SpeakerRole
from scoring.checks.result import CheckResult, Context, found, not_applicable
from scoring.form import Form
from scoring.signals.book import Hit


class FollowUpParams(Form):
    """``time`` counts in the promise's sentence, later in its turn, and in the next ``within_agent_turns`` of the agent."""

    type: Literal["follow_up"]
    promise: str
    time: str
    within_agent_turns: int = Field(default=1, ge=0)

    def signal_names(self) -> Iterator[str]:
        yield self.promise
        yield self.time


def follow_up(context: Context, params: FollowUpParams) -> CheckResult:
    """Every promise needs its time; no promise, not applicable."""
    promises = context.signals.hits(params.promise)
    if not promises:
        return not_applicable(context.say("no_promise"))
    timed: list[Hit] = []
    untimed: list[Hit] = []
    for promise in promises:
        times = _times(context, params, promise)
        timed += [promise, *times] if times else []
        untimed += [] if times else [promise]
    if untimed:
        return found(context, Outcome.NOT_MET, context.say("promise_open", turn=untimed[0].turn), tuple(untimed))
    return found(
        context, Outcome.MET, context.say("promise_timed", turn=timed[0].turn, time_turn=timed[1].turn), tuple(timed)
    )


def _times(context: Context, params: FollowUpParams, promise: Hit) -> list[Hit]:
    transcript = context.transcript
    later = {
        i for floor in transcript.next_floors(promise.turn, SpeakerRole.AGENT, params.within_agent_turns) for i in floor
    }
    mine = [unit for unit in transcript.units if unit.turn == promise.turn and unit.start <= promise.start]
    sentence_start = mine[-1].start if mine else 0
    times = context.signals.hits(params.time)
    own = [hit for hit in times if hit.turn == promise.turn and hit.start >= sentence_start]
    return own or [hit for hit in times if hit.turn in later]
