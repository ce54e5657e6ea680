"""Scoring again, as the store sees it: which conversations, what was said of them before, and their sentence vectors.

Conversations stay as they are; an evaluation by another version of a form is a row of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import Connection, and_, func, or_, select, update

from qa.model import Call, Evaluation
from qa.model.swapping import SWAPPED
from qa.store import schema, writes
from qa.store.found import Rescorable, StoredTalk
from qa.store.queries import MACHINE
from qa.store.rows import document_sha256, utc_now

_Transaction = Callable[[], AbstractContextManager[Connection]]


class RescoringBook:
    """What scoring again reads and writes (:attr:`qa.store.Store.rescoring`). Every write is one transaction."""

    def __init__(self, read: _Transaction, write: _Transaction) -> None:
        self._read, self._write = read, write

    def shown_conversations(self, limit: int | None = None) -> list[str]:
        """Ids of the conversations that reports show, by call id: of each recording the latest, with corrected roles
        where a person corrected them."""
        talk, fixed = schema.conversations, schema.role_corrections
        # Of a recording's corrections the latest holds.
        last = select(fixed.c.recording_id, func.max(fixed.c.corrected_at).label("at")).group_by(fixed.c.recording_id)
        latest = last.subquery()
        swapped = (
            select(fixed.c.recording_id, fixed.c.swapped)
            .join(latest, and_(latest.c.recording_id == fixed.c.recording_id, latest.c.at == fixed.c.corrected_at))
            .subquery()
        )
        marked = talk.c.fingerprint.endswith(SWAPPED, autoescape=True)
        place = func.row_number().over(
            partition_by=talk.c.recording_id, order_by=(talk.c.saved_at.desc(), talk.c.conversation_id)
        )
        fitting = (
            select(talk.c.conversation_id, talk.c.call_id, place.label("place"))
            .outerjoin(swapped, swapped.c.recording_id == talk.c.recording_id)
            .where(
                or_(
                    and_(marked, swapped.c.swapped.is_(True)),
                    and_(~marked, func.coalesce(swapped.c.swapped, False).is_(False)),
                )
            )
            .subquery()
        )
        chosen = select(fitting.c.conversation_id).where(fitting.c.place == 1)
        with self._read() as connection:
            return list(
                connection.execute(chosen.order_by(fitting.c.call_id, fitting.c.conversation_id).limit(limit)).scalars()
            )

    def rescorable(self, conversation_ids: Sequence[str], rubric_id: str) -> list[Rescorable]:
        """These conversations in this order, each with the latest that the machine said by this form."""
        talk, table = schema.conversations, schema.evaluations
        place = func.row_number().over(
            partition_by=table.c.conversation_id, order_by=(table.c.saved_at.desc(), table.c.evaluation_id)
        )
        ranked = (
            select(
                table.c.conversation_id,
                table.c.document,
                table.c.conversation_sha256,
                table.c.hits,
                place.label("place"),
            )
            .where(
                table.c.conversation_id.in_(conversation_ids),
                table.c.rubric_id == rubric_id,
                table.c.evaluator == MACHINE,
            )
            .subquery()
        )
        rows = (
            select(talk.c.conversation_id, talk.c.recording_id, talk.c.call, talk.c.document_sha256, ranked)
            .outerjoin(ranked, and_(ranked.c.conversation_id == talk.c.conversation_id, ranked.c.place == 1))
            .where(talk.c.conversation_id.in_(conversation_ids))
        )
        with self._read() as connection:
            found = {
                row.conversation_id: Rescorable(
                    row.conversation_id,
                    row.recording_id,
                    Call.from_json(row.call),
                    None if row.document is None else _evaluation(row.document, row.hits),
                    row.document_sha256 is not None and row.document_sha256 == row.conversation_sha256,
                )
                for row in connection.execute(rows)
            }
        return [found[each] for each in conversation_ids if each in found]

    def talks(self, conversation_ids: Sequence[str], embedder: str) -> dict[str, StoredTalk]:
        """These conversations in full with their sentence vectors, by id."""
        talk, table = schema.conversations, schema.vectors
        rows = (
            select(talk.c.conversation_id, talk.c.document, table.c.vectors)
            .outerjoin(table, and_(table.c.owner == talk.c.conversation_id, table.c.embedder == embedder))
            .where(talk.c.conversation_id.in_(conversation_ids))
        )
        with self._read() as connection:
            return {
                row.conversation_id: StoredTalk(row.document, bytes(row.vectors or b""))
                for row in connection.execute(rows)
            }

    def vectors(self, owner: str, embedder: str) -> bytes:
        """The sentence vectors of a form (:func:`form_owner`) or a conversation (by its id); empty when there are none."""
        table = schema.vectors
        with self._read() as connection:
            return bytes(
                connection.execute(
                    select(table.c.vectors).where(table.c.owner == owner, table.c.embedder == embedder)
                ).scalar()
                or b""
            )

    def save_vectors(self, embedder: str, by_owner: Mapping[str, bytes]) -> None:
        """Save sentence vectors; what an owner had is replaced."""
        with self._write() as connection:
            for owner, vectors in by_owner.items():
                writes.put_vectors(connection, owner, embedder, vectors)

    def save(self, evaluations: Mapping[str, Evaluation], embedder: str, vectors: Mapping[str, bytes]) -> None:
        """Save new evaluations, and vectors that were computed for them, by the conversation's id."""
        table = schema.conversations
        with self._write() as connection:
            known = select(table.c.conversation_id, table.c.document_sha256).where(
                table.c.conversation_id.in_(evaluations)
            )
            sha256 = {row.conversation_id: row.document_sha256 for row in connection.execute(known)}
            for conversation_id in [of for of, found in sha256.items() if found is None]:  # saved by an older version
                at = table.c.conversation_id == conversation_id
                document = connection.execute(select(table.c.document).where(at)).scalar_one()
                sha256[conversation_id] = document_sha256(document)
                connection.execute(update(table).where(at).values(document_sha256=sha256[conversation_id]))
            writes.put_evaluations(connection, [*evaluations.items()], utc_now(), sha256)
            for owner, found in vectors.items():
                writes.put_vectors(connection, owner, embedder, found)


def _evaluation(document: str, hits: bytes | None) -> Evaluation:
    return Evaluation.from_json(document).model_copy(update={"hits": bytes(hits or b"")})


def form_owner(rubric_id: str) -> str:
    """Under which name the vectors of a form's own sentences are stored, whatever its version."""
    return f"form:{rubric_id}"
