"""The network's training on a task that a hand can check, its calibration, and the reader of comments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.language.network import Network, softmax
from qa.language.ngrams import Vocabulary
from qa.language.train_comments import fit_service_share, read_comments
from qa.language.train_network import Lessons, calibrated, fit_network


def lessons(n: int = 3_000) -> tuple[Lessons, Vocabulary]:
    """Label 0 where the vector points up, 1 where it points down and the text says "blue", 2 where it says "red"."""
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, n)
    vectors = np.zeros((n, 4), dtype=np.float32)
    vectors[:, 0] = np.where(labels == 0, 1, -1)
    vocabulary = Vocabulary({"blue": 0, "red": 1}, np.ones(2, dtype=np.float32))
    terms = vocabulary.matrix([("up", "blue", "red")[label] for label in labels])
    marks = (labels == 0)[:, None].astype(np.float32)
    return Lessons(vectors, terms, labels, np.ones(n, dtype=np.float32), marks), vocabulary


def test_learns_from_vectors_and_from_terms() -> None:
    task, vocabulary = lessons()
    network = fit_network(task, vocabulary, 3)
    found = network.logits_of(task.terms, task.vectors).argmax(axis=1)
    assert (found == task.labels).all()
    up, down = np.eye(4, dtype=np.float32)[:1], -np.eye(4, dtype=np.float32)[:1]
    assert network.logits(["red"], down).argmax() == 2
    assert network.logits(["nothing known"], up).argmax() == 0


def test_rows_without_a_label_teach_nothing_but_their_marks() -> None:
    task, vocabulary = lessons(120)
    blind = Lessons(task.vectors, task.terms, np.full_like(task.labels, -1), task.weights, task.marks)
    network = fit_network(blind, vocabulary, 3)
    assert (network.layers["direct"] == 0).all()


def test_same_data_give_the_same_weights() -> None:
    task, vocabulary = lessons(64)
    first, second = fit_network(task, vocabulary, 3), fit_network(task, vocabulary, 3)
    assert np.array_equal(first.layers["hidden"], second.layers["hidden"])


def test_calibration_by_hand() -> None:
    # A network that knows nothing, on rows of which half are 0 and a quarter each 1 and 2, must say just that.
    vocabulary = Vocabulary({"a": 0}, np.ones(1, dtype=np.float32))
    shapes = {"terms": (1, 1), "direct": (1, 3), "hidden": (5, 1), "output": (1, 3)}
    layers = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes.items()}
    network = Network(vocabulary, layers, np.zeros(1, dtype=np.float32), np.array([0, 3, 0], dtype=np.float32))
    labels = np.array([0, 0, 1, 2] * 25)
    vectors = np.zeros((100, 4), dtype=np.float32)
    ones = np.ones(100, dtype=np.float32)
    task = Lessons(vectors, vocabulary.matrix(["a"] * 100), labels, ones, ones[:, None])
    chances = softmax(calibrated(network, task).logits(["a"], vectors[:1]))
    assert chances[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-3)


def test_service_share_tells_two_kinds_apart() -> None:
    service, comments = np.eye(2, dtype=np.float32)[[0] * 20], np.eye(2, dtype=np.float32)[[1] * 80]
    weights, bias = fit_service_share(service, comments, [1.0] * 20)
    assert weights[0] + bias > 1 > -1 > weights[1] + bias


def test_comments_with_their_tone_and_emotions(tmp_path: Path) -> None:
    for kind, labels in (("group", "ambiguous negative neutral positive"), ("original", "anger joy neutral")):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "labels.txt").write_text("\n".join(labels.split()) + "\n")
    (tmp_path / "group" / "train.tsv").write_text("I hate it\t1\ta\nmixed\t1,3\tb\nwhat\t0\tc\nlove\t3\td\n")
    (tmp_path / "original" / "train.tsv").write_text("I hate it\t0\ta\nmixed\t0,1\tb\nwhat\t2\tc\nlove\t1\td\n")
    texts, tones, marks = read_comments(tmp_path)
    assert texts == ["I hate it", "mixed", "what", "love"]
    assert tones.tolist() == [0, -1, -1, 2]
    assert marks.tolist() == [[1, 0, 0], [1, 1, 0], [0, 0, 1], [0, 1, 0]]
