"""Fine-tuning: what PyTorch learns is what numpy runs, batches hold every comment once, and the joint fit finds who is right."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
import torch

from qa.language.adapter import Adapter, FineTuned
from qa.language.encoder import Encoder
from qa.language.minilm import N_BLOCKS, N_HEADS
from qa.language.sentiment import LABELS
from tests.unit.test_language_encoder import WIDTH, tiny
from tools.tone_student import Student
from tools.train_tones import Lessons, batches, beside, fine_tuned

ROWS = [[1, 2, 3], [4, 5, 6, 7, 8], [9, 10]]


def test_what_is_learned_is_what_runs() -> None:
    weights = tiny(N_BLOCKS)
    student = Student(weights, len(LABELS) + 2, seed=7)
    for name, value in student.learned.items():
        if name.endswith(".up"):
            value.data.normal_(std=0.1)
    padded = torch.tensor([row + [0] * (5 - len(row)) for row in ROWS])
    outputs = student.outputs(student.lower(padded), padded != 0, training=False).detach().numpy()
    adapter = student.adapter()
    encoder = Encoder(adapter.changed(weights), N_BLOCKS, N_HEADS)
    reader = FineTuned(encoder, lambda texts: [ROWS[int(text)] for text in texts], adapter.head, adapter.bias)
    assert reader.logits(["0", "1", "2"]) == pytest.approx(outputs[:, : len(LABELS)], abs=1e-4)


def test_a_short_lesson_changes_the_upper_blocks_only() -> None:
    lessons = Lessons(ROWS * 20, np.array([0, 1, 2] * 20), np.zeros((60, 2), dtype=np.float32))
    adapter = fine_tuned(tiny(N_BLOCKS), lessons, minutes=0.01)
    assert {name.split(".")[2] for name in adapter.changes} == {"2", "3", "4", "5"}
    assert all(np.abs(up).max() > 0 for _, up in adapter.changes.values())
    assert adapter.head.shape == (WIDTH, len(LABELS))
    again = fine_tuned(tiny(N_BLOCKS), lessons, minutes=1e-9, start=adapter)  # no time: what it started from
    assert all(np.array_equal(again.changes[name][1], up) for name, (_, up) in adapter.changes.items())
    assert np.array_equal(again.head, adapter.head)


def test_every_comment_once_a_pass() -> None:
    lengths = np.array([3, 9] * 80)
    one_pass = list(islice(batches(lengths, seed=7), 10))
    assert sorted(np.concatenate(one_pass)) == list(range(160))
    assert all(len(set(lengths[rows])) == 1 for rows in one_pass)


def test_joint_fit_trusts_who_is_right() -> None:
    rng = np.random.default_rng(1)
    gold = rng.integers(0, 3, 600)
    right = (np.eye(3)[gold] * 2 + rng.standard_normal((600, 3))).astype(np.float32)
    noise = rng.standard_normal((600, 3)).astype(np.float32)
    start = Adapter("tiny", LABELS, {}, np.eye(3, dtype=np.float32), np.zeros(3, dtype=np.float32))
    adapter, weight = beside(start, noise, right, gold)
    assert weight == pytest.approx(2, abs=0.4)  # the log odds of two normals that lie 2 apart
    assert np.abs(adapter.head).max() < 0.2
