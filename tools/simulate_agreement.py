"""Real coverage of the intervals of `qa agreement`, and its speed: `python -m tools.simulate_agreement`.

Answers: a unit has a true answer, drawn with the given prevalence; each rater gives it with probability sqrt(kappa) and
otherwise guesses by prevalence: Cohen's, Fleiss' and Krippendorff's coefficients then all have the true value kappa. Numbers:
a unit's value plus an error, all normal; for ICC(2,1) a tenth of the error variance is the rater's. A sample without a
value (everybody said the same) has no interval and is counted apart.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import multiprocessing
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from scoring.agreement.numbers import icc_2_1
from scoring.agreement.report import COEFFICIENTS, icc_interval
from scoring.agreement.table import Ratings
from tools.benchmarks_page import write_section

ROOT = Path(__file__).resolve().parent.parent
SHARES = {
    "2 answers, 50 %": (0.5, 0.5),
    "2 answers, 70 %": (0.7, 0.3),
    "2 answers, 90 %": (0.9, 0.1),
    "3 answers, 50 %": (0.5, 0.3, 0.2),
    "3 answers, 70 %": (0.7, 0.2, 0.1),
    "3 answers, 90 %": (0.9, 0.06, 0.04),
}
NUMBERS = "numbers"
UNITS = (30, 50, 100)
KAPPAS = (0.4, 0.6, 0.8)
OF_NUMBERS = ("krippendorff_alpha_interval", "krippendorff_alpha_ordinal", "lin_ccc")
PROMISED = (
    "cohen_kappa",
    "weighted_kappa",
    "fleiss_kappa",
    "krippendorff_alpha",
    "krippendorff_alpha_ordinal",
    "krippendorff_alpha_interval",
    "gwet_ac1",
    "icc_2_1",
)
WANTED = (0.93, 0.97)
_HUGE = 1e9


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting: what the answers are, how many raters and units, and the true agreement."""

    answers: str
    raters: int
    units: int
    kappa: float


@dataclass(frozen=True, slots=True)
class Coverage:
    """How often a coefficient's interval held the true value, of ``drawn`` samples that had an interval."""

    cell: Cell
    coefficient: str
    drawn: int
    without: int
    covered: float
    width: float


def cells() -> list[Cell]:
    """Every setting."""
    answers = (*SHARES, NUMBERS)
    return [Cell(*setting) for setting in itertools.product(answers, (2, 3), UNITS, KAPPAS)]


def measure(cell: Cell, rounds: int, seed: int) -> list[Coverage]:
    """Draw ``rounds`` samples of one setting and count."""
    rng = np.random.default_rng([seed, cells().index(cell)])
    return _numbers(cell, rounds, rng) if cell.answers == NUMBERS else _answers(cell, rounds, rng)


def _answers(cell: Cell, rounds: int, rng: np.random.Generator) -> list[Coverage]:
    shares = SHARES[cell.answers]
    patterns = np.array(list(itertools.product(range(len(shares)), repeat=cell.raters)))
    chance = _chances(patterns, shares, math.sqrt(cell.kappa))
    all_people = _ratings(patterns, chance * _HUGE)
    tallies = {
        name: _Tally(spec.compute(all_people).value)
        for name, spec in COEFFICIENTS.items()
        if not (spec.numbers or (spec.two_raters and cell.raters > 2) or (spec.ordered and len(shares) == 2))
    }
    icc = _Tally(tallies["fleiss_kappa"].truth if len(shares) == 2 else tallies["krippendorff_alpha_interval"].truth)
    # Samples with the same counts are the same sample: each is worked out once.
    samples, times = np.unique(rng.multinomial(cell.units, chance, size=rounds), axis=0, return_counts=True)
    for counts, n in zip(samples, times.tolist(), strict=True):
        ratings = _ratings(patterns, counts.astype(np.float64))
        for name, tally in tallies.items():
            tally.add(_interval(ratings, name), n)
        icc.add(_icc(np.repeat(patterns, counts, axis=0).astype(np.float64), ratings), n)
    return [tally.coverage(cell, name) for name, tally in {**tallies, "icc_2_1": icc}.items()]


def _numbers(cell: Cell, rounds: int, rng: np.random.Generator) -> list[Coverage]:
    tallies = {name: _Tally(cell.kappa) for name in OF_NUMBERS if name != "lin_ccc" or cell.raters == 2}
    # Alpha of the ranks of normal numbers is their rank correlation (Pearson 1907).
    tallies["krippendorff_alpha_ordinal"].truth = 6 / math.pi * math.asin(cell.kappa / 2)
    icc = _Tally(cell.kappa)
    error, of_rater = math.sqrt((1 - cell.kappa) * 0.9), math.sqrt((1 - cell.kappa) * 0.1)
    shape = (cell.units, cell.raters)
    for _ in range(rounds):
        units = math.sqrt(cell.kappa) * rng.normal(size=(cell.units, 1))
        # The raters of alpha and Lin's CCC are these raters, who differ by their error only; those of ICC(2,1) are
        # any raters, so each sample has its own.
        fixed = units + math.sqrt(1 - cell.kappa) * rng.normal(size=shape)
        ratings = _grid(np.round(fixed, 2))
        for name, tally in tallies.items():
            tally.add(_interval(ratings, name), 1)
        drawn = units + of_rater * rng.normal(size=(1, cell.raters)) + error * rng.normal(size=shape)
        icc.add(_icc(drawn, _grid(drawn)), 1)
    return [tally.coverage(cell, name) for name, tally in {**tallies, "icc_2_1": icc}.items()]


@dataclass(slots=True)
class _Tally:
    truth: float
    drawn: int = 0
    without: int = 0
    held: int = 0
    widths: float = 0.0

    def add(self, interval: tuple[float, float] | None, times: int) -> None:
        if interval is None:
            self.without += times
            return
        low, high = interval
        self.drawn += times
        self.held += times * (low <= self.truth <= high)
        self.widths += times * (high - low)

    def coverage(self, cell: Cell, name: str) -> Coverage:
        n = max(1, self.drawn)
        return Coverage(cell, name, self.drawn, self.without, round(self.held / n, 4), round(self.widths / n, 3))


def _chances(patterns: npt.NDArray[np.int64], shares: Sequence[float], right: float) -> npt.NDArray[np.float64]:
    """The probability of each pattern of answers, one answer a rater."""
    guess = np.array(shares)[patterns] * (1 - right)
    each = [share * np.prod(guess + right * (patterns == answer), axis=1) for answer, share in enumerate(shares)]
    return np.asarray(np.sum(each, axis=0))


def _ratings(patterns: npt.NDArray[np.int64], weight: npt.NDArray[np.float64]) -> Ratings:
    seen = weight > 0
    return _grid(patterns[seen].astype(np.float64), weight[seen])


def _grid(rows: npt.NDArray[np.float64], weight: npt.NDArray[np.float64] | None = None) -> Ratings:
    n, raters = rows.shape
    places, codes = np.unique(rows, return_inverse=True)
    unit, rater = np.repeat(np.arange(n), raters), np.tile(np.arange(raters), n)
    return Ratings.build(unit, rater, codes.ravel(), [str(x) for x in places], places, numeric=True, weight=weight)


def _interval(ratings: Ratings, name: str) -> tuple[float, float] | None:
    spec = COEFFICIENTS[name]
    found = spec.compute(ratings)
    return spec.interval(ratings, found) if found.defined else None


def _icc(grid: npt.NDArray[np.float64], ratings: Ratings) -> tuple[float, float] | None:
    found = icc_2_1(grid)
    return None if found is None else icc_interval(found, ratings)


def _job(arguments: tuple[Cell, int, int]) -> list[Coverage]:
    return measure(*arguments)


def speed(n_ratings: int) -> dict[str, float]:
    """Wall and processor time and peak memory of `qa agreement` on made-up ratings: 25 criteria, two raters, 20 % missing."""
    rng = np.random.default_rng(1)
    words = np.array(["met", "partially_met", "not_met", "not_applicable", ""])
    with tempfile.TemporaryDirectory(prefix="callibrate-agreement-") as folder:
        path = Path(folder) / "ratings.csv"
        with path.open("w", encoding="utf-8") as out:
            out.write("item,criterion,rater,rating\n")
            for row, word in enumerate(words[rng.integers(0, 5, size=n_ratings)]):
                item, rest = divmod(row, 50)
                out.write(f"call-{item:06d},criterion-{rest // 2},rater-{rest % 2},{word}\n")
        qa = Path(sys.executable).with_name("qa")
        start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([str(qa), "agreement", str(path), "--format", "json"], check=True, stdout=subprocess.DEVNULL)
        wall_s = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    return {
        "ratings": n_ratings,
        "wall_s": round(wall_s, 1),
        "cpu_s": round(cpu_s, 1),
        "peak_memory_mb": round(used.ru_maxrss / 1000),
    }


def page(found: Sequence[Coverage], rounds: int, fast: dict[str, float]) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, Python "
        f"{platform.python_version()}), by `make eval-agreement`.",
        "",
        f"`qa agreement` on {fast['ratings']:,} ratings: {fast['wall_s']} s ({fast['cpu_s']} s of processor time), "
        f"{fast['peak_memory_mb']} MB.",
        "",
        f"Coverage of the 95 % intervals: lowest to highest over the true values .4, .6 and .8, {rounds:,} samples each. The",
        "percentage beside the answers is the share of the most common one.",
        "",
        _verdict(found),
        "",
        "| coefficient | raters | answers | " + " | ".join(f"n = {n}" for n in UNITS) + " | mean width at n = 30 |",
        "|---|---|---|" + "---|" * (len(UNITS) + 1),
    ]
    for name, raters, answers in _rows(found):
        of_row = [c for c in found if (c.coefficient, c.cell.raters, c.cell.answers) == (name, raters, answers)]
        ranges = [_range([c.covered for c in of_row if c.cell.units == n]) for n in UNITS]
        width = np.mean([c.width for c in of_row if c.cell.units == UNITS[0]])
        lines.append(f"| {name} | {raters} | {answers} | {' | '.join(ranges)} | {width:.2f} |")
    return "\n".join(lines)


def _verdict(found: Sequence[Coverage]) -> str:
    """How many settings lie where they should, over the coefficients that promise it (kappas, AC1, alphas, ICC)."""
    promised = [c for c in found if c.coefficient in PROMISED]
    below = [c for c in promised if c.covered < WANTED[0]]
    above = [c for c in promised if c.covered > WANTED[1]]
    lowest, highest = min(promised, key=lambda c: c.covered), max(promised, key=lambda c: c.covered)
    sure = sum(map(_surely_outside, promised))
    return (
        f"Of {len(promised)} settings of the kappas, AC1, the alphas and ICC, {len(promised) - len(below) - len(above)} lie "
        f"between 93 and 97 %, {len(above)} above and {len(below)} below; {sure} are outside by more than two standard errors of "
        f"the simulation, the rest may be noise. Lowest: {_named(lowest)}; highest: {_named(highest)}."
    )


def _surely_outside(c: Coverage) -> bool:
    """By more than two standard errors that the simulation has at the edge."""
    low, high = WANTED
    below, above = (2 * math.sqrt(edge * (1 - edge) / max(1, c.drawn)) for edge in WANTED)
    return c.covered < low - below or c.covered > high + above


def _named(c: Coverage) -> str:
    cell = c.cell
    return f"{c.covered:.1%} ({c.coefficient}, {cell.raters} raters, {cell.answers}, n = {cell.units}, {cell.kappa:g})"


def _rows(found: Sequence[Coverage]) -> Iterator[tuple[str, int, str]]:
    seen = dict.fromkeys((c.coefficient, c.cell.raters, c.cell.answers) for c in found)
    order = [*COEFFICIENTS, "icc_2_1"]
    yield from sorted(seen, key=lambda row: order.index(row[0]))


def _range(values: Sequence[float]) -> str:
    return f"{min(values):.1%} to {max(values):.1%}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000, help="samples a setting")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--ratings", type=int, default=1_000_000, help="size of the file for the speed")
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="write every number as JSON")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        parts = pool.map(_job, [(cell, chosen.rounds, chosen.seed) for cell in cells()], chunksize=1)
    found = [coverage for part in parts for coverage in part]
    fast = speed(chosen.ratings)
    text = page(found, chosen.rounds, fast)
    write_section(chosen.write, "Agreement statistics", text)
    if chosen.out:
        chosen.out.write_text(json.dumps({"speed": fast, "coverage": [asdict(c) for c in found]}, indent=1), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
