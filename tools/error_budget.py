"""How much of the disagreement with the labels comes from recognition, from roles and from the checks.

    qa nightly audio_samples --out var/demo
    python tools/error_budget.py --run var/demo [--gold audio_samples/gold]

RUN holds conversations/CALL_ID.json as they were heard; GOLD the scripts, CALL_ID.json with "expected" outcomes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from qa.model import Conversation, Outcome
from qa.pipeline import load_rubrics, score
from qa.review.error_budget import Budget, BudgetReport, Labels, Versions, error_budget, versions_of
from qa.settings import Settings

ROOT = Path(__file__).resolve().parents[1]


def calls(run: Path, gold: Path, language: str) -> Iterator[tuple[Versions, Labels]]:
    """Every call in this language that is in both folders."""
    for path in sorted(gold.glob("*.json")):
        heard_at = run / "conversations" / path.name
        if not heard_at.is_file():
            continue
        heard = Conversation.from_json(heard_at.read_text(encoding="utf-8"))
        if heard.language != language:
            continue
        document = json.loads(path.read_text(encoding="utf-8"))
        labels = {criterion: Outcome(outcome) for criterion, outcome in document["expected"].items()}
        yield versions_of(heard, Conversation.from_json(json.dumps(document))), labels


def table(reports: dict[str, BudgetReport]) -> str:
    """The budgets as a table, all criteria together and those with anything wrong."""
    lines = [
        "| form | criterion | verdicts | wrong | recognition | roles | check |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for name, report in reports.items():
        lines.append(_line(name, f"all, {report.n_calls} calls", report.overall))
        lines += [
            _line(name, criterion, found) for criterion, found in report.criteria.items() if found != Budget(found.n)
        ]
    return "\n".join(lines)


def _line(form: str, what: str, found: Budget) -> str:
    parts = " | ".join(f"{share:g}" for share in (found.recognition, found.roles, found.check))
    return f"| {form} | {what} | {found.n} | {found.wrong} | {parts} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--run", type=Path, required=True, help="output folder of qa nightly")
    parser.add_argument("--gold", type=Path, default=ROOT / "audio_samples" / "gold")
    given = parser.parse_args()
    settings = Settings()
    reports = {}
    for rubric in load_rubrics(()).all():
        found = calls(given.run, given.gold, rubric.language)
        reports[rubric.id] = error_budget(found, partial(score, rubric=rubric, settings=settings))
    print(table(reports))


if __name__ == "__main__":
    main()
