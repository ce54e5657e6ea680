"""How true the averages are, and what they save: `python -m tools.simulate_averages`.

A made-up centre: 20 agents with 100 calls each, four types of call of unlike difficulty, scores of 0 to 100 cut off at the
ends (the mean is near 80, so many calls pile up at the top). The machine is biased, biased by agent too, and agrees with
people to a given correlation. Every round draws with the product's own designs and averages with the product's own code. The
truth of a team is the mean that people would give over all its calls; of an agent, the mean over very many more such calls.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

from qa.model import SampleRow
from qa.review.sampling import (
    Allocation,
    Candidate,
    Dimension,
    Urgency,
    draw_quota,
    draw_random,
    draw_stratified,
    draw_targeted,
)  # fmt: skip
from scoring.averages import (
    AgentCalls,
    Drawn,
    Estimate,
    Mixed,
    adjust_for_mix,
    agent_means,
    corrected_mean,
    shrink,
    weighted_mean,
)  # fmt: skip
from tools.benchmarks_page import write_section

ROOT = Path(__file__).resolve().parent.parent
AGENTS, CALLS_EACH, ROUNDS_A_CENTRE = 20, 100, 50
PLAIN, FEWER = 100, 60
"""Calls that people score: by plain random sampling, and by the better designs."""
CORRELATIONS = (0.5, 0.6, 0.7, 0.8)
AGENT_SPREADS = (3.0, 5.0, 8.0)
PER_AGENT = 5

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Centre:
    """All calls of a period, with what only a simulation knows: people's score of every one of them."""

    calls: dict[str, Candidate]
    score: dict[str, float]
    machine: dict[str, float]
    agent_truth: dict[str, float]


def centre(correlation: float, agent_spread: float, seed: Sequence[int], unfairness: float = 2.0) -> Centre:
    """A centre in which the machine's scores correlate with people's to about ``correlation``.

    The machine scores single agents too high or too low by a standard deviation of ``unfairness`` points.
    """
    rng = np.random.default_rng(list(seed))
    types, difficulty = np.array(["billing", "card", "complaint", "fraud"]), np.array([4.0, 3.0, -8.0, -4.0])
    spread = np.array([8.0, 9.0, 14.0, 12.0])
    skill = rng.normal(0, agent_spread, AGENTS)

    def people(agent: npt.NDArray[np.int64], kind: npt.NDArray[np.int64]) -> Floats:
        wanted = 82 + skill[agent] + difficulty[kind] + spread[kind] * rng.normal(size=len(agent))
        return np.asarray(np.clip(wanted, 0, 100))

    shares = rng.dirichlet(6 * np.array([0.35, 0.35, 0.2, 0.1]), AGENTS)
    agent = np.repeat(np.arange(AGENTS), CALLS_EACH)
    kind = np.concatenate([rng.choice(4, CALLS_EACH, p=share) for share in shares])
    score = people(agent, kind)
    many = 4000
    agent_truth = [people(np.full(many, a), rng.choice(4, many, p=shares[a])).mean() for a in range(AGENTS)]
    noise = score.std() * np.sqrt(1 / correlation**2 - 1)
    of_agent = rng.normal(0, unfairness, AGENTS)[agent]
    machine = np.clip(score - 6 + of_agent + noise * rng.normal(size=len(score)), -50, 150)
    calls, by_id, by_machine = {}, {}, {}
    for i in range(len(score)):
        name = f"c-{i:05d}"
        risky = ("auto_fail",) if score[i] < 60 or rng.random() < 0.03 else ()
        calls[name] = Candidate(
            name, f"a-{agent[i]:02d}", "team", str(types[kind[i]]), percent=float(machine[i]), risks=risky
        )
        by_id[name], by_machine[name] = float(score[i]), float(machine[i])
    return Centre(calls, by_id, by_machine, {f"a-{a:02d}": float(t) for a, t in enumerate(agent_truth)})


def drawn(made: Centre, rows: Sequence[SampleRow]) -> list[Drawn]:
    """The sample, scored by people."""
    return [
        Drawn(made.score[r.call_id], r.chance, r.stratum, made.machine[r.call_id]) for r in rows if r.chance is not None
    ]


@dataclass(slots=True)
class Tally:
    """Errors and intervals of one way to average, over rounds."""

    errors: list[float]
    widths: list[float]
    held: int = 0

    def add(self, found: Estimate, truth: float) -> None:
        if found.value is None or found.low is None or found.high is None:
            raise AssertionError("every sample here is large enough for an interval")
        self.errors.append(found.value - truth)
        self.widths.append(found.high - found.low)
        self.held += found.low <= truth <= found.high


@dataclass(frozen=True, slots=True)
class Result:
    """``bias_se``: bias in standard errors; ``width``: mean width of the 95 % interval; errors in points."""

    setting: str
    method: str
    rounds: int
    bias_se: float
    rmse: float
    width: float
    covered: float

    @classmethod
    def of(cls, setting: str, method: str, tally: Tally) -> Result:
        errors = np.array(tally.errors)
        return cls(
            setting,
            method,
            len(errors),
            round(float(errors.mean() / errors.std(ddof=1)), 3),
            round(float(np.sqrt((errors**2).mean())), 3),
            round(float(np.mean(tally.widths)), 3),
            round(tally.held / len(errors), 4),
        )


def team(correlation: float, rounds: int, seed: int) -> list[Result]:
    """Team means: plain random sampling of 100 calls, and designs of 60 with and without the machine."""
    setting = f"correlation {correlation}"
    ways = [
        f"random {PLAIN}, people alone",
        f"random {FEWER}, corrected",
        f"stratified {FEWER} (call type, Neyman), people alone",
        f"stratified {FEWER} (call type, Neyman), corrected",
        f"stratified {FEWER} (call type and agents' level, Neyman), corrected",
        f"risk-targeted {FEWER}, weighted and corrected",
        f"risk-targeted {FEWER}, taken as if random (wrong)",
    ]
    tallies = {way: Tally([], []) for way in ways}
    for number in range(rounds):
        if number % ROUNDS_A_CENTRE == 0:
            made = centre(correlation, 5.0, (seed, number, int(100 * correlation)))
            truth, scores = float(np.mean(list(made.score.values()))), list(made.machine.values())
            everyone = list(made.calls.values())
        strata = draw_stratified(everyone, FEWER, number, by=[Dimension.CALL_TYPE], allocation=Allocation.NEYMAN)
        by_both = [Dimension.CALL_TYPE, Dimension.AGENT_LEVEL]
        levels = drawn(made, draw_stratified(everyone, FEWER, number, by=by_both, allocation=Allocation.NEYMAN))
        plain, few = (
            drawn(made, draw_random(everyone, PLAIN, number)),
            drawn(made, draw_random(everyone, FEWER, number)),
        )
        targeted = drawn(made, draw_targeted(everyone, FEWER, number, Urgency.RISK))
        n = len(everyone)
        found = [
            weighted_mean(plain, n_calls=n),
            corrected_mean(few, scores).mean,
            weighted_mean(drawn(made, strata), n_calls=n),
            corrected_mean(drawn(made, strata), scores).mean,
            corrected_mean(levels, scores).mean,
            corrected_mean(targeted, scores).mean,
            weighted_mean([Drawn(d.score, FEWER / n) for d in targeted], n_calls=n),
        ]
        for way, estimate in zip(ways, found, strict=True):
            tallies[way].add(estimate, truth)
    return [Result.of(setting, way, tally) for way, tally in tallies.items()]


def agents(correlation: float, spread: float, unfairness: float, rounds: int, seed: int) -> list[Result]:
    """Agents' means from five scored calls each: raw, corrected, and corrected and shrunken."""
    setting = f"correlation {correlation}, spread {spread:g}, unfair {unfairness:g}"
    ways = (
        "raw mean of 5",
        "raw, shrunken",
        "corrected",
        "corrected, shrunken",
        "corrected, shrunken to the machine's line",
    )
    tallies = {way: Tally([], []) for way in ways}
    for number in range(rounds):
        made = centre(correlation, spread, (seed, number, int(100 * correlation), int(spread), 1), unfairness)
        rows = draw_quota(made.calls.values(), PER_AGENT, number)
        data = {name: AgentCalls([], []) for name in made.agent_truth}
        for name in data:
            of_agent = [r for r in rows if r.agent_id == name]
            theirs = [made.machine[c.call_id] for c in made.calls.values() if c.agent_id == name]
            data[name] = AgentCalls(drawn(made, of_agent), theirs)
        means = agent_means(data)
        line = {name: float(np.mean(calls.machine)) for name, calls in data.items()}
        found = (
            means.people,
            shrink(means.people).agents,
            means.corrected,
            shrink(means.corrected).agents,
            shrink(means.corrected, line).agents,
        )
        for way, estimates in zip(ways, found, strict=True):
            for name, truth in made.agent_truth.items():
                tallies[way].add(estimates[name], truth)
    return [Result.of(setting, way, tally) for way, tally in tallies.items()]


@dataclass(frozen=True, slots=True)
class Simpson:
    """Planted pairs (one agent better by 5 points at every type of call, with the harder calls) and what was flagged."""

    planted_in_data: int
    flagged_in_data: int
    planted_in_truth: int
    flagged_in_truth: int
    flagged_sure: int
    sure_flips: int
    sure_flips_wrong: int


def simpson(rounds: int, seed: int) -> Simpson:
    """Ten agents with 150 calls each; agent 0 beats agent 1 everywhere but takes the hard calls."""
    rng = np.random.default_rng([seed, 7])
    difficulty, n = np.array([6.0, 0.0, -14.0]), 150
    counts = np.zeros(7, dtype=int)
    for _ in range(rounds):
        skill = np.concatenate([[4.0, -1.0], rng.normal(0, 4, 8)])
        shares = np.concatenate([[[0.1, 0.2, 0.7], [0.7, 0.2, 0.1]], rng.dirichlet([3, 3, 3], 8)])
        kinds = [rng.permutation(np.repeat(np.arange(3), rng.multinomial(n - 6, s) + 2)) for s in shares]
        scores = [80 + skill[a] + difficulty[k] + rng.normal(0, 12, n) for a, k in enumerate(kinds)]
        flips, raw = _flips(kinds, scores), [float(s.mean()) for s in scores]
        if raw[0] < raw[1]:
            counts[2] += 1
            counts[3] += (0, 1) in flips
            counts[4] += flips.get((0, 1), False)
        sure = [pair for pair, certain in flips.items() if certain]
        counts[5] += len(sure)
        counts[6] += sum(skill[a] < skill[b] for a, b in sure)
        exact = [
            _with_cell_means(k, s, 80 + skill[a] + difficulty)
            for a, (k, s) in enumerate(zip(kinds, scores, strict=True))
        ]
        if exact[0].mean() < exact[1].mean():
            counts[0] += 1
            counts[1] += (0, 1) in _flips(kinds, exact)
    return Simpson(*counts.tolist())


def _flips(kinds: Sequence[npt.NDArray[np.int64]], scores: Sequence[Floats]) -> dict[tuple[int, int], bool]:
    calls = [
        Mixed(str(agent), str(k), float(s))
        for agent, (kind, score) in enumerate(zip(kinds, scores, strict=True))
        for k, s in zip(kind, score, strict=True)
    ]
    return {(int(flip.better), int(flip.worse)): flip.sure for flip in adjust_for_mix(calls).flips}


def _with_cell_means(kind: npt.NDArray[np.int64], score: Floats, means: Floats) -> Floats:
    """The scores moved so that each type's mean is exactly the given one: the paradox is in the data for certain."""
    here = np.bincount(kind, score) / np.bincount(kind)
    return score + (means - here)[kind]


def page(results: Sequence[Result], found: Simpson, rounds: int) -> str:
    """The section of docs/benchmarks.md."""
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, Python "
            f"{platform.python_version()}), by `python -m tools.simulate_averages`; {rounds:,} samples a row and setting.",
            "",
            "Team mean. Labels: calls that people would have to score, as a share of plain random sampling, for an interval",
            "of the same width (widths go with the square root). Correlation is the machine's with people, over",
            f"{AGENTS * CALLS_EACH:,} calls; how it is on real calls, a calibration session tells.",
            "",
            "| correlation | way | bias, standard errors | width of the interval | coverage | labels |",
            "|---|---|---|---|---|---|",
            *(_team_row(row, results) for row in results if "spread" not in row.setting),
            "",
            f"Agents' means, {PER_AGENT} scored calls each, {AGENTS} agents; spread is the standard deviation between agents,",
            "in points; unfair is that of the machine's mistakes about single agents, over all their calls.",
            "",
            "| setting | way | RMSE, points | of the raw mean's | width of the interval | coverage |",
            "|---|---|---|---|---|---|",
            *(_agent_row(row, results) for row in results if "spread" in row.setting),
            "",
            f"Simpson's paradox, planted in what was measured: {found.flagged_in_data:,} of {found.planted_in_data:,} flagged. "
            "Planted in the truth",
            f"(5 points better everywhere) and blurred by chance: {found.flagged_in_truth:,} of {found.planted_in_truth:,} "
            f"flagged, {found.flagged_sure:,} of them as sure. Of all",
            f"{found.sure_flips:,} flips called sure, {found.sure_flips_wrong:,} were wrong.",
        ]
    )


def _team_row(row: Result, results: Sequence[Result]) -> str:
    plain = next(r for r in results if r.setting == row.setting and r.method.startswith(f"random {PLAIN}"))
    share = (PLAIN if row is plain else FEWER) / PLAIN * (row.width / plain.width) ** 2
    return (
        f"| {row.setting.split()[1]} | {row.method} | {row.bias_se:+.3f} | {row.width:.2f} | {row.covered:.1%} | "
        f"{'-' if 'wrong' in row.method else f'{share:.0%}'} |"
    )


def _agent_row(row: Result, results: Sequence[Result]) -> str:
    raw = next(r for r in results if r.setting == row.setting and r.method.startswith("raw mean"))
    share = row.rmse / raw.rmse
    return f"| {row.setting} | {row.method} | {row.rmse:.2f} | {share:.2f} | {row.width:.1f} | {row.covered:.1%} |"


_Setting = tuple[Callable[..., list[Result]], tuple[float, ...]]


def _job(job: tuple[_Setting, int, int]) -> list[Result]:
    (measure, setting), rounds, seed = job
    return measure(*setting, rounds, seed)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000, help="samples a setting")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, help="write every number as JSON")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    settings: list[_Setting] = [(team, (c,)) for c in CORRELATIONS]
    settings += [(agents, (c, s, 2.0)) for c in (0.5, 0.7) for s in AGENT_SPREADS]
    settings += [(agents, (0.7, 5.0, 8.0))]
    jobs = [(setting, chosen.rounds, chosen.seed) for setting in settings]
    with multiprocessing.get_context("spawn").Pool(chosen.processes) as pool:
        parts = pool.map(_job, jobs, chunksize=1)
    results = [result for part in parts for result in part]
    found = simpson(chosen.rounds, chosen.seed)
    text = page(results, found, chosen.rounds)
    write_section(chosen.write, "Averages", text)
    if chosen.out:
        numbers = {"results": [asdict(r) for r in results], "simpson": asdict(found)}
        chosen.out.write_text(json.dumps(numbers, indent=1), "utf-8")
    print(text)


if __name__ == "__main__":
    main()
