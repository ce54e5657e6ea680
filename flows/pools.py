"""Pools of worker processes by Prefect: one task for each shard."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ProcessPoolTaskRunner, TaskRunner

from flows.job import NightlyJob
from flows.progress import Tick
from flows.rounds import Pool, Round
from flows.shards import Shard, StageSeconds, end_with_parent, work_shard

_TICK_S = 0.5
# Numeric libraries read these when they are loaded, so they have to be there when a worker starts.
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_DASK = {
    "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0",  # who is tried again after a death, we decide
    "DASK_LOGGING__DISTRIBUTED": "warning",
}


@task(name="score-shard", cache_policy=NO_CACHE, persist_result=False)
def score_shard(job: NightlyJob, shard: Shard) -> StageSeconds:
    """Score the calls of one shard."""
    return work_shard(job, shard)


def prefect_pool(job: NightlyJob, tick: Tick) -> Pool:
    """A pool that works with Prefect's process pool, or with Dask when the job says so."""

    def work(shards: Sequence[Shard], workers: int) -> Round:
        with _worker_environment(job.settings.threads_per_worker), _runner(job, min(workers, len(shards))) as runner:
            try:
                futures = [runner.submit(score_shard, {"job": job, "shard": shard}) for shard in shards]
                return _gather(futures, tick)
            except BaseException:
                _end_workers()
                raise

    return work


def _gather(futures: Sequence[PrefectFuture[Any]], tick: Tick) -> Round:
    spent: Counter[str] = Counter()
    died = False
    for future in futures:
        stages = _result(future, tick)
        died = died or stages is None
        spent.update(stages or {})
    return Round(dict(spent), died)


def _result(future: PrefectFuture[Any], tick: Tick) -> StageSeconds | None:
    """What a shard came back with; None when its worker died. Raises what the shard raised."""
    while True:
        try:
            stages: StageSeconds = future.result(timeout=_TICK_S)
        except TimeoutError:
            tick()
        except Exception as error:
            if _is_death(error):
                return None
            raise
        else:
            return stages


def _end_workers() -> None:
    """End the workers in the middle of their calls, which the next run takes up.

    On Ctrl-C, or when no call can be scored, nobody waits for calls in work. And a worker that Ctrl-C met while it
    was still starting would never end by itself.
    """
    for worker in multiprocessing.active_children():
        worker.kill()


def _is_death(error: Exception) -> bool:
    # Dask's own error is known by name, as Dask is an extra.
    return isinstance(error, BrokenProcessPool) or type(error).__name__ == "KilledWorker"


def _runner(job: NightlyJob, workers: int) -> TaskRunner[Any]:
    if job.runner == "dask":
        # An extra: by name, so that nothing here depends on it.
        dask: TaskRunner[Any] = import_module("prefect_dask").DaskTaskRunner(
            cluster_kwargs={"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
        )
        return dask
    return ProcessPoolTaskRunner(max_workers=workers, initializer=end_with_parent)


@contextmanager
def _worker_environment(threads: int) -> Iterator[None]:
    values = {**dict.fromkeys(_THREADS, str(threads)), **_DASK}
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
