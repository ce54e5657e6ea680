"""From which probability an act counts: what serves sentences and whole calls best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.acts.call_links import LINKS, LabelledCall, Link
from qa.language.packed import Matrix
from qa.model import Act

GRID = np.round(np.arange(0.05, 0.9, 0.05), 2)
DEFAULT = 0.5
_LEAST_CALLS = 4
"""Calls with the act, and calls without it, from which they have a say."""


def best_threshold(chances: NDArray[Any], labels: NDArray[Any], call_accuracy: NDArray[Any] | None = None) -> float:
    """The grid's probability with the best F1 on sentences, or the best sum of F1 and accuracy on calls where that is known.

    ``call_accuracy`` has one value for each step of ``GRID``. 0.5 for an act without examples.
    """
    if not labels.any():
        return DEFAULT
    scores = np.array([2 * labels[chances >= t].sum() / (labels.sum() + (chances >= t).sum()) for t in GRID])
    if call_accuracy is not None:
        scores = scores + call_accuracy
    best = np.flatnonzero(scores >= scores.max() - 1e-9)
    return float(GRID[best[len(best) // 2]])  # the middle of a plateau


def accuracy_on_calls(act: Act, chances: NDArray[Any], calls: Sequence[LabelledCall]) -> NDArray[Any] | None:
    """For each step of ``GRID``: the mean of sensitivity and specificity in telling calls that hold the act.

    ``chances`` are the act's probabilities for the units of all calls in order. The act counts for a call with its most probable
    sentence where its link looks. None when too few calls tell, or when the criterion speaks of other acts too.
    """
    link = next((link for link in LINKS if link.acts == (act,)), None)
    if link is None:
        return None
    pairs = [(truth, top) for truth, top in zip(*_tops(link, chances, calls), strict=True) if truth is not None]
    held = np.array([top for truth, top in pairs if truth])
    free = np.array([top for truth, top in pairs if not truth])
    if min(len(held), len(free)) < _LEAST_CALLS:
        return None
    return np.array([((held >= t).mean() + (free < t).mean()) / 2 for t in GRID])


def _tops(link: Link, chances: Matrix, calls: Sequence[LabelledCall]) -> tuple[list[bool | None], list[float]]:
    tops = []
    start = 0
    for call in calls:
        by_turn = []
        for units in call.units:
            by_turn.append(max(chances[start : start + len(units)], default=0.0))
            start += len(units)
        tops.append(float(max((by_turn[turn] for turn in call.turns(link)), default=0.0)))
    return [call.truth(link) for call in calls], tops
