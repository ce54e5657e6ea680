"""A run from its orders to its reports, given somebody who provides worker processes. No Prefect here."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from flows.callway import call_way
from flows.job import NightlyJob
from flows.planning import plan_run
from flows.progress import Tick, shown_progress
from flows.rounds import Pool, work_off
from qa.model import CoverageRow, Status, UsageError
from qa.review.nightly_report import write_run
from qa.store import Store
from reports import RunInfo

PoolOf = Callable[[NightlyJob, Tick], Pool]
ShowProgress = Callable[[Store, str, int], AbstractContextManager[Tick]]

Summary = dict[str, Any]
"""A run in numbers, as ``qa nightly --format json`` prints them: ``run_id``, ``n_files``, ``n_scored``, ``n_refused``,
``n_skipped``, ``audio_s`` (seconds of audio scored in this run), ``wall_s``, ``stages`` (seconds by stage over all
workers) and ``out``."""


def night_shift(job: NightlyJob, pool_of: PoolOf, show: ShowProgress = shown_progress) -> Summary:
    """Plan, score and report; returns the numbers. What became of each file is in the store.

    Raises:
        UsageError: the input or the store cannot be used.
        CallibrateError: nothing can be scored at all (models missing, workers that do not start).
    """
    began = time.monotonic()
    try:
        job.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot be made ({error.strerror})", where=str(job.out), expected="a folder to write into"
        ) from None
    with Store.open(job.store) as store:
        rubrics = call_way(job.pipeline).load_rubrics(job.rubrics)
        plan = plan_run(job, store, rubrics)
        with show(store, plan.run_id, plan.n_files) as tick:
            stages = work_off(job, plan, store, pool_of(job, tick))
        counts = _counts(store.coverage_for_run(plan.run_id))
        scored_at = time.monotonic()
        run = RunInfo(run_id=plan.run_id, started_at=plan.started_at, **counts, wall_s=scored_at - began)
        write_run(store, run, rubrics.all(), job.settings, job.out)
        stages = {**stages, "reports": time.monotonic() - scored_at}
        summary = {
            "run_id": plan.run_id,
            **counts,
            "wall_s": round(time.monotonic() - began, 3),
            "stages": {name: round(seconds, 3) for name, seconds in stages.items()},
            "out": str(job.out),
        }
        store.end_run(plan.run_id, summary)
    return summary


def _counts(rows: Sequence[CoverageRow]) -> dict[str, Any]:
    n = Counter(row.status for row in rows)
    return {
        "n_files": len(rows),
        "n_scored": n[Status.SCORED],
        "n_refused": n[Status.REFUSED],
        "n_skipped": n[Status.SKIPPED],
        "audio_s": round(math.fsum(row.duration_s or 0.0 for row in rows if row.status is Status.SCORED), 3),
    }
