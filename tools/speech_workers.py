"""Processes that hear calls side by side, as the workers of a nightly run do: engines loaded once, one call at a time each.

Decoded sound lies in files; only paths go in and only counts come out. The same pool runs ours and the plain pipeline.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from qa.intake import decode
from qa.language import with_homophones
from qa.language.homophones import load_homophones
from qa.model import Call, ChannelKind, Conversation, Provenance, Recording, RecordingRefused, Span
from qa.settings import Settings
from qa.speech import Heard, SpeechEngines, listen
from tools.plain_pipeline import PlainPipeline, Runtime, plain_counts
from tools.speech_accuracy import CallCounts, Truth, compare, invented_words, speaker_attributed

Pipeline = Literal["ours", "plain", "plain words"]
"""``plain words`` is the plain pipeline's recognition without its diarizer, which takes most of its time."""
RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Job:
    """A decoded call on disk; without ``gold``, the folder of true conversations, its words are counted and no errors."""

    call: Call
    sound: Path
    kind: ChannelKind
    active: tuple[int, ...]
    audio_s: float
    gold: Path | None = None
    decode_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call gave and cost in its process; 0 words when the call was refused."""

    n_words: int
    wall_s: float
    cpu_s: float
    stage_s: Mapping[str, float] = field(default_factory=dict)
    counts: CallCounts | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """All outcomes, in the order of the jobs, and the wall seconds from the first call's start to the last one's end."""

    outcomes: list[Outcome]
    wall_s: float

    @property
    def cpu_s(self) -> float:
        return sum(outcome.cpu_s for outcome in self.outcomes)

    @property
    def counts(self) -> list[CallCounts]:
        return [outcome.counts for outcome in self.outcomes if outcome.counts is not None]


def prepare(recordings: Sequence[Recording], gold: Path, settings: Settings, folder: Path) -> list[Job]:
    """Decode each recording into ``folder``."""
    jobs = []
    for recording in recordings:
        start = time.perf_counter()
        with decode(Path(recording.path), settings) as audio:
            decode_s = time.perf_counter() - start
            kind, active, audio_s = audio.facts.channel_kind, audio.channels.active, audio.facts.duration_s
            sound = saved(audio.samples, folder / f"{recording.call.call_id}.npy")
        jobs.append(Job(recording.call, sound, kind, active, audio_s, gold, decode_s))
    return jobs


def saved(samples: NDArray[np.int16], path: Path) -> Path:
    """Samples (channels, n) as a file that a worker reads."""
    np.save(path, samples, allow_pickle=False)
    return path


class Ours:
    """The speech room with its engines loaded."""

    def __init__(self, settings: Settings) -> None:
        self.settings, self.engines = settings, SpeechEngines(settings)
        _ = self.engines.activity, self.engines.transcriber, self.engines.diarizer
        load_homophones()

    def hear(self, samples: NDArray[np.int16], kind: ChannelKind, active: tuple[int, ...], call: Call) -> Heard:
        """Raises ``RecordingRefused`` as `listen` does."""
        return listen(samples, kind, active, call, self.engines, self.settings)


class Workers:
    """So many processes with so many threads each, all loaded before the first call comes. Leave it by ``with``."""

    def __init__(self, pipeline: Pipeline, processes: int, threads: int, embedding: Runtime = "torch") -> None:
        context = get_context("spawn")
        ready = context.Barrier(processes)
        settings = Settings().model_copy(update={"threads_per_worker": threads})
        self._pool = ProcessPoolExecutor(processes, context, _load, (pipeline, settings, embedding, ready))
        for loaded in [self._pool.submit(_wait) for _ in range(processes)]:
            loaded.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def hear(self, jobs: Sequence[Job]) -> Round:
        """The longest calls first, so that no process waits long for another at the end."""
        start = time.perf_counter()
        order = sorted(range(len(jobs)), key=lambda i: -jobs[i].audio_s)
        found = dict(zip(order, self._pool.map(_hear, [jobs[i] for i in order]), strict=True))
        return Round([found[i] for i in range(len(jobs))], time.perf_counter() - start)


_worker: dict[str, Any] = {}
"""Of this process: its pipeline, and the barrier at which the processes meet."""


def _load(pipeline: Pipeline, settings: Settings, embedding: Runtime, ready: Any) -> None:
    _worker["ready"] = ready
    if pipeline == "ours":
        _worker["pipeline"] = Ours(settings)
    else:
        _worker["pipeline"] = PlainPipeline(settings, embedding if pipeline == "plain" else None)


def _wait() -> None:
    _worker["ready"].wait()


def _hear(job: Job) -> Outcome:
    pipeline: Ours | PlainPipeline = _worker["pipeline"]
    samples: NDArray[np.int16] = np.load(job.sound)
    truth = _truth(job, samples)
    if isinstance(pipeline, PlainPipeline):
        result = pipeline.run(samples, job.kind, job.active, truth.language if truth else "en")
        made = plain_counts(result, truth, job.kind, job.audio_s, job.call.call_id) if truth else None
        return Outcome(len(result.words), sum(result.stage_s.values()), result.cpu_s, result.stage_s, made)
    cpu, wall = time.process_time(), time.perf_counter()
    try:
        heard = pipeline.hear(samples, job.kind, job.active, job.call)
        as_heard = _conversation(heard, job)
        stored = with_homophones(as_heard, pipeline.engines.expected(job.call))
    except RecordingRefused:  # nobody speaks: the right answer where nobody does, and 0 words anywhere
        return Outcome(0, time.perf_counter() - wall, time.process_time() - cpu)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    made = None
    if truth is not None:
        before = compare(as_heard, truth.conversation, truth.rttm)
        made = replace(ours_counts(stored, truth, heard.speaking, *spent), errors_as_heard=before.errors)
    return Outcome(sum(len(turn.words) for turn in heard.turns), *spent, heard.stage_s, made)


def _truth(job: Job, samples: NDArray[np.int16]) -> Truth | None:
    if job.gold is None:
        return None
    call_id = job.call.call_id
    gold = Conversation.from_json((job.gold / f"{call_id}.json").read_bytes())
    return Truth(gold, (job.gold / f"{call_id}.rttm").read_text(encoding="utf-8"), samples, RATE_HZ)


def _conversation(heard: Heard, job: Job) -> Conversation:
    return Conversation(
        call=job.call.model_copy(update={"language": heard.language}),
        duration_s=round(job.audio_s, 3),
        turns=heard.turns,
        provenance=Provenance(channel_kind=job.kind, flags=heard.flags),
    )


def ours_counts(
    found: Conversation, truth: Truth, speaking: Mapping[str, Sequence[Span]], wall_s: float, cpu_s: float
) -> CallCounts:
    """Counts of a conversation; its speakers are roles on stereo and the diarizer's labels on mono.

    ``speaking`` is who speaks when, by label; DER is measured on mono only.
    """
    base = compare(found, truth.conversation, truth.rttm)
    stereo = found.provenance.channel_kind is ChannelKind.STEREO
    texts = [(str(turn.role) if stereo else turn.speaker or "speaker", turn.text) for turn in found.turns]
    speakers = speaker_attributed(texts, truth.stretches(), truth.language)
    words = [word for turn in found.turns for word in turn.words]
    swapped = 2 * base.role_words_right < base.role_words
    uncertain = "role_uncertain" in found.provenance.flags
    return CallCounts(
        call_id=found.call.call_id,
        language=truth.language,
        side="stereo" if stereo else "mono",
        audio_s=found.duration_s or 0.0,
        units=base.units,
        errors=base.errors,
        cp_errors=speakers.cp_errors,
        di_errors=speakers.di_errors,
        di_unit_errors=speakers.di_unit_errors,
        role_words=base.role_words,
        role_words_right=base.role_words_right,
        roles_right=base.calls_roles_right,
        swapped_silently=int(swapped and not uncertain),
        uncertain=int(uncertain),
        n_words=len(words),
        invented=invented_words(words, (span for _, span in truth.written)),
        wall_s=wall_s,
        cpu_s=cpu_s,
        der=None if stereo else truth.speaker_errors(speaking, found.duration_s),
        der_of_turns=None if stereo else truth.speaker_errors(_turn_spans(found), found.duration_s).written,
    )


def _turn_spans(found: Conversation) -> dict[str, list[Span]]:
    """Turns as ``qa transcribe --format rttm`` prints them: whole, under their role."""
    spans: dict[str, list[Span]] = {}
    for turn in found.turns:
        if turn.span is not None:
            spans.setdefault(str(turn.role), []).append(turn.span)
    return spans
