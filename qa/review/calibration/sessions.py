"""A session's life: calls, raters and forms are named; people score blind; it is closed, and may be read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from qa.model import Conversation, Evaluation, SampleRow, UsageError
from qa.model.calibration import CalibrationCall, CalibrationForm, CalibrationSession
from qa.review.sampling import draw_calibration_sample
from qa.store import Store
from scoring import Rubric, find_rubric, select

CORE_FORMS = ("service-core.en", "service-core.zh")
MACHINE = "machine"
_MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Draw:
    """How calls are drawn: ``size`` at random out of a run (the newest one when None), and the flagged ones."""

    size: int
    seed: int
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Chosen:
    conversation_id: str
    conversation: Conversation
    drawn: SampleRow | None


def new_session(
    store: Store,
    *,
    raters: Sequence[str],
    expert: str,
    author: str,
    calls: Draw | Sequence[SampleRow] | Sequence[str],
    forms: Sequence[str] = (),
    title: str = "",
    session_id: str | None = None,
) -> CalibrationSession:
    """Open a session over calls drawn now, drawn before, or named by their ids, and save it.

    Each call is scored with the first of ``forms`` (ids or files; none: the shipped core forms) that is for it. The calls
    stand in an order that says nothing: a draw lists flagged calls last, and a flag tells of the machine's verdict.

    Raises:
        UsageError: fewer than two raters, a name twice or unusable, no such call or run, a call that no form is for, or a
            taken id.
    """
    names = _names(raters)
    (expert_name,) = _names([expert], at_least=1)
    rubrics = [find_rubric(form) for form in forms or CORE_FORMS]
    created_at = datetime.now(UTC)
    chosen = _drawn(store, calls) if isinstance(calls, Draw) else [_found(store, call) for call in calls]
    if len({each.conversation_id for each in chosen}) < len(chosen):
        raise UsageError("a call is named twice", expected="each call once")
    if not chosen:
        raise UsageError("a session needs a call", fix="Name calls with --call, or draw more with --size")
    session_id = session_id or _new_id(created_at, [c.conversation_id for c in chosen])
    chosen.sort(key=lambda c: _digest(session_id, c.conversation_id))
    matched = [(each, _form_for(rubrics, each.conversation)) for each in chosen]
    used = {rubric.id: rubric for _, rubric in matched}
    session = CalibrationSession(
        session_id=session_id,
        title=title or session_id,
        created_at=created_at,
        created_by=author,
        raters=names,
        expert=expert_name,
        forms=tuple(_kept(used[name]) for name in sorted(used)),
        calls=tuple(_call(place, each, rubric.id) for place, (each, rubric) in enumerate(matched)),
    )
    store.calibration.add(session)
    return session


def scores(store: Store, session_id: str, reader: str, *, of: str | None = None) -> list[Evaluation]:
    """What the raters of a session found, or the one named by ``of``.

    Raises:
        StillBlind: the session is open and this is not the reader's own.
    """
    return store.calibration.scores(session_id, reader, of=of)


def close_session(store: Store, session_id: str, author: str, *, unfinished: bool = False) -> CalibrationSession:
    """End the scoring. From here on everybody may read everything, and nobody score.

    Raises:
        UsageError: it is closed already, or a rater has calls left and ``unfinished`` is false.
    """
    session = store.calibration.session(session_id)
    left = waiting(store, session)
    if left and not unfinished and not session.closed:
        listed = ", ".join(f"{rater} ({n})" for rater, n in left.items())
        raise UsageError(
            f"calls are left to score: {listed}",
            where=f"session {session_id}",
            expected="every call scored by every rater",
            fix="Import their files, or close with --unfinished",
        )
    return store.calibration.close(session_id, author)


def waiting(store: Store, session: CalibrationSession) -> dict[str, int]:
    """How many calls each rater has not handed in yet; only those who have some left."""
    done = store.calibration.scored(session.session_id)
    left = {rater: len(session.calls) - len(done[rater]) for rater in session.raters}
    return {rater: n for rater, n in left.items() if n}


def forms_of(session: CalibrationSession) -> dict[str, Rubric]:
    """The session's forms by id, as they were when it was opened."""
    return {form.ref.id: Rubric.model_validate_json(form.document) for form in session.forms}


def conversation_of(store: Store, call: CalibrationCall) -> Conversation:
    """What was said in a call of a session."""
    conversation = store.find_conversation(call.conversation_id)
    if conversation is None:
        raise LookupError(call.conversation_id)  # the store's foreign key keeps it
    return conversation


def _drawn(store: Store, draw: Draw) -> list[_Chosen]:
    runs = [run for run in store.runs() if draw.run_id in (None, run.run_id)]
    if not runs:
        named = "the store holds no run" if draw.run_id is None else f"no run {draw.run_id!r}"
        raise UsageError(named, fix="Run qa nightly first, or name another --run or --store")
    scored = [call for call in store.calls_for_run(runs[0].run_id) if call.evaluations]
    sample = draw_calibration_sample(
        ((call.conversation, evaluation) for call in scored for evaluation in call.evaluations), draw.size, draw.seed
    )
    recordings = {call.conversation.call.call_id: call.recording_id for call in scored}
    return [_named(store, row.call_id, recording_id=recordings[row.call_id], drawn=row) for row in sample]


def _found(store: Store, call: SampleRow | str) -> _Chosen:
    return _named(store, call) if isinstance(call, str) else _named(store, call.call_id, drawn=call)


def _named(store: Store, call_id: str, *, recording_id: str | None = None, drawn: SampleRow | None = None) -> _Chosen:
    """The newest conversation under a call id."""
    keys = [key for key in store.conversations_of(call_id) if recording_id in (None, key.recording_id)]
    if not keys:
        raise UsageError(f"no call {call_id!r} in this store", expected="a call id as in coverage.csv")
    conversation = store.find_conversation(keys[0].conversation_id)
    if conversation is None:
        raise LookupError(keys[0].conversation_id)
    return _Chosen(keys[0].conversation_id, conversation, drawn)


def _form_for(rubrics: Sequence[Rubric], conversation: Conversation) -> Rubric:
    call = conversation.call
    fitting = select(rubrics, call)
    if not fitting:
        raise UsageError(
            f"no form of the session is for call {call.call_id!r} (language {call.language})",
            expected=f"a call for {', '.join(rubric.id for rubric in rubrics)}",
            fix="Name a form with --form, or leave the call out",
        )
    return fitting[0]


def _kept(rubric: Rubric) -> CalibrationForm:
    # Only what the author set: some settings may not stand beside others, not even at their defaults.
    document = rubric.model_dump_json(by_alias=True, exclude_unset=True)
    return CalibrationForm(ref=rubric.ref, language=rubric.language, document=document)


def _call(place: int, chosen: _Chosen, rubric_id: str) -> CalibrationCall:
    call_id = chosen.conversation.call.call_id
    row = chosen.drawn
    if row is None:
        return CalibrationCall(
            place=place, call_id=call_id, conversation_id=chosen.conversation_id, rubric_id=rubric_id
        )
    return CalibrationCall(
        place=place,
        call_id=call_id,
        conversation_id=chosen.conversation_id,
        rubric_id=rubric_id,
        inclusion_probability=row.inclusion_probability,
        stratum=row.stratum,
        seed=row.seed,
        reason=row.reason,
        targeted=row.targeted,
        weighted=row.weighted,
        frame=row.frame,
    )


def _names(given: Iterable[str], *, at_least: int = 2) -> tuple[str, ...]:
    names = tuple(" ".join(name.split()) for name in given)
    if len(names) < at_least:
        raise UsageError(f"{len(names)} rater", expected=f"at least {at_least}: one alone agrees with nobody")
    for name in names:
        if not name or len(name) > _MAX_NAME or not name.isprintable() or name.casefold() == MACHINE:
            raise UsageError(f"{name!r} cannot name a person", expected=f"1 to {_MAX_NAME} letters, not {MACHINE!r}")
    if len({name.casefold() for name in names}) < len(names):
        raise UsageError("a rater is named twice", expected=f"different names, got {', '.join(names)}")
    return names


def _new_id(created_at: datetime, conversation_ids: Iterable[str]) -> str:
    return f"cal-{created_at:%Y%m%d}-{_digest(created_at.isoformat(), *conversation_ids)[:6]}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
