"""How often the drift alarms go off when nothing changed, and how often when something did (docs/gate.md).

Nights of 25 criteria; each night's true shares scatter about the criterion's own (beta, by the scatter), as customers differ
from night to night. One night against 20 before it, and little by little over 40.

    python -m tools.drift_alarms [--rounds 1000]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qa.model import Outcome
from scoring.drift import Counts, DriftAlarm, drift_alarms, slow_drifts

N_CRITERIA = 25
N_NIGHTS, N_FOR_SLOW = 20, 40
Alarm = Callable[[Mapping[str, Counts], Sequence[Mapping[str, Counts]]], list[DriftAlarm]]


def night(shares: np.ndarray, calls: int, scatter: float, rng: np.random.Generator) -> dict[str, Counts]:
    """Counts by criterion; ``scatter`` is the standard deviation of a night's true share, at a share of one half."""
    strength = 0.25 / scatter**2 - 1 if scatter else None
    tonight = shares if strength is None else rng.beta(shares * strength, (1 - shares) * strength)
    met = rng.binomial(calls, tonight)
    return {f"c{i}": {Outcome.MET: int(k), Outcome.NOT_MET: int(calls - k)} for i, k in enumerate(met)}


def alarm_rate(
    alarm: Alarm, lower: Sequence[float], calls: int, scatter: float, rounds: int, rng: np.random.Generator
) -> float:
    """The share of last nights with an alarm; ``lower`` says by how much one criterion's share is lower in each night. Where
    it ever is, only an alarm on that criterion counts."""
    hits = 0
    for _ in range(rounds):
        shares = rng.uniform(0.3, 0.95, N_CRITERIA)
        nights = []
        for by in lower:
            moved = shares.copy()
            moved[0] = max(0.02, moved[0] - by)
            nights.append(night(moved, calls, scatter, rng))
        found = alarm(nights[-1], nights[:-1])
        hits += any(each.criterion == "c0" for each in found) if any(lower) else bool(found)
    return hits / rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    at_once: dict[str, list[float]] = {
        "false alarms": [0.0] * (N_NIGHTS + 1),
        "found, 15 points lower": [0.0] * N_NIGHTS + [0.15],
        "found, 30 points lower": [0.0] * N_NIGHTS + [0.3],
    }
    level = [0.0] * (N_FOR_SLOW - 14)
    slowly: dict[str, list[float]] = {
        "false alarms": [0.0] * (N_FOR_SLOW + 1),
        "found, 1 point lower each night for 15": level + [0.01 * step for step in range(1, 16)],
        "found, 10 points lower for 15 nights": level + [0.1] * 15,
    }
    for title, alarm, courses in (("one night", drift_alarms, at_once), ("little by little", slow_drifts, slowly)):
        print(f"\n| {title}: calls a night | scatter of nights | {' | '.join(courses)} |")
        print("|---:|---:|" + "---:|" * len(courses))
        for calls in (50, 200, 1000):
            for scatter in (0.0, 0.05):
                rates = [alarm_rate(alarm, c, calls, scatter, given.rounds, rng) for c in courses.values()]
                print(f"| {calls} | {scatter:g} | " + " | ".join(f"{100 * rate:.1f} %" for rate in rates) + " |")


if __name__ == "__main__":
    main()
