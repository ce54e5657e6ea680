"""Statements that change a store. Each takes a connection inside a write transaction and replaces on natural keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Insert, Table, delete, update
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


def upsert(connection: Connection, table: Table, *rows: Row, keep: tuple[str, ...] = ()) -> None:
    """Insert rows of the same columns, or replace those with the same primary key, except for the columns in ``keep``."""
    if rows:
        connection.execute(_upserting(connection.dialect.name, table, tuple(rows[0]), keep), rows)


@lru_cache(maxsize=64)
def _upserting(dialect: str, table: Table, columns: tuple[str, ...], keep: tuple[str, ...]) -> Insert:
    """The statement, made once: making it takes longer than carrying it out."""
    insert = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: insert.excluded[name] for name in columns if name not in (*keys, *keep)}
    if not changed:
        return insert.on_conflict_do_nothing(index_elements=keys)
    return insert.on_conflict_do_update(index_elements=keys, set_=changed)


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
    features = {conversation_id: feature_rows(conversation_id, conversation)}
    _replace(connection, schema.features, "conversation_id", features)
    return conversation_id, row["document_sha256"]


def put_evaluations(
    connection: Connection,
    evaluations: Sequence[tuple[str, Evaluation]],
    now: str,
    conversation_sha256: Mapping[str, str],
) -> list[str]:
    """Save evaluations, each of the conversation with this id (and SHA-256), with their results; returns their ids."""
    rows = [evaluation_row(of, evaluation, now, conversation_sha256[of]) for of, evaluation in evaluations]
    upsert(connection, schema.evaluations, *rows)
    results = {key: result_rows(key, each) for of, each in evaluations if (key := evaluation_key(of, each))}
    _replace(connection, schema.results, "evaluation_id", results)
    return [row["evaluation_id"] for row in rows]


def put_totals(connection: Connection, conversation_id: str, evaluation: Evaluation) -> None:
    """Save a stored evaluation with other totals; which words it is about and when it was made stay as they are."""
    row = evaluation_row(conversation_id, evaluation, now="", conversation_sha256="")
    upsert(connection, schema.evaluations, row, keep=("saved_at", "conversation_sha256", "hits"))
    evaluation_id = evaluation_key(conversation_id, evaluation)
    _replace(connection, schema.results, "evaluation_id", {evaluation_id: result_rows(evaluation_id, evaluation)})


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


def _replace(connection: Connection, table: Table, owner: str, rows: Mapping[str, list[Row]]) -> None:
    """The rows of each of these owners in place of what it had."""
    if rows:
        connection.execute(delete(table).where(table.c[owner].in_(rows)))
    if every := [row for of_one in rows.values() for row in of_one]:
        connection.execute(table.insert(), every)
