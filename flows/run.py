"""The way into the night shift for people, who have no Prefect server running."""

from __future__ import annotations

from flows.job import NightlyJob
from flows.server import prefect_server
from flows.shift import Summary


def run_nightly(job: NightlyJob) -> Summary:
    """Run the flow with one Prefect server for all its processes: the one of ``PREFECT_API_URL``, or our own.

    Raises what :func:`flows.shift.night_shift` raises, and CallibrateError when the server does not start.
    """
    with prefect_server(job.settings) as server:
        # Takes seconds, which the server needs to start anyway. It reads the environment just set.
        from flows.nightly import nightly

        server.wait()
        return nightly(
            input=str(job.source),
            out=str(job.out),
            store=job.store,
            rubrics=list(job.rubrics),
            runner=job.runner,
            limit=job.limit,
            pipeline=job.pipeline,
        )
