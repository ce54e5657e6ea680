"""A draw as it is ordered: which design, how many calls, from which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from qa.model import SampleRow, UsageError
from qa.review.sampling.allocation import Allocation
from qa.review.sampling.candidates import Candidate
from qa.review.sampling.designs import (
    ALL,
    Dimension,
    Urgency,
    draw_quota,
    draw_random,
    draw_stratified,
    draw_targeted,
    hired_within,
)


class Design(StrEnum):
    """How calls are drawn."""

    RANDOM = "random"
    STRATIFIED = "stratified"
    QUOTA = "quota"
    RISK = "risk"
    UNCERTAINTY = "uncertainty"
    DISAGREEMENT = "disagreement"


@dataclass(frozen=True, slots=True)
class DrawOrder:
    """Everything that decides a draw. ``size`` is the number of calls; for a quota that of each stratum."""

    design: Design
    size: int
    seed: int
    by: tuple[Dimension, ...] = ()
    """Strata of a stratified draw or a quota; a quota's default is by agent."""
    allocation: Allocation = Allocation.PROPORTIONAL
    boost: float = 10.0
    """How many times likelier a most urgent call is than one without urgency."""
    hired_within_days: int | None = None
    """Draw only from calls of agents hired at most so long before the call."""


def draw(calls: Iterable[Candidate], order: DrawOrder) -> tuple[SampleRow, ...]:
    """Draw by the order; the rows' ``frame`` tells which calls they speak for.

    Raises UsageError for a size below 1, a boost below 1, strata that are missing or not for this design, and when there is no
    call to draw from.
    """
    chosen, frame = list(calls), ALL
    if order.hired_within_days is not None:
        chosen, frame = hired_within(chosen, order.hired_within_days), f"hired within {order.hired_within_days} days"
    if not chosen:
        raise UsageError("there is no call to draw from", where=f"frame: {frame}", fix="Name another run or cohort.")
    if order.by and order.design not in (Design.STRATIFIED, Design.QUOTA):
        raise UsageError(f"a {order.design} draw has no strata", fix="Leave out --by, or use --design stratified.")
    match order.design:
        case Design.RANDOM:
            return draw_random(chosen, order.size, order.seed, frame=frame)
        case Design.STRATIFIED:
            if not order.by:
                raise UsageError("a stratified draw needs strata", fix=f"Set --by: {', '.join(Dimension)}.")
            return draw_stratified(
                chosen, order.size, order.seed, by=order.by, allocation=order.allocation, frame=frame
            )
        case Design.QUOTA:
            return draw_quota(chosen, order.size, order.seed, by=order.by or (Dimension.AGENT,), frame=frame)
        case _:
            urgency = Urgency(order.design.value)
            return draw_targeted(chosen, order.size, order.seed, urgency, boost=order.boost, frame=frame)
