"""How a store gets its tables: an ordered list of named steps.

A step is never edited after release, only followed by another; that is why it spells its SQL out instead of using
today's tables. All missing steps run in one transaction, so a store is never half migrated.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

from qa.model import UsageError

Migration = Callable[[Connection], None]

# Any number will do for PostgreSQL's advisory lock, as long as it stays the same.
_ADVISORY_LOCK = 7_310_545


def m001_first_tables(connection: Connection) -> None:
    """Recordings, conversations, features, evaluations, results, runs and their coverage."""
    for statement in (
        """CREATE TABLE recordings (
            recording_id TEXT PRIMARY KEY, file TEXT NOT NULL, n_bytes BIGINT NOT NULL,
            duration_s DOUBLE PRECISION NOT NULL, sample_rate_hz INTEGER NOT NULL, n_channels INTEGER NOT NULL,
            channel_kind TEXT NOT NULL, codec TEXT NOT NULL, delay_s DOUBLE PRECISION, correlation DOUBLE PRECISION,
            first_seen_at TEXT NOT NULL)""",
        """CREATE TABLE conversations (
            conversation_id TEXT PRIMARY KEY, recording_id TEXT NOT NULL REFERENCES recordings (recording_id),
            fingerprint TEXT NOT NULL, call_id TEXT NOT NULL, agent_id TEXT, team TEXT, queue TEXT, language TEXT,
            started_at TEXT, duration_s DOUBLE PRECISION, role_confidence DOUBLE PRECISION, flags TEXT NOT NULL,
            "call" TEXT NOT NULL, document TEXT NOT NULL, saved_at TEXT NOT NULL,
            UNIQUE (recording_id, fingerprint))""",
        "CREATE INDEX conversations_by_agent ON conversations (agent_id, started_at)",
        """CREATE TABLE features (
            conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id), name TEXT NOT NULL,
            role TEXT NOT NULL, value DOUBLE PRECISION, unit TEXT NOT NULL, reason TEXT,
            PRIMARY KEY (conversation_id, name, role))""",
        """CREATE TABLE evaluations (
            evaluation_id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id),
            rubric_id TEXT NOT NULL, rubric_version TEXT NOT NULL, rubric_sha256 TEXT NOT NULL,
            evaluator TEXT NOT NULL, points DOUBLE PRECISION NOT NULL, possible DOUBLE PRECISION NOT NULL,
            percent DOUBLE PRECISION, passed BOOLEAN, auto_fail BOOLEAN NOT NULL, document TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            UNIQUE (conversation_id, rubric_id, rubric_version, rubric_sha256, evaluator))""",
        """CREATE TABLE results (
            evaluation_id TEXT NOT NULL REFERENCES evaluations (evaluation_id), criterion TEXT NOT NULL,
            outcome TEXT NOT NULL, points DOUBLE PRECISION NOT NULL, possible DOUBLE PRECISION NOT NULL,
            severity TEXT NOT NULL, auto_fail BOOLEAN NOT NULL, confidence DOUBLE PRECISION, method TEXT NOT NULL,
            reason_code TEXT, PRIMARY KEY (evaluation_id, criterion))""",
        """CREATE TABLE runs (
            run_id TEXT PRIMARY KEY, input TEXT NOT NULL, settings TEXT NOT NULL, started_at TEXT NOT NULL,
            ended_at TEXT, counts TEXT)""",
        """CREATE TABLE coverage (
            run_id TEXT NOT NULL REFERENCES runs (run_id), file TEXT NOT NULL, recording_id TEXT, call_id TEXT,
            status TEXT NOT NULL, reason_code TEXT, duration_s DOUBLE PRECISION, channel_kind TEXT, language TEXT,
            role_confidence DOUBLE PRECISION, rubric TEXT, percent DOUBLE PRECISION, auto_fail BOOLEAN, detail TEXT,
            conversation_id TEXT, refusal_key TEXT, PRIMARY KEY (run_id, file))""",
        "CREATE INDEX coverage_by_recording ON coverage (recording_id, refusal_key)",
        """CREATE TABLE run_evaluations (
            run_id TEXT NOT NULL REFERENCES runs (run_id),
            evaluation_id TEXT NOT NULL REFERENCES evaluations (evaluation_id),
            PRIMARY KEY (run_id, evaluation_id))""",
        """CREATE TABLE attempts (
            run_id TEXT NOT NULL REFERENCES runs (run_id), file TEXT NOT NULL, n_attempts INTEGER NOT NULL,
            PRIMARY KEY (run_id, file))""",
    ):
        connection.execute(text(statement))


def m002_role_corrections(connection: Connection) -> None:
    """Who is who, as people set it right: rows are only ever added, and the latest of a recording holds."""
    connection.execute(
        text(
            """CREATE TABLE role_corrections (
            recording_id TEXT NOT NULL REFERENCES recordings (recording_id), corrected_at TEXT NOT NULL,
            call_id TEXT NOT NULL, swapped BOOLEAN NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (recording_id, corrected_at))"""
        )
    )


def m003_scoring_again(connection: Connection) -> None:
    """What scoring again needs: which words an evaluation is about, and sentence vectors by conversation or form."""
    blob = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    for statement in (
        "ALTER TABLE conversations ADD COLUMN document_sha256 TEXT",
        "ALTER TABLE evaluations ADD COLUMN conversation_sha256 TEXT",
        f"""CREATE TABLE vectors (
            owner TEXT NOT NULL, embedder TEXT NOT NULL, vectors {blob} NOT NULL, PRIMARY KEY (owner, embedder))""",
    ):
        connection.execute(text(statement))


def m004_calibration(connection: Connection) -> None:
    """Calibration sessions: who scores which calls by which form, what they found, and what the expert decided."""
    for statement in (
        """CREATE TABLE calibration_sessions (
            session_id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, created_by TEXT NOT NULL,
            expert TEXT NOT NULL, closed_at TEXT, closed_by TEXT)""",
        """CREATE TABLE calibration_raters (
            session_id TEXT NOT NULL REFERENCES calibration_sessions (session_id), rater TEXT NOT NULL,
            place INTEGER NOT NULL, PRIMARY KEY (session_id, rater))""",
        """CREATE TABLE calibration_forms (
            session_id TEXT NOT NULL REFERENCES calibration_sessions (session_id), rubric_id TEXT NOT NULL,
            rubric_version TEXT NOT NULL, rubric_sha256 TEXT NOT NULL, language TEXT NOT NULL, document TEXT NOT NULL,
            PRIMARY KEY (session_id, rubric_id))""",
        """CREATE TABLE calibration_calls (
            session_id TEXT NOT NULL, call_id TEXT NOT NULL, rubric_id TEXT NOT NULL, place INTEGER NOT NULL,
            conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id),
            inclusion_probability DOUBLE PRECISION, stratum TEXT, seed BIGINT, reason TEXT NOT NULL,
            targeted BOOLEAN NOT NULL, weighted BOOLEAN NOT NULL, frame TEXT NOT NULL,
            PRIMARY KEY (session_id, call_id, rubric_id),
            FOREIGN KEY (session_id, rubric_id) REFERENCES calibration_forms (session_id, rubric_id))""",
        """CREATE TABLE calibration_scores (
            session_id TEXT NOT NULL, call_id TEXT NOT NULL, rubric_id TEXT NOT NULL, rater TEXT NOT NULL,
            document TEXT NOT NULL, saved_at TEXT NOT NULL, PRIMARY KEY (session_id, call_id, rubric_id, rater),
            FOREIGN KEY (session_id, rater) REFERENCES calibration_raters (session_id, rater),
            FOREIGN KEY (session_id, call_id, rubric_id)
            REFERENCES calibration_calls (session_id, call_id, rubric_id))""",
        """CREATE TABLE calibration_finals (
            session_id TEXT NOT NULL, call_id TEXT NOT NULL, rubric_id TEXT NOT NULL, criterion TEXT NOT NULL,
            decided_at TEXT NOT NULL, answer TEXT NOT NULL, reason TEXT NOT NULL, author TEXT NOT NULL,
            PRIMARY KEY (session_id, call_id, rubric_id, criterion, decided_at),
            FOREIGN KEY (session_id, call_id, rubric_id)
            REFERENCES calibration_calls (session_id, call_id, rubric_id))""",
    ):
        connection.execute(text(statement))


def m005_kept_hits(connection: Connection) -> None:
    """Where signals were found for an evaluation, so that a changed form searches only what it changed."""
    blob = "BYTEA" if connection.dialect.name == "postgresql" else "BLOB"
    connection.execute(text(f"ALTER TABLE evaluations ADD COLUMN hits {blob}"))


MIGRATIONS: tuple[Migration, ...] = (
    m001_first_tables,
    m002_role_corrections,
    m003_scoring_again,
    m004_calibration,
    m005_kept_hits,
)


def migrate(connection: Connection, now: str, *, where: str, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Run the steps that this store has not had yet, inside the caller's write transaction.

    Raises:
        UsageError: the store has had a step that this code does not know, so a newer Callibrate wrote it.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    connection.execute(
        text("CREATE TABLE IF NOT EXISTS schema_migrations (name TEXT PRIMARY KEY, applied_at TEXT NOT NULL)")
    )
    done = set(connection.execute(text("SELECT name FROM schema_migrations")).scalars())
    known = [step.__name__ for step in migrations]
    if newer := sorted(done - set(known)):
        raise UsageError(
            f"this store was written by a newer Callibrate (it has {', '.join(newer)})",
            where=where,
            expected=f"nothing after {known[-1]}",
            fix="Update Callibrate, or use another --store",
        )
    for step in migrations:
        if step.__name__ not in done:
            step(connection)
            connection.execute(
                text("INSERT INTO schema_migrations (name, applied_at) VALUES (:name, :at)"),
                {"name": step.__name__, "at": now},
            )
