"""How often the drift alarm goes off when nothing changed, and how often when something did (docs/gate.md).

Nights of 25 criteria; each night's true shares scatter about the criterion's own (beta, by --scatter), as customers differ
from night to night.

    python tools/drift_alarms.py [--rounds 1000]
"""

from __future__ import annotations

import argparse

import numpy as np

from qa.model import Outcome
from scoring.drift import Counts, drift_alarms

N_CRITERIA = 25
N_NIGHTS = 20


def night(shares: np.ndarray, calls: int, scatter: float, rng: np.random.Generator) -> dict[str, Counts]:
    """Counts by criterion; ``scatter`` is the standard deviation of a night's true share, at a share of one half."""
    strength = 0.25 / scatter**2 - 1 if scatter else None
    tonight = shares if strength is None else rng.beta(shares * strength, (1 - shares) * strength)
    met = rng.binomial(calls, tonight)
    return {f"c{i}": {Outcome.MET: int(k), Outcome.NOT_MET: int(calls - k)} for i, k in enumerate(met)}


def alarm_rate(calls: int, scatter: float, shift: float, rounds: int, rng: np.random.Generator) -> float:
    """The share of nights with an alarm (on the shifted criterion, where one is)."""
    hits = 0
    for _ in range(rounds):
        shares = rng.uniform(0.3, 0.95, N_CRITERIA)
        before = [night(shares, calls, scatter, rng) for _ in range(N_NIGHTS)]
        moved = shares.copy()
        moved[0] = max(0.02, moved[0] - shift)
        found = drift_alarms(night(moved, calls, scatter, rng), before)
        hits += any(alarm.criterion == "c0" for alarm in found) if shift else bool(found)
    return hits / rounds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    print("| calls a night | scatter of nights | false alarms | found, 15 points lower | found, 30 points lower |")
    print("|---:|---:|---:|---:|---:|")
    for calls in (50, 200, 1000):
        for scatter in (0.0, 0.05):
            rates = [alarm_rate(calls, scatter, shift, given.rounds, rng) for shift in (0.0, 0.15, 0.3)]
            print(f"| {calls} | {scatter:g} | " + " | ".join(f"{100 * rate:.1f} %" for rate in rates) + " |")


if __name__ == "__main__":
    main()
