"""Statements that change a store. Each takes a connection inside a write transaction and replaces on natural keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from qa.model import AudioFacts, Conversation, CoverageRow, Evaluation, Recording
from qa.store import schema
from qa.store.rows import (
    Row,
    conversation_key,
    conversation_row,
    coverage_row,
    evaluation_key,
    evaluation_row,
    feature_rows,
    recording_row,
    result_rows,
)


def upsert(connection: Connection, table: Table, row: Row, *, keep: tuple[str, ...] = ()) -> None:
    """Insert a row, or replace the one with the same primary key, except for the columns in ``keep``."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table).values(row)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in row if name not in (*keys, *keep)}
    if changed:
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
    else:
        connection.execute(statement.on_conflict_do_nothing(index_elements=keys))


def insert_run(connection: Connection, run_id: str, source: str, settings: Mapping[str, Any], now: str) -> None:
    row = {"run_id": run_id, "input": source, "settings": json.dumps(settings), "started_at": now}
    connection.execute(schema.runs.insert().values(row))


def close_run(connection: Connection, run_id: str, counts: Mapping[str, Any], now: str) -> None:
    statement = update(schema.runs).where(schema.runs.c.run_id == run_id)
    connection.execute(statement.values(ended_at=now, counts=json.dumps(counts)))


def put_recording(connection: Connection, recording: Recording, facts: AudioFacts, now: str) -> None:
    upsert(connection, schema.recordings, recording_row(recording, facts, now), keep=("first_seen_at",))


def put_conversation(
    connection: Connection, recording_id: str, fingerprint: str, conversation: Conversation, now: str
) -> tuple[str, str]:
    """Save a conversation with its features; returns its id and its document's SHA-256."""
    row = conversation_row(recording_id, fingerprint, conversation, now)
    conversation_id = conversation_key(recording_id, fingerprint)
    upsert(connection, schema.conversations, row)
    _replace(
        connection, schema.features, "conversation_id", conversation_id, feature_rows(conversation_id, conversation)
    )
    return conversation_id, row["document_sha256"]


def put_evaluation(
    connection: Connection, conversation_id: str, evaluation: Evaluation, now: str, conversation_sha256: str
) -> str:
    """Save an evaluation of the conversation with this SHA-256, with its results; returns its id."""
    evaluation_id = evaluation_key(conversation_id, evaluation)
    upsert(connection, schema.evaluations, evaluation_row(conversation_id, evaluation, now, conversation_sha256))
    _replace(connection, schema.results, "evaluation_id", evaluation_id, result_rows(evaluation_id, evaluation))
    return evaluation_id


def put_totals(connection: Connection, conversation_id: str, evaluation: Evaluation) -> None:
    """Save a stored evaluation with other totals; which words it is about and when it was made stay as they are."""
    row = evaluation_row(conversation_id, evaluation, now="", conversation_sha256="")
    upsert(connection, schema.evaluations, row, keep=("saved_at", "conversation_sha256"))
    evaluation_id = evaluation_key(conversation_id, evaluation)
    _replace(connection, schema.results, "evaluation_id", evaluation_id, result_rows(evaluation_id, evaluation))


def insert_role_correction(
    connection: Connection, recording_id: str, call_id: str, swapped: bool, author: str, reason: str, now: str
) -> None:
    """Add a correction; none is ever changed."""
    row = {"recording_id": recording_id, "corrected_at": now, "call_id": call_id, "swapped": swapped}
    connection.execute(schema.role_corrections.insert().values({**row, "author": author, "reason": reason}))


def put_vectors(connection: Connection, owner: str, embedder: str, vectors: bytes) -> None:
    """Save the sentence vectors of a conversation or a form."""
    upsert(connection, schema.vectors, {"owner": owner, "embedder": embedder, "vectors": vectors})


def put_coverage(
    connection: Connection,
    run_id: str,
    row: CoverageRow,
    conversation_id: str | None,
    evaluation_ids: Sequence[str] = (),
    refusal_key: str | None = None,
) -> None:
    """Save what became of a file in a run, and which evaluations the run shows for it."""
    upsert(connection, schema.coverage, coverage_row(run_id, row, conversation_id, refusal_key))
    for evaluation_id in evaluation_ids:
        upsert(connection, schema.run_evaluations, {"run_id": run_id, "evaluation_id": evaluation_id})


def count_attempt(connection: Connection, run_id: str, file: str) -> None:
    """Note that work on a file begins."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    table = schema.attempts
    statement = insert(table).values(run_id=run_id, file=file, n_attempts=1)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["run_id", "file"], set_={"n_attempts": table.c.n_attempts + 1})
    )


def _replace(connection: Connection, table: Table, owner: str, owner_id: str, rows: list[Row]) -> None:
    connection.execute(delete(table).where(table.c[owner] == owner_id))
    if rows:
        connection.execute(table.insert(), rows)
