"""``qa nightly``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flows.job import Runner


@click.command()
@click.argument("input", metavar="INPUT", type=click.Path())
@click.option("--out", metavar="DIR", help="Folder for coverage, evaluations and reports.  [default: var/nightly]")
@click.option(
    "--store",
    metavar="URL",
    help="Path or URL of the store; passwords go into ~/.pgpass.  [default: DIR/callibrate.db]",
)
@click.option("--rubric", "rubrics", metavar="ID_OR_FILE", multiple=True, help="Score with this rubric; repeatable.")
@click.option("--runner", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the first N files by name.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def nightly(
    input: str,
    out: str | None,
    store: str | None,
    rubrics: tuple[str, ...],
    runner: Runner,
    limit: int | None,
    form: str,
) -> int:
    """Score every new recording under INPUT and write the morning's reports.

    INPUT holds recordings and, optional, a manifest.csv. What was scored before is not scored again. Ends with 1 when
    a file had to be refused; each one is named with its reason.
    """
    from flows.job import nightly_job
    from flows.run import run_nightly

    job = nightly_job(input, out, store, rubrics, runner, limit)
    summary = run_nightly(job)
    if form == "json":
        click.echo(json.dumps(summary, ensure_ascii=False, indent=2))
    else:
        _show(job.store, summary)
    return 1 if summary["n_refused"] else 0


def _show(store: str, summary: dict[str, Any]) -> None:
    from qa.cli.coverage_table import print_coverage
    from qa.store import Store

    with Store.open(store, create=False) as opened:
        print_coverage(opened.coverage_for_run(summary["run_id"]), summary)
