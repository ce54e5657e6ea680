"""The training data's readers, on small files laid out as their publishers lay them out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from qa.language.train_sentiment import agreement, embedded, fit, judged, main, read_goemotions, read_multidogo
from tests.language_builders import FakeEmbedder


def test_goemotions_keeps_single_clear_labels(tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("ambiguous\nnegative\nneutral\npositive\n")
    rows = ["I hate it\t1\ta", 'a "quoted word\t2\tb', "mixed\t1,3\tc", "what?\t0\td", "love\t3\te"]
    (tmp_path / "dev.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    found = {example.text: example.label for example in read_goemotions(tmp_path, "dev")}
    assert found == {"I hate it": "negative", 'a "quoted word': "neutral", "love": "positive"}


def test_multidogo_keeps_plain_requests(tmp_path: Path) -> None:
    (tmp_path / "finance").mkdir()
    lines = [
        "utterance\tintent",
        "i lost my credit card\treportlostcard",
        "thank you very much indeed\tthankyou",
        "too short\tcontentonly",
        "two intents at the same time\tcheckbalance<div>orderchecks",
        '"a cell with\na line break in it"\tcontentonly',
    ]
    (tmp_path / "finance" / "train.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = {example.text for example in read_multidogo(tmp_path)}
    assert found == {"i lost my credit card", "a cell with\na line break in it"}


def test_vectors_are_kept_in_the_cache(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    first = embedded(embedder, ["a", "b"], tmp_path)
    assert np.array_equal(embedded(embedder, ["a", "b"], tmp_path), first)
    assert embedder.given == ["a", "b"]
    embedded(embedder, ["a"], tmp_path)
    assert embedder.given == ["a", "b", "a"]


def test_fit_learns_three_directions() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    labels = ["positive"] * 4 + ["negative"] * 4 + ["neutral"] * 4
    head = fit(vectors, labels, [10.0] * 12, embedder="x")
    assert judged(head, np.eye(3, dtype=np.float32)) == ["positive", "negative", "neutral"]


def test_agreement_by_hand() -> None:
    # F1: negative 2 * 1 / (2 + 1) = 2/3, neutral 2 * 1 / (1 + 2) = 2/3, positive 1; mean 7/9 = 0.778; 3 of 4 are right.
    found = agreement(["negative", "negative", "neutral", "positive"], ["negative", "neutral", "neutral", "positive"])
    assert found == {"n": 4, "macro_f1": 0.778, "accuracy": 0.75}


def test_missing_data_are_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--data", str(tmp_path)])
    assert result.exit_code == 2
    assert "labels.txt: training data are missing" in result.output


@pytest.mark.parametrize("arguments", [[], ["--data", "nowhere"]])
def test_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, arguments).exit_code == 2
