"""How far three ways of calibrating confidences are from the truth, by how many verdicts were checked (docs/gate.md).

Confidences and the chance of being right are drawn from five shapes (true, too sure, too unsure, a step, hardly related);
what is measured is the root mean square distance of the fitted curve from the true chance, over fresh confidences.

    python tools/confidence_methods.py [--rounds 200]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from scoring.confidence import Way, fit

Floats = npt.NDArray[np.float64]
SIZES = (20, 50, 100, 200, 300, 500, 1000, 3000)
SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "true": lambda s: s,
    "too sure": lambda s: 0.4 + 0.45 * s,
    "too unsure": lambda s: 1 / (1 + np.exp(-8 * (s - 0.45))),
    "step": lambda s: np.where(s < 0.7, 0.6, 0.95),
    "hardly related": lambda s: 0.8 + 0.05 * s,
}


def distances(n: int, rounds: int, rng: np.random.Generator) -> dict[tuple[str, Way], float]:
    """Root mean square distance by shape and way."""
    found: dict[tuple[str, Way], list[float]] = {}
    asked = rng.beta(3, 1.5, 100).round(2)
    for shape, chance in SHAPES.items():
        for _ in range(rounds):
            scores = rng.beta(3, 1.5, n).round(2)
            right = rng.random(n) < chance(scores)
            for way in Way:
                squares = np.square(fit(scores, right, way)(asked) - chance(asked))
                found.setdefault((shape, way), []).append(float(squares.mean()))
    return {key: float(np.sqrt(np.mean(values))) for key, values in found.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    print("| checked | " + " | ".join(f"{way}" for way in Way) + " | best, by shape |")
    print("|---:|" + "---:|" * len(Way) + "---|")
    for n in SIZES:
        found = distances(n, given.rounds, rng)
        means = [np.sqrt(np.mean([found[shape, way] ** 2 for shape in SHAPES])) for way in Way]
        best = ", ".join(min(Way, key=lambda way: found[shape, way]).value for shape in SHAPES)
        print(f"| {n} | " + " | ".join(f"{mean:.3f}" for mean in means) + f" | {best} |")


if __name__ == "__main__":
    main()
