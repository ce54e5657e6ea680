"""`make bench-memory`: peak memory of recordings as long as the settings allow, one mono and one stereo.

Each is made of the English sample calls of its kind, one after another with silence between them until it is long enough,
and goes through the real job: `qa nightly` in processes of its own, with its Prefect server and workers. Half an hour and
more for each recording of four hours.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.intake import decode, scan
from qa.model import ChannelKind
from qa.settings import Settings
from tools.bench import ROOT, run_nightly
from tools.benchmarks_page import write_section

SECTION = "Memory of a long recording: {}"
KINDS = (ChannelKind.MONO, ChannelKind.STEREO)
_RATE_HZ = 16_000
_GAP_S = 10.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One recording's run: peaks over all processes and of the largest one, and what was heard."""

    kind: str
    hours: float
    peak_mb: float
    largest_mb: float
    wall_s: float
    n_words: int
    n_turns: int


def make_recording(path: Path, calls: Sequence[NDArray[np.int16]], hours: float) -> Path:
    """A WAV file of ``calls`` (channels, samples at 16 kHz), again and again with silence between them."""
    left = int(hours * 3600 * _RATE_HZ)
    n_channels = calls[0].shape[0]
    gap = np.zeros((n_channels, int(_GAP_S * _RATE_HZ)), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(n_channels)
        file.setsampwidth(2)
        file.setframerate(_RATE_HZ)
        for call in cycle(calls):
            for piece in (call, gap):
                part = piece[:, :left]
                file.writeframes(np.ascontiguousarray(part.T).tobytes())
                left -= part.shape[1]
            if left <= 0:
                return path
    return path


def sample_calls(samples: Path, kind: ChannelKind) -> list[NDArray[np.int16]]:
    """The English sample calls of a kind, decoded."""
    found = []
    for recording in scan(samples, Settings()).recordings:
        if recording.call.language != "en":
            continue
        with decode(Path(recording.path), Settings()) as audio:
            if audio.facts.channel_kind is kind:
                found.append(np.array(audio.samples))
    return found


def measure(samples: Path, kind: ChannelKind, hours: float) -> Measured:
    """Make the recording and run the job over it alone."""
    with tempfile.TemporaryDirectory(prefix="callibrate-memory-") as folder:
        source, out = Path(folder, "in"), Path(folder, "out")
        source.mkdir()
        make_recording(source / f"{kind}.wav", sample_calls(samples, kind), hours)
        run = run_nightly(source, out)
    [found] = run.conversations.values()
    if found.provenance.channel_kind is not kind:
        raise ValueError(f"expected {kind}, got {found.provenance.channel_kind}")
    return Measured(
        kind=str(kind),
        hours=hours,
        peak_mb=round(run.peak_mb),
        largest_mb=round(run.largest_mb),
        wall_s=round(run.summary["wall_s"], 1),
        n_words=sum(len(turn.words) for turn in found.turns),
        n_turns=len(found.turns),
    )


def page(row: Measured) -> str:
    """The kind's section of docs/benchmarks.md."""
    return "\n".join(
        [
            f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, Python "
            f"{platform.python_version()}), by `make bench-memory`: a nightly run over one recording, made of English sample",
            "calls one after another. Peaks of proportional set size, in MB: of the process that does the work, and of the whole",
            "job with Prefect's server and the idle worker. Pages of the decoded file that the system may drop count too.",
            "",
            "| hours | working process | whole job | words | turns | seconds |",
            "|---|---|---|---|---|---|",
            f"| {row.hours:g} | {row.largest_mb:.0f} | {row.peak_mb:.0f} | {row.n_words} | {row.n_turns} | {row.wall_s:.0f} |",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--hours", type=float, default=4.0)
    parser.add_argument("--kind", action="append", choices=[str(kind) for kind in KINDS], help="default: both")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    kinds = [ChannelKind(kind) for kind in chosen.kind or KINDS]
    rows = []
    for kind in kinds:
        rows.append(row := measure(chosen.samples, kind, chosen.hours))
        write_section(chosen.write, SECTION.format(kind), page(row))
    print(json.dumps([asdict(row) for row in rows], indent=2))


if __name__ == "__main__":
    main()
