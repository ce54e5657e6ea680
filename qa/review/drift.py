"""The drift alarm of a run, from what the store has of the runs before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.store import Store
from reports.data import Drift
from scoring.drift import drift_alarms

if TYPE_CHECKING:
    from scoring.rubric import Rubric

TRAILING = 20
"""Nights to compare with: about a month of work, so that a slow change is not its own yardstick for long."""

_LOOKED_AT = 3 * TRAILING
"""Runs among which they are looked for: some score nothing, or by another form."""


def night_drift(store: Store, run_id: str, forms: Sequence[Rubric]) -> tuple[Drift, ...]:
    """What changed against the trailing runs, form by form. Only calls that a run scored itself count, and only runs with
    the very same form; the level holds for each form."""
    found: list[Drift] = []
    order = [run.run_id for run in reversed(store.runs())]
    earlier = order[: order.index(run_id)][-_LOOKED_AT:]
    for form in forms:
        counts = store.outcome_counts(form.sha256, [*earlier, run_id])
        before = [counts[each] for each in earlier if each in counts][-TRAILING:]
        found += [
            Drift(
                rubric=form.id,
                criterion=alarm.criterion,
                what=alarm.what,
                share=alarm.share,
                n=alarm.n,
                share_before=alarm.share_before,
                n_before=alarm.n_before,
                n_nights=alarm.n_nights,
            )
            for alarm in drift_alarms(counts.get(run_id, {}), before)
        ]
    return tuple(found)
