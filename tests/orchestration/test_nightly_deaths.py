"""Worker processes that die on the way, without Prefect: what is lost, what is tried again, who is blamed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from flows.job import NightlyJob
from flows.planning import Item, deal
from flows.progress import Tick
from flows.rounds import Pool, Round
from flows.shards import Shard, work_shard
from qa.model import Call, CallibrateError, Recording
from tests.orchestration.conftest import Night, in_workers


def test_a_file_that_kills_its_worker_is_tried_once_more_and_refused(night: Night) -> None:
    night.add("a.wav", "b.wav", "c.wav", "deadly.wav", "fragile.wav")
    summary = night.run(pool=in_workers)
    assert night.outcomes(summary) == {
        "a.wav": "scored",
        "b.wav": "scored",
        "c.wav": "scored",
        "deadly.wav": "engine_failed",
        "fragile.wav": "scored",
    }
    assert night.rows(summary)["deadly.wav"].detail == "the worker process died twice on this file"
    heard = night.heard()
    # Tried twice each; but the death of one ends the other's worker too, which then may not have opened its file yet.
    assert heard["deadly.wav"] + heard["fragile.wav"] >= 3
    assert max(heard.values()) == 2


def test_only_files_in_work_are_tried_alone(night: Night) -> None:
    """Of ten files two workers hold two at a time: the first death must not make the other eight run one by one."""
    night.add(*(f"{n}.wav" for n in range(9)), "fragile.wav")
    pools: list[tuple[int, int]] = []

    def counting(job: NightlyJob, tick: Tick) -> Pool:
        pool = in_workers(job, tick)

        def work(shards: Sequence[Shard], workers: int) -> Round:
            pools.append((sum(len(shard.items) for shard in shards), workers))
            return pool(shards, workers)

        return work

    summary = night.run(pool=counting)
    assert summary["n_scored"] == 10
    assert pools[0] == (10, 2)
    alone = [n for n, workers in pools if workers == 1]
    assert set(alone) == {1}
    assert len(alone) <= 2


def test_workers_that_die_before_any_call_end_the_run(night: Night) -> None:
    night.add("a.wav")

    def stillborn(job: NightlyJob, tick: Tick) -> Pool:
        return lambda shards, workers: Round(worker_died=True)

    with pytest.raises(CallibrateError, match="died before its first call"):
        night.run(pool=stillborn)


def test_a_shard_given_out_twice_is_worked_on_once(night: Night) -> None:
    night.add("a.wav", "b.wav")

    def twice(job: NightlyJob, tick: Tick) -> Pool:
        def work(shards: Sequence[Shard], workers: int) -> Round:
            for shard in (*shards, *shards):
                work_shard(job, shard)
            return Round()

        return work

    assert night.run(pool=twice)["n_scored"] == 2
    assert night.heard() == Counter({"a.wav": 1, "b.wav": 1})


def test_a_killed_run_goes_on_where_it_stopped(night: Night) -> None:
    night.add("a.wav", "b.wav", "c.wav")

    def dies_after_two(job: NightlyJob, tick: Tick) -> Pool:
        def work(shards: Sequence[Shard], workers: int) -> Round:
            for shard in shards[:2]:
                work_shard(job, shard)
            raise KeyboardInterrupt

        return work

    with pytest.raises(KeyboardInterrupt):
        night.run(pool=dies_after_two)
    assert not (night.out / "coverage.csv").exists()
    summary = night.run()
    assert Counter(night.outcomes(summary).values()) == {"already_scored": 2, "scored": 1}
    assert night.heard() == Counter({"a.wav": 1, "b.wav": 1, "c.wav": 1})


def test_shards_are_of_one_size_and_enough_for_all_workers() -> None:
    # 320 kB at the 32 kB/s of wav are 10 s; 40 files of 10 s and one of 100 s are 500 s.
    def item(name: str, seconds: int) -> Item:
        call = Call(call_id=name)
        path, n_bytes = f"/{name}.wav", seconds * 32_000
        return Item(Recording(recording_id=name, path=path, file=name, n_bytes=n_bytes, call=call), "f", "r")

    items = [item(f"s{n:02d}", 10) for n in range(40)] + [item("long", 100)]
    shards = deal(items, shard_s=100, workers=1)
    assert sorted(i.file for shard in shards for i in shard) == sorted(i.file for i in items)
    assert [round(sum(i.guessed_s for i in shard)) for shard in shards] == [100] * 5
    assert ["long"] in [[i.file for i in shard] for shard in shards]
    # A short night still keeps every worker busy: four shards for each.
    assert len(deal(items[:8], shard_s=1000, workers=2)) == 8
    assert deal([], shard_s=100, workers=2) == []
