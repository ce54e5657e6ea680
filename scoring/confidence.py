"""From the machine's confidences to frequencies: of verdicts given with 0.8, eight in ten should be right.

A confidence is any score in 0..1 that grows with the chance of being right; what it is worth is learned from verdicts that
people checked (``right``: the machine said what they said). Three ways, by how many there are (docs/gate.md has the
measurement behind the limits):

- Platt's sigmoid (1999, with his smoothed targets): two numbers, so little to learn, and little that it can bend.
- Venn-ABERS (Vovk and Petej 2014): isotonic regression with the new score added once as right and once as wrong. The
  two results enclose the frequency; merged into one they shrink towards one half where there is little to go by.
- Isotonic regression (Zadrozny and Elkan 2002): any rising curve. From enough verdicts it comes out as Venn-ABERS, which
  fits anew for every score, at a fraction of the work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from qa.model import UsageError
from qa.model.share import Share, wilson

Floats = npt.NDArray[np.float64]
Curve = Callable[[npt.ArrayLike], Floats]
"""From confidences to probabilities of being right, one each."""

PLATT_BELOW = 300
ISOTONIC_FROM = 1000
MIN_CHECKED = 20
"""Checked verdicts below which no curve is fitted: a straight line through so few would be a guess."""
_NEWTON_STEPS = 50


class Way(StrEnum):
    """How a curve is fitted."""

    PLATT = "platt"
    VENN_ABERS = "venn_abers"
    ISOTONIC = "isotonic"


def way_for(n: int) -> Way:
    """The way that measured best with ``n`` checked verdicts."""
    return Way.PLATT if n < PLATT_BELOW else Way.VENN_ABERS if n < ISOTONIC_FROM else Way.ISOTONIC


def fit(confidences: npt.ArrayLike, right: npt.ArrayLike, way: Way | None = None) -> Curve:
    """The curve through checked verdicts: (n,) confidences in 0..1 and whether each verdict was right.

    Raises:
        UsageError: fewer than 20 verdicts, lists of different lengths, or a confidence outside 0..1.
    """
    scores, hits = _checked(confidences, right)
    if len(scores) < MIN_CHECKED:
        raise UsageError(f"{len(scores)} checked verdicts", expected=f"{MIN_CHECKED} or more to fit confidences to")
    makers: dict[Way, Callable[[Floats, Floats], Curve]] = {
        Way.VENN_ABERS: _VennAbers, Way.PLATT: _platt, Way.ISOTONIC: _isotonic
    }  # fmt: skip
    return makers[way or way_for(len(scores))](scores, hits)


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts of about the same confidence: its mean, and how many of them were right (with Wilson's interval)."""

    confidence: float
    right: Share


def reliability_table(confidences: npt.ArrayLike, right: npt.ArrayLike, n_bins: int = 10) -> list[Bin]:
    """Bins of equal size from the lowest confidence to the highest; equal confidences are never torn apart."""
    scores, hits = _checked(confidences, right)
    if not len(scores):
        return []
    order = np.argsort(scores, kind="stable")
    scores, hits = scores[order], hits[order]
    wanted = np.arange(1, n_bins) * len(scores) // n_bins
    before, behind = (np.searchsorted(scores, scores[wanted], side) for side in ("left", "right"))
    cuts = np.where(wanted - before <= behind - wanted, before, behind)
    edges = np.unique([0, *cuts, len(scores)])
    return [
        Bin(float(scores[start:end].mean()), wilson(int(hits[start:end].sum()), int(end - start)))
        for start, end in pairwise(edges)
    ]


def expected_calibration_error(table: list[Bin]) -> float | None:
    """The mean distance of confidence from frequency over verdicts, 0..1; None for none.

    It is above 0 for a perfect machine as well, by chance: :func:`error_by_chance` says how far.
    """
    n = sum(each.right.n for each in table)
    return sum(each.right.n * abs(each.confidence - each.right.k / each.right.n) for each in table) / n if n else None


def error_by_chance(table: list[Bin]) -> float | None:
    """The calibration error that confidences which are true to the last digit would show on as many verdicts.

    Each bin's share scatters about normally, so its mean distance is sqrt(2 / pi) standard errors.
    """
    n = sum(each.right.n for each in table)
    spread = sum(
        each.right.n * np.sqrt(2 / np.pi * each.confidence * (1 - each.confidence) / each.right.n) for each in table
    )
    return float(spread / n) if n else None


@dataclass(frozen=True, slots=True)
class Handover:
    """What sending verdicts below ``threshold`` (a probability of being right) to people costs, per verdict."""

    threshold: float
    n: int
    n_to_people: int
    n_wrong_left: int
    """Wrong verdicts above the threshold."""
    cost: float
    cost_without_people: float
    cost_of_people_only: float


def handover(probabilities: npt.ArrayLike, right: npt.ArrayLike, *, wrong: float, person: float) -> Handover:
    """The threshold for "needs a person" from the cost of a wrong verdict and of a person's look at one.

    A person is worth it where the expected damage ``(1 - p) * wrong`` is above ``person``: below ``1 - person / wrong``.
    That holds for probabilities that are true (:func:`fit`); what it would have cost is counted on checked verdicts,
    which should be others than those fitted to. People are taken to be right.

    Raises:
        UsageError: a cost that is not above 0, no verdicts, or a probability outside 0..1.
    """
    if not (wrong > 0 and person > 0):
        raise UsageError(f"costs {wrong:g} and {person:g}", expected="both above 0")
    sure, hits = _checked(probabilities, right)
    n = len(sure)
    if n == 0:
        raise UsageError("no checked verdicts", expected="some to count costs on")
    threshold = max(0.0, 1 - person / wrong)
    to_people = sure < threshold
    left = int((~to_people & (hits == 0)).sum())
    return Handover(
        threshold=threshold,
        n=n,
        n_to_people=int(to_people.sum()),
        n_wrong_left=left,
        cost=float(to_people.sum() * person + left * wrong) / n,
        cost_without_people=float((hits == 0).sum() * wrong) / n,
        cost_of_people_only=person,
    )


def _checked(confidences: npt.ArrayLike, right: npt.ArrayLike) -> tuple[Floats, Floats]:
    scores, hits = np.asarray(confidences, dtype=np.float64), np.asarray(right, dtype=np.float64)
    if scores.ndim != 1 or scores.shape != hits.shape:
        raise UsageError(f"{scores.shape} confidences for {hits.shape} verdicts", expected="two lists of one length")
    if not np.all((scores >= 0) & (scores <= 1)):
        raise UsageError("a confidence outside 0..1", expected="0 to 1 each")
    return scores, hits


def _pooled(scores: Floats, hits: Floats) -> tuple[Floats, Floats, Floats]:
    """Isotonic regression by pooling adjacent violators: (blocks,) lowest score, highest score and level of each block."""
    values, where = np.unique(scores, return_inverse=True)
    weights = np.bincount(where).astype(np.float64)
    blocks: list[tuple[float, float, float, float]] = []  # lowest, highest, sum of hits, weight
    for value, total, weight in zip(values, np.bincount(where, hits), weights, strict=True):
        low, high = value, value
        while blocks and blocks[-1][2] * weight >= total * blocks[-1][3]:
            low, _, before, held = blocks.pop()
            total, weight = total + before, weight + held
        blocks.append((low, high, total, weight))
    lowest, highest, totals, held_all = np.array(blocks).T
    return lowest, highest, totals / held_all


def _isotonic(scores: Floats, hits: Floats) -> Curve:
    lowest, highest, levels = _pooled(scores, hits)
    knots = np.stack([lowest, highest], axis=1).ravel()  # flat inside a block, straight between two
    return lambda asked: np.interp(np.asarray(asked, dtype=np.float64), knots, np.repeat(levels, 2))


def _platt(scores: Floats, hits: Floats) -> Curve:
    n_right = hits.sum()
    target = np.where(hits == 1, (n_right + 1) / (n_right + 2), 1 / (len(hits) - n_right + 2))
    design = np.stack([scores, np.ones_like(scores)], axis=1)
    weights = np.zeros(2)
    for _ in range(_NEWTON_STEPS):
        p = _sigmoid(design @ weights)
        curvature = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, design.T @ (target - p))
        weights = weights + step * min(1.0, 10 / max(10.0, float(np.abs(step).max())))
        if np.abs(step).max() < 1e-9:
            break
    slope = max(0.0, float(weights[0]))  # a curve never falls
    offset = float(weights[1]) if slope else float(np.log(target.mean() / (1 - target.mean())))
    return lambda asked: _sigmoid(slope * np.asarray(asked, dtype=np.float64) + offset)


def _sigmoid(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -500, 500))))


@dataclass(frozen=True, slots=True)
class _VennAbers:
    scores: Floats
    hits: Floats

    def __call__(self, asked: npt.ArrayLike) -> Floats:
        flat = np.asarray(asked, dtype=np.float64)
        known = {score: self._merged(score) for score in np.unique(flat)}
        return np.array([known[score] for score in flat])

    def _merged(self, score: float) -> float:
        low, high = (self._level(score, hit) for hit in (0.0, 1.0))
        return high / (1 - low + high)  # minimises the largest log loss

    def _level(self, score: float, hit: float) -> float:
        _, highest, levels = _pooled(np.append(self.scores, score), np.append(self.hits, hit))
        return float(levels[np.searchsorted(highest, score)])
