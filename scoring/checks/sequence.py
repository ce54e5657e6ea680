"""Steps in order: optional ones, time between them, before something happens, with the customer's answer awaited.

The miss says which step, and where it should have been.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from qa.model import Outcome, SpeakerRole
from scoring.checks.condition import Condition, evaluate
from scoring.checks.result import CheckResult, Context, absent, found
from scoring.form import Form
from scoring.signals.book import Hit
from scoring.windows import Place, Region, TimesMissing, Window, anchor_of

_CONSENT_TURNS = 2
_MOST_IN_A_TURN = 10
"""Places of a step that is said again and again in one breath: every place is tried after every other."""


class Step(Form):
    """Something to be said, by a condition over signals."""

    title: str = Field(min_length=1)
    """A short noun phrase in the rubric's language, for explanations."""
    says: Condition
    optional: bool = False
    within_s: float | None = Field(default=None, gt=0)
    """At most so many seconds after the step before it (after the start of the call for the first)."""
    within_agent_turns: int | None = Field(default=None, ge=1)
    """In the same turn as the step before it, or in the agent's next so many."""
    before: str | None = None
    """Counts only before the first occurrence of this signal."""
    consent: str | None = None
    """The customer's answer: this signal has to follow, in one of the customer's next two turns, before the next step."""

    @model_validator(mode="after")
    def _is_something_said(self) -> Self:
        if not any(self.says.wanted()):
            raise ValueError("says: expected something said, got none (what is absent has no place in an order)")
        return self


class SequenceParams(Form):
    """All steps that are not optional, in order: met. All said, but in another order or too far apart: ``wrong_order``."""

    type: Literal["sequence"]
    steps: tuple[Step, ...] = Field(min_length=2)
    window: Window = "call"
    wrong_order: Literal[Outcome.PARTIALLY_MET, Outcome.NOT_MET] = Outcome.PARTIALLY_MET
    partially_met_from: int | None = Field(default=None, ge=1)
    """So many steps in order are worth half, though others are missing."""

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        needed = sum(not step.optional for step in self.steps)
        if not needed:
            raise ValueError("steps: expected at least one that is not optional")
        if self.partially_met_from is not None and self.partially_met_from >= needed:
            raise ValueError(f"partially_met_from: expected less than the {needed} steps needed for met")
        return self

    def signal_names(self) -> Iterator[str]:
        for step in self.steps:
            yield from step.says.signal_names()
            yield from (name for name in (step.before, step.consent) if name is not None)
        yield from anchor_of(self.window)


@dataclass(frozen=True, slots=True)
class _Said:
    """A step at its place: the words that carry it, in order, and the way that led there."""

    hits: tuple[Hit, ...]
    way: tuple[Hit, ...] = ()

    @property
    def start(self) -> Place:
        return self.hits[0].turn, self.hits[0].start

    @property
    def end(self) -> Place:
        return self.hits[-1].turn, self.hits[-1].end


def sequence(context: Context, params: SequenceParams) -> CheckResult:
    """Follow the steps as far as they were taken in order, and say where the first missing one should have been."""
    region = context.region(params.window)
    said = [_in_time(context, step, _occurrences(step.says, context, region)) for step in params.steps]
    ways: list[_Said | None] = [None]  # the ways so far, by where they end; None is the start of the call
    missed: tuple[int, tuple[Hit, ...]] | None = None
    n_taken = 0
    for number, (step, places) in enumerate(zip(params.steps, said, strict=True)):
        reached: list[_Said | None] = [
            way for place in places if (way := _reached(context, step, place, ways)) is not None
        ]
        if step.optional:
            ways = [*ways, *reached]
        elif reached:
            ways, n_taken = reached, n_taken + 1
        elif missed is None:
            missed = number, _fullest(ways)
    if missed is None:
        titles = context.say("comma").join(step.title for step in params.steps if not step.optional)
        return _found(context, Outcome.MET, context.say("sequence_met", what=titles), _fullest(ways))
    everything_said = all(step.optional or places for step, places in zip(params.steps, said, strict=True))
    outcome = Outcome.NOT_MET
    if everything_said:
        outcome = params.wrong_order
    elif params.partially_met_from is not None and n_taken >= params.partially_met_from:
        outcome = Outcome.PARTIALLY_MET
    text, elsewhere = _miss(context, params, missed[0], missed[1], said)
    shown = (*_fullest(ways), *(hit for hit in elsewhere if hit not in _fullest(ways)))
    if shown:
        return _found(context, outcome, text, shown)
    return absent(context, outcome, text, looked_in=sorted(region.turns))


def _occurrences(condition: Condition, context: Context, region: Region) -> list[_Said]:
    """Everywhere that a condition comes true, in order; several signals together come true with the last of them."""
    if condition.window is not None:
        region = context.region(condition.window)
    if condition.signal is not None:
        finding = evaluate(condition, context, region)
        return [_Said((hit,)) for hit in _thinned(finding.hits) if finding.holds]
    if condition.any is not None:
        found_any = [each for part in condition.any for each in _occurrences(part, context, region)]
        return sorted(found_any, key=lambda each: each.end)
    if not evaluate(condition, context, region).holds:
        return []
    firsts = [places[0] for part in condition.parts() if (places := _occurrences(part, context, region))]
    needed = len(condition.parts()) if condition.all is not None else condition.at_least or 1
    together = sorted(firsts, key=lambda each: each.end)[:needed]
    return [_Said(tuple(sorted(hit for each in together for hit in each.hits)))] if together else []


def _thinned(hits: tuple[Hit, ...]) -> Iterator[Hit]:
    in_turn: Counter[int] = Counter()
    for hit in hits:
        in_turn[hit.turn] += 1
        if in_turn[hit.turn] <= _MOST_IN_A_TURN:
            yield hit


def _in_time(context: Context, step: Step, places: list[_Said]) -> list[_Said]:
    """Those before the signal that they must come before, each with the consent that it must wait for."""
    if step.before is not None and (limits := context.signals.hits(step.before)):
        places = [each for each in places if each.end <= (limits[0].turn, limits[0].start)]
    if step.consent is None:
        return places
    answered = []
    for each in places:
        near = context.transcript.next_floors(each.end[0], SpeakerRole.CUSTOMER, _CONSENT_TURNS)
        turns = {index for floor in near for index in floor}
        answer = next((hit for hit in context.signals.hits(step.consent) if hit.turn in turns), None)
        if answer is not None:
            answered.append(_Said((*each.hits, answer)))
    return answered


def _reached(context: Context, step: Step, place: _Said, ways: list[_Said | None]) -> _Said | None:
    """The place at the end of the latest way that leads there; None when none does."""
    for way in reversed(ways):
        if (way is None or place.start >= way.end) and _near(context, step, way, place):
            return _Said(place.hits, (*(way.way if way is not None else ()), *place.hits))
    return None


def _near(context: Context, step: Step, way: _Said | None, place: _Said) -> bool:
    """Within the turns and the seconds that the step may take after the one before it."""
    if step.within_agent_turns is not None and way is not None and place.start[0] != way.end[0]:
        near = context.transcript.next_floors(way.end[0], SpeakerRole.AGENT, step.within_agent_turns)
        if not any(place.start[0] in floor for floor in near):
            return False
    if step.within_s is None:
        return True
    since_s = 0.0 if way is None else _times(context, way.hits[-1])[1]
    return _times(context, place.hits[0])[0] - since_s <= step.within_s


def _times(context: Context, hit: Hit) -> tuple[float, float]:
    start_s, end_s = context.transcript.times(hit.turn, hit.start, hit.end)
    if start_s is None or end_s is None:
        raise TimesMissing
    return start_s, end_s


def _fullest(ways: list[_Said | None]) -> tuple[Hit, ...]:
    """The words along the way with the most steps, the earliest of these."""
    taken = [way for way in ways if way is not None]
    return max(taken, key=lambda way: (len(way.way), -way.end[0])).way if taken else ()


def _miss(
    context: Context, params: SequenceParams, number: int, way: tuple[Hit, ...], said: list[list[_Said]]
) -> tuple[str, tuple[Hit, ...]]:
    """Which step, where it belongs, and where it was said instead (with the words)."""
    step = params.steps[number]
    after = way[-1].turn if way else None
    limits = context.signals.hits(step.before)[:1] if step.before is not None else ()
    following = [
        places[0].start[0] for places in said[number + 1 :] if places and (after is None or places[0].start[0] >= after)
    ]
    before = limits[0].turn if limits else min(following, default=None)
    text = context.say("step_missed", n=number + 1, of=len(params.steps), step=step.title)
    if after is not None and before is not None:
        text += context.say("belongs_between", after=after, before=before)
    elif after is not None:
        text += context.say("belongs_after", after=after)
    elif before is not None:
        text += context.say("belongs_before", before=before)
    else:
        text += context.say("belongs_in", window=context.part(params.window))
    elsewhere = _occurrences(step.says, context, context.region("call"))[:1]
    if not elsewhere:
        return text + " " + context.say("step_nowhere"), ()
    unanswered = step.consent is not None and not said[number]
    key = "step_unanswered" if unanswered else "step_elsewhere"
    return text + " " + context.say(key, turn=elsewhere[0].start[0]), elsewhere[0].hits


def _found(context: Context, outcome: Outcome, text: str, hits: tuple[Hit, ...]) -> CheckResult:
    return found(context, outcome, text, hits, most=len(hits))
