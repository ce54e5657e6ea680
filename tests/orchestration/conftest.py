"""A folder of pretended recordings, and ways to run a night over it without Prefect."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows import shards
from flows.job import NightlyJob, nightly_job
from flows.progress import Tick
from flows.rounds import Pool, Round
from flows.shards import Shard, work_shard
from flows.shift import Summary, night_shift
from qa.model import CoverageRow
from qa.store import Store

PIPELINE = "tests.orchestration.fake_pipeline"


def in_this_process(job: NightlyJob, tick: Tick) -> Pool:
    """No workers at all."""

    def work(given: Sequence[Shard], workers: int) -> Round:
        spent: Counter[str] = Counter()
        for shard in given:
            spent.update(work_shard(job, shard))
            tick()
        return Round(dict(spent))

    return work


def in_workers(job: NightlyJob, tick: Tick) -> Pool:
    """Real worker processes, which may die, without Prefect."""

    def work(given: Sequence[Shard], workers: int) -> Round:
        died = False
        with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
            for future in [pool.submit(work_shard, job, shard) for shard in given]:
                try:
                    future.result()
                except BrokenProcessPool:
                    died = True
        tick()
        return Round(worker_died=died)

    return work


@contextmanager
def silent(store: Store, run_id: str, n_files: int) -> Iterator[Tick]:
    yield lambda: None


@dataclass(frozen=True)
class Night:
    """Input, output and marks of the fake pipeline."""

    source: Path
    out: Path
    marks: Path

    def add(self, *files: str, content: str | None = None) -> None:
        for file in files:
            path = self.source / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"pretended audio of {file}" if content is None else content)

    def manifest(self, *lines: str) -> None:
        (self.source / "manifest.csv").write_text("\n".join(lines) + "\n")

    def run(
        self, *rubrics: str, pool: Callable[[NightlyJob, Tick], Pool] = in_this_process, limit: int | None = None
    ) -> Summary:
        job = nightly_job(self.source, self.out, None, rubrics, "local", limit, PIPELINE)
        return night_shift(job, pool, silent)

    def rows(self, summary: Summary) -> dict[str, CoverageRow]:
        with Store.open(self.out / "callibrate.db", create=False) as store:
            rows = store.coverage_for_run(summary["run_id"])
        assert len({row.file for row in rows}) == len(rows) == summary["n_files"]
        assert summary["n_scored"] + summary["n_refused"] + summary["n_skipped"] == summary["n_files"]
        return {row.file: row for row in rows}

    def outcomes(self, summary: Summary) -> dict[str, str]:
        return {file: row.reason_code or row.status for file, row in self.rows(summary).items()}

    def heard(self) -> Counter[str]:
        """How often each file was heard."""
        return self._count("heard")

    def scored(self) -> Counter[str]:
        """How often each call was scored."""
        return self._count("scored")

    def _count(self, kind: str) -> Counter[str]:
        return Counter(path.name.split(".", 1)[1].rsplit(".", 1)[0] for path in self.marks.glob(f"{kind}.*"))


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """An empty input folder."""
    made = Night(tmp_path / "in", tmp_path / "out", tmp_path / "marks")
    made.source.mkdir()
    made.marks.mkdir()
    monkeypatch.setenv("FAKE_MARKS", str(made.marks))
    yield made
    shards._engines.cache_clear()
    shards._rubrics.cache_clear()
