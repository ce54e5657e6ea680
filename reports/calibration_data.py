"""What a calibration report is about: plain values, put together by qa.review.calibration and shown by the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qa.model import Evidence, Language

MIN_ITEMS = 20
"""Below this many calls a page shows counts and no coefficient (docs/agreement.md)."""
FEW_ITEMS = 50
"""Below this many the page warns that the intervals are wide."""


class Verdict(StrEnum):
    """What the numbers say about a criterion, the most urgent first. Written to files: never rename one."""

    PEOPLE_DIFFER = "people_differ"
    MACHINE_DIFFERS = "machine_differs"
    UNSURE = "unsure"
    MACHINE_UNKNOWN = "machine_unknown"
    ONE_ANSWER = "one_answer"
    TOO_FEW = "too_few"
    AGREED = "agreed"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its 95 % interval, from ``n`` calls; ``reason`` says why the value or the interval is None."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str | None = None

    @property
    def shown(self) -> bool:
        """Pages show nothing from fewer than 20 calls."""
        return self.value is not None and self.n >= MIN_ITEMS


@dataclass(frozen=True, slots=True)
class Reliability:
    """How far ratings of one criterion agree: coefficients by name, with the share of each answer beside them.

    ``n_calls`` counts calls with two or more ratings.
    """

    n_calls: int
    figures: Mapping[str, Figure]
    prevalence: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class HeatCell:
    """Of ``n_pairs`` comparisons of a rater with another one, over ``n_calls`` calls, ``n_same`` gave the same answer."""

    n_same: int
    n_pairs: int
    n_calls: int

    @property
    def shade(self) -> int | None:
        """From 0 (all the same) to 4; None under 20 calls."""
        if self.n_calls < MIN_ITEMS:
            return None
        differing = 1 - self.n_same / self.n_pairs
        return 0 if differing == 0 else 1 + sum(differing > limit for limit in (0.1, 0.2, 0.4))


@dataclass(frozen=True, slots=True)
class MachineCounts:
    """The machine beside the consensus, flagged calls left out.

    Calls on which it gave the same answer, a lower, a higher or another one. ``n_abstained`` are those that it did not
    score, ``n_open`` those without a consensus; neither is compared.
    """

    n_same: int = 0
    n_lower: int = 0
    n_higher: int = 0
    n_other: int = 0
    n_abstained: int = 0
    n_open: int = 0


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """One criterion of one form."""

    form: str
    version: str
    language: Language
    section: str
    criterion: str
    title: str
    question: str
    coefficient: str
    """What the verdict goes by, as the form's gate says; among people alpha stands in for a kappa."""
    needed: float
    """What its lower end has to reach."""
    verdict: Verdict
    people: Reliability
    machine: Reliability
    counts: MachineCounts
    cells: Mapping[str, HeatCell]
    """By rater; who never met another rater here is missing."""


@dataclass(frozen=True, slots=True)
class RaterLine:
    """One rater. Biases are mean differences on the scale 0 (not met) to 1 (met): above 0 is milder than the reference."""

    rater: str
    n_calls: int
    cell: HeatCell
    bias: Figure
    by_session: Mapping[str, Figure]
    """Bias by session id, in order of time."""
    drift: Figure
    """The last session's bias minus that of all earlier ones."""

    @property
    def drifted(self) -> bool:
        """The interval of the drift leaves 0 out."""
        low, high = self.drift.low, self.drift.high
        return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session of the report. ``n_targeted`` calls came in for a flag or were chosen by hand, not drawn at random."""

    session_id: str
    title: str
    closed_at: datetime
    raters: tuple[str, ...]
    expert: str
    n_calls: int
    n_targeted: int
    agreement: Figure
    """Percent agreement over all criteria, 0..1."""


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody said to a question, and what they wrote beside it."""

    who: str
    answer: str
    comment: str


@dataclass(frozen=True, slots=True)
class DisputedQuestion:
    """One criterion on which the raters of a call differ. ``machine`` and ``final`` are None where there is none."""

    criterion: str
    title: str
    given: tuple[Given, ...]
    machine: Given | None
    evidence: tuple[Evidence, ...]
    """The words to which the machine points."""
    final: Given | None


@dataclass(frozen=True, slots=True)
class DisputedCall:
    """A call on which raters differ: on ``questions`` of ``n_questions`` that two or more of them answered."""

    session_id: str
    call_id: str
    form: str
    language: Language
    n_questions: int
    distance: float
    """Sum over its questions of the mean difference between two raters (answers outside the order count as 1 apart)."""
    questions: tuple[DisputedQuestion, ...]


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """Everything that the report says, whatever its form. ``made_at`` is when it was put together."""

    made_at: datetime
    by_consensus: bool
    """Biases are against the consensus; False: against the other raters, as questions are still undecided."""
    sessions: tuple[SessionLine, ...]
    raters: tuple[RaterLine, ...]
    criteria: tuple[CriterionLine, ...]
    overall: Mapping[str, Reliability]
    """People over all criteria, by form."""
    calls: tuple[DisputedCall, ...]
    """The raters differ most on the first."""
    n_disputed: int = 0
    """Calls with any difference, shown or not."""
    n_undecided: int = 0
    """Questions that raters answer differently and the expert has not decided."""
    left_out: tuple[str, ...] = field(default=())
    """Forms of an older version than the newest that the sessions used: another form, and not in the numbers."""

    def verdicts(self) -> dict[Verdict, int]:
        """How many criteria have each verdict, in order of urgency."""
        return {verdict: sum(line.verdict is verdict for line in self.criteria) for verdict in Verdict}
