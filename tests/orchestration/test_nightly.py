"""A night over a handful of files, in one process: what is scored, skipped, refused and left behind."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path

import pytest

from qa.model import Conversation, Evaluation, UsageError
from qa.store import Store
from tests.orchestration.conftest import Night
from tests.orchestration.fake_pipeline import SECRET


def evaluations(out: Path) -> dict[str, Evaluation]:
    lines = (out / "evaluations.jsonl").read_text(encoding="utf-8").splitlines()
    found = [Evaluation.from_json(line) for line in lines]
    return {evaluation.call_id: evaluation for evaluation in found}


def test_every_file_has_one_outcome(night: Night) -> None:
    night.add("a.wav", "bug.wav", "deep/er/c.mp3", "noise.wav", "z.wav")
    night.add("a-again.wav", content="pretended audio of a.wav")
    night.add("empty.wav", content="")
    night.add("notes.txt")
    night.manifest("file,call_id", "gone.wav,c-gone", "a.wav,c-a")
    summary = night.run()
    assert night.outcomes(summary) == {
        "a-again.wav": "scored",
        "a.wav": "duplicate_content",
        "bug.wav": "engine_failed",
        "deep/er/c.mp3": "scored",
        "empty.wav": "empty_file",
        "gone.wav": "file_missing",
        "noise.wav": "no_speech",
        "z.wav": "scored",
    }
    rows = night.rows(summary)
    assert rows["a.wav"].detail == "the same bytes as a-again.wav"
    assert rows["bug.wav"].detail == "ValueError"
    assert (rows["z.wav"].percent, rows["z.wav"].rubric, rows["z.wav"].channel_kind) == (100.0, "core", "stereo")
    assert {name: summary[name] for name in ("n_files", "n_scored", "n_refused", "n_skipped", "audio_s")} == {
        "n_files": 8,
        "n_scored": 3,
        "n_refused": 4,
        "n_skipped": 1,
        "audio_s": 180.0,
    }
    assert summary["stages"]["transcribe"] == 6.0
    assert summary["out"] == str(night.out)


def test_a_fault_is_logged_with_its_place_and_not_with_what_was_said(
    night: Night, caplog: pytest.LogCaptureFixture
) -> None:
    night.add("bug.wav")
    with caplog.at_level(logging.DEBUG):
        night.run()
    assert "bug.wav: ValueError" in caplog.text
    assert "fake_pipeline.py" in caplog.text
    assert SECRET not in caplog.text


def test_a_second_run_does_nothing_and_reports_the_same(night: Night) -> None:
    night.add("a.wav", "b.wav")
    night.run()
    first = {path.name: path.read_bytes() for path in night.out.glob("*.jsonl")}
    again = night.run()
    assert night.outcomes(again) == {"a.wav": "already_scored", "b.wav": "already_scored"}
    assert night.heard() == Counter({"a.wav": 1, "b.wav": 1})
    assert night.scored() == Counter({"a": 1, "b": 1})
    assert {path.name: path.read_bytes() for path in night.out.glob("*.jsonl")} == first
    row = night.rows(again)["a.wav"]
    assert (row.percent, row.duration_s, row.language, row.role_confidence) == (100.0, 60.0, "en", 0.9)
    assert again["audio_s"] == 0


def test_a_refusal_that_lies_in_the_recording_is_not_tried_again(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.add("bug.wav", "noise.wav")
    night.run()
    (night.source / "noise.wav").rename(night.source / "noise-again.wav")
    again = night.run()
    assert night.outcomes(again) == {"bug.wav": "engine_failed", "noise-again.wav": "no_speech"}
    assert night.rows(again)["noise-again.wav"].call_id == "noise-again"
    assert night.heard() == Counter({"bug.wav": 2, "noise.wav": 1})
    monkeypatch.setenv("CALLIBRATE_MAX_DURATION_S", "7200")
    night.run()
    assert night.heard() == Counter({"bug.wav": 3, "noise.wav": 1, "noise-again.wav": 1})


def test_a_copy_under_another_name_is_scored_before(night: Night) -> None:
    night.add("a.wav")
    night.run()
    (night.source / "a.wav").rename(night.source / "b.wav")
    again = night.run()
    assert night.outcomes(again) == {"b.wav": "already_scored"}
    assert night.rows(again)["b.wav"].call_id == "a"
    assert list(evaluations(night.out)) == ["a"]


def test_another_rubric_is_scored_without_hearing_again(night: Night) -> None:
    night.add("a.wav")
    night.run()
    again = night.run("strict")
    assert night.outcomes(again) == {"a.wav": "scored"}
    assert night.heard() == Counter({"a.wav": 1})
    assert evaluations(night.out)["a"].rubric.id == "strict"


def test_a_corrected_manifest_is_scored_without_hearing_again(night: Night) -> None:
    night.add("a.wav", "b.wav")
    night.manifest("file,call_id,agent_id,team", "a.wav,c-a,a-1,cards", "b.wav,c-b,a-1,cards")
    night.run()
    night.manifest("file,call_id,agent_id,team", "a.wav,c-a,a-2,cards", "b.wav,c-b,a-1,cards")
    again = night.run()
    assert night.outcomes(again) == {"a.wav": "scored", "b.wav": "already_scored"}
    assert night.heard() == Counter({"a.wav": 1, "b.wav": 1})
    assert evaluations(night.out)["c-a"].results[0].explanation == "Greeted; agent a-2."
    saved = Conversation.from_json((night.out / "conversations" / "c-a.json").read_bytes())
    assert (saved.call.agent_id, saved.call.language) == ("a-2", "en")


@pytest.mark.parametrize("column", ["language", "direction", "agent_channel", "agent_name"])
def test_what_the_speech_stage_is_told_is_heard_again(night: Night, column: str) -> None:
    value = {"language": "zh", "direction": "outbound", "agent_channel": "1", "agent_name": "Grace"}[column]
    night.add("a.wav")
    night.run()
    night.manifest(f"file,{column}", f"a.wav,{value}")
    assert night.outcomes(night.run()) == {"a.wav": "scored"}
    assert night.heard() == Counter({"a.wav": 2})


def test_other_speech_settings_are_heard_again(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    night.add("a.wav")
    night.run()
    monkeypatch.setenv("CALLIBRATE_WHISPER_MODEL", "large-v3")
    assert night.outcomes(night.run()) == {"a.wav": "scored"}
    assert night.heard() == Counter({"a.wav": 2})


def test_limit_takes_the_first_files_by_name(night: Night) -> None:
    night.add("c.wav", "a.wav", "d.wav")
    night.add("b.wav", content="")
    assert night.outcomes(night.run(limit=3)) == {"a.wav": "scored", "b.wav": "empty_file", "c.wav": "scored"}


def test_an_empty_folder_is_a_run_of_nothing(night: Night) -> None:
    summary = night.run()
    assert summary["n_files"] == 0
    assert (night.out / "index.html").is_file()


def test_the_folder_holds_what_the_contract_names(night: Night) -> None:
    night.add("a.wav", "b.wav")
    night.manifest("file,call_id,agent_id", "a.wav,../../evil <b>,a-1", "b.wav,c-b,a-1")
    night.run()
    for name in ("coverage.csv", "evaluations.jsonl", "index.html", "calibration_sample.csv", "callibrate.db"):
        assert (night.out / name).is_file(), name
    saved = [Conversation.from_json(p.read_bytes()).call.call_id for p in (night.out / "conversations").iterdir()]
    assert sorted(saved) == ["../../evil <b>", "c-b"]
    assert {path.name for path in night.out.parent.iterdir()} == {"in", "out", "marks"}
    assert len(list((night.out / "audio").iterdir())) == 2


def test_a_folder_used_again_holds_this_run_only_and_what_others_put_there(night: Night) -> None:
    night.add("a.wav", "b.wav")
    night.run()
    (night.out / "conversations" / "notes.txt").write_text("mine")
    (night.out / "audio" / "interview.ogg").write_text("mine too")
    (night.source / "a.wav").unlink()
    night.run()
    names = {path.relative_to(night.out).as_posix() for path in night.out.rglob("*") if path.is_file()}
    assert "conversations/b.json" in names
    assert not {name for name in names if name in ("conversations/a.json", "calls/a.html")}
    assert {"conversations/notes.txt", "audio/interview.ogg"} <= names
    assert len(list((night.out / "audio").glob("*.ogg"))) == 2  # b's and the stranger
    assert set(evaluations(night.out)) == {"b"}


def test_a_list_of_written_files_cannot_lead_out_of_the_folder(night: Night) -> None:
    night.add("a.wav")
    night.run()
    victim = night.out.parent / "victim.txt"
    victim.write_text("keep me")
    (night.out / ".written.json").write_text(json.dumps(["../victim.txt", str(victim)]))
    night.run()
    assert victim.read_text() == "keep me"


def test_an_output_folder_that_cannot_be_made_is_named(night: Night) -> None:
    night.out.write_text("a file")
    with pytest.raises(UsageError, match=r"out: cannot be made \(File exists\)"):
        night.run()


def test_a_run_is_written_down(night: Night) -> None:
    night.add("a.wav")
    summary = night.run()
    with Store.open(night.out / "callibrate.db") as store:
        run = store.run(summary["run_id"])
    assert run is not None
    assert run.input == str(night.source)
    assert run.counts == summary
    assert run.ended_at is not None
    assert run.settings["workers"] == 2


def test_nothing_runs_when_something_is_wrong_with_the_orders(night: Night) -> None:
    night.add("a.wav")
    night.manifest("file,direction", "a.wav,sideways")
    with pytest.raises(UsageError, match=r"manifest\.csv:2: column 'direction'"):
        night.run()
    (night.source / "manifest.csv").unlink()
    with pytest.raises(UsageError, match=r"typo\.yaml:41"):
        night.run("typo")
    assert not night.heard()
    assert not night.out.exists()
