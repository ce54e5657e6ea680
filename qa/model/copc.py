"""Critical error accuracy in the sense of the COPC CX standard: kept apart by who is harmed, beside the weighted score.

A weighted score averages a fatal error away: a call of 98 % may have broken the law. The accuracy of a class is the share
of calls without a single error of that class. Everything carries its counts, so that views of agents add up to the team's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from qa.model.evaluation import Evaluation, Outcome, Severity
from qa.model.share import Share, wilson

CLASSES = {
    "customer": Severity.CRITICAL_CUSTOMER,
    "business": Severity.CRITICAL_BUSINESS,
    "compliance": Severity.CRITICAL_COMPLIANCE,
}
_JUDGED = (Outcome.MET, Outcome.PARTIALLY_MET, Outcome.NOT_MET)


@dataclass(frozen=True, slots=True)
class CriterionAccuracy:
    """One critical criterion over calls: ``without`` is the share of the calls it was judged on that did not miss it."""

    criterion: str
    without: Share

    @property
    def n_errors(self) -> int:
        return self.without.n - self.without.k


@dataclass(frozen=True, slots=True)
class CriticalAccuracy:
    """One class of critical error over calls.

    ``without`` is the share of calls without any error of the class, of those on which at least one of its criteria was
    judged; ``n_unjudged`` are the other calls. Together they are all calls. Errors are counted per criterion and call.
    """

    name: str
    without: Share
    n_unjudged: int
    criteria: tuple[CriterionAccuracy, ...]

    @property
    def n_errors(self) -> int:
        """Criteria missed, over all calls."""
        return sum(criterion.n_errors for criterion in self.criteria)

    @property
    def n_judged(self) -> int:
        """Verdicts of which the errors are a part."""
        return sum(criterion.without.n for criterion in self.criteria)


def critical_accuracy(calls: Sequence[Sequence[Evaluation]]) -> tuple[CriticalAccuracy, ...]:
    """Accuracy by class over calls, each with all its evaluations: of one call, of an agent's, of a team's.

    Only ``not_met`` is an error. Where several evaluations of a call judge one criterion, one of them missing it is enough.
    """
    return tuple(_of_class(name, severity, calls) for name, severity in CLASSES.items())


def _of_class(name: str, severity: Severity, calls: Sequence[Sequence[Evaluation]]) -> CriticalAccuracy:
    by_call = [_missed(evaluations, severity) for evaluations in calls]
    judged = [missed for missed in by_call if missed]
    found = sorted({criterion for missed in judged for criterion in missed})
    return CriticalAccuracy(
        name=name,
        without=wilson(sum(not any(missed.values()) for missed in judged), len(judged)),
        n_unjudged=len(by_call) - len(judged),
        criteria=tuple(_of_criterion(criterion, judged) for criterion in found),
    )


def _of_criterion(criterion: str, judged: Sequence[dict[str, bool]]) -> CriterionAccuracy:
    errors = [missed[criterion] for missed in judged if criterion in missed]
    return CriterionAccuracy(criterion, wilson(errors.count(False), len(errors)))


def _missed(evaluations: Sequence[Evaluation], severity: Severity) -> dict[str, bool]:
    """Whether each criterion of the class that was judged on a call was missed; report-only verdicts are left out."""
    missed: dict[str, bool] = {}
    for evaluation in evaluations:
        for result in evaluation.results:
            if result.severity is severity and result.outcome in _JUDGED and not result.report_only:
                missed[result.criterion] = missed.get(result.criterion, False) or result.outcome is Outcome.NOT_MET
    return missed
