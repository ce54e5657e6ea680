"""``qa rescore``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click


@click.command()
@click.option("--rubric", metavar="ID_OR_FILE", required=True, help="A shipped rubric's id, or a rubric file.")
@click.option("--store", metavar="URL", help="Path or URL of the store.  [default: var/nightly/callibrate.db]")
@click.option("--dry-run", is_flag=True, help="Only show what would change; nothing is written.")
@click.option("--force", is_flag=True, help="Judge everything anew, also calls that this very rubric has scored.")
@click.option("--limit", metavar="N", type=int, help="Only the first N calls by id.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rescore(rubric: str, store: str | None, dry_run: bool, force: bool, limit: int | None, form: str) -> int:
    """Score stored calls again, without their audio, and show every answer that flips.

    Earlier evaluations stay in the store: another version of a rubric is another evaluation. Calls that this rubric has
    scored already, to the byte, are left alone.
    """
    import json

    from flows.job import DEFAULT_OUT, STORE_NAME
    from qa.cli.impact_text import print_impact
    from qa.pipeline import rescore as score_again

    with _shown() as progress:
        impact = score_again(
            store or f"{DEFAULT_OUT}/{STORE_NAME}",
            rubric,
            dry_run=dry_run,
            force=force,
            limit=limit,
            progress=progress,
        )
    if form == "json":
        click.echo(json.dumps({"rubric": rubric, "dry_run": dry_run, **impact.to_dict()}, ensure_ascii=False, indent=2))
    else:
        print_impact(impact, dry_run=dry_run)
    return 1 if impact.failures else 0


@contextmanager
def _shown() -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error while it is a terminal, a line now and then where it is not."""
    import time

    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    last_at = time.monotonic()
    columns = (TextColumn("calls"), BarColumn(), MofNCompleteColumn(), TextColumn("eta"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("calls", total=None)

        def tick(done: int, total: int) -> None:
            nonlocal last_at
            bar.update(task, completed=done, total=total)
            if not console.is_terminal and time.monotonic() - last_at > _LINE_EVERY_S:
                last_at = time.monotonic()
                click.echo(f"{done} of {total} calls", err=True)

        yield tick


_LINE_EVERY_S = 10.0
