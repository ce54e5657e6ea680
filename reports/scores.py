"""Scores of a set of calls: the numbers that an agent's and a team's page share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qa.model import Language
from qa.model.copc import CriticalAccuracy, critical_accuracy
from qa.model.share import Share, wilson
from reports.data import CallRecord
from reports.statistics import FEW_CALLS, Mean, mean_percent


@dataclass(frozen=True, slots=True)
class CriticalClass:
    """Critical errors of one class, with the calls that have them."""

    accuracy: CriticalAccuracy
    missed: Mapping[str, tuple[CallRecord, ...]]
    """By criterion id, the calls that missed it."""

    @property
    def name(self) -> str:
        return self.accuracy.name

    @property
    def n_errors(self) -> int:
        return self.accuracy.n_errors

    @property
    def without(self) -> Share:
        """Calls without any such error."""
        return self.accuracy.without


@dataclass(frozen=True, slots=True)
class Scores:
    """Counts that add up: every mean and share says over how many calls it is."""

    n_calls: int
    by_language: tuple[tuple[Language, int], ...]
    first: datetime | None
    last: datetime | None
    mean: Mean
    points: float
    possible: float
    passed: Share
    classes: tuple[CriticalClass, ...]
    auto_fails: tuple[CallRecord, ...]

    @property
    def few(self) -> bool:
        """Too few calls for an average to mean much."""
        return self.n_calls < FEW_CALLS

    @property
    def n_without_score(self) -> int:
        """Calls on which nothing could be scored."""
        return self.n_calls - self.mean.n


def scores(records: Sequence[CallRecord]) -> Scores:
    """Scores over calls. Percent and pass come from each call's first evaluation, critical errors from all of them."""
    totals = [r.evaluation.totals for r in records if r.evaluation is not None]
    decided = [t.passed for t in totals if t.passed is not None]
    dates = sorted((r.call.started_at for r in records if r.call.started_at is not None), key=datetime.isoformat)
    languages = Counter(r.language for r in records)
    return Scores(
        n_calls=len(records),
        by_language=tuple(sorted(languages.items())),
        first=dates[0] if dates else None,
        last=dates[-1] if dates else None,
        mean=mean_percent([t.percent for t in totals if t.percent is not None]),
        points=sum(t.points for t in totals),
        possible=sum(t.possible for t in totals),
        passed=wilson(sum(decided), len(decided)),
        classes=tuple(
            _critical_class(accuracy, records) for accuracy in critical_accuracy([r.evaluations for r in records])
        ),
        auto_fails=tuple(r for r in records if any(e.auto_fail for e in r.evaluations)),
    )


def majority_language(records: Sequence[CallRecord]) -> Language:
    """The language of most calls, which is the language of the page; English when there are as many of each."""
    n_chinese = sum(r.language == "zh" for r in records)
    return "zh" if n_chinese * 2 > len(records) else "en"


def in_time_order(records: Sequence[CallRecord]) -> list[CallRecord]:
    """By start, calls without a date last, then by id."""
    return sorted(records, key=lambda r: (r.call.started_at is None, _iso(r.call.started_at), r.call.call_id))


def _iso(moment: datetime | None) -> str:
    # Manifests mix times with and without a zone, which Python will not compare; local clock time is what people read.
    return moment.isoformat() if moment else ""


def missed_criticals(record: CallRecord, name: str) -> list[str]:
    """Criteria of one class of critical error that the call missed in any evaluation, each once."""
    return list(dict.fromkeys(c for e in record.evaluations for c in getattr(e.critical_errors, name)))


def _critical_class(accuracy: CriticalAccuracy, records: Sequence[CallRecord]) -> CriticalClass:
    missed: dict[str, list[CallRecord]] = {}
    for record in records:
        for criterion in missed_criticals(record, accuracy.name):
            missed.setdefault(criterion, []).append(record)
    return CriticalClass(accuracy, {criterion: tuple(calls) for criterion, calls in sorted(missed.items())})
