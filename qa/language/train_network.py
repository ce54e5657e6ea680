"""How a ``Network`` is fitted: AdamW in mini-batches with dropout, a second task, calibration on rows held out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from qa.language.network import LAYERS, TERM_SCALE, VECTOR_SCALE, Network, softmax
from qa.language.ngrams import Vocabulary
from qa.language.packed import Matrix
from qa.language.vectors import Vectors

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_SEED = 7
_TERM_WIDTH, _HIDDEN = 48, 256
_EPOCHS, _BATCH = 6, 64
_RATE, _WARM_UP, _DECAY = 2e-3, 0.3, 0.01
_DROP_INPUT, _DROP_HIDDEN = 0.3, 0.5
_SMOOTHING = 0.05
_SECOND_TASK = 5.0
_FIRST_MOMENT, _SECOND_MOMENT = 0.9, 0.999


@dataclass(frozen=True, slots=True)
class Lessons:
    """What to learn: for each row a label (-1 where the first task has none), its weight, and the second task's marks (n, k)."""

    vectors: Vectors
    terms: csr_matrix
    labels: NDArray[np.int64]
    weights: Matrix
    marks: Matrix


def fit_network(lessons: Lessons, vocabulary: Vocabulary, n_labels: int) -> Network:
    """The network after six passes. The second task (independent yes/no marks) shapes the hidden layer and is then dropped."""
    rng = np.random.default_rng(_SEED)
    state = _start(rng, lessons.vectors.shape[1], len(vocabulary.terms), n_labels, lessons.marks.shape[1])
    first = {name: np.zeros_like(value) for name, value in state.items()}
    second = {name: np.zeros_like(value) for name, value in state.items()}
    n_rows = len(lessons.labels)
    n_steps = _EPOCHS * -(-n_rows // _BATCH)
    step = 0
    for _ in range(_EPOCHS):
        order = rng.permutation(n_rows)
        for start in range(0, n_rows, _BATCH):
            step += 1
            rate = _RATE * min(step / (_WARM_UP * n_steps), (n_steps - step) / ((1 - _WARM_UP) * n_steps))
            for name, gradient in _gradients(state, lessons, order[start : start + _BATCH], rng).items():
                first[name] += (1 - _FIRST_MOMENT) * (gradient - first[name])
                second[name] += (1 - _SECOND_MOMENT) * (gradient**2 - second[name])
                size = np.sqrt(second[name] / (1 - _SECOND_MOMENT**step)) + 1e-8
                state[name] -= rate * (first[name] / (1 - _FIRST_MOMENT**step) / size + _DECAY * state[name])
    return Network(vocabulary, {name: state[name] for name in LAYERS}, state["hidden_bias"], state["output_bias"])


def calibrated(network: Network, lessons: Lessons) -> Network:
    """The network with one slope and one shift for each label that make its probabilities true on rows held out."""
    from scipy.optimize import minimize

    logits = network.logits_of(lessons.terms, lessons.vectors)
    n_labels = logits.shape[1]
    truth = np.eye(n_labels)[lessons.labels]

    def loss(values: NDArray[Any]) -> float:
        chances = softmax(logits * values[0] + values[1:])
        return float(-np.log((chances * truth).sum(axis=1) + 1e-12).mean())

    slope, *shifts = minimize(loss, np.array([1.0, *[0.0] * n_labels]), method="L-BFGS-B").x
    layers = {
        name: rows * np.float32(slope) if name in ("direct", "output") else rows
        for name, rows in network.layers.items()
    }
    shift = np.array(shifts, dtype=np.float32)
    return Network(network.vocabulary, layers, network.hidden_bias, network.output_bias * np.float32(slope) + shift)


def _start(rng: np.random.Generator, width: int, n_terms: int, n_labels: int, n_marks: int) -> dict[str, Matrix]:
    def layer(rows: int, columns: int) -> Matrix:
        return np.asarray(rng.uniform(-1, 1, (rows, columns)) / np.sqrt(rows), dtype=np.float32)

    return {
        "terms": np.asarray(rng.standard_normal((n_terms, _TERM_WIDTH)) * 0.1, dtype=np.float32),
        "direct": np.zeros((n_terms, n_labels), dtype=np.float32),
        "hidden": layer(width + _TERM_WIDTH, _HIDDEN),
        "hidden_bias": np.zeros(_HIDDEN, dtype=np.float32),
        "output": layer(_HIDDEN, n_labels),
        "output_bias": np.zeros(n_labels, dtype=np.float32),
        "marks": layer(_HIDDEN, n_marks),
        "marks_bias": np.full(n_marks, -3, dtype=np.float32),
    }


def _gradients(
    state: dict[str, Matrix], lessons: Lessons, rows: NDArray[np.int64], rng: np.random.Generator
) -> dict[str, Matrix]:
    terms = lessons.terms[rows]
    terms.data = terms.data * _kept(rng, terms.data.shape, _DROP_INPUT)
    inputs = np.concatenate([lessons.vectors[rows] * VECTOR_SCALE, terms @ state["terms"] * TERM_SCALE], axis=1)
    input_kept = _kept(rng, inputs.shape, _DROP_INPUT)
    inputs = inputs * input_kept
    before = inputs @ state["hidden"] + state["hidden_bias"]
    hidden_kept = _kept(rng, before.shape, _DROP_HIDDEN) * (before > 0)
    hidden = before * hidden_kept

    chances = softmax(hidden @ state["output"] + state["output_bias"] + terms @ state["direct"])
    labels = lessons.labels[rows]
    truth = np.full(chances.shape, _SMOOTHING / chances.shape[1], dtype=np.float32)
    truth[np.arange(len(rows)), np.maximum(labels, 0)] += 1 - _SMOOTHING
    wrong = (chances - truth) * (lessons.weights[rows] * (labels >= 0))[:, None] / len(rows)

    marks = 1 / (1 + np.exp(-(hidden @ state["marks"] + state["marks_bias"])))
    wrong_marks = (marks - lessons.marks[rows]) * (_SECOND_TASK / marks.size)

    to_hidden = (wrong @ state["output"].T + wrong_marks @ state["marks"].T) * hidden_kept
    to_terms = (to_hidden @ state["hidden"].T * input_kept)[:, lessons.vectors.shape[1] :] * TERM_SCALE
    return {
        "terms": terms.T @ to_terms,
        "direct": terms.T @ wrong,
        "hidden": inputs.T @ to_hidden,
        "hidden_bias": to_hidden.sum(axis=0),
        "output": hidden.T @ wrong,
        "output_bias": wrong.sum(axis=0),
        "marks": hidden.T @ wrong_marks,
        "marks_bias": wrong_marks.sum(axis=0),
    }


def _kept(rng: np.random.Generator, shape: tuple[int, ...], dropped: float) -> Matrix:
    return np.asarray((rng.random(shape, dtype=np.float32) >= dropped) / (1 - dropped), dtype=np.float32)
