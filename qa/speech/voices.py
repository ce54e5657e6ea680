"""A second look at who says each phrase, by the sound of the whole phrase.

The segmentation hears ten seconds at a time and may take two alike voices for one. The recogniser knows where phrases
begin and end, so each phrase is compared as a whole with the voices found, and moves when another fits clearly better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.model import Span, Word
from qa.speech.embedding import FRAME_S, CamPlusPlus, Features

MIN_PHRASE_S = 0.7
"""Shorter phrases have no reliable sound of their own."""
MARGIN = 0.03
"""How much closer (cosine) another voice must be. On 21 mono calls, heard in short and in long windows, words with the wrong
voice are 724 at 0.02, 723 at 0.03, 719 at 0.04, 731 at 0.05, where one call loses its agent, and 755 at 0.07."""
_PAUSE_S = 0.35
_ROUNDS = 3
_MAX_FRAMES = 400
_SPLINTER_SHARE = 0.15
_SPLINTER_DISTANCE = 0.4
"""On the mono sample calls: 0.2 for a splinter of the agent's voice, 0.7 for an announcement alike the customer's."""
_SENTENCE_ENDS = frozenset(".?!。？！")
_PHRASE_ENDS = frozenset(",，、;；")


@dataclass(frozen=True, eq=False)
class Voices:
    """The features of a recording, from which any stretch of it can be embedded."""

    embedding: CamPlusPlus
    features: Features

    def vectors(self, spans: Sequence[Span]) -> NDArray[np.float32]:
        """Unit vectors of stretches, shape (spans, dimension); each must hold at least one frame."""
        frames = (np.arange(int(s.start_s / FRAME_S), int(s.end_s / FRAME_S))[:_MAX_FRAMES] for s in spans)
        found = self.embedding.embed(map(self.features.rows, frames))
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def second_look(words: Sequence[Word], speakers: Sequence[str], voices: Voices) -> list[str]:
    """Speakers of ``words``, each phrase given to the voice that it sounds like.

    Voices are the means of the phrases that they have, and are taken anew after each round of moves.
    """
    names = sorted(set(speakers))
    end_s = len(voices.features) * FRAME_S
    phrases = [p for p in _phrases(words, speakers) if _span(words, p).duration_s >= MIN_PHRASE_S]
    phrases = [p for p in phrases if _span(words, p).end_s <= end_s]
    owners = [names.index(speakers[phrase.start]) for phrase in phrases]
    if len(set(owners)) < 2:
        return list(speakers)
    spans = [_span(words, phrase) for phrase in phrases]
    vectors = voices.vectors(spans)
    seconds = np.array([span.duration_s for span in spans])
    for _ in range(_ROUNDS):
        centroids = np.stack([_mean(vectors, seconds * (np.array(owners) == k)) for k in range(len(names))])
        likeness = vectors @ centroids.T
        best = likeness.argmax(axis=1)
        gain = likeness.max(axis=1) - likeness[np.arange(len(owners)), owners]
        moved = [int(b) if g > MARGIN else o for o, b, g in zip(owners, best, gain, strict=True)]
        if moved == owners:
            break
        owners = moved
    folds = _folds(vectors, np.array(owners), seconds)
    owners = [folds.get(owner, owner) for owner in owners]
    result = [names[folds.get(names.index(speaker), names.index(speaker))] for speaker in speakers]
    for phrase, owner in zip(phrases, owners, strict=True):
        for i in phrase:
            result[i] = names[owner]
    return result


def _folds(vectors: NDArray[np.float32], owners: NDArray[np.intp], seconds: NDArray[np.float64]) -> dict[int, int]:
    """Small voices that are splinters of one of the two main ones, by number, and whose splinters they are.

    How near they lie is judged by the call itself: a splinter is not much less like a main voice than that voice's own
    phrases are, seen against how unlike the other main voice is. Announcements and second agents stay.
    """
    talk = np.bincount(owners, weights=seconds)
    main = [int(k) for k in np.argsort(-talk)[:2]]
    centroids = {k: _mean(vectors, seconds * (owners == k)) for k in main}
    folds: dict[int, int] = {}
    for k in set(owners.tolist()) - set(main):
        if talk[k] > _SPLINTER_SHARE * talk.sum():
            continue
        likeness = {m: float((vectors[owners == k] @ centroids[m]).mean()) for m in main}
        near, far = sorted(main, key=lambda m: -likeness[m])
        usual = float((vectors[owners == near] @ centroids[near]).mean())
        apart = usual - float((vectors[owners == near] @ centroids[far]).mean())
        if usual - likeness[near] < _SPLINTER_DISTANCE * apart:
            folds[int(k)] = near
    return folds


def _phrases(words: Sequence[Word], speakers: Sequence[str]) -> list[range]:
    """Runs of one speaker's words up to the end of a sentence, a short pause, or a comma if long enough by then."""
    phrases, start = [], 0
    for i, word in enumerate(words):
        last = i + 1 == len(words)
        if (
            last
            or word.text[-1:] in _SENTENCE_ENDS
            or (word.text[-1:] in _PHRASE_ENDS and word.end_s - words[start].start_s >= MIN_PHRASE_S)
            or words[i + 1].start_s - word.end_s > _PAUSE_S
            or speakers[i + 1] != speakers[i]
        ):
            phrases.append(range(start, i + 1))
            start = i + 1
    return phrases


def _span(words: Sequence[Word], phrase: range) -> Span:
    return Span(words[phrase.start].start_s, words[phrase.stop - 1].end_s)


def _mean(vectors: NDArray[np.float32], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    total = (vectors * weights[:, None]).sum(axis=0)
    norm = float(np.linalg.norm(total))
    return np.asarray(total / norm if norm else total, dtype=np.float32)
