"""Intervals against numbers from the literature or worked by hand."""

from __future__ import annotations

import pytest

from tools.intervals import MIN_CALLS, bootstrap, wilson


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        # z = 1.96: centre (p + z2/2n) / (1 + z2/n), half z * sqrt(p(1-p)/n + z2/4n2) / (1 + z2/n)
        (16, 16, 0.8064, 1.0),  # n / (n + z2) = 16 / 19.8415
        (0, 16, 0.0, 0.1936),
        (5, 10, 0.2366, 0.7634),  # the textbook's 5 of 10
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson(right: int, n: int, low: float, high: float) -> None:
    found = wilson(right, n)
    assert found.value == right / n
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-4)


def test_wilson_of_nothing_has_no_value() -> None:
    assert wilson(0, 0).value is None
    assert wilson(0, 0).low is None


def test_bootstrap_pools_and_brackets() -> None:
    found = bootstrap([1, 2, 3, 4, 10], [10, 10, 10, 10, 10])
    assert found.value == pytest.approx(20 / 50)  # pooled; a mean of unequal calls would differ with unequal sizes
    assert found.low is not None
    assert found.high is not None
    assert 0.1 <= found.low < 0.4 < found.high <= 1.0
    assert found == bootstrap([1, 2, 3, 4, 10], [10, 10, 10, 10, 10]), "the seed is fixed"
    assert bootstrap([1, 9], [10, 90]).value == pytest.approx(0.1)


def test_equal_calls_leave_no_doubt_between_calls() -> None:
    found = bootstrap([2] * 6, [20] * 6)
    assert [found.low, found.high] == pytest.approx([0.1, 0.1])


def test_too_few_calls_give_no_interval() -> None:
    few = MIN_CALLS - 1
    assert bootstrap([1] * few, [10] * few).low is None
    assert bootstrap([1, 0, 1, 0, 1], [10] * MIN_CALLS).low is not None


def test_nothing_counted_gives_the_rule_of_three() -> None:
    found = bootstrap([0] * 6, [0.1] * 6)  # 0 words in 0.6 hours: up to 3 / 0.6 = 5 an hour
    assert [found.value, found.low, found.high] == pytest.approx([0.0, 0.0, 5.0])
