"""Find the recordings of a folder and say what the manifest knows about each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from qa.intake.manifest import default_call_id, read_manifest
from qa.model import Call, CoverageRow, Reason, Recording, RecordingRefused, Status, UsageError
from qa.settings import Settings

ENDINGS = frozenset(
    "." + ending
    for ending in "wav wave flac mp3 ogg oga opus m4a mp4 aac amr awb wma webm au aif aiff gsm 3gp".split()  # noqa: SIM905
)
"""What a recording's name may end in. Other files in the folder are none of ours."""

MANIFEST = "manifest.csv"


@dataclass(frozen=True, slots=True)
class Intake:
    """What a folder holds: recordings to work on, and files refused before anything was decoded."""

    recordings: tuple[Recording, ...]
    refused: tuple[CoverageRow, ...]


def scan(source: Path, settings: Settings) -> Intake:
    """Recordings under ``source`` (a folder, searched to the bottom, or one file), in order of their names.

    Hidden files are left alone. A file that is empty, too large, may not be read, or is named in the manifest but
    missing is refused with a reason. Raises ``UsageError`` when ``source`` does not exist or the manifest has a fault.
    """
    if source.is_file():
        folder, files = source.parent, [source]
    elif source.is_dir():
        folder, files = source, sorted(p for p in source.rglob("*") if _is_recording(p, source))
    else:
        raise UsageError("no such file or folder", where=str(source), expected="a folder with recordings")
    manifest = folder / MANIFEST
    calls = {row.file: row.call for row in read_manifest(manifest)} if manifest.is_file() else {}

    recordings: list[Recording] = []
    refused: list[CoverageRow] = []
    taken = {call.call_id for call in calls.values()}
    for path in files:
        file = path.relative_to(folder).as_posix()
        call = calls.pop(file, None)
        if call is None:
            call = Call(call_id=_free_id(file, taken))
            taken.add(call.call_id)
        try:
            recordings.append(_recording(path, file, call, settings))
        except RecordingRefused as refusal:
            refused.append(_refusal(file, call, refusal.reason, refusal.what))
    if source.is_dir():
        for file, call in calls.items():
            refused.append(_refusal(file, call, Reason.FILE_MISSING, "named in manifest.csv, not in the folder"))
    return Intake(tuple(recordings), tuple(refused))


def _recording(path: Path, file: str, call: Call, settings: Settings) -> Recording:
    """The file with its content's hash; raises ``RecordingRefused``."""
    try:
        n_bytes = path.stat().st_size
        if n_bytes == 0:
            raise RecordingRefused(Reason.EMPTY_FILE, "the file has no bytes")
        if n_bytes > settings.max_file_bytes:
            raise RecordingRefused(Reason.TOO_LARGE, f"{n_bytes} bytes; the limit is {settings.max_file_bytes}")
        recording_id = _sha256(path)
    except OSError as error:  # no permission, a broken disk, gone since the folder was listed
        raise RecordingRefused(
            Reason.UNREADABLE_FILE, f"the file cannot be read ({error.strerror or type(error).__name__})"
        ) from error
    return Recording(recording_id=recording_id, path=str(path.resolve()), file=file, n_bytes=n_bytes, call=call)


def _is_recording(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return not hidden and path.suffix.lower() in ENDINGS and path.is_file()


def _free_id(file: str, taken: set[str]) -> str:
    """The file's own call id, told from others of the same stem (``a.wav`` beside ``a.mp3``) by its ending."""
    call_id = default_call_id(file)
    return call_id if call_id not in taken else file.replace("/", "-")


def _refusal(file: str, call: Call, reason: Reason, detail: str) -> CoverageRow:
    return CoverageRow(file=file, call_id=call.call_id, status=Status.REFUSED, reason_code=reason, detail=detail)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
