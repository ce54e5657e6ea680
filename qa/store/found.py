"""What the store answers with, where no type of the model fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qa.model import Call, ChannelKind, Conversation, Evaluation, Language, Outcome


@dataclass(frozen=True, slots=True)
class Known:
    """A conversation that the store has, without its turns: enough to decide whether work is left to do."""

    conversation_id: str
    call: Call
    """The call data with which it was saved."""
    language: Language | None
    duration_s: float | None
    channel_kind: ChannelKind
    role_confidence: float | None


@dataclass(frozen=True, slots=True)
class ConversationKey:
    """Where a conversation is stored."""

    conversation_id: str
    recording_id: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A conversation of a run with the run's evaluations of it, in the order in which they were saved."""

    recording_id: str
    conversation: Conversation
    evaluations: tuple[Evaluation, ...]


@dataclass(frozen=True, slots=True)
class PastScore:
    """One evaluation of one call, for a trend."""

    agent_id: str | None
    call_id: str
    started_at: datetime | None
    rubric_id: str
    rubric_version: str
    rubric_sha256: str
    percent: float | None
    outcomes: Mapping[str, Outcome]
    """Outcome by criterion id."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``ended_at`` is None while it goes on, and for good when it was killed."""

    run_id: str
    input: str
    settings: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: files with an outcome, and seconds of audio scored."""

    n_files: int
    audio_s: float


@dataclass(frozen=True, slots=True)
class Rescorable:
    """A stored conversation, without its turns, that is to be scored again with a form."""

    conversation_id: str
    recording_id: str
    call: Call
    earlier: Evaluation | None
    """The machine's latest evaluation of it with any version of the form."""
    up_to_date: bool
    """``earlier`` is of the conversation as it is stored now."""


@dataclass(frozen=True, slots=True)
class StoredTalk:
    """A conversation as it is stored, not parsed yet, and the sentence vectors that were stored with it."""

    document: str
    vectors: bytes

    def conversation(self) -> Conversation:
        return Conversation.from_json(self.document)
