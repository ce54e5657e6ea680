"""A stretch of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From ``start_s`` to ``end_s``, in seconds from the start of the recording."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        return max(0.0, self.end_s - self.start_s)

    def overlap_s(self, other: Span) -> float:
        """Seconds that both spans share."""
        return max(0.0, min(self.end_s, other.end_s) - max(self.start_s, other.start_s))


def union(spans: Iterable[Span], *, gap_s: float = 0.0) -> list[Span]:
    """Sorted spans without overlap; neighbours up to ``gap_s`` apart become one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start_s <= merged[-1].end_s + gap_s:
            merged[-1] = Span(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return merged


def intersection(left: Iterable[Span], right: Iterable[Span]) -> list[Span]:
    """The time that lies in both sets of spans."""
    a, b = union(left), union(right)
    found: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start_s, b[j].start_s), min(a[i].end_s, b[j].end_s)
        if start < end:
            found.append(Span(start, end))
        if a[i].end_s <= b[j].end_s:
            i += 1
        else:
            j += 1
    return found


def total_s(spans: Iterable[Span]) -> float:
    """Seconds covered, overlaps counted once."""
    return sum(span.duration_s for span in union(spans))
