"""The door to the store: our values in, our values out, one transaction a method."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from qa.model import AudioFacts, Conversation, CoverageRow, Evaluation, Outcome, Recording, UsageError
from qa.store import queries, writes
from qa.store.calibration import CalibrationBook
from qa.store.connection import WRITE, open_engine, shown, store_url
from qa.store.found import ConversationKey, Known, PastScore, Progress, Run, StoredCall
from qa.store.migrations import migrate
from qa.store.rescoring import RescoringBook
from qa.store.rows import conversation_key, evaluation_key, utc_now

Covers = tuple[str, CoverageRow]
"""A run's id and what became of a file in it."""


class Store:
    """Recordings, conversations, evaluations and runs in SQLite or PostgreSQL.

    Every write is one transaction and replaces on natural keys: a recording by its content, a conversation by
    recording and speech fingerprint, an evaluation by conversation, rubric and evaluator. Writing a thing again changes
    nothing else, and any number of processes may write at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, target: str | Path, *, create: bool = True) -> Self:
        """Open the store at a path or URL, make it if need be, and bring its tables up to date.

        Raises:
            UsageError: the target is no store, was written by a newer Callibrate, or does not exist and ``create`` is
                false.
        """
        url = store_url(target)
        where = shown(url)
        if url.get_backend_name() == "sqlite" and url.database is not None:
            path = Path(url.database)
            if not create and not path.is_file():
                raise UsageError("no such store", where=where, fix="Run qa nightly first, or name another --store")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(f"its folder cannot be made ({error.strerror})", where=where) from None
        store = cls(open_engine(url))
        try:
            store._prepare(where)
        except DBAPIError as error:
            raise UsageError(
                f"cannot be opened as a store ({str(error.orig).strip()})",
                where=where,
                expected="a store made by Callibrate, or a new name",
            ) from error
        return store

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Runs

    def begin_run(self, run_id: str, source: str, settings: Mapping[str, Any]) -> None:
        """Note that a run starts: what it reads and with which settings."""
        with self._write() as connection:
            writes.insert_run(connection, run_id, source, settings, utc_now())

    def end_run(self, run_id: str, counts: Mapping[str, Any]) -> None:
        """Note that a run came to its end, with its numbers. A run without an end was killed."""
        with self._write() as connection:
            writes.close_run(connection, run_id, counts, utc_now())

    def begin_attempt(self, run_id: str, file: str) -> None:
        """Note that work on a file begins, so that a worker which dies leaves its name."""
        with self._write() as connection:
            writes.count_attempt(connection, run_id, file)

    def run(self, run_id: str) -> Run | None:
        """The run with this id."""
        with self._read() as connection:
            return next(iter(queries.runs(connection, run_id)), None)

    def runs(self) -> list[Run]:
        """Every run, the newest first."""
        with self._read() as connection:
            return queries.runs(connection)

    # Calls

    def save_call(
        self,
        recording: Recording,
        facts: AudioFacts,
        fingerprint: str,
        conversation: Conversation,
        evaluations: Sequence[Evaluation],
        *,
        vectors: Mapping[str, bytes] | None = None,
        covers: Covers | None = None,
    ) -> None:
        """Save a call with all that is known about it.

        ``vectors``, by embedder, are those of its sentences, for scoring again. With ``covers`` (run id and row) the file
        counts as done in that run, in the same transaction.
        """
        with self._write() as connection:
            writes.put_recording(connection, recording, facts, utc_now())
            _put_scored(connection, recording.recording_id, fingerprint, conversation, evaluations, covers)
            for embedder, found in (vectors or {}).items():
                owner = conversation_key(recording.recording_id, fingerprint)
                writes.put_vectors(connection, owner, embedder, found)

    def save_evaluations(
        self,
        recording_id: str,
        fingerprint: str,
        conversation: Conversation,
        evaluations: Sequence[Evaluation],
        *,
        covers: Covers | None = None,
    ) -> None:
        """Save a stored conversation scored again (another rubric, or call data that the manifest corrected)."""
        with self._write() as connection:
            _put_scored(connection, recording_id, fingerprint, conversation, evaluations, covers)

    def save_totals(self, conversation_id: str, evaluations: Sequence[Evaluation]) -> None:
        """Save stored evaluations whose totals were worked out anew; what they are about, and since when, stays."""
        with self._write() as connection:
            for evaluation in evaluations:
                writes.put_totals(connection, conversation_id, evaluation)

    def save_coverage(
        self,
        run_id: str,
        row: CoverageRow,
        *,
        conversation_id: str | None = None,
        evaluations: Sequence[Evaluation] = (),
        refusal_key: str | None = None,
    ) -> None:
        """Save what became of a file, and which conversation and evaluations (already saved) the run shows for it.

        ``refusal_key`` marks a refusal that would come out the same again, for :meth:`find_refusal`.
        """
        with self._write() as connection:
            ids = [evaluation_key(conversation_id, e) for e in evaluations] if conversation_id else []
            writes.put_coverage(connection, run_id, row, conversation_id, ids, refusal_key)

    def find_refusal(self, recording_id: str, refusal_key: str) -> CoverageRow | None:
        """The row of an earlier run that refused this recording under this key."""
        with self._read() as connection:
            return queries.refusal(connection, recording_id, refusal_key)

    def find_known(self, recording_id: str, fingerprint: str) -> Known | None:
        """The conversation that this speech stage made of this recording, in short."""
        with self._read() as connection:
            return queries.known(connection, recording_id, fingerprint)

    def find_conversation(self, conversation_id: str) -> Conversation | None:
        """A conversation in full."""
        with self._read() as connection:
            return queries.conversation(connection, conversation_id)

    def find_scored(
        self, conversation_id: str, rubric_sha256: str, evaluator: str = queries.MACHINE
    ) -> Evaluation | None:
        """The verdict on a conversation by a rubric with these bytes."""
        with self._read() as connection:
            return queries.scored(connection, conversation_id, rubric_sha256, evaluator)

    # Corrections

    def add_role_correction(self, recording_id: str, call_id: str, *, swapped: bool, author: str, reason: str) -> None:
        """Note who says that the machine's roles of this recording are the wrong way round (or not), and why."""
        with self._write() as connection:
            writes.insert_role_correction(connection, recording_id, call_id, swapped, author, reason, utc_now())

    def roles_swapped(self, recording_id: str) -> bool:
        """Whether the latest correction of this recording turns the machine's roles round; False without one."""
        with self._read() as connection:
            return queries.roles_swapped(connection, recording_id)

    def conversations_of(self, call_id: str) -> list[ConversationKey]:
        """Every stored conversation under this call id, the newest first."""
        with self._read() as connection:
            return queries.conversations_of(connection, call_id)

    # Calibration

    @property
    def calibration(self) -> CalibrationBook:
        """Sessions in which people score the same calls blind."""
        return CalibrationBook(self._read, self._write)

    # What a run left

    def coverage_for_run(self, run_id: str) -> list[CoverageRow]:
        """What became of each file so far, by file name."""
        with self._read() as connection:
            return queries.coverage(connection, run_id)

    def covered_files(self, run_id: str) -> set[str]:
        """The files that have an outcome so far."""
        with self._read() as connection:
            return queries.covered_files(connection, run_id)

    def progress(self, run_id: str) -> Progress:
        """How far a run is."""
        with self._read() as connection:
            return queries.progress(connection, run_id)

    def unfinished_attempts(self, run_id: str) -> dict[str, int]:
        """Files on which work began and did not end, with how often it began."""
        with self._read() as connection:
            return queries.attempted(connection, run_id)

    def calls_for_run(self, run_id: str) -> list[StoredCall]:
        """The run's conversations with its evaluations of them, by file name; skipped ones included."""
        with self._read() as connection:
            return queries.calls(connection, run_id)

    def history(self, agent_id: str) -> list[PastScore]:
        """An agent's machine scores, oldest call first; a recording counts once a rubric, with its latest score."""
        with self._read() as connection:
            return queries.history(connection, agent_id)

    def outcome_counts(self, rubric_sha256: str, run_ids: Sequence[str]) -> dict[str, dict[str, dict[Outcome, int]]]:
        """Calls by run (of these), criterion and outcome, for what each run scored itself by a rubric with these bytes."""
        with self._read() as connection:
            return queries.outcome_counts(connection, rubric_sha256, run_ids)

    @property
    def rescoring(self) -> RescoringBook:
        """What scoring again reads and writes."""
        return RescoringBook(self._read, self._write)

    def _prepare(self, where: str) -> None:
        with self._write() as connection:
            migrate(connection, utc_now(), where=where)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            yield connection

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        with self._engine.connect() as connection, connection.begin():
            yield connection


def _put_scored(
    connection: Connection,
    recording_id: str,
    fingerprint: str,
    conversation: Conversation,
    evaluations: Sequence[Evaluation],
    covers: Covers | None,
) -> None:
    now = utc_now()
    conversation_id, sha256 = writes.put_conversation(connection, recording_id, fingerprint, conversation, now)
    of_it = [(conversation_id, evaluation) for evaluation in evaluations]
    evaluation_ids = writes.put_evaluations(connection, of_it, now, {conversation_id: sha256})
    if covers:
        writes.put_coverage(connection, *covers, conversation_id, evaluation_ids)
