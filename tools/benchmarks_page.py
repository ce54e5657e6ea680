"""docs/benchmarks.md: one section per benchmark, each written by its script and replaced on its own."""

from __future__ import annotations

import re
from pathlib import Path

_TITLE = "# Benchmarks\n\nEvery section is written by the command that it names; nothing here is typed by hand.\n"


def write_section(path: Path, title: str, body: str) -> None:
    """Put ``body`` under ``## title``, in place of what stood there; other sections stay as they are."""
    text = path.read_text(encoding="utf-8") if path.exists() else _TITLE
    section = f"## {title}\n\n{body.strip()}\n"
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if not pattern.search(text):
        text = f"{text.rstrip()}\n\n{section}"
    text = pattern.sub(lambda _: section + "\n", text)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.rstrip() + "\n", encoding="utf-8")
