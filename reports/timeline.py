"""Who spoke when, as shapes. Positions along the call are percentages, so the drawing fits any width unscaled."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from qa.model import Conversation, Span, SpeakerRole, Turn, intersection, union

SILENCE_S = 3.0
"""Shortest silence that is drawn."""
LABELLED_SILENCE_S = 10.0
"""Silence from this length on has its seconds written on it."""
_WORD_GAP_S = 0.5
_TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
_LANE_PX = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of the call: ``x`` and ``width`` in percent of its length."""

    x: str
    width: str
    start_s: float
    duration_s: float

    @property
    def middle(self) -> str:
        return f"{float(self.x[:-1]) + float(self.width[:-1]) / 2:.3f}%"


@dataclass(frozen=True, slots=True)
class Lane:
    """One side of the call."""

    role: SpeakerRole
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The drawing of one call."""

    duration_s: float
    height: int
    lanes: tuple[Lane, ...]
    overlaps: tuple[Bar, ...]
    silences: tuple[Bar, ...]
    ticks: tuple[tuple[str, int], ...]
    """Position and seconds."""


def timeline(conversation: Conversation) -> Timeline | None:
    """The drawing, or None when the conversation has no times."""
    timed = [turn for turn in conversation.turns if turn.span is not None]
    if not timed:
        return None
    spoken = {
        role: [span for turn in timed if turn.role is role for span in _speech(turn)]
        for role in SpeakerRole
        if any(turn.role is role for turn in timed)
    }
    everything = union(span for spans in spoken.values() for span in spans)
    duration_s = max(conversation.duration_s or 0.0, everything[-1].end_s, 0.001)
    overlaps = union(span for a, b in itertools.combinations(spoken.values(), 2) for span in intersection(a, b))
    edges = [Span(0.0, 0.0), *everything, Span(duration_s, duration_s)]
    gaps = [Span(left.end_s, right.start_s) for left, right in itertools.pairwise(edges)]

    def bars(spans: list[Span]) -> tuple[Bar, ...]:
        return tuple(
            Bar(f"{s.start_s / duration_s:.3%}", f"{s.duration_s / duration_s:.3%}", s.start_s, s.duration_s)
            for s in spans
        )

    return Timeline(
        duration_s=duration_s,
        height=_LANE_PX * len(spoken),
        lanes=tuple(
            Lane(role, _LANE_PX * row, bars(union(spans, gap_s=_WORD_GAP_S)))
            for row, (role, spans) in enumerate(spoken.items())
        ),
        overlaps=bars(overlaps),
        silences=bars([gap for gap in gaps if gap.end_s - gap.start_s >= SILENCE_S]),
        ticks=_ticks(duration_s),
    )


def _speech(turn: Turn) -> list[Span]:
    if turn.words:
        return union((Span(w.start_s, w.end_s) for w in turn.words), gap_s=_WORD_GAP_S)
    return [turn.span] if turn.span else []


def _ticks(duration_s: float) -> tuple[tuple[str, int], ...]:
    step = next((s for s in _TICKS_S if duration_s / s <= 7), _TICKS_S[-1])
    return tuple((f"{s / duration_s:.3%}", s) for s in range(0, int(duration_s) + 1, step))
