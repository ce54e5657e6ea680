"""From questions to the tables that the agreement statistics read, and from their estimates to the report's figures."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np

from qa.model import Outcome
from qa.review.calibration.questions import Question, Rating
from reports.calibration_data import Figure, Reliability
from scoring.agreement import Agreement, RatingsTable, agreement

COEFFICIENTS = (
    "percent_agreement", "gwet_ac1", "krippendorff_alpha", "cohen_kappa", "gwet_ac2", "weighted_kappa",
)  # fmt: skip
"""What the report shows, and what a gate may ask for."""


def table_of(questions: Iterable[tuple[Question, Mapping[str, Rating]]]) -> RatingsTable:
    """The ratings given to each question, by rater. A call is an item; a category is a label at its place."""
    calls: dict[str, int] = {}
    criteria: dict[str, int] = {}
    raters: dict[str, int] = {}
    categories: dict[Rating, int] = {}
    rows = [
        (
            calls.setdefault(q.call_id, len(calls)),
            criteria.setdefault(q.criterion.id, len(criteria)),
            raters.setdefault(rater, len(raters)),
            categories.setdefault(given, len(categories)),
        )
        for q, ratings in questions
        for rater, given in ratings.items()
    ]
    item, criterion, rater, code = np.array(rows, dtype=np.int64).reshape(-1, 4).T
    return RatingsTable(
        item,
        criterion,
        rater,
        code,
        tuple(criteria),
        tuple(category.label for category in categories),
        np.array([math.nan if category.place is None else category.place for category in categories]),
        np.ones(len(categories), dtype=bool),
    )


def reliability(table: RatingsTable) -> Reliability:
    """The coefficients of all criteria of the table together; an item under several of them is one call."""
    ratings = table.pooled()
    found = agreement(ratings)
    order = {outcome.value: place for place, outcome in enumerate(Outcome)}
    prevalence = sorted(found.prevalence.items(), key=lambda answer: order.get(answer[0], -1))
    figures = {name: figure(found, name, ratings.n_items) for name in COEFFICIENTS}
    return Reliability(ratings.n_items, figures, dict(prevalence))


def figure(found: Agreement, name: str, n_calls: int) -> Figure:
    """One coefficient as the report has it; ``n`` counts calls with two or more ratings."""
    estimate = found.estimates[name]
    reason = None if estimate.reason is None else estimate.reason.value
    return Figure(estimate.value, estimate.low, estimate.high, n_calls, reason)
