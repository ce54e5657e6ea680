"""Agreement coefficients against published examples and other people's packages, and where they are not defined."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scoring.agreement import OUTCOME_SCALE, Ratings, Why, agreement
from scoring.agreement.report import COEFFICIENTS

TABLES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "agreement" / "tables.json").read_text(encoding="utf-8")
)
_ = None


def ratings_of(rows: list[list[float | None]]) -> Ratings:
    """Numbers, one row a unit and one column a rater."""
    given = [(unit, rater, x) for unit, row in enumerate(rows) for rater, x in enumerate(row) if x is not None]
    places = sorted({x for *_, x in given})
    units, raters, values = zip(*given, strict=True)
    return Ratings.build(
        units, raters, [places.index(x) for x in values], [f"{x:g}" for x in places], places, numeric=True
    )


def words_of(*rows: str) -> Ratings:
    """Outcome words by their initials: m(et), p(artially met), n(ot met), x (not applicable), . (missing)."""
    labels = ["met", "partially_met", "not_met", "not_applicable"]
    places = [OUTCOME_SCALE.get(label, math.nan) for label in labels]  # type: ignore[call-overload]
    given = [(u, r, "mpnx".index(c)) for u, row in enumerate(rows) for r, c in enumerate(row) if c != "."]
    units, raters, codes = zip(*given, strict=True)
    return Ratings.build(units, raters, codes, labels, places)


def table(name: str) -> Ratings:
    return ratings_of(next(entry["ratings"] for entry in TABLES if entry["name"] == name))


def test_there_are_enough_reference_tables() -> None:
    assert len(TABLES) >= 40
    assert sum(any(x is None for row in entry["ratings"] for x in row) for entry in TABLES) >= 15


@pytest.mark.parametrize("entry", TABLES, ids=lambda entry: str(entry["name"]))
def test_every_coefficient_is_the_reference_packages(entry: dict[str, Any]) -> None:
    found = agreement(ratings_of(entry["ratings"])).estimates
    for name, expected in entry["expected"].items():
        value = found[name].value
        if math.isnan(expected):
            assert value is None, name
        else:
            assert value == pytest.approx(expected, abs=1e-6), name


@pytest.mark.parametrize(
    ("name", "coefficient", "printed"),
    [
        # Gwet, Handbook of Inter-Rater Reliability, 4th ed. (2014): 12 units, 4 raters, some missing
        ("gwet_2014_four_raters", "percent_agreement", 0.81818),
        ("gwet_2014_four_raters", "gwet_ac1", 0.77544),
        ("gwet_2014_four_raters", "fleiss_kappa", 0.76117),
        ("gwet_2014_four_raters", "krippendorff_alpha", 0.74342),
        # Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), example C
        ("krippendorff_2011", "krippendorff_alpha", 0.743),
        ("krippendorff_2011", "krippendorff_alpha_ordinal", 0.815),
        ("krippendorff_2011", "krippendorff_alpha_interval", 0.849),
        # Shrout and Fleiss (1979), table 4
        ("shrout_fleiss_1979", "icc_2_1", 0.29),
        # Fleiss (1971): 30 patients, 6 psychiatrists
        ("fleiss_1971", "fleiss_kappa", 0.430),
    ],
)
def test_published_examples(name: str, coefficient: str, printed: float) -> None:
    digits = len(str(printed).split(".")[1])
    value = agreement(table(name)).estimates[coefficient].value
    assert value is not None
    # Half a unit of the last digit that the authors printed.
    assert value == pytest.approx(printed, abs=0.5000001 * 10**-digits)


def test_cohens_own_example() -> None:
    # Cohen (1960): 200 cases, kappa .49
    rows = [[i, j] for (i, j), n in {(0, 0): 88, (0, 1): 14, (0, 2): 18, (1, 0): 10, (1, 1): 40, (1, 2): 10, (2, 0): 2,
            (2, 1): 6, (2, 2): 12}.items() for _ in range(n)]  # fmt: skip
    found = agreement(ratings_of([[float(x) for x in row] for row in rows])).estimates["cohen_kappa"]
    # agreed (88 + 40 + 12) / 200 = .70; chance .60 * .50 + .30 * .30 + .10 * .20 = .41; kappa .29 / .59 = .4915
    assert found.value == pytest.approx(0.29 / 0.59)


def test_two_by_two_worked_by_hand() -> None:
    # 40 both met, 9 only the first, 6 only the second, 45 neither: agreed .85
    found = agreement(words_of(*["mm"] * 40, *["mn"] * 9, *["nm"] * 6, *["nn"] * 45)).estimates
    assert found["percent_agreement"].value == pytest.approx(0.85)
    # first says met 49, second 46 of 100: chance .49 * .46 + .51 * .54 = .5008
    assert found["cohen_kappa"].value == pytest.approx((0.85 - 0.5008) / (1 - 0.5008))
    # pooled share of met .475: chance .475^2 + .525^2 = .50125
    assert found["fleiss_kappa"].value == pytest.approx((0.85 - 0.50125) / (1 - 0.50125))
    # AC1's chance is 2 * .475 * .525 = .49875
    assert found["gwet_ac1"].value == pytest.approx((0.85 - 0.49875) / (1 - 0.49875))
    # Krippendorff's: one less of the 200 ratings, 1 - .15 / (.49875 * 200 / 199)
    assert found["krippendorff_alpha"].value == pytest.approx(1 - 0.15 / (0.49875 * 200 / 199))
    # with two categories the weighted one and the plain one are the same
    assert found["weighted_kappa"].value == pytest.approx(found["cohen_kappa"].value)
    assert found["lin_ccc"].reason is Why.NOT_NUMBERS


def test_quadratic_weights_take_half_a_step_as_a_quarter_wrong() -> None:
    # The first is always met; the second met .25, partially .25, not met .5: by chance .25 * .25 + .5 * 1 = .5625
    found = agreement(words_of("mm", "mp", "mn", "mn")).estimates["weighted_kappa"]
    # and observed (0 + .25 + 1 + 1) / 4 = .5625 too: a constant rater agrees no better than chance
    assert found.value == pytest.approx(0.0)


def test_kappa_drops_at_high_prevalence_and_ac1_does_not() -> None:
    found = agreement(words_of(*["mm"] * 90, *["mn"] * 4, *["nm"] * 4, *["nn"] * 2))
    assert found.prevalence["met"] == pytest.approx(0.94)
    kappa, ac1 = found.estimates["cohen_kappa"].value, found.estimates["gwet_ac1"].value
    assert kappa is not None and ac1 is not None
    # agreed .92; kappa's chance .94^2 + .06^2 = .8872, AC1's 2 * .94 * .06 = .1128
    assert kappa == pytest.approx((0.92 - 0.8872) / 0.1128)
    assert ac1 == pytest.approx((0.92 - 0.1128) / 0.8872)


def test_what_stands_outside_the_order_is_a_category_for_nominal_and_missing_for_ordered_coefficients() -> None:
    with_x = agreement(words_of(*["mm"] * 10, *["pn"] * 5, *["nn"] * 10, *["xx"] * 5, *["mx"] * 5))
    without = agreement(words_of(*["mm"] * 10, *["pn"] * 5, *["nn"] * 10, *["m."] * 5))
    assert with_x.estimates["percent_agreement"].value == pytest.approx(25 / 35)
    assert with_x.estimates["percent_agreement"].n == 35
    for name in ("weighted_kappa", "krippendorff_alpha_ordinal", "krippendorff_alpha_interval", "gwet_ac2"):
        assert with_x.estimates[name].value == pytest.approx(without.estimates[name].value), name
        assert with_x.estimates[name].n == 25


@pytest.mark.parametrize("shift", [0.0, -3.0, 1000.0])
@pytest.mark.parametrize("stretch", [1.0, 1e-6, 250.0])
def test_a_straight_change_of_the_scale_changes_nothing(shift: float, stretch: float) -> None:
    rows: list[list[float | None]] = next(e["ratings"] for e in TABLES if e["name"] == "shrout_fleiss_1979")
    moved = agreement(ratings_of([[None if x is None else x * stretch + shift for x in row] for row in rows])).estimates
    for name, estimate in agreement(ratings_of(rows)).estimates.items():
        assert moved[name].value == (None if estimate.value is None else pytest.approx(estimate.value, abs=1e-6)), name


@pytest.mark.parametrize(
    ("rows", "reasons"),
    [
        (["mm"] * 30, {"percent_agreement": None, "cohen_kappa": Why.ALL_EQUAL, "gwet_ac1": Why.ALL_EQUAL}),
        (["m"] * 10 + ["n"] * 20,
         {"percent_agreement": Why.NO_PAIRS, "cohen_kappa": Why.NOT_TWO_RATERS, "gwet_ac1": Why.NO_PAIRS}),
        (["m."] * 20 + [".n"] * 20, {"percent_agreement": Why.NO_PAIRS, "cohen_kappa": Why.NO_PAIRS, "gwet_ac1": Why.NO_PAIRS}),
        (["xx"] * 30, {"percent_agreement": None, "weighted_kappa": Why.NO_PAIRS, "krippendorff_alpha_ordinal": Why.NO_PAIRS}),
        (["mmm", "mnm"],
         {"cohen_kappa": Why.NOT_TWO_RATERS, "weighted_kappa": Why.NOT_TWO_RATERS, "fleiss_kappa": Why.FEW_ITEMS}),
        (["mx"] * 15 + ["xn"] * 15, {"weighted_kappa": Why.NO_PAIRS, "gwet_ac2": Why.NO_PAIRS, "cohen_kappa": None}),
    ],
    ids=["all equal", "one rater", "never the same item", "no order", "three raters", "never both in order"],
)  # fmt: skip
def test_where_a_coefficient_is_not_defined(rows: list[str], reasons: dict[str, Why | None]) -> None:
    found = agreement(words_of(*rows)).estimates
    for name, reason in reasons.items():
        assert found[name].reason is reason, name
        if reason not in (None, Why.FEW_ITEMS):
            assert (found[name].value, found[name].low, found[name].high) == (None, None, None)


def test_no_coefficient_is_ever_not_a_number() -> None:
    rng = np.random.default_rng(3)
    for _round in range(200):
        n, raters = rng.integers(1, 6), rng.integers(1, 4)
        rows = ["".join(rng.choice(list("mpnx."), size=raters)) for _unit in range(n)]
        if any(c != "." for row in rows for c in row):
            for name, estimate in agreement(words_of(*rows)).estimates.items():
                assert (estimate.value is None) == (estimate.reason not in (None, Why.FEW_ITEMS)), (rows, name)
                assert estimate.value is None or math.isfinite(estimate.value), (rows, name)


def test_bland_altman_limits_of_the_1986_paper() -> None:
    # 17 people: mean difference 2.1 l/min (large minus mini -2.1), standard deviation 38.8
    found = agreement(table("bland_altman_1986")).bland_altman
    assert found["bias"].value == pytest.approx(2.1, abs=0.05)
    assert found["lower"].value == pytest.approx(2.1 - 1.96 * 38.8, abs=0.2)
    assert found["upper"].value == pytest.approx(2.1 + 1.96 * 38.8, abs=0.2)
    assert found["bias"].low is None and found["bias"].reason is Why.FEW_ITEMS


def test_every_coefficient_has_a_name_of_the_contract() -> None:
    assert {*COEFFICIENTS, "icc_2_1"} == {
        "percent_agreement", "cohen_kappa", "weighted_kappa", "fleiss_kappa", "krippendorff_alpha",
        "krippendorff_alpha_ordinal", "krippendorff_alpha_interval", "gwet_ac1", "gwet_ac2", "icc_2_1", "lin_ccc",
    }  # fmt: skip
