"""Intervals against values worked by hand."""

from __future__ import annotations

import pytest

from qa.model.share import wilson
from reports.statistics import mean_percent


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        # 8 of 10, z = 1.96: centre (0.8 + 3.8416/20) / 1.38416 = 0.7167, half 1.96/1.38416 * sqrt(0.016 + 0.009604) = 0.2266
        (8, 10, 0.4902, 0.9433),
        # 0 of 10: centre = half = 0.19208 / 1.38416 = 0.1388
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        # 1 of 1: 1 / (1 + 3.8416) = 0.2065 at the bottom
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson(k: int, n: int, low: float, high: float) -> None:
    share = wilson(k, n)
    assert (share.low, share.high) == pytest.approx((low, high), abs=1e-4)
    assert share.value == k / n


def test_a_share_of_nothing_is_none() -> None:
    assert wilson(0, 0).value is None
    assert wilson(0, 0).low is None


def test_mean_with_interval() -> None:
    # 80 85 90 95 100: mean 90, s = sqrt(250/4) = 7.9057, s/sqrt(5) = 3.5355, t(4) = 2.776 -> 90 -/+ 9.815
    mean = mean_percent([80, 85, 90, 95, 100])
    assert mean.n == 5
    assert (mean.value, mean.low, mean.high) == pytest.approx((90, 80.185, 99.815), abs=1e-3)


def test_the_interval_stays_on_the_scale() -> None:
    # 60 100 100 100 100: mean 92, s = 17.889, half = 2.776 * 8 = 22.2
    mean = mean_percent([60, 100, 100, 100, 100])
    assert (mean.low, mean.high) == pytest.approx((69.79, 100), abs=0.01)


@pytest.mark.parametrize("values", [[50.0], [50.0, 60.0], [50.0, 60.0, 70.0, 80.0]])
def test_few_calls_have_no_interval(values: list[float]) -> None:
    mean = mean_percent(values)
    assert mean.value == pytest.approx(sum(values) / len(values))
    assert mean.low is None
    assert mean.high is None


def test_a_mean_of_nothing_is_none() -> None:
    assert mean_percent([]).value is None


@pytest.mark.parametrize(("n", "t"), [(31, 2.042), (41, 2.021), (61, 2.000), (121, 1.980)])
def test_students_t_beyond_the_table(n: int, t: float) -> None:
    # n-1 values of 50 and one each at 40 and 60 away from it; the half width over s/sqrt(n) is t
    values = [50.0] * (n - 2) + [40.0, 60.0]
    mean = mean_percent(values)
    deviation = (200 / (n - 1)) ** 0.5
    assert mean.high is not None
    assert (mean.high - 50) / (deviation / n**0.5) == pytest.approx(t, abs=0.003)
