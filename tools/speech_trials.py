"""Two recordings made for `make eval-speech`: half an hour in which nobody speaks, and a stereo call with 30 % silence."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.intake import decode
from qa.model import Call, ChannelKind, Conversation, Recording, RecordingRefused, Span, total_s, union
from qa.settings import Settings
from qa.speech import Heard, SpeechEngines, listen
from tests.sound_builders import no_speech_pieces

NO_SPEECH_S = 1800.0
SILENCE_SHARE = 0.3
_RATE_HZ = 16_000


class Ours:
    """The speech room with its engines loaded."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.engines = settings, SpeechEngines(settings)
        _ = self.engines.activity, self.engines.transcriber, self.engines.diarizer

    def run(
        self, samples: NDArray[np.int16], kind: ChannelKind, active: tuple[int, ...], call: Call
    ) -> tuple[Heard, float, float]:
        """What was heard, with wall and processor seconds; raises ``RecordingRefused`` as `listen` does."""
        cpu, wall = time.process_time(), time.perf_counter()
        heard = listen(samples, kind, active, call, self.engines, self.settings)
        return heard, time.perf_counter() - wall, time.process_time() - cpu


@dataclass(frozen=True, slots=True)
class Trial:
    """What one made recording gave: words stored, and what hearing it cost."""

    name: str
    audio_s: float
    n_words: int
    wall_s: float
    cpu_s: float


def trials(ours: Ours, recordings: Sequence[Recording], gold: Path) -> list[Trial]:
    """Both trials; the second takes the first of the ``recordings`` that is true stereo, and none where none is."""
    pieces = list(no_speech_pieces(NO_SPEECH_S))
    name = "music, ring-back, DTMF, line noise, silence"
    samples = np.concatenate([piece.samples for piece in pieces])[None]
    made = [_trial(name, ours, samples, ChannelKind.MONO, Call(call_id="no-speech"))]
    for recording in recordings:
        with decode(Path(recording.path), ours.settings) as audio:
            if audio.facts.channel_kind is not ChannelKind.STEREO:
                continue
            truth = Conversation.from_json((gold / f"{recording.call.call_id}.json").read_bytes())
            samples = with_silence(audio.samples, [turn.span for turn in truth.turns if turn.span is not None])
            name = f"{recording.call.call_id}, stereo, {SILENCE_SHARE:.0%} silence"
            made.append(_trial(name, ours, samples, ChannelKind.STEREO, recording.call))
            break
    return made


def _trial(name: str, ours: Ours, samples: NDArray[np.int16], kind: ChannelKind, call: Call) -> Trial:
    cpu, wall = time.process_time(), time.perf_counter()
    n_words = 0
    try:
        heard, _, _ = ours.run(samples, kind, tuple(range(len(samples))), call)
        n_words = sum(len(turn.words) for turn in heard.turns)
    except RecordingRefused:
        pass  # nobody speaks: the right answer where nobody does, and 0 words anywhere
    spent = time.perf_counter() - wall, time.process_time() - cpu
    return Trial(name, samples.shape[1] / _RATE_HZ, n_words, *spent)


def with_silence(samples: NDArray[np.int16], turns: Sequence[Span], share: float = SILENCE_SHARE) -> NDArray[np.int16]:
    """``samples`` (channels, n) with digital silence put between turns, as much in each place, until it holds ``share``.

    A recording that has as much already, or in which the turns leave no gap, comes back as it is.
    """
    speech = union(turns)
    whole_s = samples.shape[1] / _RATE_HZ
    missing_s = (share * whole_s - (whole_s - total_s(speech))) / (1.0 - share)
    cuts = [int((a.end_s + b.start_s) / 2 * _RATE_HZ) for a, b in pairwise(speech)]
    if missing_s <= 0 or not cuts:
        return samples
    silence = np.zeros((len(samples), int(missing_s * _RATE_HZ / len(cuts))), dtype=np.int16)
    parts = np.split(samples, cuts, axis=1)
    return np.concatenate([parts[0], *(x for part in parts[1:] for x in (silence, part))], axis=1)
