"""The drift alarm: what sets it off, what does not, and how often it is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from qa.model import Outcome
from scoring.drift import LEVEL, Counts, drift_alarms, slow_drifts


def met(k: int, n: int, **more: int) -> Counts:
    return {Outcome.MET: k, Outcome.NOT_MET: n - k, **{Outcome(name): count for name, count in more.items()}}


def test_worked_by_hand() -> None:
    # Before: 5 nights of 80 of 100, no scatter. Tonight 50 of 100. Pooled (50 + 400 + 1) / 602, t = -.3 / sqrt(v (1/100 + 1/500))
    # with 4 degrees of freedom. Three shares are compared; the two others do not differ, so Holm's factor is 3.
    nights = ({"c": met(50, 100)}, [{"c": met(80, 100)}] * 5)
    (found,) = drift_alarms(*nights)
    pooled = 451 / 602
    distance = 0.3 / (pooled * (1 - pooled) * (1 / 100 + 1 / 500)) ** 0.5
    p = float(3 * 2 * t.sf(distance, 4))
    assert len(drift_alarms(*nights, level=1.0001 * p)) == 1
    assert drift_alarms(*nights, level=0.9999 * p) == []
    assert (found.criterion, found.what, found.share, found.n) == ("c", "met", 0.5, 100)
    assert (found.share_before, found.n_before, found.n_nights) == (0.8, 500, 5)


@pytest.mark.parametrize(
    ("tonight", "before"),
    [
        (met(80, 100), [met(80, 100)] * 5),  # nothing changed
        (met(50, 100), [met(80, 100)] * 4),  # too few nights
        (met(5, 19), [met(80, 100)] * 5),  # too few calls tonight
        (met(50, 100), [met(10, 19)] * 9),  # and in every night before
        (met(50, 100), [met(k, 100) for k in (95, 60, 85, 40, 90, 55)]),  # nights that are never alike
        (met(100, 100), [met(100, 100)] * 5),  # no variance at all
        ({}, [met(80, 100)] * 5),  # not scored tonight
    ],
)
def test_what_is_no_alarm(tonight: Counts, before: list[Counts]) -> None:
    assert drift_alarms({"c": tonight}, [{"c": night} for night in before]) == []


def test_a_check_that_stops_scoring_is_seen() -> None:
    found = drift_alarms({"c": met(40, 50, not_scored=50)}, [{"c": met(80, 100)}] * 10)
    assert [(alarm.what, alarm.share, alarm.share_before) for alarm in found] == [("not_scored", 0.5, 0.0)]


def test_false_alarms_stay_below_the_level() -> None:
    # 300 nights in which nothing changed, each with 10 criteria. At the level of 1 % three are expected at most; more than 9
    # of 300 has a chance of 0.1 %.
    rng = np.random.default_rng(3)
    shares = rng.uniform(0.3, 0.95, 10)

    def night() -> dict[str, Counts]:
        return {f"c{i}": met(int(rng.binomial(200, share)), 200) for i, share in enumerate(shares)}

    n_false = sum(bool(drift_alarms(night(), [night() for _ in range(10)])) for _ in range(300))
    assert LEVEL == 0.01
    assert n_false <= 9


def course(*shares: float, calls: int = 200) -> list[dict[str, Counts]]:
    return [{"c": met(round(share * calls), calls)} for share in shares]


def test_what_moves_little_by_little_is_found_where_no_night_stands_out() -> None:
    *before, tonight = course(*[0.80] * 12, *(0.80 - 0.01 * step for step in range(1, 13)))
    assert drift_alarms(tonight, before[-20:]) == []
    (found,) = slow_drifts(tonight, before)
    assert (found.criterion, found.what) == ("c", "met")
    assert 8 <= found.n_changed <= 12 and found.n_changed + found.n_nights == 24
    assert found.share < 0.76 and found.share_before > 0.79
    assert (found.n, found.n_before) == (200 * found.n_changed, 200 * found.n_nights)


def test_the_sum_is_pages_with_its_limit() -> None:
    # Each night adds at most 3 - .5. Three shares are compared, up and down: the limit at a level of 1 % is
    # ln(600) - .583 = 5.81, which takes three nights at least, however far off they are.
    alarmed = [
        bool(slow_drifts(nights[-1], nights[:-1])) for nights in (course(*[0.5] * 5, *[0.64] * n) for n in (1, 2, 12))
    ]
    assert alarmed == [False, False, True]


@pytest.mark.parametrize(
    "shares",
    [
        [0.8] * 30,  # nothing changed
        [*[0.8] * 20, 0.3],  # one night: that is the other alarm
        [*[0.8] * 20, 0.3, *[0.8] * 4],  # and it is over
        [0.8] * 5,  # too few nights
        [0.95, 0.6, 0.85, 0.4, 0.9, 0.55] * 5,  # nights that are never alike
    ],
)
def test_what_is_no_slow_drift(shares: list[float]) -> None:
    *before, tonight = course(*shares)
    assert slow_drifts(tonight, before) == []


def test_slow_drifts_find_both_directions_and_the_surest_first() -> None:
    up = course(*[0.5] * 10, *(0.5 + 0.02 * step for step in range(1, 13)))
    down = course(*[0.8] * 10, *(0.8 - 0.01 * step for step in range(1, 13)))
    nights = [{"up": a["c"], "down": b["c"]} for a, b in zip(up, down, strict=True)]
    assert [found.criterion for found in slow_drifts(nights[-1], nights[:-1])] == ["up", "down"]


def test_false_slow_alarms_stay_near_the_level() -> None:
    # 200 times 30 nights of 10 criteria in which nothing changed: two are expected; more than 7 have a chance of 0.1 %.
    rng = np.random.default_rng(4)
    shares = rng.uniform(0.3, 0.95, 10)

    def night() -> dict[str, Counts]:
        return {f"c{i}": met(int(rng.binomial(200, share)), 200) for i, share in enumerate(shares)}

    assert sum(bool(slow_drifts(night(), [night() for _ in range(30)])) for _ in range(200)) <= 7
