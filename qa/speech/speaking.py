"""Who speaks when, after the words had their say: the diarizer's spans under the speakers of the words, without pauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.model import Span
from qa.speech.diarize import Diarization
from qa.speech.utterances import Utterance

PAUSE_S = 0.25
"""A pause longer than this divides a span, as in forced alignments; a stop consonant is shorter."""
_RATE_HZ = 16_000
_FRAME_S = 0.02
_GRID_S = 0.01
_QUIET_DB = 32.0
"""So far under the loud part of its span, or this near the line's noise, a frame holds no voice ..."""
_NOISE_DB = 6.0
_SURELY_VOICE_DB = 15.0
"""... and never so near the loud part, however noisy the line."""
_BLOCK = 3000
_REACH_S = 0.4
"""Word times of the recogniser are good to about 0.2 s, so an utterance speaks for a little more than its words' time."""


def speaking(
    diarization: Diarization, utterances: Sequence[Utterance], samples: NDArray[np.int16]
) -> dict[str, tuple[Span, ...]]:
    """Sorted spans by speaker of one channel (16 kHz). Where two voices sound at once both are kept.

    The words are settled after the diarizer is done (`qa.speech.voices`, `qa.speech.repair`), and their speakers win.
    """
    owned = _relabelled(diarization.speakers, utterances)
    return {name: tuple(_without_pauses(spans, samples)) for name, spans in sorted(owned.items()) if spans}


def _relabelled(speakers: Mapping[str, Sequence[Span]], utterances: Sequence[Utterance]) -> dict[str, list[Span]]:
    """Speech under an utterance goes to the utterance's speaker, except what sounds beside that speaker's own voice."""
    names = sorted({*speakers, *(u.speaker for u in utterances)})
    end_s = max((s.end_s for spans in speakers.values() for s in spans), default=0.0)
    talks = np.zeros((len(names), int(np.ceil(end_s / _GRID_S))), dtype=np.bool_)
    for name, spans in speakers.items():
        for span in spans:
            talks[names.index(name), _frames(span)] = True
    for utterance, span in zip(utterances, _territories(utterances), strict=True):
        here = talks[:, _frames(span)]
        owner = names.index(utterance.speaker)
        taken = here.any(axis=0) & ~here[owner]
        here[:, taken] = False
        here[owner, taken] = True
    return {name: _spans(row) for name, row in zip(names, talks, strict=True)}


def _territories(utterances: Sequence[Utterance]) -> list[Span]:
    """Each utterance's time, stretched towards its neighbours: half of the way, and ``_REACH_S`` at most."""
    made = []
    for i, utterance in enumerate(utterances):
        before_s = utterance.start_s - (utterances[i - 1].end_s if i else 0.0)
        after_s = utterances[i + 1].start_s - utterance.end_s if i + 1 < len(utterances) else 2 * _REACH_S
        start_s = max(0.0, utterance.start_s - min(_REACH_S, max(0.0, before_s / 2)))
        made.append(Span(start_s, utterance.end_s + min(_REACH_S, max(0.0, after_s / 2))))
    return made


def _frames(span: Span) -> slice:
    return slice(round(span.start_s / _GRID_S), round(span.end_s / _GRID_S))


def _spans(talks: NDArray[np.bool_]) -> list[Span]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], talks, [False]]).astype(np.int8))) * _GRID_S
    return [Span(round(float(a), 3), round(float(b), 3)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _without_pauses(spans: Sequence[Span], samples: NDArray[np.int16]) -> list[Span]:
    """Spans cut at pauses, and to where their voice begins and ends; a span without any sound is dropped."""
    level_db = _levels_db(samples)
    if not len(level_db):
        return list(spans)
    noise_db = float(np.percentile(level_db, 5)) + _NOISE_DB
    kept: list[Span] = []
    for span in spans:
        first = int(span.start_s / _FRAME_S)
        inside = level_db[first : int(np.ceil(span.end_s / _FRAME_S))]
        if not len(inside):
            continue
        loud_db = float(np.percentile(inside, 95))
        voiced = np.flatnonzero(inside > max(loud_db - _QUIET_DB, min(noise_db, loud_db - _SURELY_VOICE_DB)))
        runs = np.split(voiced, np.flatnonzero(np.diff(voiced) * _FRAME_S > PAUSE_S) + 1)
        kept += [
            Span(
                max(span.start_s, float(first + run[0]) * _FRAME_S),
                min(span.end_s, float(first + run[-1] + 1) * _FRAME_S),
            )
            for run in runs
        ]
    return [span for span in kept if span.duration_s > 0]


def _levels_db(samples: NDArray[np.int16]) -> NDArray[np.float32]:
    """Level of each frame in dB of one 16-bit step; in blocks, since four hours as floats would take a gigabyte."""
    size = int(_FRAME_S * _RATE_HZ)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    power = [frames[i : i + _BLOCK].astype(np.float32).var(axis=1) for i in range(0, len(frames), _BLOCK)]
    return np.asarray(10.0 * np.log10(np.concatenate(power) + 1e-3), dtype=np.float32) if power else np.empty(0, "f4")
