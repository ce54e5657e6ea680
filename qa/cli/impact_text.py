"""What scoring again changes, for a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from qa.cli.console import output_console
from qa.review.impact import Impact, Scores


def print_impact(impact: Impact, *, dry_run: bool) -> None:
    """Counts, every answer that flips, and the changes by criterion and by agent."""
    console = output_console()
    if impact.flips:
        console.print(_flips(impact), _criteria(impact))
    if impact.agents:
        console.print(_agents(impact))
    for what, names in (("new", impact.criteria_added), ("gone", impact.criteria_removed)):
        for name, n in sorted(names.items()):
            console.print(f"{what} in this rubric: {name} ({n} calls)", markup=False, highlight=False)
    for failure in impact.failures:
        console.print(f"{failure.call_id}: {failure.reason} ({failure.detail})", markup=False, highlight=False)
    verb = "would be scored again" if dry_run else "scored again"
    console.print(
        f"{impact.n_rescored} calls {verb}, {impact.n_first} for the first time, {impact.n_unchanged} had this rubric's score, "
        f"{impact.n_not_for_form} are not for this rubric, {len(impact.failures)} failed. {len(impact.flips)} answers flip.",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


def _flips(impact: Impact) -> Table:
    table = Table("call", "agent", "criterion", "was", "now")
    for flip in sorted(impact.flips, key=lambda each: (each.call_id, each.criterion)):
        table.add_row(
            *(escape(cell) for cell in (flip.call_id, flip.agent_id or "-", flip.criterion, flip.was, flip.now))
        )
    return table


def _criteria(impact: Impact) -> Table:
    table = Table("criterion", "flips", "which")
    for name, changes in impact.by_criterion().items():
        which = ", ".join(f"{was} -> {now}: {n}" for (was, now), n in changes.most_common())
        table.add_row(escape(name), str(changes.total()), escape(which))
    return table


def _agents(impact: Impact) -> Table:
    table = Table("agent", "calls", "% before", "% after", "change", "passed before", "passed after", "flips")
    rows = [*sorted(impact.agents.items()), ("all", impact.overall)]
    for agent, scores in rows:
        table.add_row(escape(agent or "-"), *_cells(scores))
    return table


def _cells(scores: Scores) -> tuple[str, ...]:
    shown = ["-" if value is None else f"{value:.1f}" for value in (scores.mean_before, scores.mean_after)]
    change = "-" if scores.change is None else f"{scores.change:+.1f}"
    counts = (scores.n_passed_before, scores.n_passed_after, scores.n_flips)
    return (str(scores.n), *shown, change, *map(str, counts))
