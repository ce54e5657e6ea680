"""Templates to text: autoescape on, everything inline, and a content security policy that allows just that."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.text import Text

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


def render(template: str, text: Text, *, root: str, **values: Any) -> str:
    """One page. ``root`` is the way to the run's folder (empty or ``../``); ``values`` are the template's own.

    The policy names the page's one style sheet and one script by their hashes, so nothing that got into the page with
    a transcript could run or load, even if it were not escaped; sound comes from the run's folder only.
    """
    style = _asset("style.css")
    script = _asset("call.js") if template == "call.html.j2" else None
    policy = [
        "default-src 'none'",
        f"style-src {_hash(style)}",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if script is not None:
        policy += [f"script-src {_hash(script)}", "media-src 'self' file:"]
    page: str = (
        _environment()
        .get_template(template)
        .render(t=text, root=root, policy="; ".join(policy), style=style, script=script, **values)
    )
    return page


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
