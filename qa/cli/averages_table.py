"""``qa calibration averages`` as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.table import Table

from qa.cli.console import output_console

if TYPE_CHECKING:
    from qa.review.averages import TeamAverages
    from scoring.averages import Estimate, GroupAverage

_MOST_FLIPS = 10


def print_averages(found: TeamAverages) -> None:
    """One table a team, with what must be known to read it."""
    console = output_console()
    for team, group in found.teams.items():
        console.print(_table(team, group))
        for line in _notes(group):
            console.print(f"  {line}")
    session = (
        f"session {found.session_id}" if found.session_id else "no closed calibration session: not checked by people"
    )
    console.print(escape(f"run {found.run_id}; {session}"))
    console.print(
        f"{found.n_calls} calls; left out: {found.n_without_agent} without an agent, {found.n_without_score} without a score"
    )
    if found.session_id:
        console.print(
            f"{found.n_checked} calls checked by people; {found.n_without_chance} flagged or named calls of the session enter "
            f"no average; {found.n_unscored} were not scored"
        )
    if found.lost_strata:
        console.print(escape(f"nothing is known by people's standard of: {', '.join(found.lost_strata)}"))


def _table(team: str, group: GroupAverage) -> Table:
    table = Table(
        title=escape(f"{team}: {_shown(group.mean.mean)} (machine alone {group.mean.machine:.1f})"),
        title_justify="left",
    )
    for column in ("agent", "calls", "checked", "mean", "machine", "same mix of calls", "place"):
        table.add_column(column)
    for a in group.agents:
        place = "" if a.place is None else str(a.place.rank or f"{a.place.best} to {a.place.worst}")
        mixed = (
            f"{a.mix.adjusted.value:.1f}{' (flips)' if a.mix.flips else ''}" if a.mix.adjusted.value is not None else ""
        )
        table.add_row(
            escape(a.agent), str(a.n_calls), str(a.n_checked), _shown(a.shrunken), _shown(a.machine), mixed, place
        )  # fmt: skip
    return table


def _notes(group: GroupAverage) -> list[str]:
    from scoring.averages import GOOD_RELIABILITY, times_as_many

    notes = [f"agents' means by {group.basis}'s standard"]
    if group.reliability is not None:
        real = f"{group.reliability:.0%} of the variance between agents' measured means is real"
        times = times_as_many(group.reliability, GOOD_RELIABILITY)
        if times is not None and times > 1:
            real += f"; {times:.1f} times as many calls an agent would make it {GOOD_RELIABILITY:.0%}"
        notes.append(real)
    for flip in [f for f in group.flips if f.sure][:_MOST_FLIPS]:
        notes.append(
            f"{escape(flip.better)} is above {escape(flip.worse)} with the same mix of calls "
            f"({flip.adjusted_difference:+.1f}), below without ({flip.raw_difference:+.1f})"
        )
    return notes


def _shown(found: Estimate | None) -> str:
    if found is None or found.value is None:
        return "-"
    if found.low is None or found.high is None:
        return f"{found.value:.1f}"
    return f"{found.value:.1f} ({found.low:.1f} to {found.high:.1f})"
