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
    every: bool = True
    """Every promise needs a time; else one that has it is enough: one matter is spoken of in several sentences."""
    fainter_promise: str | None = None
    """Needs no time by itself, but with one in its own sentence it is a promise that only a person hears."""

    def signal_names(self) -> Iterator[str]:
        yield self.promise
        yield self.time
        if self.fainter_promise is not None:
            yield self.fainter_promise


def follow_up(context: Context, params: FollowUpParams) -> CheckResult:
    """Promises need their time; no promise, not applicable."""
    promises = context.signals.hits(params.promise)
    fainter = _fainter(context, params)
    if not promises and not fainter:
        return not_applicable(context.say("no_promise"))
    timed: list[Hit] = [hit for pair in fainter for hit in pair]
    untimed: list[Hit] = []
    for promise in promises:
        times = _times(context, params, promise)
        timed += [promise, *times] if times else []
        untimed += [] if times else [promise]
    if untimed and (params.every or len(untimed) == len(promises)):  # firm promises decide
        return found(context, Outcome.NOT_MET, context.say("promise_open", turn=untimed[0].turn), tuple(untimed))
    return found(
        context, Outcome.MET, context.say("promise_timed", turn=timed[0].turn, time_turn=timed[1].turn), tuple(timed)
    )


def _fainter(context: Context, params: FollowUpParams) -> list[tuple[Hit, Hit]]:
    """Each fainter promise that has a time in its own sentence, with that time."""
    if params.fainter_promise is None:
        return []
    times = context.signals.hits(params.time)
    units = context.transcript.units
    found = []
    for hit in context.signals.hits(params.fainter_promise):
        own = next(u for u in reversed(units) if u.turn == hit.turn and u.start <= hit.start)
        time = next((t for t in times if t.turn == hit.turn and own.start <= t.start < own.end), None)
        if time is not None:
            found.append((hit, time))
    return found


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
