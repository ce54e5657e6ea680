"""Outcomes of one criterion over several calls, as counts that add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qa.model import CriterionResult, Evidence, Outcome, Severity, SpeakerRole
from qa.model.gate import GateState
from reports.data import CallRecord, ReportData

_SEVERITY_FACTOR = {
    Severity.NON_CRITICAL: 1.0,
    Severity.CRITICAL_CUSTOMER: 3.0,
    Severity.CRITICAL_BUSINESS: 3.0,
    Severity.CRITICAL_COMPLIANCE: 3.0,
}
_AUTO_FAIL_FACTOR = 5.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One call's result on a criterion."""

    record: CallRecord
    result: CriterionResult


@dataclass(frozen=True, slots=True)
class Tally:
    """One criterion over calls."""

    criterion: str
    verdicts: tuple[Verdict, ...]

    def n(self, outcome: Outcome | str) -> int:
        """Calls with this outcome (templates name it by its word)."""
        return sum(v.result.outcome == outcome for v in self.verdicts)

    def having(self, *outcomes: Outcome) -> list[Verdict]:
        return [v for v in self.verdicts if v.result.outcome in outcomes]

    @property
    def n_scored(self) -> int:
        """Calls that had the occasion and could be told: met, partially met and not met."""
        return self.n(Outcome.MET) + self.n(Outcome.PARTIALLY_MET) + self.n(Outcome.NOT_MET)

    @property
    def met_share(self) -> float | None:
        """Met of scored, in 0..1; None when nothing was scored."""
        return self.n(Outcome.MET) / self.n_scored if self.n_scored else None

    @property
    def missed(self) -> float:
        """Calls missed, a partial one counted half."""
        return self.n(Outcome.NOT_MET) + self.n(Outcome.PARTIALLY_MET) / 2

    @property
    def severity(self) -> Severity:
        """The worst severity that a rubric gives the criterion."""
        return max((v.result.severity for v in self.verdicts), key=lambda s: _SEVERITY_FACTOR[s])

    @property
    def auto_fail(self) -> bool:
        return any(v.result.auto_fail for v in self.verdicts)

    @property
    def gate(self) -> GateState | None:
        """The gate of its verdicts, a report-only one where two forms differ."""
        gates = [v.result.gate for v in self.verdicts if v.result.gate is not None]
        return max(gates, key=lambda gate: gate.report_only, default=None)

    @property
    def report_only(self) -> bool:
        """Its verdicts are shown and nothing is concluded from them."""
        return self.gate is not None and self.gate.report_only

    @property
    def possible(self) -> float:
        """The most points that one call could earn on it."""
        return max((v.result.possible for v in self.verdicts), default=0.0)

    @property
    def urgency(self) -> float:
        """What orders the priorities: missed / (scored + 1), times severity, times points.

        The 1 keeps one missed call of one (1/2) from outranking four of five (4/6). Severity counts 1, critical 3,
        auto-fail 5; a criterion without points counts as one point.
        """
        factor = _AUTO_FAIL_FACTOR if self.auto_fail else _SEVERITY_FACTOR[self.severity]
        return self.missed / (self.n_scored + 1) * factor * (self.possible or 1.0)


def results_by_criterion(record: CallRecord) -> dict[str, CriterionResult]:
    """A call's results over all its evaluations; where two rubrics share a criterion the first one counts."""
    found: dict[str, CriterionResult] = {}
    for evaluation in record.evaluations:
        for result in evaluation.results:
            found.setdefault(result.criterion, result)
    return found


def tallies(data: ReportData, records: Iterable[CallRecord]) -> list[Tally]:
    """One tally per criterion that these calls were scored on, in the rubrics' order."""
    collected: dict[str, list[Verdict]] = {}
    for record in records:
        for criterion, result in results_by_criterion(record).items():
            collected.setdefault(criterion, []).append(Verdict(record, result))
    return [Tally(c, tuple(collected[c])) for c in data.criterion_order() if c in collected]


def priorities(found: list[Tally], limit: int = 3) -> list[Tally]:
    """What to work on first: the most urgent criteria with anything missed; the rubric's order breaks ties.

    Report-only criteria are none of them: nobody is coached on verdicts that are not trusted.
    """
    return sorted((t for t in found if t.missed and not t.report_only), key=lambda t: -t.urgency)[:limit]


def strengths(found: list[Tally], limit: int = 3, *, min_scored: int = 2, min_share: float = 0.8) -> list[Tally]:
    """What goes well: met in at least ``min_share`` of at least ``min_scored`` scored calls.

    Highest share first; among equals those that can be shown with the agent's own words, then more points, then more
    calls. A criterion that is met by not doing something has no words to show and comes after those that have.
    Report-only criteria are left out.
    """

    def rank(tally: Tally) -> tuple[float, bool, float, int]:
        return -(tally.met_share or 0), best_quote(tally) is None, -tally.possible, -tally.n_scored

    good = [t for t in found if not t.report_only and t.n_scored >= min_scored and (t.met_share or 0) >= min_share]
    return sorted(good, key=rank)[:limit]


def best_quote(tally: Tally) -> Verdict | None:
    """The met verdict to show as an example: the surest one (then the longest) in the agent's own words."""
    shown = [(v, own) for v in tally.having(Outcome.MET) if (own := agents_words(v.result))]
    if not shown:
        return None
    return max(shown, key=lambda s: (s[0].result.confidence or 0, len(s[1].quote), s[0].record.call.call_id))[0]


def agents_words(result: CriterionResult) -> Evidence | None:
    """The first piece of evidence that the agent said; what the customer or the IVR said praises nobody."""
    return next((e for e in result.evidence if e.role is SpeakerRole.AGENT), None)
