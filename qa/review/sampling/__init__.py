"""Which calls people score again, so that the machine can be checked against them. Designs: docs/averages.md."""

from qa.review.sampling.allocation import Allocation
from qa.review.sampling.candidates import Candidate, candidates
from qa.review.sampling.designs import (
    Dimension,
    Urgency,
    draw_quota,
    draw_random,
    draw_stratified,
    draw_targeted,
    hired_within,
)
from qa.review.sampling.nightly import draw_calibration_sample
from qa.review.sampling.order import Design, DrawOrder, draw
from qa.review.sampling.scored import ScoredSample, scored_sample

__all__ = [
    "Allocation",
    "Candidate",
    "Design",
    "Dimension",
    "DrawOrder",
    "ScoredSample",
    "Urgency",
    "candidates",
    "draw",
    "draw_calibration_sample",
    "draw_quota",
    "draw_random",
    "draw_stratified",
    "draw_targeted",
    "hired_within",
    "scored_sample",
]
