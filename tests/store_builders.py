"""Small calls and evaluations for tests of what stores them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

from qa.model import (
    AudioFacts,
    Call,
    ChannelKind,
    Conversation,
    CoverageRow,
    CriterionResult,
    CriticalErrors,
    Evaluation,
    Evidence,
    Feature,
    Outcome,
    Provenance,
    Recording,
    RubricRef,
    Severity,
    SpeakerRole,
    Status,
    Totals,
    Turn,
    Word,
)

MANILA = timezone(timedelta(hours=8))
FACTS = AudioFacts(
    duration_s=61.5,
    sample_rate_hz=8000,
    n_channels=2,
    channel_kind=ChannelKind.DUAL_MONO,
    codec="pcm_mulaw",
    delay_s=0.01,
    correlation=0.99,
)


def recording(name: str = "a", **call: object) -> Recording:
    """A recording whose id follows from its name."""
    data = Call.model_validate({"call_id": f"c-{name}", "agent_id": "a-17", "team": "cards", **call})
    return Recording(
        recording_id=hashlib.sha256(name.encode()).hexdigest(),
        path=f"/in/{name}.wav",
        file=f"{name}.wav",
        n_bytes=3_000_000_000,  # more than 32 bits hold
        call=data,
    )


def conversation(of: Recording, text: str = "您好，很高兴为您服务。") -> Conversation:
    """One turn by the agent, with a word, two features and provenance."""
    started = of.call.started_at or datetime(2026, 11, 20, 9, 31, tzinfo=MANILA)
    turn = Turn(
        index=0,
        role=SpeakerRole.AGENT,
        text=text,
        start_s=0.5,
        end_s=2.25,
        words=(Word(text="您好", start_s=0.5, end_s=0.75, confidence=0.5),),
    )
    return Conversation(
        call=of.call.model_copy(update={"language": "zh", "started_at": started}),
        duration_s=61.5,
        turns=(turn,),
        features=(
            Feature(name="silence_ratio", value=0.25, unit="ratio"),
            Feature(name="pace", value=None, unit="characters/min", role=SpeakerRole.AGENT, reason="too_short"),
        ),
        provenance=Provenance(
            recording_id=of.recording_id, file=of.file, role_confidence=0.5, flags=("role_uncertain",)
        ),
    )


def evaluation(
    call_id: str = "c-a",
    outcome: Outcome = Outcome.MET,
    *,
    sha256: str = "0" * 64,
    evaluator: str = "machine",
    version: str = "1.0.0",
) -> Evaluation:
    """One criterion of two points."""
    counts = {name: int(outcome == name) for name in Outcome}
    points = 2.0 if outcome is Outcome.MET else 0.0
    possible = 2.0 if outcome in (Outcome.MET, Outcome.NOT_MET) else 0.0
    result = CriterionResult(
        criterion="opening.greeting",
        outcome=outcome,
        points=points,
        possible=possible,
        severity=Severity.NON_CRITICAL,
        confidence=0.75,
        method="phrase",
        explanation="问候了客户。",
        evidence=(Evidence(turn=0, role=SpeakerRole.AGENT, quote="您好", start_s=0.5, end_s=2.25),),
    )
    return Evaluation(
        call_id=call_id,
        rubric=RubricRef(id="service-core.zh", version=version, sha256=sha256),
        evaluator=evaluator,
        totals=Totals(
            points=points,
            possible=possible,
            percent=100 * points / possible if possible else None,
            passed=points == possible if possible else None,
            **{f"n_{name}": n for name, n in counts.items()},
        ),
        critical_errors=CriticalErrors(),
        auto_fail=False,
        results=(result,),
    )


def covered(of: Recording, status: Status = Status.SCORED, **more: object) -> CoverageRow:
    """A line of the coverage table."""
    row = {"file": of.file, "recording_id": of.recording_id, "call_id": of.call.call_id, "status": status}
    return CoverageRow.model_validate({**row, **more})
