"""Agreement per criterion and overall, as ``qa agreement`` prints it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from scoring.agreement import coefficients
from scoring.agreement.coefficients import Disagreement
from scoring.agreement.intervals import Method, delta_interval
from scoring.agreement.numbers import Interval, bland_altman, icc_2_1
from scoring.agreement.table import Ratings, RatingsTable

MIN_ITEMS = 20
"""Below this there is no interval, and reports show no coefficient: intervals at n = 10 cover about half of what they say."""
FEW_ITEMS = 50
"""Below this comes a warning."""
MAX_PREVALENCES = 20
"""Numbers with more values than this have no list of prevalences."""


class Why(StrEnum):
    """Why a value or an interval is null. Written to files: never rename one."""

    NO_PAIRS = "no_item_rated_twice"
    ALL_EQUAL = "all_ratings_equal"
    NOT_TWO_RATERS = "needs_two_raters"
    NOT_NUMBERS = "needs_numbers"
    MIXED_SCALES = "mixed_scales"
    FEW_ITEMS = "fewer_than_20_items"
    NO_VARIANCE = "no_variance"
    POOLED_ITEMS = "pooled_items"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A coefficient with its 95 % interval, from ``n`` units; ``reason`` says why the value or the interval is None."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: Why | None = None

    def as_dict(self) -> dict[str, Any]:
        """As in the output; ``reason`` only where there is one."""
        found = {"value": self.value, "low": self.low, "high": self.high, "n": self.n}
        return found if self.reason is None else {**found, "reason": self.reason.value}


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of the ratings of one criterion, or of all.

    ``prevalence`` is the share of each category among all ratings (empty for numbers of more than 20 values).
    ``n_items`` counts items with at least one rating. ``bland_altman`` is empty unless two raters gave numbers.
    """

    n_items: int
    n_raters: int
    estimates: Mapping[str, Estimate]
    prevalence: Mapping[str, float] = field(default_factory=dict)
    bland_altman: Mapping[str, Estimate] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """As in the output."""
        return {
            "n_items": self.n_items,
            "n_raters": self.n_raters,
            "prevalence": dict(self.prevalence),
            **{name: estimate.as_dict() for name, estimate in self.estimates.items()},
            "bland_altman": {name: estimate.as_dict() for name, estimate in self.bland_altman.items()},
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """Every criterion and all of them together."""

    criteria: Mapping[str, Agreement]
    overall: Agreement

    def as_dict(self) -> dict[str, Any]:
        """As in the output."""
        return {
            "criteria": {name: agreement.as_dict() for name, agreement in self.criteria.items()},
            "overall": self.overall.as_dict(),
        }


@dataclass(frozen=True, slots=True)
class _Methods:
    """The interval's method, by the number of categories in use: ``two``, ``three``, or ``more``.

    Of two categories there is one distance only, so that a coefficient of distances or ranks is the nominal one and takes its
    method. On a scale of more than three steps a pair at random is far off, so fewer are made up.
    """

    two: Method
    three: Method
    more: Method

    def of(self, n_categories: int) -> Method:
        if n_categories <= 2:
            return self.two
        return self.three if n_categories == 3 else self.more


@dataclass(frozen=True, slots=True)
class _Coefficient:
    """A function, its interval, and what it needs; ``ordered`` ones leave out what stands outside the order."""

    compute: Callable[[Ratings], Disagreement]
    methods: _Methods
    two_raters: bool = False
    ordered: bool = False
    numbers: bool = False

    def interval(self, ratings: Ratings, plain: Disagreement) -> tuple[float, float] | None:
        """The 95 % interval of the coefficient, which is ``plain`` on these ratings, whatever the number of items."""
        return delta_interval(self.compute, ratings, plain, self.methods.of(ratings.n_categories))


_KAPPA_OF_FEW = Method(made_up=2.5, power=0.75, normal=True)
_AC1_OF_FEW = Method(made_up=0.75, power=0.2, normal=True)
_SHARE = Method(made_up=1.0, power=0.25)
_LIKE_PERCENT = _Methods(_SHARE, _SHARE, _SHARE)
_LIKE_KAPPA = _Methods(_KAPPA_OF_FEW, _KAPPA_OF_FEW, Method(made_up=2.5, power=0.75))
_RANKS = _Methods(_KAPPA_OF_FEW, Method(made_up=1.5, power=0.5, normal=True), Method(made_up=1.0, power=0.25))
_DISTANCES = _Methods(_KAPPA_OF_FEW, Method(made_up=3.0, power=0.6), Method(made_up=1.0, power=0.25))
_LIKE_AC1 = _Methods(_AC1_OF_FEW, _AC1_OF_FEW, Method(made_up=1.0, power=0.25))
_LIKE_AC2 = _Methods(_AC1_OF_FEW, Method(made_up=1.25, power=0.25, normal=True), Method(made_up=0.5, power=0.25))

COEFFICIENTS: Mapping[str, _Coefficient] = {
    "percent_agreement": _Coefficient(coefficients.percent_agreement, _LIKE_PERCENT),
    "cohen_kappa": _Coefficient(coefficients.cohen_kappa, _LIKE_KAPPA, two_raters=True),
    "weighted_kappa": _Coefficient(coefficients.squared_kappa, _DISTANCES, two_raters=True, ordered=True),
    "fleiss_kappa": _Coefficient(coefficients.fleiss_kappa, _LIKE_KAPPA),
    "krippendorff_alpha": _Coefficient(coefficients.krippendorff_alpha, _LIKE_KAPPA),
    "krippendorff_alpha_ordinal": _Coefficient(coefficients.krippendorff_alpha_ordinal, _RANKS, ordered=True),
    "krippendorff_alpha_interval": _Coefficient(coefficients.krippendorff_alpha_interval, _DISTANCES, ordered=True),
    "gwet_ac1": _Coefficient(coefficients.gwet_ac1, _LIKE_AC1),
    "gwet_ac2": _Coefficient(coefficients.gwet_ac2, _LIKE_AC2, ordered=True),
    "lin_ccc": _Coefficient(coefficients.squared_kappa, _DISTANCES, two_raters=True, ordered=True, numbers=True),
}


def agreement_report(table: RatingsTable) -> AgreementReport:
    """All coefficients for each criterion of the table and for all criteria together.

    Overall, a unit is one item under one criterion; what belongs to one item is one observation for the intervals, and
    items are what is counted against the limits of 20 and 50.
    """
    each = {name: agreement(ratings) for name, ratings in table.by_criterion()}
    return AgreementReport(each, agreement(table.pooled(), mixed=table.mixed))


def agreement(ratings: Ratings, *, mixed: bool = False) -> Agreement:
    """All coefficients of one set of ratings; with ``mixed`` scales only the nominal ones."""
    items = ratings.n_units if ratings.cluster is None else len(np.unique(ratings.cluster))
    found = {name: estimate(ratings, name, mixed=mixed) for name in COEFFICIENTS}
    found["icc_2_1"] = _icc(ratings, mixed)
    return Agreement(
        items,
        ratings.n_raters,
        found,
        _prevalence(ratings),
        _bland_altman(ratings, mixed),
        tuple(_warnings(ratings, items)),
    )


def _warnings(ratings: Ratings, items: int) -> Iterator[str]:
    """What must be known to read the numbers, or why there are none."""
    paired = ratings.n_items
    if ratings.n_raters == 0:
        yield "no rating"
    elif ratings.n_raters == 1:
        yield "only one rater: agreement is between two or more"
    elif paired < MIN_ITEMS:
        yield f"only {paired} items have two ratings: fewer than {MIN_ITEMS}, so no coefficient is shown in reports"
    elif paired < FEW_ITEMS:
        yield f"only {paired} items have two ratings: fewer than {FEW_ITEMS}, so the intervals are wide"
    if ratings.n_raters > 1 and ratings.n_categories == 1:
        yield f"every rating is {ratings.labels[0]}: no coefficient beyond chance is defined"
    if ratings.n_raters > 1 and paired < items:
        yield f"{items - paired} of {items} items have fewer than two ratings and tell nothing of agreement"


def estimate(ratings: Ratings, name: str, *, mixed: bool = False) -> Estimate:
    """One coefficient of ``COEFFICIENTS`` with its interval."""
    spec = COEFFICIENTS[name]
    refusal = _refusal(ratings, mixed, two_raters=spec.two_raters, ordered=spec.ordered, numbers=spec.numbers)
    if refusal:
        return Estimate(None, None, None, 0, refusal)
    chosen = ratings.ordered() if spec.ordered else ratings
    n = chosen.n_paired
    if n == 0:
        return Estimate(None, None, None, 0, Why.NO_PAIRS)
    found = spec.compute(chosen)
    if not found.defined:
        return Estimate(None, None, None, n, Why.ALL_EQUAL)
    if chosen.n_items < MIN_ITEMS:
        return Estimate(found.value, None, None, n, Why.FEW_ITEMS)
    interval = spec.interval(chosen, found)
    if interval is None:
        return Estimate(found.value, None, None, n, Why.NO_VARIANCE)
    return Estimate(found.value, *interval, n)


def _refusal(ratings: Ratings, mixed: bool, *, two_raters: bool, ordered: bool, numbers: bool) -> Why | None:
    if two_raters and ratings.n_raters != 2:
        return Why.NOT_TWO_RATERS
    if ordered and mixed:
        return Why.MIXED_SCALES
    return Why.NOT_NUMBERS if numbers and not ratings.numeric else None


def _icc(ratings: Ratings, mixed: bool) -> Estimate:
    refusal = _refusal(ratings, mixed, two_raters=False, ordered=True, numbers=True)
    if refusal:
        return Estimate(None, None, None, 0, refusal)
    codes, full = ratings.complete()
    n, n_raters = codes.shape
    if n < 2 or n_raters < 2:
        return Estimate(None, None, None, n if n_raters > 1 else 0, Why.NO_PAIRS)
    found = icc_2_1(ratings.places[codes])
    if found is None:
        return Estimate(None, None, None, n, Why.ALL_EQUAL)
    items = n if ratings.cluster is None else len(np.unique(ratings.cluster[full]))
    if items < MIN_ITEMS:
        return Estimate(found.value, None, None, n, Why.FEW_ITEMS)
    interval = icc_interval(found, ratings)
    if interval is None:
        return Estimate(found.value, None, None, n, Why.NO_VARIANCE)
    return Estimate(found.value, *interval, n)


def icc_interval(found: Interval, ratings: Ratings) -> tuple[float, float] | None:
    """The wider ends of two intervals of ICC(2,1), each of which is too short where the other one holds.

    McGraw and Wong's takes the raters as drawn at random but the numbers as normal: of 0 and 1 it covers as little as
    half of the time. The delta interval knows nothing about raters not seen but needs no shape.
    """
    complete = ratings.rated_by_all()
    concordance = COEFFICIENTS["lin_ccc"]
    delta = concordance.interval(complete, concordance.compute(complete))
    if found.low is None or found.high is None:
        return delta
    return (found.low, found.high) if delta is None else (min(found.low, delta[0]), max(found.high, delta[1]))


def _bland_altman(ratings: Ratings, mixed: bool) -> dict[str, Estimate]:
    if _refusal(ratings, mixed, two_raters=True, ordered=True, numbers=True):
        return {}
    codes, _ = ratings.complete()
    if len(codes) < 2:
        return {}
    found = bland_altman(*ratings.places[codes].T)
    reason = None
    if len(codes) < MIN_ITEMS or ratings.n_items < MIN_ITEMS:
        reason = Why.FEW_ITEMS
    elif ratings.n_items < ratings.n_paired:
        reason = Why.POOLED_ITEMS  # the formulas take every unit for an item of its own
    named = {"bias": found.bias, "lower": found.lower, "upper": found.upper}
    return {
        name: Estimate(limit.value, *((None, None) if reason else (limit.low, limit.high)), len(codes), reason)
        for name, limit in named.items()
    }


def _prevalence(ratings: Ratings) -> dict[str, float]:
    if ratings.n_categories > MAX_PREVALENCES:
        return {}
    counts = np.bincount(ratings.code, minlength=ratings.n_categories)
    return {label: float(count / len(ratings.code)) for label, count in zip(ratings.labels, counts, strict=True)}
