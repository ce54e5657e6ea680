"""Decode a recording in a child process under limits, and tell how its channels are used."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qa.intake.channels import ChannelReport, examine
from qa.intake.decoder import SAMPLE_RATE_HZ, SAMPLES_FILE
from qa.model import AudioFacts, Reason, RecordingRefused
from qa.settings import Settings


@dataclass(frozen=True)
class DecodedAudio:
    """A recording as 16 kHz samples on disk; use it in a ``with`` block, which removes them at the end."""

    facts: AudioFacts
    channels: ChannelReport
    folder: Path
    n_planes: int
    """Channels kept: both of a stereo file, else one mixed from all."""
    sample_rate_hz: int = SAMPLE_RATE_HZ

    @cached_property
    def samples(self) -> NDArray[np.int16]:
        """Shape (channels, samples), 16 kHz, read-only; mapped from disk, so what is not used takes no memory."""
        return _mapped(self.folder, self.n_planes)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def decode(path: Path, settings: Settings) -> DecodedAudio:
    """Decode ``path``; raises ``RecordingRefused`` when it is no sound recording or breaks a limit."""
    folder = Path(tempfile.mkdtemp(prefix="callibrate-"))
    try:
        facts = _run(path, folder, settings)
        if facts["duration_s"] < settings.min_duration_s:
            raise RecordingRefused(
                Reason.TOO_SHORT,
                f"{facts['duration_s'] * 1000:.0f} ms long",
                where=path.name,
                expected=f"at least {settings.min_duration_s:g} s",
            )
        report = examine(list(_mapped(folder, facts["n_planes"])), SAMPLE_RATE_HZ)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return DecodedAudio(
        facts=AudioFacts(
            duration_s=facts["duration_s"],
            sample_rate_hz=facts["sample_rate_hz"],
            n_channels=facts["n_channels"],
            codec=facts["codec"],
            channel_kind=report.kind,
            delay_s=report.delay_s,
            correlation=report.correlation,
        ),
        channels=report,
        folder=folder,
        n_planes=facts["n_planes"],
    )


def _mapped(folder: Path, n_planes: int) -> NDArray[np.int16]:
    return np.memmap(folder / SAMPLES_FILE, dtype=np.int16, mode="r").reshape(-1, n_planes).T


def _run(path: Path, folder: Path, settings: Settings) -> dict[str, Any]:
    command = [sys.executable, "-m", "qa.intake.decoder", str(path), str(folder), str(settings.max_duration_s)]
    command += [str(settings.decode_memory_bytes), str(int(settings.decode_timeout_s))]
    try:
        done = subprocess.run(command, capture_output=True, timeout=settings.decode_timeout_s, check=False)
    except subprocess.TimeoutExpired as error:
        raise RecordingRefused(
            Reason.DECODE_TIMEOUT, f"not decoded within {settings.decode_timeout_s:.0f} s", where=path.name
        ) from error
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise RecordingRefused(
            Reason.DECODE_FAILED, f"the decoder stopped (exit {done.returncode})", where=path.name
        ) from error
    if "reason" in answer:
        raise RecordingRefused(Reason(answer["reason"]), answer["detail"], where=path.name)
    return dict(answer)
