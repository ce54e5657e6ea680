"""Confidences as frequencies: curves worked by hand, what they must keep, and the costs of asking a person."""

from __future__ import annotations

import math

import numpy as np
import pytest

from qa.model import UsageError
from scoring.confidence import (
    ISOTONIC_FROM,
    PLATT_BELOW,
    Way,
    error_by_chance,
    expected_calibration_error,
    fit,
    handover,
    reliability_table,
    way_for,
)

RNG = np.random.default_rng(7)
SCORES = RNG.beta(3, 1.5, 400).round(2)
RIGHT = RNG.random(400) < 0.4 + 0.45 * SCORES


@pytest.mark.parametrize(
    ("n", "way"),
    [
        (20, Way.PLATT),
        (PLATT_BELOW - 1, Way.PLATT),
        (PLATT_BELOW, Way.VENN_ABERS),
        (ISOTONIC_FROM - 1, Way.VENN_ABERS),
        (ISOTONIC_FROM, Way.ISOTONIC),
    ],
)
def test_the_way_goes_by_how_much_there_is(n: int, way: Way) -> None:
    assert way_for(n) is way


def test_isotonic_worked_by_hand() -> None:
    # Five each of 0.2, 0.4, 0.6, 0.8 with 1, 3, 2, 5 right: shares .2, .6, .4, 1. The middle two violate the order and are
    # pooled to 5 of 10. Between 0.2 and 0.4 the line from .2 to .5 is at .35 half way.
    scores = np.repeat([0.2, 0.4, 0.6, 0.8], 5)
    right = [1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1]
    found = fit(scores, right, Way.ISOTONIC)([0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0])
    assert found == pytest.approx([0.2, 0.2, 0.35, 0.5, 0.5, 0.5, 1.0, 1.0])


def test_venn_abers_worked_by_hand() -> None:
    # Twenty scores of 0.5, 15 right; one more as wrong is 15/21, as right 16/21; merged (16/21) / (1 - 15/21 + 16/21) = 16/22.
    found = fit([0.5] * 20, [1] * 15 + [0] * 5, Way.VENN_ABERS)([0.5])
    assert found == pytest.approx([16 / 22])


def test_platt_worked_by_hand() -> None:
    # All scores 0.5, 15 of 20 right: smoothed targets are 16/17 and 1/7, their mean (15 * 16/17 + 5 * 1/7) / 20.
    found = fit([0.5] * 20, [1] * 15 + [0] * 5, Way.PLATT)([0.5])
    assert found == pytest.approx([(15 * 16 / 17 + 5 / 7) / 20], abs=1e-5)


@pytest.mark.parametrize("way", Way)
def test_a_curve_never_falls_and_stays_a_probability(way: Way) -> None:
    grid = np.linspace(0, 1, 21)
    for right in (RIGHT, ~RIGHT, np.ones(400), np.zeros(400)):
        found = fit(SCORES, right, way)(grid)
        assert found.shape == grid.shape
        assert np.all(np.diff(found) >= -1e-9)
        assert np.all((found >= 0) & (found <= 1))


@pytest.mark.parametrize("way", Way)
def test_calibrating_brings_the_error_down_on_verdicts_not_seen(way: Way) -> None:
    curve = fit(SCORES[:200], RIGHT[:200], way)
    before = expected_calibration_error(reliability_table(SCORES[200:], RIGHT[200:]))
    after = expected_calibration_error(reliability_table(curve(SCORES[200:]), RIGHT[200:]))
    assert before is not None and after is not None
    assert after < before


def test_error_worked_by_hand() -> None:
    # Ten at 0.9 of which 7 are right, ten at 0.6 of which 6 are: (10 * .2 + 10 * 0) / 20 = .1.
    scores = [0.9] * 10 + [0.6] * 10
    table = reliability_table(scores, [1] * 7 + [0] * 3 + [1] * 6 + [0] * 4)
    assert [each.confidence for each in table] == pytest.approx([0.6, 0.9])
    assert [(each.right.k, each.right.n) for each in table] == [(6, 10), (7, 10)]
    assert expected_calibration_error(table) == pytest.approx(0.1)
    by_chance = (math.sqrt(2 / math.pi) / 2) * (math.sqrt(0.6 * 0.4 / 10) + math.sqrt(0.9 * 0.1 / 10))
    assert error_by_chance(table) == pytest.approx(by_chance)


def test_nothing_has_no_error() -> None:
    assert reliability_table([], []) == []
    assert expected_calibration_error([]) is None
    assert error_by_chance([]) is None


def test_equal_confidences_stay_together() -> None:
    table = reliability_table([0.5] * 95 + [0.9] * 5, [1] * 100)
    assert [each.right.n for each in table] == [95, 5]


def test_costs_worked_by_hand() -> None:
    # A wrong verdict costs 10, a person 2: people look at all below 1 - 2/10 = 0.8. Of four, two are below (cost 4), of the
    # others one is wrong (cost 10): 14 / 4. Without people two wrong: 20 / 4.
    found = handover([0.5, 0.79, 0.8, 0.95], [0, 1, 0, 1], wrong=10, person=2)
    assert (found.threshold, found.n_to_people, found.n_wrong_left) == (0.8, 2, 1)
    assert (found.cost, found.cost_without_people, found.cost_of_people_only) == (3.5, 5.0, 2)


def test_a_person_who_costs_more_than_an_error_is_never_asked() -> None:
    found = handover([0.0, 0.5], [0, 1], wrong=1, person=2)
    assert (found.threshold, found.n_to_people, found.cost) == (0.0, 0, 0.5)


@pytest.mark.parametrize(
    ("scores", "right", "message"),
    [
        ([0.5] * 19, [1] * 19, "19 checked verdicts"),
        ([0.5] * 20, [1] * 19, "two lists of one length"),
        ([0.5] * 19 + [1.1], [1] * 20, "outside 0..1"),
        ([0.5] * 19 + [math.nan], [1] * 20, "outside 0..1"),
    ],
)
def test_what_cannot_be_fitted_is_said(scores: list[float], right: list[int], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        fit(scores, right)


def test_costs_have_to_be_costs() -> None:
    with pytest.raises(UsageError, match="both above 0"):
        handover([0.5], [1], wrong=1, person=0)
    with pytest.raises(UsageError, match="no checked verdicts"):
        handover([], [], wrong=1, person=1)
