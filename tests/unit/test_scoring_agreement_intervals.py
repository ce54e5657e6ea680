"""The intervals: what they hold, how wide they are, and how often they are right."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.agreement import Why, agreement
from scoring.agreement.coefficients import fleiss_kappa, gwet_ac1
from scoring.agreement.intervals import standard_error
from tests.unit.test_scoring_agreement import ratings_of, table, words_of
from tools.simulate_agreement import Cell, measure


def test_the_standard_errors_of_a_complete_table_are_irrcacs() -> None:
    # irrCAC 0.4.4 on Fleiss' 30 patients and 6 psychiatrists
    assert standard_error(gwet_ac1(table("fleiss_1971"))) == pytest.approx(0.055662142, abs=1e-8)
    assert standard_error(fleiss_kappa(table("fleiss_1971"))) == pytest.approx(0.054198936, abs=1e-8)


@pytest.mark.parametrize("n", [20, 30, 49, 50, 200])
def test_perfect_agreement_in_a_sample_is_no_proof_of_perfect_agreement(n: int) -> None:
    found = agreement(words_of(*["mm"] * (n - n // 3), *["nn"] * (n // 3)))
    for name in (
        "percent_agreement",
        "cohen_kappa",
        "fleiss_kappa",
        "krippendorff_alpha",
        "gwet_ac1",
        "weighted_kappa",
    ):
        estimate = found.estimates[name]
        assert estimate.value == estimate.high == 1
        assert estimate.low is not None and 1 - 12 / n < estimate.low < 1 - 1 / n, name
    assert bool(found.warnings) == (n < 50)


@pytest.mark.parametrize(("n", "reason"), [(19, Why.FEW_ITEMS), (20, None)])
def test_there_is_no_interval_below_20_items(n: int, reason: Why | None) -> None:
    rows: list[list[float | None]] = [[1.0, 1.0], [2.0, 2.0], [1.0, 2.0], [3.0, 3.0]] * 5
    # Items that were rated once do not count.
    found = agreement(ratings_of([*rows[:n], *([[1.0, None]] * 40)]))
    for name, estimate in found.estimates.items():
        assert estimate.value is not None and estimate.reason is reason, name
        assert (estimate.low is None) == (estimate.high is None) == (reason is not None), name


def test_every_interval_holds_its_value_and_stays_between_minus_one_and_one() -> None:
    rng = np.random.default_rng(8)
    for _ in range(60):
        n, raters, q = rng.integers(20, 60), rng.integers(2, 5), rng.integers(2, 6)
        grid = rng.integers(0, q, size=(n, raters)).astype(float)
        grid[:, 1:] = np.where(rng.random((n, raters - 1)) < rng.random(), grid[:, :1], grid[:, 1:])
        rows: list[list[float | None]] = [[None if rng.random() < 0.15 else float(x) for x in row] for row in grid]
        for name, found in agreement(ratings_of(rows)).estimates.items():
            if found.value is not None and found.low is not None and found.high is not None:
                assert -1 <= found.low <= found.value <= found.high <= 1, name


def test_four_times_the_items_halve_the_interval() -> None:
    block = ["mm"] * 30 + ["nn"] * 20 + ["mn"] * 6 + ["nm"] * 4
    one, four = (agreement(words_of(*block * times)).estimates["cohen_kappa"] for times in (2, 8))
    assert one.low is not None and one.high is not None and four.low is not None and four.high is not None
    assert (four.high - four.low) / (one.high - one.low) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("answers", ["2 answers, 50 %", "2 answers, 90 %"])
def test_coverage_of_a_small_simulation(answers: str) -> None:
    found = {c.coefficient: c.covered for c in measure(Cell(answers, 2, 30, 0.6), rounds=400, seed=1)}
    for name in ("cohen_kappa", "krippendorff_alpha", "gwet_ac1", "icc_2_1"):
        # 95 % with three standard errors of 400 draws (1.1 % each)
        assert 0.917 < found[name] < 0.99, name
