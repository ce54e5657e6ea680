"""What good looks like, per criterion: the text that follows a priority on an agent's report."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from qa.model import Language

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Suggestion:
    """``look``: what the customer experiences when it is done well; ``attempt``: one thing to do on the next call."""

    look: str
    attempt: str


@cache
def suggestions(language: Language) -> dict[str, Suggestion]:
    """Suggestions by criterion id, from ``coaching.LANGUAGE.yaml``; a rubric's own criteria may have none."""
    entries = yaml.safe_load((_FOLDER / f"coaching.{language}.yaml").read_text(encoding="utf-8"))
    return {criterion: Suggestion(entry["look"], entry["try"]) for criterion, entry in entries.items()}
