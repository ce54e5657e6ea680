"""Recordings made for `make eval-speech`: half an hour in which nobody speaks, and stereo calls with 30 % silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.model import Call, ChannelKind, Conversation, Span, total_s, union
from tests.sound_builders import no_speech_pieces
from tools.speech_workers import RATE_HZ, Job, Workers, saved

NO_SPEECH_S = 1800.0
SILENCE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Trial:
    """What made recordings gave, heard side by side: words stored, and what hearing them cost."""

    name: str
    audio_s: float
    n_words: int
    wall_s: float
    cpu_s: float


def trials(ours: Workers, jobs: Sequence[Job], gold: Path, folder: Path) -> list[Trial]:
    """Two recordings without speech; then those of the ``jobs`` that are stereo, with silence put in."""
    halves = np.array_split(np.concatenate([piece.samples for piece in no_speech_pieces(NO_SPEECH_S)]), 2)
    silent = [_no_speech(half, folder / f"no-speech-{i}.npy") for i, half in enumerate(halves)]
    stereo = [_stretched(job, gold, folder) for job in jobs if job.kind is ChannelKind.STEREO]
    names = ", ".join(job.call.call_id for job in stereo)
    return [
        _trial("music, ring-back, DTMF, line noise, silence", ours, silent),
        *([_trial(f"{names}: stereo, {SILENCE_SHARE:.0%} silence", ours, stereo)] if stereo else []),
    ]


def _no_speech(samples: NDArray[np.int16], path: Path) -> Job:
    call = Call(call_id=path.stem)
    return Job(call, saved(samples[None], path), ChannelKind.MONO, (0,), len(samples) / RATE_HZ)


def _stretched(job: Job, gold: Path, folder: Path) -> Job:
    """The same call with silence between its turns, without its gold, whose times no longer hold."""
    truth = Conversation.from_json((gold / f"{job.call.call_id}.json").read_bytes())
    samples = with_silence(np.load(job.sound), [turn.span for turn in truth.turns if turn.span is not None])
    sound = saved(samples, folder / f"{job.call.call_id}-silence.npy")
    return replace(job, sound=sound, audio_s=samples.shape[1] / RATE_HZ, gold=None)


def _trial(name: str, ours: Workers, jobs: Sequence[Job]) -> Trial:
    heard = ours.hear(jobs)
    n_words = sum(outcome.n_words for outcome in heard.outcomes)
    return Trial(name, sum(job.audio_s for job in jobs), n_words, heard.wall_s, heard.cpu_s)


def with_silence(samples: NDArray[np.int16], turns: Sequence[Span], share: float = SILENCE_SHARE) -> NDArray[np.int16]:
    """``samples`` (channels, n) with digital silence put between turns, as much in each place, until it holds ``share``.

    A recording that has as much already, or in which the turns leave no gap, comes back as it is.
    """
    speech = union(turns)
    whole_s = samples.shape[1] / RATE_HZ
    missing_s = (share * whole_s - (whole_s - total_s(speech))) / (1.0 - share)
    cuts = [int((a.end_s + b.start_s) / 2 * RATE_HZ) for a, b in pairwise(speech)]
    if missing_s <= 0 or not cuts:
        return samples
    silence = np.zeros((len(samples), int(missing_s * RATE_HZ / len(cuts))), dtype=np.int16)
    parts = np.split(samples, cuts, axis=1)
    return np.concatenate([parts[0], *(x for part in parts[1:] for x in (silence, part))], axis=1)
