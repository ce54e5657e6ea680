"""How far a run is, on standard error: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from qa.store import Store

LINE_EVERY_S = 30.0

Tick = Callable[[], None]
"""To be called a few times a second while the run goes on."""


@contextmanager
def shown_progress(store: Store, run_id: str, n_files: int, console: Console | None = None) -> Iterator[Tick]:
    """Show how many files have an outcome and how much audio was scored; the store knows, whoever does the work."""
    console = console or Console(stderr=True)
    shown = _bar if console.is_terminal else _lines
    with shown(store, run_id, n_files, console) as tick:
        tick()
        yield tick
        tick()


@contextmanager
def _bar(store: Store, run_id: str, n_files: int, console: Console) -> Iterator[Tick]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[audio]} of audio"),
        TimeElapsedColumn(),
        TextColumn("eta"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("calls", total=n_files, audio=clock(0))

        def tick() -> None:
            now = store.progress(run_id)
            progress.update(task, completed=now.n_files, audio=clock(now.audio_s))

        yield tick


@contextmanager
def _lines(store: Store, run_id: str, n_files: int, console: Console) -> Iterator[Tick]:
    last_at, last_n = -LINE_EVERY_S, -1

    def tick() -> None:
        nonlocal last_at, last_n
        now = store.progress(run_id)
        due = time.monotonic() - last_at >= LINE_EVERY_S
        if now.n_files != last_n and (due or now.n_files == n_files):
            last_at, last_n = time.monotonic(), now.n_files
            console.print(f"{now.n_files} of {n_files} files, {clock(now.audio_s)} of audio scored", highlight=False)

    yield tick


def clock(seconds: float) -> str:
    """Hours, minutes and seconds: ``1:02:03``."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}"
