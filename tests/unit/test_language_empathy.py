"""The empathy head: its file, its arithmetic by hand, its training on few sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.language.empathy import EmpathyHead, EmpathyLevel, empathy_level, load_empathy_head
from qa.language.train_empathy import best_cuts, near_copies, quadratic_kappa, read_rated
from qa.language.vectors import USE_MULTILINGUAL
from qa.model import ModelUnavailable
from tests.language_builders import FakeEmbedder

NONE, WEAK, STRONG = EmpathyLevel.NONE, EmpathyLevel.WEAK, EmpathyLevel.STRONG


def test_levels_by_hand() -> None:
    head = EmpathyHead("x", np.array([2.0, 0.0], dtype=np.float32), 0.1, 0.5, 1.5)
    # Scores 0.1, 0.5 (a cut belongs to the level above it), 1.1 and 2.1.
    vectors = np.array([[0, 1], [0.2, 0], [0.5, 0], [1, 0]], dtype=np.float32)
    assert head.levels(vectors) == [NONE, WEAK, WEAK, STRONG]


def test_shipped_head_refuses_vectors_of_another_encoder() -> None:
    assert load_empathy_head().embedder == USE_MULTILINGUAL
    assert load_empathy_head().weights.shape == (512,)
    assert len(empathy_level(["a", "b"], FakeEmbedder())) == 2
    with pytest.raises(ModelUnavailable, match="sentence vectors come from other"):
        empathy_level(["a"], FakeEmbedder(name="other"))


@pytest.mark.parametrize("change", [{"schema": "qa.empathy/0"}, {"cuts": [2, 1]}, {"cuts": [1]}, {"weights": [[1.0]]}])
def test_another_file_is_refused(change: dict[str, object]) -> None:
    document = {"schema": "qa.empathy/1", "embedder": "x", "weights": [1.0], "bias": 0, "cuts": [0.5, 1.5]}
    EmpathyHead.from_document(document, where="f.json")
    with pytest.raises(ModelUnavailable, match=r"f\.json: not an empathy model"):
        EmpathyHead.from_document(document | change, where="f.json")


def test_quadratic_kappa_by_hand() -> None:
    gold, found = np.array([0, 1, 2, 2]), np.array([0, 1, 2, 0])
    # Seen: one error of distance 2, 4. By chance: counts 1, 1, 2 against 2, 1, 1, products / 4 times squared distances:
    # (1*1*1 + 1*1*4 + 1*2*1 + 1*1*1 + 2*2*4 + 2*1*1) / 4 = 26 / 4. Kappa = 1 - 4 / 6.5.
    assert quadratic_kappa(gold, found) == pytest.approx(1 - 4 / 6.5)
    assert quadratic_kappa(gold, gold) == 1


def test_best_cuts_part_what_can_be_parted() -> None:
    scores = np.linspace(0, 1, 90).astype(np.float32)
    levels = np.repeat([0, 1, 2], 30)
    low, high = best_cuts(scores, levels)
    assert low == pytest.approx(1 / 3, abs=0.03)
    assert high == pytest.approx(2 / 3, abs=0.03)


def test_near_copies_share_a_group() -> None:
    groups = near_copies(
        ["How did that make you feel today?", "how did that make you feel today", "Take a deep breath."]
    )
    assert groups[0] == groups[1] != groups[2]


def test_rated_sentences_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "empathy").mkdir()
    head = "id,response,annotator1_score,annotator2_score,annotator3_score,empathy_score\n"
    (tmp_path / "empathy" / "EN_dev.csv").write_text(f"{head}1,I see,0,0,1,0\n", encoding="utf-8")
    (tmp_path / "empathy" / "ZH_dev.csv").write_text(f"\ufeff{head}1,我明白,0,0,1,0\n", encoding="utf-8")
    (found,) = read_rated(tmp_path)
    assert (found.english, found.mandarin, found.level) == ("I see", "我明白", 0)
    assert found.mean == pytest.approx(1 / 3)
