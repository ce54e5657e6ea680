"""The language evaluation's arithmetic, by hand, and its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.language.acts.examples import TEST_BATCH, read_batches
from qa.language.acts.head import load_act_head
from qa.model import Act
from tools.eval_language import acts_on_sentences, f1, reliability, reliability_svg, tables


def test_f1_with_its_counts() -> None:
    gold, found = np.array([1, 1, 0, 0, 1], dtype=bool), np.array([1, 0, 1, 0, 1], dtype=bool)
    # 2 right of 3 found and of 3 true: precision, recall and F1 are 2/3.
    assert f1(gold, found) == {"n": 3, "found": 3, "right": 2, "precision": 0.667, "recall": 0.667, "f1": 0.667}


def test_f1_of_an_act_that_never_occurs_is_none() -> None:
    none = np.zeros(3, dtype=bool)
    assert f1(none, none)["f1"] is None
    assert f1(none, np.ones(3, dtype=bool)) == {
        "n": 0,
        "found": 3,
        "right": 0,
        "precision": 0.0,
        "recall": None,
        "f1": None,
    }


def test_reliability_by_hand() -> None:
    # Bin 0.2..0.3: said 0.25, right 1 of 2 (off by 0.25); bin 0.9..1: said 0.95 and 1.0, right both (off by 0.025).
    found = reliability(np.array([0.25, 0.25, 0.95, 1.0]), np.array([1, 0, 1, 1]))
    assert found["bins"] == [{"n": 2, "said": 0.25, "right": 0.5}, {"n": 2, "said": 0.975, "right": 1.0}]
    assert found["expected_calibration_error"] == pytest.approx(0.138, abs=1e-3)  # (2 * 0.25 + 2 * 0.025) / 4 = 0.1375


def figures() -> dict[str, Any]:
    row: dict[str, Any] = {"n": 4, "macro_f1": 0.7, "macro_f1_as_turns": 0.6, "accuracy": 0.75}
    row["reliability"] = reliability(np.array([0.25, 0.25, 0.95, 1.0]), np.array([1, 0, 1, 1]))
    greets = {"n": 3, "found": 3, "right": 2, "precision": 0.667, "recall": 0.667, "f1": 0.667}
    return {
        "acts": {
            "test_batch": "c",
            "sentences": {"en": {"sentences": 5, "macro_f1": 0.667, "acts": {"greets": greets}}},
            "calls": [],
        },
        "sentiment": {"service turns en, test": row},
        "empathy": {"n": 770, "quadratic_weighted_kappa": {"en": 0.78, "zh": 0.76}},
    }


def test_tables_and_plot() -> None:
    page = "\n".join(tables(figures()))
    assert "| greets | 3 | 3 | 2 | 0.667 | 0.667 | 0.667 |" in page
    assert "| service turns en, test | 4 | 0.700 | 0.600 | 0.750 | 0.138 |" in page
    assert "en 0.78, zh 0.76" in page
    plot = reliability_svg(figures())
    assert plot.startswith("<svg ")
    assert plot.count("<circle") == 2


class OneForAll:
    """An embedder that tells no sentence from another."""

    def __init__(self, name: str) -> None:
        self.name = name

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.full((len(texts), 512), 512**-0.5, dtype=np.float32)


def test_an_act_that_the_batch_was_labelled_without_is_left_out() -> None:
    labelled = {act for example in read_batches() if example.batch == TEST_BATCH for act in example.judged}
    head = load_act_head()
    found = acts_on_sentences(head, OneForAll(head.embedder), TEST_BATCH)
    assert Act.TELLS_RECORD not in labelled
    assert found["en"]["acts"].keys() == {act.value for act in labelled}
