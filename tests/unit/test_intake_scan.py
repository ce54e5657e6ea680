"""Finding recordings and reading the manifest: clear errors, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.intake import scan
from qa.intake.manifest import read_manifest
from qa.model import Reason, UsageError
from qa.settings import Settings
from tests.audio_builders import talk, write_wav

HEADER = "file,call_id,agent_id,direction,language,started_at,agent_channel,campaign\n"


def manifest(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "manifest.csv"
    path.write_text(header + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def test_rows_become_calls_and_unknown_columns_tags(tmp_path: Path) -> None:
    row = "night/a.wav,c-1,a-7,inbound,zh,2026-11-20T09:31:00+08:00,1,spring"
    (found,) = read_manifest(manifest(tmp_path, row))
    assert (found.file, found.line) == ("night/a.wav", 2)
    call = found.call
    assert (call.call_id, call.agent_id, call.language, call.agent_channel) == ("c-1", "a-7", "zh", 1)
    assert call.started_at is not None
    assert call.started_at.isoformat() == "2026-11-20T09:31:00+08:00"
    assert call.tags == {"campaign": "spring"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a.wav,c-1,a-7,sideways,en,,,", "column 'direction' holds 'sideways'; expected inbound or outbound"),
        ("a.wav,c-1,a-7,inbound,fr,,,", "column 'language' holds 'fr'; expected en, zh or auto"),
        ("a.wav,c-1,a-7,inbound,en,yesterday,,", "column 'started_at' holds 'yesterday'"),
        ("a.wav,c-1,a-7,inbound,en,,2,", "column 'agent_channel' holds '2'; expected 0, 1 or nothing"),
        (",c-1,a-7,inbound,en,,,", "the cell 'file' is empty"),
        ("../../etc/passwd,c-1,a-7,inbound,en,,,", "leads out of the input folder"),
        ("/etc/passwd,c-1,a-7,inbound,en,,,", "leads out of the input folder"),
        ("..\\a.wav,c-1,a-7,inbound,en,,,", "leads out of the input folder"),
        ("a.wav,c-1", "the row has 2 cells; expected 8"),
        ("a.wav,c-0,,,,,,", "file 'a.wav' stood already in line 2"),
        ("b.wav,good,,,,,,", "call_id 'good' stood already in line 2"),
        ('"a.wav,c-1,,,,,,', "not readable as CSV"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    path = manifest(tmp_path, "a.wav,good,,,,,," if "stood already" in says else "fine.wav,f,,,,,,", row)
    with pytest.raises(UsageError) as caught:
        read_manifest(path)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"{path}:3: ")


def test_a_manifest_without_file_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r":1: the header has no column 'file'"):
        read_manifest(manifest(tmp_path, header="call_id,agent_id\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_excel_in_china_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "manifest.csv"
    path.write_bytes("file,agent_name\n录音.wav,林晓\n".encode(encoding))
    (row,) = read_manifest(path)
    assert (row.file, row.call.agent_name) == ("录音.wav", "林晓")


def test_scan_finds_every_recording_once(tmp_path: Path) -> None:
    write_wav(tmp_path / "b.wav", talk(1, 1))
    write_wav(tmp_path / "deep" / "a.WAV", talk(1, 2))
    (tmp_path / "empty.wav").touch()
    (tmp_path / "readme.txt").write_text("not a recording")
    (tmp_path / ".hidden.wav").write_bytes(b"x")
    manifest(tmp_path, "b.wav,c-1,a-7,,,,,", "gone.wav,c-2,,,,,,")
    intake = scan(tmp_path, Settings())
    assert [(r.file, r.call.call_id) for r in intake.recordings] == [("b.wav", "c-1"), ("deep/a.WAV", "deep-a")]
    assert {(r.file, r.reason_code) for r in intake.refused} == {
        ("empty.wav", Reason.EMPTY_FILE),
        ("gone.wav", Reason.FILE_MISSING),
    }


def test_same_stem_gets_different_ids(tmp_path: Path) -> None:
    for name in ("a.wav", "a.mp3"):
        write_wav(tmp_path / name, talk(1, 1))
    assert [r.call.call_id for r in scan(tmp_path, Settings()).recordings] == ["a", "a.wav"]


def test_identity_is_the_content(tmp_path: Path) -> None:
    write_wav(tmp_path / "one" / "a.wav", talk(1, 1))
    write_wav(tmp_path / "two" / "b.wav", talk(1, 1))
    (first,), (second,) = (scan(tmp_path / d, Settings()).recordings for d in ("one", "two"))
    assert first.recording_id == second.recording_id


def test_a_single_file_uses_its_folders_manifest(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "b.wav", talk(1, 1))
    manifest(tmp_path, "b.wav,c-1,a-7,,,,,", "gone.wav,c-2,,,,,,")
    intake = scan(path, Settings())
    assert [r.call.call_id for r in intake.recordings] == ["c-1"]
    assert intake.refused == ()


def test_a_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        scan(tmp_path / "nowhere", Settings())


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", talk(2, 1))
    (row,) = scan(tmp_path, Settings(max_file_bytes=1000)).refused
    assert row.reason_code is Reason.TOO_LARGE
