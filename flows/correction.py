"""A person's correction of who is who: stored beside the machine's conversation, and scored without audio."""

from __future__ import annotations

from collections.abc import Sequence

from flows.callway import PIPELINE, call_way
from qa.model import Evaluation, UsageError
from qa.model.swapping import SWAPPED, shown_fingerprint, swap_roles
from qa.review.gating import apply_gates, read_gates
from qa.store import Store


def correct_roles(
    store: Store,
    call_id: str,
    *,
    swapped: bool,
    author: str,
    reason: str,
    rubrics: Sequence[str] = (),
    pipeline: str = PIPELINE,
) -> list[Evaluation]:
    """Note that the machine's roles of a call are the wrong way round (or right after all), and score it so.

    The note is added to those before; the latest holds, also for later runs. The machine's conversation and its
    evaluations stay. Returns the new evaluations.

    Raises:
        UsageError: no such call, two recordings under one id, or no reason or author.
        RecordingRefused: no rubric is for the call's language (nothing is stored then).
    """
    if not author.strip() or not reason.strip():
        raise UsageError("a correction needs an author and a reason", expected="some words for both")
    heard = [key for key in store.conversations_of(call_id) if not key.fingerprint.endswith(SWAPPED)]
    if not heard:
        raise UsageError(f"no call {call_id!r} in this store", expected="a call id as in coverage.csv")
    if len({key.recording_id for key in heard}) > 1:
        raise UsageError(f"{call_id!r} stands for several recordings", expected="an id that one recording has")
    key = heard[0]
    conversation = store.find_conversation(key.conversation_id)
    if conversation is None:
        raise LookupError(key.conversation_id)
    shown = swap_roles(conversation) if swapped else conversation
    way = call_way(pipeline)
    chosen = way.load_rubrics(tuple(rubrics)).for_call(shown.call)
    evaluations = apply_gates(read_gates(store, chosen), chosen, (way.score(shown, rubric) for rubric in chosen))
    store.add_role_correction(key.recording_id, call_id, swapped=swapped, author=author, reason=reason)
    store.save_evaluations(key.recording_id, shown_fingerprint(key.fingerprint, swapped), shown, evaluations)
    return evaluations
