"""The Prefect flow of the night shift."""

from __future__ import annotations

from prefect import flow, get_run_logger

from flows.callway import PIPELINE
from flows.job import DEFAULT_OUT, Runner, nightly_job
from flows.pools import prefect_pool
from flows.shift import Summary, night_shift


@flow(name="nightly", persist_result=False)
def nightly(
    input: str,
    out: str = DEFAULT_OUT,
    store: str | None = None,
    rubrics: list[str] | None = None,
    runner: Runner = "local",
    limit: int | None = None,
    pipeline: str = PIPELINE,
) -> Summary:
    """Score every new recording under ``input`` and write coverage, evaluations and reports into ``out``.

    Args:
        input: the folder with recordings and, optional, a ``manifest.csv``.
        out: the folder for what the run leaves behind.
        store: path or URL of the store; by default ``callibrate.db`` in ``out``.
        rubrics: ids or files; by default the shipped core rubric of each call's language.
        runner: ``local`` worker processes, or ``dask``.
        limit: only so many files, the first by name.
        pipeline: the module that knows one call's way; tests put another in its place.
    """
    job = nightly_job(input, out, store, tuple(rubrics or ()), runner, limit, pipeline)
    summary = night_shift(job, prefect_pool)
    get_run_logger().info("%(n_scored)d scored, %(n_skipped)d skipped, %(n_refused)d refused; %(out)s", summary)
    return summary
