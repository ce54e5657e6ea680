"""Points, counts and critical errors of a scored call."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from qa.model import CriterionResult, CriticalErrors, Outcome, Severity, Totals

_SHARE = {Outcome.MET: 1.0, Outcome.PARTIALLY_MET: 0.5, Outcome.NOT_MET: 0.0}


def points_for(outcome: Outcome, weight: float) -> tuple[float, float]:
    """Points earned and possible: half for ``partially_met``; nothing is possible where nothing was judged."""
    share = _SHARE.get(outcome)
    return (0.0, 0.0) if share is None else (share * weight, weight)


def auto_failed(results: Sequence[CriterionResult]) -> bool:
    """True when a criterion that fails the whole call was not met."""
    return any(result.auto_fail and result.outcome is Outcome.NOT_MET for result in results)


def critical_errors(results: Sequence[CriterionResult]) -> CriticalErrors:
    """Ids of the critical criteria that were not met, by who is harmed."""

    def missed(severity: Severity) -> tuple[str, ...]:
        return tuple(r.criterion for r in results if r.severity is severity and r.outcome is Outcome.NOT_MET)

    return CriticalErrors(
        customer=missed(Severity.CRITICAL_CUSTOMER),
        business=missed(Severity.CRITICAL_BUSINESS),
        compliance=missed(Severity.CRITICAL_COMPLIANCE),
    )


def total(results: Sequence[CriterionResult], pass_mark: float) -> Totals:
    """Sums over the results. ``percent`` (two decimals) and ``passed`` are None when nothing was possible.

    An auto-fail is not passed whatever the percentage.
    """
    points = fsum(result.points for result in results)
    possible = fsum(result.possible for result in results)
    percent = round(100 * points / possible, 2) if possible else None
    failed = auto_failed(results)
    passed = False if failed else None if percent is None else percent >= pass_mark
    n = {outcome: sum(result.outcome is outcome for result in results) for outcome in Outcome}
    return Totals(
        points=points,
        possible=possible,
        percent=percent,
        passed=passed,
        n_met=n[Outcome.MET],
        n_partially_met=n[Outcome.PARTIALLY_MET],
        n_not_met=n[Outcome.NOT_MET],
        n_not_applicable=n[Outcome.NOT_APPLICABLE],
        n_not_scored=n[Outcome.NOT_SCORED],
    )
