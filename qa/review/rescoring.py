"""Stored conversations scored again with a form, in several processes; no orchestrator and no audio.

Verdicts that cannot have changed are kept, sentence vectors come from the store: after a change of weights no conversation
is even read, after a change of a threshold only what hangs on it is judged.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import Protocol

from qa.language import Embedder, annotate
from qa.language.shelf import VectorShelf
from qa.model import CriterionResult, Evaluation, Judge, ModelUnavailable, Reason
from qa.review.gating import Gates, apply_gates, read_gates
from qa.review.impact import Failure, Impact
from qa.review.verdicts import ReadyForm, ready_form
from qa.store import Rescorable, Store, StoredTalk, form_owner
from scoring import Rubric, select
from scoring.again import evaluate_again, kept_results

log = logging.getLogger("callibrate.rescore")

BATCH = 100
"""Conversations that are read, and written in one transaction, at a time: some megabytes."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Progress = Callable[[int, int], None]
"""Called with how many calls are done, and of how many."""


class Engines(Protocol):
    """What judging may need; each loads on first use."""

    @property
    def embedder(self) -> Embedder: ...
    @property
    def judge(self) -> Judge | None: ...


@dataclass(frozen=True, slots=True)
class Rescore:
    """What is to be done. ``load_engines`` goes to the worker processes, so it has to be picklable."""

    store: str
    rubric: Rubric
    load_engines: Callable[[], Engines]
    dry_run: bool = False
    """Only say what would change: nothing is written."""
    force: bool = False
    """Judge everything anew, also what this very form has judged before (whose evaluation is then replaced)."""
    limit: int | None = None
    """Only so many calls, the first by id."""
    workers: int = 1


def rescore(job: Rescore, progress: Progress = lambda done, total: None) -> Impact:
    """Score every shown conversation of a store again; earlier evaluations by other versions of the form stay.

    Raises:
        UsageError: the store cannot be opened.
        ModelUnavailable: what a verdict needs cannot be loaded.
    """
    total = Impact()
    with Store.open(job.store, create=False) as store:
        waiting = store.rescoring.shown_conversations(job.limit)
        if not waiting:
            return total
        anchors = _anchors(job, store)
    batches = [waiting[start : start + BATCH] for start in range(0, len(waiting), BATCH)]
    for n_done, impact in _worked(job, anchors, batches):
        total.add(impact)
        progress(n_done, len(waiting))
    return total


def rescore_batch(
    store: Store,
    form: ReadyForm,
    embedder: Embedder,
    conversation_ids: Sequence[str],
    *,
    gates: Gates,
    dry_run: bool,
    force: bool,
) -> Impact:
    """Score these conversations again and save the evaluations, or with ``dry_run`` only compare."""
    impact = Impact()
    evaluations: dict[str, Evaluation] = {}
    left: list[tuple[Rescorable, dict[str, CriterionResult] | None]] = []
    for item in store.rescoring.rescorable(conversation_ids, form.rubric.id):
        if not select([form.rubric], item.call):
            impact.n_not_for_form += 1
        elif force or item.earlier is None or not item.up_to_date:
            left.append((item, None))
        elif item.earlier.rubric == form.rubric.ref:
            (shown,) = apply_gates(gates, [form.rubric], [item.earlier])
            if shown.totals == item.earlier.totals:
                impact.n_unchanged += 1
            else:
                impact.compare(item.call, item.earlier, shown)
            if shown != item.earlier:  # only its gates
                evaluations[item.conversation_id] = shown
        else:
            left.append((item, kept_results(item.earlier, form.fingerprints)))
    judged = [item.conversation_id for item, kept in left if len(kept or ()) < len(form.rubric.criteria)]
    talks = store.rescoring.talks(judged, embedder.name) if judged else {}
    vectors: dict[str, bytes] = {}
    for item, kept in left:
        talk = talks.get(item.conversation_id)
        try:
            scored, shelf = _scored(form, embedder, item, kept, talk)
        except ModelUnavailable:
            raise
        except Exception as error:
            # The fault's message may hold what was said in the call, so only its place and kind go into the log.
            place = "".join(traceback.format_tb(error.__traceback__))
            log.error("%s: %s in\n%s", item.call.call_id, type(error).__name__, place)
            impact.failures.append(Failure(item.call.call_id, Reason.ENGINE_FAILED, type(error).__name__))
            continue
        (evaluation,) = apply_gates(gates, [form.rubric], [scored])
        impact.compare(item.call, item.earlier, evaluation)
        impact.n_judged += talk is not None
        evaluations[item.conversation_id] = evaluation
        if shelf.grown:
            vectors[item.conversation_id] = shelf.to_bytes()
    if evaluations and not dry_run:
        store.rescoring.save(evaluations, embedder.name, vectors)
    return impact


def _scored(
    form: ReadyForm,
    embedder: Embedder,
    item: Rescorable,
    kept: Mapping[str, CriterionResult] | None,
    talk: StoredTalk | None,
) -> tuple[Evaluation, VectorShelf]:
    """The evaluation, with only what is not kept judged, and the sentence vectors.

    ``kept`` is None where nothing that was found earlier counts, ``talk`` where every verdict is kept.
    """
    shelf = VectorShelf(embedder, talk.vectors if talk is not None else b"")

    earlier = item.earlier if kept is not None else None

    def judge(part: Rubric) -> Evaluation:
        if talk is None:
            raise LookupError(item.conversation_id)  # gone since the batch was listed
        return form.evaluate(annotate(talk.conversation(), embedder=embedder), shelf, part, earlier)

    if earlier is None or kept is None:
        scored = judge(form.rubric)
    else:
        scored = evaluate_again(form.rubric, item.call, earlier, kept, judge)
    return form.stamped(scored), shelf


def _anchors(job: Rescore, store: Store) -> bytes:
    """The vectors of the form's own sentences, embedded once for all processes; kept in the store for the next time."""
    engines = job.load_engines()
    owner, name = form_owner(job.rubric.id), engines.embedder.name
    shelf = ready_form(job.rubric, engines.embedder, None, store.rescoring.vectors(owner, name)).anchors
    if shelf.grown and not job.dry_run:
        store.rescoring.save_vectors(name, {owner: shelf.to_bytes()})
    return shelf.to_bytes()


def _worked(job: Rescore, anchors: bytes, batches: Sequence[Sequence[str]]) -> Iterator[tuple[int, Impact]]:
    """What became of the batches, as they are done, with how many calls that makes."""
    n_done, workers = 0, min(job.workers, len(batches))
    if workers == 1:
        worker = _Worker(job, anchors)
        for batch in batches:
            n_done += len(batch)
            yield n_done, worker.work(batch)
        return
    os.environ.update({name: os.environ.get(name, "1") for name in _THREADS})  # read when a worker starts
    spawn = multiprocessing.get_context("spawn")  # a forked copy of loaded numeric libraries may hang
    with ProcessPoolExecutor(workers, mp_context=spawn, initializer=_start, initargs=(job, anchors)) as pool:
        running: dict[Future[Impact], int] = {}
        left = iter(batches)
        try:
            while True:
                # A few ahead of the workers, not all: what waits for them stays small however large the store is.
                for batch in left:
                    running[pool.submit(_work, batch)] = len(batch)
                    if len(running) >= 2 * workers:
                        break
                if not running:
                    return
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    n_done += running.pop(done)
                    yield n_done, done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


class _Worker:
    """What a process keeps between batches."""

    def __init__(self, job: Rescore, anchors: bytes) -> None:
        self._job = job
        self._embedder = (engines := job.load_engines()).embedder
        self._form = ready_form(job.rubric, self._embedder, engines.judge, anchors)
        self._store = Store.open(job.store, create=False)
        self._gates = read_gates(self._store, [job.rubric])

    def work(self, batch: Sequence[str]) -> Impact:
        job = self._job
        return rescore_batch(
            self._store, self._form, self._embedder, batch, gates=self._gates, dry_run=job.dry_run, force=job.force
        )


_worker: _Worker | None = None
"""Of this process, when it is one of a pool."""


def _start(job: Rescore, anchors: bytes) -> None:
    global _worker
    _worker = _Worker(job, anchors)


def _work(batch: Sequence[str]) -> Impact:
    if _worker is None:
        raise RuntimeError("the pool started no worker")
    return _worker.work(batch)
