"""Whether the machine's verdicts on a criterion count: the state of the gate, as it stands beside every verdict."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from qa.model.document import Document


class GateReason(StrEnum):
    """Why a gate is not simply open. Written to files: never rename one."""

    NOT_CALIBRATED = "not_calibrated"
    """Too few calls on which the machine and the consensus of people can be compared; the form decides."""
    ONE_ANSWER = "one_answer"
    """Too little but one answer was seen: a machine that always gives it would look as good; the form decides."""
    LOW_AGREEMENT = "low_agreement"
    """The lower end of the agreement interval is below what the form asks for."""


class GateState(Document):
    """One criterion's gate. With ``report_only`` verdicts are shown and left out of totals.

    ``value`` and ``low`` are the agreement of the machine with the consensus and the lower end of its 95 % interval, over
    ``n_calls`` calls; None where they are not defined.
    """

    report_only: bool
    reason: GateReason | None = None
    """None only where the agreement is as high as the form asks for."""
    coefficient: str
    needed: float
    n_calls: int = Field(default=0, ge=0)
    value: float | None = None
    low: float | None = None
