"""From the store to a run's folder: what the reports need, put together, and what an earlier run left, taken away."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from qa.model import UsageError
from qa.review.averages_shown import shown_averages
from qa.review.drift import night_drift
from qa.review.sampling import draw_calibration_sample
from qa.settings import Settings
from qa.store import Store, StoredCall
from reports import CallRecord, CriterionInfo, HistoryPoint, ReportData, RunInfo, write_reports

if TYPE_CHECKING:
    from scoring.rubric import Rubric

AUDIO = "audio"
"""Folder of the recordings' copies for the reports' players."""

_WRITTEN = ".written.json"
"""The files that the last run wrote, by name; what is not on it was never ours to remove."""

_COPY = re.compile(r"[0-9a-f]{32}\.ogg(\.part)?")


def audio_name(recording_id: str) -> str:
    """The file name of a recording's copy for the players."""
    return f"{recording_id[:32]}.ogg"


def write_run(store: Store, run: RunInfo, rubrics: Sequence[Rubric], settings: Settings, out: Path) -> None:
    """Write everything that a run leaves for people, and remove what an earlier run wrote and this one did not.

    Raises:
        UsageError: the list of an earlier run's files cannot be read.
    """
    data = report_data(store, run, rubrics, settings, out)
    earlier = _earlier(out)
    written = {path.relative_to(out).as_posix() for path in write_reports(data, out)}
    written |= {call.audio_href for call in data.calls if call.audio_href}
    for name in sorted((earlier | _copies(out)) - written):
        _remove(out, name)
    (out / _WRITTEN).write_text(json.dumps(sorted(written), indent=0) + "\n", encoding="utf-8")


def report_data(store: Store, run: RunInfo, rubrics: Sequence[Rubric], settings: Settings, out: Path) -> ReportData:
    """A run's calls, what became of each file, its agents' earlier scores and the calibration sample."""
    calls = tuple(_call_record(call, out) for call in store.calls_for_run(run.run_id))
    agents = sorted({record.call.agent_id for record in calls if record.call.agent_id})
    scored = ((r.conversation, r.evaluation) for r in calls if r.evaluation)
    return ReportData(
        run=run,
        coverage=tuple(store.coverage_for_run(run.run_id)),
        calls=calls,
        criteria=tuple(criterion for rubric in rubrics for criterion in _criteria(rubric)),
        history=tuple(point for agent_id in agents for point in _history(store, agent_id)),
        sample=draw_calibration_sample(scored, settings.sample_size, settings.sample_seed),
        drift=night_drift(store, run.run_id, rubrics),
        averages=shown_averages(store, run.run_id, calls),
    )


def _call_record(call: StoredCall, out: Path) -> CallRecord:
    href = f"{AUDIO}/{audio_name(call.recording_id)}"
    return CallRecord(call.conversation, call.evaluations, href if (out / href).is_file() else None)


def _criteria(rubric: Rubric) -> Iterator[CriterionInfo]:
    for section in rubric.sections:
        for criterion in section.criteria:
            yield CriterionInfo(criterion.id, rubric.language, criterion.title, criterion.question, section.title)


def _history(store: Store, agent_id: str) -> Iterable[HistoryPoint]:
    for past in store.history(agent_id):
        rubric = f"{past.rubric_id} {past.rubric_version}"
        yield HistoryPoint(
            past.agent_id,
            past.call_id,
            past.started_at,
            past.percent,
            past.outcomes,
            rubric,
            past.rubric_sha256,
        )


def _earlier(out: Path) -> set[str]:
    path = out / _WRITTEN
    if not path.is_file():
        return set()
    try:
        names = json.loads(path.read_text(encoding="utf-8"))
        return {str(name) for name in names}
    except (ValueError, TypeError) as error:
        raise UsageError(
            "cannot be read", where=str(path), expected="a list of file names", fix="Remove it, or name another --out"
        ) from error


def _copies(out: Path) -> set[str]:
    """Every copy for the players, also of calls that were refused in the end; our names tell them."""
    return {f"{AUDIO}/{path.name}" for path in (out / AUDIO).glob("*") if _COPY.fullmatch(path.name)}


def _remove(out: Path, name: str) -> None:
    """Remove a file of the folder; a name that leads out of it is left alone, as somebody changed the list."""
    path = (out / name).resolve()
    if out.resolve() in path.parents:
        path.unlink(missing_ok=True)
        with suppress(OSError):
            path.parent.rmdir()  # only if that was the last file
