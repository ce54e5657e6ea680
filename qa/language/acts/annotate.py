"""Acts on the sentences of a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from qa.language.acts.head import ActHead
from qa.language.acts.sides import acts_of
from qa.language.acts.units import ActUnit
from qa.language.packed import Matrix
from qa.language.vectors import Embedder
from qa.model import Act, ActScore, Language, Turn

FLOOR = 0.1
"""Confidence below which an act is not kept; from 0.5 it counts."""

_DECIMALS = 3
_LONGEST_BEFORE = 400
"""Characters; of what was said before, the end counts."""


def with_acts(turns: Sequence[Turn], embedder: Embedder, head: ActHead, language: Language) -> list[Turn]:
    """The turns with acts on their sentences; as they are if any sentence of the call has acts already.

    Only acts that fit the side and reach ``FLOOR``, the surest first.
    """
    if any(sentence.acts for turn in turns for sentence in turn.sentences):
        return list(turns)
    units = [unit for turn in turns for unit in units_of(turn, turns)]
    if not units:
        return list(turns)
    rows = iter(head.confidences(units, embedder, language))
    return [_scored(turn, rows, head.acts) for turn in turns]


def units_of(turn: Turn, turns: Sequence[Turn]) -> Iterator[ActUnit]:
    """One unit for each sentence, with what the last other side said before the turn began."""
    earlier = (other.text for other in reversed(turns[: turn.index]) if other.role != turn.role)
    before = next(earlier, "")[-_LONGEST_BEFORE:]
    return (ActUnit(turn.text[s.start : s.end], turn.role, before) for s in turn.sentences)


def _scored(turn: Turn, rows: Iterator[Matrix], acts: tuple[Act, ...]) -> Turn:
    fitting = acts_of(turn.role)
    sentences = tuple(
        sentence.model_copy(update={"acts": _kept(row, acts, fitting)})
        for sentence, row in zip(turn.sentences, islice(rows, len(turn.sentences)), strict=True)
    )
    return turn.model_copy(update={"sentences": sentences})


def _kept(row: Matrix, acts: tuple[Act, ...], fitting: frozenset[Act]) -> tuple[ActScore, ...]:
    order = [index for index in np.argsort(-row, kind="stable") if row[index] >= FLOOR and acts[index] in fitting]
    return tuple(ActScore(act=acts[index], confidence=round(float(row[index]), _DECIMALS)) for index in order)
