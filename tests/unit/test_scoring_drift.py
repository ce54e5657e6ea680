"""The drift alarm: what sets it off, what does not, and how often it is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from qa.model import Outcome
from scoring.drift import LEVEL, Counts, drift_alarms


def met(k: int, n: int, **more: int) -> Counts:
    return {Outcome.MET: k, Outcome.NOT_MET: n - k, **{Outcome(name): count for name, count in more.items()}}


def test_worked_by_hand() -> None:
    # Before: 5 nights of 80 of 100, no scatter. Tonight 50 of 100. Pooled (50 + 400 + 1) / 602, t = -.3 / sqrt(v (1/100 + 1/500))
    # with 4 degrees of freedom. Three shares are compared; the two others do not differ, so Holm's factor is 3.
    (found,) = drift_alarms({"c": met(50, 100)}, [{"c": met(80, 100)}] * 5)
    pooled = 451 / 602
    distance = 0.3 / (pooled * (1 - pooled) * (1 / 100 + 1 / 500)) ** 0.5
    assert found.p == pytest.approx(3 * 2 * t.sf(distance, 4))
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
