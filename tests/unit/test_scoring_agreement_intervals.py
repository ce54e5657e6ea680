"""The intervals: what they hold, how wide they are, and how often they are right."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np
import pytest

from scoring.agreement import Why, agreement
from scoring.agreement.coefficients import cohen_kappa, fleiss_kappa, gwet_ac1
from scoring.agreement.intervals import Method, delta_interval, standard_error
from scoring.agreement.report import COEFFICIENTS
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


def test_the_quantile_is_the_normal_one_or_students_over_the_items() -> None:
    ratings = words_of(*["mm"] * 16, *["nn"] * 8, *["mn"] * 6)
    plain = cohen_kappa(ratings)
    normal = delta_interval(cohen_kappa, ratings, plain, Method(0, 1, normal=True))
    student = delta_interval(cohen_kappa, ratings, plain, Method(0, 1))
    assert normal is not None and student is not None
    # 97.5 % quantiles: normal 1.959964, t of 29 degrees of freedom 2.045230
    assert (normal[1] - normal[0]) / (student[1] - student[0]) == pytest.approx(1.959964 / 2.045230, abs=1e-6)
    assert sum(normal) / 2 == pytest.approx(plain.value)


def test_two_answers_have_one_distance_so_the_coefficients_of_distances_have_the_nominal_interval() -> None:
    pairs = [[1.0, 1.0]] * 19 + [[2.0, 2.0]] * 7 + [[1.0, 2.0]] * 3 + [[2.0, 1.0]]
    found = agreement(ratings_of([list[float | None](pair) for pair in pairs])).estimates
    for nominal, *others in (
        ("cohen_kappa", "weighted_kappa", "lin_ccc"),
        ("krippendorff_alpha", "krippendorff_alpha_ordinal", "krippendorff_alpha_interval"),
        ("gwet_ac1", "gwet_ac2"),
    ):
        one = found[nominal]
        for name in others:
            other = found[name]
            assert [other.value, other.low, other.high] == pytest.approx([one.value, one.low, one.high]), name


@pytest.mark.parametrize(("name", "truth"), [("cohen_kappa", 0.8), ("gwet_ac1", 0.496 / 0.58)])
def test_exact_coverage_of_two_raters_and_two_answers(name: str, truth: float) -> None:
    """Every table of 30 items is weighed with its probability, so no noise blurs the promise of 93 to 97 %."""
    # 70 % say "m", kappa is .8: P(mm) = .7 * .7 + .8 * .21, P(nn) = .3 * .3 + .8 * .21, P(mn) = P(nm) = .2 * .21
    # AC1: agreement .916, by chance 2 * .7 * .3 = .42
    chances = {"mm": 0.658, "nn": 0.258, "mn": 0.042, "nm": 0.042}
    spec = COEFFICIENTS[name]
    held = given = 0.0
    for table_of_30 in _tables(30, list(chances)):
        chance = math.exp(
            math.lgamma(31) + sum(n * math.log(chances[pair]) - math.lgamma(n + 1) for pair, n in table_of_30.items())
        )
        if chance < 1e-6 or 30 in (table_of_30["mm"], table_of_30["nn"]):  # one answer in use: no value, so no interval
            continue
        ratings = words_of(*itertools.chain(*([pair] * n for pair, n in table_of_30.items())))
        interval = spec.interval(ratings, spec.compute(ratings))
        assert interval is not None
        given += chance
        held += chance * (interval[0] <= truth <= interval[1])
    assert given > 0.999
    assert 0.93 <= held / given <= 0.97


def _tables(n: int, pairs: list[str]) -> Iterator[dict[str, int]]:
    """Every way to share ``n`` items out among the pairs of answers."""
    if len(pairs) == 1:
        yield {pairs[0]: n}
        return
    for first in range(n + 1):
        for rest in _tables(n - first, pairs[1:]):
            yield {pairs[0]: first, **rest}


@pytest.mark.parametrize("answers", ["2 answers, 50 %", "2 answers, 90 %"])
def test_coverage_of_a_small_simulation(answers: str) -> None:
    found = {c.coefficient: c.covered for c in measure(Cell(answers, 2, 30, 0.6), rounds=400, seed=1)}
    for name in ("cohen_kappa", "krippendorff_alpha", "gwet_ac1", "icc_2_1"):
        # 95 % with three standard errors of 400 draws (1.1 % each)
        assert 0.917 < found[name] < 0.99, name
