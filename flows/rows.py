"""A file's line in the coverage table, by what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.model import Conversation, CoverageRow, Evaluation, Reason, Recording, Status
from qa.store import Known


def scored_row(recording: Recording, conversation: Conversation, evaluations: Sequence[Evaluation]) -> CoverageRow:
    """A call that was scored; with several rubrics the first gives its score."""
    made = conversation.provenance
    return CoverageRow(
        file=recording.file,
        recording_id=recording.recording_id,
        call_id=conversation.call.call_id,
        status=Status.SCORED,
        duration_s=conversation.duration_s,
        channel_kind=made.channel_kind,
        language=conversation.language,
        role_confidence=made.role_confidence,
        rubric=evaluations[0].rubric.id,
        percent=evaluations[0].totals.percent,
        auto_fail=evaluations[0].auto_fail,
    )


def already_scored_row(recording: Recording, known: Known, evaluation: Evaluation) -> CoverageRow:
    """A recording whose score is in the store."""
    return CoverageRow(
        file=recording.file,
        recording_id=recording.recording_id,
        call_id=known.call.call_id,
        status=Status.SKIPPED,
        reason_code=Reason.ALREADY_SCORED,
        duration_s=known.duration_s,
        channel_kind=known.channel_kind,
        language=known.language,
        role_confidence=known.role_confidence,
        rubric=evaluation.rubric.id,
        percent=evaluation.totals.percent,
        auto_fail=evaluation.auto_fail,
        detail=f"scored before as {known.call.call_id}",
    )


def duplicate_row(recording: Recording, twin: str) -> CoverageRow:
    """A recording with the same bytes as another file of the run, which stands for both."""
    return CoverageRow(
        file=recording.file,
        recording_id=recording.recording_id,
        call_id=recording.call.call_id,
        status=Status.SKIPPED,
        reason_code=Reason.DUPLICATE_CONTENT,
        detail=f"the same bytes as {twin}",
    )


def refused_row(recording: Recording, reason: Reason, detail: str) -> CoverageRow:
    """A recording that cannot be scored."""
    return CoverageRow(
        file=recording.file,
        recording_id=recording.recording_id,
        call_id=recording.call.call_id,
        status=Status.REFUSED,
        reason_code=reason,
        detail=detail,
    )
