"""What a rubric says about a call, with the proof (`qa.evaluation/1`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from qa.model.call import SpeakerRole
from qa.model.document import Document
from qa.model.gate import GateState


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


class OnFail(StrEnum):
    """What a missed criterion does beside losing its points."""

    ZERO_CALL = "zero_call"
    """The call's points become 0 and it is not passed."""
    ZERO_SECTION = "zero_section"
    """The points of its section become 0."""
    FLAG = "flag"
    """The evaluation gets the flag ``criterion_flagged``."""


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


class JudgeUse(Document):
    """What asking a language model about a criterion took: tokens as the server counts them, None where it does not."""

    model: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    latency_s: float = Field(ge=0)
    """Of the request that was answered, also when the answer came from the cache."""
    cached: bool = False


class CriterionResult(Document):
    """One criterion's verdict. ``confidence`` is in 0..1; ``possible`` is 0 unless the criterion counts.

    ``points`` are what it earned, before another criterion's ``on_fail`` takes those of its section or call.
    """

    criterion: str
    outcome: Outcome
    points: float
    possible: float
    severity: Severity
    auto_fail: bool = False
    """A miss fails the whole call (with ``on_fail: zero_call`` as well)."""
    on_fail: OnFail | None = None
    confidence: float | None = None
    method: str
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    cue: Cue | None = None
    reason_code: str | None = None
    judge: JudgeUse | None = None
    """Set where a language model was asked."""
    section: str = ""
    """Id of the criterion's section, else its title."""
    answer: str | float | tuple[str, ...] | None = None
    """What was chosen, ticked, measured or written, for criteria that are more than yes or no."""
    share: float | None = None
    """The part of the criterion's points that the answer earns, 0..1; None where nothing was judged."""
    fingerprint: str | None = None
    """Of the definition and the code behind the verdict; the same one gives the same verdict while every threshold behind it
    stays within its margin (`scoring/fingerprint.py`)."""
    gate: GateState | None = None
    """Whether the verdict counts; None where no store was asked (`qa score` without one) and for what people answered."""

    @property
    def report_only(self) -> bool:
        """The verdict is shown and left out of totals: the machine has not earned trust on this criterion."""
        return self.gate is not None and self.gate.report_only


class SectionTotals(Document):
    """Sums over a section. ``points`` are 0 when a criterion in ``zeroed_by`` was missed, else they are ``earned``."""

    section: str
    points: float
    earned: float
    possible: float
    percent: float | None
    zeroed_by: tuple[str, ...] = ()


class Totals(Document):
    """Sums over a call. ``percent`` is None when nothing was possible: an average of nothing is not 0.

    The sections' points and possible add up to the call's. Bonus points are in ``points`` and not in ``possible``.
    """

    points: float
    possible: float
    percent: float | None
    passed: bool | None
    n_met: int
    n_partially_met: int
    n_not_met: int
    n_not_applicable: int
    n_not_scored: int
    n_report_only: int = 0
    """Criteria whose verdicts are shown and left out of everything else here."""
    sections: tuple[SectionTotals, ...] = ()
    bonus: float = 0.0
    """Points won beside what was possible."""
    band: str | None = None
    """The form's name for this percentage."""
    zeroed_by: tuple[str, ...] = ()
    """Missed criteria that made the call's points 0."""


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
    hits: bytes = Field(default=b"", exclude=True, repr=False)
    """Where signals were found, for scoring again (`scoring/signals/kept.py`); no part of the document."""
    margins: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """By threshold of a signal: above the first number and up to the second, no verdict here would have come out otherwise;
    a threshold that is not named may have any value (`scoring/signals/margin.py`)."""

    def result(self, criterion: str) -> CriterionResult | None:
        """The verdict on one criterion."""
        return next((r for r in self.results if r.criterion == criterion), None)
