"""Makes tests/data/agreement/tables.json: tables of ratings with the coefficients that other people's packages give for them.

`python -m tools.agreement_references` needs `pip install irrCAC==0.4.4 krippendorff==0.9.0` and R with psych and epiR; they are
references only and no dependency of ours. Where a number comes from:

- irrCAC (A. Fergadis's Python port of Gwet's R package): percent agreement, AC1, AC2, Fleiss, alpha nominal and interval;
  Cohen's kappa and the squared kappa as Conger's kappa of two raters on complete pairs;
- krippendorff (S. Castro): alpha ordinal;
- R: psych::ICC (ICC2), epiR::epi.ccc.

Published examples come first, typed from the papers; the papers' own numbers stand in the tests.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

OUT = Path(__file__).resolve().parent.parent / "tests" / "data" / "agreement" / "tables.json"
Grid = npt.NDArray[np.float64]
_ = np.nan

PUBLISHED: dict[str, list[list[float]]] = {
    "gwet_2014_four_raters": [
        [1, 1, _, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [_, 5, 5, 5], [_, _, 1, 1], [_, _, 3, _],
    ],
    "krippendorff_2011": [
        [1, 1, _, 1], [2, 2, 3, 2], [3, 3, 3, 3], [3, 3, 3, 3], [2, 2, 2, 2], [1, 2, 3, 4],
        [4, 4, 4, 4], [1, 1, 2, 1], [2, 2, 2, 2], [_, 5, 5, 5], [_, _, 1, 1],
    ],
    "shrout_fleiss_1979": [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]],
    # Cohen (1960), table of 200 cases: .25 .13 .12 / .12 .02 .16 / .03 .15 .02
    "cohen_1960": [
        [i, j]
        for i, row in enumerate([[50, 26, 24], [24, 4, 32], [6, 30, 4]])
        for j, count in enumerate(row)
        for _unused in range(count)
    ],
    # Fleiss (1971) as in Fleiss, Levin and Paik: five diagnoses by six psychiatrists, counts per patient.
    "fleiss_1971": [
        [category for category, count in enumerate(row) for _unused in range(count)]
        for row in [
            [0, 0, 0, 6, 0], [0, 3, 0, 0, 3], [0, 1, 4, 0, 1], [0, 0, 0, 0, 6], [0, 3, 0, 3, 0], [2, 0, 4, 0, 0],
            [0, 0, 4, 0, 2], [2, 0, 3, 1, 0], [2, 0, 0, 4, 0], [0, 0, 0, 0, 6], [1, 0, 0, 5, 0], [1, 1, 0, 4, 0],
            [0, 3, 3, 0, 0], [1, 0, 0, 5, 0], [0, 2, 0, 3, 1], [0, 0, 5, 0, 1], [3, 0, 0, 1, 2], [5, 1, 0, 0, 0],
            [0, 2, 0, 4, 0], [1, 0, 2, 0, 3], [0, 0, 0, 0, 6], [0, 1, 0, 5, 0], [0, 2, 0, 1, 3], [2, 0, 0, 4, 0],
            [1, 0, 0, 4, 1], [0, 5, 0, 1, 0], [4, 0, 0, 0, 2], [0, 2, 0, 4, 0], [1, 0, 5, 0, 0], [0, 0, 0, 0, 6],
        ]
    ],
    # Bland and Altman (1986): peak expiratory flow of 17 people, large and mini Wright meter, first readings.
    "bland_altman_1986": [
        [494, 512], [395, 430], [516, 520], [434, 428], [476, 500], [557, 600], [413, 364], [442, 380], [650, 658],
        [433, 445], [417, 432], [656, 626], [267, 260], [478, 477], [178, 259], [423, 350], [427, 451],
    ],
}  # fmt: skip


def drawn(seed: int) -> Grid:
    """A made-up table: 6 to 60 units, 2 to 5 raters, 2 to 6 categories, up to 30 % missing, sometimes one common answer."""
    rng = np.random.default_rng(seed)
    n, raters, q = int(rng.integers(6, 61)), int(rng.integers(2, 6)) if seed % 2 else 2, int(rng.integers(2, 7))
    shares = rng.dirichlet(np.full(q, 0.6 if seed % 3 == 0 else 3.0))
    truth = rng.choice(q, size=n, p=shares)
    right = rng.random((n, raters)) < rng.uniform(0.3, 0.95)
    grid = np.where(right, truth[:, None], rng.choice(q, size=(n, raters), p=shares)).astype(np.float64)
    if seed % 5 == 0:
        grid = np.round(grid * 20 + rng.normal(0, 6, size=grid.shape), 1)
    if seed % 4 >= 2:
        grid[rng.random(grid.shape) < rng.uniform(0.05, 0.3)] = np.nan
    return grid[np.isfinite(grid).any(axis=1)]


def expected(grid: Grid) -> dict[str, float]:
    """What irrCAC and krippendorff say."""
    import krippendorff
    import pandas as pd
    from irrCAC.raw import CAC

    plain = CAC(pd.DataFrame(grid), weights="identity", digits=12)
    squared = CAC(pd.DataFrame(grid), weights="quadratic", digits=12)
    found = {
        "percent_agreement": plain.gwet()["est"]["pa"],
        "gwet_ac1": plain.gwet()["est"]["coefficient_value"],
        "gwet_ac2": squared.gwet()["est"]["coefficient_value"],
        "fleiss_kappa": plain.fleiss()["est"]["coefficient_value"],
        "krippendorff_alpha": plain.krippendorff()["est"]["coefficient_value"],
        "krippendorff_alpha_interval": squared.krippendorff()["est"]["coefficient_value"],
        "krippendorff_alpha_ordinal": krippendorff.alpha(grid.T, level_of_measurement="ordinal"),
    }
    if grid.shape[1] == 2:
        pairs = pd.DataFrame(grid[np.isfinite(grid).all(axis=1)])
        found["cohen_kappa"] = CAC(pairs, weights="identity", digits=12).conger()["est"]["coefficient_value"]
        found["weighted_kappa"] = CAC(pairs, weights="quadratic", digits=12).conger()["est"]["coefficient_value"]
    return {name: float(value) for name, value in found.items()}


def from_r(grids: dict[str, Grid]) -> dict[str, dict[str, float]]:
    """ICC(2,1) and, for two raters, Lin's CCC, on complete rows."""
    with tempfile.TemporaryDirectory() as folder:
        lines = ["suppressPackageStartupMessages({library(psych); library(epiR)})"]
        for name, grid in grids.items():
            path = Path(folder) / f"{name}.csv"
            np.savetxt(path, grid[np.isfinite(grid).all(axis=1)], delimiter=",", fmt="%.12g")
            lines.append(f'x <- as.matrix(read.csv("{path}", header=FALSE))')
            asked = {"icc_2_1": 'ICC(x, lmer=FALSE)$results["Single_random_raters", "ICC"]'}
            if grid.shape[1] == 2:
                asked["lin_ccc"] = "epi.ccc(x[,1], x[,2])$rho.c$est"
            lines += [f'cat("{name}", "{key}", format({call}, digits=15), "\\n")' for key, call in asked.items()]
        script = Path(folder) / "reference.R"
        script.write_text("\n".join(lines), encoding="utf-8")
        printed = subprocess.run(["Rscript", str(script)], check=True, capture_output=True, text=True).stdout
    found: dict[str, dict[str, float]] = {name: {} for name in grids}
    for line in printed.splitlines():
        name, coefficient, value = line.split()
        if value not in ("NA", "NaN"):
            found[name][coefficient] = float(value)
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    grids = {name: np.array(rows, dtype=np.float64) for name, rows in PUBLISHED.items()}
    grids |= {f"drawn_{seed}": drawn(seed) for seed in range(1, 41)}
    grids = {name: grid for name, grid in grids.items() if len(np.unique(grid[np.isfinite(grid)])) > 1}
    by_r = from_r({name: grid for name, grid in grids.items() if np.isfinite(grid).all(axis=1).sum() > 2})
    tables: list[dict[str, Any]] = [
        {
            "name": name,
            "ratings": [[None if np.isnan(x) else float(x) for x in row] for row in grid],
            "expected": {**expected(grid), **by_r.get(name, {})},
        }
        for name, grid in grids.items()
    ]
    lines = ",\n".join(json.dumps(table) for table in tables)
    OUT.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    print(len(tables), "tables")


if __name__ == "__main__":
    main()
