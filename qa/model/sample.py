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
    """The chance, in 0..1, that the draw had of taking this call. The nightly sample states it for a targeted call too:
    that of its random draw, which did not take it."""
    seed: int
    reason: str
    """``random``, or for a targeted call what made it likelier or brought it in."""
    targeted: bool = False
    """True when the call's signs had a part in its being drawn: it belongs in no plain average."""
    weighted: bool = False
    """True when ``inclusion_probability`` is the design's own for a targeted call: it may enter weighted averages."""
    frame: str = "all"
    """The calls that the draw was from (``all``, or a part such as ``hired within 90 days``); averages speak for these."""

    @property
    def chance(self) -> float | None:
        """The known chance of being drawn, in (0, 1]; None for a call that may enter no average."""
        known = (not self.targeted or self.weighted) and self.inclusion_probability > 0
        return self.inclusion_probability if known else None
