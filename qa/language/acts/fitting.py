"""Many logistic regressions at once: features of several blocks, labels that may be unknown, calibration by fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qa.language.acts.units import ActFeatures
from qa.language.packed import Matrix

Weights = tuple[dict[str, Matrix], Matrix]
"""For each block (acts, d), and biases (acts,)."""

SCALES: Mapping[str, float] = {"vectors": 1.5, "context": 0.3, "terms": 3.0, "forms": 0.3}
"""How far each block may speak: a larger scale is a weaker penalty on its weights."""
PENALTY = 1.0
_MAX_ITERATIONS = 80


def rows_of(features: ActFeatures, rows: NDArray[np.intp]) -> ActFeatures:
    """Some of the rows."""
    return ActFeatures(*(block[rows] for block in features))


def fit(features: ActFeatures, labels: Matrix, counts: Matrix, *, penalty: float = PENALTY) -> Weights:
    """One logistic regression for each column of ``labels`` (n, acts) in 0..1, all in one descent (L-BFGS).

    ``counts`` (n, acts) is how much a label counts; 0 where it is unknown. The penalty is on squared weights, not on biases.
    """
    from scipy.optimize import minimize

    blocks = {name: rows * SCALES[name] for name, rows in zip(features._fields, features, strict=True) if SCALES[name]}
    n_acts = labels.shape[1]
    ends = np.cumsum([0, *(rows.shape[1] * n_acts for rows in blocks.values()), n_acts])

    def parts(flat: NDArray[Any]) -> list[NDArray[Any]]:
        return [flat[a:b].astype(np.float32).reshape(n_acts, -1) for a, b in pairwise(ends)]

    def loss(flat: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        *weights, bias = parts(flat)
        logits = np.tile(bias.T, (len(labels), 1))
        for rows, weight in zip(blocks.values(), weights, strict=True):
            logits += rows @ weight.T
        wrong = counts * (1 / (1 + np.exp(-logits)) - labels)
        gradients = [
            (rows.T @ wrong).T + penalty * weight for rows, weight in zip(blocks.values(), weights, strict=True)
        ]
        gradients.append(wrong.sum(axis=0, keepdims=True).T)
        cost = float((counts * (np.logaddexp(0, logits) - labels * logits)).sum(dtype=np.float64))
        cost += penalty / 2 * float(sum((weight.astype(np.float64) ** 2).sum() for weight in weights))
        return cost, np.concatenate([np.asarray(gradient).ravel() for gradient in gradients]).astype(np.float64)

    found = minimize(loss, np.zeros(ends[-1]), jac=True, method="L-BFGS-B", options={"maxiter": _MAX_ITERATIONS})
    *weights, bias = parts(found.x)
    by_block = {
        name: np.asarray(weight * SCALES[name], dtype=np.float32) for name, weight in zip(blocks, weights, strict=True)
    }
    for name, rows in zip(features._fields, features, strict=True):
        by_block.setdefault(name, np.zeros((n_acts, rows.shape[1]), dtype=np.float32))
    return by_block, bias[:, 0]


def logits_of(weights: Weights, features: ActFeatures) -> Matrix:
    """Shape (n, acts)."""
    blocks, bias = weights
    total = np.tile(bias, (len(features.vectors), 1))
    for name, rows in zip(features._fields, features, strict=True):
        total += rows @ blocks[name].T
    return np.asarray(total)


def out_of_fold(features: ActFeatures, labels: Matrix, counts: Matrix, folds: Sequence[int]) -> Matrix:
    """Logits (n, acts) of each row by weights that did not see its fold."""
    fold_of = np.array(folds)
    found = np.zeros_like(labels)
    for fold in sorted(set(folds)):
        seen, unseen = np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)
        weights = fit(rows_of(features, seen), labels[seen], counts[seen])
        found[unseen] = logits_of(weights, rows_of(features, unseen))
    return found


def platt(logits: NDArray[Any], labels: NDArray[Any]) -> tuple[float, float]:
    """Slope and shift that turn logits into calibrated ones (Platt 1999, with his smoothed targets)."""
    from scipy.optimize import minimize

    positives = float(labels.sum())
    high, low = (positives + 1) / (positives + 2), 1 / (len(labels) - positives + 2)
    targets = np.where(labels > 0, high, low)

    def loss(pair: NDArray[Any]) -> tuple[float, NDArray[Any]]:
        scaled = pair[0] * logits + pair[1]
        wrong = 1 / (1 + np.exp(-scaled)) - targets
        cost = float((np.logaddexp(0, scaled) - targets * scaled).sum())
        return cost, np.array([float((wrong * logits).sum()), float(wrong.sum())])

    slope, shift = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(0.2, 5), (None, None)]).x
    return float(slope), float(shift)
