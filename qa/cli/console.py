"""Where tables are printed."""

from __future__ import annotations

from rich.console import Console

_WIDE = 240


def output_console() -> Console:
    """Standard output: a terminal at its width, a file or pipe with room for whole lines."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)
