"""Signals by act: what the classifier says that a sentence does (written on the conversation by ``qa.language``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qa.model import Act, Sentence, Turn
from scoring.signals.book import Hit
from scoring.signals.margin import Margin
from scoring.signals.model import Signal
from scoring.transcript import Transcript

_NEAR = 0.1
"""Below a threshold: thresholds are moved by less, as a rule."""


def hits_by_act(transcript: Transcript, name: str, signal: Signal) -> Iterator[Hit]:
    """The sentences of the signal's speakers that may do one of its ``acts``; the hit's label is the surest of them."""
    for turn, sentence, surest in transcript.doing(signal.acts):
        end = min(sentence.end, len(transcript.folded[turn.index]))
        if turn.role in signal.roles and sentence.start < end:
            yield Hit(turn.index, sentence.start, end, name, surest.confidence, "classifier", surest.act.value)


def may_hold(turn: Turn, transcript: Transcript, signal: Signal, margin: Margin) -> bool:
    """Whether a phrase in the turn can count at all: no turn that is far from doing one of ``if_acts`` needs to be searched.

    One that is near the threshold is searched, so that the margin hangs on the phrases there and not on turns without any.
    """
    if not signal.if_acts:
        return True
    if not transcript.has_acts:
        return not signal.acts_needed
    surest = _surest(turn.sentences, signal.if_acts)
    least = signal.min_confidence
    return surest is not None and (surest >= least - _NEAR or margin.reached(surest, least))


def with_acts(hits: Iterable[Hit], transcript: Transcript, signal: Signal, margin: Margin) -> set[Hit]:
    """The hits that touch a sentence which does one of the signal's ``if_acts``; all of them where no acts are known."""
    if not transcript.has_acts:
        return set() if signal.acts_needed else set(hits)
    return {hit for hit in hits if _do(_touched(hit, transcript), signal.if_acts, signal, margin)}


def without_acts(hits: Iterable[Hit], transcript: Transcript, signal: Signal, margin: Margin) -> set[Hit]:
    """The hits that touch no sentence which does one of the signal's ``unless_acts``."""
    return {hit for hit in hits if not _do(_touched(hit, transcript), signal.unless_acts, signal, margin)}


def _touched(hit: Hit, transcript: Transcript) -> Iterator[Sentence]:
    sentences = transcript.turns[hit.turn].sentences
    return (sentence for sentence in sentences if sentence.start < hit.end and hit.start < sentence.end)


def _do(sentences: Iterable[Sentence], acts: tuple[Act, ...], signal: Signal, margin: Margin) -> bool:
    surest = _surest(sentences, acts)
    return surest is not None and margin.reached(surest, signal.min_confidence)


def _surest(sentences: Iterable[Sentence], acts: tuple[Act, ...]) -> float | None:
    scores = (score.confidence for sentence in sentences for score in sentence.acts if score.act in acts)
    return max(scores, default=None)
