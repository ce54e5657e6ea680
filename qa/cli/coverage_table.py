"""The coverage table of a run, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.cli.console import output_console
from qa.model import CoverageRow, Status

_COLOURS = {Status.SCORED: "green", Status.REFUSED: "red", Status.SKIPPED: "yellow"}


def print_coverage(rows: Sequence[CoverageRow], summary: dict[str, Any], console: Console | None = None) -> None:
    """Print what became of every file, the counts that add up to all files, and where the reports lie."""
    console = console or output_console()
    table = Table(
        "file", "status", "reason", "audio", "channels", "lang", "rubric", "percent", "note", title="Coverage"
    )
    for row in rows:
        # Text, not str: a file's name is not to be read as markup.
        cells = (row.reason_code or "", _clock(row.duration_s), row.channel_kind or "", row.language or "")
        table.add_row(
            Text(row.file),
            Text(row.status, style=_COLOURS[row.status]),
            *cells,
            Text(row.rubric or ""),
            "" if row.percent is None else f"{row.percent:.1f}",
            _note(row),
        )
    console.print(table)
    console.print(
        f"{summary['n_scored']} scored + {summary['n_skipped']} skipped + {summary['n_refused']} refused"
        f" = {summary['n_files']} files; {_clock(summary['audio_s'])} of audio in {_clock(summary['wall_s'])}",
        highlight=False,
    )
    console.print(Text(f"Reports: {Path(summary['out']) / 'index.html'}"), soft_wrap=True)


def _note(row: CoverageRow) -> Text:
    if row.auto_fail:
        return Text("auto-fail", style="red")
    return Text(row.detail or "")


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
