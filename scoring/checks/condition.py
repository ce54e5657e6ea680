"""Conditions over signals: any, all, none, at least n, before, after, within so many agent turns, and over call data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from pydantic import Field, model_validator

from qa.model import SpeakerRole
from scoring.call_data import call_matches, unknown_fields
from scoring.checks.result import Context
from scoring.form import Form
from scoring.signals.book import Hit
from scoring.windows import Region, Window, anchor_of

_KINDS = ("signal", "any", "all", "none", "at_least", "call")


class Condition(Form):
    """A signal's name alone, or a mapping with exactly one of ``signal, any, all, none, at_least, call``."""

    signal: str | None = None
    any: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    all: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    none: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    at_least: int | None = Field(default=None, ge=1)
    of: tuple[Condition, ...] | None = Field(default=None, min_length=1)
    call: dict[str, str | tuple[str, ...]] | None = None
    """Field of the call data, or ``tags.NAME``, and the value (or values) that it has to have."""
    before: str | None = None
    """Only what is said before the first occurrence of this signal."""
    after: str | None = None
    """Only what is said after the first occurrence of this signal."""
    after_last: str | None = None
    """Only what is said after the last occurrence of this signal."""
    within_agent_turns: int | None = Field(default=None, ge=1)
    window: Window | None = None
    """The part of the call that is looked at, here and below, unless a part names its own."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, value: Any) -> Any:
        return {"signal": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        named = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(named) != 1:
            raise ValueError(
                f"expected exactly one of {', '.join(_KINDS)}, got {' and '.join(named) or 'none of them'}"
            )
        narrowed = [k for k in ("before", "after", "after_last", "within_agent_turns") if getattr(self, k) is not None]
        if self.call is not None and self.window is not None:
            raise ValueError("window and call contradict each other: call data are said nowhere")
        if narrowed and self.signal is None:
            raise ValueError(f"{narrowed[0]} and {named[0]} contradict each other: {narrowed[0]} narrows a signal")
        if self.within_agent_turns is not None and self.after is None:
            raise ValueError("within_agent_turns needs after")
        if (self.at_least is None) != (self.of is None):
            raise ValueError("at_least and of belong together")
        if self.at_least is not None and self.of is not None and self.at_least > len(self.of):
            raise ValueError(f"at_least {self.at_least} of {len(self.of)} can never hold")
        if self.call is not None and (unknown := unknown_fields(self.call)):
            raise ValueError(f"call: expected fields of the call data or tags.NAME, got {', '.join(unknown)}")
        return self

    def parts(self) -> tuple[Condition, ...]:
        """The conditions that this one is made of."""
        return self.any or self.all or self.none or self.of or ()

    def signal_names(self) -> Iterator[str]:
        """Every signal named here or below."""
        for name in (self.signal, self.before, self.after, self.after_last):
            if name is not None:
                yield name
        yield from anchor_of(self.window)
        for part in self.parts():
            yield from part.signal_names()

    def wanted(self) -> Iterator[str]:
        """The signals whose presence is asked for (for saying what is missing)."""
        if self.signal is not None:
            yield self.signal
        if self.none is None:
            for part in self.parts():
                yield from part.wanted()


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether a condition holds, on which words, and which words came at the wrong time."""

    holds: bool
    hits: tuple[Hit, ...] = ()
    misplaced: tuple[Hit, ...] = field(default=())


def evaluate(condition: Condition, context: Context, region: Region) -> Finding:
    """Judge a condition over a part of the call; raises ``TimesMissing`` and ``TimeoutError``."""
    if condition.call is not None:
        return Finding(call_matches(condition.call, context.transcript.conversation.call))
    if condition.window is not None:
        region = context.region(condition.window)
    if condition.signal is not None:
        return _signal(condition, condition.signal, context, region)
    parts = [evaluate(part, context, region) for part in condition.parts()]
    if condition.none is not None:
        return Finding(not any(part.holds for part in parts))
    holding = [part for part in parts if part.holds]
    needed = len(parts) if condition.all is not None else condition.at_least or 1
    hits = tuple(hit for part in holding for hit in part.hits)
    return Finding(len(holding) >= needed, hits, tuple(hit for part in parts for hit in part.misplaced))


def _signal(condition: Condition, name: str, context: Context, region: Region) -> Finding:
    hits = tuple(hit for hit in context.signals.hits(name) if region.holds(hit.turn, hit.start, hit.end))
    fitting = hits
    if condition.before is not None:
        limit = _first(context, condition.before)
        fitting = tuple(hit for hit in fitting if limit is None or (hit.turn, hit.start) < (limit.turn, limit.start))
    if condition.after is not None:
        anchors = context.signals.hits(condition.after)
        fitting = tuple(hit for hit in fitting if _follows(hit, anchors, condition.within_agent_turns, context))
    if condition.after_last is not None:
        last = max(context.signals.hits(condition.after_last), default=None)
        fitting = tuple(hit for hit in fitting if last is None or (hit.turn, hit.start) > (last.turn, last.start))
    return Finding(bool(fitting), fitting, () if fitting else hits)


def _first(context: Context, name: str) -> Hit | None:
    hits = context.signals.hits(name)
    return hits[0] if hits else None


def _follows(hit: Hit, anchors: tuple[Hit, ...], agent_turns: int | None, context: Context) -> bool:
    for anchor in anchors:
        if (hit.turn, hit.start) <= (anchor.turn, anchor.start):
            continue
        if agent_turns is None:
            return True
        near = context.transcript.next_floors(anchor.turn, SpeakerRole.AGENT, agent_turns)
        if any(hit.turn in floor for floor in near):
            return True
    return False
