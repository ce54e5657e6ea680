"""Calibration sessions in the store. People's scores lie in tables of their own: no average over calls can meet them.

Blindness is kept here, where the rows are read: a query for scores takes the reader and, while the session is open, finds
the reader's own rows only. Locks keep a session from being closed while scores are written, on both databases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from qa.model import Evaluation, UsageError
from qa.model.calibration import CalibrationCall, CalibrationForm, CalibrationSession, FinalAnswer, StillBlind
from qa.model.evaluation import RubricRef
from qa.store import schema
from qa.store.rows import sortable_time, utc_now
from qa.store.writes import upsert

_Transaction = Callable[[], AbstractContextManager[Connection]]
_CALL_FIELDS = tuple(name for name in CalibrationCall.model_fields)


class CalibrationBook:
    """The sessions of a store (:attr:`qa.store.Store.calibration`). Every write is one transaction."""

    def __init__(self, read: _Transaction, write: _Transaction) -> None:
        self._read, self._write = read, write

    def add(self, session: CalibrationSession) -> None:
        """Save a new session. Raises UsageError when its id is taken."""
        with self._write() as connection:
            taken = select(schema.calibration_sessions.c.session_id).where(
                schema.calibration_sessions.c.session_id == session.session_id
            )
            if connection.execute(taken).scalar() is not None:
                raise UsageError(f"there is a session {session.session_id!r} already", fix="Choose another --id")
            row = {name: getattr(session, name) for name in ("session_id", "title", "created_by", "expert")}
            connection.execute(
                schema.calibration_sessions.insert().values(**row, created_at=session.created_at.isoformat())
            )
            of = {"session_id": session.session_id}
            connection.execute(
                schema.calibration_raters.insert(),
                [{**of, "place": place, "rater": rater} for place, rater in enumerate(session.raters)],
            )
            connection.execute(
                schema.calibration_forms.insert(),
                [
                    {
                        **of,
                        "rubric_id": form.ref.id,
                        "rubric_version": form.ref.version,
                        "rubric_sha256": form.ref.sha256,
                        "language": form.language,
                        "document": form.document,
                    }
                    for form in session.forms
                ],
            )
            connection.execute(
                schema.calibration_calls.insert(), [{**of, **call.model_dump()} for call in session.calls]
            )

    def session(self, session_id: str) -> CalibrationSession:
        """A session by its id. Raises UsageError when there is none."""
        with self._read() as connection:
            return _session(connection, session_id)

    def sessions(self) -> list[CalibrationSession]:
        """Every session, the oldest first."""
        table = schema.calibration_sessions
        with self._read() as connection:
            ids = connection.execute(select(table.c.session_id).order_by(table.c.created_at, table.c.session_id))
            return [_session(connection, session_id) for session_id in ids.scalars().all()]

    def save_scores(self, session_id: str, rater: str, evaluations: Sequence[Evaluation]) -> None:
        """Save what a rater found, replacing what that rater had saved for the same call and form. All or nothing.

        Raises:
            UsageError: the session is closed, has no such rater, or not this call with this form.
        """
        with self._write() as connection:
            session = _locked(connection, session_id)
            if session.closed:
                raise UsageError(f"session {session_id} is closed", expected="scores before closing")
            if rater not in session.raters:
                raise UsageError(
                    f"{rater!r} is no rater of session {session_id}", expected=f"one of {', '.join(session.raters)}"
                )
            forms = {form.ref.id: form.ref for form in session.forms}
            due = {call.key for call in session.calls}
            now = utc_now()
            for evaluation in evaluations:
                key = (evaluation.call_id, evaluation.rubric.id)
                if key not in due or evaluation.rubric != forms[evaluation.rubric.id]:
                    raise UsageError(f"session {session_id} has no call {key[0]!r} with form {key[1]!r}")
                if evaluation.evaluator != rater:
                    raise UsageError(f"these scores are {evaluation.evaluator!r}'s, not {rater!r}'s")
                row = {"session_id": session_id, "call_id": key[0], "rubric_id": key[1], "rater": rater}
                upsert(
                    connection,
                    schema.calibration_scores,
                    {**row, "document": evaluation.to_json(), "saved_at": now},
                )

    def scores(self, session_id: str, reader: str, *, of: str | None = None) -> list[Evaluation]:
        """What the raters found (or the one named by ``of``), by rater and call.

        While the session is open the reader gets their own and nobody else's.

        Raises:
            StillBlind: the session is open and ``of`` is not the reader, or is left out.
            UsageError: no such session.
        """
        table = schema.calibration_scores
        with self._read() as connection:
            if not _session(connection, session_id).closed and of != reader:
                raise StillBlind(
                    f"{of or 'everybody'}'s scores are not for {reader!r} yet",
                    where=f"session {session_id}",
                    expected="your own, until the session is closed",
                )
            chosen = select(table.c.document).where(table.c.session_id == session_id)
            if of is not None:
                chosen = chosen.where(table.c.rater == of)
            rows = connection.execute(chosen.order_by(table.c.rater, table.c.call_id, table.c.rubric_id))
            return [Evaluation.from_json(document) for document in rows.scalars()]

    def scored(self, session_id: str) -> dict[str, set[tuple[str, str]]]:
        """Which calls (with which form) each rater has handed in, and nothing of what they found."""
        table = schema.calibration_scores
        with self._read() as connection:
            done: dict[str, set[tuple[str, str]]] = {r: set() for r in _session(connection, session_id).raters}
            chosen = select(table.c.rater, table.c.call_id, table.c.rubric_id).where(table.c.session_id == session_id)
            for row in connection.execute(chosen):
                done[row.rater].add((row.call_id, row.rubric_id))
            return done

    def close(self, session_id: str, author: str) -> CalibrationSession:
        """End the scoring: from here on everybody may read, and nobody score. Raises UsageError when it is closed."""
        table = schema.calibration_sessions
        with self._write() as connection:
            if _locked(connection, session_id).closed:
                raise UsageError(f"session {session_id} is closed already")
            ended = update(table).where(table.c.session_id == session_id)
            connection.execute(ended.values(closed_at=utc_now(), closed_by=author))
            return _session(connection, session_id)

    def add_finals(self, session_id: str, finals: Sequence[FinalAnswer]) -> None:
        """Save final answers beside those before. All or nothing.

        Raises:
            StillBlind: the session is open: whoever decides would read the raters' answers.
            UsageError: the author is not the session's expert.
        """
        with self._write() as connection:
            session = _locked(connection, session_id)
            if not session.closed:
                raise StillBlind("final answers come after closing", where=f"session {session_id}")
            for final in finals:
                if final.author != session.expert:
                    raise UsageError(
                        f"{final.author!r} does not decide in session {session_id}", expected=f"{session.expert!r}"
                    )
                row = final.model_dump(mode="json") | {
                    "session_id": session_id,
                    "answer": json.dumps(final.answer, ensure_ascii=False),
                    "decided_at": sortable_time(final.decided_at),
                }
                connection.execute(schema.calibration_finals.insert().values(row))

    def finals(self, session_id: str) -> list[FinalAnswer]:
        """Every final answer of a session, the oldest first."""
        table = schema.calibration_finals
        with self._read() as connection:
            chosen = select(table).where(table.c.session_id == session_id).order_by(table.c.decided_at)
            return [_final(row) for row in connection.execute(chosen)]


def _locked(connection: Connection, session_id: str) -> CalibrationSession:
    """The session, which nobody else changes before this transaction ends (SQLite has locked the whole store)."""
    table = schema.calibration_sessions
    connection.execute(select(table.c.session_id).where(table.c.session_id == session_id).with_for_update())
    return _session(connection, session_id)


def _session(connection: Connection, session_id: str) -> CalibrationSession:
    def rows(table: Any, order: Any) -> Sequence[Row[Any]]:
        return connection.execute(select(table).where(table.c.session_id == session_id).order_by(order)).all()

    head = schema.calibration_sessions
    row = connection.execute(select(head).where(head.c.session_id == session_id)).one_or_none()
    if row is None:
        raise UsageError(f"no calibration session {session_id!r} in this store", fix="See qa calibration list")
    return CalibrationSession(
        session_id=row.session_id,
        title=row.title,
        created_at=datetime.fromisoformat(row.created_at),
        created_by=row.created_by,
        expert=row.expert,
        closed_at=datetime.fromisoformat(row.closed_at) if row.closed_at else None,
        closed_by=row.closed_by,
        raters=tuple(r.rater for r in rows(schema.calibration_raters, schema.calibration_raters.c.place)),
        forms=tuple(_form(r) for r in rows(schema.calibration_forms, schema.calibration_forms.c.rubric_id)),
        calls=tuple(
            CalibrationCall.model_validate({name: getattr(r, name) for name in _CALL_FIELDS})
            for r in rows(schema.calibration_calls, schema.calibration_calls.c.place)
        ),
    )


def _form(row: Row[Any]) -> CalibrationForm:
    ref = RubricRef(id=row.rubric_id, version=row.rubric_version, sha256=row.rubric_sha256)
    return CalibrationForm(ref=ref, language=row.language, document=row.document)


def _final(row: Row[Any]) -> FinalAnswer:
    answer = json.loads(row.answer)
    return FinalAnswer(
        call_id=row.call_id,
        rubric_id=row.rubric_id,
        criterion=row.criterion,
        answer=tuple(answer) if isinstance(answer, list) else answer,
        reason=row.reason,
        author=row.author,
        decided_at=datetime.fromisoformat(row.decided_at),
    )
