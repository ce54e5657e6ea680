"""Files as broken recorders leave them: a reason code or a right result, never a crash."""

from __future__ import annotations

import os
import struct
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.intake import decode, scan
from qa.intake.scan import _sha256
from qa.model import Reason, RecordingRefused
from qa.settings import Settings
from tests.audio_builders import RATE_HZ, talk, write_encoded, write_float_wav, write_wav

SETTINGS = Settings()
TONE_HZ = 440


def tone(seconds: float, rate_hz: int) -> NDArray[np.float32]:
    return np.asarray(0.3 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * rate_hz)) / rate_hz), dtype=np.float32)


def joined(folder: Path, ending: str, codec: str, *rates_hz: int) -> Path:
    """Whole files of three seconds each, byte after byte in one file."""
    parts = [write_encoded(folder / f"{i}.{ending}", tone(3.0, hz), codec, hz) for i, hz in enumerate(rates_hz)]
    path = folder / f"joined.{ending}"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def loudest_hz(samples: NDArray[np.int16]) -> float:
    spectrum = np.abs(np.fft.rfft(samples.astype(np.float64)))
    return float(spectrum.argmax() * RATE_HZ / len(samples))


@pytest.mark.parametrize(
    ("ending", "codec", "rates_hz"),
    [
        ("ogg", "libopus", (16_000, 48_000)),
        ("ogg", "libopus", (48_000, 8_000)),
        ("mp3", "libmp3lame", (16_000, 48_000)),
        ("mp3", "libmp3lame", (16_000, 8_000)),
    ],
)
def test_a_rate_that_changes_midway_keeps_pitch_and_length(
    tmp_path: Path, ending: str, codec: str, rates_hz: tuple[int, int]
) -> None:
    with decode(joined(tmp_path, ending, codec, *rates_hz), SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(6.0, abs=0.25)
        for start_s in (1, 4):  # one second inside of each part
            part = audio.samples[0, start_s * RATE_HZ : (start_s + 1) * RATE_HZ]
            assert loudest_hz(part) == pytest.approx(TONE_HZ, abs=2)


@pytest.mark.parametrize("rates_hz", [(16_000, 48_000), (16_000, 8_000), (16_000, 16_000)])
def test_joined_wav_files_are_refused_for_half_would_be_lost(tmp_path: Path, rates_hz: tuple[int, int]) -> None:
    with pytest.raises(RecordingRefused) as refused:
        decode(joined(tmp_path, "wav", "pcm_s16le", *rates_hz), SETTINGS)
    assert refused.value.reason is Reason.DECODE_FAILED


def test_a_wav_with_notes_behind_its_sound_is_right(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "notes.wav", tone(2.0, RATE_HZ))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 8) + b"INFOabcd")
    with decode(path, SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(2.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_recording_of_nothing_but_nan_decodes_to_bounded_samples(tmp_path: Path, bad: float) -> None:
    path = write_float_wav(tmp_path / "bad.wav", np.full(2 * RATE_HZ, bad, dtype=np.float32))
    with decode(path, SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(2.0)
        if np.isnan(bad):
            assert not audio.samples.any()


def test_one_bit_noise_decodes_as_it_is(tmp_path: Path) -> None:
    noise = np.where(np.random.default_rng(1).random(2 * RATE_HZ) < 0.5, -0.5, 0.5).astype(np.float32)
    with decode(write_wav(tmp_path / "bits.wav", noise), SETTINGS) as audio:
        assert np.abs(audio.samples[0] / 32768.0 - noise).max() < 1e-3


def test_unsigned_8_bit_of_two_values(tmp_path: Path) -> None:
    path = tmp_path / "u8.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(np.random.default_rng(2).integers(0, 2, 16_000, dtype=np.uint8).tobytes())
    with decode(path, SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(2.0, abs=0.01)


def test_50_ms_are_too_short(tmp_path: Path) -> None:
    with pytest.raises(RecordingRefused) as refused:
        decode(write_wav(tmp_path / "blip.wav", talk(0.05, 3)), SETTINGS)
    assert refused.value.reason is Reason.TOO_SHORT


def test_six_channels_at_96_khz(tmp_path: Path) -> None:
    planes = np.stack([tone(2.0, 96_000) * np.float32(1 / 6)] * 6)
    with decode(write_wav(tmp_path / "six.wav", planes, 96_000), SETTINGS) as audio:
        assert (audio.facts.n_channels, audio.samples.shape[0]) == (6, 1)
        assert loudest_hz(audio.samples[0]) == pytest.approx(TONE_HZ, abs=1)


def test_stereo_planes_stay_apart_and_on_disk(tmp_path: Path) -> None:
    left, right = talk(2.0, 4), talk(2.0, 5)
    with decode(write_wav(tmp_path / "two.wav", np.stack([left, right])), SETTINGS) as audio:
        assert np.abs(audio.samples / 32768.0 - np.stack([left, right])).max() < 1e-3
        assert isinstance(audio.samples, np.memmap)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_refused_by_its_mode(tmp_path: Path) -> None:
    write_wav(tmp_path / "closed.wav", talk(1.0, 6)).chmod(0)
    found = scan(tmp_path, SETTINGS)
    assert [(row.file, row.reason_code) for row in found.refused] == [("closed.wav", Reason.UNREADABLE_FILE)]


def test_a_file_that_the_system_does_not_let_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(tmp_path / "closed.wav", talk(1.0, 6))
    write_wav(tmp_path / "open.wav", talk(1.0, 7))

    def hashed(path: Path) -> str:
        if path.name == "closed.wav":
            raise PermissionError(13, "Permission denied", str(path))
        return _sha256(path)

    monkeypatch.setattr(sys.modules["qa.intake.scan"], "_sha256", hashed)
    found = scan(tmp_path, SETTINGS)
    assert [recording.file for recording in found.recordings] == ["open.wav"]
    [row] = found.refused
    assert (row.file, row.reason_code) == ("closed.wav", Reason.UNREADABLE_FILE)
    assert "Permission denied" in (row.detail or "")
