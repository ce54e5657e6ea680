"""Signals by act: what the classifier says that a sentence does (written on the conversation by ``qa.language``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from qa.model import Act, Sentence, Turn
from scoring.signals.book import Hit
from scoring.signals.model import Signal
from scoring.transcript import Transcript


def hits_by_act(transcript: Transcript, name: str, signal: Signal) -> list[Hit]:
    """The sentences of the signal's speakers that do one of its ``acts``; the hit's label is the surest of them."""
    found = []
    for turn, sentence in _sentences(transcript):
        if transcript.turns[turn].role not in signal.roles:
            continue
        sure = [
            score for score in sentence.acts if score.act in signal.acts and score.confidence >= signal.min_confidence
        ]
        end = min(sentence.end, len(transcript.folded[turn]))
        if sure and sentence.start < end:
            best = max(sure, key=lambda score: score.confidence)
            found.append(Hit(turn, sentence.start, end, name, best.confidence, "classifier", best.act.value))
    return found


def may_hold(turn: Turn, transcript: Transcript, signal: Signal) -> bool:
    """Whether a phrase in the turn can count at all: no turn without one of ``if_acts`` needs to be searched."""
    if not signal.if_acts:
        return True
    if not transcript.has_acts:
        return not signal.acts_needed
    return any(_does(sentence, signal.if_acts, signal.min_confidence) for sentence in turn.sentences)


def with_acts(hits: Iterable[Hit], transcript: Transcript, signal: Signal) -> set[Hit]:
    """The hits that touch a sentence which does one of the signal's ``if_acts``; all of them where no acts are known."""
    if not transcript.has_acts:
        return set() if signal.acts_needed else set(hits)
    return _touching(hits, transcript, signal.if_acts, signal.min_confidence)


def without_acts(hits: Iterable[Hit], transcript: Transcript, signal: Signal) -> set[Hit]:
    """The hits that touch no sentence which does one of the signal's ``unless_acts``."""
    hits = set(hits)
    return hits - _touching(hits, transcript, signal.unless_acts, signal.min_confidence)


def _touching(hits: Iterable[Hit], transcript: Transcript, acts: tuple[Act, ...], least: float) -> set[Hit]:
    doing: dict[int, list[Sentence]] = {}
    for turn, sentence in _sentences(transcript):
        if _does(sentence, acts, least):
            doing.setdefault(turn, []).append(sentence)
    return {
        hit
        for hit in hits
        if any(sentence.start < hit.end and hit.start < sentence.end for sentence in doing.get(hit.turn, ()))
    }


def _sentences(transcript: Transcript) -> Iterator[tuple[int, Sentence]]:
    return ((turn.index, sentence) for turn in transcript.turns for sentence in turn.sentences)


def _does(sentence: Sentence, acts: tuple[Act, ...], least: float) -> bool:
    return any(score.act in acts and score.confidence >= least for score in sentence.acts)
