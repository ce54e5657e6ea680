"""What a worker process does: its share of the calls, one after the other, each saved as soon as it is done."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import traceback
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from flows.callway import Rubrics, call_way
from flows.job import NightlyJob
from flows.planning import Item
from flows.rows import refused_row, scored_row
from qa.model import ModelUnavailable, Reason, RecordingRefused
from qa.model.swapping import shown_fingerprint, swap_roles
from qa.review.gating import Gates, apply_gates
from qa.review.nightly_report import audio_name
from qa.settings import Settings
from qa.store import Store

log = logging.getLogger("callibrate.nightly")

StageSeconds = dict[str, float]

LASTING = frozenset(
    {
        Reason.NOT_AUDIO,
        Reason.TRUNCATED,
        Reason.TOO_LONG,
        Reason.TOO_SHORT,
        Reason.DECODE_FAILED,
        Reason.NO_SPEECH,
        Reason.UNSUPPORTED_LANGUAGE,
    }
)
"""Refusals that lie in the recording itself: the same bytes are not decoded or heard again for the same answer."""


@dataclass(frozen=True, slots=True)
class Shard:
    """A share of a run's calls. Paths and ids only: audio is read where it is worked on."""

    run_id: str
    items: tuple[Item, ...]
    gates: Gates = field(default_factory=dict)


def work_shard(job: NightlyJob, shard: Shard) -> StageSeconds:
    """Score every call of the shard; returns seconds by stage.

    One bad call never stops the shard: it becomes a row of the coverage with its reason. Raises what loading the
    engines or rubrics raises (``ModelUnavailable``), as then no call could be scored.
    """
    rubrics = _rubrics(job.pipeline, job.rubrics)
    spent: Counter[str] = Counter()
    with Store.open(job.store) as store:
        # A shard may be given out again when the process that worked on it, or only its answer, was lost.
        done = store.covered_files(shard.run_id)
        for item in shard.items:
            if item.file in done:
                continue
            # Loaded once a process, and only if there is something to hear.
            engines = None if item.conversation_id else _engines(job.pipeline, job.settings)
            store.begin_attempt(shard.run_id, item.file)
            spent.update(_work(job, shard, item, rubrics, engines, store))
    return dict(spent)


def end_with_parent() -> None:
    """Start a watch that ends this worker when the run's main process is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: Any) -> None:
    parent.join()
    os._exit(1)


@lru_cache(maxsize=1)
def _engines(pipeline: str, settings: Settings) -> Any:
    return call_way(pipeline).load_engines(settings)


@lru_cache(maxsize=1)
def _rubrics(pipeline: str, names: tuple[str, ...]) -> Rubrics:
    return call_way(pipeline).load_rubrics(names)


def _work(job: NightlyJob, shard: Shard, item: Item, rubrics: Rubrics, engines: Any, store: Store) -> dict[str, float]:
    run_id = shard.run_id
    try:
        if item.conversation_id is not None:
            return _score_stored(job, shard, item, item.conversation_id, rubrics, store)
        return _process(job, shard, item, rubrics, engines, store)
    except ModelUnavailable:
        raise
    except RecordingRefused as refusal:
        key = item.refusal_key if refusal.reason in LASTING else None
        store.save_coverage(run_id, refused_row(item.recording, refusal.reason, refusal.what), refusal_key=key)
    except Exception as error:
        # The fault's message may hold what was said in the call, so only its place and kind go into the log.
        place = "".join(traceback.format_tb(error.__traceback__))
        log.error("%s: %s in\n%s", item.file, type(error).__name__, place)
        store.save_coverage(run_id, refused_row(item.recording, Reason.ENGINE_FAILED, type(error).__name__))
    return {}


def _process(
    job: NightlyJob, shard: Shard, item: Item, rubrics: Rubrics, engines: Any, store: Store
) -> dict[str, float]:
    recording = item.recording
    playback = job.audio / audio_name(recording.recording_id)
    done = call_way(job.pipeline).process(recording, rubrics, engines, job.settings, playback=playback)
    if item.swap_roles:
        # The machine's conversation stays beside the one that a person corrected.
        store.save_call(recording, done.facts, item.fingerprint, done.conversation, (), vectors=done.vectors)
        key = store.find_known(recording.recording_id, item.fingerprint)
        if key is None:
            raise LookupError(item.fingerprint)
        _score_stored(job, shard, item, key.conversation_id, rubrics, store)
        return dict(done.stage_s)
    evaluations = apply_gates(shard.gates, rubrics.all(), done.evaluations)
    row = scored_row(recording, done.conversation, evaluations)
    store.save_call(
        recording,
        done.facts,
        item.fingerprint,
        done.conversation,
        evaluations,
        vectors=done.vectors,
        covers=(shard.run_id, row),
    )
    return dict(done.stage_s)


def _score_stored(
    job: NightlyJob, shard: Shard, item: Item, conversation_id: str, rubrics: Rubrics, store: Store
) -> dict[str, float]:
    stored = store.find_conversation(conversation_id)
    if stored is None:
        raise LookupError(conversation_id)
    call = item.recording.call.model_copy(update={"language": stored.language})
    conversation = stored.model_copy(update={"call": call if call.call_id == stored.call.call_id else stored.call})
    if item.swap_roles:
        conversation = swap_roles(conversation)
    way = call_way(job.pipeline)
    wanted = rubrics.for_call(conversation.call)
    evaluations = apply_gates(shard.gates, wanted, (way.score(conversation, rubric) for rubric in wanted))
    row = scored_row(item.recording, conversation, evaluations)
    store.save_evaluations(
        item.recording.recording_id,
        shown_fingerprint(item.fingerprint, item.swap_roles),
        conversation,
        evaluations,
        covers=(shard.run_id, row),
    )
    return {}
