"""The drift alarm of a run, from what the store has of the runs before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.store import Store
from reports.data import Drift
from scoring.drift import drift_alarms, slow_drifts

if TYPE_CHECKING:
    from scoring.rubric import Rubric

TRAILING = 20
"""Nights that one night is compared with: about a month of work, so that what changed for good is soon the yardstick."""

_LOOKED_AT = 3 * TRAILING
"""Runs among which they are looked for: some score nothing, or by another form. A slow change is looked for in them all."""


def night_drift(store: Store, run_id: str, forms: Sequence[Rubric]) -> tuple[Drift, ...]:
    """What changed against the runs before, at once or slowly, form by form.

    Only calls that a run scored itself count, and only runs with the very same form; the level holds for each form.
    """
    found: list[Drift] = []
    order = [run.run_id for run in reversed(store.runs())]
    earlier = order[: order.index(run_id)][-_LOOKED_AT:]
    for form in forms:
        counts = store.outcome_counts(form.sha256, [*earlier, run_id])
        before = [counts[each] for each in earlier if each in counts]
        tonight = counts.get(run_id, {})
        sudden = drift_alarms(tonight, before[-TRAILING:])
        known = {(alarm.criterion, alarm.what) for alarm in sudden}
        slow = [alarm for alarm in slow_drifts(tonight, before) if (alarm.criterion, alarm.what) not in known]
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
                n_changed=alarm.n_changed,
            )
            for alarm in (*sudden, *slow)
        ]
    return tuple(found)
