"""Small forms for people to answer, in one line each."""

from __future__ import annotations

import json
from typing import Any

from scoring import Rubric, parse_rubric


def ask(name: str, points: float | None = None, **more: Any) -> dict[str, Any]:
    """A criterion that a person answers; ``more`` are its other keys."""
    worth = {} if points is None else {"points": points}
    return {"id": name, "title": name, "question": f"{name}?", **worth, "answered_by": "person", **more}


def write(name: str) -> dict[str, Any]:
    """A free text."""
    return {"id": name, "title": name, "question": f"{name}?", "answer": {"type": "free_text"}}


def section(title: str, *criteria: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title, **more, "criteria": list(criteria)}


def form(*sections: dict[str, Any], **more: Any) -> Rubric:
    """A form of these sections, through the loader (JSON is YAML)."""
    text = {"id": "test.en", "version": "1.0.0", "language": "en", "title": "Test", **more, "sections": list(sections)}
    return parse_rubric(json.dumps(text), "test.yaml")
