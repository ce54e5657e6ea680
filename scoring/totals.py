"""From answers to points, percentages and critical errors: the one way, for the machine's answers and for people's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from qa.model import Call, CriterionResult, CriticalErrors, OnFail, Outcome, SectionTotals, Severity, Totals
from scoring.answer_types import FreeText
from scoring.answers import UNANSWERED, Answer
from scoring.applicability import holds
from scoring.ordering import in_dependency_order
from scoring.rubric import Criterion, Rubric, Section

_DECIMALS = 9
"""Sums are rounded to so many, so that three thirds of 30 points are 30."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What an answer earned, and what was possible on it: 0 where nothing was judged, and for a bonus."""

    points: float = 0.0
    possible: float = 0.0


def settle(form: Rubric, answers: Mapping[str, Answer], call: Call | None = None) -> dict[str, Answer]:
    """An answer for every criterion: not scored where none was given, not applicable where the form says so.

    Conditions on what is said are left to whoever answered; those on other answers, and with ``call`` on its data, are
    looked at here. Criteria that a condition makes not applicable count as such for further conditions.
    """
    settled: dict[str, Answer] = {}
    for criterion in in_dependency_order(form):
        given = answers.get(criterion.id, UNANSWERED)
        if isinstance(criterion.answer, FreeText):
            given = Answer(Outcome.NOT_APPLICABLE, value=given.value)  # words have no verdict
        if criterion.applies_when is not None and holds(criterion.applies_when, settled, call) is False:
            given = Answer(Outcome.NOT_APPLICABLE)
        settled[criterion.id] = given
    return {criterion.id: settled[criterion.id] for criterion in form.criteria}


def worths(form: Rubric, settled: Mapping[str, Answer], left_out: Collection[str] = ()) -> dict[str, Worth]:
    """Points by criterion id; those in ``left_out`` (report-only ones) are worth nothing.

    In a form weighted by section, what was judged in a section shares the section's weight; a section of which nothing
    was judged is worth nothing. Bonus points are never scaled.
    """
    return {name: worth for section in form.sections for name, worth in _section_worths(section, settled, left_out)}


def _section_worths(
    section: Section, settled: Mapping[str, Answer], left_out: Collection[str]
) -> list[tuple[str, Worth]]:
    shares = {c.id: None if c.id in left_out else settled[c.id].share for c in section.criteria}
    raw = fsum(c.worth for c in section.criteria if shares[c.id] is not None and not c.bonus)
    factor = section.weight / raw if section.weight is not None and raw else 1.0

    def worth(criterion: Criterion) -> Worth:
        share = shares[criterion.id]
        if share is None:
            return Worth()
        if criterion.bonus:
            return Worth(share * criterion.worth)
        return Worth(share * criterion.worth * factor, criterion.worth * factor)

    return [(criterion.id, worth(criterion)) for criterion in section.criteria]


def total(form: Rubric, answers: Mapping[str, Answer], call: Call | None = None) -> Totals:
    """Sums over the answers, by section and over the call.

    ``percent`` (two decimals) and ``passed`` are None when nothing was possible. It is cut off at 100 unless the form
    says ``cap_percent: false``. A missed criterion that fails the call makes it not passed whatever the percentage;
    ``on_fail: zero_call`` and ``zero_section`` take the points, bonus included, and leave what was possible.
    """
    settled = settle(form, answers, call)
    return add_up(form, settled, worths(form, settled))


def add_up(
    form: Rubric, settled: Mapping[str, Answer], earned: Mapping[str, Worth], left_out: Collection[str] = ()
) -> Totals:
    """The sums of :func:`total` over answers that are settled and what they earned.

    Criteria in ``left_out`` are only counted as such: they fail no call and take no points.
    """
    counted = [c for c in form.criteria if c.id not in left_out]
    missed = [c for c in counted if settled[c.id].outcome is Outcome.NOT_MET]
    zeroed_by = tuple(c.id for c in missed if c.on_fail is OnFail.ZERO_CALL)
    sections = tuple(_section(form, section, earned, missed, zeroed_by) for section in form.sections)
    points, possible = _sum(s.points for s in sections), _sum(s.possible for s in sections)
    percent = _percent(form, points, possible)
    failed = any(c.fails_call for c in missed)
    n = Counter(settled[c.id].outcome for c in counted)
    return Totals(
        points=points,
        possible=possible,
        percent=percent,
        passed=False if failed else None if percent is None else percent >= form.pass_mark,
        n_met=n[Outcome.MET],
        n_partially_met=n[Outcome.PARTIALLY_MET],
        n_not_met=n[Outcome.NOT_MET],
        n_not_applicable=n[Outcome.NOT_APPLICABLE],
        n_not_scored=n[Outcome.NOT_SCORED],
        n_report_only=len(form.criteria) - len(counted),
        sections=sections,
        bonus=_sum(earned[c.id].points for c in _counted(form, sections) if c.bonus),
        band=form.band(percent),
        zeroed_by=zeroed_by,
    )


def _counted(form: Rubric, sections: Iterable[SectionTotals]) -> Iterator[Criterion]:
    """The criteria of the sections that kept their points."""
    for section, sums in zip(form.sections, sections, strict=True):
        if not sums.zeroed_by:
            yield from section.criteria


def _section(
    form: Rubric, section: Section, worths: Mapping[str, Worth], missed: list[Criterion], by_call: tuple[str, ...]
) -> SectionTotals:
    inside = {criterion.id for criterion in section.criteria}
    zeroed_by = tuple(c.id for c in missed if c.on_fail is OnFail.ZERO_SECTION and c.id in inside) + by_call
    earned = _sum(worths[name].points for name in inside)
    possible = _sum(worths[name].possible for name in inside)
    points = 0.0 if zeroed_by else earned
    return SectionTotals(
        section=section.name,
        points=points,
        earned=earned,
        possible=possible,
        percent=_percent(form, points, possible),
        zeroed_by=zeroed_by,
    )


def _percent(form: Rubric, points: float, possible: float) -> float | None:
    if not possible:
        return None
    percent = round(100 * points / possible, 2)
    return min(100.0, percent) if form.cap_percent else percent


def _sum(numbers: Iterable[float]) -> float:
    return round(fsum(numbers), _DECIMALS)


def auto_failed(results: Sequence[CriterionResult]) -> bool:
    """True when a criterion that fails the whole call was not met; report-only verdicts fail none."""
    return any(r.auto_fail and r.outcome is Outcome.NOT_MET and not r.report_only for r in results)


def critical_errors(results: Sequence[CriterionResult]) -> CriticalErrors:
    """Ids of the critical criteria that were not met, by who is harmed; report-only verdicts are left out."""
    found = [r for r in results if r.outcome is Outcome.NOT_MET and not r.report_only]

    def missed(severity: Severity) -> tuple[str, ...]:
        return tuple(r.criterion for r in found if r.severity is severity)

    return CriticalErrors(
        customer=missed(Severity.CRITICAL_CUSTOMER),
        business=missed(Severity.CRITICAL_BUSINESS),
        compliance=missed(Severity.CRITICAL_COMPLIANCE),
    )
