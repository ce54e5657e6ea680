"""A call drawn for people to score again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One call of a calibration sample.

    It holds no verdict, but a targeted call's ``reason`` tells something of one: raters get the empty form, not this.
    """

    call_id: str
    agent_id: str | None
    team: str | None
    language: str | None
    stratum: str
    """What the draw was stratified by: the agent's id, or ``unassigned``."""
    inclusion_probability: float
    """The chance, in 0..1, that the random draw had of taking this call; also stated for a targeted call."""
    seed: int
    reason: str
    """``random``, or for a targeted call the flag that brought it in."""
    targeted: bool = False
    """True when the call was added for a flag: it belongs in no estimate made from the random draw."""
