"""Which files are work, which are done already, and how the work is dealt out."""

from __future__ import annotations

import hashlib
import heapq
import json
import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePath

from flows.callway import Rubrics, call_way
from flows.job import NightlyJob
from flows.rows import already_scored_row, duplicate_row
from qa import __version__
from qa.intake import scan
from qa.model import Call, CoverageRow, Evaluation, Recording, RecordingRefused
from qa.model.swapping import shown_fingerprint
from qa.review.gating import Gates, apply_gates, read_gates
from qa.settings import Settings
from qa.store import Known, Store

log = logging.getLogger("callibrate.nightly")

# Bytes a second of telephone recordings, to guess how long a file is before anything has looked into it. Only the
# balance between the workers hangs on it.
_BYTES_PER_S = {".wav": 32_000, ".wave": 32_000, ".au": 16_000, ".aif": 32_000, ".aiff": 32_000, ".flac": 16_000}
_BYTES_PER_S_CODED = 3_000
_SHARDS_PER_WORKER = 4
"""At least so many, or the last shard of a short night keeps one worker busy while the others wait."""


@dataclass(frozen=True, slots=True)
class Item:
    """One call to work on."""

    recording: Recording
    fingerprint: str
    refusal_key: str
    conversation_id: str | None = None
    """A stored conversation of this recording: only its scoring is left to do."""
    swap_roles: bool = False
    """The conversation (heard, or stored) has its roles the wrong way round, as a person said."""

    @property
    def file(self) -> str:
        return self.recording.file

    @property
    def guessed_s(self) -> float:
        """About how many seconds of audio wait here."""
        if self.conversation_id:
            return 1.0
        rate = _BYTES_PER_S.get(PurePath(self.recording.path).suffix.lower(), _BYTES_PER_S_CODED)
        return max(1.0, self.recording.n_bytes / rate)


@dataclass(frozen=True, slots=True)
class Plan:
    """A run that has begun: its coverage so far is in the store, the rest is work."""

    run_id: str
    started_at: datetime
    n_files: int
    items: tuple[Item, ...]
    gates: Gates = field(default_factory=dict)
    """As they stood when the run began, for all its calls."""


def new_run_id(now: datetime) -> str:
    """Sorts by time, and no two are the same: ``20261121T010000Z-3f9c21``."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def plan_run(job: NightlyJob, store: Store, rubrics: Rubrics) -> Plan:
    """Look at every file, open the run, and note what is refused at sight or done already.

    Raises:
        UsageError: the input cannot be read.
    """
    speech = call_way(job.pipeline).speech_fingerprint(job.settings)
    intake = scan(job.source, job.settings)
    files: list[Recording | CoverageRow] = sorted([*intake.recordings, *intake.refused], key=lambda f: f.file)
    files = files[: job.limit]
    now = datetime.now(UTC)
    run_id = new_run_id(now)
    orders = {"rubrics": job.rubrics, "runner": job.runner, "limit": job.limit, "out": str(job.out)}
    store.begin_run(run_id, str(job.source), {**orders, **job.settings.model_dump(mode="json")})

    gates = read_gates(store, rubrics.all())
    items: list[Item] = []
    first: dict[str, str] = {}
    for file in files:
        if isinstance(file, CoverageRow):
            store.save_coverage(run_id, file)
        elif twin := first.get(file.recording_id):
            store.save_coverage(run_id, duplicate_row(file, twin))
        else:
            first[file.recording_id] = file.file
            fingerprint = _fingerprint(speech, file.call, job.settings)
            item = Item(file, fingerprint, _refusal_key(fingerprint, job.settings))
            items.extend(_left_to_do(item, run_id, rubrics, gates, store))
    log.info("run %s: %d files, %d to do", run_id, len(files), len(items))
    return Plan(run_id, now, len(files), tuple(items), gates)


def deal(items: Sequence[Item], shard_s: float, workers: int) -> list[tuple[Item, ...]]:
    """Shards of about ``shard_s`` seconds of audio or less, the longest first.

    The longest call goes first, each to the shard that has least so far, which keeps the shards of one size.
    """
    total_s = sum(item.guessed_s for item in items)
    n = min(len(items), max(-int(-total_s // shard_s), workers * _SHARDS_PER_WORKER))
    loads = [(0.0, position) for position in range(n)]
    shards: list[list[Item]] = [[] for _ in range(n)]
    for item in sorted(items, key=lambda i: (-i.guessed_s, i.file)):
        load_s, position = heapq.heappop(loads)
        shards[position].append(item)
        heapq.heappush(loads, (load_s + item.guessed_s, position))
    return [tuple(shard) for shard in sorted(shards, key=lambda s: -sum(item.guessed_s for item in s))]


def _left_to_do(item: Item, run_id: str, rubrics: Rubrics, gates: Gates, store: Store) -> list[Item]:
    """The work that is left on a recording; none (and a row in the store) when its outcome is known."""
    recording = item.recording
    swapped = store.roles_swapped(recording.recording_id)
    known = store.find_known(recording.recording_id, shown_fingerprint(item.fingerprint, swapped))
    if known is None and swapped:
        item = replace(item, swap_roles=True)
        if machine := store.find_known(recording.recording_id, item.fingerprint):
            return [replace(item, conversation_id=machine.conversation_id)]
    if known is None:
        refused = store.find_refusal(recording.recording_id, item.refusal_key)
        if refused is None:
            return [item]
        row = refused.model_copy(update={"file": recording.file, "call_id": recording.call.call_id})
        store.save_coverage(run_id, row, refusal_key=item.refusal_key)
        return []
    evaluations = [] if _corrected(known.call, recording.call) else _verdicts(known, rubrics, gates, store)
    if not evaluations:
        shown = shown_fingerprint(item.fingerprint, swapped)
        return [replace(item, conversation_id=known.conversation_id, fingerprint=shown)]
    row = already_scored_row(recording, known, evaluations[0])
    store.save_coverage(run_id, row, conversation_id=known.conversation_id, evaluations=evaluations)
    return []


def _verdicts(known: Known, rubrics: Rubrics, gates: Gates, store: Store) -> list[Evaluation]:
    """The stored evaluations by every rubric of the run that applies; none if one of them is missing.

    Where a gate has changed since, their totals are worked out anew and saved.
    """
    try:
        wanted = rubrics.for_call(known.call)
    except RecordingRefused:
        return []
    stored = [store.find_scored(known.conversation_id, rubric.sha256) for rubric in wanted]
    found = [evaluation for evaluation in stored if evaluation]
    if len(found) < len(stored):
        return []
    shown = apply_gates(gates, wanted, found)
    if shown != found:
        store.save_totals(known.conversation_id, shown)
    return shown


def _fingerprint(speech: str, call: Call, settings: Settings) -> str:
    """The speech stage with what it is told about the call: change any of it and the words may come out otherwise."""
    told = [speech, call.language or "auto", call.agent_channel, call.direction, call.agent_name]
    if settings.lexicon is not None:
        told.append(call.queue)  # its terms may be the queue's
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _refusal_key(fingerprint: str, settings: Settings) -> str:
    """A refusal stands until the speech stage, the limits on recordings or this software change."""
    told = [fingerprint, __version__, settings.min_duration_s, settings.max_duration_s]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _corrected(stored: Call, given: Call) -> bool:
    """True when the manifest says other things about the same call than when it was scored.

    Another call id means a copy of the recording under another name: it does not change the call.
    """
    spoken = {"language": stored.language}
    return stored.call_id == given.call_id and stored != given.model_copy(update=spoken)
