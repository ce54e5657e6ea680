"""Decoding: what is let in, what is refused, and why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from qa.intake import decode, playback_copy
from qa.model import ChannelKind, Reason, RecordingRefused
from qa.settings import Settings
from tests.audio_builders import RATE_HZ, talk, write_encoded, write_wav

SETTINGS = Settings()


def refusal(path: Path, settings: Settings = SETTINGS) -> Reason:
    with pytest.raises(RecordingRefused) as caught, decode(path, settings):
        pass
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "codec", "rate_hz"),
    [
        ("a.flac", "flac", 16_000),
        ("a.mp3", "libmp3lame", 44_100),
        ("a.ogg", "libopus", 48_000),
        ("a.m4a", "aac", 22_050),
        ("a.wav", "pcm_mulaw", 8_000),
        ("b.wav", "pcm_alaw", 8_000),
        ("c.wav", "pcm_s24le", 48_000),
    ],
)
def test_formats_come_out_at_16_khz_with_their_length(tmp_path: Path, name: str, codec: str, rate_hz: int) -> None:
    path = write_encoded(tmp_path / name, talk(3.0, 1, rate_hz=rate_hz), codec, rate_hz)
    with decode(path, SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(3.0, abs=0.1)
        assert audio.facts.sample_rate_hz == rate_hz
        assert audio.samples.shape == (1, round(audio.facts.duration_s * RATE_HZ))
        assert audio.facts.channel_kind is ChannelKind.MONO


def test_samples_survive_and_are_removed_at_the_end(tmp_path: Path) -> None:
    wave = talk(2.0, 2)
    with decode(write_wav(tmp_path / "a.wav", wave), SETTINGS) as audio:
        assert np.abs(audio.samples[0] / 32768.0 - wave).max() < 1e-3
        folder = audio.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_text_named_wav_is_not_audio(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("This is a shopping list, not a call.\n" * 40)
    assert refusal(path) is Reason.NOT_AUDIO


def test_random_bytes_named_mp3_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "noise.mp3"
    path.write_bytes(b"\x00\x01garbage" * 300)
    assert refusal(path) in {Reason.NOT_AUDIO, Reason.DECODE_FAILED, Reason.TOO_SHORT}


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_truncated_mp3_is_refused(tmp_path: Path, share: float) -> None:
    path = write_encoded(tmp_path / "a.mp3", talk(20.0, 3), "libmp3lame")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    assert refusal(path) is Reason.TRUNCATED


def test_whole_mp3_is_not_taken_for_truncated(tmp_path: Path) -> None:
    with decode(write_encoded(tmp_path / "a.mp3", talk(20.0, 3), "libmp3lame"), SETTINGS) as audio:
        assert audio.facts.duration_s == pytest.approx(20.0, abs=0.15)


def test_truncated_wav_is_refused(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", talk(10.0, 3))
    path.write_bytes(path.read_bytes()[:200_000])
    assert refusal(path) is Reason.TRUNCATED


def test_truncated_flac_is_refused(tmp_path: Path) -> None:
    path = write_encoded(tmp_path / "a.flac", talk(20.0, 3), "flac")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert refusal(path) is Reason.TRUNCATED


def test_too_long_stops_early(tmp_path: Path) -> None:
    path = write_encoded(tmp_path / "a.flac", np.zeros(RATE_HZ * 120, np.float32), "flac")
    assert refusal(path, Settings(max_duration_s=60)) is Reason.TOO_LONG


def test_50_ms_is_too_short(tmp_path: Path) -> None:
    assert refusal(write_wav(tmp_path / "a.wav", talk(0.05, 1))) is Reason.TOO_SHORT


def test_memory_limit_refuses_instead_of_crashing(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", talk(2.0, 1))
    assert refusal(path, Settings(decode_memory_bytes=60_000_000)) is Reason.DECODE_FAILED


def test_nan_samples_become_silence_and_spare_their_neighbours(tmp_path: Path) -> None:
    import struct

    wave = talk(2.0, 5)
    wave[8000:8100] = np.nan
    body = wave.astype("<f4").tobytes()
    header = (
        b"RIFF"
        + struct.pack("<I", 36 + len(body))
        + b"WAVEfmt "
        + struct.pack("<IHHIIHH", 16, 3, 1, RATE_HZ, RATE_HZ * 4, 4, 32)
    )
    path = tmp_path / "nan.wav"
    path.write_bytes(header + b"data" + struct.pack("<I", len(body)) + body)
    with decode(path, SETTINGS) as audio:
        got = audio.samples[0] / 32768.0
        assert np.abs(got[8000:8100]).max() == 0
        assert np.abs(got[8200:] - wave[8200:]).max() < 1e-3


def test_six_channels_at_96_khz_become_mono(tmp_path: Path) -> None:
    planes = np.stack([talk(2.0, i, rate_hz=96_000, level=0.1) for i in range(6)])
    with decode(write_wav(tmp_path / "a.wav", planes, 96_000), SETTINGS) as audio:
        assert audio.facts.n_channels == 6
        assert audio.samples.shape[0] == 1
        assert audio.facts.duration_s == pytest.approx(2.0, abs=0.05)


def test_playback_copy_is_small_and_plays(tmp_path: Path) -> None:
    samples = (np.stack([talk(10.0, 1), talk(10.0, 2)]) * 32767).astype(np.int16)
    path = playback_copy(samples, RATE_HZ, tmp_path / "audio" / "a.ogg")
    assert path.stat().st_size < 100_000
    with decode(path, SETTINGS) as audio:
        assert audio.samples.shape[0] == 2
        assert audio.facts.duration_s == pytest.approx(10.0, abs=0.1)
