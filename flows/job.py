"""What a run is asked to do, and the checks that come before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from flows.callway import PIPELINE, call_way
from qa.intake.manifest import read_manifest
from qa.intake.scan import MANIFEST
from qa.model import UsageError
from qa.review.nightly_report import AUDIO
from qa.settings import Settings

Runner = Literal["local", "dask"]
DEFAULT_OUT = "var/nightly"
STORE_NAME = "callibrate.db"


@dataclass(frozen=True, slots=True)
class NightlyJob:
    """A run's orders. Paths are absolute, so that they mean the same in every process."""

    source: Path
    out: Path
    store: str
    """Path or URL."""
    rubrics: tuple[str, ...]
    """Ids or files; none means the shipped core rubric of each call's language."""
    runner: Runner
    limit: int | None
    """Only so many files, the first by name."""
    pipeline: str
    settings: Settings

    @property
    def audio(self) -> Path:
        """Where the copies for the reports' players lie."""
        return self.out / AUDIO


def nightly_job(
    source: str | Path,
    out: str | Path | None,
    store: str | None,
    rubrics: tuple[str, ...],
    runner: Runner,
    limit: int | None,
    pipeline: str = PIPELINE,
) -> NightlyJob:
    """Orders from what a person or a deployment wrote, with the settings of the environment.

    Raises:
        UsageError: something cannot be done: no such folder, a fault in the manifest or a rubric, an output folder
            inside the input, a limit below 1, a runner that is not installed.
    """
    folder = Path(source).expanduser().resolve()
    target = Path(out or DEFAULT_OUT).expanduser().resolve()
    job = NightlyJob(
        source=folder,
        out=target,
        store=_absolute(store) if store else str(target / STORE_NAME),
        rubrics=tuple(_absolute(name) if Path(name).is_file() else name for name in rubrics),
        runner=runner,
        limit=limit,
        pipeline=pipeline,
        settings=Settings(),
    )
    _check(job)
    return job


def _check(job: NightlyJob) -> None:
    call_way(job.pipeline).load_rubrics(job.rubrics)
    if not job.source.exists():
        raise UsageError("no such file or folder", where=str(job.source), expected="a folder with recordings")
    if job.source == job.out or job.source in job.out.parents:
        raise UsageError(
            "--out lies inside the input folder", where=str(job.out), fix="Name a folder outside, as in --out var/run"
        )
    if job.limit is not None and job.limit < 1:
        raise UsageError(f"--limit {job.limit}", expected="1 or more")
    if job.runner == "dask" and find_spec("prefect_dask") is None:
        raise UsageError("--runner dask needs Dask", fix="Install the extra: pip install 'callibrate[dask]'")
    if job.source.is_dir() and (manifest := job.source / MANIFEST).is_file():
        read_manifest(manifest)


def _absolute(name: str) -> str:
    return name if "://" in name else str(Path(name).expanduser().resolve())
