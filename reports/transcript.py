"""Evidence placed in the transcript: each turn cut into pieces that know which verdicts rest on them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from qa.model import Turn


@dataclass(frozen=True, slots=True)
class Mark:
    """One quote found in a turn, ``turn.text[start:end]``."""

    anchor: str
    """Id of the mark on the page, unique there."""
    verdict: str
    """Id of the verdict that it belongs to."""
    number: int
    """Number of that verdict."""
    kind: str
    """The verdict's outcome, or ``cue`` for the words that called for the behaviour."""
    label: str
    """Criterion and verdict in words."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a turn's text with the same marks over all of it."""

    text: str
    marks: tuple[Mark, ...] = ()
    opens: tuple[Mark, ...] = ()
    """Marks whose quote begins here."""
    closes: tuple[Mark, ...] = ()
    """Marks whose quote ends here."""

    @property
    def kind(self) -> str:
        """The kind to draw where marks overlap: the one most in need of being seen."""
        order = ("not_met", "partially_met", "met", "cue")
        kinds = {mark.kind for mark in self.marks}
        return next((kind for kind in order if kind in kinds), "other")


def find_quote(turn: Turn, quote: str, start_s: float | None) -> tuple[int, int] | None:
    """Where the quote stands in the turn, in characters, or None when it is not in it.

    A quote that occurs several times is taken where its time says (characters spread evenly over the turn), else first.
    """
    found = []
    position = turn.text.find(quote) if quote else -1
    while position >= 0:
        found.append(position)
        position = turn.text.find(quote, position + 1)
    if not found:
        return None
    span = turn.span
    if len(found) > 1 and start_s is not None and span is not None and span.duration_s > 0:
        expected = len(turn.text) * (start_s - span.start_s) / span.duration_s
        found.sort(key=lambda p: abs(p - expected))
    return found[0], found[0] + len(quote)


def segments(text: str, marks: list[Mark]) -> list[Segment]:
    """The text cut at every mark's ends; joined again the pieces are the text to the character."""
    cuts = sorted({0, len(text), *(m.start for m in marks), *(m.end for m in marks)})
    pieces = []
    for start, end in itertools.pairwise(cuts):
        covering = tuple(m for m in marks if m.start <= start and end <= m.end)
        pieces.append(
            Segment(
                text[start:end],
                covering,
                tuple(m for m in covering if m.start == start),
                tuple(m for m in covering if m.end == end),
            )
        )
    return pieces
