"""Agreement of the core rubrics with labelled calls: precision, recall, F1, kappa and AC1 for each criterion.

A folder given with ``--data`` holds ``calls/ID.json`` (`qa.conversation/1`) and ``labels/ID.json``
(``{"labels": {criterion: outcome}}``); without one the project's own gold calls are used. ``--all`` adds the same calls
with recognition noise, and the baselines; ``--train`` names labelled calls that the word-count baseline learns from.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa.language import annotate
from qa.language.vectors import UniversalSentenceEncoder, load_embedder
from qa.model import Conversation, Evaluation, Language
from scoring import evaluate, find_rubric
from tools.benchmarks_page import write_section
from tools.call_noise import VARIANTS, Noise, Vocabulary, noisy
from tools.scoring_baselines import by_keywords, by_word_counts
from tools.scoring_figures import figures, section, table

GOLD = Path(__file__).resolve().parents[1] / "tests" / "data" / "gold_calls"
UNTOUCHED = r"gold-\w+-(49|[56]\d|7[0-4])"
"""The gold calls that nobody read while tuning; how far they are untouched: tests/data/gold_calls/README.md."""
Pairs = dict[str, dict[str, list[tuple[str, str]]]]
"""By language and criterion: label and verdict of every call."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A call and what a person said of it."""

    call: Conversation
    language: Language
    labels: Mapping[str, str]

    @property
    def call_id(self) -> str:
        return self.call.call.call_id


def read(folders: Sequence[Path], ids: re.Pattern[str]) -> list[Labelled]:
    """The labelled calls of some folders whose file names match ``ids``."""
    found = []
    for folder in folders:
        for path in sorted((folder / "calls").glob("*.json")):
            if not ids.fullmatch(path.stem):
                continue
            call = Conversation.from_json(path.read_bytes())
            labels = json.loads((folder / "labels" / path.name).read_text(encoding="utf-8"))["labels"]
            found.append(Labelled(call, call.language or "en", labels))
    return found


def score(calls: Sequence[Labelled], embedder: UniversalSentenceEncoder | None, noise: Noise) -> list[Evaluation]:
    """Every call, with noise, by the core rubric of its language; None for ``embedder``: wordings only."""
    vocabularies = {
        language: Vocabulary([item.call for item in calls if item.language == language], language)
        for language in {item.language for item in calls}
    }
    found = []
    for item in calls:
        call = noisy(item.call, noise, vocabularies[item.language])
        rubric = find_rubric(f"service-core.{item.language}")
        embed = embedder.embed if embedder else None
        found.append(evaluate(annotate(call, embedder=embedder), rubric, embed=embed))
    return found


def outcomes(calls: Sequence[Labelled], evaluations: Sequence[Evaluation]) -> Pairs:
    """Label and verdict of every criterion that has a label, by language."""
    given = [{result.criterion: result.outcome.value for result in one.results} for one in evaluations]
    return _paired(calls, given)


def _paired(calls: Sequence[Labelled], given: Sequence[Mapping[str, str]]) -> Pairs:
    found: Pairs = {}
    for item, mine in zip(calls, given, strict=True):
        for criterion, label in item.labels.items():
            if criterion in mine:
                found.setdefault(item.language, {}).setdefault(criterion, []).append((label, mine[criterion]))
    return found


def baselines(calls: Sequence[Labelled], train: Sequence[Labelled]) -> dict[str, Pairs]:
    """Always met, keywords, and word counts where there is something to learn from."""
    always = [dict.fromkeys(item.labels, "met") for item in calls]
    keywords = [by_keywords(item.call, item.language, list(item.labels)) for item in calls]
    found = {"always met": _paired(calls, always), "keywords": _paired(calls, keywords)}
    for language in sorted({item.language for item in calls}):
        mine = [item for item in calls if item.language == language]
        learnt = [(item.call, item.labels) for item in train if item.language == language]
        if learnt:
            guesses = by_word_counts(learnt, [item.call for item in mine], language)
            found.setdefault("TF-IDF + logistic regression", {}).update(_paired(mine, guesses))
    return found


def _misses(calls: Sequence[Labelled], evaluations: Sequence[Evaluation]) -> str:
    lines = []
    for item, evaluation in zip(calls, evaluations, strict=True):
        for criterion, label in item.labels.items():
            result = evaluation.result(criterion)
            if result is not None and result.outcome.value != label:
                quotes = [(e.turn, e.quote) for e in result.evidence]
                lines.append(
                    f"{item.call_id} {criterion}: label {label}, got {result.outcome.value}: {result.explanation} {quotes}\n"
                )
    return "".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print JSON on stdout, tables on stderr; with ``--write`` also the section of the benchmarks page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", help="folder with calls/ and labels/ (several times)")
    parser.add_argument("--train", type=Path, help="labelled calls for the word-count baseline")
    parser.add_argument(
        "--ids", help="only calls whose file name matches; default: the untouched gold calls, or all of --data"
    )
    parser.add_argument("--all", action="store_true", help="also with recognition noise, and the baselines")
    parser.add_argument("--plain", action="store_true", help="without case and punctuation")
    parser.add_argument("--no-meanings", action="store_true", help="wordings only: no sentence vectors, no acts")
    parser.add_argument("--misses", action="store_true", help="list every disagreement on stderr")
    parser.add_argument("--write", type=Path, help="the benchmarks page")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    ids = options.ids or (".*" if options.data else UNTOUCHED)
    calls = read(options.data or [GOLD / "en", GOLD / "zh"], re.compile(ids))
    if not calls:
        parser.error(f"no call matches {ids}")
    embedder = None if options.no_meanings else load_embedder(threads=2)
    wanted = VARIANTS if options.all else VARIANTS[1:2] if options.plain else VARIANTS[:1]
    found: dict[str, dict[str, Any]] = {}
    for noise in wanted:
        evaluations = score(calls, embedder, noise)
        found[noise.name] = figures(outcomes(calls, evaluations))
        if options.misses:
            sys.stderr.write(_misses(calls, evaluations))
        sys.stderr.write(table(noise.name, found[noise.name]))
    if options.all:
        train = read([options.train], re.compile(".*")) if options.train else []
        for name, pairs in baselines(calls, train).items():
            found[name] = figures(pairs)
    json.dump(found, sys.stdout, indent=1)
    sys.stdout.write("\n")
    if options.write:
        write_section(options.write, "Scoring", section(found, len(calls)))
    sys.stderr.write(f"\n{time.perf_counter() - started:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
