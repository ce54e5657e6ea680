"""What became of every file of a run."""

from __future__ import annotations

from enum import StrEnum

from qa.model.call import ChannelKind
from qa.model.document import Document
from qa.model.errors import Reason


class Status(StrEnum):
    SCORED = "scored"
    REFUSED = "refused"
    SKIPPED = "skipped"


class CoverageRow(Document):
    """One file of the input in one run; the field order is the column order of ``coverage.csv``."""

    file: str
    recording_id: str | None = None
    call_id: str | None = None
    status: Status
    reason_code: Reason | None = None
    duration_s: float | None = None
    channel_kind: ChannelKind | None = None
    language: str | None = None
    role_confidence: float | None = None
    rubric: str | None = None
    percent: float | None = None
    auto_fail: bool | None = None
    detail: str | None = None
    """One line for a person: why a file was refused."""
