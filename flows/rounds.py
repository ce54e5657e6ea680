"""Getting every call of a run to an outcome, even when worker processes die on the way.

A worker that dies (killed for its memory, say, or by a fault in native code) takes its pool with it. What was saved
is saved. The calls that were in work at that moment are tried once more, each alone in a new process; one that kills
its process again is refused, and the others go on together.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flows.job import NightlyJob
from flows.planning import Item, Plan, deal
from flows.rows import refused_row
from flows.shards import Shard, StageSeconds
from qa.model import CallibrateError, Reason
from qa.store import Store

log = logging.getLogger("callibrate.nightly")


@dataclass(frozen=True, slots=True)
class Round:
    """How one pool of workers ended: seconds by stage of the shards that came back, and whether a worker died."""

    stages: StageSeconds = field(default_factory=dict)
    worker_died: bool = False


Pool = Callable[[Sequence[Shard], int], Round]
"""Works on shards with so many processes; returns when all are done or the pool broke. Raises a shard's own fault."""


def work_off(job: NightlyJob, plan: Plan, store: Store, pool: Pool) -> StageSeconds:
    """Work on every item of the plan; returns seconds by stage. Afterwards each file has its row in the store.

    Raises:
        CallibrateError: workers die before they begin their first call, so that no call is to blame.
    """
    spent: Counter[str] = Counter()
    left = list(plan.items)
    while left:
        shards = [
            Shard(plan.run_id, items, plan.gates) for items in deal(left, job.settings.shard_s, job.settings.workers)
        ]
        done = pool(shards, job.settings.workers)
        spent.update(done.stages)
        if not done.worker_died:
            break
        begun = store.unfinished_attempts(plan.run_id)
        suspects = [item for item in left if item.file in begun]
        if not suspects:
            raise CallibrateError(
                "a worker process died before its first call",
                expected="enough memory for each worker's speech engines",
                fix="Set CALLIBRATE_WORKERS to a smaller number",
            )
        for item in suspects:
            spent.update(_once_more(plan, item, store, pool))
        covered = store.covered_files(plan.run_id)
        left = [item for item in left if item.file not in covered]
    return dict(spent)


def _once_more(plan: Plan, item: Item, store: Store, pool: Pool) -> StageSeconds:
    log.warning("%s: its worker process died; trying once more alone", item.file)
    alone = pool([Shard(plan.run_id, (item,), plan.gates)], 1)
    if alone.worker_died and item.file in store.unfinished_attempts(plan.run_id):
        detail = "the worker process died twice on this file"
        store.save_coverage(plan.run_id, refused_row(item.recording, Reason.ENGINE_FAILED, detail))
    return alone.stages
