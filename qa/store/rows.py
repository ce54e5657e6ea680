"""Between our values and table rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from qa.model import AudioFacts, Conversation, CoverageRow, Evaluation, Recording

WHOLE_CALL = "call"
"""``features.role`` of a number that describes no single side (a primary key cannot be empty)."""

Row = dict[str, Any]


def utc_now() -> str:
    return _iso(datetime.now(UTC))


def conversation_key(recording_id: str, fingerprint: str) -> str:
    """The id of what this speech stage made of this recording."""
    return _digest(recording_id, fingerprint)


def evaluation_key(conversation_id: str, evaluation: Evaluation) -> str:
    """The id of this evaluator's verdict on this conversation by this rubric, to the byte."""
    rubric = evaluation.rubric
    return _digest(conversation_id, rubric.id, rubric.version, rubric.sha256, evaluation.evaluator)


def document_sha256(document: str) -> str:
    """Tells whether an evaluation is of the conversation as it is stored now."""
    return hashlib.sha256(document.encode()).hexdigest()


def recording_row(recording: Recording, facts: AudioFacts, now: str) -> Row:
    return {
        "recording_id": recording.recording_id,
        "file": recording.file,
        "n_bytes": recording.n_bytes,
        **facts.model_dump(mode="json"),
        "first_seen_at": now,
    }


def conversation_row(recording_id: str, fingerprint: str, conversation: Conversation, now: str) -> Row:
    call, provenance = conversation.call, conversation.provenance
    document = conversation.to_json()
    return {
        "conversation_id": conversation_key(recording_id, fingerprint),
        "recording_id": recording_id,
        "fingerprint": fingerprint,
        "call_id": call.call_id,
        "agent_id": call.agent_id,
        "team": call.team,
        "queue": call.queue,
        "language": conversation.language,
        "started_at": sortable_time(call.started_at),
        "duration_s": conversation.duration_s,
        "role_confidence": provenance.role_confidence,
        "flags": json.dumps(provenance.flags),
        "call": call.to_json(),
        "document": document,
        "saved_at": now,
        "document_sha256": document_sha256(document),
    }


def feature_rows(conversation_id: str, conversation: Conversation) -> list[Row]:
    return [
        {
            "conversation_id": conversation_id,
            "name": feature.name,
            "role": feature.role.value if feature.role else WHOLE_CALL,
            "value": feature.value,
            "unit": feature.unit,
            "reason": feature.reason,
        }
        for feature in conversation.features
    ]


def evaluation_row(conversation_id: str, evaluation: Evaluation, now: str, conversation_sha256: str) -> Row:
    rubric, totals = evaluation.rubric, evaluation.totals
    return {
        "evaluation_id": evaluation_key(conversation_id, evaluation),
        "conversation_id": conversation_id,
        "rubric_id": rubric.id,
        "rubric_version": rubric.version,
        "rubric_sha256": rubric.sha256,
        "evaluator": evaluation.evaluator,
        "points": totals.points,
        "possible": totals.possible,
        "percent": totals.percent,
        "passed": totals.passed,
        "auto_fail": evaluation.auto_fail,
        "document": evaluation.to_json(),
        "saved_at": now,
        "conversation_sha256": conversation_sha256,
        "hits": evaluation.hits,
    }


def result_rows(evaluation_id: str, evaluation: Evaluation) -> list[Row]:
    return [
        {
            "evaluation_id": evaluation_id,
            "criterion": result.criterion,
            "outcome": result.outcome.value,
            "points": result.points,
            "possible": result.possible,
            "severity": result.severity.value,
            "auto_fail": result.auto_fail,
            "confidence": result.confidence,
            "method": result.method,
            "reason_code": result.reason_code,
        }
        for result in evaluation.results
    ]


def coverage_row(run_id: str, row: CoverageRow, conversation_id: str | None, refusal_key: str | None) -> Row:
    return {"run_id": run_id, "conversation_id": conversation_id, "refusal_key": refusal_key, **row.to_dict()}


def read_coverage(row: Mapping[str, Any]) -> CoverageRow:
    return CoverageRow.model_validate({name: row[name] for name in CoverageRow.model_fields})


def sortable_time(moment: datetime | None) -> str | None:
    """A call's time in UTC; one without a zone is taken as UTC, which is what it would be sorted by anyway."""
    if moment is None:
        return None
    return _iso(moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC))


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
