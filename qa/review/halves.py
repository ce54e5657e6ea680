"""Calls dealt into two parts: what is learned on one is shown on the other."""

from __future__ import annotations

import hashlib


def half_of(call_id: str) -> int:
    """0 or 1, from the id alone: the same calls lie in the same part the next time, in whatever order they come."""
    return hashlib.sha256(call_id.encode()).digest()[0] % 2
