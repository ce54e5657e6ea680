"""The whole job with the real engines: `qa nightly` as a user runs it, on sample calls among bad files.

One run serves every test here. All its processes are forbidden to reach anything but the loopback addresses.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from qa.intake import decode
from qa.language import for_error_rate
from qa.model import ChannelKind, Conversation, Evaluation, Reason, Status
from qa.settings import Settings
from tests.audio_builders import RATE_HZ, write_encoded, write_float_wav, write_wav
from tools.speech_accuracy import SpeechCounts, compare

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "audio_samples"
STEREO, MONO = "en-01", "zh-04"
ODD = ("nan.wav", "rates.ogg", "six.wav")
"""Speech as broken recorders leave it, but all there: scored like any other."""
ODD_S = 24
pytestmark = [pytest.mark.engines, pytest.mark.timeout(1500)]


@dataclass(frozen=True)
class Night:
    """A run's input and output folders, what it printed, and what of the network it tried."""

    source: Path
    out: Path
    first: subprocess.CompletedProcess[str]
    network_log: Path

    def coverage(self) -> dict[str, dict[str, str]]:
        with (self.out / "coverage.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["file"]: row for row in csv.DictReader(file)}

    def conversation(self, call_id: str) -> Conversation:
        return Conversation.from_json((self.out / "conversations" / f"{call_id}.json").read_bytes())


def qa(*arguments: str | Path, log: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("qa")), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'tests' / 'no_network'}{os.pathsep}{ROOT}",
            "NO_NETWORK_LOG": str(log),
        },
    )


def write_odd(source: Path) -> None:
    """The beginning of the stereo call on one channel: with NaN samples, at two rates in one file, on six channels."""
    with decode(SAMPLES / "en-01-routine.flac", Settings()) as audio:
        wave = np.asarray(audio.samples[:, : ODD_S * RATE_HZ].mean(axis=0) / 32768.0, dtype=np.float32)
    half = len(wave) // 2
    parts = [
        write_encoded(source / "a.ogg", wave[:half], "libopus"),
        write_encoded(source / "b.ogg", resampled(wave[half:], 48_000), "libopus", 48_000),
    ]
    (source / "rates.ogg").write_bytes(b"".join(part.read_bytes() for part in parts))
    for part in parts:
        part.unlink()
    write_wav(source / "six.wav", np.stack([resampled(wave, 96_000)] * 6) / np.float32(6), 96_000)
    broken = wave.copy()
    broken[:: RATE_HZ // 2] = np.nan
    write_float_wav(source / "nan.wav", broken)


def resampled(wave: NDArray[np.float32], rate_hz: int) -> NDArray[np.float32]:
    from scipy.signal import resample_poly

    return np.asarray(resample_poly(wave, rate_hz // RATE_HZ, 1), dtype=np.float32)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    base = tmp_path_factory.mktemp("night")
    source, out, log = base / "recordings", base / "out", base / "network.log"
    source.mkdir()
    with (SAMPLES / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    chosen = [row for row in rows if row["call_id"] in (STEREO, MONO)]
    for row in chosen:
        shutil.copy(SAMPLES / row["file"], source)
    with (source / "manifest.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows([*chosen, {"file": "gone.wav", "call_id": "gone"}])
    (source / "empty.wav").touch()
    (source / "text.wav").write_text("a shopping list\n" * 50)
    silence = np.zeros(2 * 3600 * RATE_HZ, np.float32)
    write_encoded(source / "silence.flac", silence, "flac")
    tone = np.sin(np.arange(20 * RATE_HZ) * 0.1).astype(np.float32) * 0.3
    cut = write_encoded(source / "cut.mp3", tone, "libmp3lame")
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    bits = np.where(np.random.default_rng(1).random(20 * RATE_HZ) < 0.5, -0.5, 0.5).astype(np.float32)
    write_wav(source / "bits.wav", bits)
    write_wav(source / "blip.wav", bits[: RATE_HZ // 20])
    write_odd(source)
    return Night(source, out, qa("nightly", source, "--out", out, "--format", "json", log=log), log)


def summary(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(done.stdout)
    return numbers


def test_the_run_ends_and_says_that_some_files_were_refused(night: Night) -> None:
    assert night.first.returncode == 1, night.first.stderr
    numbers = summary(night.first)
    assert (numbers["n_files"], numbers["n_scored"], numbers["n_refused"], numbers["n_skipped"]) == (12, 5, 7, 0)


def test_every_file_stands_in_the_coverage_once_with_its_reason(night: Night) -> None:
    rows = night.coverage()
    assert {file: row["reason_code"] for file, row in rows.items() if row["status"] == Status.REFUSED} == {
        "gone.wav": Reason.FILE_MISSING,
        "empty.wav": Reason.EMPTY_FILE,
        "text.wav": Reason.NOT_AUDIO,
        "silence.flac": Reason.NO_SPEECH,
        "cut.mp3": Reason.TRUNCATED,
        "bits.wav": Reason.NO_SPEECH,
        "blip.wav": Reason.TOO_SHORT,
    }
    scored = {row["call_id"]: row for row in rows.values() if row["status"] == Status.SCORED}
    assert {(row["call_id"], row["channel_kind"], row["language"]) for row in scored.values()} == {
        (STEREO, "stereo", "en"),
        (MONO, "mono", "zh"),
        *((Path(file).stem, "mono", "en") for file in ODD),
    }


@pytest.mark.parametrize("file", ODD)
def test_speech_in_an_odd_file_is_heard_like_any_other(night: Night, file: str) -> None:
    def said(call_id: str) -> str:
        words = sorted((w.start_s, w.text) for turn in night.conversation(call_id).turns for w in turn.words)
        return for_error_rate(" ".join(text for start_s, text in words if start_s < ODD_S - 1), "en")

    assert len(said(STEREO).split()) > 30
    assert jiwer.wer(said(STEREO), said(Path(file).stem)) <= 0.1


def test_nothing_outside_the_loopback_addresses_was_tried(night: Night) -> None:
    assert not night.network_log.exists(), night.network_log.read_text()


@pytest.mark.parametrize(
    ("call_id", "kind", "worst", "least_roles_right"),
    [(STEREO, ChannelKind.STEREO, 0.15, 0.98), (MONO, ChannelKind.MONO, 0.25, 0.80)],
)
def test_words_and_roles_against_gold(
    night: Night, call_id: str, kind: ChannelKind, worst: float, least_roles_right: float
) -> None:
    found = night.conversation(call_id)
    gold = Conversation.from_json((SAMPLES / "gold" / f"{call_id}.json").read_bytes())
    counts: SpeechCounts = compare(found, gold, (SAMPLES / "gold" / f"{call_id}.rttm").read_text(encoding="utf-8"))
    assert found.provenance.channel_kind is kind
    assert counts.error_rate <= worst
    assert counts.role_words_right / counts.role_words >= least_roles_right
    assert counts.calls_roles_right == 1


def test_features_are_measured_with_units(night: Night) -> None:
    features = {(f.name, f.role): f for f in night.conversation(STEREO).features}
    pace = features["pace_median", "agent"]  # type: ignore[index]
    assert pace.unit == "words/min"
    assert pace.value is not None
    assert 90 < pace.value < 230


def test_an_unknown_manifest_column_is_a_tag(night: Night) -> None:
    assert "campaign" in night.conversation(STEREO).call.tags


def test_every_quote_can_be_found_in_its_turn(night: Night) -> None:
    lines = (night.out / "evaluations.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 5
    for evaluation in map(Evaluation.from_json, lines):
        turns = night.conversation(evaluation.call_id).turns
        assert len(evaluation.results) == 25
        for evidence in (e for result in evaluation.results for e in result.evidence):
            assert evidence.quote in turns[evidence.turn].text
            assert evidence.role == turns[evidence.turn].role


def test_a_second_run_decodes_and_transcribes_nothing(night: Night) -> None:
    again = qa("nightly", night.source, "--out", night.out, "--format", "json", log=night.network_log)
    numbers = summary(again)
    assert (numbers["n_scored"], numbers["n_skipped"]) == (0, 5)
    assert "transcribe" not in numbers["stages"]
    assert {row["reason_code"] for row in night.coverage().values() if row["status"] == Status.SKIPPED} == {
        Reason.ALREADY_SCORED
    }
    assert len((night.out / "evaluations.jsonl").read_text(encoding="utf-8").splitlines()) == 5
    assert not night.network_log.exists()


def test_score_needs_neither_audio_nor_prefect(night: Night) -> None:
    conversation = night.out / "conversations" / f"{STEREO}.json"
    code = (
        "import sys; sys.modules['prefect'] = sys.modules['av'] = None\n"
        "from qa.cli import main\n"
        f"main(['score', {str(conversation)!r}, '--rubric', 'service-core.en'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert Evaluation.from_json(done.stdout).call_id == STEREO


def test_transcribe_prints_a_conversation(night: Night) -> None:
    done = qa("transcribe", night.source / "en-01-routine.flac", "--language", "en", log=night.network_log)
    assert done.returncode == 0, done.stderr
    found = Conversation.from_json(done.stdout)
    assert found.language == "en"
    assert {"agent", "customer"} <= {turn.role for turn in found.turns}
