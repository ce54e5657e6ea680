"""``qa report``: reports over what the store holds, one command each."""

from __future__ import annotations

from pathlib import Path

import click

from qa.cli.calibration import STORE, write_report


@click.group()
def report() -> None:
    """Reports from the store, as pages, workbook or JSON; prints the paths written."""


@report.command()
@click.option("--session", "sessions", metavar="ID", multiple=True, help="Only this session; repeatable.")
@click.option("--out", metavar="DIR", type=click.Path(path_type=Path), help="Folder.  [default: var/reports]")
@click.option("--format", "form", type=click.Choice(["html", "xlsx", "json"]), default="html", show_default=True)
@STORE
def calibration(sessions: tuple[str, ...], out: Path | None, form: str, store: str | None) -> None:
    """How far people agree, and the machine with them, over every closed calibration session."""
    write_report(sessions, out, form, store)
