"""Statements that read a store. Each takes a connection inside a transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Select, and_, case, func, select

from qa.model import Call, ChannelKind, Conversation, CoverageRow, Evaluation, Language, Outcome, Status
from qa.store import schema
from qa.store.found import ConversationKey, Known, PastScore, Progress, Run, StoredCall
from qa.store.rows import conversation_key, read_coverage

MACHINE = "machine"


def known(connection: Connection, recording_id: str, fingerprint: str) -> Known | None:
    talk, audio = schema.conversations, schema.recordings
    found = connection.execute(
        select(
            talk.c.conversation_id,
            talk.c.call,
            talk.c.language,
            talk.c.duration_s,
            audio.c.channel_kind,
            talk.c.role_confidence,
        )
        .join(audio, audio.c.recording_id == talk.c.recording_id)
        .where(talk.c.conversation_id == conversation_key(recording_id, fingerprint))
    ).one_or_none()
    if found is None:
        return None
    return Known(
        found.conversation_id,
        Call.from_json(found.call),
        cast("Language | None", found.language),
        found.duration_s,
        ChannelKind(found.channel_kind),
        found.role_confidence,
    )


def conversation(connection: Connection, conversation_id: str) -> Conversation | None:
    table = schema.conversations
    document = connection.execute(
        select(table.c.document).where(table.c.conversation_id == conversation_id)
    ).scalar_one_or_none()
    return None if document is None else Conversation.from_json(document)


def conversations_of(connection: Connection, call_id: str) -> list[ConversationKey]:
    """Every conversation under a call id, the newest first."""
    table = schema.conversations
    rows = connection.execute(
        select(table.c.conversation_id, table.c.recording_id, table.c.fingerprint)
        .where(table.c.call_id == call_id)
        .order_by(table.c.saved_at.desc(), table.c.conversation_id)
    )
    return [ConversationKey(row.conversation_id, row.recording_id, row.fingerprint) for row in rows]


def roles_swapped(connection: Connection, recording_id: str) -> bool:
    table = schema.role_corrections
    latest = (
        select(table.c.swapped)
        .where(table.c.recording_id == recording_id)
        .order_by(table.c.corrected_at.desc())
        .limit(1)
    )
    return bool(connection.execute(latest).scalar())


def scored(connection: Connection, conversation_id: str, rubric_sha256: str, evaluator: str) -> Evaluation | None:
    table = schema.evaluations
    document = connection.execute(
        select(table.c.document).where(
            table.c.conversation_id == conversation_id,
            table.c.rubric_sha256 == rubric_sha256,
            table.c.evaluator == evaluator,
        )
    ).scalar()
    return None if document is None else Evaluation.from_json(document)


def coverage(connection: Connection, run_id: str) -> list[CoverageRow]:
    table = schema.coverage
    rows = connection.execute(select(table).where(table.c.run_id == run_id).order_by(table.c.file))
    return [read_coverage(row._asdict()) for row in rows]


def refusal(connection: Connection, recording_id: str, refusal_key: str) -> CoverageRow | None:
    table = schema.coverage
    row = connection.execute(
        select(table)
        .where(table.c.recording_id == recording_id, table.c.refusal_key == refusal_key)
        .order_by(table.c.run_id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else read_coverage(row._asdict())


def progress(connection: Connection, run_id: str) -> Progress:
    table = schema.coverage
    worked = case((table.c.status == Status.SCORED.value, table.c.duration_s), else_=0.0)
    row = connection.execute(
        select(func.count().label("n"), func.sum(worked).label("s")).where(table.c.run_id == run_id)
    ).one()
    return Progress(row.n, float(row.s or 0.0))


def attempted(connection: Connection, run_id: str) -> dict[str, int]:
    """Files on which work began and did not end, with how often it began."""
    begun, ended = schema.attempts, schema.coverage
    rows = connection.execute(
        select(begun.c.file, begun.c.n_attempts)
        .outerjoin(ended, and_(ended.c.run_id == begun.c.run_id, ended.c.file == begun.c.file))
        .where(begun.c.run_id == run_id, ended.c.file.is_(None))
    )
    return {row.file: row.n_attempts for row in rows}


def covered_files(connection: Connection, run_id: str) -> set[str]:
    table = schema.coverage
    return set(connection.execute(select(table.c.file).where(table.c.run_id == run_id)).scalars())


def calls(connection: Connection, run_id: str) -> list[StoredCall]:
    """The run's conversations by file name, each with the evaluations that the run shows for it."""
    by_conversation: dict[str, list[Evaluation]] = defaultdict(list)
    for row in connection.execute(_evaluations_of(run_id)):
        by_conversation[row.conversation_id].append(Evaluation.from_json(row.document))
    covered, table = schema.coverage, schema.conversations
    rows = connection.execute(
        select(table.c.conversation_id, table.c.recording_id, table.c.document)
        .join(covered, covered.c.conversation_id == table.c.conversation_id)
        .where(covered.c.run_id == run_id)
        .order_by(covered.c.file)
    )
    return [
        StoredCall(row.recording_id, Conversation.from_json(row.document), tuple(by_conversation[row.conversation_id]))
        for row in rows
    ]


def _evaluations_of(run_id: str) -> Select[Any]:
    shown, table = schema.run_evaluations, schema.evaluations
    return (
        select(table.c.conversation_id, table.c.document)
        .join(shown, shown.c.evaluation_id == table.c.evaluation_id)
        .where(shown.c.run_id == run_id)
        .order_by(table.c.rubric_id)
    )


def history(connection: Connection, agent_id: str, evaluator: str = MACHINE) -> list[PastScore]:
    """An agent's scores from the oldest call to the newest; a recording counts once a rubric, with the latest."""
    talk, table, result = schema.conversations, schema.evaluations, schema.results
    chosen = (
        select(talk.c.recording_id, talk.c.agent_id, talk.c.call_id, talk.c.call, table)
        .join(table, table.c.conversation_id == talk.c.conversation_id)
        .where(talk.c.agent_id == agent_id, table.c.evaluator == evaluator)
        .order_by(talk.c.started_at, talk.c.call_id, table.c.rubric_id, table.c.saved_at, table.c.evaluation_id)
    )
    outcomes: dict[str, dict[str, Outcome]] = defaultdict(dict)
    for row in connection.execute(
        select(result.c.evaluation_id, result.c.criterion, result.c.outcome)
        .join(table, table.c.evaluation_id == result.c.evaluation_id)
        .join(talk, talk.c.conversation_id == table.c.conversation_id)
        .where(talk.c.agent_id == agent_id, table.c.evaluator == evaluator)
    ):
        outcomes[row.evaluation_id][row.criterion] = Outcome(row.outcome)
    latest: dict[tuple[str, str], PastScore] = {}
    for row in connection.execute(chosen):
        started_at = Call.from_json(row.call).started_at
        latest[row.recording_id, row.rubric_id] = PastScore(
            row.agent_id,
            row.call_id,
            started_at,
            row.rubric_id,
            row.rubric_version,
            row.rubric_sha256,
            row.percent,
            outcomes[row.evaluation_id],
        )
    return list(latest.values())


def outcome_counts(
    connection: Connection, rubric_sha256: str, run_ids: Sequence[str]
) -> dict[str, dict[str, dict[Outcome, int]]]:
    """Calls by run, criterion and outcome, over what each run scored itself (not what it found scored before)."""
    shown, table, result, covered = schema.run_evaluations, schema.evaluations, schema.results, schema.coverage
    rows = connection.execute(
        select(shown.c.run_id, result.c.criterion, result.c.outcome, func.count().label("n"))
        .join(table, table.c.evaluation_id == shown.c.evaluation_id)
        .join(result, result.c.evaluation_id == table.c.evaluation_id)
        .join(covered, and_(covered.c.run_id == shown.c.run_id, covered.c.conversation_id == table.c.conversation_id))
        .where(
            shown.c.run_id.in_(run_ids),
            table.c.rubric_sha256 == rubric_sha256,
            covered.c.status == Status.SCORED.value,
        )
        .group_by(shown.c.run_id, result.c.criterion, result.c.outcome)
    )
    counts: dict[str, dict[str, dict[Outcome, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        counts[row.run_id][row.criterion][Outcome(row.outcome)] = row.n
    return counts


def runs(connection: Connection, run_id: str | None = None) -> list[Run]:
    """Every run, the newest first, or the one with this id."""
    table = schema.runs
    statement = select(table).order_by(table.c.started_at.desc(), table.c.run_id)
    if run_id is not None:
        statement = statement.where(table.c.run_id == run_id)
    return [
        Run(
            row.run_id,
            row.input,
            json.loads(row.settings),
            datetime.fromisoformat(row.started_at),
            datetime.fromisoformat(row.ended_at) if row.ended_at else None,
            json.loads(row.counts) if row.counts else {},
        )
        for row in connection.execute(statement)
    ]
