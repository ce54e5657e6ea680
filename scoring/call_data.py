"""What a form may ask of the call data: a field and the value, or values, that it has to have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa.model import Call

Wanted = Mapping[str, str | tuple[str, ...]]
"""By field of the call data (``queue``), or by ``tags.NAME`` for a further column of the manifest."""

_TAG = "tags."


def unknown_fields(wanted: Wanted) -> list[str]:
    """The names that are no field of the call data."""
    known = set(Call.model_fields) - {"tags"}
    return sorted(name for name in wanted if name not in known and not name.startswith(_TAG))


def call_matches(wanted: Wanted, call: Call) -> bool:
    """True when every field has one of its values; a field that the call does not have matches nothing."""
    return all(_has(call, name, value) for name, value in wanted.items())


def _has(call: Call, name: str, value: str | tuple[str, ...]) -> bool:
    got: Any = call.tags.get(name.removeprefix(_TAG)) if name.startswith(_TAG) else getattr(call, name)
    return got is not None and str(got) in ((value,) if isinstance(value, str) else value)
