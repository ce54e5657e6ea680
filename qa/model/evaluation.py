"""What a rubric says about a call, with the proof (`qa.evaluation/1`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from qa.model.call import SpeakerRole
from qa.model.document import Document


class Outcome(StrEnum):
    """``not_applicable`` (there was no occasion) and ``not_scored`` (could not be told) stay out of every average."""

    MET = "met"
    PARTIALLY_MET = "partially_met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    NOT_SCORED = "not_scored"


class Severity(StrEnum):
    """Who is harmed when a criterion is missed (the COPC classes of critical error)."""

    NON_CRITICAL = "non_critical"
    CRITICAL_CUSTOMER = "critical_customer"
    CRITICAL_BUSINESS = "critical_business"
    CRITICAL_COMPLIANCE = "critical_compliance"


class Evidence(Document):
    """Words that prove a verdict: ``quote`` is an exact substring of that turn's text."""

    turn: int
    role: SpeakerRole
    quote: str
    start_s: float | None = None
    end_s: float | None = None


class Cue(Document):
    """What called for the behaviour (the customer's words that ask for empathy, say)."""

    turn: int
    role: SpeakerRole
    quote: str


class CriterionResult(Document):
    """One criterion's verdict. ``confidence`` is in 0..1; ``possible`` is 0 unless the criterion counts."""

    criterion: str
    outcome: Outcome
    points: float
    possible: float
    severity: Severity
    auto_fail: bool = False
    confidence: float | None = None
    method: str
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    cue: Cue | None = None
    reason_code: str | None = None


class Totals(Document):
    """Sums over a call. ``percent`` is None when nothing was possible: an average of nothing is not 0."""

    points: float
    possible: float
    percent: float | None
    passed: bool | None
    n_met: int
    n_partially_met: int
    n_not_met: int
    n_not_applicable: int
    n_not_scored: int


class RubricRef(Document):
    """Which form was used, to the byte."""

    id: str
    version: str
    sha256: str


class CriticalErrors(Document):
    """Ids of missed critical criteria, by who is harmed."""

    customer: tuple[str, ...] = ()
    business: tuple[str, ...] = ()
    compliance: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.customer or self.business or self.compliance)


class Evaluation(Document):
    """A call scored with one rubric by one evaluator (the machine, or a person by the same door)."""

    schema_: Literal["qa.evaluation/1"] = Field(default="qa.evaluation/1", alias="schema")
    call_id: str
    rubric: RubricRef
    evaluator: str = "machine"
    totals: Totals
    critical_errors: CriticalErrors
    auto_fail: bool
    results: tuple[CriterionResult, ...]
    flags: tuple[str, ...] = ()

    def result(self, criterion: str) -> CriterionResult | None:
        """The verdict on one criterion."""
        return next((r for r in self.results if r.criterion == criterion), None)
