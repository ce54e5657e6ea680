"""`make bench`: speed, accuracy and memory of the nightly run on the sample calls, as JSON, a table and docs/benchmarks.md.

The run is the real one: `qa nightly` in a process of its own, into an empty folder, with its Prefect server and workers. Memory
is the sum over the process tree of proportional set size (shared pages are counted once), sampled every second.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.model import ChannelKind, Conversation
from tools.benchmarks_page import write_section
from tools.speech_accuracy import SpeechCounts, compare

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Run:
    """What a nightly run did: its summary, its conversations by call id, and the peak memory of all its processes."""

    summary: dict[str, Any]
    conversations: dict[str, Conversation]
    peak_mb: float
    largest_mb: float
    """The highest peak of any one process."""


def run_nightly(samples: Path, out: Path) -> Run:
    """Run the real job; raises ``CalledProcessError`` when it fails."""
    qa = Path(sys.executable).with_name("qa")
    command = [str(qa), "nightly", str(samples), "--out", str(out), "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        watch = MemoryWatch(process.pid)
        stdout, _ = process.communicate()
        peak_mb = watch.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    conversations = [Conversation.from_json(path.read_bytes()) for path in (out / "conversations").glob("*.json")]
    found = {c.call.call_id: c for c in conversations}
    return Run(json.loads(stdout), found, peak_mb, watch.largest_mb)


class MemoryWatch(threading.Thread):
    """Samples the memory of a process and its descendants until it is stopped: of all together, and of the largest."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid, self._done = pid, threading.Event()
        self._peak, self._largest = 0, 0
        self.start()

    def run(self) -> None:
        import psutil

        while not self._done.wait(1.0):
            sizes = [0]
            try:
                root = psutil.Process(self._pid)
                family = [root, *root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in family:
                try:
                    sizes.append(_pss_bytes(process.pid))
                except OSError:  # it ended meanwhile
                    continue
            self._peak, self._largest = max(self._peak, sum(sizes)), max(self._largest, max(sizes))

    def stop(self) -> float:
        self._done.set()
        self.join()
        return self._peak / 1e6

    @property
    def largest_mb(self) -> float:
        return self._largest / 1e6


def _pss_bytes(pid: int) -> int:
    """The kernel's own sum: reading it costs a millisecond, where adding up every mapping slows the process."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) * 1024 for line in rollup.splitlines() if line.startswith("Pss:"))


def accuracy(run: Run, samples: Path) -> dict[str, SpeechCounts]:
    """Counts by group of calls: each language, and stereo against mono (everything that needs a diarizer)."""
    groups: dict[str, SpeechCounts] = {}
    for call_id, found in sorted(run.conversations.items()):
        gold = Conversation.from_json((samples / "gold" / f"{call_id}.json").read_bytes())
        counts = compare(found, gold, (samples / "gold" / f"{call_id}.rttm").read_text(encoding="utf-8"))
        side = "stereo" if found.provenance.channel_kind is ChannelKind.STEREO else "mono"
        for name in (gold.language or "en", side, "all"):
            groups[name] = groups.get(name, SpeechCounts()) + counts
    return groups


def report(run: Run, groups: dict[str, SpeechCounts]) -> dict[str, Any]:
    """The numbers; `wall_s` runs from the plan to the reports, with the workers' start and without the Prefect server's."""
    summary = run.summary
    n_words = sum(len(turn.words) for c in run.conversations.values() for turn in c.turns)
    wall_s = summary["wall_s"]
    return {
        "calls": len(run.conversations),
        "audio_s": round(summary["audio_s"], 1),
        "wall_s": round(summary["wall_s"], 1),
        "x_real_time": round(summary["audio_s"] / wall_s, 2),
        "words_per_s": round(n_words / wall_s, 1),
        "peak_memory_mb": round(run.peak_mb),
        "stage_rtf": {name: round(seconds / summary["audio_s"], 4) for name, seconds in summary["stages"].items()},
        "accuracy": {name: _rates(counts) for name, counts in groups.items()},
    }


def _rates(counts: SpeechCounts) -> dict[str, Any]:
    return {
        "calls": counts.calls,
        "units": counts.units,
        "error_rate": round(counts.error_rate, 4),
        "error_rate_by_role": round(counts.by_role_error_rate, 4),
        "calls_roles_right": counts.calls_roles_right,
        "role_words_right": round(counts.role_words_right / max(1, counts.role_words), 4),
        "der": round(counts.diarization_error_rate, 4),
    }


def page(numbers: dict[str, Any]) -> str:
    """The section of docs/benchmarks.md."""
    lines = [
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores ({platform.machine()}, Python "
        f"{platform.python_version()}), by `make bench`: one nightly run over all sample calls.",
        "",
        f"{numbers['calls']} calls, {numbers['audio_s']:.0f} s of audio, {numbers['wall_s']:.0f} s with the workers' start and "
        f"without the Prefect server's: **{numbers['x_real_time']} x real time**, {numbers['words_per_s']} words/s, peak memory "
        f"{numbers['peak_memory_mb']} MB over all processes.",
        "",
        "| calls | n | words, characters (zh) | error rate | by role | calls with roles right | words with right role | DER |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in numbers["accuracy"].items():
        lines.append(
            f"| {name} | {row['calls']} | {row['units']} | {row['error_rate']:.1%} | {row['error_rate_by_role']:.1%} | "
            f"{row['calls_roles_right']}/{row['calls']} | {row['role_words_right']:.1%} | {row['der']:.1%} |"
        )
    lines += ["", "| stage | seconds of work per second of audio |", "|---|---|"]
    lines += [f"| {name} | {value:.4f} |" for name, value in numbers["stage_rtf"].items()]
    lines += [
        "",
        "Error rate: all words in order of time against the scripts (`qa.language.for_error_rate`). DER: no collar, overlap",
        "scored, pauses inside gold turns counted as speech. The calls are synthetic and clean: real ones are harder.",
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=Path, default=ROOT / "audio_samples")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "benchmarks.md")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="callibrate-bench-") as folder:
        run = run_nightly(chosen.samples, Path(folder))
    numbers = report(run, accuracy(run, chosen.samples))
    write_section(chosen.write, "The nightly run", page(numbers))
    print(json.dumps(numbers, indent=2))
    print(page(numbers))


if __name__ == "__main__":
    main()
