"""How far raters agree, per criterion and overall, with intervals of known coverage. Definitions: docs/agreement.md."""

from scoring.agreement.report import Agreement, AgreementReport, Estimate, Why, agreement, agreement_report, estimate
from scoring.agreement.table import OUTCOME_SCALE, Ratings, RatingsTable

__all__ = [
    "OUTCOME_SCALE",
    "Agreement",
    "AgreementReport",
    "Estimate",
    "Ratings",
    "RatingsTable",
    "Why",
    "agreement",
    "agreement_report",
    "estimate",
]
