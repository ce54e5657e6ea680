"""A pipeline without engines: what it does to a file follows from the file's name, and every call leaves a mark.

Marks are files in the folder ``FAKE_MARKS``: ``engines.PID`` for a load, ``heard.FILE.N`` and ``scored.CALL.N`` for the
N-th time that a file was heard or a conversation scored.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qa.model import (
    AudioFacts,
    Call,
    ChannelKind,
    Conversation,
    CriterionResult,
    CriticalErrors,
    Evaluation,
    Evidence,
    Feature,
    Language,
    Outcome,
    Provenance,
    Reason,
    Recording,
    RecordingRefused,
    RubricError,
    RubricRef,
    Severity,
    SpeakerRole,
    Totals,
    Turn,
)
from qa.settings import Settings

SECRET = "my card number is 4929"


@dataclass(frozen=True)
class FakeRubric:
    id: str
    version: str
    sha256: str
    language: Language = "en"
    sections: tuple[()] = ()


@dataclass(frozen=True)
class FakeRubrics:
    rubrics: tuple[FakeRubric, ...]

    def for_call(self, call: Call) -> Sequence[FakeRubric]:
        return self.rubrics

    def all(self) -> Sequence[FakeRubric]:
        return self.rubrics


@dataclass(frozen=True)
class Processed:
    facts: AudioFacts
    conversation: Conversation
    evaluations: tuple[Evaluation, ...]
    stage_s: Mapping[str, float]
    vectors: Mapping[str, bytes]


def load_rubrics(names: Sequence[str]) -> FakeRubrics:
    for name in names:
        if name == "typo":
            raise RubricError("expected > 0, got -2", where="typo.yaml:41: sections[1].criteria[0].weight")
    chosen = names or ("core",)
    return FakeRubrics(tuple(FakeRubric(name, "1.0.0", f"sha-of-{name}") for name in chosen))


def load_engines(settings: Settings) -> str:
    mark("engines", str(os.getpid()))
    return "engines"


def speech_fingerprint(settings: Settings) -> str:
    return f"fake-{settings.whisper_model}"


def process(
    recording: Recording, rubrics: FakeRubrics, engines: str, settings: Settings, *, playback: Path | None
) -> Processed:
    times = mark("heard", recording.file)
    _misbehave(recording.file, times)
    if playback is not None:
        playback.parent.mkdir(parents=True, exist_ok=True)
        playback.write_bytes(b"OggS")
    conversation = conversation_of(recording)
    evaluations = tuple(score(conversation, rubric) for rubric in rubrics.all())
    facts = AudioFacts(
        duration_s=60.0, sample_rate_hz=8000, n_channels=2, channel_kind=ChannelKind.STEREO, codec="pcm_s16le"
    )
    return Processed(facts, conversation, evaluations, {"transcribe": 2.0, "measure": 0.5}, {"fake": b"vectors"})


def conversation_of(recording: Recording) -> Conversation:
    turn = Turn(index=0, role=SpeakerRole.AGENT, text="Thank you for calling.", start_s=0.5, end_s=2.0)
    return Conversation(
        call=recording.call.model_copy(update={"language": "en"}),
        duration_s=60.0,
        turns=(turn,),
        features=(Feature(name="silence_ratio", value=0.25, unit="ratio"),),
        provenance=Provenance(
            recording_id=recording.recording_id,
            file=recording.file,
            channel_kind=ChannelKind.STEREO,
            role_confidence=0.9,
        ),
    )


def score(conversation: Conversation, rubric: FakeRubric) -> Evaluation:
    call_id = conversation.call.call_id
    mark("scored", call_id)
    proof = Evidence(turn=0, role=SpeakerRole.AGENT, quote="Thank you for calling", start_s=0.5, end_s=2.0)
    result = CriterionResult(
        criterion="opening.greeting",
        outcome=Outcome.MET,
        points=1,
        possible=1,
        severity=Severity.NON_CRITICAL,
        method="fake",
        explanation=f"Greeted; agent {conversation.call.agent_id}.",
        evidence=(proof,),
    )
    totals = Totals(
        points=1,
        possible=1,
        percent=100.0,
        passed=True,
        n_met=1,
        n_partially_met=0,
        n_not_met=0,
        n_not_applicable=0,
        n_not_scored=0,
    )
    return Evaluation(
        call_id=call_id,
        rubric=RubricRef(id=rubric.id, version=rubric.version, sha256=rubric.sha256),
        totals=totals,
        critical_errors=CriticalErrors(),
        auto_fail=False,
        results=(result,),
    )


def marks() -> Path:
    return Path(os.environ["FAKE_MARKS"])


def mark(kind: str, name: str) -> int:
    """Leave a mark; returns how many of this kind and name there are now."""
    number = 1
    safe = name.replace("/", "-")
    while True:
        try:
            (marks() / f"{kind}.{safe}.{number}").touch(exist_ok=False)
        except FileExistsError:
            number += 1
        else:
            return number


def _misbehave(file: str, times: int) -> None:
    if "noise" in file:
        raise RecordingRefused(Reason.NO_SPEECH, "nobody speaks")
    if "bug" in file:
        raise ValueError(SECRET)
    if "deadly" in file or ("fragile" in file and times == 1):
        os.kill(os.getpid(), signal.SIGKILL)
    if "slow" in file:
        time.sleep(60)
