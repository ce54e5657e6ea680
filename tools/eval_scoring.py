"""Agreement of the shipped core rubrics with labelled calls: precision, recall, F1 and kappa for each criterion.

The folder given with ``--data`` holds ``calls/ID.json`` (`qa.conversation/1`) and ``labels/ID.json``
(``{"labels": {criterion: outcome}}``). Beside the rubric stands the baseline that calls every criterion met.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from qa.language.vectors import load_embedder
from qa.model import Conversation, Evaluation
from scoring import evaluate, find_rubric

Pair = tuple[str, str]
"""Outcome given by a person, outcome given by the rubric."""


@dataclass(frozen=True, slots=True)
class Item:
    """A labelled call and what the rubric said of it."""

    call_id: str
    language: str
    labels: dict[str, str]
    evaluation: Evaluation


def kappa(pairs: Sequence[Pair]) -> float | None:
    """Cohen's kappa over all outcomes; None where both sides know one outcome only."""
    n = len(pairs)
    if not n:
        return None
    observed = sum(a == b for a, b in pairs) / n
    left, right = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    expected = sum(left[key] * right[key] for key in left) / n**2
    return None if expected == 1 else (observed - expected) / (1 - expected)


def scores(pairs: Sequence[Pair]) -> dict[str, float | int | None]:
    """Precision, recall and F1 of ``met``, agreement and kappa over all outcomes."""
    hits = sum(a == b == "met" for a, b in pairs)
    said, true = sum(b == "met" for _, b in pairs), sum(a == "met" for a, _ in pairs)
    precision, recall = (hits / said if said else None), (hits / true if true else None)
    both = (precision or 0) + (recall or 0)
    return {
        "n": len(pairs),
        "precision": precision,
        "recall": recall,
        "f1": 2 * (precision or 0) * (recall or 0) / both if both else None,
        "agreement": sum(a == b for a, b in pairs) / len(pairs) if pairs else None,
        "kappa": kappa(pairs),
    }


def read(data: Path, wanted: Callable[[str], bool], *, plain: bool, meanings: bool) -> Iterator[Item]:
    """Score the calls whose id is wanted; ``plain`` takes case and punctuation away first."""
    embed = load_embedder(threads=2).embed if meanings else None
    for path in sorted((data / "calls").glob("*.json")):
        if not wanted(path.stem):
            continue
        conversation = Conversation.from_json(path.read_bytes())
        if plain:
            conversation = without_marks(conversation)
        language = conversation.language or "en"
        rubric = find_rubric(f"service-core.{language}")
        labels = json.loads((data / "labels" / path.name).read_text(encoding="utf-8"))["labels"]
        yield Item(path.stem, language, labels, evaluate(conversation, rubric, embed=embed))


def without_marks(conversation: Conversation) -> Conversation:
    """The call as a plain recogniser writes it: lower case, no punctuation."""
    turns = tuple(
        turn.model_copy(update={"text": re.sub(r"[^\w'\s]+", " ", turn.text).lower().strip(), "sentences": ()})
        for turn in conversation.turns
    )
    return conversation.model_copy(update={"turns": turns})


def report(items: Sequence[Item]) -> dict[str, Any]:
    """Figures per language and criterion, with the mean kappa and that of the baseline."""
    found: dict[str, Any] = {}
    for language in sorted({item.language for item in items}):
        mine = [item for item in items if item.language == language]
        criteria: dict[str, dict[str, float | int | None]] = {}
        for criterion in mine[0].labels:
            given = [(item.labels[criterion], item.evaluation.result(criterion)) for item in mine]
            criteria[criterion] = scores(
                [(label, result.outcome.value) for label, result in given if result is not None]
            )
        kappas = [value for row in criteria.values() if (value := row["kappa"]) is not None]
        baseline = [kappa([(item.labels[c], "met") for item in mine]) for c in criteria]
        found[language] = {
            "n_calls": len(mine),
            "criteria": criteria,
            "mean_kappa": fmean(kappas) if kappas else None,
            "always_met": {"mean_kappa": fmean(value for value in baseline if value is not None)},
        }
    return found


def _table(figures: dict[str, Any], out: Callable[[str], object]) -> None:
    for language, block in figures.items():
        out(
            f"\n{language}: {block['n_calls']} calls, mean kappa {_cell(block['mean_kappa'])}, "
            f"always met {_cell(block['always_met']['mean_kappa'])}\n"
        )
        out(f"{'criterion':34}{'n':>4}{'prec':>7}{'rec':>7}{'F1':>7}{'agree':>7}{'kappa':>7}\n")
        for criterion, row in block["criteria"].items():
            cells = "".join(f"{_cell(row[name]):>7}" for name in ("precision", "recall", "f1", "agreement", "kappa"))
            out(f"{criterion:34}{row['n']:>4}{cells}\n")


def _cell(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print JSON on stdout, a table on stderr."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with calls/ and labels/")
    parser.add_argument("--ids", default=".*", help="only calls whose id matches this regular expression")
    parser.add_argument("--plain", action="store_true", help="without case and punctuation")
    parser.add_argument("--no-meanings", action="store_true", help="wordings only, no sentence vectors")
    parser.add_argument("--misses", action="store_true", help="list every disagreement on stderr")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    wanted = re.compile(options.ids)
    items = list(
        read(
            options.data,
            lambda name: bool(wanted.fullmatch(name)),
            plain=options.plain,
            meanings=not options.no_meanings,
        )
    )
    if not items:
        parser.error(f"no call in {options.data} matches {options.ids}")
    figures = report(items)
    json.dump(figures, sys.stdout, indent=1)
    sys.stdout.write("\n")
    if options.misses:
        for item in items:
            for criterion, label in item.labels.items():
                result = item.evaluation.result(criterion)
                if result is not None and result.outcome.value != label:
                    sys.stderr.write(
                        f"{item.call_id} {criterion}: label {label}, got {result.outcome.value}: {result.explanation}"
                        f" {[(e.turn, e.quote) for e in result.evidence]}\n"
                    )
    _table(figures, sys.stderr.write)
    sys.stderr.write(f"\n{time.perf_counter() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
