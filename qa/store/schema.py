"""The tables as the code of today sees them; how a store comes to have them is in :mod:`qa.store.migrations`.

Only column types that SQLite and PostgreSQL share. Times are ISO 8601 text in UTC (sortable), documents are JSON text.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

recordings = Table(
    "recordings",
    metadata,
    Column("recording_id", Text, primary_key=True),  # SHA-256 of the bytes
    Column("file", Text, nullable=False),
    Column("n_bytes", BigInteger, nullable=False),
    Column("duration_s", Float, nullable=False),
    Column("sample_rate_hz", Integer, nullable=False),
    Column("n_channels", Integer, nullable=False),
    Column("channel_kind", Text, nullable=False),
    Column("codec", Text, nullable=False),
    Column("delay_s", Float),
    Column("correlation", Float),
    Column("first_seen_at", Text, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", Text, primary_key=True),  # hash of the natural key
    Column("recording_id", Text, ForeignKey("recordings.recording_id"), nullable=False),
    Column("fingerprint", Text, nullable=False),  # what the speech stage was: engines, models, options
    Column("call_id", Text, nullable=False),
    Column("agent_id", Text),
    Column("team", Text),
    Column("queue", Text),
    Column("language", Text),
    Column("started_at", Text),
    Column("duration_s", Float),
    Column("role_confidence", Float),
    Column("flags", Text, nullable=False),  # JSON list
    Column("call", Text, nullable=False),  # JSON: Call
    Column("document", Text, nullable=False),  # JSON: qa.conversation/1
    Column("saved_at", Text, nullable=False),
    Column("document_sha256", Text),  # empty: saved before there was scoring again
    UniqueConstraint("recording_id", "fingerprint"),
)

features = Table(
    "features",
    metadata,
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("role", Text, primary_key=True),  # a speaker role, or "call" for the whole call
    Column("value", Float),
    Column("unit", Text, nullable=False),
    Column("reason", Text),
)

evaluations = Table(
    "evaluations",
    metadata,
    Column("evaluation_id", Text, primary_key=True),  # hash of the natural key
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), nullable=False),
    Column("rubric_id", Text, nullable=False),
    Column("rubric_version", Text, nullable=False),
    Column("rubric_sha256", Text, nullable=False),
    Column("evaluator", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("possible", Float, nullable=False),
    Column("percent", Float),
    Column("passed", Boolean),
    Column("auto_fail", Boolean, nullable=False),
    Column("document", Text, nullable=False),  # JSON: qa.evaluation/1
    Column("saved_at", Text, nullable=False),
    Column("conversation_sha256", Text),  # of the conversation's document when it was scored
    Column("hits", LargeBinary),  # where its signals were found, for scoring again (scoring/signals/kept.py)
    UniqueConstraint("conversation_id", "rubric_id", "rubric_version", "rubric_sha256", "evaluator"),
)

results = Table(
    "results",
    metadata,
    Column("evaluation_id", Text, ForeignKey("evaluations.evaluation_id"), primary_key=True),
    Column("criterion", Text, primary_key=True),
    Column("outcome", Text, nullable=False),
    Column("points", Float, nullable=False),
    Column("possible", Float, nullable=False),
    Column("severity", Text, nullable=False),
    Column("auto_fail", Boolean, nullable=False),
    Column("confidence", Float),
    Column("method", Text, nullable=False),
    Column("reason_code", Text),
)

runs = Table(
    "runs",
    metadata,
    Column("run_id", Text, primary_key=True),
    Column("input", Text, nullable=False),
    Column("settings", Text, nullable=False),  # JSON
    Column("started_at", Text, nullable=False),
    Column("ended_at", Text),  # empty: still going, or killed
    Column("counts", Text),  # JSON
)

coverage = Table(
    "coverage",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("file", Text, primary_key=True),
    Column("recording_id", Text),
    Column("call_id", Text),
    Column("status", Text, nullable=False),
    Column("reason_code", Text),
    Column("duration_s", Float),
    Column("channel_kind", Text),
    Column("language", Text),
    Column("role_confidence", Float),
    Column("rubric", Text),
    Column("percent", Float),
    Column("auto_fail", Boolean),
    Column("detail", Text),
    # No foreign key: a refused file has no conversation.
    Column("conversation_id", Text),
    # Of a refusal that would come out the same again: under which settings. Empty for any other row.
    Column("refusal_key", Text),
)

run_evaluations = Table(
    "run_evaluations",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("evaluation_id", Text, ForeignKey("evaluations.evaluation_id"), primary_key=True),
)

attempts = Table(
    "attempts",
    metadata,
    Column("run_id", Text, ForeignKey("runs.run_id"), primary_key=True),
    Column("file", Text, primary_key=True),
    Column("n_attempts", Integer, nullable=False),
)

role_corrections = Table(
    "role_corrections",
    metadata,
    Column("recording_id", Text, ForeignKey("recordings.recording_id"), primary_key=True),
    Column("corrected_at", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("swapped", Boolean, nullable=False),  # against the machine's roles
    Column("author", Text, nullable=False),
    Column("reason", Text, nullable=False),
)

vectors = Table(
    "vectors",
    metadata,
    Column("owner", Text, primary_key=True),  # a conversation's id, or "form:" and a rubric's
    Column("embedder", Text, primary_key=True),
    Column("vectors", LargeBinary, nullable=False),  # as qa.language packs them
)

# Calibration: people's blind scores, apart from the evaluations that averages are made of.

calibration_sessions = Table(
    "calibration_sessions",
    metadata,
    Column("session_id", Text, primary_key=True),
    Column("title", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expert", Text, nullable=False),
    Column("closed_at", Text),  # empty: open, and blind
    Column("closed_by", Text),
)

calibration_raters = Table(
    "calibration_raters",
    metadata,
    Column("session_id", Text, ForeignKey("calibration_sessions.session_id"), primary_key=True),
    Column("rater", Text, primary_key=True),
    Column("place", Integer, nullable=False),
)

calibration_forms = Table(
    "calibration_forms",
    metadata,
    Column("session_id", Text, ForeignKey("calibration_sessions.session_id"), primary_key=True),
    Column("rubric_id", Text, primary_key=True),
    Column("rubric_version", Text, nullable=False),
    Column("rubric_sha256", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("document", Text, nullable=False),  # JSON: the form as it was
)

calibration_calls = Table(
    "calibration_calls",
    metadata,
    Column("session_id", Text, ForeignKey("calibration_sessions.session_id"), primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("rubric_id", Text, primary_key=True),
    Column("place", Integer, nullable=False),
    Column("conversation_id", Text, ForeignKey("conversations.conversation_id"), nullable=False),
    Column("inclusion_probability", Float),
    Column("stratum", Text),
    Column("seed", BigInteger),
    Column("reason", Text, nullable=False),
    Column("targeted", Boolean, nullable=False),
    Column("weighted", Boolean, nullable=False),
    Column("frame", Text, nullable=False),
)

calibration_scores = Table(
    "calibration_scores",
    metadata,
    Column("session_id", Text, ForeignKey("calibration_sessions.session_id"), primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("rubric_id", Text, primary_key=True),
    Column("rater", Text, primary_key=True),
    Column("document", Text, nullable=False),  # JSON: qa.evaluation/1
    Column("saved_at", Text, nullable=False),
)

calibration_finals = Table(
    "calibration_finals",
    metadata,
    Column("session_id", Text, ForeignKey("calibration_sessions.session_id"), primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("rubric_id", Text, primary_key=True),
    Column("criterion", Text, primary_key=True),
    Column("decided_at", Text, primary_key=True),
    Column("answer", Text, nullable=False),  # JSON
    Column("reason", Text, nullable=False),
    Column("author", Text, nullable=False),
)
