"""Figures of verdicts beside labels, as numbers, as a table for a terminal and as a section of the benchmarks page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

import numpy as np

from qa.model import Outcome
from scoring.agreement import OUTCOME_SCALE, Ratings, estimate

Outcomes = Mapping[str, Mapping[str, Sequence[tuple[str, str]]]]
"""By language and criterion: label and verdict of every call."""

_ROUNDS = 1000


def figures(outcomes: Outcomes) -> dict[str, Any]:
    """By language: figures of each criterion, and the mean kappa with a bootstrap interval over calls."""
    found: dict[str, Any] = {}
    for language, criteria in sorted(outcomes.items()):
        rows = {name: _row(pairs) for name, pairs in criteria.items()}
        low, high = _interval(list(criteria.values()))
        kappas = [row["cohen_kappa"]["value"] for row in rows.values()]
        known = [value for value in kappas if value is not None]
        found[language] = {
            "n_calls": max(len(pairs) for pairs in criteria.values()),
            "mean_kappa": {"value": fmean(known) if known else None, "low": low, "high": high},
            "mean_agreement": fmean(row["agreement"] for row in rows.values()),
            "criteria": rows,
        }
    return found


def _row(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    hits = sum(a == b == "met" for a, b in pairs)
    said, true = sum(b == "met" for _, b in pairs), sum(a == "met" for a, _ in pairs)
    precision, recall = (hits / said if said else None), (hits / true if true else None)
    ratings = _ratings(pairs)
    return {
        "n": len(pairs),
        "precision": precision,
        "recall": recall,
        "f1": 2 * hits / (said + true) if said + true else None,
        "agreement": sum(a == b for a, b in pairs) / len(pairs),
        "cohen_kappa": estimate(ratings, "cohen_kappa").as_dict(),
        "gwet_ac1": estimate(ratings, "gwet_ac1").as_dict(),
    }


def _ratings(pairs: Sequence[tuple[str, str]]) -> Ratings:
    labels = sorted({outcome for pair in pairs for outcome in pair})
    code = [labels.index(outcome) for pair in pairs for outcome in pair]
    places = [OUTCOME_SCALE.get(Outcome(label), float("nan")) for label in labels]
    return Ratings.build(np.arange(len(pairs)).repeat(2), np.tile([0, 1], len(pairs)), code, labels, places)


def _kappa(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    """Cohen's kappa of codes 0..4, nan where both sides know one outcome only; quick, for the bootstrap."""
    left, right = np.bincount(a, minlength=5) / len(a), np.bincount(b, minlength=5) / len(b)
    expected = float(left @ right)
    return (float((a == b).mean()) - expected) / (1 - expected) if expected < 1 else float("nan")


def _interval(criteria: Sequence[Sequence[tuple[str, str]]]) -> tuple[float | None, float | None]:
    n = len(criteria[0])
    if n < 5 or any(len(pairs) != n for pairs in criteria):
        return None, None
    names = sorted({outcome for pairs in criteria for pair in pairs for outcome in pair})
    codes = np.array([[[names.index(o) for o in pair] for pair in pairs] for pairs in criteria])
    draws = np.random.default_rng(20).integers(0, n, size=(_ROUNDS, n))
    kappas = np.array([[_kappa(one[d, 0], one[d, 1]) for one in codes] for d in draws])
    means = np.nanmean(kappas[~np.isnan(kappas).all(axis=1)], axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def table(title: str, found: Mapping[str, Any]) -> str:
    """For a terminal."""
    lines = []
    for language, block in found.items():
        lines.append(
            f"\n{language}, {title}: {block['n_calls']} calls, mean kappa {_with_interval(block['mean_kappa'])}"
        )
        lines.append(f"{'criterion':34}{'n':>4}{'prec':>7}{'rec':>7}{'F1':>7}{'agree':>7}{'kappa':>7}{'AC1':>7}")
        for name, row in block["criteria"].items():
            numbers = [row[key] for key in ("precision", "recall", "f1", "agreement")]
            numbers += [row["cohen_kappa"]["value"], row["gwet_ac1"]["value"]]
            lines.append(f"{name:34}{row['n']:>4}" + "".join(f"{_cell(value):>7}" for value in numbers))
    return "\n".join(lines) + "\n"


def section(found: Mapping[str, Mapping[str, Any]], n_calls: int) -> str:
    """For docs/benchmarks.md: every variant and baseline by its mean, then each criterion as written."""
    lines = [
        f"Measured {datetime.now(UTC).date()} by `make eval-scoring` on {n_calls} labelled calls that nobody read while tuning",
        "(tests/data/gold_calls/README.md says how far they are untouched). Kappa: Cohen's, over all five outcomes, mean",
        "over the criteria; interval: bootstrap over calls. Noise is made by `tools/call_noise.py`, seeded.",
        "",
        "| calls | " + " | ".join(f"{language}: mean kappa" for language in found["as written"]) + " |",
        "|---|" + "---|" * len(found["as written"]),
    ]
    for name, blocks in found.items():
        cells = [
            _with_interval(blocks[language]["mean_kappa"]) if language in blocks else ""
            for language in found["as written"]
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    for language, block in found["as written"].items():
        lines += ["", f"{language}, {block['n_calls']} calls as written:", ""]
        lines += [
            "| criterion | n | precision | recall | F1 | agreement | kappa | AC1 |",
            "|---|---|---|---|---|---|---|---|",
        ]
        for name, row in block["criteria"].items():
            numbers = " | ".join(_cell(row[key]) for key in ("precision", "recall", "f1", "agreement"))
            coefficients = " | ".join(_with_interval(row[key]) for key in ("cohen_kappa", "gwet_ac1"))
            lines.append(f"| {name} | {row['n']} | {numbers} | {coefficients} |")
    return "\n".join(lines)


def _with_interval(found: Mapping[str, float | None]) -> str:
    if found["low"] is None:
        return _cell(found["value"])
    return f"{_cell(found['value'])} ({_cell(found['low'])} to {_cell(found['high'])})"


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
