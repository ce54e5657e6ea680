"""One call's way from recording to evaluation, as plain functions: no orchestrator, no store."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from qa.model import (
    AudioFacts,
    Call,
    Conversation,
    Evaluation,
    Judge,
    Provenance,
    Reason,
    Recording,
    RecordingRefused,
    UsageError,
)
from qa.model.stages import timed
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.intake import DecodedAudio
    from qa.language import Embedder
    from qa.language.shelf import VectorShelf
    from qa.review.impact import Impact
    from qa.review.rescoring import Progress
    from qa.review.verdicts import ReadyForm
    from qa.speech import SpeechEngines
    from scoring import Rubric

CORE_RUBRICS = ("service-core.en", "service-core.zh")
"""The rubrics of a run that names none."""


@dataclass(frozen=True, slots=True)
class Rubrics:
    """The rubrics of a run; each is for calls in one language, and may be for some of them only."""

    rubrics: tuple[Rubric, ...]

    def for_call(self, call: Call) -> tuple[Rubric, ...]:
        """Those for this call, first the one that gives its score.

        Raises ``RecordingRefused`` (no_rubric) when there are none.
        """
        from scoring import select

        found = select(self.rubrics, call)
        if not found:
            known = any(rubric.language == call.language for rubric in self.rubrics)
            raise RecordingRefused(
                Reason.NO_RUBRIC,
                f"no rubric of this run is for {'this kind of call' if known else call.language or 'an unknown language'}",
                expected=", ".join(sorted({rubric.language for rubric in self.rubrics})),
            )
        return found

    def all(self) -> tuple[Rubric, ...]:
        return self.rubrics


@dataclass(frozen=True)
class Engines:
    """What a worker process loads once and keeps: speech engines and the sentence embedding, each on first use."""

    settings: Settings
    _forms: dict[str, ReadyForm] = field(default_factory=dict, repr=False, compare=False)

    def form(self, rubric: Rubric) -> ReadyForm:
        """The form with its own sentences embedded."""
        from qa.review.verdicts import ready_form

        if rubric.sha256 not in self._forms:
            self._forms[rubric.sha256] = ready_form(rubric, self.embedder, self.judge)
        return self._forms[rubric.sha256]

    def shelf(self) -> VectorShelf:
        """An empty one for a conversation's sentence vectors."""
        from qa.language.shelf import VectorShelf

        return VectorShelf(self.embedder)

    @cached_property
    def speech(self) -> SpeechEngines:
        from qa.speech import SpeechEngines

        return SpeechEngines(self.settings)

    @cached_property
    def embedder(self) -> Embedder:
        from qa.language import load_embedder

        return load_embedder(self.settings.threads_per_worker)

    @cached_property
    def judge(self) -> Judge | None:
        """Asks a language model about the criteria that are for one; None (the default) when the settings name none."""
        from qa.language.judge import judge_from_settings

        wanted = self.settings
        return judge_from_settings(
            wanted.judge_url,
            wanted.judge_model,
            wanted.judge_timeout_s,
            wanted.judge_key_env,
            wanted.cache_dir.expanduser(),
            os.environ,
        )


@dataclass(frozen=True, slots=True)
class ProcessedCall:
    """What became of a recording. ``stage_s`` are wall seconds by stage."""

    recording: Recording
    facts: AudioFacts
    conversation: Conversation
    evaluations: tuple[Evaluation, ...]
    stage_s: dict[str, float] = field(default_factory=dict)
    vectors: dict[str, bytes] = field(default_factory=dict)
    """The sentence vectors behind the evaluations, by embedder, for scoring again."""


def load_rubrics(names: Sequence[str]) -> Rubrics:
    """Rubrics by id or file; raises ``RubricError`` for the first fault in any of them."""
    from scoring import find_rubric

    return Rubrics(tuple(find_rubric(name) for name in names or CORE_RUBRICS))


def load_engines(settings: Settings) -> Engines:
    """The engines of this process; they load when they are first used."""
    return Engines(settings)


def speech_fingerprint(settings: Settings) -> str:
    """Changes when a stored conversation would come out differently: engines, models, options of this version.

    Raises ``UsageError`` for a model folder, a lexicon or a judge of the settings that cannot be used.
    """
    from qa.speech.engines import check_settings
    from qa.speech.lexicon import lexicon_sha256
    from qa.speech.listen import FINGERPRINT_VERSION

    check_settings(settings)
    _ = Engines(settings).judge  # one that cannot be asked is said before the run, not at every call
    relevant = {
        "version": FINGERPRINT_VERSION,
        "whisper": [settings.whisper_model, settings.whisper_compute_type, settings.whisper_beam],
        "transcriber": [settings.transcriber, str(settings.sherpa_model or "")],
        "lexicon": lexicon_sha256(settings.lexicon),
        "diarizer": settings.diarizer,
    }
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode()).hexdigest()[:16]


def process(
    recording: Recording, rubrics: Rubrics, engines: Engines, settings: Settings, *, playback: Path | None = None
) -> ProcessedCall:
    """Decode, hear, understand, measure and score one recording.

    ``playback`` is where a small copy for the reports' player goes. Raises ``RecordingRefused`` with a reason code.
    """
    stage_s: dict[str, float] = {}
    if recording.call.language in ("en", "zh"):
        rubrics.for_call(recording.call)  # refuse before the long work, not after it
    with _decoded(Path(recording.path), settings, stage_s) as audio:
        conversation = _converse(audio, recording, engines, settings, stage_s)
        if playback is not None:
            from qa.intake import playback_copy

            with timed("playback", stage_s):
                playback_copy(audio.samples, audio.sample_rate_hz, playback)
    chosen = rubrics.for_call(conversation.call)
    with timed("score", stage_s):
        shelf = engines.shelf()
        evaluations = tuple(engines.form(rubric).evaluate(conversation, shelf) for rubric in chosen)
    provenance = conversation.provenance.model_copy(update={"stage_s": stage_s})
    conversation = conversation.model_copy(update={"provenance": provenance})
    vectors = {engines.embedder.name: shelf.to_bytes()} if shelf.grown else {}
    return ProcessedCall(recording, audio.facts, conversation, evaluations, stage_s, vectors)


def transcribe(
    path: Path, settings: Settings, *, language: str = "auto", agent_channel: int | None = None
) -> Conversation:
    """One recording to a conversation, without a store; raises ``RecordingRefused`` or, for no file, ``UsageError``."""
    if not path.is_file():
        raise UsageError("no such file", where=str(path), expected="a recording")
    call = Call.model_validate({"call_id": path.stem, "language": language, "agent_channel": agent_channel})
    settings = settings.model_copy(update={"threads_per_worker": os.cpu_count() or 1})  # nobody else works beside us
    recording = Recording(recording_id="", path=str(path), file=path.name, n_bytes=path.stat().st_size, call=call)
    with _decoded(path, settings, {}) as audio:
        return _converse(audio, recording, Engines(settings), settings, {})


def score(conversation: Conversation, rubric: Rubric, settings: Settings | None = None) -> Evaluation:
    """Score a given conversation: its sentences and tone are found first where they are missing."""
    from qa.language import annotate

    engines = Engines(settings or Settings())
    return engines.form(rubric).evaluate(annotate(conversation, embedder=engines.embedder), engines.shelf())


def rescore(
    store: str,
    rubric: str,
    *,
    dry_run: bool = False,
    force: bool = False,
    limit: int | None = None,
    settings: Settings | None = None,
    progress: Progress = lambda done, total: None,
) -> Impact:
    """Score a store's conversations again with a form (id or file), or with ``dry_run`` say what that would change.

    Raises:
        UsageError: no such store or form, or a limit below 1.
    """
    from qa.review.rescoring import Rescore
    from qa.review.rescoring import rescore as score_again
    from scoring import find_rubric

    if limit is not None and limit < 1:
        raise UsageError(f"--limit {limit}", expected="1 or more")
    chosen = settings or Settings()
    job = Rescore(
        store, find_rubric(rubric), partial(load_engines, chosen), dry_run, force, limit, workers=chosen.workers
    )
    return score_again(job, progress)


def _converse(
    audio: DecodedAudio, recording: Recording, engines: Engines, settings: Settings, stage_s: dict[str, float]
) -> Conversation:
    from qa.language import annotate, with_homophones
    from qa.measure import AudioChannels, measure
    from qa.speech import listen

    call, facts = recording.call, audio.facts
    heard = listen(audio.samples, facts.channel_kind, audio.channels.active, call, engines.speech, settings)
    stage_s |= heard.stage_s
    conversation = Conversation(
        call=call.model_copy(update={"language": heard.language}),
        duration_s=round(facts.duration_s, 3),
        turns=heard.turns,
        provenance=Provenance(
            recording_id=recording.recording_id or None,
            file=recording.file,
            channel_kind=facts.channel_kind,
            sample_rate_hz=facts.sample_rate_hz,
            n_channels=facts.n_channels,
            language_probability=heard.language_probability,
            role_method=heard.role_method,
            role_confidence=heard.role_confidence,
            engines=heard.engines,
            flags=heard.flags,
        ),
    )
    with timed("language", stage_s):
        conversation = with_homophones(conversation, engines.speech.expected(call))
        conversation = annotate(conversation, embedder=engines.embedder)
    with timed("measure", stage_s):
        features = measure(conversation, AudioChannels(audio.samples, audio.sample_rate_hz))
    return conversation.model_copy(update={"features": features})


@contextmanager
def _decoded(path: Path, settings: Settings, stage_s: dict[str, float]) -> Iterator[DecodedAudio]:
    from qa.intake import decode

    with timed("decode", stage_s):
        audio = decode(path, settings)
    with audio:
        yield audio
